"""Regular expressions as RE2 reads them, in C++ as in Go: GitLab's for tags of images, and Terraform's own.

https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from groundplan.values import ConfigProblem

from . import errors

__all__ = ["Runnable", "alternatives_at_top", "problems", "runnable"]

MOST_REPEATS = 1000
"""What a{n} may come to, with those that it is nested in."""

# Names of Unicode's classes are left to RE2: their list grows with each Unicode.
_UNICODE = r"[pP](?:[A-Z]|\{\^?[A-Z][A-Za-z_]*\})"
_NUMBER = r"x(?:[0-9A-Fa-f]{2}|\{(?:0*(?:10|[0-9A-Fa-f])?[0-9A-Fa-f]{1,4})\})|0[0-7]{0,2}|[1-7][0-7]{1,2}"
_IN_CLASS = rf"{_UNICODE}|{_NUMBER}|[aftnrvdDsSwW]|[^0-9A-Za-z\u0080-\U0010FFFF]"
_POSIX = "alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit"
_FLAGS = "[imsU]*(?:-[imsU]+)?"

_SETS = re.compile(rf"{_UNICODE}|[dDsSwW]")
_MEANT = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}

_FOREIGN = (
    (re.compile(r"\(\?<?[=!]"), "looks ahead or behind"),
    (re.compile(r"\\[1-9k]|\(\?P="), "refers back to what a group matched"),
    (re.compile(r"\(\?>"), "has a group that never gives back"),
    (re.compile(r"\(\?\("), "has a condition"),
    (re.compile(r"\(\?#"), "has a comment"),
    (re.compile(r"\\"), "has an escape that RE2 does not know"),
    (re.compile(r"\["), "has a [ without its ]"),
    (re.compile(r"\("), "has a group of a kind that RE2 does not know"),
)
"""What other engines read and RE2 does not, by how it begins."""


@cache
def _token() -> re.Pattern[str]:
    # compiled when an expression is read, which most programs that import this never do
    return re.compile(
        rf"""
        (?P<quoted>\\Q.*?(?:\\E|$(?!\n)))
        | (?P<escape>\\(?:{_IN_CLASS}|[AbBz]))
        | (?P<one_of>\[\^?+\]?+(?:\[:\^?[A-Za-z]+:\]|\\.|[^\]\\])*+\])
        | (?P<flags>\((?:\?[imsU]+(?:-[imsU]+)?|\?-[imsU]+)\))
        | (?P<open>\((?:\?(?:P?<(?P<name>[A-Za-z0-9_]+)>|{_FLAGS}:)|(?!\?)))
        | (?P<close>\))
        | (?P<bar>\|)
        | (?P<repeat>(?:[*+?]|\{{(?P<least>[0-9]+)(?P<most>,[0-9]*)?\}})\??)
        | (?P<literal>[^\\\[()*+?])
        """,
        re.DOTALL | re.VERBOSE | re.ASCII,
    )


@cache
def _class_item() -> re.Pattern[str]:
    return re.compile(rf"\[:\^?(?P<posix>[A-Za-z]+):\]|\\(?P<escape>{_IN_CLASS})|(?P<literal>[^\\])", re.DOTALL)


def problems(value: str) -> list[ConfigProblem]:
    """What RE2 would refuse in an expression; the first that there is, since what follows it hangs on it."""
    found = _refused(value)
    return [errors.not_re2(value, *found)] if found else []


def alternatives_at_top(value: str) -> bool:
    """Whether a `|` stands outside of all parentheses: what is put before and after such a text binds to one side each.

    It does where the texts on both sides of it are expressions by themselves.
    """
    parts = value.split("|")
    sides = (("|".join(parts[:index]), "|".join(parts[index:])) for index in range(1, len(parts)))
    return any(not _refused(before) and not _refused(after) for before, after in sides)


def _refused(value: str) -> tuple[int, str] | None:
    """Where the first thing is that RE2 refuses, and what it is."""
    weights: list[int] = [1]  # of each group that is open, by how many repeats its heaviest part comes to
    names: set[str] = set()
    atom: int | None = None  # the weight of what a repeat would be of
    repeated, position = False, 0
    while position < len(value):
        token = _token().match(value, position)
        if token is None:
            return position, next(what for begins, what in _FOREIGN if begins.match(value, position))
        kind = token.lastgroup if token.lastgroup not in ("name", "least", "most") else None
        if token["repeat"]:
            if atom is None:
                return position, "repeats a repeat" if repeated else "repeats nothing"
            weight = _weight(token)
            if weight is None or weight * atom > MOST_REPEATS:
                return position, f"repeats more than {MOST_REPEATS} times, or from more to less"
            weights[-1] = max(weights[-1], weight * atom)
            atom, repeated = None, True
        else:
            repeated = False
            if token["open"]:
                if token["name"] in names:
                    return position, "has two groups of one name"
                names |= {token["name"]} - {None}
                weights.append(1)
                atom = None
            elif token["close"]:
                if len(weights) == 1:
                    return position, "has a ) without its ("
                atom = weights.pop()
                weights[-1] = max(weights[-1], atom)
            elif kind == "one_of" and (what := _wrong_class(token["one_of"])):
                return position, what
            elif token["bar"] or token["flags"] or token["quoted"] in (r"\Q", r"\Q\E"):
                atom = None
            else:
                atom = 1
        position = token.end()
    return (len(value), "has a ( without its )") if len(weights) > 1 else None


def _weight(repeat: re.Match[str]) -> int | None:
    """How many repeats it comes to; None where it goes from more to less."""
    if repeat["least"] is None:
        return 1
    least = int(repeat["least"])
    most = int(repeat["most"][1:]) if repeat["most"] and repeat["most"] != "," else least
    return max(most, 1) if most >= least else None


def _wrong_class(text: str) -> str | None:
    content = text[1:-1].removeprefix("^")
    low: str | None = None  # what a range may begin with
    position = 0
    while position < len(content):
        dash = content[position] == "-" and low is not None and position + 1 < len(content)
        item = _class_item().match(content, position + dash)
        if item is None:
            return "has an escape in [ ] that RE2 does not know"
        if item["posix"] and item["posix"] not in _POSIX.split("|"):
            return f"has a class [:{item['posix']}:] that there is not"
        here = _character(item)
        if dash and (here is None or low is None or here < low):
            return "has a range in [ ] that goes from high to low"
        low = None if dash else here
        position = item.end()
    return None


def _character(item: re.Match[str]) -> str | None:
    """The character that an item of [ ] is; None for a set of them."""
    escape = item["escape"]
    if escape is None:
        literal: str | None = item["literal"]
        return literal
    if _SETS.fullmatch(escape):
        return None
    if escape[0] == "x":
        return chr(int(escape[1:].strip("{}"), 16))
    return chr(int(escape, 8)) if escape[0].isdigit() else _MEANT.get(escape, escape)


@dataclass(frozen=True)
class Runnable:
    """An expression of RE2 that Python can run: it finds the same texts, and `example` is one of them where known."""

    found_in: Callable[[str], bool]
    example: str | None


@cache
def runnable(value: str) -> Runnable | None:
    r"""`value` for Python's own engine; None where RE2 would refuse it or Python has no like of it.

    No like have classes of Unicode's properties and (?m). Python's engine differs in `$` (also before a last newline),
    in what `\d`, `\w` and `\s` hold, in classes of POSIX, in `{,3}`, in where flags stand and in how groups are named:
    all of that is written out.
    """
    read = None if _refused(value) else _in_python(value, optional=0)
    if read is None:
        return None
    try:
        pattern = re.compile(read.python + read.closes, re.ASCII)
    except re.error:  # a flag both on and off
        return None
    example = read.shown() or ((_in_python(value, optional=1) or read).shown())
    return Runnable(lambda text: pattern.search(text) is not None, example if pattern.search(example) else None)


@dataclass
class _Group:
    """What is read of a group: in Python's words, and an example of each of its alternatives."""

    python: str = ""
    opens: str = ""  # groups that flags in the middle of this one began: they go on behind a |
    examples: list[str] = field(default_factory=lambda: [""])
    last: str = ""

    @property
    def closes(self) -> str:
        return ")" * self.opens.count("(")

    def shown(self) -> str:
        """The shortest example that has something to show."""
        return min(self.examples, key=lambda one: (not one, len(one)))

    def add(self, python: str, example: str) -> None:
        self.python += python
        self.last = example
        self.examples[-1] += example

    def repeat(self, python: str, times: int) -> None:
        self.python += python
        self.examples[-1] = self.examples[-1].removesuffix(self.last) + self.last * times
        self.last = ""

    def flags(self, flags: str) -> None:
        self.python += f"(?{flags}:"
        self.opens += f"(?{flags}:"
        self.last = ""

    def bar(self) -> None:
        self.python += f"{self.closes}|{self.opens}"
        self.examples.append("")
        self.last = ""


def _in_python(value: str, optional: int) -> _Group | None:
    """What is refused by nobody, read for Python; in examples, what may be left out is there `optional` times."""
    groups = [_Group()]
    position = 0
    while position < len(value):
        token = _token().match(value, position)
        if token is None:
            return None
        position, text, group = token.end(), token[0], groups[-1]
        if token["open"] or token["flags"]:
            flags = "" if token["name"] or text == "(" else text[2:-1]
            if "m" in flags:
                return None
            if token["flags"]:
                group.flags(_without_u(flags))
            else:
                groups.append(_Group(f"(?{_without_u(flags)}:"))
        elif token["close"]:
            closed = groups.pop()
            groups[-1].add(closed.python + closed.closes + ")", closed.shown())
        elif token["bar"]:
            group.bar()
        elif token["repeat"]:
            least = int(token["least"] or (0 if text[0] == "?" else 1))
            group.repeat(text, least or (optional if text[0] == "?" or token["most"] else 1))
        elif token["quoted"]:
            quoted = text[2:].removesuffix(r"\E")
            group.add(re.escape(quoted), quoted)
        elif text in ("^", "$", ".", *_ANCHORS):
            # in a group of its own, since Python repeats no anchor
            group.add(f"(?:{_ENDS.get(text, text)})", "a" if text == "." else "")
        elif token["literal"]:
            group.add(re.escape(text), text)
        else:
            ranges = _ranges(text)
            if ranges is None:
                return None
            group.add(*_python_class(ranges))
    return groups[0]


_ENDS = {"$": r"\Z", r"\z": r"\Z"}
_ANCHORS = (r"\A", r"\b", r"\B", r"\z")
_LAST = 0x10FFFF
_Ranges = list[tuple[int, int]]
_LETTERS: _Ranges = [(65, 90), (97, 122)]
_DIGITS: _Ranges = [(48, 57)]
_PUNCTUATION: _Ranges = [(33, 47), (58, 64), (91, 96), (123, 126)]
_NAMED: dict[str, _Ranges] = {
    "d": _DIGITS,
    "w": [*_DIGITS, *_LETTERS, (95, 95)],
    "s": [(9, 10), (12, 13), (32, 32)],
    "alnum": [*_DIGITS, *_LETTERS],
    "alpha": _LETTERS,
    "ascii": [(0, 127)],
    "blank": [(9, 9), (32, 32)],
    "cntrl": [(0, 31), (127, 127)],
    "digit": _DIGITS,
    "graph": [(33, 126)],
    "lower": [(97, 122)],
    "print": [(32, 126)],
    "punct": _PUNCTUATION,
    "space": [(9, 13), (32, 32)],
    "upper": [(65, 90)],
    "word": [*_DIGITS, *_LETTERS, (95, 95)],
    "xdigit": [*_DIGITS, (65, 70), (97, 102)],
}
_SHOWN_FIRST = "a1A0-_./:@ "


def _without_u(flags: str) -> str:
    """U only turns what is greedy, which changes no answer to whether there is a match."""
    return flags.replace("U", "").removesuffix("-")


def _others(ranges: _Ranges) -> _Ranges:
    found, after = [], 0
    for low, high in sorted(ranges):
        if low > after:
            found.append((after, low - 1))
        after = max(after, high + 1)
    return [*found, (after, _LAST)] if after <= _LAST else found


def _ranges(text: str) -> _Ranges | None:
    """The characters that an escape or a class in [ ] stands for; None where that takes Unicode's tables."""
    if text[0] == "\\":
        return _ranges(f"[{text}]")
    negated = text.startswith("[^")
    content = text[1:-1].removeprefix("^")
    found: _Ranges = []
    low: str | None = None
    position = 0
    while position < len(content):
        dash = content[position] == "-" and low is not None and position + 1 < len(content)
        item = _class_item().match(content, position + dash)
        if item is None or (item["escape"] or " ")[0] in "pP":
            return None
        if dash and low is not None:
            found[-1] = (ord(low), ord(_character(item) or low))
        elif (here := _character(item)) is not None:
            found.append((ord(here), ord(here)))
        else:
            name = item["posix"] or item["escape"]
            ranges = _NAMED[name.lower()]
            found += _others(ranges) if name in "DSW" or item[0].startswith("[:^") else ranges
        low = None if dash else _character(item)
        position = item.end()
    return _others(found) if negated else found


def _python_class(ranges: _Ranges) -> tuple[str, str]:
    """A class for Python, and a character of it."""
    if not ranges:
        return "(?!)", ""
    written = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    shown = next((one for one in _SHOWN_FIRST if any(low <= ord(one) <= high for low, high in ranges)), None)
    return f"[{written}]", shown or chr(max(ranges[0][0], 33) if ranges[0][1] >= 33 else ranges[0][0])
