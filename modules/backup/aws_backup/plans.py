"""What is backed up when: a plan for each tier, one more for its continuous backup, and what they select."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cdktf import TerraformLocal
from cdktf_cdktf_provider_aws.backup_plan import (
    BackupPlan,
    BackupPlanRule,
    BackupPlanRuleCopyAction,
    BackupPlanRuleCopyActionLifecycle,
    BackupPlanRuleLifecycle,
)
from cdktf_cdktf_provider_aws.backup_selection import (
    BackupSelection,
    BackupSelectionCondition,
    BackupSelectionConditionStringEquals,
)
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment

from groundplan.building import Role, maker, partition, service_role, tags
from groundplan.framework import (
    Inputs,
    Module,
    choose,
    each,
    each_pair,
    expression_of,
    field,
    fitted,
    hcl,
    is_set,
    part_id,
    present,
)
from groundplan.framework.references import FlagReference, ListReference, MapReference
from groundplan.framework.repetition import Repeated
from groundplan.framework.shapes import ObjectOf

from . import access
from .inputs import AwsBackupInputs
from .tier_inputs import CONTINUOUS_TYPES, RESOURCE_TYPES, Tier
from .vaults import Vaults

__all__ = ["Plans", "backup_role", "plans", "tiers_of"]

PLAN_NAME_CHARACTERS = 50
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupPlan.html"""


@dataclass(frozen=True)
class Plans:
    """The plans by tier, and those of the continuous backups."""

    scheduled: Repeated[BackupPlan]
    continuous: Repeated[BackupPlan]


def tiers_of(scope: Module[Any, Any], given: AwsBackupInputs) -> dict[str, Tier]:
    """The tiers, each with the tag values that select it: a tier without any is selected by its name."""
    tiers: Any = given.tiers
    named = (
        f"{{for name, tier in {expression_of(tiers)} : name => "
        "merge(tier, {tag_values = length(tier.tag_values) > 0 ? tier.tag_values : [name]})}"
    )
    TerraformLocal(scope, "tiers", f"${{{named}}}")
    return MapReference("local.tiers", tiers.item)


def backup_role(scope: Module[Any, Any], given: AwsBackupInputs) -> Role:
    """The role that AWS Backup takes: its two managed policies, and those for S3 when a tier backs up S3."""
    role = service_role(
        scope,
        "service",
        given,
        name=f"{given.name}-service",
        service="backup.amazonaws.com",
        managed_policies=access.SERVICE_ROLE_MANAGED_POLICIES,
    )
    tiers: Any = given.tiers
    with_s3 = FlagReference(
        f'anytrue([for tier in values({expression_of(tiers)}) : contains(tier.resource_types, "S3")])'
    )
    for short, path in access.S3_MANAGED_POLICIES.items():
        maker(with_s3)(
            IamRolePolicyAttachment,
            scope,
            part_id("attachment", f"service_{short}"),
            role=role.name,
            policy_arn=f"arn:{partition(scope)}:iam::aws:policy/{path}",
        )
    return role


def plans(scope: Module[Any, Any], given: AwsBackupInputs, tiers: dict[str, Tier], vaults: Vaults, role: Role) -> Plans:
    """The plans and their selections."""
    return Plans(_scheduled(scope, given, tiers, vaults, role), _continuous(scope, given, tiers, vaults, role))


class _Target(Inputs):
    """Where copies of a tier's recovery points go, and how long they stay there."""

    vault_arn: str = field("ARN of the vault")
    delete_after_days: int = field("how long a copy is kept, in days")
    cold_storage_after_days: int | None = field("age at which a copy moves to cold storage, in days", default=None)


def _scheduled(
    scope: Module[Any, Any], given: AwsBackupInputs, tiers: dict[str, Tier], vaults: Vaults, role: Role
) -> Repeated[BackupPlan]:
    every_tier = each(tiers)
    tier = every_tier.value
    made = every_tier(
        BackupPlan,
        scope,
        part_id("plan", "tier"),
        name=fitted(f"{given.name}-{every_tier.key}", PLAN_NAME_CHARACTERS),
        rule=[
            BackupPlanRule(
                rule_name=every_tier.key,
                target_vault_name=vaults.primary.made.name,
                schedule=tier.schedule,
                schedule_expression_timezone=tier.timezone,
                start_window=tier.start_window_minutes,
                completion_window=tier.completion_window_minutes,
                lifecycle=BackupPlanRuleLifecycle(
                    delete_after=tier.delete_after_days,
                    cold_storage_after=tier.cold_storage_after_days,
                    opt_in_to_archive_for_supported_resources=choose(tier.archive_ebs_snapshots, True, None),
                ),
                recovery_point_tags=tags(scope, given),
            )
        ],
        tags=tags(scope, given),
    ).having("rule.0.copy_action", _targets(tier, vaults), lambda target: _copy(target.value))
    _selections(scope, "tier", given, tiers, made, role, types=tuple(RESOURCE_TYPES))
    return made


