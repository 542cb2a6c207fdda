"""Regular expressions as RE2 reads them, in C++ as in Go: GitLab's for tags of images, and Terraform's own.

https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re

from groundplan.values import ConfigProblem

from . import errors

__all__ = ["alternatives_at_top", "problems"]

MOST_REPEATS = 1000
"""What a{n} may come to, with those that it is nested in."""

# Names of Unicode's classes are left to RE2: their list grows with each Unicode.
_UNICODE = r"[pP](?:[A-Z]|\{\^?[A-Z][A-Za-z_]*\})"
_NUMBER = r"x(?:[0-9A-Fa-f]{2}|\{(?:0*(?:10|[0-9A-Fa-f])?[0-9A-Fa-f]{1,4})\})|0[0-7]{0,2}|[1-7][0-7]{1,2}"
_IN_CLASS = rf"{_UNICODE}|{_NUMBER}|[aftnrvdDsSwW]|[^0-9A-Za-z\u0080-\U0010FFFF]"
_POSIX = "alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit"
_FLAGS = "[imsU]*(?:-[imsU]+)?"

_TOKEN = re.compile(
    rf"""
    (?P<quoted>\\Q.*?(?:\\E|$(?!\n)))
    | (?P<escape>\\(?:{_IN_CLASS}|[AbBz]))
    | (?P<one_of>\[\^?+\]?+(?:\[:\^?[a-z]+:\]|\\.|[^\]\\])*+\])
    | (?P<flags>\((?:\?[imsU]+(?:-[imsU]+)?|\?-[imsU]+)\))
    | (?P<open>\((?:\?(?:P?<(?P<name>[A-Za-z0-9_]+)>|{_FLAGS}:)|(?!\?)))
    | (?P<close>\))
    | (?P<bar>\|)
    | (?P<repeat>(?:[*+?]|\{{(?P<least>[0-9]+)(?P<most>,[0-9]*)?\}})\??)
    | (?P<literal>[^\\\[()*+?])
    """,
    re.DOTALL | re.VERBOSE | re.ASCII,
)
_CLASS_ITEM = re.compile(rf"\[:\^?(?P<posix>[a-z]+):\]|\\(?P<escape>{_IN_CLASS})|(?P<literal>[^\\])", re.DOTALL)
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
        token = _TOKEN.match(value, position)
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
        item = _CLASS_ITEM.match(content, position + dash)
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
