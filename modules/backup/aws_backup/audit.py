"""Proof for auditors: the framework with its controls, and the reports that arrive in a bucket every day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.backup_framework import BackupFramework
from cdktf_cdktf_provider_aws.backup_report_plan import (
    BackupReportPlan,
    BackupReportPlanReportDeliveryChannel,
    BackupReportPlanReportSetting,
)

from groundplan.building import Bucket, account_id, partition, private_bucket, tags
from groundplan.framework import (
    Inputs,
    Module,
    all_of,
    dependable,
    each,
    expression_of,
    field,
    fitted,
    hcl,
    is_set,
    join,
    not_empty,
    part_id,
    present,
    text,
    when,
)
from groundplan.framework.references import ListReference, MapReference
from groundplan.framework.repetition import address_of
from groundplan.framework.shapes import ObjectOf

from . import access
from .inputs import AwsBackupInputs
from .tier_inputs import Tier
from .vaults import Vaults

__all__ = ["Proof", "proof"]

BUCKET_NAME_CHARACTERS = 63
JOB_REPORTS = {
    "backup_jobs": "BACKUP_JOB_REPORT",
    "copy_jobs": "COPY_JOB_REPORT",
    "restore_jobs": "RESTORE_JOB_REPORT",
}
COMPLIANCE_REPORTS = {
    "controls": "CONTROL_COMPLIANCE_REPORT",
    "resources": "RESOURCE_COMPLIANCE_REPORT",
}
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-audit-reports.html"""


@dataclass(frozen=True)
class Proof:
    """The framework and the bucket of the reports; their attributes are null where there is none."""

    framework: Any
    bucket: Bucket


class _Control(Inputs):
    """A control of the framework: the parameters that it judges by, and the types of resources that it looks at."""

    parameters: dict[str, str] = field("parameters by name")
    resource_types: list[str] = field("types of resources; empty: all that the control knows")


def proof(scope: Module[Any, Any], given: AwsBackupInputs, tiers: dict[str, Tier], vaults: Vaults) -> Proof:
    """The framework, the reports, and the bucket that they arrive in."""
    audited, reported = is_set(given.audit), is_set(given.reports)
    made = when(audited)(
        BackupFramework,
        scope,
        part_id("framework", "audit"),
        # no hyphens in this name
        name=text("replace", f"{given.name}-audit", "-", "_"),
        description=f"What the backups of {given.name} are judged by",
        control=[],
        tags=tags(scope, given),
    )
    made.having("control", _controls(given, tiers), _control)
    framework = made.one
    reports = present(given.reports)
    name = fitted(f"{given.name}-reports-{account_id(scope)}", BUCKET_NAME_CHARACTERS)
    bucket = private_bucket(
        scope,
        "reports",
        given,
        name=name,
        key=vaults.key,
        statements=access.report_delivery(f"arn:{partition(scope)}:s3:::{name}", account_id(scope), partition(scope)),
        expire_after_days=reports.keep_days,
        only_when=reported,
    )
    plans = _report_plans(scope, "jobs", given, bucket, JOB_REPORTS, only_when=reported)
    # the first plan brings the role that the policy names
    dependable(bucket.policy).depends_on = [address_of(dependable(plans))]
    _report_plans(
        scope,
        "compliance",
        given,
        bucket,
        COMPLIANCE_REPORTS,
        only_when=all_of(audited, reported),
        framework_arns=[framework.arn],
    )
    return Proof(framework, bucket)


def _report_plans(
    scope: Module[Any, Any],
    id: str,
    given: AwsBackupInputs,
    bucket: Bucket,
    templates: dict[str, str],
    *,
    only_when: Any,
    framework_arns: list[str] | None = None,
) -> Any:
    kinds = each(templates).where(lambda _: only_when)
    return kinds(
        BackupReportPlan,
        scope,
        part_id("report", id),
        name=text("replace", f"{given.name}-{kinds.key}", "-", "_"),
        description=f"Daily report of AWS Backup on {kinds.key}",
        report_delivery_channel=BackupReportPlanReportDeliveryChannel(
            s3_bucket_name=bucket.name, s3_key_prefix=kinds.key, formats=present(given.reports).formats
        ),
        report_setting=BackupReportPlanReportSetting(
            report_template=kinds.value,
            framework_arns=framework_arns,
            number_of_frameworks=None if framework_arns is None else 1,
        ),
        tags=tags(scope, given),
    )


def _controls(given: AwsBackupInputs, tiers: dict[str, Tier]) -> Any:
    """The controls by name, those left out whose subject the module does not have.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/controls-and-remediation.html
    """
    audit, dr = present(given.audit), present(given.dr)
    every_tier: Any = tiers
    types = ListReference(f"distinct(flatten(values({expression_of(every_tier)})[*].resource_types))")
    administrators = given.vault_administrator_role_arns
    retention = {"requiredRetentionDays": text("tostring", audit.required_retention_days)}
    copied = f"anytrue([for tier in values({expression_of(every_tier)}) : tier.copy_to_dr != null])"
    controls: dict[str, tuple[Any, dict[str, Any], Any]] = {
        "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN": (None, {}, types),
        "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK": (
            None,
            {
                "requiredFrequencyUnit": "hours",
                "requiredFrequencyValue": text("tostring", audit.required_frequency_hours),
                **retention,
            },
            [],
        ),
        "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK": (None, retention, []),
        "BACKUP_RECOVERY_POINT_ENCRYPTED": (None, {}, []),
        "BACKUP_LAST_RECOVERY_POINT_CREATED": (
            None,
            {
                "recoveryPointAgeUnit": "days",
                "recoveryPointAgeValue": text("tostring", audit.recovery_point_age_days),
            },
            types,
        ),
        "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK": (
            None,
            {"minRetentionDays": text("tostring", given.vault_min_retention_days)},
            types,
        ),
        "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION": (copied, {"crossRegionList": dr.region}, types),
        # the control asks for a policy that closes itself too, which takes somebody who may still open it
        "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED": (
            expression_of(not_empty(administrators)),
            {"principalArnList": join(",", administrators)},
            [],
        ),
        "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET": (
            expression_of(is_set(audit.max_restore_minutes)),
            {"maxRestoreTime": text("tostring", audit.max_restore_minutes)},
            [],
        ),
    }
    parts = []
    for name, (condition, parameters, resource_types) in controls.items():
        body = hcl({name: {"parameters": parameters, "resource_types": resource_types}})
        parts.append(
            body if condition is None else f"{{for name in [{hcl(name)}] : name => {body}[name] if {condition}}}"
        )
    return MapReference(f"merge({', '.join(parts)})", ObjectOf(declaration=_Control))


def _control(control: Any) -> dict[str, Any]:
    entry = control.value
    return {
        "name": control.key,
        "dynamic": {
            "input_parameter": {
                "for_each": str(entry.parameters),
                "content": {"name": "${input_parameter.key}", "value": "${input_parameter.value}"},
            },
            "scope": {
                "for_each": f"${{length({expression_of(entry.resource_types)}) > 0 ? [true] : []}}",
                "content": {"compliance_resource_types": entry.resource_types},
            },
        },
    }
