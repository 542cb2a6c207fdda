"""DNS: the environment's zones, and how the cluster finds and publishes names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from environments.families.cluster import Cluster
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.grammars.availability import offers
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.dns.route53 import Answer, PrivateZone, PublicZone, Record, Route53, Route53Inputs, Vpc
from modules.dns.service_discovery import (
    CoreDns,
    ExternalDns,
    Prometheus,
    ServiceDiscovery,
    ServiceDiscoveryInputs,
    StubDomain,
)

__all__ = ["Dns", "DnsFamily"]

AMAZON_RESOLVER = "169.254.169.253"


@dataclass(frozen=True)
class Dns:
    """What other families need of this one."""

    route53: Route53
    service_discovery: ServiceDiscovery
    serves_public_names: bool
    """Whether the public zone is here: GovCloud has none, and names of the internet are proved elsewhere."""


class DnsFamily(PlatformFamily):
    """Names: those of the environment's zones, and those that the cluster finds and publishes."""

    route53: Route53Inputs = field("zones and records")
    service_discovery: ServiceDiscoveryInputs = field("CoreDNS and ExternalDNS")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """A public zone, and a private one of the VPC, which CoreDNS asks the VPC's resolver about."""
        public = PublicZone(domain=env.public_domain, comment=f"what the {env.name} platform serves")
        return cls(
            route53=Route53Inputs(
                public_zones={"public": public} if offers(env.region, "route53_public_zone") else {},
                private_zones={
                    "private": PrivateZone(domain=env.private_domain, vpc=Vpc(vpc_id=env.network.vpc_id)),
                },
            ),
            service_discovery=ServiceDiscoveryInputs(
                coredns=CoreDns(
                    addon_version="v1.12.4-eksbuild.1",
                    replicas=2,
                    stub_domains={env.private_domain: StubDomain(servers=[AMAZON_RESOLVER])},
                ),
            ),
        )

    @classmethod
    def small(cls, env: Platform) -> Self:
        """Names that nobody relies on."""
        if not offers(env.region, "route53_public_zone"):
            return cls()
        zone = PublicZone(dnssec=False, query_logging=False)
        return cls(route53=Route53Inputs(public_zones={"public": zone}))

    @classmethod
    def full(cls, env: Platform) -> Self:
        """Signed names, of which no mail may come that is not ours, and a DNS that is watched."""
        refuse_mail = Answer(values=["v=DMARC1; p=reject"], ttl_seconds=3600)
        zone = PublicZone(dnssec=offers(env.region, "route53_dnssec"), query_logging=True)
        served = Route53Inputs(
            public_zones={"public": zone},
            records={"mail-policy": Record(zone="public", name="_dmarc", type="TXT", simple=refuse_mail)},
        )
        return cls(
            route53=served if offers(env.region, "route53_public_zone") else Route53Inputs(),
            service_discovery=ServiceDiscoveryInputs(coredns=CoreDns(replicas=3), prometheus=Prometheus()),
        )

    def made_once(self, env: Platform) -> Iterable[Once]:
        """CoreDNS of a cluster, and a private domain of a VPC.

        https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html (ConflictingDomainExists)
        """
        if self.service_discovery.coredns is not None:
            yield Once(
                f"the CoreDNS add-on of the cluster {env.cluster.name}",
                env.region,
                "service_discovery.coredns",
                "Set service_discovery.coredns to None in one of the two, or name the cluster that it has.",
            )
        for name, zone in self.route53.private_zones.items():
            yield Once(
                f"the private zone {zone.domain} of {zone.vpc.vpc_id}",
                "",
                f'route53.private_zones["{name}"]',
                "Give one of the two environments another private_domain, or the VPC that it has.",
            )

    def compose(self, stack: Stack, env: Platform, _cluster: Cluster) -> Dns:
        """The stack `<environment>-dns`, after what brings the kinds of its monitors."""
        alarms = self.topic_in(env.partition.global_region, stack, env, "Route 53 has its metrics there alone")
        named = Route53Inputs(name=f"{env.name}-dns", alarm_topic_arn=alarms)
        route53 = Route53(stack, "route53", stack.wired(self.route53, named))
        zone_ids = route53.outputs.zone_ids
        public = {
            "public": ExternalDns(zone_ids=[zone_ids["public"]], zone_type="public", domain_filters=[env.public_domain])
        }
        published = {
            **(public if "public" in self.route53.public_zones else {}),
            "private": ExternalDns(
                zone_ids=[zone_ids["private"]], zone_type="private", domain_filters=[env.private_domain]
            ),
        }
        inputs = ServiceDiscoveryInputs(name=f"{env.name}-discovery", external_dns=published)
        discovery = ServiceDiscovery(stack, "service_discovery", stack.wired(self.service_discovery, inputs))
        return Dns(route53, discovery, "public" in self.route53.public_zones)
