"""What people are told: what each HSM says of itself, and what somebody does to the cluster or its backups."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule

from groundplan.building import event_alarm, metric_alarm
from groundplan.framework import Module, each

from .inputs import CloudhsmInputs

__all__ = ["cluster_changes", "hsm_alarms", "retention_alarm"]

NAMESPACE = "AWS/CloudHSM"


def hsm_alarms(scope: Module[Any, Any], given: CloudhsmInputs, cluster_id: str, hsm_ids: dict[str, str]) -> None:
    """Alarms on each HSM: hsm2m.medium has no metrics of its temperature and of encrypted channels.

    https://docs.aws.amazon.com/cloudhsm/latest/userguide/hsm-metrics-cw.html
    https://docs.aws.amazon.com/prescriptive-guidance/latest/monitoring-cloudhsm/reliability-monitoring.html
    """
    hsms = each(hsm_ids)
    dimensions = {"ClusterId": cluster_id, "HsmId": hsms.value}
    of = f"of the HSM {hsms.key} of {given.name}"
    metric_alarm(
        scope,
        "unhealthy",
        given,
        name=f"{given.name}-{hsms.key}-unhealthy",
        description=f"The HSM {hsms.key} of {given.name} does not work as it should: requests to it have failed.",
        namespace=NAMESPACE,
        metric="HsmUnhealthy",
        dimensions=dimensions,
        statistic="Maximum",
        only_when=hsms,
    )
    metric_alarm(
        scope,
        "keys_full",
        given,
        name=f"{given.name}-{hsms.key}-keys-full",
        description=f"{given.token_keys_alarm} keys or more are in the memory {of}; none is made when it is full.",
        namespace=NAMESPACE,
        metric="HsmKeysTokenOccupied",
        dimensions=dimensions,
        statistic="Maximum",
        threshold=given.token_keys_alarm,
        only_when=hsms,
    )
    metric_alarm(
        scope,
        "sessions_full",
        given,
        name=f"{given.name}-{hsms.key}-sessions-full",
        description=f"{given.sessions_alarm} connections or more {of} are open; none is taken when they are 2048.",
        namespace=NAMESPACE,
        metric="HsmSessionCount",
        dimensions=dimensions,
        statistic="Maximum",
        threshold=given.sessions_alarm,
        periods=3,
        only_when=hsms,
    )
    metric_alarm(
        scope,
        "users_full",
        given,
        name=f"{given.name}-{hsms.key}-users-full",
        description=f"{given.users_left_alarm} users or fewer can be added to those {of}.",
        namespace=NAMESPACE,
        metric="HsmUsersAvailable",
        dimensions=dimensions,
        statistic="Minimum",
        comparison="LessThanOrEqualToThreshold",
        threshold=given.users_left_alarm,
        only_when=hsms,
    )


def cluster_changes(scope: Module[Any, Any], given: CloudhsmInputs) -> CloudwatchEventRule:
    """Tells of calls that claim a cluster, take HSMs or backups away, or give backups to others.

    https://docs.aws.amazon.com/cloudhsm/latest/userguide/get-api-logs-using-cloudtrail.html
    https://docs.aws.amazon.com/cloudhsm/latest/APIReference/API_Operations.html
    """
    return event_alarm(
        scope,
        "changed",
        given,
        name=f"{given.name}-changed",
        description=(
            "Somebody initialized a cluster of CloudHSM in the account, deleted one, an HSM or a backup, or let others "
            "at backups: was that the ceremony, or Terraform?"
        ),
        pattern={
            "source": ["aws.cloudhsm"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "eventSource": ["cloudhsm.amazonaws.com"],
                "eventName": [
                    "CopyBackupToRegion",
                    "DeleteBackup",
                    "DeleteCluster",
                    "DeleteHsm",
                    "InitializeCluster",
                    "ModifyBackupAttributes",
                    "PutResourcePolicy",
                ],
            },
        },
    )


def retention_alarm(scope: Module[Any, Any], given: CloudhsmInputs, group: str) -> None:
    """Tells that the retention of backups could not be set.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
    """
    metric_alarm(
        scope,
        "retention_failed",
        given,
        name=f"{given.name}-retention-failed",
        description=f"The retention of backups of {given.name} could not be set: they may be deleted too early.",
        namespace="AWS/Scheduler",
        metric="TargetErrorCount",
        dimensions={"ScheduleGroup": group},
        only_when=given.initialized,
    )
