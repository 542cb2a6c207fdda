"""Who needs what of the key and of the cluster."""

from __future__ import annotations

from tests.modules.uses import ACCOUNT, Use, administers, logs_encrypt, takes_role

CLUSTERS = f"arn:aws:cloudhsm:us-east-1:{ACCOUNT}:cluster"

POLICIES = {
    "aws_kms_key.logs[0]": [administers(), logs_encrypt("/aws/cloudhsm/cluster-abcdefghij2")],
    "aws_iam_role.retention[0]": takes_role("scheduler.amazonaws.com"),
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudhsm.html
    "aws_iam_role_policy.retention[0]": [
        Use(
            "cloudhsm:ModifyCluster",
            f"{CLUSTERS}/<aws_cloudhsm_v2_cluster.cluster.id>",
            elsewhere=[f"{CLUSTERS}/cluster-abcdefghij3"],
        )
    ],
}
