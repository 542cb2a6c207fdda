"""Cutting a page to a length: whole parts go, the least important and the longest first, and it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from .text import code

__all__ = ["Block", "Rank", "fitted"]


class Rank(IntEnum):
    """How important a part is; the lowest goes first."""

    CREATES = 1
    READS = 2
    UNCHANGED = 3
    OUTPUTS = 4
    LIMITS = 5
    OBJECTS = 6
    WAIVED = 7
    UPDATES = 8
    DESTRUCTIVE_DETAILS = 9
    UNKNOWN = 10
    DESTROYED = 11
    DENIED = 12
    ALWAYS = 13


@dataclass(frozen=True)
class Block:
    """A part of the page, and the short text that stands for it when it is cut. `number` of `what` are in it."""

    rank: Rank
    text: str
    short: str = ""
    what: str = ""
    number: int = 0


def fitted(blocks: Sequence[Block], *, whole: str, maximum_characters: int) -> str:
    """The blocks joined, in at most `maximum_characters`; the first block is followed by what was cut, if anything."""
    length = sum(len(block.text) + 1 for block in blocks)
    texts = [block.text for block in blocks]
    gone: Counter[str] = Counter()
    if length > maximum_characters:
        room = maximum_characters - len(_notice(gone, whole)) - 1_000
        order = sorted(range(len(blocks)), key=lambda index: (blocks[index].rank, -len(blocks[index].text), index))
        for index in order:
            block = blocks[index]
            if length <= room or block.rank is Rank.ALWAYS:
                break
            if len(block.short) >= len(block.text):
                continue
            length -= len(block.text) - len(block.short)
            texts[index] = block.short
            gone[block.what] += block.number
    if not gone and length <= maximum_characters:
        return "\n".join(texts).rstrip("\n") + "\n"
    texts.insert(1, _notice(gone, whole))
    page = "\n".join(texts).rstrip("\n") + "\n"
    if len(page) <= maximum_characters:
        return page
    # Only a summary of thousands of stacks comes here: end at a line, so that no mark is left open.
    end = f"\nThe rest does not fit here. The whole review: {code(whole)}.\n"
    return page[: max(0, page.rfind("\n", 0, max(0, maximum_characters - len(end))))] + end


def _notice(gone: Counter[str], whole: str) -> str:
    parts = [f"{number:,} {what}" for what, number in sorted(gone.items()) if what and number]
    listed = f" Not listed: {', '.join(parts)}." if parts else ""
    return f"> This is cut to fit.{listed} The whole review: {code(whole)}.\n"
