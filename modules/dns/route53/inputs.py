"""What may be set: zones, records, delegations, health checks and traffic policies."""

from __future__ import annotations

from typing import Annotated, Any

from groundplan.building import GivenKey, ServiceInputs
from groundplan.framework import (
    EachRule,
    Inputs,
    Outputs,
    Term,
    computed,
    contains,
    every,
    expression_of,
    field,
    gathered,
    keys,
    length,
    occurrences,
    output,
    picked,
    some,
    tallied,
    together,
    unset,
)
from groundplan.framework.constraints import Arn, Pattern
from groundplan.framework.types import HostedZoneId, RegionName, VpcId
from groundplan.grammars.partitions import every_partition

from .health_inputs import HealthCheck
from .names import name_problems
from .record_inputs import LABEL, ROUTED, EntryName, Record, RelativeName
from .traffic_inputs import TrafficPolicy

__all__ = [
    "Delegation",
    "ExistingZone",
    "GlobalKey",
    "Parent",
    "PrivateZone",
    "PublicZone",
    "Route53Inputs",
    "Route53Outputs",
    "Vpc",
]

Domain = Annotated[
    str,
    Pattern(
        rf"(?:{LABEL}\.)+[a-z][a-z0-9-]{{0,62}}", "a domain in lower case without a dot at its end, such as example.com"
    ),
]
PrivateDomain = Annotated[
    str,
    Pattern(
        rf"(?:{LABEL}\.)*[a-z][a-z0-9-]{{0,62}}",
        "a domain in lower case without a dot at its end, such as internal.example.com",
    ),
]
ServerName = Annotated[
    str, Pattern(rf"(?:{LABEL}\.)+{LABEL}\.?", "the name of a name server, such as ns-1.awsdns-01.org")
]
# https://www.rfc-editor.org/rfc/rfc4034#section-5.3
DsRecord = Annotated[
    str,
    Pattern(
        "[0-9]{1,5} [0-9]{1,3} [0-9]{1,3} [0-9A-Fa-f]{40,128}",
        "a DS record: key tag, algorithm, digest type and digest, such as output ds_records has them",
    ),
]
WHERE = "us-east-1 (GovCloud: us-gov-west-1, China: cn-northwest-1)"


def _globally(service: str) -> str:
    """The middle of the ARNs of what is in its partition's global region."""
    return "|".join(f"{each.id}:{service}:{each.global_region}" for each in every_partition())


GlobalKeyArn = Annotated[
    str,
    Arn("kms", "key/[A-Za-z0-9-]+", "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"),
    Pattern(f"arn:({_globally('kms')}):.+", f"the ARN of a key where Route 53's keys and logs are: {WHERE}"),
]
GlobalTopicArn = Annotated[
    str,
    Arn("sns", "[A-Za-z0-9_.-]+", "arn:aws:sns:us-east-1:111122223333:platform-alarms"),
    Pattern(f"arn:({_globally('sns')}):.+", f"the ARN of a topic where Route 53's metrics are: {WHERE}"),
]


class GlobalKey(GivenKey):
    """A customer managed KMS key that exists already, where Route 53 wants it: in us-east-1 of AWS's own partition."""

    arn: GlobalKeyArn = field(f"ARN of the key, in {WHERE}; its policy must let the service use it")


class Parent(Inputs):
    """The zone above, in this account: the module delegates the domain in it."""

    zone: str = field("zone that holds the delegation: a name among public_zones or existing_zones")
    ds_record: bool = field(
        "whether a signed zone's DS record stands there; to sign a zone that answers already, add it when its longest "
        "TTL has passed; to stop signing, take it away first, and let its TTL pass",
        default=True,
    )
    ttl_seconds: int = field("how long resolvers keep the delegation, in seconds", default=3600, ge=60, le=172800)


class PublicZone(Inputs):
    """A zone that the whole internet can ask."""

    domain: Domain = field("domain, such as example.com")
    comment: str = field("what it is for", default="", max_length=256)
    dnssec: bool = field(
        "whether answers are signed; it protects once the DS record stands in the zone above: see ds_records",
        default=True,
    )
    query_logging: bool = field("whether every query that reaches Route 53 is logged", default=True)
    accelerated_recovery: bool = field(
        "whether Route 53 can change records again within about an hour when us-east-1 is down", default=False
    )
    parent: Parent | None = field(
        "zone above, in this account, that delegates to this one; left out, its owner enters name_servers", default=None
    )


