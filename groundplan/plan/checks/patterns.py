"""Go's regular expressions, which the provider writes its rules in: run by Python's `re`, and said in words.

Syntax of https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

__all__ = ["expressible", "in_words", "matches", "valid_syntax"]

_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "digit": "0-9",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CLASS = re.compile(r"\\([pP])(?:\{(\^?)([A-Za-z]+)\}|([A-Za-z]))")
# What Python's compiler says of an expression that Go's refuses too.
_SURELY_WRONG = (
    "missing )",
    "unbalanced parenthesis",
    "unterminated character set",
    "nothing to repeat",
    "bad escape (end",
)
_LOOKS_AROUND = re.compile(r"(?<!\\)\(\?(?:[=!]|<[=!])")


def matches(pattern: str, value: str) -> bool | None:
    """Whether the pattern matches somewhere in the value; None when Python cannot say what Go would."""
    # A class such as \p{L} needs only those characters that are there to be matched.
    beyond = "".join(sorted({char for char in value if ord(char) > 127})) if _CLASS.search(pattern) else ""
    compiled = _compiled(pattern, beyond)
    return None if compiled is None else compiled.search(value) is not None


def expressible(pattern: str) -> bool:
    """Whether Python can run the pattern."""
    return _compiled(pattern, "") is not None


def valid_syntax(pattern: str) -> bool | None:
    """Whether Go would take the text as a regular expression; None when nobody knows."""
    if _LOOKS_AROUND.search(pattern):
        return False
    try:
        re.compile(_translated(pattern, ""))
    except (re.error, OverflowError, RecursionError, KeyError) as error:
        return False if str(error).startswith(_SURELY_WRONG) else None
    return True


@lru_cache(maxsize=4096)
def _compiled(pattern: str, beyond: str) -> re.Pattern[str] | None:
    try:
        return re.compile(_translated(pattern, beyond), re.ASCII)
    except (re.error, OverflowError, RecursionError, KeyError):
        return None


def _translated(pattern: str, beyond: str) -> str:
    """The pattern as Python writes it. Raises KeyError for a class of characters that Python does not have."""
    out: list[str] = []
    inside = False
    position = 0
    while position < len(pattern):
        char = pattern[position]
        known = _CLASS.match(pattern, position)
        if known:
            negated = (known[1] == "P") != bool(known[2])
            members = _category(known[3] or known[4], negated, beyond)
            # An empty class is not to be written; this one matches nothing either.
            out.append(members if inside else f"[{members}]" if members else "(?!)")
            position = known.end()
        elif char == "\\":
            step = pattern[position : position + 2]
            out.append({"\\z": "\\Z"}.get(step, step) if not inside else step)
            position += 2
        elif inside and pattern.startswith("[:", position):
            end = pattern.index(":]", position) if ":]" in pattern[position:] else -1
            if end < 0:
                out.append("\\[")
                position += 1
                continue
            out.append(_POSIX[pattern[position + 2 : end]])
            position = end + 2
        elif inside:
            inside = char != "]"
            # Python warns of what may mean a set operation one day.
            out.append(f"\\{char}" if char in "[&~|" else char)
            position += 1
        elif char == "[":
            inside = True
            start = re.match(r"\[\^?\]?", pattern[position:])
            taken = start[0] if start else "["
            out.append(taken)
            position += len(taken)
        else:
            # Go's dollar is the end of the text; Python's is before a last line break too.
            out.append("\\Z" if char == "$" else char)
            position += 1
    return "".join(out)


@lru_cache(maxsize=1024)
def _category(name: str, negated: bool, beyond: str) -> str:
    """The characters of a Unicode category, `L` or `Nd`, out of ASCII and of those beyond it that matter."""
    if not re.fullmatch(r"[CLMNPSZ][a-z]?", name):
        raise KeyError(name)
    chars = [*map(chr, range(128)), *beyond]
    return "".join(re.escape(char) for char in chars if unicodedata.category(char).startswith(name) != negated)


_PARTS = (
    ("0-9A-Za-z", "letters, digits"),
    ("A-Za-z", "letters"),
    ("a-z", "lower case letters"),
    ("A-Z", "upper case letters"),
    ("a-f", "the letters a to f"),
    ("A-F", "the letters A to F"),
    ("0-9", "digits"),
    ("\\w", "letters, digits, '_'"),
    ("\\d", "digits"),
    ("\\s", "white space"),
)
_SET = r"\[(\^?)((?:\\.|[^\]\\\[])+)\]"
_COUNT = r"(\*|\+|\{\d+(?:,\d*)?\})?"
_WHOLE = re.compile(rf"^\^{_SET}{_COUNT}\$$")
_THEN = re.compile(rf"^\^{_SET}(?:\{{1\}})?{_SET}{_COUNT}\$$")
_FIRST = re.compile(rf"^\^{_SET}\+?$")
_LAST = re.compile(rf"^{_SET}\$$")
_SOME = re.compile(rf"^{_SET}{_COUNT}$")
_PLAIN = re.compile(r"^(\^?)((?:[A-Za-z0-9 _@:/#,~-]|\\[^A-Za-z0-9])+)(\$?)$")


@cache
def in_words(pattern: str) -> str | None:
    """What the pattern asks for, after "must"; None when it is not of a kind that is quickly said.

    >>> in_words("^[0-9A-Za-z-]{1,64}$")
    "be 1 to 64 letters, digits and '-'"
    """
    if pattern in (r"^\d{12}$", "^[0-9]{12}$"):
        return "be 12 digits"
    if pattern == "^#[0-9A-F]{6}$":
        return "be '#' and six hexadecimal digits, upper case, such as #00FF7F"
    if pattern in (r"\S+", r"[\S]+", r".*\S.*", r"^.*\S.*$", r"\S"):
        return "hold more than white space"
    if found := re.fullmatch(r"\^\\d(\{[\d,]+\}|[+*])\$", pattern):
        return f"be {_amount(found[1])}digits"
    if (found := _WHOLE.match(pattern)) and (chars := _chars(found[2])):
        if found[3] is None:
            return f"be one character other than {chars}" if found[1] else f"be a single one of {chars}"
        return f"hold none of {chars}" if found[1] else f"be {_amount(found[3])}{chars}"
    if (found := _THEN.match(pattern)) and not found[1] and not found[3]:
        first, rest = _chars(found[2]), _chars(found[4])
        if first and rest:
            return f"begin with {_one_of(first)}, then {_amount(found[5])}{rest}"
    if (found := _FIRST.match(pattern)) and (chars := _chars(found[2])):
        return f"begin with something other than {chars}" if found[1] else f"begin with {_one_of(chars)}"
    if (found := _LAST.match(pattern)) and (chars := _chars(found[2])):
        return f"end with something other than {chars}" if found[1] else f"end with {_one_of(chars)}"
    if (found := _SOME.match(pattern)) and not found[1] and (chars := _chars(found[2])):
        several = re.match(r"\{(\d+)", found[3] or "")
        return f"hold {several[1]} in a row of {chars}" if several and int(several[1]) > 1 else f"hold {_one_of(chars)}"
    if found := _PLAIN.match(pattern):
        text = repr(re.sub(r"\\(.)", r"\1", found[2]))
        if found[1] and found[3]:
            return f"be {text}"
        return f"begin with {text}" if found[1] else f"end with {text}" if found[3] else f"hold {text}"
    return None


def _one_of(chars: str) -> str:
    """`letters, digits and '-'` as a single one of them: `a letter, a digit or '-'`."""
    single = re.sub(r"(letter|digit|space)s(?=,| and |$)", r"\1", chars)
    single = re.sub(
        r"(?<!')\b(?<!white )((?:lower case |upper case )?(?:letter|digit|space))(?=,| and |$)", r"a \1", single
    )
    return re.sub(r" and (?=[^ ]+( case letter| space)?$|a |'|white)", " or ", single).replace("a upper", "an upper")


def _amount(count: str | None) -> str:
    if count in (None, "*", "+"):
        return "" if count != "+" else "one or more "
    low, comma, high = str(count)[1:-1].partition(",")
    if not comma:
        return f"exactly {low} "
    return f"{low} to {high} " if high else f"at least {low} "


def _chars(members: str) -> str | None:
    """`0-9A-Za-z_.-` in words; None when something in it is not easily said."""
    if "\\p" in members or "\\P" in members or "\\x" in members or "[:" in members:
        return None
    rest = re.sub(r"a-zA-Z0-9|A-Za-z0-9|0-9a-zA-Z|A-Z0-9a-z|a-z0-9A-Z", "0-9A-Za-z", members).replace(
        "a-zA-Z", "A-Za-z"
    )
    names: list[str] = []
    for written, said in _PARTS:
        if written in rest:
            rest = rest.replace(written, "", 1)
            names += [name for name in said.split(", ") if name not in names]
    if re.search(r"\\[A-Za-z0-9]", rest):
        return None
    plain = re.sub(r"\\(.)", r"\1", rest)
    # A range that is left over, other than a dash at an end.
    if re.search(r"[^\\]-[^\\]", rest) or any(not char.isprintable() for char in plain):
        return None
    plain = "".join(char for char in plain if f"'{char}'" not in names)
    names += [{" ": "spaces", "'": '"\'"'}.get(char, f"'{char}'") for char in dict.fromkeys(plain)]
    if not names or len(names) > 16:
        return None
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
