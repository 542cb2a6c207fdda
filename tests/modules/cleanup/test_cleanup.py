"""What Terraform would make: two functions on their schedules, which read their settings, and may do no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from find_waste import settings as search_settings  # type: ignore[import-not-found]
from find_waste.kinds import KINDS  # type: ignore[import-not-found]
from syrupy.assertion import SnapshotAssertion
from weekly_report import settings as report_settings  # type: ignore[import-not-found]

from groundplan.framework.checking import problems_of
from modules.cost.cleanup import Cleanup, access
from modules.cost.cleanup.inputs import KINDS as OFFERED
from tests.modules.cleanup.examples import FULL, SMALL, TOPIC
from tests.modules.complete import applied, built
from tests.modules.conftest import Planner
from tests.support.planning import ModulePlan

FILES = Path(__file__).parents[3] / "modules/cost/cleanup/files"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("cleanup", tmp_path_factory)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    return plan_module(Cleanup, SMALL)


def function(plan: ModulePlan, id: str) -> dict[str, Any]:
    return plan.resource(f"aws_lambda_function.{id}")


def variables(plan: ModulePlan, id: str) -> dict[str, str]:
    return dict(function(plan, id)["environment"][0]["variables"])


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_the_search_reads_what_the_module_writes(full: ModulePlan, small: ModulePlan) -> None:
    read = search_settings.read(variables(full, "find_waste"))
    assert (read.regions, read.kinds) == (("us-east-1", "us-west-2"), tuple(sorted(KINDS)))
    assert (read.bucket, read.topic_arn) == (FULL.bucket_name, full.resource("aws_sns_topic.topic")["arn"])
    assert (read.idle_days, read.newest_images, read.snapshot_age_days) == (30, 25, 90)
    assert FULL.deletion is not None
    assert (read.deletion.grace_days, read.deletion.dry_run, read.deletion.most) == (21, False, 5)
    cautious = small.changes["aws_lambda_function.find_waste"]["after"]
    assert cautious["handler"] == "find_waste.handler.handle"


def test_the_weekly_report_reads_what_the_module_writes(full: ModulePlan) -> None:
    read = report_settings.read(variables(full, "weekly_report[0]"))
    assert read.family_of("tempo") == "observability"
    assert (read.region, read.bucket) == ("us-east-1", FULL.bucket_name)
    assert sorted(read.mail.recipients) == ["finance@example.com", "platform@example.com"]


def test_whoever_sets_kinds_is_offered_those_that_the_program_knows() -> None:
    assert sorted(OFFERED) == sorted(KINDS)


def test_every_kind_has_a_right_to_go_and_a_name_on_the_page() -> None:
    page = (FILES / "weekly_report/weekly_report/page.py").read_text()
    assert all(f'"{kind}":' in page for kind in KINDS)
    assert len(access.DELETIONS) == len(KINDS)


def test_each_function_is_packed_whole_and_has_the_library_that_it_logs_with(full: ModulePlan) -> None:
    folder, _ = built("cleanup")
    for id in ("find_waste", "weekly_report"):
        made = function(full, id if id == "find_waste" else f"{id}[0]")
        assert re.search(":layer:AWSLambdaPowertoolsPythonV3-python313-arm64:[0-9]+$", made["layers"][0])
        assert made["runtime"] == "python3.13"
        assert (folder / "files" / id / id / "handler.py").is_file()
        assert made["handler"] == f"{id}.handler.handle"


def test_both_run_on_their_schedules(full: ModulePlan) -> None:
    made = {schedule["name"]: schedule for schedule in full.resources("aws_scheduler_schedule").values()}
    assert {name: schedule["schedule_expression"] for name, schedule in made.items()} == {
        "prod-cleanup-find-waste": "cron(0 4 * * ? *)",
        "prod-cleanup-weekly-report": "cron(0 6 ? * TUE *)",
    }
    for id, name in (("find_waste", "prod-cleanup-find-waste"), ("weekly_report[0]", "prod-cleanup-weekly-report")):
        assert made[name]["target"][0]["arn"] == function(full, id)["arn"]
    assert not full.resources("aws_lambda_permission")


def test_an_error_a_search_that_never_was_and_a_report_that_failed_ring(full: ModulePlan) -> None:
    alarms = {made["alarm_name"]: made for made in full.resources("aws_cloudwatch_metric_alarm").values()}
    assert set(alarms) == {
        "prod-cleanup-find-waste-errors",
        "prod-cleanup-find-waste-missed",
        "prod-cleanup-weekly-report-errors",
    }
    assert all(alarm["alarm_actions"] == [TOPIC] for alarm in alarms.values())
    missed = alarms["prod-cleanup-find-waste-missed"]
    assert (missed["period"], missed["evaluation_periods"], missed["treat_missing_data"]) == (86_400, 2, "breaching")


def test_reports_are_encrypted_private_and_go_by_their_age(full: ModulePlan) -> None:
    key = full.resource("aws_kms_key.reports[0]")["arn"]
    assert full.resource("aws_sns_topic.topic")["kms_master_key_id"] == key
    (rule,) = full.resource("aws_s3_bucket_lifecycle_configuration.reports")["rule"]
    assert rule["expiration"][0]["days"] == 400
    assert full.resource("aws_s3_bucket_public_access_block.reports")["restrict_public_buckets"] is True


def test_in_a_dry_run_and_without_deletion_there_is_no_right_to_delete_anything(
    small: ModulePlan, full: ModulePlan
) -> None:
    assert "aws_iam_role_policy.find_waste_deletes[0]" in full.addresses
    assert [address for address in small.addresses if address.startswith("aws_iam_role_policy")] == [
        "aws_iam_role_policy.find_waste",
        "aws_iam_role_policy.find_waste_schedule",
    ]


def test_without_a_report_there_is_one_function_and_one_schedule(small: ModulePlan) -> None:
    assert list(small.resources("aws_lambda_function")) == ["aws_lambda_function.find_waste"]
    assert list(small.resources("aws_scheduler_schedule")) == ["aws_scheduler_schedule.find_waste"]
    assert small.outputs["report_function_name"] is None


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []
