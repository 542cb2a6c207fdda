"""Values travel to Terraform and back without a change, whatever is unknown in them."""

from __future__ import annotations

import json
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as some

from groundplan.plan.cty import Dynamic, decode, dynamic, encode, plain, unknown
from groundplan.plan.position import path_at
from groundplan.values import UNKNOWN, is_unknown

scalars = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-(2**63), 2**64 - 1),
    some.floats(allow_nan=False),
    some.text(),
    some.just(UNKNOWN),
    some.builds(msgpack.ExtType, some.just(12), some.binary(max_size=8)),
)
values = some.recursive(
    scalars,
    lambda inner: some.one_of(
        some.lists(inner, max_size=4),
        some.dictionaries(some.text(), inner, max_size=4),
        some.builds(Dynamic, some.just(b'"string"'), inner),
    ),
    max_leaves=20,
)
documents = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.text()),
    lambda inner: some.one_of(some.lists(inner, max_size=4), some.dictionaries(some.text(), inner, max_size=4)),
    max_leaves=20,
)


@given(values)
def test_a_value_comes_back_as_it_went(value: Any) -> None:
    assert decode(encode(value)) == value


@given(values)
def test_a_plain_value_holds_no_wire_dress(value: Any) -> None:
    def naked(part: Any) -> bool:
        if isinstance(part, dict):
            return all(naked(item) for item in part.values())
        if isinstance(part, list):
            return all(naked(item) for item in part)
        return not isinstance(part, (Dynamic, msgpack.ExtType))

    assert naked(plain(value))
    assert is_unknown(plain(value)) == (unknown(value) or (isinstance(value, Dynamic) and is_unknown(plain(value))))


def test_an_unknown_value_is_extension_zero() -> None:
    assert encode({"arn": UNKNOWN}) == b"\x81\xa3arn\xd4\x00\x00"


def test_a_dynamic_value_names_its_type() -> None:
    assert json.loads(dynamic({"a": [1, "x", None]}).type) == [
        "object",
        {"a": ["tuple", ["number", "string", "dynamic"]]},
    ]


def test_what_has_no_form_on_the_wire_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot travel"):
        encode({"when": object()})


@given(documents, some.integers(0, 200), some.sampled_from([None, 2]), some.sampled_from([(",", ":"), (", ", ": ")]))
def test_a_byte_of_a_document_has_a_path_that_exists(
    document: Any, offset: int, indent: int | None, separators: tuple[str, str]
) -> None:
    text = json.dumps(document, indent=indent, separators=separators, ensure_ascii=False)
    found = document
    for step in path_at(text.encode(), offset):
        found = found[step]


def test_the_path_names_the_innermost_value() -> None:
    text = b'{"resource": {"aws_s3_bucket": {"this": [{"bucket": "example"}]}}}'
    path = ("resource", "aws_s3_bucket", "this", 0, "bucket")
    assert path_at(text, text.index(b"example")) == path
    assert path_at(text, text.index(b'"bucket"')) == path
    assert path_at(text, len(text) + 5) == ()
    assert path_at(b"not json", 2) == ()


def test_the_path_is_the_same_however_tightly_a_document_is_written() -> None:
    document = {"a": [1, {"b": 2}], "c": 3}
    for separators in ((",", ":"), (", ", ": "), (" , ", " : ")):
        text = json.dumps(document, separators=separators).encode()
        found = {digit: path_at(text, text.index(str(digit).encode())) for digit in (1, 2, 3)}
        assert found == {1: ("a", 0), 2: ("a", 1, "b"), 3: ("c",)}
