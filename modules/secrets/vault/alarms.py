"""What people are told of: keys that are about to go, and what the audit log says about Vault itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)

from groundplan.building import event_alarm, metric_alarm
from groundplan.framework import Module, part_id

from . import access
from .inputs import VaultInputs

__all__ = ["audit_alarms", "key_alarms"]


class AuditEvent(NamedTuple):
    """Something that the audit log tells: the records that say so, and what whoever is told must do."""

    pattern: str
    description: str


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
# https://developer.hashicorp.com/vault/docs/audit#audit-log-entry-schema
EVENTS = {
    "root_token_used": AuditEvent(
        # a token that has the root policy has no other
        '{ $.type = "response" && $.auth.policies[0] = "root" }',
        "Somebody works with a root token. Was one generated on purpose? Revoke it as soon as its work is done.",
    ),
    "sealed": AuditEvent(
        '{ $.type = "request" && $.request.path = "sys/seal" }',
        # https://developer.hashicorp.com/vault/api-docs/system/seal
        "Somebody asked Vault to seal itself. The active server does, until it is restarted; a standby takes over.",
    ),
    "audit_changed": AuditEvent(
        # of the device that goes or comes the log has either the request or the response
        '{ $.request.path = "sys/audit/*" && $.request.operation != "read" }',
        "An audit device was enabled or disabled. Without a device nobody can tell who read which secret.",
    ),
    "snapshot_restored": AuditEvent(
        '{ $.type = "request" && $.request.path = "sys/storage/raft/snapshot*" && $.request.operation = "update" }',
        "Somebody restores a snapshot: everything that Vault holds is replaced by what it held then.",
    ),
}
REFUSED = '{ $.type = "response" && $.error = "*permission denied*" }'


def key_alarms(scope: Module[Any, Any], given: VaultInputs, *, key_arns: Sequence[str]) -> None:
    """Tells when a key is about to be lost, or somebody changes who may use it. CloudTrail must record in this region.

    https://docs.aws.amazon.com/kms/latest/developerguide/ct-scheduledeletekey.html
    """
    event_alarm(
        scope,
        "key_endangered",
        given,
        name=f"{given.name}-key-endangered",
        description=(
            f"A key of {given.name} was disabled, scheduled for deletion, or given another policy. Without its unseal "
            "key Vault cannot be opened again, nor can any snapshot: aws kms cancel-key-deletion, aws kms enable-key."
        ),
        pattern={
            "source": ["aws.kms"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "eventSource": ["kms.amazonaws.com"],
                "eventName": ["DisableKey", "DisableKeyRotation", "PutKeyPolicy", "ScheduleKeyDeletion"],
                "resources": {"ARN": list(key_arns)},
            },
        },
    )


def audit_alarms(scope: Module[Any, Any], given: VaultInputs, *, log_group_name: str) -> None:
    """Metrics out of the audit log, an alarm on each, and one when the log itself falls silent."""
    for event, (pattern, description) in EVENTS.items():
        metric = _filter(scope, event, given, pattern=pattern, log_group_name=log_group_name)
        metric_alarm(
            scope,
            event,
            given,
            name=f"{given.name}-{event.replace('_', '-')}",
            description=f"{given.name}: {description} The audit log is in {log_group_name}.",
            namespace=access.METRIC_NAMESPACE,
            metric=metric,
            period_seconds=60,
        )
    metric_alarm(
        scope,
        "requests_refused",
        given,
        name=f"{given.name}-requests-refused",
        description=(
            f"{given.name} refused {given.refused_requests_alarm} requests or more within five minutes: an application "
            f"that lost its policy, or somebody who tries doors. {log_group_name} names them."
        ),
        namespace=access.METRIC_NAMESPACE,
        metric=_filter(scope, "requests_refused", given, pattern=REFUSED, log_group_name=log_group_name),
        threshold=given.refused_requests_alarm,
    )
    metric_alarm(
        scope,
        "audit_silent",
        given,
        name=f"{given.name}-audit-silent",
        description=(
            f"No audit record of {given.name} came to {log_group_name} for {given.snapshots.alarm_after_hours} hours, "
            "though each snapshot leaves some. Is an audit device enabled at /vault/audit/audit.log, with mode 0640? "
            f"Look at the container audit-shipper of the pods {given.release_name}-0 and so on in {given.namespace}."
        ),
        namespace="AWS/Logs",
        metric="IncomingLogEvents",
        dimensions={"LogGroupName": log_group_name},
        period_seconds=3600,
        periods=given.snapshots.alarm_after_hours,
        comparison="LessThanThreshold",
        threshold=1,
        missing_data="breaching",
    )


def _filter(scope: Module[Any, Any], id: str, given: VaultInputs, *, pattern: str, log_group_name: str) -> str:
    name = f"{given.name}-{id.replace('_', '-')}"
    CloudwatchLogMetricFilter(
        scope,
        part_id("filter", id),
        name=name,
        log_group_name=log_group_name,
        pattern=pattern,
        metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
            name=name, namespace=access.METRIC_NAMESPACE, value="1", default_value="0", unit="Count"
        ),
    )
    return name
