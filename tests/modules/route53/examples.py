"""Zones and records of every kind, as production would have them."""

from __future__ import annotations

from modules.dns.route53 import (
    Alias,
    Answer,
    CalculatedCheck,
    CloudWatchAlarmCheck,
    Delegation,
    Endpoint,
    ExistingZone,
    Failover,
    FailoverRule,
    Geolocation,
    GeolocationAnswer,
    GeolocationRule,
    GeolocationTarget,
    Geoproximity,
    GeoproximityAnswer,
    HealthCheck,
    HttpsCheck,
    Latency,
    LatencyRule,
    Multivalue,
    Parent,
    PrivateZone,
    PublicZone,
    Record,
    Route53Inputs,
    RoutedAnswer,
    Target,
    TcpCheck,
    TrafficPolicy,
    TrafficPolicyInstance,
    Vpc,
    Weighted,
    WeightedAnswer,
    WeightedRule,
    WeightedTarget,
)

ACCOUNT = "111122223333"
REGION = "us-west-2"
"""Where the module is called: what Route 53 has in us-east-1 alone must be there all the same."""
EAST = Alias(dns_name="claims-east.us-east-1.elb.amazonaws.com", hosted_zone_id="Z35SXDOTRQ7X7K")
WEST = Alias(dns_name="claims-west.us-west-2.elb.amazonaws.com", hosted_zone_id="Z1H1FL5HABSF5")
LONG_TEXT = "v=DKIM1; k=rsa; p=" + "A" * 400

TRAFFIC = TrafficPolicy(
    comment="The portal by place, then by region",
    start_rule="places",
    endpoints={
        "east": Endpoint(value="192.0.2.10"),
        "west": Endpoint(value="192.0.2.20"),
        "canary": Endpoint(value="192.0.2.30"),
        "europe": Endpoint(type="application-load-balancer", value="portal.eu-west-1.elb.amazonaws.com"),
        "sorry": Endpoint(type="s3-website", value="portal.example.com", region="us-east-1"),
    },
    geolocation_rules={
        "places": GeolocationRule(
            locations={
                "europe": GeolocationTarget(rule="europe-or-sorry", continent="EU"),
                "everywhere": GeolocationTarget(rule="regions", country="*"),
                "washington": GeolocationTarget(endpoint="west", country="US", subdivision="WA"),
            }
        )
    },
    latency_rules={
        "regions": LatencyRule(regions={"us-east-1": Target(rule="canaries"), "us-west-2": Target(endpoint="west")})
    },
    weighted_rules={
        "canaries": WeightedRule(
            items={
                "canary": WeightedTarget(endpoint="canary", weight=5, health_check="portal"),
                "stable": WeightedTarget(endpoint="east", weight=95),
            }
        )
    },
    failover_rules={
        "europe-or-sorry": FailoverRule(
            primary=Target(endpoint="europe", evaluate_target_health=True), secondary=Target(endpoint="sorry")
        )
    },
    instances={"portal": TrafficPolicyInstance(zone="main", name="portal")},
)

