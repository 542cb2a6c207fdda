"""The database that Kong keeps its configuration in: RDS for PostgreSQL, and what surrounds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.db_instance_automated_backups_replication import DbInstanceAutomatedBackupsReplication
from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.secretsmanager_secret_rotation import (
    SecretsmanagerSecretRotation,
    SecretsmanagerSecretRotationRotationRules,
)
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule

from groundplan.building import (
    Key,
    account_id,
    encryption_key,
    log_group,
    partition,
    region,
    service_role,
    tags,
)
from groundplan.framework import (
    Module,
    any_value,
    dependable,
    each_name,
    first_set,
    is_set,
    negated,
    part_id,
    present,
    text,
    when,
)
from groundplan.framework.hcl import expression_of, hcl
from groundplan.framework.references import TextReference

from .inputs import KongInputs

__all__ = ["AUTHORITIES", "LOGS", "NAME", "PORT", "USER", "Postgres", "postgres", "trusted_authorities"]

NAME = USER = "kong"
"""Of the database, and of the one user of the instance."""
PORT = 5432
AUTHORITY = "rds-ca-rsa2048-g1"
AUTHORITIES = "rds_authorities.json"
"""Roots of that authority, by region. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html"""
LOGS = ("postgresql", "upgrade")
PARAMETERS = {
    "rds.force_ssl": "1",
    "ssl_min_protocol_version": "TLSv1.2",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_min_duration_statement": "1000",
}
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html"""


@dataclass(frozen=True)
class Postgres:
    """The instance: its name, its ARN, where it listens, and the secret with its password."""

    identifier: str
    arn: str
    address: str
    secret_arn: str
    security_group_id: str
    instance: Any


def postgres(scope: Module[Any, Any], given: KongInputs, key: Key) -> Postgres:
    """The instance in its subnets, reached by the clients' security groups alone, with logs, insights and backups."""
    wanted = given.database
    group = SecurityGroup(
        scope,
        part_id("group", "database"),
        name=f"{given.name}-database",
        description=f"The database of the API gateway {given.name}",
        vpc_id=given.vpc_id,
        tags=tags(scope, given),
    )
    clients = each_name(given.client_security_group_ids)
    clients(
        VpcSecurityGroupIngressRule,
        scope,
        part_id("from", "client"),
        security_group_id=group.id,
        description="PostgreSQL from the nodes or the pods of Kong",
        referenced_security_group_id=clients.key,
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        tags=tags(scope, given),
    )
    subnets = DbSubnetGroup(
        scope,
        part_id("subnets", "database"),
        name=given.name,
        description=f"Private subnets of the database of {given.name}",
        subnet_ids=given.subnet_ids,
        tags=tags(scope, given),
    )
    parameters = DbParameterGroup(
        scope,
        part_id("parameters", "database"),
        name=f"{given.name}-postgres{wanted.postgres_version}",
        family=f"postgres{wanted.postgres_version}",
        description=f"TLS only, and connections logged: {given.name}",
        parameter=[
            DbParameterGroupParameter(name=name, value=value, apply_method="pending-reboot")
            for name, value in PARAMETERS.items()
        ],
        tags=tags(scope, given),
        # another major version has another family: the instance goes over before the old one goes
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )
    logs = [log_group(scope, name, given, name=f"/aws/rds/instance/{given.name}/{name}", key=key) for name in LOGS]
    watcher = service_role(
        scope,
        "monitoring",
        given,
        name=f"{given.name}-monitoring",
        service="monitoring.rds.amazonaws.com",
        managed_policies={"monitoring": "service-role/AmazonRDSEnhancedMonitoringRole"},
    )
    instance = DbInstance(
        scope,
        part_id("instance", "database"),
        identifier=given.name,
        engine="postgres",
        engine_version=wanted.postgres_version,
        allow_major_version_upgrade=True,
        auto_minor_version_upgrade=True,
        instance_class=wanted.instance_class,
        storage_type="gp3",
        allocated_storage=wanted.storage_gib,
        max_allocated_storage=wanted.storage_limit_gib,
        storage_encrypted=True,
        kms_key_id=key.arn,
        db_name=NAME,
        port=PORT,
        username=USER,
        manage_master_user_password=True,
        master_user_secret_kms_key_id=key.arn,
        iam_database_authentication_enabled=wanted.iam_authentication,
        ca_cert_identifier=AUTHORITY,
        parameter_group_name=parameters.name,
        db_subnet_group_name=subnets.name,
        vpc_security_group_ids=[group.id],
        publicly_accessible=False,
        multi_az=wanted.multi_az,
        backup_retention_period=wanted.backup_retention_days,
        backup_window=wanted.backup_window,
        maintenance_window=wanted.maintenance_window,
        copy_tags_to_snapshot=True,
        delete_automated_backups=False,
        deletion_protection=wanted.deletion_protection,
        skip_final_snapshot=negated(wanted.final_snapshot),
        final_snapshot_identifier=f"{given.name}-final",
        performance_insights_enabled=True,
        performance_insights_kms_key_id=key.arn,
        performance_insights_retention_period=wanted.performance_insights_days,
        monitoring_interval=60,
        monitoring_role_arn=watcher.arn,
        enabled_cloudwatch_logs_exports=list(LOGS),
        # the objects in the cluster say what is in it: what a restore saves is the time to write it again
        tags=tags(scope, given, {"BackupTier": "standard"}),
        # RDS would make them without a key, and keep them for ever
        depends_on=[dependable(log) for log in logs],
    )
    arn = f"arn:{partition(scope)}:rds:{region(scope)}:{account_id(scope)}:db:{instance.identifier}"
    secret_arn = TextReference("aws_db_instance.database.master_user_secret[0].secret_arn")
    SecretsmanagerSecretRotation(
        scope,
        part_id("rotation", "database"),
        secret_id=secret_arn,
        # the secret is RDS's: it rotates without a function. Not at once: the first password is new.
        rotate_immediately=False,
        rotation_rules=SecretsmanagerSecretRotationRotationRules(
            automatically_after_days=wanted.password_rotation_days
        ),
    )
    _copies(scope, given, instance)
    return Postgres(given.name, arn, instance.address, secret_arn, group.id, instance)


