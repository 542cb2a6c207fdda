"""Values keep their meaning on their way through Terraform's expression syntax."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, Fn, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from groundplan.framework import choose, equals, hcl, jsonencode, literal, quoted, text, yamlencode
from groundplan.framework.hcl import regions, unbraced
from groundplan.framework.references import TextReference
from groundplan.problems import BadInput
from tests.support.planning import evaluated_outputs

texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12).map(lambda text: text.replace("${", "$ {"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
SAMPLES: list[Any] = [
    'a "quoted" text',
    "back\\slash \\n \\b",
    "a\tb\nc\x08d\x0ce\x7f",
    "%{ if } and 100%",
    "$",
    "$$",
    "emoji \U0001f600 and \u2028",
    {"a.b/c": 1, "": 2, "if": 3, "null": None, "Ünï": [True, False]},
    0.1,
    -3,
    1e21,
    literal("${aws:username} %{x}"),
]


@settings(max_examples=150, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True)
@given(values)
def _collect(value: Any) -> None:
    SAMPLES.append(value)


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, Any]]:
    """Every sample with what Terraform makes of it, all in one plan."""
    _collect()
    outputs = {f"v{index}": {"value": jsonencode(value)} for index, value in enumerate(SAMPLES)}
    told = evaluated_outputs({"output": outputs}, tmp_path_factory.mktemp("hcl"))
    return [(value, json.loads(told[f"v{index}"])) for index, value in enumerate(SAMPLES)]


def test_terraform_reads_every_value_as_it_was_meant(evaluated: list[tuple[Any, Any]]) -> None:
    assert len(evaluated) > 100
    for meant, read in evaluated:
        assert read == _normal(meant)


def _normal(value: Any) -> Any:
    # Terraform normalizes texts to Unicode's composed form
    import unicodedata

    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if isinstance(value, dict):
        return {_normal(key): _normal(item) for key, item in value.items()}
    return value


@given(st.text(max_size=30))
def test_splitting_a_template_loses_nothing(text: str) -> None:
    try:
        parts = list(regions(text))
    except BadInput:
        assert "${" in text
        return
    assert "".join(part for _, part in parts) == text


def test_a_reference_is_one_region_whatever_stands_in_its_strings() -> None:
    text = 'a-${jsonencode({a = "}", b = "${var.x}"})}-b'
    assert list(regions(text)) == [(False, "a-"), (True, text[2:-2]), (False, "-b")]


def test_what_terraform_is_told_to_take_literally_is_no_reference() -> None:
    assert list(regions("$${var.x}-${var.y}")) == [(False, "$${var.x}-"), (True, "${var.y}")]
    assert hcl("$${var.x}") == '"$${var.x}"'
    # a dollar that stands elsewhere takes nothing away from what follows
    assert list(regions("$ ${var.y}")) == [(False, "$ "), (True, "${var.y}")]


def test_a_reference_keeps_its_type_and_text_around_it_makes_a_text() -> None:
    assert hcl({"days": "${var.days}", "name": "x-${var.name}"}) == '{days = var.days, name = "x-${var.name}"}'


def test_what_terraform_has_no_value_for_is_refused() -> None:
    with pytest.raises(BadInput, match="no value for a Python set"):
        hcl({"a": {1, 2}})


def test_an_unclosed_reference_is_refused_with_its_text() -> None:
    with pytest.raises(BadInput, match="never closed"):
        yamlencode({"a": "${var.x"})


def test_quoting_leaves_no_reference_alive(tmp_path: Path) -> None:
    assert quoted("${var.x}") == '"$${var.x}"'
    assert quoted("%{ if }") == '"%%{ if }"'


class _Parts:
    """A stack with a resource whose attributes are cdktf's own tokens, of every type that the bindings have."""

    def __init__(self) -> None:
        self.stack = TerraformStack(App(), "test")
        topic = SnsTopic(self.stack, "t", name="it", tags={"a": "b"}, application_success_feedback_sample_rate=3)
        endpoint = VpcEndpoint(self.stack, "v", vpc_id="vpc", service_name="s", subnet_ids=["s1", "s2"])
        self.tokens: list[tuple[Any, Any]] = [
            (topic.name, "it"),
            (topic.application_success_feedback_sample_rate, 3),
            (topic.tags, {"a": "b"}),
            (endpoint.subnet_ids, ["s1", "s2"]),
            (SnsTopic(self.stack, "f", fifo_topic=True).fifo_topic, True),
            (Fn.lower(topic.name), "it"),
            (Fn.conditional(True, topic.name, "no"), "it"),
        ]


