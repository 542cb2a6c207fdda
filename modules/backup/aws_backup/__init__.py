"""AWS Backup: vaults, plans by tier, restore tests, audit, and central management."""

from .inputs import (
    AirGappedVault,
    Audit,
    AwsBackupInputs,
    AwsBackupOutputs,
    ComplianceLock,
    DisasterRecovery,
    OrganizationPolicy,
    RegionSettings,
    Reports,
    RestoreTest,
    RestoreTesting,
    VaultNotifications,
)
from .module import AwsBackup
from .tier_inputs import ContinuousBackup, Copy, Tier

__all__ = [
    "AirGappedVault",
    "Audit",
    "AwsBackup",
    "AwsBackupInputs",
    "AwsBackupOutputs",
    "ComplianceLock",
    "ContinuousBackup",
    "Copy",
    "DisasterRecovery",
    "OrganizationPolicy",
    "RegionSettings",
    "Reports",
    "RestoreTest",
    "RestoreTesting",
    "Tier",
    "VaultNotifications",
]
