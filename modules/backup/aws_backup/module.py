"""What is made: vaults, plans by tier, restore tests, proof for auditors, alarms."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.backup_region_settings import BackupRegionSettings

from groundplan.building import maker
from groundplan.framework import Module, expression_of, is_set, part_id, present, unrepeated
from groundplan.framework.references import ListReference

from .alarms import alarms, notifications
from .audit import proof
from .inputs import AwsBackupInputs, AwsBackupOutputs
from .organization import organization_policy
from .plans import backup_role, plans, tiers_of
from .restores import restore_tests
from .vaults import vaults

__all__ = ["AwsBackup"]


class AwsBackup(Module[AwsBackupInputs, AwsBackupOutputs]):
    """Backs up what carries a tier's tag, keeps it where nobody deletes it by hand, and proves that it restores."""

    def build(self, given: AwsBackupInputs) -> AwsBackupOutputs:
        """Makes the module's resources."""
        tiers = tiers_of(self, given)
        places = vaults(self, given)
        role = backup_role(self, given)
        made = plans(self, given, tiers, places, role)
        restore_tests(self, given, places, role)
        evidence = proof(self, given, tiers, places)
        policy = organization_policy(self, given, tiers, places, role)
        _region_settings(self, given)
        event_rule_arns = alarms(self, given, places)
        return AwsBackupOutputs(
            vault_name=places.primary.made.name,
            vault_arn=places.primary.made.arn,
            dr_vault_name=places.dr.made.name,
            dr_vault_arn=places.dr.made.arn,
            air_gapped_vault_name=places.air_gapped.made.name,
            air_gapped_vault_arn=places.air_gapped.made.arn,
            plan_ids=made.scheduled.all("id"),
            continuous_plan_ids=made.continuous.all("id"),
            role_arn=role.arn,
            kms_key_arn=places.key.arn,
            tag_key=given.tag_key,
            tag_values=_tag_values(tiers),
            report_bucket_name=evidence.bucket.name,
            framework_arn=evidence.framework.arn,
            organization_policy_id=policy.id,
            event_rule_arns=event_rule_arns,
            notification_statement=notifications(self, given, places),
        )


def _region_settings(scope: Module[Any, Any], given: AwsBackupInputs) -> None:
    settings: Any = present(given.region_settings)
    maker(is_set(given.region_settings))(
        BackupRegionSettings,
        scope,
        part_id("region", "settings"),
        resource_type_opt_in_preference=settings.opt_in,
        resource_type_management_preference=settings.full_management,
    )


def _tag_values(tiers: Any) -> list[str]:
    return unrepeated(ListReference(f"flatten(values({expression_of(tiers)})[*].tag_values)"))