def _continuous(
    scope: Module[Any, Any], given: AwsBackupInputs, tiers: dict[str, Tier], vaults: Vaults, role: Role
) -> Repeated[BackupPlan]:
    # a plan of its own: in the tier's plan every other service would get a further snapshot from this rule
    some_tiers = each(tiers).where(lambda tier: is_set(tier.continuous))
    tier, continuous = some_tiers.value, present(some_tiers.value.continuous)
    made = some_tiers(
        BackupPlan,
        scope,
        part_id("plan", "continuous"),
        name=fitted(f"{given.name}-{some_tiers.key}-continuous", PLAN_NAME_CHARACTERS),
        rule=[
            BackupPlanRule(
                rule_name=f"{some_tiers.key}-continuous",
                target_vault_name=vaults.primary.made.name,
                schedule=continuous.schedule,
                schedule_expression_timezone=tier.timezone,
                start_window=tier.start_window_minutes,
                completion_window=tier.completion_window_minutes,
                enable_continuous_backup=True,
                lifecycle=BackupPlanRuleLifecycle(delete_after=continuous.retention_days),
                recovery_point_tags=tags(scope, given),
            )
        ],
        tags=tags(scope, given),
    )
    _selections(scope, "continuous", given, some_tiers.entries(), made, role, types=CONTINUOUS_TYPES)
    return made


def _targets(tier: Tier, vaults: Vaults) -> Any:
    """The copies of a tier by their vault: decided by what the tier asks for, since ARNs are not known in a plan."""
    to_dr: Any = tier.copy_to_dr
    air_gapped_days: Any = tier.air_gapped_retention_days
    dr = hcl(
        {
            "vault_arn": vaults.dr.made.arn,
            "delete_after_days": FlagReference("copy.delete_after_days"),
            "cold_storage_after_days": FlagReference("copy.cold_storage_after_days"),
        }
    )
    air_gapped = hcl(
        {
            "vault_arn": vaults.air_gapped.made.arn,
            "delete_after_days": FlagReference("days"),
            "cold_storage_after_days": None,
        }
    )
    return MapReference(
        f'merge({{for copy in {expression_of(to_dr)}[*] : "dr" => {dr}}}, '
        f'{{for days in {expression_of(air_gapped_days)}[*] : "air_gapped" => {air_gapped}}})',
        ObjectOf(declaration=_Target),
    )


def _copy(target: _Target) -> BackupPlanRuleCopyAction:
    return BackupPlanRuleCopyAction(
        destination_vault_arn=target.vault_arn,
        lifecycle=BackupPlanRuleCopyActionLifecycle(
            delete_after=target.delete_after_days, cold_storage_after=target.cold_storage_after_days
        ),
    )


def _selections(
    scope: Module[Any, Any],
    id: str,
    given: AwsBackupInputs,
    tiers: dict[str, Tier],
    plan: Repeated[BackupPlan],
    role: Role,
    *,
    types: Sequence[str],
) -> None:
    """One selection for each value of the tag: the conditions of a single one must all hold, so it can name one."""
    pairs = each_pair(tiers, lambda tier: tier.tag_values)
    wanted: Any = pairs.value.outer.resource_types
    arns = hcl({name: f"arn:{partition(scope)}:{pattern}" for name, pattern in RESOURCE_TYPES.items() if name in types})
    pairs(
        BackupSelection,
        scope,
        part_id("selection", id),
        name=pairs.value.inner,
        plan_id=plan.at(pairs.value.outer_key).id,
        iam_role_arn=role.arn,
        # types and conditions must both hold; a tag in selection_tag would select every type
        resources=ListReference(f"[for name, arn in {arns} : arn if contains({expression_of(wanted)}, name)]"),
        not_resources=[],
        condition=[
            BackupSelectionCondition(
                string_equals=[
                    BackupSelectionConditionStringEquals(
                        key=f"aws:ResourceTag/{given.tag_key}", value=pairs.value.inner
                    )
                ]
            )
        ],
    )
