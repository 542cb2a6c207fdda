"""Go's templates are taken apart as Go takes them apart."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from groundplan.charts.reading import syntax
from groundplan.charts.reading.errors import CannotRead


def texts(block: syntax.Block) -> list[str]:
    return [step.text for step in block if isinstance(step, syntax.Text)]


@given(st.text().filter(lambda text: "{{" not in text))
def test_text_without_actions_is_printed_as_it_is(text: str) -> None:
    assert "".join(texts(syntax.parse("f", text).body)) == text


SIGNS = ["{{", "}}", "{{-", "-}}", ":=", "=", ".", ".a", "$x", "(", ")", "|", ",", "/*", "*/", " ", "\n"]
WORDS = [
    "if",
    "else",
    "end",
    "range",
    "with",
    "define",
    "include",
    "text",
    "1",
    "1.5",
    "true",
    '"x"',
    "`y`",
    "'c'",
    '"\\""',
]


@given(st.lists(st.sampled_from(SIGNS + WORDS), max_size=25).map("".join))
def test_whatever_stands_in_a_file_it_is_read_or_refused_with_a_line(text: str) -> None:
    refused = None
    try:
        syntax.parse("f", text)
    except CannotRead as problem:
        refused = problem
    assert refused is None or (1 <= refused.line <= text.count("\n") + 1 and refused.reason)


def test_dashes_take_the_space_beside_them_away() -> None:
    assert texts(syntax.parse("f", "a \n {{- .x -}} \n b {{ .y }} c").body) == ["a", "b ", " c"]


def test_comments_print_nothing_and_may_hold_braces() -> None:
    assert texts(syntax.parse("f", "a{{/* }} {{ */}}b{{- /* c */ -}} d").body) == ["a", "b", "d"]


def test_braces_in_a_text_end_no_action() -> None:
    body = syntax.parse("f", '{{ "}}" }}x').body
    assert body[0] == syntax.Action(syntax.Pipeline((syntax.Call(syntax.Literal("}}")),)), 1)


def test_one_end_closes_else_if() -> None:
    body = syntax.parse("f", "{{ if .a }}1{{ else if .b }}2{{ else }}3{{ end }}4").body
    branch = body[0]
    assert isinstance(branch, syntax.Branch)
    inner = branch.otherwise[0]
    assert isinstance(inner, syntax.Branch)
    assert (texts(branch.body), texts(inner.body), texts(inner.otherwise), texts(body)) == (["1"], ["2"], ["3"], ["4"])


def test_a_field_behind_a_space_is_an_argument_and_one_behind_a_word_is_below_it() -> None:
    spaced, joined = syntax.parse("f", "{{ f .a }}{{ $x.a }}").body
    assert isinstance(spaced, syntax.Action)
    assert spaced.pipeline.calls[0].arguments == (syntax.Chain(syntax.Name(""), ("a",)),)
    assert isinstance(joined, syntax.Action)
    assert joined.pipeline.calls[0].what == syntax.Chain(syntax.Name("$x"), ("a",))


def test_lines_count_through_actions_of_several_lines() -> None:
    first, _, second = syntax.parse("f", "\n{{ f\n  .a\n}}\n{{ g }}").body[1:]
    assert isinstance(first, syntax.Action)
    assert isinstance(second, syntax.Action)
    assert (first.line, second.line) == (2, 5)


@given(st.lists(st.sampled_from([*SIGNS, *WORDS, "x: ", "{{ .a }}", "{{/* a\n */}}"]), max_size=25).map("".join))
def test_without_its_actions_a_file_has_the_same_lines(text: str) -> None:
    with suppress(CannotRead):
        plain = syntax.without_actions("f", text)
        assert plain.count("\n") == text.count("\n")
        assert "{{" in text or plain.split() == text.split()


def test_an_action_leaves_a_word_where_it_prints_one_and_nothing_where_it_prints_lines_or_nothing() -> None:
    text = "a: {{ .x }}-b\nc:{{- toYaml .y | nindent 2 }}\n  {{ if .z }}{{ .z }}{{ end }}\nd{{ $e := 1 }}: {{/* f */}}1"
    assert syntax.without_actions("f", text) == f"a: {syntax.WRITTEN}-b\nc:\n\nd: 1"
