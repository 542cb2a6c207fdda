"""Bad input is refused before anything runs, with its path, in Python and by Terraform with the same words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.framework.checking import problems_of
from modules.backup.aws_backup import (
    AirGappedVault,
    Audit,
    AwsBackup,
    AwsBackupInputs,
    ComplianceLock,
    ContinuousBackup,
    Copy,
    OrganizationPolicy,
    RegionSettings,
    RestoreTest,
    RestoreTesting,
    Tier,
)
from tests.modules.aws_backup.examples import DAILY, FULL, SMALL, TOPIC
from tests.support import planning


def tiers(**given: Tier) -> dict[str, Any]:
    return {"tiers": given}


def tier(**settings: Any) -> Tier:
    return Tier(**{"schedule": DAILY, "delete_after_days": 30, **settings})


LOCK = "i_understand_that_nobody_can_ever_shorten_or_remove_this_lock"

# What is wrong, and where Python and Terraform say that it is.
WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "two tiers with one tag value": (
        tiers(a=tier(tag_values=["gold"]), b=tier(tag_values=["gold", "silver"])),
        'tiers["a"]',
        "must not select what another tier selects",
    ),
    "a tag value that is another tier's name": (
        tiers(critical=tier(), other=tier(tag_values=["critical"])),
        'tiers["other"]',
        "must not select what another tier selects",
    ),
    "a tier for what has no backup": (tiers(none=tier()), 'tiers["none"]', "none is the tag of what has no backup"),
    "a tag value for what has no backup": (
        tiers(a=tier(tag_values=["none"])),
        'tiers["a"].tag_values',
        "must not have none",
    ),
    "deleted too soon after cold storage": (
        tiers(a=tier(delete_after_days=100, cold_storage_after_days=30)),
        'tiers["a"].delete_after_days',
        "must be at least 90 days after cold_storage_after_days",
    ),
    "a copy deleted too soon after cold storage": (
        {**tiers(a=tier(copy_to_dr=Copy(delete_after_days=119, cold_storage_after_days=30))), "dr": FULL.dr},
        'tiers["a"].copy_to_dr.delete_after_days',
        "must be at least 90 days after cold_storage_after_days",
    ),
    "point-in-time recovery beyond 35 days": (
        tiers(a=tier(continuous=ContinuousBackup(retention_days=36))),
        'tiers["a"].continuous.retention_days',
        "must be 1 to 35, got 36",
    ),
    "point-in-time recovery of what has none": (
        tiers(a=tier(resource_types=["EBS", "EFS"], continuous=ContinuousBackup())),
        'tiers["a"].continuous',
        "needs Aurora, RDS or S3 among resource_types",
    ),
    "more than one backup an hour": (
        tiers(a=tier(schedule="cron(0/15 * ? * * *)")),
        'tiers["a"].schedule',
        "once an hour at the most",
    ),
    "a schedule of five fields": (tiers(a=tier(schedule="0 5 * * *")), 'tiers["a"].schedule', "must be cron("),
    "a window that closes before it opens": (
        tiers(a=tier(start_window_minutes=480, completion_window_minutes=500)),
        'tiers["a"].completion_window_minutes',
        "must be at least 60 minutes more than start_window_minutes",
    ),
    "an archive without cold storage": (
        tiers(a=tier(archive_ebs_snapshots=True)),
        'tiers["a"].archive_ebs_snapshots',
        "needs cold_storage_after_days",
    ),
    "kept shorter than the lock wants": (
        tiers(a=tier(delete_after_days=3)),
        'tiers["a"].delete_after_days',
        "else, got delete_after_days = 3, vault_min_retention_days = 7, vault_max_retention_days = 3653",
    ),
    "point-in-time recovery shorter than the lock wants": (
        tiers(a=tier(continuous=ContinuousBackup(retention_days=1))),
        'tiers["a"].continuous.retention_days',
        "else, got continuous.retention_days = 1, vault_min_retention_days = 7, vault_max_retention_days = 3653",
    ),
    "copies longer than the lock wants": (
        {**tiers(a=tier(copy_to_dr=Copy(delete_after_days=9999))), "dr": FULL.dr},
        'tiers["a"].copy_to_dr.delete_after_days',
        "else, got copy_to_dr.delete_after_days = 9999, vault_min_retention_days = 7, vault_max_retention_days = 3653",
    ),
    "a copy without a vault": (
        tiers(a=tier(copy_to_dr=Copy(delete_after_days=30))),
        'tiers["a"].copy_to_dr',
        "needs dr",
    ),
    "an air gap without a vault": (
        tiers(a=tier(air_gapped_retention_days=30)),
        'tiers["a"].air_gapped_retention_days',
        "needs air_gapped",
    ),
    "an air gap kept too long": (
        {**tiers(a=tier(air_gapped_retention_days=400)), "air_gapped": AirGappedVault()},
        'tiers["a"].air_gapped_retention_days',
        "got air_gapped_retention_days = 400, air_gapped.min_retention_days = 7, air_gapped.max_retention_days = 365",
    ),
    "a compliance lock that nobody decided": (
        {"compliance_lock": ComplianceLock(**{LOCK: False})},
        f"compliance_lock.{LOCK}",
        "must be true: a compliance lock is for ever",
    ),
    "a compliance lock without time to think": (
        {"compliance_lock": ComplianceLock(**{LOCK: True}, changeable_for_days=2)},
        "compliance_lock.changeable_for_days",
        "must be 3 to 36500, got 2",
    ),
    "an audit that its own tiers fail": (
        {**tiers(a=tier(delete_after_days=14)), "audit": Audit(required_retention_days=30)},
        'tiers["a"].delete_after_days',
        "must be audit.required_retention_days or more, or the audit fails for ever, got delete_after_days = 14",
    ),
    "copies of an organization that has no id": (
        {"accept_copies_from_organization": True},
        "accept_copies_from_organization",
        "needs organization_id",
    ),
    "an organization's policy that cannot tell tiers apart": (
        {
            **tiers(
                disks=tier(tag_values=["gold"], resource_types=["EBS"]),
                files=tier(tag_values=["gold"], resource_types=["EFS"]),
            ),
            "organization_policy": OrganizationPolicy(regions=["us-east-1"]),
        },
        "organization_policy",
        "needs tiers whose tag_values all differ",
    ),
    "a restore test of what is not backed up": (
        {"restore_testing": RestoreTesting(tests={"a": RestoreTest(resource_type="S3", tag_value="standard")})},
        "restore_testing",
        "each of its tests must be of what is backed up: its tag_value must select a tier with its resource_type, "
        'got ["a"]',
    ),
    "a service that AWS Backup does not know": (
        {"region_settings": RegionSettings(opt_in={"Lambda": True})},
        'region_settings.opt_in["Lambda"]',
        "its name must be one of",
    ),
    "a role with a wildcard": (
        {"vault_administrator_role_arns": ["arn:aws:iam::111122223333:role/*"]},
        "vault_administrator_role_arns[0]",
        "must be the ARN of an iam resource",
    ),
}


@pytest.fixture(scope="module")
def told_by_terraform(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What Terraform says of every wrong input, all given at once."""
    calls = {case: SMALL.but(**changes) for case, (changes, _, _) in WRONG.items()}
    return planning.refusals(AwsBackup, calls, tmp_path_factory.mktemp("wrong"))


