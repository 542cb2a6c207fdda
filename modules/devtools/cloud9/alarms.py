"""What people are told: that an instance is without its tools, and that somebody was let into an environment."""

from __future__ import annotations

from typing import Any

from groundplan.building import event_alarm
from groundplan.framework import Module

from .inputs import Cloud9Inputs

__all__ = ["environment_alarms"]


def environment_alarms(scope: Module[Any, Any], given: Cloud9Inputs, document: str) -> None:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html

    https://docs.aws.amazon.com/cloud9/latest/user-guide/cloudtrail.html
    """
    event_alarm(
        scope,
        "tools_failed",
        given,
        name=f"{given.name}-tools-failed",
        description=f"Tools could not be installed on an instance of {given.name}, or are not what they must be",
        pattern={
            "source": ["aws.ssm"],
            "detail-type": ["EC2 State Manager Association State Change"],
            "detail": {"document-name": [document], "status": ["Failed"]},
        },
    )
    event_alarm(
        scope,
        "shared",
        given,
        name=f"{given.name}-shared",
        description=(
            "Somebody was let into an environment of Cloud9 in the account, or may do more there: who may write runs "
            "commands with the rights of its instance"
        ),
        pattern={
            "source": ["aws.cloud9"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "eventSource": ["cloud9.amazonaws.com"],
                "eventName": ["CreateEnvironmentMembership", "UpdateEnvironmentMembership"],
            },
        },
    )
