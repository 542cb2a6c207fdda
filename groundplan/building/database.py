"""Private PostgreSQL databases on RDS, for services that keep their state in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.secretsmanager_secret_rotation import (
    SecretsmanagerSecretRotation,
    SecretsmanagerSecretRotationRotationRules,
)
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule

from groundplan.framework.constraints import Pattern
from groundplan.framework.expressions import calculated, choose, text
from groundplan.framework.hcl import expression_of
from groundplan.framework.inputs import Inputs, field
from groundplan.framework.module import Module, part_id
from groundplan.framework.references import TextReference
from groundplan.framework.repetition import dependable, each
from groundplan.framework.rules import Rule
from groundplan.framework.terms import Term, computed
from groundplan.framework.types import SecurityGroupId, SubnetId, VpcId
from groundplan.iam import Statement

from .account import tags
from .alarms import event_alarm, metric_alarm
from .encryption import Key
from .logs import log_group, logs_use
from .parts import Part, maker

__all__ = ["Database", "PostgresInstance", "postgres_database", "postgres_key_use"]

PORT = 5432
AUTHORITY = "rds-ca-rsa2048-g1"
"""Who signs the instance's certificate: said, so that clients which verify it know whom to trust.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
"""
LOGS = ("postgresql", "upgrade")
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.overview.parameter-groups.html"""

InstanceClass = Annotated[
    str,
    Pattern("db\\.[a-z0-9-]+\\.(micro|small|medium|large|[0-9]*xlarge)", "a class of RDS, such as db.t4g.medium"),
]


