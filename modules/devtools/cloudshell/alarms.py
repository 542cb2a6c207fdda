"""What people are told: that somebody opened a shell, moved a file where that is denied, or was refused one."""

from __future__ import annotations

from typing import Any

from groundplan.building import event_alarm
from groundplan.framework import Module, equals, first_set

from .inputs import CloudshellInputs

__all__ = ["use_alarms"]

USES = ("CreateEnvironment", "CreateSession")
TRANSFERS = ("GetFileDownloadUrls", "GetFileUploadUrls")


def use_alarms(scope: Module[Any, Any], given: CloudshellInputs) -> None:
    """What CloudTrail records in the region of the module; of openings, refused ones too.

    The user guide writes the names of calls with a small first letter, and records have a large one: either rings.
    https://docs.aws.amazon.com/cloudshell/latest/userguide/logging-and-monitoring.html
    https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudshell.html
    """
    told = first_set(given.use_topic_arn, given.alarm_topic_arn)
    event_alarm(
        scope,
        "used",
        given,
        name=f"{given.name}-used",
        description=f"Somebody opened a shell of CloudShell, or made its environment, in the account of {given.name}",
        pattern=_calls(USES),
        topic_arn=told,
        only_when=given.report_use,
    )
    denied = equals(given.file_transfer, "denied")
    event_alarm(
        scope,
        "file_moved",
        given,
        name=f"{given.name}-file-moved",
        description=(
            f"Somebody moved a file into or out of a shell in the account of {given.name}, where that is denied to "
            "whoever has the module's policy"
        ),
        pattern=_calls(TRANSFERS, errorCode=[{"exists": False}]),
        # CloudTrail has them among the calls that only read
        read_only_calls=True,
        only_when=denied,
    )
    event_alarm(
        scope,
        "file_refused",
        given,
        name=f"{given.name}-file-refused",
        description=f"Somebody wanted to move a file into or out of a shell of {given.name}, and was refused",
        pattern=_calls(TRANSFERS, errorCode=[{"exists": True}]),
        read_only_calls=True,
        topic_arn=told,
        only_when=denied,
    )


def _calls(names: tuple[str, ...], **more: Any) -> dict[str, Any]:
    return {
        "source": ["aws.cloudshell"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["cloudshell.amazonaws.com"],
            "eventName": [{"equals-ignore-case": name} for name in names],
            **more,
        },
    }