def trusted_authorities(scope: Module[Any, Any], given: KongInputs) -> str:
    """The certificates that the instance's own is verified with, as PEM.

    Terraform refuses a region that the module has none of, unless the caller gives them.
    """
    shipped = any_value("jsondecode", scope.shipped_text(AUTHORITIES))
    own = text("lookup", shipped, region(scope), "")
    scope.validate(
        "database",
        condition=f'${{var.database.trusted_authorities_pem != null || {hcl(own)} != ""}}',
        message=f"database.trusted_authorities_pem: must be set in {region(scope)}, of which the module has no "
        "authorities of RDS: https://truststore.pki.rds.amazonaws.com has them by region",
    )
    return first_set(given.database.trusted_authorities_pem, own)


def _copies(scope: Module[Any, Any], given: KongInputs, instance: Any) -> None:
    here = region(scope)
    scope.validate(
        "database",
        condition="${var.database.backup_copy == null ? true : var.database.backup_copy.region != "
        f"{expression_of(here)}}}",
        message=f"database.backup_copy.region: must be another region than the module's own, got {here} for both",
    )
    wanted = is_set(given.database.backup_copy)
    copy = present(given.database.backup_copy)
    copies_key = encryption_key(
        scope,
        "copies",
        given,
        existing=copy.kms_key,
        name=f"{given.name}-copies",
        purpose=f"copies of the backups of the database of {given.name}",
        region=copy.region,
        only_when=wanted,
    )
    when(wanted)(
        DbInstanceAutomatedBackupsReplication,
        scope,
        part_id("backups", "copies"),
        source_db_instance_arn=instance.arn,
        kms_key_id=copies_key.arn,
        retention_period=copy.retention_days,
        region=copy.region,
    )
