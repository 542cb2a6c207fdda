"""What a task can ask of AWS, as a state has it: `Task(**invoke_function(...), next="Paid")`.

Each gives `resource` and `arguments` in JSONata. Values are texts or data; a text between {% and %} is an expression,
and what a permission is about must be a text that begins with what is sure: see `groundplan.states.permissions`.
https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

__all__ = [
    "Asked",
    "call_api",
    "change_item",
    "invoke_function",
    "items_of_object",
    "put_events",
    "put_item",
    "results_in",
    "run_container",
    "send_message",
    "start_machine",
]

TOKEN = "{% $states.context.Task.Token %}"  # noqa: S105  # an expression, no token
"""What somebody sends back when the work is done: SendTaskSuccess or SendTaskFailure."""


class Asked(TypedDict):
    """What a task says of whom it asks."""

    resource: str
    arguments: dict[str, Any]


def _asked(service: str, arguments: Mapping[str, Any], partition: str) -> Asked:
    given = {name: value for name, value in arguments.items() if value is not None}
    return Asked(resource=f"arn:{partition}:states:::{service}", arguments=given)


def _partition(arn: str) -> str:
    return arn.split(":")[1]


def invoke_function(arn: str, payload: Any, *, token: bool = False) -> Asked:
    """Invokes a Lambda function, by its ARN or that of an alias; its answer is `$states.result.Payload`.

    With `token` the task waits until somebody sends the token back, which the payload must hold (`TOKEN`).
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
    """
    service = "lambda:invoke.waitForTaskToken" if token else "lambda:invoke"
    return _asked(service, {"FunctionName": arn, "Payload": payload}, _partition(arn))


def run_container(
    task_definition_arn: str,
    *,
    cluster_arn: str,
    container: str,
    environment: Mapping[str, Any],
    task_role_arn: str,
    execution_role_arn: str,
    subnet_ids: Sequence[str],
    security_group_ids: Sequence[str],
    command: Sequence[str] | str | None = None,
) -> Asked:
    """Runs a container of ECS on Fargate and waits until it has ended; an exit code other than 0 is an error.

    The two roles are those of the task definition, said again: the machine may hand over these, and no others.
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
    """
    override = {
        "Name": container,
        "Environment": [{"Name": name, "Value": value} for name, value in sorted(environment.items())],
        **({} if command is None else {"Command": command}),
    }
    network = {
        "AwsvpcConfiguration": {
            "AssignPublicIp": "DISABLED",
            "SecurityGroups": list(security_group_ids),
            "Subnets": list(subnet_ids),
        }
    }
    arguments = {
        "Cluster": cluster_arn,
        "LaunchType": "FARGATE",
        "NetworkConfiguration": network,
        "Overrides": {
            "ContainerOverrides": [override],
            "ExecutionRoleArn": execution_role_arn,
            "TaskRoleArn": task_role_arn,
        },
        "TaskDefinition": task_definition_arn,
    }
    return _asked("ecs:runTask.sync", arguments, _partition(cluster_arn))


def call_api(
    url: str,
    *,
    method: str,
    connection_arn: str,
    body: Any = None,
    headers: Mapping[str, Any] | None = None,
    query: Mapping[str, Any] | None = None,
) -> Asked:
    """Calls an HTTP API with the credentials of an EventBridge connection; a status from 400 is an error.

    It waits 60 seconds at the most. https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
    """
    arguments = {
        "ApiEndpoint": url,
        "Authentication": {"ConnectionArn": connection_arn},
        "Headers": headers,
        "Method": method,
        "QueryParameters": query,
        "RequestBody": body,
    }
    return _asked("http:invoke", arguments, _partition(connection_arn))


def send_message(
    queue_url: str, body: Any, *, token: bool = False, group_id: str | None = None, partition: str = "aws"
) -> Asked:
    """Sends a message to a queue; with `token` the task waits until somebody sends the token back.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html
    """
    service = "sqs:sendMessage.waitForTaskToken" if token else "sqs:sendMessage"
    arguments = {"MessageBody": body, "MessageGroupId": group_id, "QueueUrl": queue_url}
    return _asked(service, arguments, partition)


def put_events(bus_arn: str, *, source: str, detail_type: str, detail: Any) -> Asked:
    """Puts an event on a bus; one that the bus does not take is an error.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
    """
    entry = {"Detail": detail, "DetailType": detail_type, "EventBusName": bus_arn, "Source": source}
    return _asked("events:putEvents", {"Entries": [entry]}, _partition(bus_arn))


def put_item(
    table_arn: str,
    item: Mapping[str, Any],
    *,
    condition: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Asked:
    """Puts an item into a DynamoDB table, with a `condition` that must hold for what is there, by `values`.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html
    """
    arguments = {
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "Item": item,
        "TableName": table_arn,
    }
    return _asked("dynamodb:putItem", arguments, _partition(table_arn))


def change_item(
    table_arn: str, key: Mapping[str, Any], update: str, values: Mapping[str, Any], *, condition: str | None = None
) -> Asked:
    """Changes an item of a DynamoDB table, with a `condition` that must hold for what is there."""
    arguments = {
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "Key": key,
        "TableName": table_arn,
        "UpdateExpression": update,
    }
    return _asked("dynamodb:updateItem", arguments, _partition(table_arn))


def start_machine(arn: str, payload: Any, *, name: str | None = None) -> Asked:
    """Starts another state machine and waits until it has ended.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
    """
    arguments = {"Input": payload, "Name": name, "StateMachineArn": arn}
    return _asked("states:startExecution.sync:2", arguments, _partition(arn))


def items_of_object(bucket: str, key: str, *, partition: str = "aws") -> Asked:
    """Reads the items of a distributed map out of one object: `ItemReader(**items_of_object(...))`.

    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
    """
    return _asked("s3:getObject", {"Bucket": bucket, "Key": key}, partition)


def results_in(bucket: str, prefix: str, *, partition: str = "aws") -> Asked:
    """Keeps what came of each item below a prefix: `ResultWriter(**results_in(...))`.

    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
    """
    return _asked("s3:putObject", {"Bucket": bucket, "Prefix": prefix}, partition)
