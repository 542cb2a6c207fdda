"""What a changed interface means to callers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from groundplan.publish.changes import changes
from groundplan.publish.interface import Interface
from groundplan.publish.versions import largest

PLAIN: dict[str, Any] = {
    "module": "store",
    "family": "storage",
    "terraform": ">= 1.9.0",
    "providers": {"aws": "hashicorp/aws >= 6.25.0, < 7.0.0"},
    "variables": {
        "name": {"type": "string", "required": True, "limits": [{"maxLength": 20}]},
        "days": {"type": "number", "default": 30, "limits": [{"minimum": 1, "maximum": 90}]},
        "mode": {"type": "string", "default": "safe", "limits": [{"enum": ["quick", "safe"]}]},
        "key_arn": {"type": "string", "nullable": True, "limits": [{"pattern": "^arn:"}]},
        "archives": {
            "type": "map",
            "default": {},
            "names": [{"pattern": "^[a-z]+$"}],
            "item": {
                "type": "object",
                "fields": {
                    "kind": {"type": "string", "required": True},
                    "ttl_hours": {"type": "number", "default": 24},
                },
            },
        },
    },
    "rules": [{"setting": "days", "condition": "(var.days > 1)", "message": "must be more than one"}],
    "outputs": {
        "arns": {"type": "map", "item": {"type": "string"}},
        "topic_arn": {"type": "string", "nullable": True},
        "main": {"type": "object", "fields": {"arn": {"type": "string"}}},
    },
    "resources": {
        "aws_s3_bucket.store": "one",
        "aws_s3_bucket.copy": "count",
        "aws_kms_key.store": "one",
        "aws_sns_topic.notice": "for_each",
    },
    "moved": {"aws_kms_key.oldest": "aws_kms_key.store"},
}


def interface(*edits: tuple[str, Any]) -> Interface:
    """The plain interface with some places set to other values, or removed by None."""
    document = Interface.model_validate(PLAIN).model_dump(mode="json", exclude_defaults=True)
    for path, value in edits:
        *above, last = path.split("/")
        place = document
        for step in above:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return Interface.model_validate(document)


def told(*edits: tuple[str, Any], before: tuple[tuple[str, Any], ...] = ()) -> tuple[str, list[str]]:
    """The largest bump and every change, from the plain interface to the edited one."""
    found = changes(interface(*before), interface(*edits))
    return largest(change.bump for change in found), [f"{change.bump}: {change.text}" for change in found]


ARCHIVE = "variables/archives/item/fields"
BREAKING: dict[str, tuple[tuple[str, Any], str]] = {
    "an input removed": (("variables/mode", None), "mode: is no longer an input"),
    "a required input added": (
        ("variables/region", {"type": "string", "required": True}),
        "region: is a new required input",
    ),
    "a default changed": (("variables/days/default", 31), "days: its default is now 31, was 30"),
    "a default taken away": (
        ("variables/days", {"type": "number", "required": True, "limits": [{"minimum": 1, "maximum": 90}]}),
        "days: is now required, was 30 when left out",
    ),
    "a type changed": (
        ("variables/days", {"type": "string", "default": 30}),
        "days: its type is now string, was number",
    ),
    "fractions refused": (
        ("variables/days/limits", [{"type": "integer"}, {"minimum": 1, "maximum": 90}]),
        'days: the kind of number is now "integer", was nothing',
    ),
    "a bound lowered": (
        ("variables/days/limits", [{"minimum": 1, "maximum": 60}]),
        "the highest value is now 60, was 90",
    ),
    "a bound added": (
        ("variables/archives/limits", [{"maxProperties": 4}]),
        "archives: the highest number of entries is now 4, was nothing",
    ),
    "a choice removed": (
        ("variables/mode/limits", [{"enum": ["safe"]}]),
        'the list of what is allowed is now ["safe"], was ["quick","safe"]',
    ),
    "a pattern changed": (("variables/key_arn/limits", [{"pattern": "^arn:aws:"}]), "key_arn: the pattern is now"),
    "null refused": (("variables/key_arn/nullable", False), "key_arn: may no longer be null"),
    "names narrowed": (("variables/archives/names", [{"pattern": "^[a-z]{3}$"}]), "archives (its names): the pattern"),
    "a nested setting removed": ((f"{ARCHIVE}/ttl_hours", None), "archives[*].ttl_hours: is no longer an input"),
    "a nested setting required": (
        (f"{ARCHIVE}/size", {"type": "number", "required": True}),
        "archives[*].size: is a new required input",
    ),
    "a nested default changed": ((f"{ARCHIVE}/ttl_hours/default", 48), "archives[*].ttl_hours: its default is now 48"),
    "a rule changed": (
        ("rules", [{"setting": "days", "condition": "(var.days > 2)", "message": "must be more than two"}]),
        "days: must be more than two: this rule is new or differs, (var.days > 2)",
    ),
    "an input made sensitive": (("variables/name/sensitive", True), "name: is now sensitive"),
    "an output removed": (("outputs/arns", None), "output.arns: is no longer told"),
    "an output of another type": (("outputs/arns", {"type": "string"}), "output.arns: its type is now string, was map"),
    "an output's part removed": (("outputs/main/fields", {}), "output.main.arn: is no longer told"),
    "an output that may be null": (
        ("outputs/arns", {"type": "map", "item": {"type": "string"}, "nullable": True}),
        "output.arns: may now be null",
    ),
    "an output made sensitive": (("outputs/topic_arn/sensitive", True), "output.topic_arn: is now sensitive"),
    "a resource removed": (("resources/aws_kms_key.store", None), "aws_kms_key.store: is gone"),
    "a resource repeated": (
        ("resources/aws_s3_bucket.store", "for_each"),
        "is now repeated by for_each, was by nothing",
    ),
    "a moved block removed": (("moved", {}), "aws_kms_key.oldest: its moved block to aws_kms_key.store is gone"),
    "a provider added": (("providers/helm", "hashicorp/helm >= 3.1.1"), "provider.helm: is newly needed"),
    "a provider's range narrowed": (("providers/aws", "hashicorp/aws >= 6.30.0, < 7.0.0"), "provider.aws: needs now"),
    "a provider's origin": (("providers/aws", "example/aws >= 6.25.0, < 7.0.0"), "provider.aws: needs now"),
    "a later Terraform": (("terraform", ">= 1.11.0"), "terraform: needs now >= 1.11.0, was >= 1.9.0"),
}
COMPATIBLE: dict[str, tuple[tuple[str, Any], str]] = {
    "an optional input added": (("variables/labels", {"type": "map", "default": {}}), "labels: is a new input"),
    "a nested optional setting added": ((f"{ARCHIVE}/size", {"type": "number"}), "archives[*].size: is a new input"),
    "a required input made optional": (
        ("variables/name", {"type": "string", "default": "store", "limits": [{"maxLength": 20}]}),
        'name: is no longer required: "store" when left out',
    ),
    "a bound raised": (
        ("variables/days/limits", [{"minimum": 1, "maximum": 365}]),
        "days: the highest value is now 365",
    ),
    "a bound removed": (("variables/days/limits", []), "days: the lowest value is now nothing, was 1"),
    "a choice added": (("variables/mode/limits", [{"enum": ["quick", "safe", "slow"]}]), "mode: the list"),
    "null allowed": (("variables/mode/nullable", True), "mode: may now be null"),
    "a rule dropped": (("rules", []), "days: no longer: must be more than one"),
    "any value allowed": (("variables/days", {"type": "any", "default": 30}), "days: its type is now any, was number"),
    "an output added": (("outputs/name", {"type": "string"}), "output.name: is a new output"),
    "an output that is always there": (
        ("outputs/topic_arn", {"type": "string"}),
        "output.topic_arn: is never null now",
    ),
    "a resource added": (("resources/aws_sqs_queue.dead", "one"), "aws_sqs_queue.dead: is a new resource"),
    "a provider's range widened": (("providers/aws", "hashicorp/aws >= 6.25.0, < 8.0.0"), "provider.aws: needs now"),
    "a provider no longer needed": (("providers/aws", None), "provider.aws: is no longer needed"),
}


def test_equal_interfaces_differ_in_nothing() -> None:
    assert told() == ("patch", [])


@pytest.mark.parametrize("case", BREAKING)
def test_what_breaks_a_caller_needs_a_major_version(case: str) -> None:
    edit, message = BREAKING[case]
    bump, found = told(edit)
    assert bump == "major"
    assert any(message in change for change in found), found


@pytest.mark.parametrize("case", COMPATIBLE)
def test_what_breaks_nobody_needs_a_minor_version(case: str) -> None:
    edit, message = COMPATIBLE[case]
    bump, found = told(edit)
    assert bump == "minor"
    assert any(message in change for change in found), found


def test_a_rule_that_is_only_worded_otherwise_is_no_change() -> None:
    edit = ("rules", [{"setting": "days", "condition": "(var.days > 1)", "message": "must exceed one"}])
    assert told(edit) == ("patch", [])


def test_a_renamed_input_is_told_with_its_new_name() -> None:
    _, found = told(("variables/mode", None), ("variables/modes", {"type": "string", "default": "safe"}))
    assert "major: mode: is no longer an input; was it renamed to modes?" in found


def test_a_renamed_resource_without_a_moved_block_is_told_with_both_addresses() -> None:
    edits = (("resources/aws_s3_bucket.store", None), ("resources/aws_s3_bucket.storage", "one"))
    (change,) = changes(interface(), interface(*edits))
    assert change.bump == "major"
    assert change.text == (
        "aws_s3_bucket.store: is gone and aws_s3_bucket.storage is new, without a moved block: "
        "Terraform would destroy the one and create the other"
    )
    assert change.cure == "Ship a moved block from aws_s3_bucket.store to aws_s3_bucket.storage, or keep the name."


def test_a_resource_that_has_nothing_in_common_with_the_new_one_is_still_named_with_it_when_it_is_the_only_one() -> (
    None
):
    _, found = told(("resources/aws_kms_key.store", None), ("resources/aws_kms_key.unrelated", "one"), ("moved", {}))
    assert any("aws_kms_key.store: is gone and aws_kms_key.unrelated is new" in change for change in found)


def test_a_renamed_resource_with_a_moved_block_breaks_nobody() -> None:
    moved = {**PLAIN["moved"], "aws_s3_bucket.store": "aws_s3_bucket.storage"}
    edits = (("resources/aws_s3_bucket.store", None), ("resources/aws_s3_bucket.storage", "one"), ("moved", moved))
    assert told(*edits) == ("minor", ["minor: aws_s3_bucket.store: is moved to aws_s3_bucket.storage"])


def test_a_resource_that_moved_twice_is_followed_to_where_it_is() -> None:
    moved = {**PLAIN["moved"], "aws_s3_bucket.store": "aws_s3_bucket.a", "aws_s3_bucket.a": "aws_s3_bucket.b"}
    edits = (("resources/aws_s3_bucket.store", None), ("resources/aws_s3_bucket.b", "one"), ("moved", moved))
    assert told(*edits) == ("minor", ["minor: aws_s3_bucket.store: is moved to aws_s3_bucket.b"])


@pytest.mark.parametrize("target", ["aws_s3_bucket.nowhere", "aws_s3_bucket.store"])
def test_a_moved_block_that_leads_nowhere_saves_nothing(target: str) -> None:
    moved = {**PLAIN["moved"], "aws_s3_bucket.store": target}
    bump, _ = told(("resources/aws_s3_bucket.store", None), ("moved", moved))
    assert bump == "major"


def test_instances_that_are_moved_to_their_names_break_nobody() -> None:
    moved = {**PLAIN["moved"], "aws_s3_bucket.copy[0]": 'aws_s3_bucket.copy["dr"]'}
    edits = (("resources/aws_s3_bucket.copy", "for_each"), ("moved", moved))
    assert told(*edits) == ("patch", [])


def test_a_single_resource_may_become_optional_since_terraform_moves_it_by_itself() -> None:
    assert told(("resources/aws_s3_bucket.store", "count")) == ("patch", [])


LIMIT = st.one_of(
    st.fixed_dictionaries({"minimum": st.integers(0, 9)}),
    st.fixed_dictionaries({"maximum": st.integers(0, 9)}),
    st.fixed_dictionaries({"minimum": st.integers(0, 4), "maximum": st.integers(5, 9)}),
    st.fixed_dictionaries({"enum": st.lists(st.integers(0, 9), min_size=1, unique=True)}),
    st.just({"type": "integer"}),
    st.just({"not": {"multipleOf": 2}}),
)
VALUES = [half / 2 for half in range(-4, 24)]


def accepted(limits: list[dict[str, Any]]) -> set[float]:
    return {value for value in VALUES if Draft202012Validator({"allOf": limits}).is_valid(value)}


@given(st.lists(LIMIT, max_size=3), st.lists(LIMIT, max_size=3))
def test_a_value_that_is_no_longer_accepted_never_passes_as_compatible(
    old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> None:
    before, after = (interface(("variables/days/limits", limits)) for limits in (old, new))
    bump = largest(change.bump for change in changes(before, after))
    if not accepted(old) <= accepted(new):
        assert bump == "major"
    if all(limit in old for limit in new):
        assert bump != "major"