FULL = Route53Inputs(
    name="prod-dns",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-alarms",
    public_zones={
        "main": PublicZone(domain="example.com", comment="What customers see", accelerated_recovery=True),
        "claims": PublicZone(domain="claims.example.com", parent=Parent(zone="main")),
        "legacy": PublicZone(domain="old.example.org", dnssec=False, query_logging=False, parent=Parent(zone="org")),
    },
    private_zones={
        "internal": PrivateZone(
            domain="internal.example.com",
            vpc=Vpc(vpc_id="vpc-0123456789abcdef0"),
            associated_vpcs={"recovery": Vpc(vpc_id="vpc-0123456789abcdef1", region="us-west-2")},
            authorized_vpcs={"partner": Vpc(vpc_id="vpc-0123456789abcdef2")},
        )
    },
    existing_zones={"org": ExistingZone(zone_id="Z0123456789ABCDEFGHIJ", domain="example.org")},
    delegations={
        "partners": Delegation(
            zone="main",
            name="partners",
            name_servers=["ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk"],
            ds_records=["12345 13 2 " + "AB" * 32],
        ),
        "lab": Delegation(zone="org", name="lab", name_servers=["ns1.example.net", "ns2.example.net"]),
    },
    records={
        "apex": Record(zone="main", type="A", simple=Answer(alias=EAST)),
        "mail": Record(zone="main", type="MX", simple=Answer(values=["10 mail.example.com"], ttl_seconds=3600)),
        "dkim": Record(zone="main", name="s1._domainkey", type="TXT", simple=Answer(values=[LONG_TEXT])),
        "caa": Record(zone="main", type="CAA", simple=Answer(values=['0 issue "amazon.com"'])),
        "claims-api": Record(
            zone="claims",
            name="api",
            type="A",
            failover=Failover(
                primary=Answer(alias=EAST),
                secondary=Answer(alias=WEST),
                health_check=HttpsCheck(host_name="east.claims.example.com", path="/healthz", search_string="ok"),
            ),
        ),
        "policies-api": Record(
            zone="main",
            name="policies",
            type="A",
            failover=Failover(
                primary=Answer(values=["192.0.2.1"], ttl_seconds=60),
                secondary=Answer(values=["192.0.2.2"], ttl_seconds=60),
                health_check_name="all",
                secondary_health_check_name="queue",
            ),
        ),
        "portal-canary": Record(
            zone="main",
            name="canary",
            type="CNAME",
            weighted=Weighted(
                answers={
                    "blue": WeightedAnswer(values=["blue.example.com"], weight=90, ttl_seconds=60),
                    "green": WeightedAnswer(values=["green.example.com"], weight=10, ttl_seconds=60),
                }
            ),
        ),
        "quotes": Record(
            zone="main",
            name="quotes",
            type="A",
            latency=Latency(
                answers={
                    "us-east-1": RoutedAnswer(alias=EAST, health_check="portal"),
                    "us-west-2": RoutedAnswer(alias=WEST),
                }
            ),
        ),
        "documents": Record(
            zone="main",
            name="documents",
            type="A",
            geolocation=Geolocation(
                answers={
                    "canada": GeolocationAnswer(values=["192.0.2.40"], country="CA"),
                    "everywhere": GeolocationAnswer(values=["192.0.2.41"], country="*"),
                    "europe": GeolocationAnswer(values=["192.0.2.42"], continent="EU"),
                    "washington": GeolocationAnswer(values=["192.0.2.43"], country="US", subdivision="WA"),
                }
            ),
        ),
        "branches": Record(
            zone="main",
            name="branches",
            type="AAAA",
            geoproximity=Geoproximity(
                answers={
                    "east": GeoproximityAnswer(values=["2001:db8::1"], aws_region="us-east-1", bias=10),
                    "office": GeoproximityAnswer(values=["2001:db8::2"], latitude="49.22", longitude="-74.01"),
                }
            ),
        ),
        "ledger": Record(
            zone="internal",
            name="ledger",
            type="A",
            multivalue=Multivalue(
                answers={
                    "first": RoutedAnswer(values=["10.20.0.10"], health_check="queue"),
                    "second": RoutedAnswer(values=["10.20.0.11"]),
                }
            ),
        ),
    },
    health_checks={
        "portal": HealthCheck(https=HttpsCheck(host_name="east.portal.example.com")),
        "gateway": HealthCheck(
            tcp=TcpCheck(ip_address="192.0.2.50", checker_regions=["us-east-1", "us-west-2", "eu-west-1"])
        ),
        "queue": HealthCheck(cloudwatch_alarm=CloudWatchAlarmCheck(alarm_name="prod-queue-depth", region="us-east-1")),
        "all": HealthCheck(calculated=CalculatedCheck(children=["portal", "gateway", "queue"], healthy_at_least=2)),
    },
    traffic_policies={"portal": TRAFFIC},
)

RECORDLESS = FULL.but(records={}, delegations={})
"""For what has nothing to do with records: of what Terraform evaluates of FULL they are two thirds."""

SMALL = Route53Inputs(
    name="dev-dns",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:dev-alarms",
    public_zones={"main": PublicZone(domain="dev.example.com", dnssec=False, query_logging=False)},
    records={"api": Record(zone="main", name="api", type="A", simple=Answer(values=["192.0.2.1"]))},
)
