"""What RE2 reads and what it does not, as google-re2 1.1.20251105 answered, and Go for two groups of one name."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.grammars.regular_expressions import alternatives_at_top, problems, runnable

READ = [
    ".*",
    "v.+",
    "(?:v.+|main)",
    r"(?i)v[0-9]+\.[0-9]+(?:-rc\.\d{1,3})?",
    "^v.*$",
    "^*",
    "a{,3}",
    "a{1",
    "x{1000}",
    "(?:x{10}){100}",
    "a{2}?",
    "(?P<n>a)(?<m>b)(c)",
    "[]a]",
    "[^]a-]",
    "[[:alpha:]_-]",
    r"[\d-z]",
    r"[\x41-\x{5a}]",
    r"\12\x41\pL\p{^Lu}\z\A\b",
    r"\Qa|b(",
    r"\_\-\/",
    "(?s-i:a)",
    "()*",
    "a||b",
    "",
]
REFUSED = {
    "^(?!v).*": "looks ahead or behind at character 2",
    "(?<=v)1": "looks ahead or behind at character 1",
    r"(a)\1": "refers back to what a group matched at character 4",
    "(?P<n>a)(?P=n)": "refers back to what a group matched at character 9",
    "a++": "repeats a repeat at character 3",
    "a**": "repeats a repeat at character 3",
    "a{2}{3}": "repeats a repeat at character 5",
    "(?>a)": "has a group that never gives back at character 1",
    "(a)(?(1)b)": "has a condition at character 4",
    "(?#why)a": "has a comment at character 1",
    "*.tmp": "repeats nothing at character 1",
    "v|+": "repeats nothing at character 3",
    "(?i)*": "repeats nothing at character 5",
    r"v\Z": "has an escape that RE2 does not know at character 2",
    "v\\": "has an escape that RE2 does not know at character 2",
    r"\u0041": "has an escape that RE2 does not know at character 1",
    r"[\b]": "has an escape in [ ] that RE2 does not know at character 1",
    "[0-9": "has a [ without its ] at character 1",
    "[]": "has a [ without its ] at character 1",
    "[z-a]": "has a range in [ ] that goes from high to low at character 1",
    r"[a-\d]": "has a range in [ ] that goes from high to low at character 1",
    "[[:digits:]]": "has a class [:digits:] that there is not at character 1",
    "[[:ALPHA:]|]": "has a class [:ALPHA:] that there is not at character 1",
    "(v": "has a ( without its ) at character 3",
    "v)": "has a ) without its ( at character 2",
    "(?P<n>a)(?P<n>b)": "has two groups of one name at character 9",
    "(?x)a": "has a group of a kind that RE2 does not know at character 1",
    "x{1001}": "repeats more than 1000 times, or from more to less at character 2",
    "(?:x{100}){100}": "repeats more than 1000 times, or from more to less at character 11",
    "x{3,1}": "repeats more than 1000 times, or from more to less at character 2",
}


@pytest.mark.parametrize("expression", READ)
def test_what_re2_reads_is_taken(expression: str) -> None:
    assert problems(expression) == []


@pytest.mark.parametrize("expression", REFUSED)
def test_what_it_refuses_is_told_with_its_place(expression: str) -> None:
    (problem,) = problems(expression)
    assert problem.message.endswith(f"which {REFUSED[expression]}")
    assert "look-ahead or back-references" in problem.cure


@given(st.text())
def test_any_text_is_an_expression_once_it_is_escaped(text: str) -> None:
    assert not problems(
        "".join(f"\\{character}" if character in r"\.+*?()|[]{}^$" else character for character in text)
    )


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    assert alternatives_at_top(text) in (True, False)


@pytest.mark.parametrize("expression", ["v.+|main", "(?:a|b)|c", "(a)|(b)", r"a\\|b", "|v", "v|", "[|]|b"])
def test_an_alternative_outside_of_parentheses_is_found(expression: str) -> None:
    assert alternatives_at_top(expression)
    assert not alternatives_at_top(f"(?:{expression})")


@pytest.mark.parametrize("expression", ["v.+", "(?:v.+|main)", r"a\|b", "[a|b]", "x(a|b)y(c|d)", "((a|b)|c)", ".*"])
def test_one_in_parentheses_or_brackets_or_escaped_is_none(expression: str) -> None:
    assert not alternatives_at_top(expression)


@given(st.from_regex(re.compile("[ab|()]{0,8}"), fullmatch=True))
def test_an_alternative_is_at_the_top_where_no_parenthesis_is_open(text: str) -> None:
    depth, at_top = 0, False
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        at_top |= character == "|" and depth == 0
    if not problems(text):
        assert alternatives_at_top(text) == at_top


# As Go's regexp answered; where Python's own engine would have answered otherwise, or not at all

RUN = [
    ("^x$", ["x"], ["x\n", "y"], "x"),
    ("a{,3}", ["a{,3}"], ["aaa"], "a{,3}"),
    (r"^\d\s$", ["1 "], ["\u0661 ", "1\v"], "1 "),
    (r"^[[:alpha:]][[:^alpha:]]$", ["a1"], ["1a", "\u00e91"], "a1"),
    (r"^[^\D5-9]$", ["4"], ["5", "a"], "1"),
    ("^(?i)(abort|warn)?$", ["ABORT", ""], ["x"], "warn"),
    ("^(a(?i)b|c|d)$", ["aB", "C"], ["AB"], "c"),
    ("^(?-i:x)(?U)y+$", ["xyy"], ["XY"], "xy"),
    ("^(?P<n>a)(?<m>b)$", ["ab"], ["a"], "ab"),
    (r"^[\x41-\x{43}]\z", ["B"], ["D", "B\n"], "A"),
    (r"^\a\f[\t]\n\r\v$", ["\a\f\t\n\r\v"], ["afntrv"], "\a\f\t\n\r\v"),
    (r"^\Qa.b\E+$", ["a.bb"], ["aXb"], "a.b"),
    ("^*a", ["ba"], ["b"], "a"),
    ("^(([0-9]+)h)?(([0-9]{0,2})m)?$", ["", "1h5m"], ["5"], "1h1m"),
    ("^$", [""], ["x"], None),
]


@pytest.mark.parametrize(("value", "found", "not_found", "example"), RUN, ids=[value for value, *_ in RUN])
def test_an_expression_finds_what_go_finds_and_has_an_example(
    value: str, found: list[str], not_found: list[str], example: str | None
) -> None:
    expression = runnable(value)
    assert expression is not None
    assert [text for text in found if not expression.found_in(text)] == []
    assert [text for text in not_found if expression.found_in(text)] == []
    assert (expression.example or None) == example


CLASSES = {
    "[[:alnum:]]": string.ascii_letters + string.digits,
    "[[:alpha:]]": string.ascii_letters,
    "[[:ascii:]]": "".join(map(chr, range(128))),
    "[[:blank:]]": "\t ",
    "[[:cntrl:]]": "".join(one for one in map(chr, range(128)) if unicodedata.category(one) == "Cc"),
    "[[:digit:]]": string.digits,
    "[[:graph:]]": string.ascii_letters + string.digits + string.punctuation,
    "[[:lower:]]": string.ascii_lowercase,
    "[[:print:]]": string.ascii_letters + string.digits + string.punctuation + " ",
    "[[:punct:]]": string.punctuation,
    "[[:space:]]": string.whitespace,
    "[[:upper:]]": string.ascii_uppercase,
    "[[:word:]]": string.ascii_letters + string.digits + "_",
    "[[:xdigit:]]": string.hexdigits,
    r"\d": string.digits,
    r"\s": "\t\n\f\r ",
    r"\w": string.ascii_letters + string.digits + "_",
}
"""https://github.com/google/re2/wiki/Syntax, in the words of Python's `string`."""


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_holds_the_characters_that_re2_has_in_it_and_no_other(name: str) -> None:
    inside = runnable(f"^(?:{name})$")
    assert inside is not None
    characters = [*map(chr, range(128)), "\u00e9", "\u0661", "\u2003"]
    assert {one for one in characters if inside.found_in(one)} == set(CLASSES[name])


def test_what_python_has_no_like_of_is_not_run() -> None:
    unlike = [value for value in READ if runnable(value) is None]
    assert unlike == [r"\12\x41\pL\p{^Lu}\z\A\b"]
    assert [value for value in ("(?m)^a$", "(?i-i:a)", *REFUSED) if runnable(value) is not None] == []
