"""What the review says first: whether the merge may happen, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample_plans import change, finding, findings, manifest, meta, outputs, plan, record, review

from groundplan.plan.meta import Placeholder, Replacement
from groundplan.policy.findings import Severity, Verdict
from groundplan.problems import BadInput
from groundplan.review import Outcome

BUCKET = change("module.store.aws_s3_bucket.logs", ["create"], None, {"bucket": "prod-logs"}, unknown={"arn": True})
NOTHING = change("module.store.aws_s3_bucket.logs", ["no-op"], {"bucket": "a"}, {"bucket": "a"})


def test_a_plan_that_no_rule_denies_may_merge(tmp_path: Path) -> None:
    files = review(tmp_path, {"prod-storage": plan(BUCKET)})
    assert files.outcome is Outcome.MAY
    text = outputs(files)["review.md"]
    assert "**✅ May merge:** no policy denies anything." in text
    assert "1 to create, in 1 of 1 planned stack." in text


def test_one_denial_stops_the_merge_and_says_where_it_comes_from(tmp_path: Path) -> None:
    said = findings(finding("storage/encrypted", "prod-storage", "module.store.aws_s3_bucket.logs"))
    files = review(tmp_path, {"prod-storage": plan(BUCKET)}, said)
    assert files.outcome is Outcome.MAY_NOT
    assert files.verdict == "May not merge: 1 finding denies (1 critical) in 1 stack."
    text = outputs(files)["review.md"]
    assert text.index("What stops the merge") < text.index("Changes by stack")
    for expected in (
        # a row of marks makes it a table, numbers to the right
        "| denied | unknown | waived |\n| --- | --- | ---: | ---: |",
        "`module.store.aws_s3_bucket.logs`",
        "it is wrong",
        "**Fix:** make it right",
        "`modules/storage/store/module.py:31`",
        "called from `environments/storage.py:12`",
    ):
        assert expected in text


def test_a_finding_of_a_rule_that_nobody_describes_has_its_own_words(tmp_path: Path) -> None:
    said = findings(finding("storage/encrypted", "prod-storage", "module.store.aws_s3_bucket.logs"), rules=())
    written = outputs(review(tmp_path, {"prod-storage": plan(BUCKET)}, said))
    assert "storage/encrypted" in written["review.md"]
    assert "**Fix:** make it right <br>Controls: `CIS AWS 2.1.1`" in written["review.md"]
    assert "CIS AWS 2.1.1" in written["review.html"]


def test_an_unknown_verdict_is_seen_and_asks_for_a_look(tmp_path: Path) -> None:
    said = findings(finding("iam/no_star", "prod-storage", "module.store.aws_iam_policy.x", verdict=Verdict.UNKNOWN))
    files = review(tmp_path, {"prod-storage": plan(BUCKET)}, said)
    assert files.outcome is Outcome.LOOK
    written = outputs(files)
    assert "1 verdict is not known before apply" in written["review.md"]
    assert "What cannot be told yet (1)" in written["review.md"]
    assert "What cannot be told yet" in written["review.html"]
    assert "<skipped" in written["junit.xml"]


def test_a_waived_finding_does_not_stop_the_merge_but_stays_in_sight(tmp_path: Path) -> None:
    waived = finding("a/b", "prod-storage", "aws_s3_bucket.x", verdict=Verdict.WAIVED, waiver="until 2027-01-31, alice")
    files = review(tmp_path, {"prod-storage": plan(BUCKET)}, findings(waived))
    assert files.outcome is Outcome.MAY
    assert "Waiver: until 2027-01-31, alice" in outputs(files)["review.md"]
    assert json.loads(outputs(files)["codequality.json"]) == []


def test_a_plan_that_no_policy_saw_may_not_merge(tmp_path: Path) -> None:
    files = review(tmp_path, {"prod-storage": plan(BUCKET)}, findings(stacks=("prod-other",)))
    assert files.outcome is Outcome.MAY_NOT
    assert "no policy has judged this plan" in outputs(files)["review.md"]
    assert "<error" in outputs(files)["junit.xml"]


@pytest.mark.parametrize(
    ("said", "reason"), [({"errored": True}, "stopped with an error"), ({"complete": False}, "is not complete")]
)
def test_a_plan_that_is_not_whole_may_not_merge(tmp_path: Path, said: dict[str, bool], reason: str) -> None:
    files = review(tmp_path, {"prod-storage": plan(BUCKET, **said)})
    assert files.outcome is Outcome.MAY_NOT
    assert reason in outputs(files)["review.md"]
    assert reason in outputs(files)["review.html"]


def test_no_plans_at_all_give_a_review_that_says_so(tmp_path: Path) -> None:
    files = review(tmp_path, {})
    assert "Nothing changes in 0 planned stacks." in outputs(files)["review.md"]
    assert json.loads(outputs(files)["terraform.json"]) == {"create": 0, "update": 0, "delete": 0}


def test_a_plan_with_only_no_ops_says_that_nothing_changes(tmp_path: Path) -> None:
    files = review(tmp_path, {"prod-storage": plan(NOTHING)})
    text = outputs(files)["review.md"]
    assert files.outcome is Outcome.MAY
    assert "Nothing changes in 1 planned stack." in text
    assert "Unchanged: `prod-storage`." in text
    assert "Changes by stack" not in text


def test_a_stack_that_was_not_planned_is_named(tmp_path: Path) -> None:
    made = manifest(record("prod-storage"), record("prod-mesh", depends_on=("prod-storage",)))
    text = outputs(review(tmp_path, {"prod-storage": plan(BUCKET)}, made=made))
    assert "Not planned, so not part of this verdict: `prod-mesh`." in text["review.md"]
    assert "not planned" in text["review.html"]


def test_what_destroys_data_comes_first(tmp_path: Path) -> None:
    changes = plan(
        change("module.a.aws_iam_role.a", ["delete"], {"name": "a"}),
        change("module.z.aws_dynamodb_table.z", ["delete"], {"name": "z"}),
    )
    files = review(tmp_path, {"prod-storage": changes})
    assert files.outcome is Outcome.LOOK
    text = outputs(files)["review.md"]
    assert "1 resource with data is destroyed" in text
    assert "- **holds data**, delete: `module.z.aws_dynamodb_table.z`" in text
    for name in ("review.md", "review.html"):
        assert outputs(files)[name].index("aws_dynamodb_table.z") < outputs(files)[name].index("aws_iam_role.a")


def test_an_update_that_aws_would_answer_with_a_replacement_counts_as_one(tmp_path: Path) -> None:
    address = "module.store.aws_db_instance.main"
    changed = plan(change(address, ["update"], {"db_name": "a"}, {"db_name": "b"}))
    known = Replacement(address=address, attributes=("db_name",), holds_data=True)
    files = review(tmp_path, {"prod-data": changed}, metas={"prod-data": meta("prod-data", replacements=(known,))})
    written = outputs(files)
    assert json.loads(written["terraform.json"]) == {"create": 1, "update": 0, "delete": 1}
    assert "**holds data**, replace" in written["review.md"]
    assert "because of `db_name`" in written["review.md"]
    assert "forces replacement" in written["review.html"]


def test_an_update_that_may_turn_out_a_replacement_is_told_beside_what_is_destroyed(tmp_path: Path) -> None:
    store, role, plain = "module.store.aws_db_instance.main", "module.a.aws_iam_role.a", "module.a.aws_iam_role.b"
    changed = plan(
        change(store, ["update"], {"engine_version": "8.0"}, {"engine_version": "8.4"}),
        change(role, ["update"], {"path": "/a/"}, {"path": "/b/"}),
        change(plain, ["update"], {"path": "/a/"}, {"path": "/b/"}),
    )
    known = [
        Replacement(address=role, attributes=("path",), holds_data=False),
        Replacement(address=store, attributes=("engine_version",), holds_data=True),
    ]
    of_data, of_none = (
        review(
            tmp_path / str(len(perhaps)),
            {"prod-data": changed},
            metas={"prod-data": meta("prod-data", may_replace=tuple(perhaps), warnings=("a check of ours",))},
        )
        for perhaps in (known, known[:1])
    )

    written = outputs(of_data)
    assert (of_data.outcome, of_none.outcome) == (Outcome.LOOK, Outcome.MAY)
    assert "1 resource with data may be destroyed, which apply decides" in written["review.md"]
    assert "may be destroyed" not in outputs(of_none)["review.md"]
    section = written["review.md"].partition("## What may be replaced (2)")[2].partition("## ")[0]
    assert section.index(f"**holds data**, `{store}` in `prod-data` because of `engine_version`") < section.index(role)
    assert plain not in section
    assert f"{store} (update; holds data; an update, or a replacement: the provider decides at apply)" in str(written)
    page = written["review.html"].partition('id="perhaps"')[2].partition("</section>")[0]
    assert page.index(store) < page.index("engine_version") < page.index(role)
    assert json.loads(written["terraform.json"]) == {"create": 0, "update": 3, "delete": 0}
    for name in ("review.md", "review.html"):
        assert "Warnings of the plans" in written[name]
        assert "Terraform's warnings" not in written[name]


def test_moved_and_imported_resources_are_told_though_they_do_not_change(tmp_path: Path) -> None:
    changes = plan(
        change("module.a.aws_iam_role.new", ["no-op"], {}, {}, previous_address="module.a.aws_iam_role.old"),
        change("module.a.aws_iam_role.there", ["no-op"], {}, {}, importing={"id": "there"}),
    )
    text = outputs(review(tmp_path, {"prod-a": changes}))["review.md"]
    assert "moved from module.a.aws_iam_role.old" in text
    assert "imported from what exists already" in text


def test_what_an_offline_plan_cannot_know_is_always_said(tmp_path: Path) -> None:
    told = meta(
        "prod-storage",
        base=None,
        placeholders=(Placeholder(stack="prod-network", output="vpc_id"),),
        unchecked={"aws_lb_listener": ("conflicting arguments",)},
        warnings=("Argument is deprecated",),
    )
    written = outputs(review(tmp_path, {"prod-storage": plan(BUCKET)}, metas={"prod-storage": told}))
    for name in ("review.md", "review.html"):
        for expected in (
            "made offline",
            "drift is not seen",
            "everything counts as new",
            "prod-network.vpc_id",
            "aws_lb_listener",
            "conflicting arguments",
            "Argument is deprecated",
        ):
            assert expected in written[name], (name, expected)


def test_a_plan_of_unknown_origin_and_a_live_one_are_told_apart(tmp_path: Path) -> None:
    plans = {"prod-a": plan(BUCKET), "prod-b": plan(BUCKET)}
    text = outputs(review(tmp_path, plans, metas={"prod-a": meta("prod-a", mode="live")}))["review.md"]
    assert "Planned live, against the real account: `prod-a`." in text
    assert "Nothing recorded how these were planned: `prod-b`." in text
    assert "drift is not seen" not in text


def test_equal_inputs_give_equal_bytes(tmp_path: Path) -> None:
    said = findings(
        finding("b/b", "prod-storage", "aws_s3_bucket.b", severity=Severity.MINOR),
        finding("a/a", "prod-storage", "aws_s3_bucket.a"),
        stacks=("prod-storage", "dev-storage"),
    )
    plans = {"prod-storage": plan(BUCKET, NOTHING), "dev-storage": plan(BUCKET)}
    other = said.model_copy(update={"findings": said.findings[::-1]})
    first = outputs(review(tmp_path / "first", plans, said))
    second = outputs(review(tmp_path / "second", dict(reversed(plans.items())), other))
    assert first == second


def test_every_file_that_is_no_plan_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        review(tmp_path, {"prod-a": {"format_version": "9.0"}, "prod-b": {"resources": []}, "prod-c": plan(BUCKET)})
    assert [problem.path for problem in caught.value.problems] == ["prod-a", "prod-b"]
    assert "format_version '9.0'" in caught.value.problems[0].message


def test_an_action_that_no_terraform_of_today_writes_is_not_passed_over(tmp_path: Path) -> None:
    text = outputs(review(tmp_path, {"prod-a": plan(change("aws_iam_role.x", ["explode"], {"a": 1}, {"a": 2}))}))
    assert "that this review does not know" in text["review.md"]


def test_files_are_linked_where_the_project_is_shown(tmp_path: Path) -> None:
    said = findings(finding("storage/encrypted", "prod-storage", "module.store.aws_s3_bucket.logs"))
    url = "https://gitlab.example.com/platform/groundplan/-/blob/abc123"
    written = outputs(review(tmp_path, {"prod-storage": plan(BUCKET)}, said, blob_url=url))
    for name in ("review.md", "review.html"):
        assert f"{url}/modules/storage/store/module.py#L31" in written[name]
        assert f"{url}/docs/rules/storage/encrypted.md" in written[name]


def test_a_rule_has_no_link_where_nobody_said_where_the_project_is_shown_or_its_id_is_no_rule_s(tmp_path: Path) -> None:
    url = "https://gitlab.example.com/platform/groundplan/-/blob/abc123"
    for number, (rule, shown) in enumerate([("storage/encrypted", None), ("../../x](", url)]):
        said = findings(finding(rule, "prod-storage", "module.store.aws_s3_bucket.logs"))
        written = outputs(review(tmp_path / str(number), {"prod-storage": plan(BUCKET)}, said, blob_url=shown))
        for name in ("review.md", "review.html"):
            assert "docs/rules/" not in written[name]
