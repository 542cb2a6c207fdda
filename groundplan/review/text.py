"""Text that comes from plans, made fit for where it is shown.

Nothing in a plan may become markup, a mention, a reference or a command of the merge request that shows it. So in
Markdown such text stands in code spans and fenced blocks, where GitLab resolves nothing, or it is a word of letters
and digits only. Source: https://docs.gitlab.com/user/markdown/#gitlab-specific-references and
https://docs.gitlab.com/user/project/quick_actions/
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["cell", "code", "cut", "fence", "one_line", "prose", "visible"]

# Cc control, Cf format (bidirectional overrides hide what a reader approves), Cs lone surrogates, Co private use,
# Zl and Zp line separators; Cn is not assigned, and XML refuses some of it.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PLAIN = re.compile(r"[ -~\n]*")

# a word that no Markdown and no GitLab sees anything in
_PLAIN_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[–—]")
_PUNCTUATED = re.compile(r"(\(?)(.*?)([.,;:?)]*)", re.DOTALL)
_WORDS = re.compile(r"\(?`[^`\s][^`]*`[.,;:?)]*(?!\S)|\S+")
_OPERATORS = frozenset({"=", "==", "!=", "<", "<=", ">", ">=", "->", "=>"})
# at the start of an item this would begin a list
_NUMBERING = re.compile(r"\d+[.)]")
# GitLab turns these into links even without a sign in front: a Jira key, a commit's hash
_REFERENCE = re.compile(r"[A-Za-z]+-\d+|[0-9a-fA-F]{7,40}")


def _escape(character: str) -> str:
    number = ord(character)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def visible(text: str) -> str:
    """`text` with every character that does not show (line breaks excepted) spelled out as an escape."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(c if c == "\n" or unicodedata.category(c) not in _HIDDEN else _escape(c) for c in text)


def one_line(text: str) -> str:
    """`text` with its line breaks and runs of space as single spaces."""
    return visible(" ".join(text.split()))


def cut(text: str, characters: int) -> str:
    """At most `characters` of `text`; what is cut is counted in its place."""
    if len(text) <= characters:
        return text
    return f"{text[:characters].rstrip()} … ({len(text) - characters:,} more characters)"


@lru_cache(maxsize=16384)
def code(text: str) -> str:
    """A Markdown code span that shows exactly `text`, whatever backticks it holds; line breaks become spaces."""
    shown = visible(text).replace("\n", " ")
    if not shown.strip():
        return "(empty)"
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    ticks = "`" * (longest + 1)
    padding = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{ticks}{padding}{shown}{padding}{ticks}"


@dataclass(slots=True)
class _Word:
    """A word of a sentence, the sentence's punctuation taken off it."""

    opening: str
    core: str
    closing: str
    is_code: bool

    @classmethod
    def of(cls, text: str) -> _Word:
        match = _PUNCTUATED.fullmatch(text)
        opening, core, closing = match.groups() if match and not _NUMBERING.fullmatch(text) else ("", text, "")
        is_code = bool(core) and (not _PLAIN_WORD.fullmatch(core) or bool(_REFERENCE.fullmatch(core)))
        if len(core) > 2 and core[0] == core[-1] == "`":
            core = core.strip("`") or core
        return cls(opening, core, closing, is_code)

    def __str__(self) -> str:
        return f"{self.opening}{code(self.core) if self.is_code else self.core}{self.closing}"


def prose(text: str) -> str:
    """A sentence in Markdown, never to be put at the start of a line.

    Words stay words; what holds another character than letters, digits and the punctuation of a sentence (an
    address, a mention, a URL, a tag) becomes a code span, as does what an operator joins: `force_destroy = true`.
    """
    words = [_Word.of(word) for word in _WORDS.findall(one_line(text))]
    for left, middle, right in zip(words, words[1:], words[2:], strict=False):
        if middle.core in _OPERATORS:
            left.is_code, right.is_code = bool(left.core), bool(right.core)
    joined: list[_Word] = []
    for word in words:
        last = joined[-1] if joined else None
        if last and last.is_code and word.is_code and not last.closing and not word.opening:
            last.core, last.closing = f"{last.core} {word.core}", word.closing
        else:
            joined.append(word)
    return " ".join(map(str, joined))


def cell(text: str) -> str:
    """A code span for a table's cell. A pipe would end the cell even inside code, so a broken bar stands for it."""
    return code(text.replace("|", "¦"))


def fence(lines: Iterable[str], language: str = "") -> str:
    """A fenced block of `lines`. Every line must start with a sign or a space, as those of a diff do."""
    body = "\n".join(lines)
    longest = max((len(run) for run in re.findall(r"`{3,}", body)), default=2)
    ticks = "`" * (longest + 1)
    return f"{ticks}{language}\n{body}\n{ticks}"
