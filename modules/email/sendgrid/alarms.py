"""What people are told: that mail goes by SES, waits, was given up, or that events do not come."""

from __future__ import annotations

from typing import Any

from groundplan.building import Function, metric_alarm
from groundplan.framework import Module

from .inputs import SendgridInputs

__all__ = ["alarms"]


def alarms(
    scope: Module[Any, Any], given: SendgridInputs, dispatcher: Function, webhook: Function, namespace: str
) -> None:
    """On the dispatcher's own metrics, on its queues, and on the webhook's."""
    metric_alarm(
        scope,
        "failover",
        given,
        name=f"{given.name}-failover",
        description="SendGrid fails, so all mail goes by SES until SendGrid takes one again",
        namespace=namespace,
        metric="CircuitOpened",
        dimensions={"service": dispatcher.name},
    )
    metric_alarm(
        scope,
        "oldest_mail",
        given,
        name=f"{given.name}-oldest-mail",
        description="A mail has waited longer than any should, so neither SendGrid nor SES takes it",
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": f"{given.name}-mail"},
        statistic="Maximum",
        threshold=given.oldest_mail_alarm_seconds,
    )
    metric_alarm(
        scope,
        "mail_dead_letters",
        given,
        name=f"{given.name}-mail-dead-letters",
        description="Mail was given up: it was refused, or nobody knows whether SES took it",
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": dispatcher.dead_letters.name},
        statistic="Maximum",
    )
    metric_alarm(
        scope,
        "denied_events",
        given,
        name=f"{given.name}-denied-events",
        description="Requests to the webhook were not signed by SendGrid, too old, or seen before",
        namespace=namespace,
        metric="Denied",
        dimensions={"service": webhook.name},
        threshold=10,
    )
