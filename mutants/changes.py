"""The small changes: what stands at one place of a Rego file or of a parameters file, made another thing.

Prose is left as it is: metadata, comments, a text with a blank in it and what joins it to others, what a table says for
people to read. So is `""` as a built-in's or helper's last argument: it stands for nothing, and so would anything else.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from groundplan.documents import Document

__all__ = ["Change", "changes_of_data", "changes_of_rego"]

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<text>"(?:[^"\\\n]|\\.)*")
      | (?P<raw>`[^`]*`)
      | (?P<compared>==|!=|<=|>=|<|>)
      | (?P<assigned>:=|=)
      | (?P<set>[|&])
      | (?P<word>[A-Za-z_][\w]*)
      | (?P<number>\d+)
      | (?P<open>[\[({])
      | (?P<close>[\])}])""",
    re.VERBOSE,
)
_OTHER = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "|": "&", "&": "|"}
_UNTOUCHED = re.compile(r"^(package |import |rule := )")

# What tables say to people; a message is not a verdict.
_PROSE = frozenset({"absent", "exempt", "fault", "left_out", "source", "why"})


@dataclass(frozen=True)
class Change:
    """One change of the file `path`, relative to the policies: `text` or, for parameters, `data` is what then stands.

    `before` and `after` are the line, without its indent, or the place in the table and its value; a change that
    leaves something out has an empty `after`.
    """

    path: str
    line: int
    before: str
    after: str
    text: str = ""
    steps: tuple[str | int, ...] = ()
    data: Any = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is called in the list of equivalent changes: lines move, what they say stays."""
        return self.path, self.before, self.after


def changes_of_rego(path: str, text: str) -> list[Change]:
    """Every change of a Rego file, in the order of its lines. Some of them will not compile."""
    found = []
    for start, end, instead in _edits(text):
        line = text.count("\n", 0, start)
        changed = text[:start] + instead + text[end:]
        lines, others = text.split("\n"), changed.split("\n")
        after = others[line].strip() if len(others) == len(lines) else ""
        found.append(Change(path, line + 1, lines[line].strip(), after, text=changed))
    return found


def _edits(text: str) -> Iterator[tuple[int, int, str]]:
    position = 0
    for line in text.splitlines(keepends=True):
        if line.startswith("\t") and _whole(line):
            yield position, position + len(line), ""
        if not _UNTOUCHED.match(line):
            for token in _TOKEN.finditer(line):
                for instead in _instead(token):
                    end = token.end() + (instead == "" and line[token.end() : token.end() + 1] == " ")
                    yield position + token.start(), position + end, instead
        position += len(line)


def _whole(line: str) -> bool:
    """A line that can go: a condition or an item, not half of something."""
    depth = 0
    tokens = [token for token in _TOKEN.finditer(line) if token.lastgroup != "comment"]
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        if depth < 0:
            return False
    return bool(tokens) and depth == 0


def _instead(token: re.Match[str]) -> Iterator[str]:
    kind, said = token.lastgroup, token[0]
    if kind in ("compared", "set"):
        yield _OTHER[said]
    elif kind == "word" and said in ("true", "false"):
        yield "false" if said == "true" else "true"
    elif kind == "word" and said == "not":
        yield ""
    elif kind == "number":
        # to the built-ins that take -1 for all, -2 is no other number
        if not token.string[: token.start()].endswith((" -", "\t-")):
            yield str(int(said) + 1)
        if int(said):
            yield str(int(said) - 1)
    elif kind in ("text", "raw") and " " not in said and not _joins(token):
        yield f"{said[:-1]}-changed{said[-1]}"


def _joins(token: re.Match[str]) -> bool:
    """The empty text that joins the parts of a message, or that a helper gives where there is nothing."""
    before, after = token.string[: token.start()], token.string[token.end() :]
    joins_prose = after.startswith(", [") and any(" " in other[0] for other in re.finditer(r'"[^"]*"', after))
    return token[0] == '""' and (joins_prose or (before.endswith(", ") and after.startswith(")")))


def changes_of_data(path: str, document: Document) -> list[Change]:
    """Every change of a file of parameters: an entry left out, a name, number or switch made another."""
    found = []
    for steps, value in _places(document.content, ()):
        line = int(document.place(steps).rpartition(":")[2])
        shown = ".".join(str(step) for step in steps)
        said = json.dumps(value)
        before = f"{shown} = {said}"

        def changed(new: Any, *, out: bool = False, at: tuple[str | int, ...] = steps) -> Any:
            copied = copy.deepcopy(document.content)
            place: Any = copied
            for step in at[:-1]:
                place = place[step]
            if out:
                del place[at[-1]]
            else:
                place[at[-1]] = new
            return copied

        found.append(Change(path, line, before, "", steps=steps, data=changed(None, out=True)))
        for new in _values(value):
            found.append(Change(path, line, before, f"{shown} = {json.dumps(new)}", steps=steps, data=changed(new)))
    return found


def _places(value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in entries:
        if step in _PROSE:
            continue
        yield (*steps, step), inner
        yield from _places(inner, (*steps, step))


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 1
    elif isinstance(value, str) and " " not in value and not value.startswith("https://"):
        yield f"{value}-changed"
