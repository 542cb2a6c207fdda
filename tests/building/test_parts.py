"""Releases and alarms, as a plan shows them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from parts_for_tests import Misannotated, Misconfigured, Misformed, Misread, Parts, PartsInputs

from groundplan.framework.definition import define
from groundplan.framework.module import Module
from groundplan.problems import BadInput
from groundplan.synth.stack import _chart_problems
from tests.support import planning


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> planning.ModulePlan:
    """A first plan, in which the role's ARN is still to come."""
    inputs = PartsInputs(name="test", extra_values={"global": {"logLevel": 4}}, tags={"Name": "mine"})
    return planning.plan_module(Parts, inputs, tmp_path_factory.mktemp("parts"))


def test_what_a_release_knows_is_readable_in_a_first_plan_beside_what_only_apply_knows(
    first: planning.ModulePlan,
) -> None:
    extra, known, later = first.resource("helm_release.server")["values"]

    assert yaml.safe_load(extra) == {"global": {"logLevel": 4}}
    assert yaml.safe_load(known) == {
        "replicaCount": 3,
        "podAnnotations": {"example.com/page": "runbooks/server_down.md of test"},
        "serviceAccount": {"name": "server"},
    }
    assert later is None
    assert first.unknown("helm_release.server")["values"] == [False, False, True]


def test_a_release_waits_until_it_runs_and_is_undone_when_it_does_not(first: planning.ModulePlan) -> None:
    release = first.resource("helm_release.server")
    switches = ("wait", "wait_for_jobs", "atomic", "cleanup_on_fail", "create_namespace")

    assert [release[name] for name in switches] == [True, True, True, True, False]
    # a namespace that it does not make is there before; ten revisions to go back to, and ten minutes
    assert (release["namespace"], release["max_history"], release["timeout"]) == ("kube-system", 10, 600)


def test_a_tag_of_the_callers_is_kept_where_the_module_has_one_of_that_name(first: planning.ModulePlan) -> None:
    tags = first.resource("aws_iam_role.role")["tags"]

    assert {**tags, "Service": "any"} == {"Service": "any", "Name": "mine", "Kind": "parts"}


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> planning.ModulePlan:
    """What a second plan shows, with the pages about alarms at an address."""
    inputs = PartsInputs(name="test", runbooks_url="https://git.example.com/runbooks/")
    return planning.apply_module(Parts, inputs, tmp_path_factory.mktemp("applied"))


def test_the_documents_of_a_release_make_one_set_of_values_again(applied: planning.ModulePlan) -> None:
    account = applied.helm_values("helm_release.server")["serviceAccount"]

    assert account["name"] == "server"
    assert account["annotations"]["eks.amazonaws.com/role-arn"].startswith("arn:aws:iam::111122223333:role/")


def test_an_alarm_on_calls_that_only_read_is_told_of_them(first: planning.ModulePlan) -> None:
    rules = first.resources("aws_cloudwatch_event_rule")

    assert rules["aws_cloudwatch_event_rule.reads"]["state"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    # left out it is ENABLED, and CloudTrail's reading calls never reach the rule
    assert rules["aws_cloudwatch_event_rule.writes"].get("state") is None


def test_an_alarm_sends_its_events_to_the_topic(first: planning.ModulePlan) -> None:
    targets = first.resources("aws_cloudwatch_event_target")

    assert {target["arn"] for target in targets.values()} == {"arn:aws:sns:us-east-1:111122223333:platform-alarms"}
    assert {target["rule"] for target in targets.values()} == {"test-reads", "test-writes"}


def test_an_alarm_leads_to_its_page_in_the_package_or_below_the_address_that_was_given(
    first: planning.ModulePlan, applied: planning.ModulePlan
) -> None:
    told = [plan.resource("aws_cloudwatch_event_rule.reads")["description"] for plan in (first, applied)]
    assert told == [
        "Somebody asked. Runbook: runbooks/reads.md of the module parts",
        "Somebody asked. Runbook: https://git.example.com/runbooks/parts/reads.md",
    ]


def test_a_topic_of_another_region_is_refused_once_for_all_alarms(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as told:
        planning.plan_module(Parts, PartsInputs(name="test"), tmp_path, region="eu-west-1")

    (problem,) = told.value.problems
    assert (
        "alarm_topic_arn: must be a topic in eu-west-1, where the module's alarms are, got "
        '"arn:aws:sns:us-east-1:111122223333:platform-alarms": an alarm reaches no topic of another region'
    ) in problem.message


@pytest.mark.parametrize(
    ("kind", "call", "said"),
    [
        (Misread, "release(", "replicaCount"),
        (Misformed, "custom_resources(", "acme"),
        (Misconfigured, "release(", "retention_period"),
        (Misannotated, "custom_resources(", "minute"),
    ],
)
def test_a_value_that_no_chart_and_no_application_reads_is_told_with_the_modules_line(
    kind: type[Module[Any, Any]], call: str, said: str, tmp_path: Path
) -> None:
    here = Path(__file__).parent
    with pytest.raises(BadInput) as told:
        define(kind, tmp_path, project=here)

    assert f"{said}?" in str(told.value)
    for problem in told.value.problems:
        assert problem.line is not None
        # the module's package is named from here
        assert problem.line.file == "parts_for_tests.py"
        written = (here / problem.line.file).read_text("utf-8").splitlines()[problem.line.line - 1]
        assert written.strip().startswith(call)
        assert f"It is said at {problem.line}." in str(told.value)


def test_extra_values_that_an_application_refuses_are_told_by_the_path_of_the_setting() -> None:
    kept = {"chart": "loki", "paths": [["loki", "auth_enabled"]], "instead": {}}
    definition = SimpleNamespace(owned={"extra_values": kept})
    inputs = PartsInputs(name="logs", extra_values={"loki": {"limits_config": {"retention_perod": "744h"}}})

    (problem,) = _chart_problems(cast(Any, definition), inputs, "prod.observability.loki")
    assert problem.path == "prod.observability.loki.extra_values.loki.limits_config.retention_perod"
    assert problem.cure == "did you mean retention_period?"
