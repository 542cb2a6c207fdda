"""Event patterns of EventBridge and lifecycle policies of ECR."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.grammars import ecr_lifecycles, event_patterns
from groundplan.values import UNKNOWN

GOOD_VALUES: list[Any] = [
    "a",
    5,
    True,
    None,
    {"prefix": "us-"},
    {"prefix": {"equals-ignore-case": "eventb"}},
    {"suffix": ".png"},
    {"suffix": {"equals-ignore-case": ".png"}},
    {"anything-but": "initializing"},
    {"anything-but": 5},
    {"anything-but": ["stopped", "overloaded"]},
    {"anything-but": [100, 200]},
    {"anything-but": {"prefix": "us-"}},
    {"anything-but": {"suffix": [".png", ".jpg"]}},
    {"anything-but": {"equals-ignore-case": ["a", "b"]}},
    {"anything-but": {"wildcard": "*/lib/*"}},
    {"numeric": ["=", 100]},
    {"numeric": [">", 0, "<=", 5]},
    {"exists": False},
    {"cidr": "10.0.0.0/24"},
    {"cidr": "2001:db8::/64"},
    {"equals-ignore-case": "alice"},
    {"wildcard": "dir/*.png"},
    {"wildcard": "a\\*b*"},
    {"exactly": "a"},
    UNKNOWN,
]
BAD_VALUES: list[Any] = [
    ["a"],
    {},
    {"prefix": 5},
    {"prefix": "a", "suffix": "b"},
    {"prefx": "a"},
    {"prefix": {"wildcard": "a"}},
    {"anything-but": []},
    {"anything-but": ["a", 5]},
    {"anything-but": True},
    {"anything-but": {"numeric": ["=", 1]}},
    {"numeric": []},
    {"numeric": ["="]},
    {"numeric": ["=", "5"]},
    {"numeric": ["=", True]},
    {"numeric": ["<", 5, ">", 0]},
    {"numeric": [">", 5, "<", 1]},
    {"numeric": ["!=", 5]},
    {"exists": "false"},
    {"cidr": "10.0.0.0"},
    {"cidr": "10.0.0.0/33"},
    {"equals-ignore-case": ["a"]},
    {"wildcard": "a**b"},
    {"wildcard": "a\\b"},
]


@pytest.mark.parametrize("value", GOOD_VALUES, ids=repr)
def test_a_pattern_s_value_that_eventbridge_takes(value: Any) -> None:
    assert event_patterns.problems({"detail": {"state": [value]}}) == []


@pytest.mark.parametrize("value", BAD_VALUES, ids=repr)
def test_a_pattern_s_value_that_eventbridge_refuses_is_told_of_with_its_place(value: Any) -> None:
    [problem] = event_patterns.problems({"detail": {"state": ["a", value]}})
    assert problem.attribute_path[:3] == ("detail", "state", 1)
    assert problem.cure


WRONG_PATTERNS = {
    "{": "JSON",
    '["aws.s3"]': "a JSON object",
    "{}": "a field in it",
    '{"source": "aws.s3"}': 'Put it into a list: ["aws.s3"].',
    '{"source": []}': "a value in it",
    '{"detail": {}}': "a field in it",
    '{"$or": [{"source": ["a"]}]}': "two objects",
    '{"$or": [{"source": ["a"]}, "b"]}': "an object of fields",
}


@pytest.mark.parametrize("text", WRONG_PATTERNS)
def test_a_pattern_that_eventbridge_refuses_says_what_it_must_be(text: str) -> None:
    [problem] = event_patterns.problems(text)
    assert WRONG_PATTERNS[text] in f"{problem.message} {problem.cure}"


def test_a_choice_between_fields_is_a_pattern() -> None:
    choice = {"source": ["aws.s3"], "$or": [{"detail": {"a": [1]}}, {"detail": {"b": [{"exists": True}]}}]}
    assert event_patterns.problems(json.dumps(choice)) == []


def rule(priority: int = 1, **selection: Any) -> dict[str, Any]:
    chosen = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5} | selection
    return {"rulePriority": priority, "selection": chosen, "action": {"type": "expire"}}


AGED = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}
GOOD_POLICIES = {
    "untagged images": [rule()],
    "tags by pattern, then any": [
        rule(1, tagStatus="tagged", tagPatternList=["prod*"], **AGED),
        rule(2, tagStatus="any"),
    ],
    "tags by prefix": [rule(1, tagStatus="tagged", tagPrefixList=["prod"])],
    "four wildcards": [rule(1, tagStatus="tagged", tagPatternList=["*test*1*2*3"])],
    "to the archive": [
        rule(1, tagStatus="any", countType="sinceImagePulled", countUnit="days", countNumber=90)
        | {"action": {"type": "transition", "targetStorageClass": "archive"}},
        rule(2, tagStatus="any", storageClass="archive", countType="sinceImageTransitioned", countUnit="days"),
    ],
    "what nobody knows yet": [rule(UNKNOWN, tagStatus=UNKNOWN, countType=UNKNOWN), UNKNOWN],  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", GOOD_POLICIES)
def test_a_lifecycle_that_ecr_takes(name: str) -> None:
    assert ecr_lifecycles.problems({"rules": GOOD_POLICIES[name]}) == []


BAD_POLICIES: dict[str, tuple[Any, tuple[str | int, ...]]] = {
    "tagged without a list": ([rule(tagStatus="tagged")], ("rules", 0, "selection", "tagPatternList")),
    "an empty list": ([rule(tagStatus="tagged", tagPrefixList=[])], ("rules", 0, "selection", "tagPrefixList")),
    "both lists": (
        [rule(tagStatus="tagged", tagPrefixList=["a"], tagPatternList=["a"])],
        ("rules", 0, "selection", "tagPatternList"),
    ),
    "a list with untagged": ([rule(tagPrefixList=["a"])], ("rules", 0, "selection", "tagPrefixList")),
    "five wildcards": (
        [rule(tagStatus="tagged", tagPatternList=["*1*2*3*4*"])],
        ("rules", 0, "selection", "tagPatternList", 0),
    ),
    "an age without its unit": ([rule(countType="sinceImagePushed")], ("rules", 0, "selection", "countUnit")),
    "a count with a unit": ([rule(countUnit="days")], ("rules", 0, "selection", "countUnit")),
    "a number as text": ([rule(countNumber="5")], ("rules", 0, "selection", "countNumber")),
    "no images": ([rule(countNumber=0)], ("rules", 0, "selection", "countNumber")),
    "an unknown status": ([rule(tagStatus="tags")], ("rules", 0, "selection", "tagStatus")),
    "one priority twice": ([rule(1), rule(1)], ("rules", 1, "rulePriority")),
    "any before another": ([rule(1, tagStatus="any"), rule(2)], ("rules", 0, "rulePriority")),
    "a storage class of null": (
        [rule() | {"action": {"type": "expire", "targetStorageClass": None}}],
        ("rules", 0, "action", "targetStorageClass"),
    ),
    "no action": ([{key: value for key, value in rule().items() if key != "action"}], ("rules", 0, "action")),
    "an unknown key": ([rule() | {"priority": 1}], ("rules", 0)),
    "no rule": ([], ("rules",)),
    "rules that are none": ({"a": 1}, ("rules",)),
}


@pytest.mark.parametrize("name", BAD_POLICIES)
def test_a_lifecycle_that_ecr_refuses_says_where_and_what_to_do(name: str) -> None:
    rules, path = BAD_POLICIES[name]
    [problem] = ecr_lifecycles.problems(json.dumps({"rules": rules}))
    assert problem.attribute_path == path
    assert problem.cure


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from(["any", "tagged", "*", "<", "days", UNKNOWN]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rules", "selection", "tagStatus", "numeric", "anything-but", "prefix", "$or", "a"]), inner
        )
    ),
    max_leaves=8,
)


@given(JSON)
def test_any_document_has_an_answer(value: Any) -> None:
    for problem in [*event_patterns.problems(value), *ecr_lifecycles.problems(value)]:
        assert problem.message
        assert problem.cure
