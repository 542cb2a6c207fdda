"""Corefiles: server blocks, the plugins in them, and the directives of those.

https://coredns.io/manual/toc/#configuration: words between blanks, `#` comments, a brace at a line's end opens a block.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.charts.paths import Way
from groundplan.problems import nearest

from ..facts import Application
from ..places import Place
from ..walking import Finding, walk, within
from .blocks import NotReadable
from .hcl import unreadable

__all__ = ["corefile_text"]

_TOKEN = re.compile(
    r'(?P<blank>[^\S\n]+)|(?P<end>\n)|(?P<comment>\#[^\n]*)|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>[^\s"][^\s]*)'
)
_PORT = re.compile(r":(\d+)$")
_SCHEME = re.compile(r"^([a-z0-9]+)://")
_MOST_NESTED = 20


@dataclass
class _Line:
    """The words of a line, and what is in the block that it opens."""

    words: list[str]
    line: int
    inside: list[_Line] | None = None


def corefile_text(application: Application, place: Place, text: str, way: Way) -> Iterator[Finding]:
    """A whole Corefile. What it imports, and what the environment brings, is not looked at."""
    del place
    try:
        servers = _read(text)
    except NotReadable as error:
        yield unreadable(error, text, way, "a Corefile")
        return
    if servers and servers[0].inside is None and servers[0].words[0] != "import":
        # a single server block may do without its braces
        servers = [_Line(servers[0].words, servers[0].line, servers[1:])]
    for server in servers:
        if server.words[0] == "import" or server.words[0].startswith("("):
            yield Finding("unchecked", way, server.words[0])
            continue
        for found, where in _server(application, server):
            yield within(found, way, where)


def _read(text: str) -> list[_Line]:
    stack: list[list[_Line]] = [[]]
    opened: list[_Line] = []
    words: list[str] = []
    line, at, begun = 1, 0, 1
    while at <= len(text):
        match = _TOKEN.match(text, at)
        if at < len(text) and match is None:
            raise NotReadable(line, "a quote is not closed")
        kind = match.lastgroup if match else "end"
        token = match[0] if match else ""
        if kind == "end":
            # keys of a server block may go on in the next line, after a comma
            if words and not (words[-1].endswith(",") and len(stack) == 1):
                _close_line(words, begun, stack, opened)
                words = []
        elif kind in ("quoted", "word"):
            begun = begun if words else line
            words.append(match["quoted"] if match and kind == "quoted" else token)
        line += token.count("\n")
        if at == len(text):
            break
        at += len(token)
    if len(stack) > 1:
        raise NotReadable(opened[-1].line, f"the block of {' '.join(opened[-1].words)} is not closed")
    return stack[0]


def _close_line(words: list[str], line: int, stack: list[list[_Line]], opened: list[_Line]) -> None:
    if words == ["}"]:
        if not opened:
            raise NotReadable(line, "} closes nothing")
        stack.pop()
        opened.pop()
        return
    opens = words[-1] == "{"
    made = _Line(words[:-1] if opens else words, line, [] if opens else None)
    if not made.words:
        raise NotReadable(line, "a block has no name")
    if "}" in made.words:
        raise NotReadable(line, "} must stand alone in its line")
    stack[-1].append(made)
    if opens:
        if len(opened) >= _MOST_NESTED:
            raise NotReadable(line, "blocks are nested too deeply")
        stack.append(made.inside if made.inside is not None else [])
        opened.append(made)


def _server(application: Application, server: _Line) -> Iterator[tuple[Finding, str]]:
    keys = [key for word in server.words for key in word.split(",") if key]
    title = keys[0] if keys else ""
    for key in keys:
        where = f"line {server.line}: {key}"
        scheme, port = _SCHEME.match(key), _PORT.search(key)
        if scheme and scheme[1] not in application.schemes:
            near = nearest(scheme[1], application.schemes) or ""
            yield Finding("not allowed", (key,), scheme[1], tuple(application.schemes), near), where
        if port and not 1 <= int(port[1]) <= 65_535:
            yield Finding("out of bounds", (key,), int(port[1]), (("minimum", 1), ("maximum", 65_535))), where
    if server.inside is None:
        words = "stands outside of all server blocks"
        yield (
            Finding("said", (title,), title, words=words, cure="open a block after it with {, or move it into one"),
            f"line {server.line}: {title}",
        )
        return
    counts = Counter(line.words[0] for line in server.inside)
    told: set[str] = set()
    for line in server.inside:
        name = line.words[0]
        where = f"line {line.line}: {title} {name}"
        if name == "import":
            continue
        if name not in application.plugins:
            near = nearest(name, application.plugins) or ""
            yield Finding("unknown key", (name,), name, tuple(sorted(application.plugins)), near), where
            continue
        said = application.plugins[name]
        if said.get("once") and counts[name] > 1 and name not in told:
            told.add(name)
            words = f"stands {counts[name]} times in one server block, and CoreDNS takes it once"
            yield Finding("said", (name,), name, words=words, cure="put both into one"), where
        if said.get("names_plugin") and line.words[-1].startswith("@") and line.words[-1][1:] not in counts:
            missing = line.words[-1][1:]
            near = nearest(missing, counts) or ""
            yield (
                Finding(
                    "no such name", (name,), missing, (("plugins of this server block",), tuple(sorted(counts))), near
                ),
                where,
            )
        yield from _plugin(application, said, line, where)


def _plugin(
    application: Application, said: Mapping[str, Any], line: _Line, where: str
) -> Iterator[tuple[Finding, str]]:
    yield from ((found, where) for found in _words(application, said, line.words))
    if "fields" in said:
        rest = [word for word in line.words[1:] if word.lower() not in ("continue", "stop")]
        if rest and rest[0].lower() not in said["fields"]:
            near = nearest(rest[0], said["fields"]) or ""
            yield Finding("unknown key", (rest[0],), rest[0], tuple(said["fields"]), near), where
        known: Mapping[str, Any] | None = {key: {} for key in [*said["fields"], "answer"]}
    else:
        known = said.get("directives")
    if known is None:
        return
    for directive in line.inside or ():
        name = directive.words[0]
        inner = f"line {directive.line}: {where.partition(': ')[2]} {name}"
        if name not in known:
            yield Finding("unknown key", (name,), name, tuple(sorted(known)), nearest(name, known) or ""), inner
            continue
        yield from ((found, inner) for found in _words(application, known[name], directive.words))


def _words(application: Application, said: Mapping[str, Any], words: Sequence[str]) -> Iterator[Finding]:
    """The words after a name: how many, and what each must look like."""
    name, *given = words
    least, most = said.get("least", 0), said.get("most")
    if "since" in said:
        text = f"{application.title} has it since {said['since']} alone"
        yield Finding("said", (name,), name, words=text, cure="see which version runs", is_sure=False)
    if len(given) < least or (most is not None and len(given) > most):
        wanted = f"{least}" if most == least else f"at least {least}" if most is None else f"{least} to {most}"
        text = f"takes {wanted} words after it, got {len(given)}"
        yield Finding("said", (name,), name, words=text, cure=f"give {wanted}")
        return
    facts = said.get("words", [])
    for index, word in enumerate(given):
        fact = facts[index] if index < len(facts) else facts[-1] if facts and facts[-1].get("repeats") else None
        if fact and not word.startswith("{"):
            yield from walk(application, {"type": "string", **fact}, word, (name,))
