"""Which part of a file stands at a byte: Terraform names lines of files that nobody wrote by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from .hcl import HclBlock, blocks_of, element_places

__all__ = ["path_at", "path_in_hcl"]

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SCALAR = re.compile(r"[^,\]}\s]+")


def path_at(content: bytes, offset: int) -> tuple[str | int, ...]:
    """The keys and indices that lead to the innermost value, or to the key, at `offset` bytes into the document.

    Empty for a place outside the document, and for content that is not JSON.
    """
    text = content.decode(errors="replace")
    position = len(content[: max(offset, 0)].decode(errors="replace"))
    try:
        found, _end = _value(text, _skip(text, 0), position, ())
    except (IndexError, ValueError, RecursionError):
        return ()
    return found or ()


def path_in_hcl(content: bytes, offset: int) -> tuple[str | int, ...]:
    """The same for a file in HCL, in the steps that it would have in JSON: `("resource", "aws_x", "this", "name")`.

    A block has its number among those of its name where there are several.
    """
    return _in_blocks(_blocks(content), len(content[: max(offset, 0)].decode(errors="replace")))


@lru_cache(maxsize=16)
def _blocks(content: bytes) -> tuple[HclBlock, ...]:
    """The core may complain of many places of one file."""
    return blocks_of(content.decode(errors="replace"))


def _in_blocks(blocks: tuple[HclBlock, ...], position: int) -> tuple[str | int, ...]:
    names = [(block.kind, *block.labels) for block in blocks]
    several = Counter(names)
    for index, (name, block) in enumerate(zip(names, blocks, strict=True)):
        if block.start <= position < block.end:
            number = (names[:index].count(name),) if several[name] > 1 else ()
            return (*name, *number, *_in_attributes(block, position), *_in_blocks(block.blocks, position))
    return ()


def _in_attributes(block: HclBlock, position: int) -> Iterator[str | int]:
    for word, (start, end) in block.places.items():
        if start <= position < end:
            yield word
            # what is written ends where the attribute does, blanks left out
            begin = end - len(block.attributes[word])
            for index, (first, last) in enumerate(element_places(block.attributes[word]) or ()):
                if begin + first <= position < begin + last:
                    yield index


def _skip(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start


def _value(
    text: str, start: int, position: int, path: tuple[str | int, ...]
) -> tuple[tuple[str | int, ...] | None, int]:
    """The path at `position` if it is inside the value that begins at `start`, and where that value ends."""
    if text[start] in "{[":
        found, end = _members(text, start, position, path)
    else:
        match = (_STRING if text[start] == '"' else _SCALAR).match(text, start)
        if match is None:
            raise ValueError(start)
        found, end = None, match.end()
    if found is None and start <= position < end:
        found = path
    return found, end


def _members(
    text: str, start: int, position: int, path: tuple[str | int, ...]
) -> tuple[tuple[str | int, ...] | None, int]:
    closing = "}" if text[start] == "{" else "]"
    found: tuple[str | int, ...] | None = None
    at, index = _skip(text, start + 1), 0
    while text[at] != closing:
        step: str | int = index
        begin = at
        if closing == "}":
            match = _STRING.match(text, at)
            if match is None:
                raise ValueError(at)
            step = json.loads(match[0])
            at = _skip(text, match.end())
            if text[at] != ":":
                raise ValueError(at)
            at = _skip(text, at + 1)
            if begin <= position < at:
                found = (*path, step)
        inner, at = _value(text, at, position, (*path, step))
        found = inner if inner is not None else found
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
        index += 1
    return found, at + 1
