"""DNS: the environment's zones, and how the cluster finds and publishes names."""

from __future__ import annotations

from dataclasses import dataclass

from environments.settings import Platform
from groundplan.synth.stack import Stack
from modules.dns.route53 import ExistingZone, Parent, PrivateZone, PublicZone, Route53, Route53Inputs, Vpc
from modules.dns.service_discovery import (
    CoreDns,
    ExternalDns,
    Prometheus,
    ServiceDiscovery,
    ServiceDiscoveryInputs,
    StubDomain,
)

__all__ = ["Dns", "dns"]

AMAZON_RESOLVER = "169.254.169.253"


@dataclass(frozen=True)
class Dns:
    """What other families need of this one."""

    route53: Route53
    service_discovery: ServiceDiscovery


def dns(stack: Stack, env: Platform) -> Dns:
    """The stack `<environment>-dns`."""
    settings = env.dns
    parent = settings.parent_zone_id
    route53 = Route53(
        stack,
        "route53",
        Route53Inputs(
            name=f"{env.name}-dns",
            alarm_topic_arn=env.alarm_topic_arn,
            permissions_boundary_arn=env.permissions_boundary_arn,
            log_retention_days=env.log_retention_days,
            public_zones={
                "public": PublicZone(
                    domain=settings.public_domain,
                    comment=f"what the {env.name} platform serves",
                    dnssec=env.tier == "full",
                    query_logging=env.tier == "full",
                    parent=Parent(zone="parent") if parent is not None else None,
                )
            },
            private_zones={"private": PrivateZone(domain=settings.private_domain, vpc=Vpc(vpc_id=env.network.vpc_id))},
            existing_zones={"parent": ExistingZone(zone_id=parent, domain=settings.public_domain.partition(".")[2])}
            if parent is not None
            else {},
            records=settings.records,
            health_checks=settings.health_checks,
            delegations=settings.delegations,
            traffic_policies=settings.traffic_policies,
        ),
    )
    zone_ids = route53.outputs.zone_ids
    discovery = ServiceDiscovery(
        stack,
        "service_discovery",
        ServiceDiscoveryInputs(
            name=f"{env.name}-discovery",
            cluster=env.cluster,
            alarm_topic_arn=env.alarm_topic_arn,
            permissions_boundary_arn=env.permissions_boundary_arn,
            coredns=CoreDns(
                addon_version=settings.coredns_version,
                replicas=settings.coredns_replicas,
                stub_domains={settings.private_domain: StubDomain(servers=[AMAZON_RESOLVER])},
            ),
            external_dns={
                "public": ExternalDns(
                    zone_ids=[zone_ids["public"]], zone_type="public", domain_filters=[settings.public_domain]
                ),
                "private": ExternalDns(
                    zone_ids=[zone_ids["private"]], zone_type="private", domain_filters=[settings.private_domain]
                ),
            },
            prometheus=Prometheus() if env.tier == "full" else None,
        ),
    )
    return Dns(route53, discovery)
