"""How a change is told, attribute by attribute."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from groundplan.review.documents import opened
from groundplan.review.leaves import KNOWN_AFTER_APPLY, LEAVES, leaves_of


def told(before: Any, after: Any, **more: Any) -> dict[str, tuple[str | None, str | None]]:
    """Path to (before, after) of every leaf that differs."""
    return {leaf.path: (leaf.before, leaf.after) for leaf in leaves_of(before, after, **more)[0]}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_an_update_tells_only_what_differs() -> None:
    assert told({"a": 1, "b": "x", "c": True}, {"a": 2, "b": "x", "c": True}) == {"a": ("1", "2")}


def test_a_creation_tells_what_is_set_and_what_is_known_only_later() -> None:
    after = {"name": "x", "empty": [], "nothing": None}
    assert told(None, after, unknown={"arn": True, "nothing": False}) == {
        "arn": (None, KNOWN_AFTER_APPLY),
        "name": (None, '"x"'),
    }


def test_a_value_that_becomes_unknown_shows_what_it_was() -> None:
    assert told({"arn": "old"}, {}, unknown={"arn": True}) == {"arn": ('"old"', KNOWN_AFTER_APPLY)}


def test_an_item_of_a_list_can_be_unknown() -> None:
    given_values = told({"ids": ["a"]}, {"ids": ["a", None]}, unknown={"ids": [False, True]})
    assert given_values == {"ids[1]": (None, KNOWN_AFTER_APPLY)}


def test_sets_tell_what_was_added_and_removed() -> None:
    leaves = leaves_of({"ids": ["a", "b", "c"]}, {"ids": ["c", "d", "a"]})[0]
    assert [(leaf.path, leaf.before, leaf.after) for leaf in leaves] == [
        ("ids[]", '"b"', None),
        ("ids[]", None, '"d"'),
    ]


def test_another_order_of_a_list_is_a_change() -> None:
    assert told({"ids": ["a", "b"]}, {"ids": ["b", "a"]}) == {"ids": ('["a", "b"]', '["b", "a"]')}


def test_a_block_put_in_front_does_not_change_the_others() -> None:
    before = {"rule": [{"port": 1, "from": "a"}, {"port": 2, "from": "b"}]}
    after = {"rule": [{"port": 9, "from": "z"}, *before["rule"]]}
    assert told(before, after) == {"rule[0].from": (None, '"z"'), "rule[0].port": (None, "9")}


def test_blocks_with_names_are_compared_by_name() -> None:
    before = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    after = {"env": [{"name": "B", "value": "3"}, {"name": "A", "value": "1"}]}
    assert told(before, after) == {"env[name=B].value": ('"2"', '"3"')}


def test_iam_policies_are_compared_by_statement() -> None:
    read = {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}
    write = {"Sid": "Write", "Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "*"}
    wider = read | {"Action": ["s3:GetObject", "s3:ListBucket"]}
    assert told({"policy": policy(read, write)}, {"policy": policy(write, wider)}) == {
        "policy » Statement[Sid=Read].Action[]": (None, '"s3:ListBucket"')
    }


def test_helm_values_are_compared_by_path() -> None:
    before = {"values": ["server:\n  replicas: 1\n  image: {tag: '1.0'}\n"]}
    after = {"values": ["server:\n  image:\n    tag: '2.0'\n  replicas: 1\n  debug: true\n"]}
    assert told(before, after) == {
        "values[0] » server.debug": (None, "true"),
        "values[0] » server.image.tag": ('"1.0"', '"2.0"'),
    }


def test_a_document_written_otherwise_with_the_same_meaning_is_told_as_such() -> None:
    assert told({"policy": '{"a": 1}'}, {"policy": '{"a":1}'}) == {
        "policy": ("(written one way)", "(written another way, same meaning)")
    }


def test_true_and_one_are_different_values() -> None:
    assert told({"a": True}, {"a": 1}) == {"a": ("true", "1")}
    assert told({"a": 1}, {"a": 1.0}) == {}


def test_a_script_is_told_as_a_diff_of_its_lines() -> None:
    before, after = "#!/bin/sh\nset -e\nls\n", "#!/bin/sh\nset -eu\nls\n"
    (leaf,) = leaves_of({"user_data": before}, {"user_data": after})[0]
    assert (leaf.before, leaf.after) == ("(3 lines)", "(3 lines)")
    assert leaf.lines == ((" ", "#!/bin/sh"), ("-", "set -e"), ("+", "set -eu"), (" ", "ls"))


def test_long_values_are_cut_and_say_so() -> None:
    assert told(None, {"a": "x" * 1000})["a"][1] == '"' + "x" * 239 + " … (762 more characters)"


def test_what_is_too_much_to_list_is_counted() -> None:
    leaves, hidden = leaves_of(None, {f"a{index}": 1 for index in range(LEAVES + 7)})
    assert (len(leaves), hidden) == (LEAVES, 7)


def test_attributes_that_force_a_replacement_are_marked() -> None:
    leaves = leaves_of({"name": "a", "tags": {"x": "1"}}, {"name": "b", "tags": {"x": "2"}}, forcing={"name"})[0]
    assert {leaf.path: leaf.forces_replacement for leaf in leaves} == {"name": True, "tags.x": False}


def test_a_key_that_is_no_name_is_quoted() -> None:
    assert list(told(None, {"tags": {"kubernetes.io/role": "x"}})) == ['tags["kubernetes.io/role"]']


@pytest.mark.parametrize(
    "text",
    [
        "just words",
        "12",
        "[]",
        "{}",
        "{broken",
        "a: b",
        "#!/bin/sh\necho a: b\n",
        "a: &x [1]\nb: [*x, *x]\n",
        "[" * 5000,
        "[" * 200 + "1" + "]" * 200,
        "key: [unclosed\n",
        "!!python/object:os.system {}\nx: 1\n",
    ],
)
def test_what_is_no_document_stays_text(text: str) -> None:
    assert opened(text) is None


def test_what_only_yaml_knows_becomes_what_json_knows() -> None:
    assert opened("day: 2026-01-31\n1: one\nset: !!set {b, a}\n") == {
        "day": "2026-01-31",
        "1": "one",
        "set": ["a", "b"],
    }


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text("ab:\n-{", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("pq", min_size=1, max_size=2), VALUES, max_size=3))
def test_a_value_does_not_differ_from_itself(value: dict[str, Any]) -> None:
    assert leaves_of(value, json.loads(json.dumps(value))) == ((), 0)


def bare(value: Any) -> Any:
    """A value without what counts as absent."""
    if isinstance(value, dict):
        kept = {key: bare(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {})}
    return [bare(item) for item in value] if isinstance(value, list) else value


@given(
    st.dictionaries(st.text("pq", min_size=1, max_size=2), VALUES, max_size=3),
    st.dictionaries(st.text("pq", min_size=1, max_size=2), VALUES, max_size=3),
)
def test_values_that_differ_are_told(before: dict[str, Any], after: dict[str, Any]) -> None:
    leaves, _ = leaves_of(before, after)
    if any(json.dumps(before.get(k)) != json.dumps(after.get(k)) and _scalar(before, after, k) for k in before | after):
        assert leaves


def _scalar(before: dict[str, Any], after: dict[str, Any], key: str) -> bool:
    return all(isinstance(side.get(key), (str, bool, int)) for side in (before, after))


class _Quoting(yaml.SafeDumper):
    """Texts in quotes, keys too, as Terraform's yamlencode writes them: a bare y is a flag to Go."""


_Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers() | st.text(max_size=5), min_size=1, max_size=4)
)
def test_yaml_and_json_of_one_document_open_alike(document: dict[str, Any]) -> None:
    as_yaml = yaml.dump({"x": document, "y": 1}, Dumper=_Quoting)
    assert opened(as_yaml) == opened(json.dumps({"x": document, "y": 1}))
