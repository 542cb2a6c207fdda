"""The blocks of a Terraform file in HCL's native syntax, as far as planning needs them before the core reads it.

The core alone judges a configuration. What is wanted here is told by it too late: which types must be served, which
modules are called, which blocks an offline plan sets aside.
https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["HclBlock", "blanked", "blocks_of", "element_places", "elements", "members", "template_end", "texts_of"]

_SPACE = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_WITHIN_A_LINE = re.compile(r"(?:[^\S\n]|/\*.*?\*/)*", re.DOTALL)
_NAME = re.compile(r"[^\W\d][\w-]*")
_HEREDOC = re.compile(r"<<-?([^\W\d][\w-]*)[^\n]*\n")
_COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_PLAIN = re.compile(r'"((?:[^"\\$%]|\\.|\$(?!\{)|%(?!\{))*)"')
_NAMED = re.compile(rf"(?:([\w-]+)\"?[^\S\n]*[=:][^\S\n]*)?{_PLAIN.pattern}")
_SIGNS_IN_TEXT = re.compile(r'[\\"$%]')
_SIGNS_IN_CODE = re.compile(r'["#/<{}]')
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class HclBlock:
    """One block: `resource "aws_s3_bucket" "this" { ... }`. `attributes` are expressions as they are written.

    `start` and `end` are its characters in the file, and `places` those of each attribute, its name included.
    """

    kind: str
    labels: tuple[str, ...]
    start: int
    end: int
    attributes: dict[str, str]
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    blocks: tuple[HclBlock, ...] = ()

    def text(self, name: str) -> str | None:
        """The attribute where it is a plain text, None where it is not there or anything else."""
        written = self.attributes.get(name, "")
        found = _PLAIN.match(written)
        # a comment may follow
        return found[1] if found and _SPACE.fullmatch(written, found.end()) else None

    def inside(self, kind: str) -> Iterator[HclBlock]:
        """Its own blocks of a kind."""
        return (block for block in self.blocks if block.kind == kind)


def blocks_of(text: str) -> tuple[HclBlock, ...]:
    """The blocks of a file, in order. Of one that is no HCL, those before the first mistake, which the core tells."""
    try:
        return _body(text, 0)[1]
    except (IndexError, RecursionError):
        return ()


def texts_of(text: str) -> Iterator[tuple[str, str]]:
    """Every plain text that is written in a file, wherever it stands, with the name before it."""
    return ((match[1] or "", match[2]) for match in _NAMED.finditer(text))


def blanked(text: str, blocks: tuple[HclBlock, ...]) -> str:
    """The file without these blocks, everything else at the line and column where it was."""
    for block in blocks:
        gone = re.sub(r"[^\n]", " ", text[block.start : block.end])
        text = text[: block.start] + gone + text[block.end :]
    return text


def _body(text: str, at: int) -> tuple[dict[str, tuple[int, int, int]], tuple[HclBlock, ...], int]:
    """Attributes and blocks up to the closing brace or the first mistake, and where it stands.

    Of an attribute, where its name, its expression and the end of that are.
    """
    attributes: dict[str, tuple[int, int, int]] = {}
    blocks: list[HclBlock] = []
    while True:
        at = _after(_SPACE, text, at)
        name = _NAME.match(text, at)
        if name is None:
            return attributes, tuple(blocks), at
        begin, at = at, _after(_WITHIN_A_LINE, text, name.end())
        if text[at : at + 1] == "=":
            end = _expression(text, at + 1)
            attributes[name[0]] = begin, at + 1, end
            at = end
            continue
        labels = []
        while (label := _PLAIN.match(text, at) or _NAME.match(text, at)) is not None:
            labels.append(label[1] if label.re is _PLAIN else label[0])
            at = _after(_WITHIN_A_LINE, text, label.end())
        if text[at : at + 1] != "{":
            return attributes, tuple(blocks), at
        inner, nested, at = _body(text, at + 1)
        if text[at : at + 1] != "}":
            return attributes, tuple(blocks), at
        at += 1
        written = {word: text[starts:ends].strip() for word, (_, starts, ends) in inner.items()}
        places = {word: (begins, ends) for word, (begins, _, ends) in inner.items()}
        blocks.append(HclBlock(name[0], tuple(labels), begin, at, written, places, nested))


def _expression(text: str, at: int) -> int:
    """Where the expression that begins at `at` ends: at its line's end, or at the brace around it."""
    depth = 0
    while at < len(text):
        sign = text[at]
        if sign == "\n" and not depth:
            return at
        if (skipped := _skipped(text, at)) is not None:
            at = skipped
            continue
        if sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            if not depth:
                return at
            depth -= 1
        at += 1
    return at


