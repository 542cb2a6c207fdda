"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundplan.framework.checking import problems_of
from modules.workflow.kubernetes_jobs import Job, KubernetesJobs, KubernetesJobsInputs
from tests.modules.kubernetes_jobs.examples import FULL, SMALL
from tests.support.planning import refusals

REPORT = FULL.cron_jobs["daily-report"]


def only(**changes: Any) -> KubernetesJobsInputs:
    return SMALL.but(cron_jobs={"report": REPORT.but(**changes)})


WRONG: dict[str, tuple[KubernetesJobsInputs, str]] = {
    "no job": (
        SMALL.but(cron_jobs={}),
        "jobs: must have an entry, or cron_jobs: without one there is nothing to make",
    ),
    "one name twice": (
        SMALL.but(jobs={"daily-report": Job(image="public.ecr.aws/x/y:1.0.0")}),
        'jobs["daily-report"]: must have another name: cron_jobs has one of this name',
    ),
    "a schedule of six fields": (
        only(schedule="0 30 6 * * *"),
        'cron_jobs["report"].schedule: must be a cron schedule of five fields',
    ),
    "root": (only(user_id=0), 'cron_jobs["report"].user_id: must be 1 to 2147483647, got 0'),
    "an image of no version": (only(image="public.ecr.aws/x/y:latest"), 'cron_jobs["report"].image: must be '),
    "a policy of concurrency": (
        only(concurrency_policy="forbid"),
        'cron_jobs["report"].concurrency_policy: must be one of "Allow", "Forbid", "Replace", got "forbid"',
    ),
    "a deadline that Kubernetes may miss": (
        only(starting_deadline_seconds=5),
        'cron_jobs["report"].starting_deadline_seconds: must be 10 or more, got 5',
    ),
    "a variable with a hyphen": (
        only(environment={"LOG-LEVEL": "info"}),
        'cron_jobs["report"].environment["LOG-LEVEL"]: its name must be a name of letters, digits and _',
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    (told,) = [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]
    assert told.startswith(message)


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(KubernetesJobs, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}


def test_a_time_zone_that_there_is_not_is_refused_with_the_one_that_was_meant() -> None:
    (told,) = problems_of(only(time_zone="America/New_Yrok"))
    assert told.path == 'cron_jobs["report"].time_zone'
    assert "America/New_York" in told.cure


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []
