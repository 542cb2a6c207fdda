"""What the role of a machine must be allowed, derived of what its states ask for: that, and nothing wider.

A permission names what the state names. Where only the execution knows the rest of a name, what the text surely begins
with is the permission's; where it knows the whole, there is no permission to derive, which is a problem to tell.
Each integration's needs: https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from groundplan.iam import Statement, allow
from groundplan.problems import Problem

from . import errors
from .checks import Steps, workflows
from .expressions import literal_beginning
from .model import Map, StateMachine, Task

__all__ = ["EXECUTIONS", "INTEGRATIONS", "MACHINE", "MAP_RUNS", "Need", "access_problems", "needs", "statements"]

MACHINE, EXECUTIONS, MAP_RUNS = "<machine>", "<executions>", "<map runs>"
"""Stand for the machine's own ARN, those of its executions and of its map runs: who deploys it knows its name."""

When: TypeAlias = tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Need:
    """An action that a state needs, on one resource as IAM names it, `when` the request says so."""

    state: str
    action: str
    resource: str
    when: When = ()


@dataclass
class _Found:
    """What was derived so far, of one state."""

    name: str
    steps: Steps
    partition: str
    needs: list[Need] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def need(self, actions: str, resource: str, **when: Mapping[str, str]) -> None:
        conditions = tuple((operator, key, (value,)) for operator, keys in when.items() for key, value in keys.items())
        self.needs += [Need(self.name, action, resource, conditions) for action in actions.split()]

    def told(self, arguments: Mapping[str, Any], way: str, what: str, *, whole: bool = True) -> str | None:
        """The text at `way` (`Overrides.TaskRoleArn`), followed by * where the execution adds to it."""
        value: Any = arguments
        for step in way.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        found = literal_beginning(value)
        if found is None or not found[0] or (whole and not found[1]):
            self.problems.append(errors.not_told((*self.steps, *way.split(".")), what, value))
            return None
        return found[0] if found[1] else f"{found[0]}*"

    def arn(self, arguments: Mapping[str, Any], way: str, what: str, example: str) -> str | None:
        value = self.told(arguments, way, what)
        if value is not None and (not value.startswith("arn:") or value.count(":") < 5):
            self.problems.append(errors.no_arn((*self.steps, *way.split(".")), value, example))
            return None
        return value


_FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:intake"


def _invoke(found: _Found, arguments: Mapping[str, Any]) -> None:
    arn = found.arn(arguments, "FunctionName", "which function it invokes", _FUNCTION)
    version = ""
    if arguments.get("Qualifier") is not None:
        version = found.told(arguments, "Qualifier", "which version or alias of it") or ""
    if arn:
        found.need("lambda:InvokeFunction", f"{arn}:{version}" if version else arn)


def _run_task(found: _Found, arguments: Mapping[str, Any]) -> None:
    base = "arn:aws:ecs:us-east-1:111122223333"
    cluster = found.arn(arguments, "Cluster", "which cluster it runs in", f"{base}:cluster/batch")
    task = found.arn(arguments, "TaskDefinition", "which task it runs", f"{base}:task-definition/report:7")
    if task and cluster:
        # without a revision ECS takes the latest, which is what IAM is asked about
        revision = task if re.search(r":task-definition/[^:]+:\d+$", task) else f"{task}:*"
        found.need("ecs:RunTask", revision, ArnEquals={"ecs:cluster": cluster})
        if arguments.get("Tags") or arguments.get("PropagateTags"):
            # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
            found.need("ecs:TagResource", _tasks_of(cluster), StringEquals={"ecs:CreateAction": "RunTask"})
    role = "arn:aws:iam::111122223333:role/report"
    for way in ("Overrides.ExecutionRoleArn", "Overrides.TaskRoleArn"):
        if arn := found.arn(arguments, way, "which role the container gets", role):
            found.need("iam:PassRole", arn, StringEquals={"iam:PassedToService": "ecs-tasks.amazonaws.com"})


def _run_task_sync(found: _Found, arguments: Mapping[str, Any]) -> None:
    _run_task(found, arguments)
    cluster = literal_beginning(arguments.get("Cluster"))
    if cluster and cluster[0].startswith("arn:"):
        found.need("ecs:DescribeTasks ecs:StopTask", _tasks_of(cluster[0]))
        _told_by_events(found, cluster[0], "StepFunctionsGetEventsForECSTaskRule")


def _tasks_of(cluster_arn: str) -> str:
    return cluster_arn.replace(":cluster/", ":task/", 1) + "/*"


def _told_by_events(found: _Found, arn: str, rule: str) -> None:
    """The rule by which Step Functions is told that others' work has ended."""
    _, partition, _, region, account, *_ = arn.split(":")
    rule_arn = f"arn:{partition}:events:{region}:{account}:rule/{rule}"
    found.need("events:DescribeRule events:PutRule events:PutTargets", rule_arn)


def _call(found: _Found, arguments: Mapping[str, Any]) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#connect-http-task-permissions"""
    url = found.told(arguments, "ApiEndpoint", "which address it calls", whole=False)
    method = found.told(arguments, "Method", "by which method it calls")
    if url and method:
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.netloc or parts.netloc.endswith("*"):
            found.problems.append(
                errors.not_told((*found.steps, "ApiEndpoint"), "an https address with its whole host name", url)
            )
        else:
            endpoint = {"states:HTTPEndpoint": url}
            by = {"StringLike": endpoint} if url.endswith("*") else {"StringEquals": endpoint}
            equals = {**by.get("StringEquals", {}), "states:HTTPMethod": method}
            found.need("states:InvokeHTTPEndpoint", MACHINE, **{**by, "StringEquals": equals})
    example = "arn:aws:events:us-east-1:111122223333:connection/payments/0a1b2c3d-0000-4000-8000-000000000000"
    connection = found.arn(arguments, "Authentication.ConnectionArn", "which connection it calls by", example)
    if connection:
        _, partition, _, region, account, name = connection.split(":", 5)
        found.need("events:RetrieveConnectionCredentials", connection)
        # the connection's secret, which EventBridge names after it, and Secrets Manager ends with six characters
        secret = f"arn:{partition}:secretsmanager:{region}:{account}:secret:events!{name}-??????"
        found.need("secretsmanager:DescribeSecret secretsmanager:GetSecretValue", secret)


def _send(found: _Found, arguments: Mapping[str, Any]) -> None:
    url = found.told(arguments, "QueueUrl", "which queue it sends to")
    if url is None:
        return
    parts = re.fullmatch(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(\d{12})/([A-Za-z0-9_.-]+)", url)
    if parts is None:
        found.problems.append(errors.not_told((*found.steps, "QueueUrl"), "the URL of a queue", url))
        return
    found.need("sqs:SendMessage", f"arn:{found.partition}:sqs:{parts[1]}:{parts[2]}:{parts[3]}")


def _events(found: _Found, arguments: Mapping[str, Any]) -> None:
    entries = arguments.get("Entries")
    for index, entry in enumerate(entries if isinstance(entries, list) else [{}]):
        inner = _Found(found.name, (*found.steps, "Entries", index), found.partition, found.needs, found.problems)
        example = "arn:aws:events:us-east-1:111122223333:event-bus/claims"
        if arn := inner.arn(entry if isinstance(entry, Mapping) else {}, "EventBusName", "which bus it uses", example):
            found.need("events:PutEvents", arn)


def _item(action: str) -> Callable[[_Found, Mapping[str, Any]], None]:
    def derive(found: _Found, arguments: Mapping[str, Any]) -> None:
        example = "arn:aws:dynamodb:us-east-1:111122223333:table/claims"
        if arn := found.arn(arguments, "TableName", "which table it uses", example):
            found.need(f"dynamodb:{action}", arn)

    return derive


def _publish(found: _Found, arguments: Mapping[str, Any]) -> None:
    if arn := found.arn(arguments, "TopicArn", "which topic it tells", "arn:aws:sns:us-east-1:111122223333:claims"):
        found.need("sns:Publish", arn)


def _start(found: _Found, arguments: Mapping[str, Any]) -> None:
    example = "arn:aws:states:us-east-1:111122223333:stateMachine:claims"
    if arn := found.arn(arguments, "StateMachineArn", "which machine it starts", example):
        found.need("states:StartExecution", arn)


def _start_sync(found: _Found, arguments: Mapping[str, Any]) -> None:
    _start(found, arguments)
    arn = literal_beginning(arguments.get("StateMachineArn"))
    if arn and arn[0].count(":") >= 6:
        base, name = arn[0].split(":stateMachine:")[0], arn[0].split(":")[6]
        found.need("states:DescribeExecution states:StopExecution", f"{base}:execution:{name}:*")
        _told_by_events(found, arn[0], "StepFunctionsGetEventsForStepFunctionsExecutionRule")


def _get_object(found: _Found, arguments: Mapping[str, Any]) -> None:
    bucket = found.told(arguments, "Bucket", "which bucket it reads")
    key = found.told(arguments, "Key", "what it reads", whole=False)
    if bucket and key:
        found.need("s3:GetObject", f"arn:{found.partition}:s3:::{bucket}/{key}")


def _put_object(found: _Found, arguments: Mapping[str, Any]) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html"""
    bucket = found.told(arguments, "Bucket", "which bucket it writes to")
    prefix = found.told(arguments, "Prefix", "below what it writes", whole=False)
    if bucket and prefix:
        where = f"arn:{found.partition}:s3:::{bucket}/{prefix.rstrip('*/')}/*"
        found.need("s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject", where)


_ASKED: Mapping[str, Callable[[_Found, Mapping[str, Any]], None]] = {
    "dynamodb:deleteItem": _item("DeleteItem"),
    "dynamodb:getItem": _item("GetItem"),
    "dynamodb:putItem": _item("PutItem"),
    "dynamodb:updateItem": _item("UpdateItem"),
    "ecs:runTask": _run_task,
    "ecs:runTask.sync": _run_task_sync,
    "ecs:runTask.waitForTaskToken": _run_task,
    "events:putEvents": _events,
    "events:putEvents.waitForTaskToken": _events,
    "http:invoke": _call,
    "lambda:invoke": _invoke,
    "lambda:invoke.waitForTaskToken": _invoke,
    "sns:publish": _publish,
    "sns:publish.waitForTaskToken": _publish,
    "sqs:sendMessage": _send,
    "sqs:sendMessage.waitForTaskToken": _send,
    "states:startExecution": _start,
    "states:startExecution.sync:2": _start_sync,
}
INTEGRATIONS = tuple(sorted(_ASKED))
"""What a task may ask for, so that its permissions are known."""

_RESOURCE = re.compile(r"arn:([a-z-]+):states:::(.+)")


def needs(machine: StateMachine) -> tuple[list[Need], list[Problem]]:
    """What each state needs, and what is wrong with states whose needs cannot be told."""
    told: list[Need] = []
    wrong: list[Problem] = []
    for steps, workflow in workflows(machine):
        for name, state in workflow.states.items():
            here = (*steps, "States", name)
            for found in (*_of_task(here, name, state), *_of_map(here, name, state)):
                told += found.needs
                wrong += found.problems
    return list(dict.fromkeys(told)), wrong


def _of_task(steps: Steps, name: str, state: Any) -> Iterator[_Found]:
    if not isinstance(state, Task):
        return
    if state.credentials is not None:
        # the work is done by another account's role, which has the permissions for it
        # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
        taken = _Found(name, (*steps, "Credentials"), "")
        if arn := taken.arn(state.credentials, "RoleArn", "which role it takes", "arn:aws:iam::444455556666:role/work"):
            taken.need("sts:AssumeRole", arn)
        yield taken
        return
    if state.resource.startswith("arn:") and state.resource.split(":")[2] == "lambda":
        yield _Found(name, steps, "", [Need(name, "lambda:InvokeFunction", state.resource)])
        return
    yield from _asks(steps, name, state, _ASKED)


def _asks(
    steps: Steps, name: str, part: Any, known: Mapping[str, Callable[[_Found, Mapping[str, Any]], None]]
) -> Iterator[_Found]:
    resource = _RESOURCE.fullmatch(part.resource)
    field_name = "Arguments" if part.parameters is None else "Parameters"
    arguments = part.arguments if part.parameters is None else part.parameters
    found = _Found(name, (*steps, field_name), resource[1] if resource else "aws")
    if resource is None or resource[2] not in known:
        found.problems.append(errors.not_an_integration(steps, part.resource, known))
    else:
        known[resource[2]](found, arguments if isinstance(arguments, Mapping) else {})
    yield found


def _of_map(steps: Steps, name: str, state: Any) -> Iterator[_Found]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html"""
    if not isinstance(state, Map) or not state.distributed:
        return
    own = _Found(name, steps, "")
    own.need("states:StartExecution", MACHINE)
    own.need("states:DescribeExecution states:StopExecution", EXECUTIONS)
    own.need("states:RedriveExecution", MAP_RUNS)
    yield own
    if state.item_reader is not None:
        yield from _asks((*steps, "ItemReader"), name, state.item_reader, {"s3:getObject": _get_object})
    if state.result_writer is not None and state.result_writer.resource is not None:
        yield from _asks((*steps, "ResultWriter"), name, state.result_writer, {"s3:putObject": _put_object})


def statements(found: Iterable[Need]) -> list[Statement]:
    """The needs as statements: one for the same actions under the same conditions, in an order that stays."""
    resources: dict[tuple[str, When], set[str]] = {}
    for need in found:
        resources.setdefault((need.action, need.when), set()).add(need.resource)
    actions: dict[tuple[tuple[str, ...], When], set[str]] = {}
    for (action, when), on in resources.items():
        actions.setdefault((tuple(sorted(on)), when), set()).add(action)
    made = []
    for (names_of, when), names in sorted(actions.items(), key=lambda entry: (sorted(entry[1]), entry[0])):
        conditions: dict[str, dict[str, list[str]]] = {}
        for operator, key, values in when:
            conditions.setdefault(operator, {})[key] = list(values)
        made.append(allow(*sorted(names), on=names_of, when=conditions))
    return made


def access_problems(machine: StateMachine, given: Iterable[Statement], path: str, cure: str) -> Iterator[Problem]:
    """What a role that is allowed `given` lacks for its states, and what it has to spare."""
    wanted, _ = needs(machine)
    by_right: dict[tuple[str, str, When], list[str]] = {}
    for need in wanted:
        by_right.setdefault((need.action, need.resource, tuple(sorted(need.when))), []).append(need.state)
    has = {
        (action, resource, tuple(sorted((one.operator, one.key, one.values) for one in statement.conditions)))
        for statement in given
        for action in statement.actions
        for resource in statement.resources
    }
    for right, states in sorted(by_right.items()):
        if right not in has:
            yield errors.lacking(path, states, right[0], right[1], cure)
    for action, resource, _ in sorted(has - by_right.keys()):
        yield errors.spare(path, action, resource, cure)
