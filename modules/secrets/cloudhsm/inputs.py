"""What may be set: where the HSMs stand, who reaches them, and whether people have held the ceremony."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import ServiceInputs
from groundplan.framework import (
    EachRule,
    Inputs,
    Outputs,
    Rule,
    contains,
    distinct,
    field,
    keys,
    length,
    output,
    unset,
)
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import SecurityGroupId, SubnetId

__all__ = ["Ceremony", "CloudhsmInputs", "CloudhsmOutputs"]

HSMS_PER_CLUSTER = 28
"""https://docs.aws.amazon.com/cloudhsm/latest/userguide/limits.html"""

ZoneName = Annotated[
    str, Pattern("[a-z]{2}(-[a-z]+)+-[0-9][a-z]", "the name of an availability zone, such as us-east-1a")
]
# https://docs.aws.amazon.com/cloudhsm/latest/APIReference/API_Cluster.html
ClusterId = Annotated[
    str, Pattern("cluster-[2-7a-zA-Z]{11,16}", "the id of a cluster of CloudHSM, such as cluster-abcdefghij2")
]
# https://docs.aws.amazon.com/cloudhsm/latest/APIReference/API_Backup.html
BackupId = Annotated[
    str, Pattern("backup-[2-7a-zA-Z]{11,16}", "the id of a backup of CloudHSM, such as backup-abcdefghij2")
]
Name = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,18}[a-z0-9]", "2 to 20 lower-case letters, digits and hyphens, beginning with a letter"),
]
Person = Annotated[str, Pattern("[^\\s](.{0,62}[^\\s])?", "a name of 1 to 64 characters without a space at its ends")]
Day = Annotated[str, Pattern("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "a day, such as 2026-11-30")]

HELD = "the ceremony that the module's README describes"


class Ceremony(Inputs):
    """What people confirm of the ceremony, from its record."""

    cluster_id: ClusterId = field(
        "id of the cluster that was initialized and activated, copied from the record; Terraform refuses to add HSMs "
        "to another one"
    )
    held_on: Day = field("day on which the cluster was activated")
    witnesses: Annotated[list[Person], Unique()] = field("who was there and signed the record", min_length=2)


class CloudhsmInputs(ServiceInputs):
    """A cluster of CloudHSM, with an HSM in each zone once people have initialized it."""

    subnets: dict[ZoneName, SubnetId] = field(
        "a private subnet by zone, each of which gets an HSM; fixed for the cluster's life"
    )
    first_zone: ZoneName = field("zone of the first HSM, which the ceremony is held with; fixed for that HSM's life")
    clients: dict[Name, SecurityGroupId] = field(
        "security groups whose members reach the HSMs, by a name of yours; left out, only members of the cluster's own "
        "group do",
        default={},
    )
    mode: Literal["FIPS", "NON_FIPS"] = field(
        "whether the HSMs do only what FIPS 140-3 approves; fixed for the cluster's life, and for its backups",
        default="FIPS",
    )
    initialized: bool = field(
        "whether people have initialized and activated the cluster: false makes the cluster and its first HSM, true "
        "adds the others and needs ceremony",
        default=False,
    )
    ceremony: Ceremony | None = field("what people confirm of the ceremony; needed by initialized", default=None)
    additional_hsms: dict[Name, ZoneName] = field(
        "zones of HSMs beside the one in each zone, by a name of yours; made once initialized is true", default={}
    )
    source_backup_identifier: BackupId | None = field(
        "backup that the cluster is restored from, with its users and keys; fixed for the cluster's life. Left out, "
        "the cluster is an empty one",
        default=None,
    )
    backup_retention_days: int = field(
        "how long CloudHSM keeps its daily backups, in days; set each day once initialized is true, and AWS's 90 "
        "before",
        default=90,
        ge=7,
        le=379,
    )
    token_keys_alarm: int = field(
        "how many keys an HSM holds when the alarm sounds; a cluster takes 16666", default=13_000, ge=1, le=16_666
    )
    sessions_alarm: int = field(
        "how many connections an HSM has open when the alarm sounds; it takes 2048", default=1600, ge=1, le=2048
    )
    users_left_alarm: int = field(
        "how few users can still be added to an HSM when the alarm sounds; it takes 1024", default=50, ge=1, le=1023
    )

    rules = (
        Rule(
            "subnets",
            lambda v: length(v.subnets) >= 2,
            "must be in 2 zones or more: keys that are only in one zone are lost with its HSM",
            shows=("subnets",),
        ),
        Rule(
            "subnets", lambda v: distinct(v.subnets, lambda _, subnet: subnet), "must have another subnet in each zone"
        ),
        Rule(
            "first_zone",
            lambda v: contains(keys(v.subnets), v.first_zone),
            "must be one of the zones of subnets",
            shows=("first_zone",),
        ),
        Rule(
            # on initialized like the next: Terraform takes validations that look at each other for a cycle
            "initialized",
            lambda v: ~v.initialized | ~unset(v.ceremony),
            f"must be false until ceremony is given: hold {HELD}, and give ceremony with cluster_id, held_on and "
            "witnesses from its record",
        ),
        Rule(
            "initialized",
            lambda v: v.initialized | unset(v.ceremony),
            "must be true when ceremony is given: set it once the cluster is active, or remove ceremony",
        ),
        EachRule(
            "additional_hsms",
            lambda v, _, zone: contains(keys(v.subnets), zone),
            "must be in one of the zones of subnets",
        ),
        EachRule(
            "additional_hsms",
            lambda v, name, _: ~contains(keys(v.subnets), name),
            "must have another name than a zone, by which the HSM of each zone is known",
        ),
        Rule(
            "additional_hsms",
            lambda v: length(v.subnets) + length(v.additional_hsms) <= HSMS_PER_CLUSTER,
            f"must be few enough that the cluster has {HSMS_PER_CLUSTER} HSMs at most, with the one in each of subnets",
        ),
    )


class CloudhsmOutputs(Outputs):
    """What the ceremony needs, and then what clients need."""

    cluster_id: str = output("id of the cluster")
    cluster_state: str = output("state of the cluster when Terraform last looked, such as UNINITIALIZED or ACTIVE")
    cluster_csr: str = output("certificate signing request that the ceremony signs, in PEM; null once initialized")
    hsm_certificate: str = output("certificate of the first HSM, in PEM, for the ceremony; null once initialized")
    aws_hardware_certificate: str = output(
        "certificate by which AWS vouches for the hardware, in PEM, for the ceremony; null once initialized"
    )
    manufacturer_hardware_certificate: str = output(
        "certificate by which the manufacturer vouches for the hardware, in PEM, for the ceremony; null once "
        "initialized"
    )
    security_group_id: str = output("id of the cluster's own security group, whose members reach the HSMs too")
    hsm_ids: dict[str, str] = output("id of each HSM, by its zone, and of an additional one by its name")
    hsm_ip_addresses: dict[str, str] = output("address of each HSM in its subnet, by the same names")
    log_group_name: str = output("name of the log group that CloudHSM writes the HSMs' audit logs to")
    event_rule_arns: list[str] = output(
        "ARNs of the event rules, which the alarm topic's policy must let publish (aws:SourceArn)"
    )
