"""Where prod serves claims from, in both regions, and who answers for the other environments' names."""

from environments.families.dns import DnsFamily
from modules.dns.route53 import (
    Answer,
    Delegation,
    ExistingZone,
    Failover,
    HttpsCheck,
    Parent,
    PublicZone,
    Record,
    Route53Inputs,
)

DNS = DnsFamily(
    route53=Route53Inputs(
        # example.com is in this account too
        existing_zones={"parent": ExistingZone(zone_id="Z0123456789EXAMPLE", domain="example.com")},
        public_zones={"public": PublicZone(parent=Parent(zone="parent"))},
        # their zones are in accounts of their own, whose output name_servers says these
        delegations={
            "dev": Delegation(zone="public", name="dev", name_servers=["ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk"]),
            "staging": Delegation(
                zone="public", name="staging", name_servers=["ns-3.awsdns-03.org", "ns-4.awsdns-04.co.uk"]
            ),
        },
        records={
            "claims-api": Record(
                zone="public",
                name="claims",
                type="A",
                failover=Failover(
                    primary=Answer(values=["203.0.113.10"], ttl_seconds=60),
                    secondary=Answer(values=["198.51.100.10"], ttl_seconds=60),
                    health_check=HttpsCheck(
                        host_name="claims.platform.example.com", ip_address="203.0.113.10", path="/healthz"
                    ),
                ),
            ),
        },
    )
)
