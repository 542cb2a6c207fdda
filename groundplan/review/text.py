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
from functools import lru_cache

__all__ = ["cell", "code", "cut", "fence", "one_line", "prose", "visible"]

# Cc control, Cf format (bidirectional overrides hide what a reader approves), Cs lone surrogates, Co private use,
# Zl and Zp line separators; Cn is not assigned, and XML refuses some of it.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PLAIN = re.compile(r"[ -~\n]*")

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[–—]")
_CORE = re.compile(r"(\(?)(.*?)([.,;:?)]*)", re.DOTALL)
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
    return " ".join(visible(text).split())


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


def prose(text: str) -> str:
    """A sentence in Markdown, never to be put at the start of a line.

    Words stay words; whatever holds another character than letters, digits and the punctuation of a sentence
    (an address, a mention, a URL, a tag) becomes a code span.
    """
    return " ".join(_prose_word(word) for word in one_line(text).split(" ") if word)


def _prose_word(word: str) -> str:
    if _NUMBERING.fullmatch(word):
        return code(word)
    match = _CORE.fullmatch(word)
    opening, core, closing = match.groups() if match else ("", word, "")
    if not core:
        # "..." and its like are punctuation; anything else without a core cannot be, since _CORE takes all of it
        return word
    if _WORD.fullmatch(core) and not _REFERENCE.fullmatch(core):
        return word
    if core[0] == "`" == core[-1] and len(core) > 2 and "`" not in core[1:-1]:
        core = core[1:-1]
    return f"{opening}{code(core)}{closing}"


def cell(text: str) -> str:
    """A code span for a table's cell. A pipe would end the cell even inside code, so a broken bar stands for it."""
    return code(text.replace("|", "¦"))


def fence(lines: Iterable[str], language: str = "") -> str:
    """A fenced block of `lines`. Every line must start with a sign or a space, as those of a diff do."""
    body = "\n".join(lines)
    longest = max((len(run) for run in re.findall(r"`{3,}", body)), default=2)
    ticks = "`" * (longest + 1)
    return f"{ticks}{language}\n{body}\n{ticks}"
