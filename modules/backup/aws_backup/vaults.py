"""Where recovery points lie: the vault, the one in the DR region, the air-gapped one; keys, policies, locks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.backup_logically_air_gapped_vault import BackupLogicallyAirGappedVault
from cdktf_cdktf_provider_aws.backup_vault import BackupVault
from cdktf_cdktf_provider_aws.backup_vault_lock_configuration import BackupVaultLockConfiguration
from cdktf_cdktf_provider_aws.backup_vault_policy import BackupVaultPolicy

from groundplan.building import (
    Key,
    account_id,
    encryption_key,
    maker,
    partition,
    refuse_own_region,
    service_name,
    service_names,
    tags,
)
from groundplan.framework import (
    Module,
    choose,
    concat,
    expression_of,
    fitted,
    hcl,
    is_set,
    jsonencode,
    negated,
    not_empty,
    part_id,
    present,
)
from groundplan.framework.references import ListReference
from groundplan.iam import Statement, document

from . import access
from .inputs import AwsBackupInputs

__all__ = ["VAULT_NAME_CHARACTERS", "Vault", "Vaults", "vaults"]

VAULT_NAME_CHARACTERS = 50
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html"""


@dataclass(frozen=True)
class Vault:
    """A vault: its name, and the resource, whose attributes are null when there is no such vault."""

    name: str
    made: Any


@dataclass(frozen=True)
class Vaults:
    """The primary vault with its key, the DR vault and the air-gapped one."""

    primary: Vault
    key: Key
    dr: Vault
    air_gapped: Vault


def vaults(scope: Module[Any, Any], given: AwsBackupInputs) -> Vaults:
    """The vaults. What is locked is locked for as long as its lock says: Terraform cannot delete it sooner either."""
    account = account_id(scope)
    key = encryption_key(
        scope,
        "vault",
        given,
        existing=given.kms_key,
        name=f"{given.name}-vault",
        purpose=f"recovery points and backup reports of {given.name}",
        statements=[
            *access.key_policy(account, service_names(scope, *access.BACKED_UP_THROUGH)),
            *access.report_key_policy(account, service_name(scope, "s3"), partition(scope)),
        ],
    )
    dr = present(given.dr)
    dr_key = encryption_key(
        scope,
        "dr",
        given,
        existing=dr.kms_key,
        name=f"{given.name}-dr",
        purpose=f"copies of the recovery points of {given.name}",
        statements=access.key_policy(account, service_names(scope, *access.BACKED_UP_THROUGH, where=dr.region)),
        region=dr.region,
        only_when=is_set(given.dr),
    )
    copies = _vault(scope, "dr", given, key=dr_key, region=dr.region, only_when=is_set(given.dr))
    refuse_own_region(scope, "dr")
    return Vaults(
        primary=_vault(scope, "primary", given, key=key),
        key=key,
        dr=copies,
        air_gapped=_air_gapped(scope, given),
    )


def _vault(
    scope: Module[Any, Any],
    id: str,
    given: AwsBackupInputs,
    *,
    key: Key,
    region: str | None = None,
    only_when: Any = None,
) -> Vault:
    part = maker(only_when)
    name = fitted(f"{given.name}-{id}", VAULT_NAME_CHARACTERS)
    vault = part(
        BackupVault,
        scope,
        part_id("vault", id),
        name=name,
        kms_key_arn=key.arn,
        force_destroy=False,
        region=region,
        tags=tags(scope, given),
    )
    part(
        BackupVaultPolicy,
        scope,
        part_id("policy", id),
        backup_vault_name=vault.name,
        policy=_policy(given),
        region=region,
    )
    compliance = present(given.compliance_lock)
    part(
        BackupVaultLockConfiguration,
        scope,
        part_id("lock", id),
        backup_vault_name=vault.name,
        min_retention_days=given.vault_min_retention_days,
        max_retention_days=given.vault_max_retention_days,
        # a lock with days is a compliance lock; one without is a governance lock
        changeable_for_days=choose(is_set(given.compliance_lock), compliance.changeable_for_days, None),
        region=region,
    )
    return Vault(name, vault)


def _air_gapped(scope: Module[Any, Any], given: AwsBackupInputs) -> Vault:
    wanted, vault = is_set(given.air_gapped), present(given.air_gapped)
    key = encryption_key(
        scope,
        "air_gapped",
        given,
        existing=vault.kms_key,
        name=f"{given.name}-air-gapped",
        purpose=f"air-gapped copies of the recovery points of {given.name}",
        statements=access.key_policy(account_id(scope), service_names(scope, *access.BACKED_UP_THROUGH)),
        only_when=wanted,
    )
    name = fitted(f"{given.name}-air-gapped", VAULT_NAME_CHARACTERS)
    made = maker(wanted)(
        BackupLogicallyAirGappedVault,
        scope,
        part_id("vault", "air_gapped"),
        name=name,
        min_retention_days=vault.min_retention_days,
        max_retention_days=vault.max_retention_days,
        encryption_key_arn=key.arn,
        tags=tags(scope, given),
    )
    return Vault(name, made)


def _policy(given: AwsBackupInputs) -> str:
    administrators, outsiders = given.vault_administrator_role_arns, given.organization_id
    return jsonencode(
        {
            **document(),
            "Statement": concat(
                _only_when(not_empty(administrators), access.manual_deletion(administrators)),
                _only_when(negated(not_empty(administrators)), access.manual_deletion(None)),
                _only_when(is_set(outsiders), access.refused_copies(present(outsiders))),
                _only_when(given.accept_copies_from_organization, access.accepted_copies(present(outsiders))),
            ),
        }
    )


def _only_when(condition: Any, statements: Sequence[Statement]) -> list[Any]:
    """The statements of a policy that are there, and their texts looked at, only when a flag is true."""
    listed = hcl(document(*statements)["Statement"])
    return ListReference(f"flatten([for _ in ({expression_of(condition)} ? [true] : []) : {listed}])")
