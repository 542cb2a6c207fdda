"""Who may publish to the topic and use its key, and what an action of a budget may do.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal, Statement, allow

__all__ = ["attach", "encrypt", "publish"]

PUBLISHERS = {"Anomalies": "costalerts.amazonaws.com", "Budgets": "budgets.amazonaws.com"}
"""Services that tell of costs: AWS Cost Anomaly Detection, and AWS Budgets.

https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
"""


def publish(topic_arn: str, account_id: str) -> list[Statement]:
    """Of the topic: AWS Budgets and Cost Anomaly Detection tell, in this account's name only."""
    return [
        allow(
            "sns:Publish",
            on=topic_arn,
            principals=Principal.service(service),
            when={"StringEquals": {"aws:SourceAccount": account_id}},
            sid=f"{who}Publish",
        )
        for who, service in PUBLISHERS.items()
    ]


def encrypt(account_id: str) -> list[Statement]:
    """Of the topic's key: those who publish use it, in this account's name only."""
    return [
        allow(
            "kms:Decrypt",
            "kms:GenerateDataKey*",
            on="*",
            principals=Principal.service(service),
            when={"StringEquals": {"aws:SourceAccount": account_id}},
            sid=f"{who}Encrypt",
        )
        for who, service in PUBLISHERS.items()
    ]


def attach(role_arns: Sequence[str], policy_arn: str) -> list[Statement]:
    """Of an action's role: attaches the one policy to the named roles, and takes it off when the budget begins anew.

    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-action-role.html
    """
    return [
        allow(
            "iam:AttachRolePolicy",
            "iam:DetachRolePolicy",
            on=role_arns,
            when={"ArnEquals": {"iam:PolicyARN": policy_arn}},
            sid="AttachThePolicy",
        )
    ]
