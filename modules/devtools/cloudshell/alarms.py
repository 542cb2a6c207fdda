"""What people are told: that somebody opened a shell, and that somebody wanted files of one."""

from __future__ import annotations

from typing import Any

from groundplan.building import event_alarm
from groundplan.framework import Module, equals, first_set

from .inputs import CloudshellInputs

__all__ = ["use_alarms"]

USES = ("CreateEnvironment", "CreateSession")
TRANSFERS = ("GetFileDownloadUrls", "GetFileUploadUrls")


def use_alarms(scope: Module[Any, Any], given: CloudshellInputs) -> None:
    """Both tell what CloudTrail records in the region of the module, refused calls among it.

    The user guide writes the names of calls with a small first letter, and records have a large one: either rings.
    https://docs.aws.amazon.com/cloudshell/latest/userguide/logging-and-monitoring.html
    https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudshell.html
    """
    event_alarm(
        scope,
        "used",
        given,
        name=f"{given.name}-used",
        description=f"Somebody opened a shell of CloudShell, or made its environment, in the account of {given.name}",
        pattern=_calls(USES),
        topic_arn=first_set(given.use_topic_arn, given.alarm_topic_arn),
        only_when=given.report_use,
    )
    event_alarm(
        scope,
        "file_transfer",
        given,
        name=f"{given.name}-file-transfer",
        description=(
            f"Somebody wanted to move files into or out of a shell in the account of {given.name}, where that is denied"
        ),
        pattern=_calls(TRANSFERS),
        # CloudTrail has them among the calls that only read
        read_only_calls=True,
        only_when=equals(given.file_transfer, "denied"),
    )


def _calls(names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "source": ["aws.cloudshell"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["cloudshell.amazonaws.com"],
            "eventName": [{"equals-ignore-case": name} for name in names],
        },
    }
