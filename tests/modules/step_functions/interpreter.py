"""Runs a machine in this process, by the interpreter of the States Language that moto carries.

    ran = run(claim_processing(CLAIMS), {"id": "c1"}, {"lambda:invoke": intake, "http:invoke": payments, ...})
    assert ran.status == "SUCCEEDED"

Whom states ask is given as functions, by integration: each gets the name of the state and what was asked, and gives the
service's answer, or raises `Refused`. Nobody waits between two tries. JSONata is evaluated by jsonata-python, for which
moto has a place and no engine of its own.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from jsonata import Jsonata
from moto.stepfunctions.parser.api import HistoryEventType, StateMachineType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name import custom_error_name
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.parser.asl.eval.states import ContextObjectData, ExecutionData, StateMachineData
from moto.stepfunctions.parser.asl.jsonata import jsonata
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor

from groundplan.states import StateMachine
from tests.modules.step_functions.conftest import SERVICES

__all__ = ["Answers", "Refused", "Run", "run"]

if sys.modules.get(SERVICES) is not None and sys.modules[SERVICES].__spec__ is None:
    del sys.modules[SERVICES]  # see conftest.py

ACCOUNT, REGION = "111122223333", "us-east-1"
Answers = Mapping[str, Callable[[str, dict[str, Any]], Any]]


class Refused(Exception):
    """What a service says when it does not do what it was asked: an error's name, and why."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(error)
        self.error, self.cause = error, cause


@dataclass
class Run:
    """What became of an execution: how it ended, and whom its states asked for what, in that order."""

    status: str = ""
    output: Any = None
    error: str = ""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def states(self) -> list[str]:
        """The states that asked somebody, in that order; one that tried again is there again."""
        return [name for name, _ in self.asked]

    def of(self, state: str) -> dict[str, Any]:
        """What a state asked for, when it first did."""
        return next(arguments for name, arguments in self.asked if name == state)


def _evaluated(expression: str) -> Any:
    return json.loads(json.dumps(Jsonata(expression).evaluate(None)))


_running: list[tuple[Run, Answers]] = []


class _Service(StateTaskService):
    """Any service: asks whoever stands for it."""

    def _validate_service_integration_is_supported(self) -> None:
        pass

    def _eval_service_task(self, env: Any, *_: Any, **__: Any) -> None:
        raise NotImplementedError  # _eval_execution does not come to it

    def _eval_execution(self, env: Environment) -> None:
        ran, answers = _running[-1]
        self.resource.eval(env=env)
        env.stack.pop()
        integration = self.resource.resource_arn.rpartition(":::")[2]
        if integration.endswith(".waitForTaskToken"):
            env.states.context_object.update_task_token()
        arguments = copy.deepcopy(self._eval_parameters(env=env))
        ran.asked.append((self.name, arguments))
        try:
            env.stack.append(answers[integration](self.name, arguments))
        except Refused as refused:
            told = TaskFailedEventDetails(
                error=refused.error, cause=refused.cause, resource=integration, resourceType="service"
            )
            details = cast(EventDetails, {"taskFailedEventDetails": told})
            name = CustomErrorName(refused.error)
            raise FailureEventException(FailureEvent(env, name, HistoryEventType.TaskFailed, details)) from None


@cache
def _parsed(definition: str) -> Any:
    with (
        patch.object(state_task_factory, "state_task_service_for", lambda service_name: cast(Any, _Service)()),
        # for ResultWriter, see _as_moto_reads; that each field is of its machine's language our own checks say
        patch.object(Preprocessor, "_raise_if_query_language_is_not", lambda *_, **__: None),
    ):
        return AmazonStateLanguageParser.parse(definition)[0]


def _as_moto_reads(part: Any) -> Any:
    """Each item by itself, as moto does not know ItemBatcher; nor does it count failures that a map tolerates."""
    if isinstance(part, list):
        return [_as_moto_reads(item) for item in part]
    if not isinstance(part, dict):
        return part
    read = {name: _as_moto_reads(item) for name, item in part.items() if name != "ItemBatcher"}
    if "ResultWriter" in read:
        # which in JSONata has Arguments: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
        writer = read["ResultWriter"]
        read["ResultWriter"] = {"Resource": writer["Resource"], "Parameters": writer["Arguments"]}
    return read


def run(machine: StateMachine, given: Any, answers: Answers) -> Run:
    """Runs the machine to its end."""
    ran = Run()
    environment = Environment(
        aws_execution_details=AWSExecutionDetails(ACCOUNT, REGION, f"arn:aws:iam::{ACCOUNT}:role/machine"),
        execution_type=StateMachineType.STANDARD,
        context=ContextObjectData(  # type: ignore[typeddict-item]  # of what runs, which is nothing yet
            Execution=ExecutionData(
                Id=f"arn:aws:states:{REGION}:{ACCOUNT}:execution:machine:one",
                Input=given,
                Name="one",
                RoleArn=f"arn:aws:iam::{ACCOUNT}:role/machine",
                StartTime="2026-11-30T06:00:00Z",
            ),
            StateMachine=StateMachineData(Id=f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine", Name="machine"),
        ),
        event_history_context=EventHistoryContext.of_program_start(),
        cloud_watch_logging_session=None,
        activity_store={},
    )
    with (
        patch.object(jsonata, "_eval_jsonata", _evaluated),
        # States.Http.StatusCode.429 and the like, which moto does not know
        patch.object(custom_error_name, "ILLEGAL_CUSTOM_ERROR_PREFIX", "-"),
        patch.object(retrier_decl, "time", SimpleNamespace(sleep=lambda _: None)),
    ):
        _running.append((ran, answers))
        try:
            _parsed(json.dumps(_as_moto_reads(machine.document()))).eval(environment)
        finally:
            _running.pop()
    state: Any = environment.program_state()
    ran.status = {"ProgramEnded": "SUCCEEDED", "ProgramError": "FAILED"}.get(type(state).__name__, type(state).__name__)
    if ran.status == "SUCCEEDED":
        ran.output = environment.states.get_input()
    elif ran.status == "FAILED":
        ran.error = state.error["error"]
    return ran
