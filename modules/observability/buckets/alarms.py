"""What people are told: that the key of everything that is kept is about to go."""

from __future__ import annotations

from typing import Any

from groundplan.building import Key, event_alarm
from groundplan.framework import Module

from .inputs import BucketsInputs

__all__ = ["key_alarm"]


def key_alarm(scope: Module[Any, Any], given: BucketsInputs, key: Key) -> None:
    """Rings when the key is disabled, is to be deleted, or others may use it. CloudTrail must record in this region.

    https://docs.aws.amazon.com/kms/latest/developerguide/ct-scheduledeletekey.html
    """
    event_alarm(
        scope,
        "key_endangered",
        given,
        name=f"{given.name}-key-endangered",
        description=(
            f"The key of the buckets of {given.name} was disabled, scheduled for deletion, or given another policy. "
            "Without it no log, trace or metric that was kept can be read: aws kms cancel-key-deletion, aws kms "
            "enable-key."
        ),
        pattern={
            "source": ["aws.kms"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "eventSource": ["kms.amazonaws.com"],
                "eventName": ["DisableKey", "DisableKeyRotation", "PutKeyPolicy", "ScheduleKeyDeletion"],
                "resources": {"ARN": [key.arn]},
            },
        },
    )
