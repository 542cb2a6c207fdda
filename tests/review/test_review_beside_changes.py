"""What a plan says beside its changes: stacks that are gone, checks, drift, actions, and types that no rule reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sample_plans import change, finding, findings, manifest, meta, outputs, plan, record, review

from groundplan.review import Outcome
from groundplan.synth.manifest import Manifest

BUCKET = change("module.store.aws_s3_bucket.logs", ["create"], None, {"bucket": "prod-logs"})
GONE = change("module.store.aws_s3_bucket.old", ["delete"], {"bucket": "prod-old"}, None)
PAGES = ("review.md", "review.html")


def gone(stack: str) -> Any:
    """The meta of a stack that only the base has."""
    return meta(stack, removed=Manifest(stacks=(record(stack),), modules=()))


def check(status: str, *messages: str, kind: str = "check", address: str = "check.reachable") -> dict[str, Any]:
    """One entry of a plan's `checks`."""
    shown = {"kind": kind, "to_display": address}
    return {
        "address": shown,
        "status": status,
        "instances": [{"address": shown, "status": status, "problems": [{"message": text} for text in messages]}],
    }


def test_a_removed_stack_stands_in_headline_picture_and_changes_and_links_to_nothing_that_is_gone(
    tmp_path: Path,
) -> None:
    said = findings(
        finding("protection/x", "prod-old", "module.store.aws_s3_bucket.old"), stacks=("prod-a", "prod-old")
    )
    files = review(
        tmp_path,
        {"prod-a": plan(BUCKET), "prod-old": plan(GONE)},
        said,
        metas={"prod-a": meta("prod-a"), "prod-old": gone("prod-old")},
        made=manifest(record("prod-a")),
        blob_url="https://gitlab.example.com/g/p/-/blob/abc",
    )
    assert "1 stack is removed; 1 resource with data is destroyed" in files.verdict
    written = outputs(files)
    for name in PAGES:
        assert "Stacks that are removed" in written[name]
        assert "in the base" in written[name]
        assert "/-/blob/abc/modules" not in written[name]
    (issue,) = json.loads(written["codequality.json"])
    assert issue["location"]["path"] == "main.py"


def test_a_removed_stack_that_holds_nothing_is_no_may_merge_without_a_look(tmp_path: Path) -> None:
    files = review(
        tmp_path,
        {"prod-a": plan(), "prod-old": plan()},
        metas={"prod-a": meta("prod-a"), "prod-old": gone("prod-old")},
        made=manifest(record("prod-a")),
    )
    assert files.outcome is Outcome.LOOK
    assert "Nothing changes" not in outputs(files)["review.md"]


@pytest.mark.parametrize("status", ["fail", "error"])
def test_a_failed_check_block_asks_for_a_look_with_its_authors_words(tmp_path: Path, status: str) -> None:
    content = plan(
        BUCKET, checks=[check(status, "the endpoint <b>answers</b> nothing"), check("pass", address="check.y")]
    )
    files = review(tmp_path, {"prod-a": content})
    assert files.outcome is Outcome.LOOK
    assert "1 check fails, which Terraform only warns of" in files.verdict
    written = outputs(files)
    for name in PAGES:
        assert "Checks that fail" in written[name]
        assert "check.reachable" in written[name]
        assert "check.y" not in written[name]
        assert "<b>answers" not in written[name].replace("`<b>answers</b>`", "")


@pytest.mark.parametrize("kind", ["resource", "output_value", "var"])
def test_a_failed_condition_of_its_own_means_that_terraform_stopped(tmp_path: Path, kind: str) -> None:
    files = review(tmp_path, {"prod-a": plan(BUCKET, checks=[check("fail", "no", kind=kind)])})
    assert files.outcome is Outcome.MAY_NOT
    assert "a condition of its own fails" in outputs(files)["review.md"]


def test_what_only_apply_can_check_is_a_limit_and_no_failure(tmp_path: Path) -> None:
    files = review(tmp_path, {"prod-a": plan(BUCKET, checks=[check("unknown"), check("pass", address="check.y")])})
    assert files.outcome is Outcome.MAY
    for name in PAGES:
        assert "1 condition of the configuration: only apply decides them" in outputs(files)[name]


def test_drift_stands_in_the_review_and_what_only_moved_is_none(tmp_path: Path) -> None:
    drift = change("aws_s3_bucket.x", ["update"], {"acl": "private"}, {"acl": "public-read"})
    moved = change("aws_s3_bucket.y", ["no-op"], {"acl": "a"}, {"acl": "a"}, previous_address="aws_s3_bucket.z")
    files = review(tmp_path, {"prod-a": plan(BUCKET, resource_drift=[drift, moved])})
    assert files.outcome is Outcome.LOOK
    assert "1 resource was changed outside Terraform" in files.verdict
    for name in PAGES:
        written = outputs(files)[name]
        assert "Changed outside Terraform" in written
        assert "public-read" in written


def test_actions_stand_in_the_review_with_what_triggers_them_and_without_secrets(tmp_path: Path) -> None:
    action = {
        "address": "action.aws_lambda_invoke.warm",
        "type": "aws_lambda_invoke",
        "name": "warm",
        "config_values": {"function_name": "warm", "payload": "s3cr3t-payload"},
        "config_sensitive": {"payload": True},
        "lifecycle_action_trigger": {
            "triggering_resource_address": "aws_s3_bucket.x",
            "action_trigger_event": "AfterCreate",
        },
    }
    files = review(tmp_path, {"prod-a": plan(action_invocations=[action])})
    assert files.outcome is Outcome.LOOK
    assert "1 action runs on apply, which no rule judges" in files.verdict
    for name in PAGES:
        written = outputs(files)[name]
        assert "Actions that an apply runs" in written
        assert "after creating" in written
        assert "s3cr3t-payload" not in written


@pytest.mark.parametrize(
    "said",
    [{"errored": True}, {"complete": False}, {"deferred_changes": [{"reason": "x", "resource_change": BUCKET}]}],
)
def test_a_plan_that_is_not_whole_may_not_merge(tmp_path: Path, said: dict[str, Any]) -> None:
    files = review(tmp_path, {"prod-a": plan(BUCKET, **said)})
    assert files.outcome is Outcome.MAY_NOT


def test_types_that_no_rule_of_their_own_reads_are_counted_and_named(tmp_path: Path) -> None:
    content = plan(
        BUCKET,
        change("aws_x.a", ["create"], None, {"a": 1}),
        change("aws_x.b", ["no-op"], {"a": 1}, {"a": 1}),
        change("aws_y.a", ["update"], {"a": 1}, {"a": 2}),
        change("aws_z.a", ["delete"], {"a": 1}, None),
        change("data.aws_w.a", ["read"], None, {"a": 1}) | {"mode": "data"},
    )
    said = findings(stacks=("prod-a",)).model_copy(update={"types_read": ("aws_s3_bucket",)})
    files = review(tmp_path, {"prod-a": content}, said)
    assert files.outcome is Outcome.MAY
    assert "3 resources of 2 types are read by no rule of their own" in files.verdict
    assert files.verdict.endswith("aws_x (2), aws_y (1).")
    for name in PAGES:
        assert "aws_y" in outputs(files)[name]
    everything = said.model_copy(update={"types_read": ("aws_s3_bucket", "aws_x", "aws_y")})
    assert "read by no rule" not in review(tmp_path, {"prod-a": content}, everything).verdict
