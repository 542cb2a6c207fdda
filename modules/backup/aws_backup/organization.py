"""The same tiers for every account of an organization, as a backup policy of AWS Organizations."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.organizations_policy import OrganizationsPolicy
from cdktf_cdktf_provider_aws.organizations_policy_attachment import OrganizationsPolicyAttachment

from groundplan.building import Role, maker, partition, tags
from groundplan.framework import Module, each, expression_of, first_set, hcl, is_set, jsonencode, part_id, present, text
from groundplan.framework.references import AnyReference, FlagReference, MapReference
from groundplan.framework.shapes import Text

from .inputs import AwsBackupInputs, OrganizationPolicy
from .tier_inputs import Tier
from .vaults import Vaults

__all__ = ["organization_policy"]

ACCOUNT = "$account"
"""What AWS Organizations replaces by the number of each account."""


def organization_policy(
    scope: Module[Any, Any], given: AwsBackupInputs, tiers: dict[str, Tier], vaults: Vaults, role: Role
) -> OrganizationsPolicy:
    """The policy and its attachments.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
    """
    wanted, policy = is_set(given.organization_policy), present(given.organization_policy)
    made = maker(wanted)(
        OrganizationsPolicy,
        scope,
        part_id("policy", "organization"),
        name=f"{given.name}-backup",
        description=f"Backups of every account by the tag {given.tag_key}",
        type="BACKUP_POLICY",
        content=_content(scope, given, policy, tiers, vaults, role),
        tags=tags(scope, given),
    )
    listed: Any = given.organization_policy
    targets = f"({expression_of(listed)} == null ? [] : {expression_of(listed)}.target_ids)"
    each(MapReference(f"{{for target in {targets} : target => target}}", Text()))(
        OrganizationsPolicyAttachment,
        scope,
        part_id("attachment", "organization"),
        policy_id=made.id,
        target_id="${each.value}",
    )
    return made


def _content(
    scope: Module[Any, Any],
    given: AwsBackupInputs,
    policy: OrganizationPolicy,
    tiers: dict[str, Tier],
    vaults: Vaults,
    role: Role,
) -> str:
    vault_name = first_set(policy.vault_name, vaults.primary.name)
    dr_vault_name = first_set(policy.dr_vault_name, vaults.dr.name)
    role_name = first_set(policy.role_name, role.name)
    dr_vault_arn = f"arn:{partition(scope)}:backup:{present(given.dr).region}:{ACCOUNT}:backup-vault:{dr_vault_name}"

    def plan(_: str, tier: Tier) -> dict[str, Any]:
        return {
            "regions": _assign(policy.regions),
            "rules": AnyReference(
                f"merge({hcl({'scheduled': _scheduled(tier, vault_name, dr_vault_arn)})}, "
                f"{_continuous(tier, vault_name)})"
            ),
            "selections": {
                "tags": {
                    "by_tier": {
                        "iam_role_arn": _assign(f"arn:{partition(scope)}:iam::{ACCOUNT}:role/{role_name}"),
                        "tag_key": _assign(given.tag_key),
                        "tag_value": _assign(tier.tag_values),
                    }
                }
            },
            "backup_plan_tags": {"service": {"tag_key": _assign("Service"), "tag_value": _assign(type(scope).name)}},
        }

    return jsonencode({"plans": each(tiers).document(plan)})


def _scheduled(tier: Tier, vault_name: str, dr_vault_arn: str) -> dict[str, Any]:
    to_dr: Any = tier.copy_to_dr
    copy = {
        "target_backup_vault_arn": _assign(dr_vault_arn),
        "lifecycle": _lifecycle("copy.delete_after_days", "copy.cold_storage_after_days"),
    }
    return {
        "schedule_expression": _assign(tier.schedule),
        **_common(tier, vault_name),
        "lifecycle": _lifecycle(expression_of(tier.delete_after_days), expression_of(tier.cold_storage_after_days)),
        "copy_actions": AnyReference(f"{{for copy in {expression_of(to_dr)}[*] : {hcl(dr_vault_arn)} => {hcl(copy)}}}"),
    }


def _continuous(tier: Tier, vault_name: str) -> str:
    """The rule of a tier's continuous backup, in a map that is empty when the tier has none."""
    continuous: Any = tier.continuous
    rule = {
        "schedule_expression": _assign(FlagReference("continuous.schedule")),
        **_common(tier, vault_name),
        "enable_continuous_backup": _assign(True),
        "lifecycle": _lifecycle("continuous.retention_days", "null"),
    }
    return f'{{for continuous in {expression_of(continuous)}[*] : "continuous" => {hcl(rule)}}}'


def _common(tier: Tier, vault_name: str) -> dict[str, Any]:
    return {
        "schedule_expression_timezone": _assign(tier.timezone),
        "start_backup_window_minutes": _assign(text("tostring", tier.start_window_minutes)),
        "complete_backup_window_minutes": _assign(text("tostring", tier.completion_window_minutes)),
        "target_backup_vault_name": _assign(vault_name),
    }


def _lifecycle(delete: str, cold: str) -> Any:
    """A lifecycle, without the cold storage that there may not be. Numbers are texts in this syntax."""
    days = f"{{delete_after_days = {delete}, move_to_cold_storage_after_days = {cold}}}"
    return AnyReference(f'{{for name, days in {days} : name => {{"@@assign" = tostring(days)}} if days != null}}')


def _assign(value: Any) -> dict[str, Any]:
    return {"@@assign": value}
