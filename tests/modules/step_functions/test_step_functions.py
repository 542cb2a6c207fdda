"""State machines: encrypted, logged, traced and watched, by a role that may do what the definition needs."""

from __future__ import annotations

import json

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.iam import evaluate
from groundplan.states import StateMachine, Succeed
from modules.workflow.step_functions import StepFunctions, machine
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.modules.step_functions.examples import FULL, MACHINES
from tests.support.planning import ModulePlan

NAMES = sorted(MACHINES)
NOTHING = StateMachine(start_at="Done", states={"Done": Succeed()})


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("step_functions", tmp_path_factory)


@pytest.fixture(scope="module")
def alone(plan_module: Planner) -> ModulePlan:
    """One machine that asks nobody for anything, and is never started by itself."""
    return plan_module(StepFunctions, FULL.but(machines={"alone": machine(NOTHING)}))


def arn(name: str) -> str:
    return f"arn:aws:states:us-east-1:111122223333:stateMachine:prod-workflow-{name}"


def test_the_addresses_stay_as_they_are(full: ModulePlan, alone: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot(name="full")
    assert alone.addresses == snapshot(name="alone")


def test_a_machine_does_what_its_definition_says(full: ModulePlan) -> None:
    for name in NAMES:
        assert full.document(f'aws_sfn_state_machine.machine["{name}"]', "definition") == MACHINES[name].document()


def test_everything_that_happens_is_logged_traced_and_encrypted(full: ModulePlan) -> None:
    key = full.resource("aws_kms_key.machines[0]")["arn"]
    for name in NAMES:
        made = full.resource(f'aws_sfn_state_machine.machine["{name}"]')
        logs = full.resource(f'aws_cloudwatch_log_group.machine["{name}"]')
        (logging,) = made["logging_configuration"]
        assert (logging["level"], logging["log_destination"]) == ("ALL", f"{logs['arn']}:*")
        assert (logs["kms_key_id"], logs["retention_in_days"]) == (key, 365)
        assert made["tracing_configuration"] == [{"enabled": True}]
        assert made["encryption_configuration"][0]["kms_key_id"] == key


def test_what_must_not_be_in_logs_stays_out_of_them(full: ModulePlan) -> None:
    data = {
        name: full.resource(f'aws_sfn_state_machine.machine["{name}"]')["logging_configuration"][0][
            "include_execution_data"
        ]
        for name in NAMES
    }
    assert data == {"batch": True, "claims": False, "renewal": True}


def test_a_new_version_gets_its_share_and_else_everything(full: ModulePlan) -> None:
    weights = {
        name: [route["weight"] for route in full.resource(f'aws_sfn_alias.live["{name}"]')["routing_configuration"]]
        for name in NAMES
    }
    assert weights == {"batch": [100], "claims": [10, 90], "renewal": [100]}
    _, earlier = full.resource('aws_sfn_alias.live["claims"]')["routing_configuration"]
    assert earlier["state_machine_version_arn"] == f"{arn('claims')}:3"
    assert all(full.resource(f'aws_sfn_state_machine.machine["{name}"]')["publish"] for name in NAMES)


def test_a_schedule_starts_the_alias_at_its_time_in_its_zone(full: ModulePlan) -> None:
    daily = full.resource('aws_scheduler_schedule.start["renewal/daily"]')
    assert (daily["schedule_expression"], daily["schedule_expression_timezone"]) == (
        "cron(0 6 * * ? *)",
        "America/New_York",
    )
    assert daily["flexible_time_window"] == [{"mode": "FLEXIBLE", "maximum_window_in_minutes": 15}]
    (target,) = daily["target"]
    assert (target["arn"], json.loads(target["input"])) == (f"{arn('renewal')}:live", {"due_in_days": 30})
    # one that could not be started is kept, and rings
    queue = full.resource("aws_sqs_queue.schedules[0]")
    assert target["dead_letter_config"] == [{"arn": queue["arn"]}]
    assert full.resource("aws_cloudwatch_metric_alarm.not_started[0]")["dimensions"] == {"QueueName": queue["name"]}
    nightly = full.resource('aws_scheduler_schedule.start["batch/nightly"]')
    assert nightly["flexible_time_window"][0]["mode"] == "OFF"


def test_what_goes_wrong_with_a_machine_rings_for_it(full: ModulePlan) -> None:
    for kind, metric in (
        ("failed", "ExecutionsFailed"),
        ("timed_out", "ExecutionsTimedOut"),
        ("throttled", "ExecutionThrottled"),
    ):
        for name in NAMES:
            alarm = full.resource(f'aws_cloudwatch_metric_alarm.{kind}["{name}"]')
            assert (alarm["metric_name"], alarm["dimensions"]) == (metric, {"StateMachineArn": arn(name)})
            assert alarm["alarm_description"].endswith(f"runbooks/{kind}.md of the module step_functions")
    assert full.resource('aws_cloudwatch_metric_alarm.failed["renewal"]')["threshold"] == 5


def test_who_starts_a_machine_does_so_by_its_alias_and_starts_no_other(full: ModulePlan) -> None:
    starter = full.outputs["starter_policies"]["claims"]
    assert full.outputs["alias_arns"]["claims"] == f"{arn('claims')}:live"
    assert evaluate(starter, "states:StartExecution", f"{arn('claims')}:live")
    assert not evaluate(starter, "states:StartExecution", arn("claims"))
    assert not evaluate(starter, "states:StartExecution", f"{arn('batch')}:live")
    execution = arn("claims").replace("stateMachine", "execution")
    assert evaluate(starter, "states:GetExecutionHistory", f"{execution}:one")
    assert not evaluate(starter, "states:StopExecution", f"{execution}:one")
    key, whose = full.resource("aws_kms_key.machines[0]")["arn"], "kms:EncryptionContext:aws:states:stateMachineArn"
    assert evaluate(starter, "kms:Decrypt", key, {whose: arn("claims")})
    assert not evaluate(starter, "kms:Decrypt", key, {whose: arn("batch")})


def test_an_adjuster_answers_claims_and_starts_none(full: ModulePlan) -> None:
    answerer = full.outputs["answerer_policies"]["claims"]
    assert evaluate(answerer, "states:SendTaskSuccess", arn("claims"))
    assert not evaluate(answerer, "states:SendTaskSuccess", arn("renewal"))
    assert not evaluate(answerer, "states:StartExecution", f"{arn('claims')}:live")


def test_a_machine_that_asks_nobody_has_no_policy_for_it_and_no_schedules(alone: ModulePlan) -> None:
    assert list(alone.resources("aws_iam_role_policy")) == ['aws_iam_role_policy.machine["alone"]']
    assert not alone.resources("aws_sqs_queue")
    assert not alone.resources("aws_scheduler_schedule_group")