@pytest.mark.parametrize("case", WRONG)
def test_it_is_refused_with_its_path_on_both_sides(case: str, told_by_terraform: dict[str, str]) -> None:
    changes, path, message = WRONG[case]
    problems = problems_of(SMALL.but(**changes))
    assert (path, True) in [(problem.path, message in problem.message) for problem in problems]
    for problem in problems:
        assert " ".join(f"{problem.path}: {problem.message}".split()) in told_by_terraform[case]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        (tiers(a=tier(timezone="America/New_Yrok")), 'tiers["a"].timezone'),
        (
            {
                "restore_testing": RestoreTesting(
                    tests={"a": RestoreTest(resource_type="RDS", tag_value="standard")}, timezone="America/New_Yrok"
                )
            },
            "restore_testing.timezone",
        ),
    ],
)
def test_a_time_zone_that_there_is_not_is_refused_before_a_plan(changes: dict[str, Any], path: str) -> None:
    (problem,) = problems_of(SMALL.but(**changes))
    assert problem.path == path
    assert "must be a time zone of the IANA database, got 'America/New_Yrok'" in problem.message
    assert problem.cure == "Did you mean 'America/New_York'?"


def test_sound_inputs_are_accepted() -> None:
    assert problems_of(FULL) == []
    assert problems_of(SMALL) == []


def test_one_value_may_select_disks_in_one_tier_and_files_in_another() -> None:
    apart = SMALL.but(
        **tiers(
            disks=tier(tag_values=["gold"], resource_types=["EBS"]),
            files=tier(tag_values=["gold"], resource_types=["EFS"]),
        )
    )
    assert problems_of(apart) == []


NAMES = ["critical", "standard", "archive", "gold"]
TIERS = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(
        tier,
        tag_values=st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
        resource_types=st.lists(st.sampled_from(["Aurora", "EBS", "RDS"]), unique=True, min_size=1, max_size=2),
    ),
    min_size=1,
    max_size=3,
)


@given(TIERS)
def test_tiers_are_refused_exactly_when_one_resource_would_be_in_two(made: dict[str, Tier]) -> None:
    def selects(name: str, one: Tier, value: str, resource_type: str) -> bool:
        return value in (one.tag_values or [name]) and resource_type in one.resource_types

    twice = {
        name
        for value in NAMES
        for resource_type in ("Aurora", "EBS", "RDS")
        for names in [[name for name, one in made.items() if selects(name, one, value, resource_type)]]
        if len(names) > 1
        for name in names
    }
    assert {problem.path for problem in problems_of(SMALL.but(tiers=made))} == {f'tiers["{name}"]' for name in twice}


def test_what_is_missing_is_told_with_what_it_is_for() -> None:
    found = {problem.path for problem in problems_of(AwsBackupInputs(name="x1", alarm_topic_arn=TOPIC), "dev")}
    assert found == {"dev.tiers"}
