"""Addresses, NAT gateways and load balancers that nothing goes through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import prices
from .findings import Finding
from .region import Region, named, tags_of
from .usage import totals

__all__ = [
    "delete_load_balancer",
    "delete_nat_gateway",
    "idle_load_balancers",
    "idle_nat_gateways",
    "release_address",
    "unassociated_addresses",
]

# How a load balancer tells of what goes through it. Health checks count in neither.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
# https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/cloudwatch-metrics.html
TRAFFIC = {
    "application": ("AWS/ApplicationELB", "RequestCount"),
    "network": ("AWS/NetworkELB", "ProcessedBytes"),
    "gateway": ("AWS/GatewayELB", "ProcessedBytes"),
}
MOST_DESCRIBED = 20
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html"""


def unassociated_addresses(region: Region) -> Iterator[Finding]:
    """Elastic IPs that nothing has. Those of a range of one's own cost nothing, and are no waste.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
    """
    for address in region.ec2.describe_addresses()["Addresses"]:
        tags = tags_of(address)
        used = address.get("AssociationId") or address.get("NetworkInterfaceId") or address.get("InstanceId")
        own = address.get("PublicIpv4Pool", "amazon") != "amazon"
        if used or own or region.kept(tags):
            continue
        yield Finding(
            "unassociated_address",
            region.name,
            address["AllocationId"],
            named(tags, address["PublicIp"]),
            f"{address['PublicIp']} belongs to nothing",
            prices.ADDRESS,
            tags,
        )


def release_address(region: Region, finding: Finding) -> None:
    """Gives the address back to AWS."""
    region.ec2.release_address(AllocationId=finding.id)


def idle_nat_gateways(region: Region) -> Iterator[Finding]:
    """NAT gateways that let nothing out.

    https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    """
    pages = region.ec2.get_paginator("describe_nat_gateways").paginate(
        Filter=[{"Name": "state", "Values": ["available"]}]
    )
    made = {
        gateway["NatGatewayId"]: gateway
        for page in pages
        for gateway in page["NatGateways"]
        if gateway["CreateTime"] < region.idle_since and not region.kept(tags_of(gateway))
    }
    days = region.settings.idle_days
    sent = totals(region.cloudwatch, "AWS/NATGateway", "BytesOutToDestination", "NatGatewayId", made, days, region.now)
    for gateway_id, gateway in made.items():
        if not sent[gateway_id]:
            tags = tags_of(gateway)
            yield Finding(
                "idle_nat_gateway",
                region.name,
                gateway_id,
                named(tags, gateway_id),
                f"nothing went out of {gateway.get('VpcId', 'its VPC')} through it for {days} days",
                prices.NAT_GATEWAY,
                tags,
            )


def delete_nat_gateway(region: Region, finding: Finding) -> None:
    """Deletes the gateway; its address stays, and is found next."""
    region.ec2.delete_nat_gateway(NatGatewayId=finding.id)


def idle_load_balancers(region: Region) -> Iterator[Finding]:
    """Load balancers that nobody asked anything of."""
    elbv2 = region.client("elbv2")
    pages = elbv2.get_paginator("describe_load_balancers").paginate()
    made = [
        balancer
        for page in pages
        for balancer in page["LoadBalancers"]
        if balancer["CreatedTime"] < region.idle_since and balancer["Type"] in TRAFFIC
    ]
    tags = _tags(elbv2, [balancer["LoadBalancerArn"] for balancer in made])
    days = region.settings.idle_days
    for kind, (namespace, metric) in TRAFFIC.items():
        # CloudWatch knows it by the end of its ARN: app/<name>/<id>
        some = {
            balancer["LoadBalancerArn"].split(":loadbalancer/")[1]: balancer
            for balancer in made
            if balancer["Type"] == kind and not region.kept(tags[balancer["LoadBalancerArn"]])
        }
        asked = totals(region.cloudwatch, namespace, metric, "LoadBalancer", some, days, region.now)
        for value, balancer in some.items():
            if not asked[value]:
                arn = balancer["LoadBalancerArn"]
                yield Finding(
                    "idle_load_balancer",
                    region.name,
                    arn,
                    balancer["LoadBalancerName"],
                    f"nothing came through it for {days} days",
                    prices.LOAD_BALANCER,
                    tags[arn],
                )


def delete_load_balancer(region: Region, finding: Finding) -> None:
    """Deletes it, unless it is protected against that."""
    region.client("elbv2").delete_load_balancer(LoadBalancerArn=finding.id)


def _tags(elbv2: Any, arns: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(arns), MOST_DESCRIBED):
        for described in elbv2.describe_tags(ResourceArns=arns[start : start + MOST_DESCRIBED])["TagDescriptions"]:
            found[described["ResourceArn"]] = tags_of(described)
    return found
