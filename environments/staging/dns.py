"""Where staging serves claims from, in both regions."""

from environments.families.dns import DnsFamily
from modules.dns.route53 import Answer, Failover, HttpsCheck, Record, Route53Inputs

DNS = DnsFamily(
    route53=Route53Inputs(
        records={
            "claims-api": Record(
                zone="public",
                name="claims",
                type="A",
                failover=Failover(
                    primary=Answer(values=["203.0.113.20"], ttl_seconds=60),
                    secondary=Answer(values=["198.51.100.20"], ttl_seconds=60),
                    health_check=HttpsCheck(
                        host_name="claims.staging.platform.example.com", ip_address="203.0.113.20", path="/healthz"
                    ),
                ),
            ),
        },
    )
)
