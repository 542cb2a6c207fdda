"""What ExternalDNS may do in AWS: change records of the zones that it was given, and of no other."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Statement, allow

__all__ = ["METRIC_NAMESPACE", "zones"]

METRIC_NAMESPACE = "Groundplan/ServiceDiscovery"
"""The CloudWatch namespace that the status report publishes to, and the only one that it may publish to."""


def zones(zone_arns: Sequence[str]) -> list[Statement]:
    """One instance of ExternalDNS: the records of its zones.

    It finds zones by listing all of them, which IAM cannot narrow; the list tells names, not records. It does not
    select zones by tags, so it may not read tags.

    https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/docs/tutorials/aws.md#iam-policy
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html
    """
    return [
        allow(
            "route53:ChangeResourceRecordSets",
            "route53:ListResourceRecordSets",
            on=zone_arns,
            sid="ChangeNamedZones",
        ),
        allow("route53:ListHostedZones", on="*", sid="FindZones"),
    ]
