"""YAML as Kubernetes and Helm read it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.documents.kubernetes import read_manifest, read_yaml

# What helm_values_from_yaml of Helm 4.2.3 gives for each, which reads with the same library as the API server.
PLAIN = [
    ("yes", True),
    ("oN", "oN"),
    ("On", True),
    ("off", False),
    ("y", True),
    *((word, word in ("Y", "YES", "TRUE", "ON")) for word in ("Y", "YES", "TRUE", "ON", "N", "NO", "FALSE", "OFF")),
    ("1:30", "1:30"),
    ("0644", 420),
    ("0o17", 15),
    ("0b11", 3),
    ("0x1f", 31),
    ("-0x1f", -31),
    ("+5", 5),
    ("1_000", 1000),
    ("1e3", 1000.0),
    (".5", 0.5),
    ("09", 9.0),
    ("=", "="),
    ("2026-01-02", "2026-01-02"),
    ("1.30.3", "1.30.3"),
    ("~", None),
    ("", None),
    ("'1'", "1"),
    ("0x", "0x"),
]


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_a_plain_word_is_what_the_api_server_takes_it_for(text: str, value: Any) -> None:
    found = read_yaml(f"a: {text}\n")["a"]
    assert found == value
    assert type(found) is type(value)


def test_the_plain_words_are_what_helm_itself_reads() -> None:
    native = pytest.importorskip("helm_python._native", reason="helm-python-sdk is not installed")
    for text, value in PLAIN:
        assert json.loads(native.call_string("helm_values_from_yaml", f"a: {text}\n"))["a"] == value, text


def test_keys_are_texts_as_in_json() -> None:
    assert read_yaml("{1: a, true: b, n: c, null: d, x: {2: e}}") == {
        "1": "a",
        "true": "b",
        "false": "c",
        "null": "d",
        "x": {"2": "e"},
    }


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("---# a comment\na: 1\n---\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("\n\n---\n---\n\n", []),
        ("a: 1\n--- \nb: 2", [{"a": 1}, {"b": 2}]),
        ("a: |\n  x\n  ---\n  y\n", [{"a": "x\n---\ny"}]),
        ("a: |\n  x\n---\n  y\n", [{"a": "x"}, True]),
        ("# only a comment\n", []),
    ],
)
def test_a_manifest_is_cut_where_helm_cuts_it(text: str, documents: list[Any]) -> None:
    assert read_manifest(text) == documents


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "\tb", "? [1]\n: 2\n", "a: !!python/object:os.system {}", "a: <<"])
def test_what_is_no_yaml_is_a_value_error_with_its_place(text: str) -> None:
    with pytest.raises(ValueError, match="line"):
        read_yaml(text)


# YAML folds lines at characters that are none to JSON
TEXTS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]))
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, width=32)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_what_json_says_is_read_as_json_says_it(value: Any) -> None:
    # YAML knows nothing of two escapes for one character
    assert read_yaml(json.dumps(value, ensure_ascii=False)) == value