class Vpc(Inputs):
    """A VPC that can ask a private zone."""

    vpc_id: VpcId = field("id of the VPC; it must have enableDnsHostnames and enableDnsSupport")
    region: RegionName | None = field("region of the VPC; left out, that of the provider", default=None)


class PrivateZone(Inputs):
    """A zone that only VPCs can ask, for services that find each other."""

    domain: PrivateDomain = field("domain, such as internal.example.com")
    comment: str = field("what it is for", default="", max_length=256)
    vpc: Vpc = field("VPC that the zone is made with; a later change of it is not seen: use associated_vpcs")
    associated_vpcs: dict[EntryName, Vpc] = field(
        "further VPCs of this account that can ask it, by name; left out, there are none", default={}
    )
    authorized_vpcs: dict[EntryName, Vpc] = field(
        "VPCs of other accounts that may be associated by their owners, by name; left out, there are none", default={}
    )

    rules = (
        EachRule(
            "associated_vpcs",
            lambda v, key, one: (one.vpc_id != v.vpc.vpc_id) & ~_again(v.associated_vpcs, key, one),
            "must not be associated twice: remove one of the two",
            inside="vpc_id",
            shows=("vpc_id",),
        ),
        EachRule(
            "authorized_vpcs",
            lambda v, key, one: (one.vpc_id != v.vpc.vpc_id) & ~_again(v.authorized_vpcs, key, one),
            "must not be associated or authorized twice: remove one of the two",
            inside="vpc_id",
            shows=("vpc_id",),
        ),
    )


def _again(vpcs: Any, key: Any, one: Any) -> Any:
    return some(vpcs, lambda other, two: (other != key) & (two.vpc_id == one.vpc_id))


class ExistingZone(Inputs):
    """A zone that something else made, for records in it."""

    zone_id: HostedZoneId = field("id of the zone")
    domain: PrivateDomain = field("its domain, such as example.com")


class Delegation(Inputs):
    """A subdomain that other name servers answer for: of another account, or outside AWS."""

    zone: str = field("zone that holds it: a name among public_zones or existing_zones")
    name: RelativeName = field("name below the zone's domain, such as partners")
    name_servers: list[ServerName] = field("name servers of the subdomain", min_length=2, max_length=12)
    ds_records: list[DsRecord] = field(
        "DS records of the subdomain, which make DNSSEC hold across the delegation; left out, there are none",
        default=[],
    )
    ttl_seconds: int = field("how long resolvers keep it, in seconds", default=3600, ge=60, le=172800)


def _zones(v: Any, name: Any) -> Any:
    return contains(keys(v.public_zones), name) | contains(keys(v.existing_zones), name)


def _named(v: Any, name: Any) -> Any:
    """Whether the name of a health check leads to one; leaving it out is fine."""
    return unset(name) | contains(keys(v.health_checks), name)


def _lost_checks(v: Any, record: Any) -> Any:
    """The names of health checks in a record that lead to none."""
    pair = record.failover
    found = [
        (~unset(pair) & ~_named(v, name), name) for name in (pair.health_check_name, pair.secondary_health_check_name)
    ]
    for policy in ROUTED:
        routing = getattr(record, policy)
        found.append((~unset(routing), _lost_among(v, routing.answers)))
    return gathered(*found)


def _lost_among(v: Any, targets: Any) -> Any:
    return picked(targets, lambda _, target: target.health_check, lambda _, target: ~_named(v, target.health_check))


def _lost_policy_checks(v: Any, policy: Any) -> Any:
    """The names of health checks in a traffic policy that lead to none."""

    def of_pair(rule: Any) -> Any:
        names = (rule.primary.health_check, rule.secondary.health_check)
        return gathered(*((~_named(v, name), name) for name in names))

    return gathered(
        (True, picked(policy.failover_rules, lambda _, rule: of_pair(rule), _always)),
        (True, picked(policy.geolocation_rules, lambda _, rule: _lost_among(v, rule.locations), _always)),
        (True, picked(policy.latency_rules, lambda _, rule: _lost_among(v, rule.regions), _always)),
        (True, picked(policy.weighted_rules, lambda _, rule: _lost_among(v, rule.items), _always)),
    )


