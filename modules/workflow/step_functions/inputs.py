"""What may be set: which machines there are, when they start, and how a new version is let in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from groundplan.building import ServiceInputs
from groundplan.framework import (
    EachRule,
    Inputs,
    Outputs,
    Rule,
    distinct,
    field,
    not_empty,
    output,
    repeated,
    some,
)
from groundplan.framework.constraints import Pattern
from groundplan.framework.cron import AwsScheduleExpression
from groundplan.framework.references import is_opaque
from groundplan.framework.types import KmsKeyArn
from groundplan.grammars import time_zones
from groundplan.grammars.schedules import SCHEDULER
from groundplan.grammars.time_zones import FORM
from groundplan.problems import Problem

from . import errors

if TYPE_CHECKING:
    from groundplan.iam import Statement
    from groundplan.states import StateMachine

__all__ = [
    "Access",
    "Machine",
    "Rollout",
    "Schedule",
    "StepFunctionsInputs",
    "StepFunctionsOutputs",
    "UsedKey",
    "machine",
]

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html: 80 with the module's name
MachineName = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,36}[a-z0-9]", "2 to 38 lower-case letters, digits and hyphens, beginning with a letter"),
]
ScheduleName = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,18}[a-z0-9]", "2 to 20 lower-case letters, digits and hyphens, beginning with a letter"),
]
StartSchedule = Annotated[str, AwsScheduleExpression(SCHEDULER)]


class Access(Inputs):
    """What a machine's role may do for its states: derived of the definition by `machine(...)`, never wider."""

    actions: list[str] = field("actions of IAM, such as lambda:InvokeFunction", min_length=1)
    resources: list[str] = field(
        "ARNs; <machine>, <executions> and <map runs> stand for the machine's own, its executions' and its map runs'",
        min_length=1,
    )
    conditions: dict[str, dict[str, list[str]]] = field(
        "what the request must say, as IAM writes it: operator, key, values; left out, nothing", default={}
    )


class UsedKey(Inputs):
    """A key that encrypts something the states use, such as a queue or a table."""

    arn: KmsKeyArn = field("ARN of the key; its policy must let roles of the account use it")
    services: list[Literal["dynamodb", "events", "s3", "secretsmanager", "sns", "sqs"]] = field(
        "through which services the states use it", min_length=1
    )


class Schedule(Inputs):
    """When a machine is started by itself."""

    expression: StartSchedule = field("when, as cron(...), rate(...) or at(...)")
    time_zone: Annotated[str, Pattern(FORM, "a time zone of the IANA database")] = field(
        "time zone of the expression", default="Etc/UTC"
    )
    input: str = field("what the execution gets, as JSON", default="{}", max_length=100_000)
    flexible_minutes: int | None = field(
        "within how many minutes after its time it may start; left out, at its time",
        default=None,
        ge=1,
        le=1440,
    )

    checks = (lambda v: _no_such_zone(v), lambda v: _no_json(v.input))


class Rollout(Inputs):
    """A new version for some executions, and an earlier one for the rest."""

    percent: int = field("of a hundred executions, how many get the newest version", ge=1, le=99)
    earlier_version: int = field("number of the version that the rest get", ge=1)


class Machine(Inputs):
    """A state machine: what it does, what its role may do for it, and how it is started."""

    definition: str = field(
        "what it does, as JSON of the Amazon States Language: that of a StateMachine of groundplan.states",
        min_length=2,
        max_length=1_048_576,
    )
    access: list[Access] = field(
        "what its states need, which is what machine(...) derives of the definition; left out, they need nothing",
        default=[],
    )
    type: Literal["STANDARD", "EXPRESS"] = field(
        "standard, each step once and up to a year; or express, each at least once and up to five minutes",
        default="STANDARD",
    )
    used_keys: list[UsedKey] = field(
        "keys that encrypt what its states use; left out, those that need no permission", default=[]
    )
    log_execution_data: bool = field(
        "whether its log has what goes into and comes out of each state; False where that must not be in logs",
        default=True,
    )
    rollout: Rollout | None = field(
        "the newest version for some executions only; left out, for all that are started by its alias", default=None
    )
    schedules: dict[ScheduleName, Schedule] = field(
        "when it is started by itself, by a name of yours; left out, by nobody", default={}
    )
    failed_executions: int = field("from how many failed executions in 5 minutes on an alarm rings", default=1, ge=1)

    rules = (
        Rule(
            "used_keys",
            lambda v: distinct(v.used_keys, lambda _, key: key.arn),
            "must name each key once, with all its services",
            finds=lambda v: repeated(v.used_keys, lambda _, key: key.arn),
        ),
    )
    checks = (lambda v: _well_defined(v),)


class StepFunctionsInputs(ServiceInputs):
    """The state machines of an environment."""

    machines: dict[MachineName, Machine] = field("the machines by name; a machine's full name is <name>-<its name>")

    rules = (
        Rule("machines", lambda v: not_empty(v.machines), "must have a machine: without one there is nothing to make"),
        EachRule(
            "machines",
            lambda _, __, machine: (machine.type == "STANDARD") | ~some(machine.schedules, lambda _, __: True),
            "must be left out for an express machine: a schedule that is told of no failure would start it",
            inside="schedules",
            shows=("type",),
        ),
    )


class StepFunctionsOutputs(Outputs):
    """What those need who start machines, answer for people, or look at what happened."""

    state_machine_arns: dict[str, str] = output("ARN of each machine, by its name in machines")
    alias_arns: dict[str, str] = output("ARN of each machine's alias `live`, which is what to start")
    version_arns: dict[str, str] = output("ARN of each machine's newest version")
    role_arns: dict[str, str] = output("ARN of each machine's role, for policies of what its states use")
    log_group_names: dict[str, str] = output("name of each machine's log group")
    kms_key_arn: str = output("ARN of the key that encrypts machines, executions, logs and schedules")
    starter_policies: dict[str, str] = output(
        "policy, as JSON, of who starts each machine by its alias and sees what became of it"
    )
    answerer_policies: dict[str, str] = output(
        "policy, as JSON, of who answers each machine's task tokens, such as an adjuster's application"
    )


def machine(definition: StateMachine, **settings: Any) -> Machine:
    """A machine with the access that its states need; `settings` are the others of Machine.

    Machine(...) alone takes a definition as JSON, and tells where its access is not what the definition needs.
    """
    from groundplan.states import needs, statements

    told, _ = needs(definition)  # what cannot be told of is a problem of the definition, at its place
    return Machine(definition=definition.as_json(), access=access_of(statements(told)), **settings)


def access_of(statements: Iterable[Statement]) -> list[Access]:
    """Statements as inputs."""
    made = []
    for statement in statements:
        conditions: dict[str, dict[str, list[str]]] = {}
        for one in statement.conditions:
            conditions.setdefault(one.operator, {})[one.key] = list(one.values)
        given = {"conditions": conditions} if conditions else {}
        made.append(Access(actions=list(statement.actions), resources=list(statement.resources), **given))
    return made


def _well_defined(given: Machine) -> Iterator[Problem]:
    """What is wrong with a definition, and where its access is not what it needs."""
    if is_opaque(given.definition):
        return
    from groundplan.iam import allow
    from groundplan.states import access_problems, needs, problems, read

    machine = read(given.definition)
    wrong = machine if isinstance(machine, list) else problems(machine, express=given.type == "EXPRESS")
    if not isinstance(machine, list):
        wrong += needs(machine)[1]
    yield from (problem.below("definition") for problem in wrong)
    if wrong or isinstance(machine, list) or any(is_opaque(part) for part in _texts(given.access)):
        return
    has = [allow(*each.actions, on=each.resources, when=each.conditions) for each in given.access]
    yield from access_problems(machine, has, "access", errors.DERIVE)


def _texts(access: list[Access]) -> Iterator[Any]:
    for each in access:
        yield from (each.actions, each.resources, each.conditions)
        if not is_opaque(each.resources):
            yield from each.resources


def _no_such_zone(given: Schedule) -> Iterator[Problem]:
    """Terraform has no copy of the IANA database."""
    if not is_opaque(given.time_zone):
        for found in time_zones.problems(given.time_zone):
            yield Problem("time_zone", found.message, found.cure)


def _no_json(given: str) -> Iterator[Problem]:
    if not is_opaque(given) and (reason := errors.json_fault(given)):
        yield errors.not_json("input", reason)
