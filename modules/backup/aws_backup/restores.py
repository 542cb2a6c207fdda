"""Restores that prove the backups: on a schedule, of one resource of each type, deleted again."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.backup_restore_testing_plan import (
    BackupRestoreTestingPlan,
    BackupRestoreTestingPlanRecoveryPointSelection,
)
from cdktf_cdktf_provider_aws.backup_restore_testing_selection import (
    BackupRestoreTestingSelection,
    BackupRestoreTestingSelectionProtectedResourceConditions,
    BackupRestoreTestingSelectionProtectedResourceConditionsStringEquals,
)

from groundplan.building import Role, maker, tags
from groundplan.framework import Module, each, expression_of, is_set, part_id, present, text
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import ObjectOf

from .inputs import AwsBackupInputs, RestoreTest
from .vaults import Vaults

__all__ = ["restore_tests"]


def restore_tests(scope: Module[Any, Any], given: AwsBackupInputs, vaults: Vaults, role: Role) -> None:
    """The restore testing plan of the primary vault, and what it restores.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
    """
    wanted, testing = is_set(given.restore_testing), present(given.restore_testing)
    plan = maker(wanted)(
        BackupRestoreTestingPlan,
        scope,
        part_id("plan", "restores"),
        # no hyphens in this name
        name=text("replace", f"{given.name}-tests", "-", "_"),
        schedule_expression=testing.schedule,
        schedule_expression_timezone=testing.timezone,
        start_window_hours=testing.start_window_hours,
        recovery_point_selection=[
            BackupRestoreTestingPlanRecoveryPointSelection(
                algorithm=testing.algorithm,
                include_vaults=[vaults.primary.made.arn],
                recovery_point_types=["CONTINUOUS", "SNAPSHOT"],
                selection_window_days=testing.selection_window_days,
            )
        ],
        tags=tags(scope, given),
    )
    listed: Any = given.restore_testing
    expression = f"({expression_of(listed)} == null ? {{}} : {expression_of(listed)}.tests)"
    tests = each(MapReference(expression, ObjectOf(declaration=RestoreTest)))
    test: RestoreTest = tests.value
    tests(
        BackupRestoreTestingSelection,
        scope,
        part_id("test", "restores"),
        name=tests.key,
        restore_testing_plan_name=plan.name,
        protected_resource_type=test.resource_type,
        # The provider takes either resources or conditions; AWS itself adds the "*" that stands for all resources.
        # https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/backup_restore_testing_selection
        protected_resource_conditions=[
            BackupRestoreTestingSelectionProtectedResourceConditions(
                string_equals=[
                    BackupRestoreTestingSelectionProtectedResourceConditionsStringEquals(
                        key=f"aws:ResourceTag/{given.tag_key}", value=test.tag_value
                    )
                ]
            )
        ],
        restore_metadata_overrides=test.metadata_overrides,
        validation_window_hours=test.validation_window_hours,
        iam_role_arn=role.arn,
    )