def _always(*_: Any) -> bool:
    return True


def _asked_itself(v: Any, child: Any) -> Any:
    """Whether a name is that of a health check that is not calculated."""
    return some(v.health_checks, lambda name, other: (name == child) & unset(other.calculated))


def _below(domain: Term, above: Term) -> Term:
    return Term(
        f'endswith({expression_of(domain)}, ".${{{expression_of(above)}}}")',
        lambda: computed(domain).endswith(f".{computed(above)}"),
    )


def _below_parent(v: Any, zone: Any) -> Any:
    return every(
        v.public_zones, lambda name, above: (name != zone.parent.zone) | _below(zone.domain, above.domain)
    ) & every(v.existing_zones, lambda name, above: (name != zone.parent.zone) | _below(zone.domain, above.domain))


class Route53Inputs(ServiceInputs):
    """The names of an environment, and where they lead. Keys, logs and alarms are in us-east-1, whatever the region
    (us-gov-west-1 in GovCloud, cn-northwest-1 in China).
    """

    alarm_topic_arn: GlobalTopicArn = field(f"ARN of the SNS topic that alarms go to, in {WHERE}")
    kms_key: GlobalKey | None = field(
        f"key in {WHERE} that encrypts query logs; left out, the module makes its own with yearly rotation",
        default=None,
    )
    dnssec_kms_key: GlobalKey | None = field(
        f"key in {WHERE}, ECC_NIST_P256 for SIGN_VERIFY, that signs the keys of zones; left out, the module makes "
        "its own when a zone has dnssec",
        default=None,
    )
    public_zones: dict[EntryName, PublicZone] = field(
        "zones that the internet can ask, by name; left out, there are none", default={}
    )
    private_zones: dict[EntryName, PrivateZone] = field(
        "zones that only VPCs can ask, by name; left out, there are none", default={}
    )
    existing_zones: dict[EntryName, ExistingZone] = field(
        "zones that something else made, for records in them, by name; left out, there are none", default={}
    )
    delegations: dict[EntryName, Delegation] = field(
        "subdomains that other name servers answer for, by name; left out, there are none", default={}
    )
    records: dict[EntryName, Record] = field("records by name; left out, there are none", default={})
    health_checks: dict[EntryName, HealthCheck] = field(
        "health checks that records and traffic policies name, by name; left out, there are none", default={}
    )
    traffic_policies: dict[EntryName, TrafficPolicy] = field(
        "traffic policies by name; left out, there are none", default={}
    )

    # Terraform takes two validations that look at each other's variables for a cycle: these look from traffic
    # policies, records and private zones to health checks, existing zones and public zones, never back.
    rules = (
        EachRule(
            "public_zones",
            lambda v, key, zone: ~some(v.public_zones, lambda other, two: (other != key) & (two.domain == zone.domain)),
            "must not be the domain of another public zone: resolvers would ask one of them only",
            inside="domain",
            shows=("domain",),
        ),
        EachRule(
            "public_zones",
            lambda v, name, _: ~contains(keys(v.existing_zones), name),
            "must have another name: existing_zones has this one, and a zone's name tells one zone",
        ),
        EachRule(
            "public_zones",
            lambda v, key, zone: unset(zone.parent) | ((zone.parent.zone != key) & _zones(v, zone.parent.zone)),
            "must be a name among public_zones or existing_zones, and another zone than itself",
            inside="parent.zone",
            shows=("parent.zone",),
        ),
        EachRule(
            "public_zones",
            lambda v, key, zone: unset(zone.parent) | (zone.parent.zone == key) | _below_parent(v, zone),
            "must end with the domain of its parent",
            inside="domain",
            shows=("domain",),
        ),
        EachRule(
            "private_zones",
            lambda v, name, _: ~contains(keys(v.public_zones), name),
            "must have another name: public_zones has this one, and a zone's name tells one zone",
        ),
        EachRule(
            "private_zones",
            lambda v, name, _: ~contains(keys(v.existing_zones), name),
            "must have another name: existing_zones has this one, and a zone's name tells one zone",
        ),
        EachRule(
            "delegations",
            lambda v, _, delegation: _zones(v, delegation.zone),
            "must be a name among public_zones or existing_zones",
            inside="zone",
            shows=("zone",),
        ),
        EachRule(
            "records",
            lambda v, _, record: _zones(v, record.zone) | contains(keys(v.private_zones), record.zone),
            "must be a name among public_zones, private_zones or existing_zones",
            inside="zone",
            shows=("zone",),
        ),
        EachRule(
            "records",
            lambda _v, _key, record, all_of_them: (
                occurrences(all_of_them, together(record.zone, record.name, record.type)) == 1
            ),
            "must not have the zone, name and type of another record: put all values into one record, whose "
            "simple.values takes several, or all answers into one with a routing policy, or change the name",
            shows=("zone", "name", "type"),
            shared=lambda v: tallied(v.records, lambda _, record: together(record.zone, record.name, record.type)),
        ),
        EachRule(
            "records",
            lambda _v, _key, record, names: (
                (record.type != "CNAME") | (occurrences(names, together(record.zone, record.name)) == 1)
            ),
            "must not be CNAME beside a record of another type with the same name: remove one of them, or change its "
            "name",
            inside="type",
            shows=("zone", "name"),
            shared=lambda v: tallied(v.records, lambda _, record: together(record.zone, record.name)),
        ),
        EachRule(
            "records",
            lambda v, _, record: length(_lost_checks(v, record)) == 0,
            "must have health checks that are names among health_checks",
            finds=lambda v, _, record: _lost_checks(v, record),
        ),
        EachRule(
            "health_checks",
            lambda v, _, check: (
                unset(check.calculated) | every(check.calculated.children, lambda _, child: _asked_itself(v, child))
            ),
            "must be names among health_checks, of checks that are not calculated themselves",
            inside="calculated.children",
            finds=lambda v, _, check: picked(
                check.calculated.children, lambda _, child: child, lambda _, child: ~_asked_itself(v, child)
            ),
        ),
        EachRule(
            "traffic_policies",
            lambda v, _, policy: every(policy.instances, lambda _, instance: _zones(v, instance.zone)),
            "must each have a zone that is a name among public_zones or existing_zones: traffic policies are for "
            "public zones",
            inside="instances",
            finds=lambda v, _, policy: picked(
                policy.instances, lambda _, instance: instance.zone, lambda _, instance: ~_zones(v, instance.zone)
            ),
        ),
        EachRule(
            "traffic_policies",
            lambda v, _, policy: length(_lost_policy_checks(v, policy)) == 0,
            "must have targets whose health_check is a name among health_checks",
            finds=lambda v, _, policy: _lost_policy_checks(v, policy),
        ),
    )
    checks = (name_problems,)


class Route53Outputs(Outputs):
    """What other modules and the owners of other zones need to know."""

    zone_ids: dict[str, str] = output("id of each zone by name, existing ones included, for ExternalDNS and the like")
    zone_arns: dict[str, str] = output("ARN of each zone that the module makes, by name, for policies")
    zone_domains: dict[str, str] = output("domain of each zone by name")
    name_servers: dict[str, list[str]] = output(
        "name servers of each public zone by name, for the registrar or the owner of the zone above"
    )
    ds_records: dict[str, str] = output(
        "DS record of each signed public zone by name, for the registrar or the owner of the zone above"
    )
    record_fqdns: dict[str, str] = output("full name of each record by name")
    health_check_ids: dict[str, str] = output(
        "id of each health check by name, and of each failover pair's own as <record>/primary"
    )
    traffic_policy_ids: dict[str, str] = output("id of each traffic policy by name")
    dnssec_key_arn: str = output("ARN of the key that signs the zones' keys; null when no zone is signed")
    kms_key_arn: str = output("ARN of the key that encrypts query logs; null when no zone logs queries")
    query_log_group_arns: dict[str, str] = output("ARN of each public zone's query log group by name")