def _a_tenth_more(size: Term) -> Term:
    return Term(lambda: f"ceil({size.__expression__} * 1.1)", lambda: -(-computed(size) * 11 // 10))


_PARAMETERS = {
    "log_connections": "1",
    "log_disconnections": "1",
    "log_min_duration_statement": "5000",
    "log_statement": "ddl",
    "rds.force_ssl": "1",
}
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html#PostgreSQL.Concepts.General.SSL.Requiring"""


class PostgresInstance(Inputs):
    """An RDS instance of PostgreSQL that the module makes, and that nobody else uses."""

    vpc_id: VpcId = field("VPC of the instance")
    subnet_ids: list[SubnetId] = field(
        "subnets without a way to the internet, in two availability zones or more", min_length=2
    )
    client_security_groups: dict[str, SecurityGroupId] = field(
        "security groups that may connect, by a name of yours: those of the cluster's nodes or pods", min_length=1
    )
    instance_class: InstanceClass = field("class of the instance, which decides its memory", default="db.t4g.medium")
    # https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
    major_version: Literal[15, 16, 17] = field(
        "major version of PostgreSQL; minor ones come by themselves. A higher one is taken in the next maintenance "
        "window, and there is no way back but a snapshot",
        default=17,
    )
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
    allocated_storage_gib: int = field("gp3 storage at first, in GiB", default=20, ge=20, le=65536)
    max_allocated_storage_gib: int = field(
        "how far RDS may let the storage grow by itself, in GiB", default=100, ge=22, le=65536
    )
    multi_az: bool = field("whether a standby in another zone takes over when the first is lost", default=True)
    deletion_protection: bool = field("whether RDS refuses to delete the instance", default=True)
    backup_retention_days: int = field(
        "how long automated backups are kept, in days, to go back to any second of them", default=14, ge=7, le=35
    )
    backup_hour_utc: int = field("hour in which RDS backs up, in UTC", default=3, ge=0, le=23)
    maintenance_day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = field(
        "day of the week on which RDS may maintain the instance", default="sun"
    )
    maintenance_hour_utc: int = field("hour in which RDS may maintain the instance, in UTC", default=5, ge=0, le=23)
    iam_authentication: bool = field(
        "whether users of the database that were granted rds_iam may log in by a token of IAM", default=False
    )
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
    password_rotation_days: int = field(
        "how often RDS makes a new master password, in days; the old one is refused from then on",
        default=90,
        ge=1,
        le=1000,
    )
    cpu_alarm_percent: int = field("CPU in use, in percent for 15 minutes, that raises the alarm", default=80, ge=1)
    free_storage_alarm_gib: int = field("free storage, in GiB, below which the alarm is raised", default=4, ge=1)
    free_memory_alarm_mib: int = field(
        "free memory, in MiB for 15 minutes, below which it is raised", default=256, ge=1
    )
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
    connections_alarm: int = field(
        "connections, at most LEAST(memory in bytes / 9531392, 5000) of them, that raise the alarm", default=300, ge=1
    )

    rules = (
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
        Rule(
            "max_allocated_storage_gib",
            lambda v: v.max_allocated_storage_gib >= _a_tenth_more(v.allocated_storage_gib),
            "must be larger than allocated_storage_gib by a tenth or more: RDS lets storage grow in no smaller steps",
            shows=("max_allocated_storage_gib", "allocated_storage_gib"),
        ),
        Rule(
            "free_storage_alarm_gib",
            lambda v: v.free_storage_alarm_gib < v.allocated_storage_gib,
            "must be less than allocated_storage_gib, or the alarm is never off",
            shows=("free_storage_alarm_gib", "allocated_storage_gib"),
        ),
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
        Rule(
            "maintenance_hour_utc",
            lambda v: v.maintenance_hour_utc != v.backup_hour_utc,
            "must be another hour than backup_hour_utc: RDS does one after the other",
            shows=("maintenance_hour_utc", "backup_hour_utc"),
        ),
    )


class _Watched(NamedTuple):
    """A metric of the instance, when it is too much or too little, and what whoever is told should know."""

    metric: str
    comparison: Literal["GreaterThanOrEqualToThreshold", "LessThanThreshold"]
    threshold: float
    description: str


@dataclass(frozen=True)
class Database:
    """A database that the module made; every attribute is null when it is not there.

    `address` is its host. `secret_arn` is the secret that RDS keeps the master user in, with the keys `username` and
    `password` in its JSON. `resource` is for whoever must come after it.
    """

    identifier: str
    arn: str
    address: str
    port: int
    name: str
    secret_arn: str
    security_group_id: str
    resource: Any


def postgres_key_use(scope: Module[Any, Any], identifier: str) -> Statement:
    """A statement of the database's key: CloudWatch Logs encrypts with it what the instance logs.

    RDS itself uses the key by grants of whoever makes the instance.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
    """
    return logs_use(scope, f"/aws/rds/instance/{identifier}/")


def postgres_database(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    identifier: str,
    wanted: PostgresInstance,
    database: str,
    username: str,
    key: Key,
    backup_tier: Literal["critical", "standard", "archive", "none"] = "standard",
    only_when: Any = None,
) -> Database:
    """An instance for one service: private, encrypted, TLS or nothing, with a master password that only RDS knows.

    `wanted` is a `PostgresInstance` input, an optional one together with `only_when` (`is_set(given.database)`).
    `identifier` names the instance, at most 63 characters; `database` is made in it, and `username` is its master.
    `key` encrypts the storage, the master's secret, the insights and the logs: the policy of an own key needs
    `postgres_key_use`. `backup_tier` is the tag by which plans of AWS Backup find it, besides RDS's own backups.

    Nobody sets the master password: RDS makes it, keeps it in Secrets Manager and rotates it, at once in both places.
    Who reads it as a pod starts has to start again then, or has a user of its own.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html

    `given` are the module's inputs.
    """
    part: Part = maker(only_when)
    kept = tags(scope, given, {"BackupTier": backup_tier})
    subnets = part(
        DbSubnetGroup,
        scope,
        part_id("subnets", id),
        name=identifier,
        description=f"{identifier}: where its database is",
        subnet_ids=wanted.subnet_ids,
        tags=tags(scope, given),
    )
    group = part(
        SecurityGroup,
        scope,
        part_id("group", id),
        name=f"{identifier}-database",
        description=f"{identifier}: who may connect to its database; it connects to nobody",
        vpc_id=wanted.vpc_id,
        tags=tags(scope, given),
    )
    allowed = wanted.client_security_groups
    clients = each(allowed if only_when is None else choose(only_when, allowed, {}))
    clients(
        VpcSecurityGroupIngressRule,
        scope,
        part_id("clients", id),
        security_group_id=group.id,
        description=f"PostgreSQL of {identifier}",
        referenced_security_group_id=clients.value,
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        tags=tags(scope, given),
    )
    settings = part(
        DbParameterGroup,
        scope,
        part_id("parameters", id),
        name=f"{identifier}-postgres{wanted.major_version}",
        family=f"postgres{wanted.major_version}",
        description=f"{identifier}: TLS or nothing, and what is worth logging",
        parameter=[DbParameterGroupParameter(name=name, value=value) for name, value in sorted(_PARAMETERS.items())],
        tags=tags(scope, given),
        # the instance has the new one before the old one goes
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )
    logs = [
        log_group(
            scope,
            f"{id}_{name}",
            given,
            name=f"/aws/rds/instance/{identifier}/{name}",
            key=key,
            only_when=only_when,
        )
        for name in LOGS
    ]
    hours = {"backup": wanted.backup_hour_utc, "maintenance": wanted.maintenance_hour_utc}
    windows = {name: text("format", "%02d:00-%02d:45", hour, hour) for name, hour in hours.items()}
    day = wanted.maintenance_day
    instance = part(
        DbInstance,
        scope,
        part_id("database", id),
        identifier=identifier,
        engine="postgres",
        engine_version=f"{wanted.major_version}",
        auto_minor_version_upgrade=True,
        # a change of the input is the decision; RDS asks for this beside it
        allow_major_version_upgrade=True,
        instance_class=wanted.instance_class,
        storage_type="gp3",
        allocated_storage=wanted.allocated_storage_gib,
        max_allocated_storage=wanted.max_allocated_storage_gib,
        storage_encrypted=True,
        kms_key_id=key.arn,
        db_name=database,
        username=username,
        manage_master_user_password=True,
        master_user_secret_kms_key_id=key.arn,
        iam_database_authentication_enabled=wanted.iam_authentication,
        ca_cert_identifier=AUTHORITY,
        port=PORT,
        multi_az=wanted.multi_az,
        publicly_accessible=False,
        db_subnet_group_name=subnets.name,
        vpc_security_group_ids=[group.id],
        parameter_group_name=settings.name,
        backup_retention_period=wanted.backup_retention_days,
        backup_window=windows["backup"],
        maintenance_window=text(
            "format", "%s:%02d:00-%s:%02d:45", day, hours["maintenance"], day, hours["maintenance"]
        ),
        copy_tags_to_snapshot=True,
        delete_automated_backups=False,
        deletion_protection=wanted.deletion_protection,
        skip_final_snapshot=False,
        final_snapshot_identifier=f"{identifier}-final",
        enabled_cloudwatch_logs_exports=list(LOGS),
        performance_insights_enabled=True,
        performance_insights_kms_key_id=key.arn,
        performance_insights_retention_period=7,
        tags=kept,
        # RDS would make them itself, without a key and kept for ever
        depends_on=[dependable(group) for group in logs],
    )
    secret_arn = TextReference(f"one({expression_of(instance.master_user_secret)}[*].secret_arn)")
    part(
        SecretsmanagerSecretRotation,
        scope,
        part_id("rotation", id),
        secret_id=secret_arn,
        rotate_immediately=False,
        rotation_rules=SecretsmanagerSecretRotationRotationRules(
            automatically_after_days=wanted.password_rotation_days
        ),
    )
    _alarms(scope, id, given, identifier=identifier, instance=instance, wanted=wanted, only_when=only_when)
    return Database(
        identifier=instance.identifier,
        arn=instance.arn,
        address=instance.address,
        port=PORT,
        name=database,
        secret_arn=secret_arn,
        security_group_id=group.id,
        resource=instance,
    )


def _alarms(
    scope: Module[Any, Any], id: str, given: Any, *, identifier: str, instance: Any, wanted: Any, only_when: Any
) -> None:
    """Tells before the database stops taking writes or connections, and when RDS says that something failed.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
    """
    watched = {
        "cpu": _Watched(
            "CPUUtilization",
            "GreaterThanOrEqualToThreshold",
            wanted.cpu_alarm_percent,
            "has used too much of its CPU for 15 minutes, or says nothing any more.",
        ),
        "storage": _Watched(
            "FreeStorageSpace",
            "LessThanThreshold",
            calculated("{gib} * 1073741824", gib=wanted.free_storage_alarm_gib),
            "is about to be full, and then takes no writes.",
        ),
        "memory": _Watched(
            "FreeableMemory",
            "LessThanThreshold",
            calculated("{mib} * 1048576", mib=wanted.free_memory_alarm_mib),
            "is short of memory.",
        ),
        "connections": _Watched(
            "DatabaseConnections",
            "GreaterThanOrEqualToThreshold",
            wanted.connections_alarm,
            "has many connections, and refuses more than its memory allows.",
        ),
    }
    for name, alarm in watched.items():
        metric_alarm(
            scope,
            f"{id}_{name}",
            given,
            name=f"{identifier}-database-{name}",
            description=f"The database {identifier} {alarm.description}",
            namespace="AWS/RDS",
            metric=alarm.metric,
            # by the instance's own attribute: before it is there it is not missed
            dimensions={"DBInstanceIdentifier": instance.identifier},
            statistic="Average",
            periods=3,
            comparison=alarm.comparison,
            threshold=alarm.threshold,
            # silence is told once, not by every alarm
            missing_data="breaching" if name == "cpu" else "notBreaching",
            only_when=only_when,
        )
    event_alarm(
        scope,
        f"{id}_events",
        given,
        name=f"{identifier}-database-events",
        description=(
            f"RDS tells of a failure, a failover or low storage of {identifier}: its message says what happened."
        ),
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
        pattern={
            "source": ["aws.rds"],
            "detail-type": ["RDS DB Instance Event"],
            "detail": {
                "SourceIdentifier": [identifier],
                "EventCategories": ["failover", "failure", "low storage"],
            },
        },
        only_when=only_when,
    )
