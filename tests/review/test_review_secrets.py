"""No value that a plan marks sensitive stands in any file of the review."""

from __future__ import annotations

import base64
import json
import tempfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_plans import change, finding, findings, meta, outputs, plan, review

from groundplan.review.leaves import leaves_of
from groundplan.review.sensitive import MINIMUM_LENGTH, Redactor, secrets_of

# No text of the review itself holds such a word, so that finding one is a leak.
SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=8, max_size=40).filter(
    lambda text: len(text.strip()) >= 8 and (not text.isascii() or any(c in text for c in "#$%&*!?^~{}"))
)


def everything(secret: str) -> tuple[dict[str, Any], Any, Any]:
    """A plan that holds `secret` marked once, and unmarked in every other place that the review shows."""
    document = json.dumps({"auth": {"key": secret}, "list": [secret]})
    yaml = f"server:\n  password: {json.dumps(secret)}\n  other: 1\n"
    spread = {
        "text": f"user:{secret}@host",
        "document": document,
        "values": [yaml],
        "map": {secret: secret},
        "set": [secret, "b"],
        "script": f"#!/bin/sh\nexport TOKEN={secret}\necho done\n",
        "encoded": base64.b64encode(secret.encode()).decode(),
    }
    old = {"text": "old", "document": '{"auth": {}}', "values": ["server:\n  other: 2\n"], "script": "#!/bin/sh\nls\n"}
    content = plan(
        change(
            "module.a.aws_db_instance.main",
            ["update"],
            {"password": "previous-one-" + secret, "nested": [{"token": "x"}]},
            {"password": secret, "nested": [{"token": secret}]},
            before_sensitive={"password": True},
            after_sensitive={"password": True, "nested": [{"token": True}]},
        ),
        change("module.a.helm_release.created", ["create"], None, spread),
        change("module.a.helm_release.updated", ["update"], old, spread),
        change("module.a.helm_release.deleted", ["delete"], spread, None),
        change(f"module.a.aws_iam_role.each[{json.dumps(secret)}]", ["create"], None, {"name": "a"}),
        output_changes={"out": {"actions": ["create"], "before": None, "after": spread, "after_unknown": False}},
    )
    said = findings(
        finding(
            "a/b", "prod-a", "module.a.aws_db_instance.main", message=f"password is {secret}!", fix=f"drop {secret}"
        )
    )
    return content, said, meta("prod-a", warnings=(f"value {secret} is odd",), unchecked={"aws_x": (f"{secret}?",)})


@settings(max_examples=60, deadline=None)
@given(SECRETS)
def test_a_sensitive_value_is_in_no_file_wherever_else_the_plan_holds_it(secret: str) -> None:
    content, said, told = everything(secret)
    with tempfile.TemporaryDirectory() as folder:
        written = outputs(review(Path(folder), {"prod-a": content}, said, metas={"prod-a": told}))
    spellings = {secret, json.dumps(secret)[1:-1], base64.b64encode(secret.encode()).decode()}
    for name, text in written.items():
        for spelling in spellings:
            assert spelling not in text, name
            assert spelling not in unescape(text), name
    assert "(sensitive)" in written["review.md"]


def test_a_change_of_a_sensitive_value_is_seen_without_the_value(tmp_path: Path) -> None:
    changed = change(
        "aws_db_instance.x",
        ["update"],
        {"password": "abc"},
        {"password": "xyz"},
        before_sensitive={"password": True},
        after_sensitive={"password": True},
    )
    text = outputs(review(tmp_path, {"prod-a": plan(changed)}))["review.md"]
    assert "password: (sensitive) -> (sensitive)" in text
    assert "xyz" not in text


def test_a_secret_of_one_plan_is_removed_from_the_others_too(tmp_path: Path) -> None:
    owner = plan(
        change("aws_x.a", ["no-op"], {"p": "s3cr3t-word!"}, {"p": "s3cr3t-word!"}, after_sensitive={"p": True})
    )
    reader = plan(change("aws_y.b", ["create"], None, {"url": "db://u:s3cr3t-word!@h"}))
    text = outputs(review(tmp_path, {"prod-a": owner, "prod-b": reader}))["review.md"]
    assert 'url = "db://u:(sensitive)@h"' in text


@pytest.mark.parametrize(
    "content",
    [
        {"planned_values": {"outputs": {"o": {"sensitive": True, "value": {"k": "long-secret"}}}}},
        {
            "prior_state": {
                "values": {
                    "root_module": {
                        "child_modules": [
                            {"resources": [{"values": {"a": ["long-secret"]}, "sensitive_values": {"a": [True]}}]}
                        ]
                    }
                }
            }
        },
        {
            "configuration": {"root_module": {"variables": {"v": {"sensitive": True}}}},
            "variables": {"v": {"value": "long-secret"}},
        },
        {"output_changes": {"o": {"before": "long-secret", "before_sensitive": True}}},
        {"resource_drift": [{"change": {"before": "long-secret", "before_sensitive": True}}]},
    ],
)
def test_every_place_where_terraform_marks_a_value_is_read(content: dict[str, Any]) -> None:
    assert "long-secret" in secrets_of(content)


def test_values_inside_a_sensitive_document_are_secrets_of_their_own() -> None:
    content = plan(
        change("aws_x.a", ["create"], None, {"d": '{"password": "inner-secret"}'}, after_sensitive={"d": True})
    )
    assert "inner-secret" in secrets_of(content)


def test_short_and_blank_values_do_not_black_out_the_whole_review() -> None:
    content = plan(change("aws_x.a", ["create"], None, {"d": ["true", " " * 12, True, 7]}, after_sensitive={"d": True}))
    assert secrets_of(content) == set()


@given(st.lists(st.text("ab", min_size=MINIMUM_LENGTH, max_size=14), max_size=6), st.text("ab", max_size=60))
def test_redacting_equals_blanking_every_occurrence(secrets: list[str], text: str) -> None:
    covered = set()
    for secret in secrets:
        for start in range(len(text)):
            if text.startswith(secret, start):
                covered.update(range(start, start + len(secret)))
    kept = "".join(character for index, character in enumerate(text) if index not in covered)
    assert Redactor(secrets)(text).replace("(sensitive)", "") == kept


def test_a_mask_hides_only_what_it_marks() -> None:
    leaves, hidden = leaves_of(
        None,
        {"set": [{"name": "a", "value": "secret"}], "plain": "seen"},
        after_mask={"set": [{"value": True}]},
    )
    assert hidden == 0
    assert {leaf.path: leaf.after for leaf in leaves} == {
        "plain": '"seen"',
        "set[0].name": '"a"',
        "set[0].value": "(sensitive)",
    }
