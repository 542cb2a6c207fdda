"""aws_iam_policy_document is what the real provider makes of it, to the byte.

The first document and the merges are the examples of
https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from groundplan.plan.server.policy_document import PolicyProblem, policy_document


def _statement(**elements: Any) -> dict[str, Any]:
    return {"effect": "Allow", **elements}


def _document(*statements: dict[str, Any], **config: Any) -> dict[str, Any]:
    return policy_document({"version": "2012-10-17", "statement": list(statements), **config})


def _first(**elements: Any) -> Any:
    return json.loads(_document(_statement(**elements))["json"])["Statement"][0]


def test_a_document_is_indented_by_two_with_its_elements_in_order() -> None:
    found = _document(
        _statement(sid="1", actions=["s3:GetBucketLocation", "s3:ListAllMyBuckets"], resources=["arn:aws:s3:::*"]),
        _statement(
            actions=["s3:ListBucket"],
            resources=["arn:aws:s3:::example"],
            condition=[
                {"test": "StringLike", "variable": "s3:prefix", "values": ["", "home/", "home/&{aws:username}/"]}
            ],
        ),
    )
    assert (
        found["json"]
        == """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "1",
      "Effect": "Allow",
      "Action": [
        "s3:ListAllMyBuckets",
        "s3:GetBucketLocation"
      ],
      "Resource": "arn:aws:s3:::*"
    },
    {
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::example",
      "Condition": {
        "StringLike": {
          "s3:prefix": [
            "",
            "home/",
            "home/${aws:username}/"
          ]
        }
      }
    }
  ]
}"""
    )
    assert found["minified_json"].startswith(
        '{"Version":"2012-10-17","Statement":[{"Sid":"1","Effect":"Allow","Action":['
    )
    assert json.loads(found["minified_json"]) == json.loads(found["json"])


def test_a_document_without_statements_has_none() -> None:
    assert _document()["minified_json"] == '{"Version":"2012-10-17"}'
    assert _document(policy_id="claims")["minified_json"] == '{"Version":"2012-10-17","Id":"claims"}'


def test_principals_are_a_text_alone_and_sorted_backwards_together() -> None:
    def principals(*blocks: tuple[str, list[str]]) -> Any:
        return _first(principals=[{"type": kind, "identifiers": names} for kind, names in blocks])["Principal"]

    assert principals(("*", ["*"])) == "*"
    assert principals(("AWS", ["*"])) == {"AWS": "*"}
    assert principals(("AWS", ["111122223333", "444455556666"])) == {"AWS": ["444455556666", "111122223333"]}
    assert list(principals(("Service", ["a"]), ("AWS", ["b"]))) == ["AWS", "Service"]
    assert set(principals(("AWS", ["a"]), ("AWS", ["b"]))["AWS"]) == {"a", "b"}
    assert _first(not_principals=[{"type": "AWS", "identifiers": ["a"]}])["NotPrincipal"] == {"AWS": "a"}


def test_what_is_negated_is_kept_apart() -> None:
    found = _first(not_actions=["s3:*"], not_resources=["b", "a"])
    assert found == {"Effect": "Allow", "NotAction": "s3:*", "NotResource": ["b", "a"]}


def test_values_of_one_condition_key_are_joined_in_their_order() -> None:
    values = [{"test": "StringEquals", "variable": "aws:x", "values": ["b", "a"]}]
    assert _first(condition=values)["Condition"] == {"StringEquals": {"aws:x": ["b", "a"]}}
    more = [*values, {"test": "StringEquals", "variable": "aws:x", "values": ["c"]}]
    assert sorted(_first(condition=more)["Condition"]["StringEquals"]["aws:x"]) == ["a", "b", "c"]


def test_signs_that_html_has_are_escaped_as_go_does() -> None:
    assert "\\u003ca\\u0026b\\u003e" in _document(_statement(resources=["<a&b>"]))["json"]


def test_documents_merge_by_sid_and_later_ones_win() -> None:
    source = _document(_statement(sid="a", actions=["x"]), _statement(actions=["nameless"]))["json"]
    override = _document(_statement(sid="b", effect="Deny", actions=["z"]), policy_id="last")["json"]
    found = json.loads(
        _document(
            _statement(sid="a", actions=["y"]),
            _statement(sid="b", actions=["y"]),
            policy_id="own",
            source_policy_documents=[source, None],
            override_policy_documents=[override],
        )["json"]
    )
    assert found["Id"] == "last"
    assert [(each.get("Sid"), each["Effect"], each["Action"]) for each in found["Statement"]] == [
        ("a", "Allow", "y"),
        (None, "Allow", "nameless"),
        ("b", "Deny", "z"),
    ]


def test_a_merged_document_is_written_as_the_provider_writes_it() -> None:
    other = {
        "version": "2008-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Unheard": 1,
                "Principal": "*",
                "Action": ["b", "a"],
                "Condition": {"Bool": {"aws:SecureTransport": False}, "StringEquals": {"x": ["one"]}},
            }
        ],
    }
    found = json.loads(_document(source_policy_documents=[json.dumps(other)])["json"])
    assert found == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["b", "a"],
                "Principal": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"x": "one"}},
            }
        ],
    }


@pytest.mark.parametrize(
    ("config", "path", "message"),
    [
        ({"source_policy_documents": ["{"]}, ("source_policy_documents", 0), "it is no policy document"),
        ({"override_policy_documents": ["[]"]}, ("override_policy_documents", 0), "it is no policy document"),
        ({"source_policy_documents": ['{"Statement": {}}']}, ("source_policy_documents", 0), "Statement is no list"),
        (
            {"source_policy_documents": ['{"Statement": [{"Sid": "a"}]}', '{"Statement": [{"Sid": "a"}]}']},
            ("source_policy_documents", 1),
            "two statements have the Sid 'a'",
        ),
        ({"statement": [_statement(sid="a"), _statement(sid="a")]}, ("statement", 1, "sid"), "two statements"),
        (
            {"version": "2008-10-17", "statement": [_statement(resources=["&{aws:username}"])]},
            ("statement", 0, "resources"),
            "holds a policy variable",
        ),
    ],
)
def test_what_the_provider_refuses_is_refused_at_its_path(
    config: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    with pytest.raises(PolicyProblem, match="it is|two|holds") as refused:
        policy_document({"version": "2012-10-17", **config})
    assert refused.value.problem.attribute_path == path
    assert message in refused.value.problem.message


_JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=5),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.sampled_from(["Statement", "Sid", "Principal", "Condition", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_whatever_is_merged_is_a_document_or_refused(value: Any) -> None:
    try:
        found = _document(source_policy_documents=[json.dumps(value)])
    except PolicyProblem:
        return
    again = _document(source_policy_documents=[found["json"]])
    assert again["json"] == found["json"]
