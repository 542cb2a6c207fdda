"""What Route 53 itself may do in the account: sign with the DNSSEC key, and write query logs."""

from __future__ import annotations

from groundplan.iam import Principal, Statement, allow

__all__ = ["sign_zones", "write_query_logs"]

DNSSEC = Principal.service("dnssec-route53.amazonaws.com")


def sign_zones(account_id: str, partition: str) -> list[Statement]:
    """Of the key's policy: Route 53 signs the keys of this account's zones with it.

    A grant is bounded by whom it is for, as documented. Nothing promises that its request tells a zone or an account,
    and a condition on what is not told refuses.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html#KMS-key-policy-for-DNSSEC
    """
    from_here = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": f"arn:{partition}:route53:::hostedzone/*"},
    }
    return [
        allow("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", on="*", principals=DNSSEC, when=from_here, sid="Sign"),
        allow(
            "kms:CreateGrant",
            on="*",
            principals=DNSSEC,
            when={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            sid="GrantForSigning",
        ),
    ]


def write_query_logs(account_id: str, partition: str, region: str, prefix: str) -> list[Statement]:
    """Of CloudWatch Logs' resource policy: Route 53 writes the queries of this account's zones.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html#query-logs-configuring
    """
    return [
        allow(
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            on=f"arn:{partition}:logs:{region}:{account_id}:log-group:{prefix}*",
            principals=Principal.service("route53.amazonaws.com"),
            when={
                "StringEquals": {"aws:SourceAccount": account_id},
                "ArnLike": {"aws:SourceArn": f"arn:{partition}:route53:::hostedzone/*"},
            },
            sid="WriteQueryLogs",
        )
    ]
