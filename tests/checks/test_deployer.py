import pytest

from groundplan.plan.checks import deployer_actions
from groundplan.plan.checks.mapping import mapped_types
from groundplan.problems import BadInput


def test_a_deployer_gets_the_actions_of_its_types_once_and_sorted():
    found = deployer_actions(["aws_kms_key", "aws_backup_vault", "aws_kms_key", "helm_release"])
    assert {"kms:CreateKey", "kms:ScheduleKeyDeletion", "backup:CreateBackupVault"} <= set(found)
    assert list(found) == sorted(set(found))


def test_every_mapped_type_has_actions_for_its_deployer():
    assert all(deployer_actions([name]) for name in mapped_types())


def test_types_that_nobody_knows_are_all_named():
    with pytest.raises(BadInput) as raised:
        deployer_actions(["aws_invented_thing", "aws_kms_key", "aws_other_thing"])
    assert [problem.path for problem in raised.value.problems] == ["aws_invented_thing", "aws_other_thing"]
