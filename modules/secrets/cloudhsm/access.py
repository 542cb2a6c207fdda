"""Who may do what: the schedule that keeps the retention of backups, and nobody else."""

from __future__ import annotations

from groundplan.iam import Statement, allow

__all__ = ["keeps_retention"]


def keeps_retention(cluster_arn: str) -> list[Statement]:
    """Sets the retention of one cluster's backups.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudhsm.html
    """
    return [allow("cloudhsm:ModifyCluster", on=cluster_arn, sid="KeepRetention")]