def _skipped(text: str, at: int) -> int | None:
    """Behind the text, the heredoc or the comment at `at`; None where none begins."""
    if text[at] == '"':
        return _template(text, at + 1)
    if text[at] == "<" and (opened := _HEREDOC.match(text, at)) is not None:
        closed = re.compile(rf"^[^\S\n]*{re.escape(opened[1])}[^\S\n]*$", re.MULTILINE).search(text, opened.end())
        return closed.end() if closed else len(text)
    if text[at] in "#/" and (comment := _COMMENT.match(text, at)) is not None:
        return comment.end()
    return None


def _template(text: str, at: int) -> int:
    """Behind the quote that ends the text whose inside begins at `at`; what is interpolated may hold quotes."""
    while (found := _SIGNS_IN_TEXT.search(text, at)) is not None:
        at = found.start()
        if text[at] == "\\":
            at += 2
        elif text[at : at + 3] in ("$${", "%%{"):
            at += 3
        elif text[at : at + 2] in ("${", "%{"):
            at = template_end(text, at + 2)
        elif text[at] == '"':
            return at + 1
        else:
            at += 1
    return len(text)


def template_end(text: str, at: int) -> int:
    """Behind the brace that closes the `${` or `%{` whose inside begins at `at`."""
    depth = 1
    while depth and (found := _SIGNS_IN_CODE.search(text, at)) is not None:
        at = found.start()
        if (skipped := _skipped(text, at)) is not None:
            at = skipped
            continue
        depth += (text[at] == "{") - (text[at] == "}")
        at += 1
    return len(text) if depth else at


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def members(text: str) -> dict[str, str] | None:
    """The entries of an object as they are written, `{ a = 1, "b" : 2 }`; None for any other expression.

    A key that is an expression of its own is left out.
    """
    if not text.startswith("{"):
        return None
    found: dict[str, str] = {}
    at = _after(_SPACE, text, 1)
    while at < len(text) and text[at] != "}":
        key = _PLAIN.match(text, at) or _NAME.match(text, at)
        if key is not None and key[0] == "for":
            return None
        sign = _after(_SPACE, text, key.end()) if key is not None else _item(text, at, "=:")
        if key is not None and text[sign : sign + 1] not in ("=", ":"):
            # more than a name: an expression
            key, sign = None, _item(text, at, "=:")
        begin = _after(_SPACE, text, sign + 1)
        end = _item(text, begin, ",\n}")
        if key is not None:
            found[key[1] if key.re is _PLAIN else key[0]] = text[begin:end].strip()
        at = _after(_SPACE, text, end + (text[end : end + 1] == ","))
    return found


def elements(text: str) -> list[str] | None:
    """The elements of a list as they are written; None for any other expression."""
    places = element_places(text)
    return None if places is None else [text[start:end].strip() for start, end in places]


def element_places(text: str) -> list[tuple[int, int]] | None:
    """Where the elements of a list stand; None for any other expression."""
    if not text.startswith("["):
        return None
    found: list[tuple[int, int]] = []
    at = _after(_SPACE, text, 1)
    while at < len(text) and text[at] != "]":
        end = _item(text, at, ",]")
        found.append((at, end))
        at = _after(_SPACE, text, end + (text[end : end + 1] == ","))
    return None if found and _FOR.match(text, found[0][0]) else found


_FOR = re.compile(r"for\b")


def _item(text: str, at: int, signs: str) -> int:
    """Where the first of `signs` stands that no bracket, text or comment holds."""
    depth = 0
    while at < len(text):
        if text[at] in signs and not depth:
            return at
        if (skipped := _skipped(text, at)) is not None:
            at = skipped
            continue
        depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
        at += 1
    return at
