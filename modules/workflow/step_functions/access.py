"""Who may do what: the roles of machines and of their schedules, those who start and answer, the key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import account_id, partition, region, service_name
from groundplan.framework import Module, concat, each_item, jsonencode, not_empty, only_when, text
from groundplan.iam import Principal, Statement, allow, document
from groundplan.iam.statements import VERSION
from groundplan.states import EXECUTIONS, MACHINE, MAP_RUNS

from .inputs import Machine

__all__ = [
    "ALIAS",
    "alias_arn",
    "answers",
    "deliver_logs",
    "executions_arn",
    "machine_arn",
    "needed_by_states",
    "starts",
    "starts_on_time",
    "works",
]

ALIAS = "live"


def machine_arn(scope: Module[Any, Any], name: str) -> str:
    """The ARN of a machine; made of its name, so that it is known when Terraform plans."""
    return f"arn:{partition(scope)}:states:{region(scope)}:{account_id(scope)}:stateMachine:{name}"


def alias_arn(scope: Module[Any, Any], name: str) -> str:
    """The ARN of a machine's alias, which is what to start."""
    return f"{machine_arn(scope, name)}:{ALIAS}"


def executions_arn(scope: Module[Any, Any], name: str, separator: str = ":") -> str:
    """The ARNs of a machine's executions, or of those that its distributed maps start, which have a / first."""
    return f"arn:{partition(scope)}:states:{region(scope)}:{account_id(scope)}:execution:{name}{separator}*"


def works(scope: Module[Any, Any], name: str, key_arn: str) -> list[Statement]:
    """What every machine's role needs: its log, its traces, its key.

    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    logs = f"arn:{partition(scope)}:logs:{region(scope)}:{account_id(scope)}:*"
    return [
        # CloudWatch Logs knows no resources of deliveries
        allow(
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
            on="*",
            sid="Logs",
        ),
        # nor X-Ray
        allow(
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
            on="*",
            sid="Traces",
        ),
        allow(
            "kms:Decrypt",
            "kms:GenerateDataKey",
            on=key_arn,
            when={"StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": machine_arn(scope, name)}},
            sid="OwnExecutions",
        ),
        allow(
            "kms:GenerateDataKey",
            on=key_arn,
            when={"StringEquals": {"kms:EncryptionContext:SourceArn": logs}},
            sid="OwnLog",
        ),
    ]


def needed_by_states(scope: Module[Any, Any], name: str, given: Machine) -> str:
    """The policy of what a machine's states need: its access, and the keys of what they use."""
    own = {
        MACHINE: machine_arn(scope, name),
        EXECUTIONS: executions_arn(scope, name),
        MAP_RUNS: executions_arn(scope, name, "/"),
    }

    def resource(written: str) -> str:
        for stands, arn in own.items():
            written = text("replace", written, stands, arn)
        return written

    asked = each_item(given.access).documents(
        lambda one: only_when(
            not_empty(one.conditions),
            {
                "Action": one.actions,
                "Condition": one.conditions,
                "Effect": "Allow",
                "Resource": each_item(one.resources).documents(resource),
            },
            but=["Action", "Effect", "Resource"],
        )
    )
    keys = each_item(given.used_keys).documents(
        lambda one: {
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": each_item(one.services).documents(lambda service: service_name(scope, service))
                }
            },
            "Effect": "Allow",
            "Resource": [one.arn],
        }
    )
    return jsonencode({"Statement": concat(asked, keys), "Version": VERSION})


def starts_on_time(alias_arns: Sequence[str], queue_arn: str, key_arn: str) -> list[Statement]:
    """What the role of the schedules needs.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """
    return [
        allow("states:StartExecution", on=alias_arns, sid="Start"),
        allow("sqs:SendMessage", on=queue_arn, sid="DeadLetters"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="Key"),
    ]


def starts(scope: Module[Any, Any], name: str) -> str:
    """The policy of who starts a machine by its alias, and sees what became of it; known when Terraform plans.

    What may be decrypted is the machine's own, whichever key it is encrypted with.

    https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
    """
    own = machine_arn(scope, name)
    return jsonencode(
        document(
            allow("states:StartExecution", on=alias_arn(scope, name), sid="Start"),
            allow("states:DescribeExecution", "states:GetExecutionHistory", on=executions_arn(scope, name), sid="Look"),
            allow(
                "kms:Decrypt",
                on=f"arn:{partition(scope)}:kms:{region(scope)}:{account_id(scope)}:key/*",
                when={"StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": own}},
                sid="Read",
            ),
        )
    )


def answers(scope: Module[Any, Any], name: str) -> str:
    """The policy of who answers a machine's task tokens."""
    tokens = ("states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess")
    return jsonencode(document(allow(*tokens, on=machine_arn(scope, name), sid="Answer")))


def deliver_logs(scope: Module[Any, Any]) -> Statement:
    """A key statement that lets CloudWatch Logs deliver what machines encrypted with the key write to their logs.

    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    logs = f"arn:{partition(scope)}:logs:{region(scope)}:{account_id(scope)}:*"
    return allow(
        "kms:Decrypt",
        on="*",
        principals=Principal.service("delivery.logs.amazonaws.com"),
        when={"StringEquals": {"kms:EncryptionContext:SourceArn": logs}},
        sid="DeliverLogs",
    )