@cache
def _parts() -> _Parts:
    """Made when a test asks for it: it starts cdktf's kernel."""
    return _Parts()


AS_LOCALS = {
    "aws_sns_topic.t.": "local.t.",
    "aws_sns_topic.f.": "local.f.",
    "aws_vpc_endpoint.v.": "local.v.",
}
TOPIC = {"name": "it", "tags": {"a": "b"}, "application_success_feedback_sample_rate": 3}
LOCALS = {"x": 'a "}" ${"b"}', "t": TOPIC, "f": {"fifo_topic": True}, "v": {"subnet_ids": ["s1", "s2"]}}


def _leaves() -> st.SearchStrategy[tuple[Any, Any]]:
    tokens = _parts().tokens
    return (
        st.sampled_from(tokens)
        | st.just((TextReference("local.x"), 'a "}" b'))
        | st.just((text("upper", tokens[0][0]), "IT"))
        | st.just((f"}}{{ {tokens[0][0]} {tokens[1][0]}", "}{ it 3"))
        | st.just((choose(equals(tokens[0][0], "it"), tokens[0][0], "no"), "it"))
        | texts.map(lambda text: (text, text))
        | st.integers(0, 9).map(lambda number: (number, number))
    )


def _listed(items: list[tuple[Any, Any]]) -> tuple[Any, Any]:
    return [item for item, _ in items], [meant for _, meant in items]


def _mapped(items: dict[str, tuple[Any, Any]]) -> tuple[Any, Any]:
    return {key: item for key, (item, _) in items.items()}, {key: meant for key, (_, meant) in items.items()}


documents = st.recursive(
    st.deferred(_leaves),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4).map(_listed)
        | st.dictionaries(st.sampled_from(["a", "b c", "}", "${"]).map(literal), inner, min_size=1, max_size=4).map(
            _mapped
        )
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def with_tokens(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, Any, Any]]:
    """Generated documents, what they mean, and what Terraform reads in what cdktf makes of them."""
    generated: list[tuple[Any, Any]] = []

    @settings(
        max_examples=200,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        deadline=None,
    )
    @given(documents)
    def collect(document: tuple[Any, Any]) -> None:
        generated.append(document)

    collect()
    first, second = _parts().tokens[0][0], TextReference("local.x")
    generated += [_listed([(first, "it"), (second, 'a "}" b'), (first, "it")])]
    encoders = (jsonencode, yamlencode)
    for index, (document, _) in enumerate(generated):
        TerraformOutput(_parts().stack, f"o{index}", value=encoders[index % 2](document))
    outputs = _parts().stack.to_terraform()["output"]
    read = {}
    for name, block in outputs.items():
        value = unbraced(block["value"])
        for resource, standing in AS_LOCALS.items():
            value = value.replace(resource, standing)
        decoder = "jsondecode" if value.startswith("${jsonencode") else "yamldecode"
        read[name] = {"value": f"${{jsonencode({decoder}({value[2:-1]}))}}"}
    told = evaluated_outputs({"locals": LOCALS, "output": read}, tmp_path_factory.mktemp("tokens"))
    return [(document, meant, json.loads(told[f"o{index}"])) for index, (document, meant) in enumerate(generated)]


def test_attributes_of_plain_resources_stand_anywhere_in_a_document(with_tokens: list[tuple[Any, Any, Any]]) -> None:
    assert len(with_tokens) > 150
    for document, meant, told in with_tokens:
        assert told == _normal(meant), document


@given(st.text(st.sampled_from('ab ${}"\\%'), max_size=20))
@example("${${")
def test_taking_braces_away_changes_nothing_that_has_none_too_many(text: str) -> None:
    assert unbraced(quoted(text)) == quoted(text)
    expression = hcl({"a": literal(text), "b": [TextReference("var.x"), literal(f"{text}}}")]})
    assert unbraced(f"${{{expression}}}") == f"${{{expression}}}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("${jsonencode([var.x, {a = var.y}, ${t.arn}])}", "${jsonencode([var.x, {a = var.y}, t.arn])}"),
        ('${f("a-${t.arn}", ${t.arn})}-${t.arn}', '${f("a-${t.arn}", t.arn)}-${t.arn}'),
        ("${[${a ? b : c}, ${f(${x})}]}", "${[(a ? b : c), (f(x))]}"),
        ('${"$${x}" == ${y}}', '${"$${x}" == y}'),
        ("$${x} ${ {} }", "$${x} ${ {} }"),
    ],
)
def test_braces_go_where_an_expression_is_already(written: str, read: str) -> None:
    assert unbraced(written) == read
