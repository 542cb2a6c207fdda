"""The database that Kong keeps its configuration in, its backups in another region, and by whom Kong knows it."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.db_instance_automated_backups_replication import DbInstanceAutomatedBackupsReplication

from groundplan.building import Database, Key, encryption_key, postgres_database, refuse_own_region, region
from groundplan.framework import Module, any_value, first_set, is_set, part_id, present, text, when
from groundplan.framework.hcl import hcl

from .inputs import KongInputs

__all__ = ["NAME", "USER", "kong_database", "trusted_authorities"]

NAME = USER = "kong"
"""Of the database, and of the one user of the instance."""
AUTHORITIES = "rds_authorities.json"
"""The roots of rds-ca-rsa2048-g1 by region: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html"""


def kong_database(scope: Module[Any, Any], given: KongInputs, key: Key) -> Database:
    """The instance, and the copies of its backups."""
    database = postgres_database(
        scope,
        "database",
        given,
        identifier=given.name,
        wanted=given.database,
        database=NAME,
        username=USER,
        key=key,
    )
    refuse_own_region(scope, "backup_copy")
    wanted = is_set(given.backup_copy)
    copy = present(given.backup_copy)
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
        source_db_instance_arn=database.arn,
        kms_key_id=copies_key.arn,
        retention_period=copy.retention_days,
        region=copy.region,
    )
    return database


def trusted_authorities(scope: Module[Any, Any], given: KongInputs) -> str:
    """The certificates that the instance's own is verified with, as PEM.

    Terraform refuses a region that the module has none of, unless the caller gives them.
    """
    shipped = any_value("jsondecode", scope.shipped_text(AUTHORITIES))
    own = text("lookup", shipped, region(scope), "")
    scope.validate(
        "trusted_authorities_pem",
        condition=f'${{var.trusted_authorities_pem != null || {hcl(own)} != ""}}',
        message=f"trusted_authorities_pem: must be set in {region(scope)}, of which the module has no authorities of "
        "RDS: https://truststore.pki.rds.amazonaws.com has them by region",
    )
    return first_set(given.trusted_authorities_pem, own)
