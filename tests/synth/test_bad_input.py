"""Wrong settings: all of them at once, where they stand, and nothing is written."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from environments import PLATFORM
from environments.dev import DEV
from environments.families.backup import BackupFamily
from environments.families.secrets import SecretsFamily
from environments.platform import Platform
from environments.prod import PROD
from environments.staging import STAGING
from groundplan.problems import BadInput
from groundplan.synth.errors import misuse
from groundplan.synth.families import Family
from groundplan.synth.project import synth
from groundplan.synth.stack import Stacks
from modules.backup.aws_backup import AwsBackupInputs, Tier
from modules.backup.velero import Schedule, VeleroInputs
from modules.secrets.secrets_manager import Secret, SecretsManagerInputs
from modules.secrets.vault import VaultInputs
from tests.synth.compositions import only, velero
from tests.synth.programs import PROJECT, content, leftovers, run_main

Check = Callable[..., list[str]]
TIER = Tier(schedule="cron(0 3 ? * * *)", delete_after_days=35, resource_types=["EBS"], tag_values=["gold"])


def without(environment: Platform, name: str) -> Platform:
    """The environment as it is when a line of its file was forgotten."""
    return Platform(**{key: value for key, value in environment.given().items() if key != name})


@pytest.fixture
def problems(tmp_path: Path) -> Check:
    """What synth says of environments, a text each; what stood in the folder before must still be there."""

    def check(*environments: Any, compose: Any = PLATFORM.compose, **more: Any) -> list[str]:
        out = tmp_path / "cdktf.out"
        out.mkdir(exist_ok=True)
        (out / "cdk.tf.json").write_text("the last good one")
        with pytest.raises(BadInput) as refused:
            synth(compose, environments, project=PROJECT, out=out, **more)
        assert list(content(out)) == ["cdk.tf.json"]
        assert (out / "cdk.tf.json").read_text() == "the last good one"
        assert not leftovers(out)
        return [str(replace(problem, line=None)) for problem in refused.value.problems]

    return check


CASES = {
    "a value of the wrong type": (
        SecretsFamily(vault=VaultInputs(replicas="three")),
        "prod.secrets.vault.replicas: must be a whole number, got 'three'",
    ),
    "a value out of range": (
        SecretsFamily(vault=VaultInputs(zones=9)),
        "prod.secrets.vault.zones: must be 1 to 6, got 9",
    ),
    "an unknown setting": (
        SecretsFamily(vault=VaultInputs(data_volume=50)),
        "prod.secrets.vault.data_volume: is not a setting\n    Did you mean data_volume_gib?",
    ),
    "an even number of Vault replicas": (
        SecretsFamily(vault=VaultInputs(replicas=4)),
        "prod.secrets.vault.replicas: must be odd, got 4",
    ),
    "a cron schedule in words": (
        BackupFamily(velero=VeleroInputs(schedules={"daily": Schedule(cron="every night")})),
        'prod.backup.velero.schedules["daily"].cron: must be a cron schedule of five fields (minute, hour, day of '
        'month, month, day of week), such as 0 2 * * *, got "every night"',
    ),
    "a cron schedule with a minute that no hour has": (
        BackupFamily(velero=VeleroInputs(schedules={"daily": Schedule(cron="61 2 * * *")})),
        'prod.backup.velero.schedules["daily"].cron: must be a cron schedule of five fields (minute, hour, day of '
        'month, month, day of week), such as 0 2 * * *, got "61 2 * * *"',
    ),
    "a cron schedule for a day that never comes": (
        BackupFamily(velero=VeleroInputs(schedules={"daily": Schedule(cron="0 2 31 2 *")})),
        'prod.backup.velero.schedules["daily"].cron: must name a day that one of its months has, got "0 2 31 2 *"',
    ),
    "a region that is misspelled": (
        PROD.but(dr_region="us-wset-2"),
        'prod.dr_region: must be the name of an AWS region, such as us-east-1, got "us-wset-2"',
    ),
    "zones of another region": (
        PROD.but(network=PROD.network.but(availability_zones=["us-east-1a", "us-east-1b", "us-west-1c"])),
        "prod.network.availability_zones[2]: must be a zone of region us-east-1, got 'us-west-1c'\n"
        "    Write it like us-east-1a, or say the zone's own region.",
    ),
    "alarms that go to another region": (
        PROD.but(alarm_topics={"us-east-1": PROD.alarm_topic_arn, "us-west-2": PROD.alarm_topic_arn}),
        'prod.alarm_topics["us-west-2"]: must be a topic in us-west-2, with an ARN of the partition aws, got '
        '"arn:aws:sns:us-east-1:111122223333:prod-alarms-critical"\n'
        "    Alarms reach only topics of their own region.",
    ),
    "an owner that no tag can hold": (
        PROD.but(owner="claims, policies"),
        'prod.owner: must be the value of a tag: letters, digits, spaces and _ . : / = + - @, got "claims, policies"',
    ),
    "a region without its DR twin": (
        without(PROD, "dr_region"),
        "prod.dr_region: is required and missing\n    Set it: disaster recovery region, which holds the copies.",
    ),
    "a region that is its own DR twin": (
        PROD.but(dr_region=PROD.region),
        "prod.dr_region: must be another region than region, or a regional outage takes the copies too, "
        'got region = "us-east-1", dr_region = "us-east-1"',
    ),
    "a secret without its kind": (
        SecretsFamily(secrets_manager=SecretsManagerInputs(secrets={"claims": Secret(description="Claims")})),
        'prod.secrets.secrets_manager.secrets["claims"].kind: is required and missing\n'
        "    Set it: what is in it, which decides how it is generated and rotated.",
    ),
    "settings that are text instead of settings": (
        PROD.but(cluster="prod"),
        "prod.cluster: must be Cluster(...), got 'prod'",
    ),
    "an environment without a name": (
        without(PROD, "name"),
        "environments[0].name: is required and missing\n"
        "    Set it: short name of the environment: part of every name and tag, such as prod.",
    ),
    "an environment whose name AWS would not take": (
        PROD.but(name="Prod.1 a"),
        "Prod.1 a.name: must be 2 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending "
        'in a hyphen, got "Prod.1 a"',
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_setting_is_told_with_its_path_and_its_cure(case: str, problems: Check) -> None:
    wrong, expected = CASES[case]

    if isinstance(wrong, Family):
        assert expected in problems(PROD, compose=only(PLATFORM.with_layers(PROD, wrong), type(wrong)).compose)
    else:
        assert expected in problems(wrong)


def test_overlapping_backup_tiers_are_told_with_both_their_names(problems: Check) -> None:
    tiers = {"gold": TIER.but(tag_values=[]), "silver": TIER}

    layer = BackupFamily(aws_backup=AwsBackupInputs(tiers=tiers))
    told = problems(PROD, compose=only(PLATFORM.with_layers(PROD, layer), BackupFamily).compose)

    assert any(text.startswith("prod.backup.aws_backup.tiers") and "backed up twice" in text for text in told), told


def test_a_problem_that_a_module_finds_too_is_told_once(problems: Check) -> None:
    told = problems(PROD.but(log_retention_days=31))

    assert len([text for text in told if "log_retention_days" in text]) == 1, told


def test_two_environments_with_one_workspace_would_destroy_each_other(problems: Check) -> None:
    told = problems(PROD, PROD.but(cost_center="4712"))

    assert told == [
        "prod.name: 2 environments are called prod\n"
        "    Give each environment a name of its own: it is part of every resource's name.",
        "prod.terraform_cloud: shares the Terraform Cloud workspace prod-<family> with prod: applying one would "
        "destroy the other\n    Give each environment a name of its own, or another organization.",
    ]


def test_what_is_no_environment_is_told_with_what_it_is(problems: Check) -> None:
    assert problems(DEV, "prod") == ["environments: must all be of a class derived from Environment, got 'prod'"]


@pytest.mark.parametrize(
    ("environments", "told"),
    [
        (
            DEV,
            "environments: must be a tuple of environments, got one environment\n"
            "    Add a comma: (DEV,). In Python (DEV) is DEV itself.",
        ),
        ((), "environments: names no environment\n    Name at least one: (DEV,)."),
        ([], "environments: names no environment\n    Name at least one: (DEV,)."),
        (
            None,
            "environments: must be a tuple of environments, got None\n    Write them one after the other: (DEV, PROD).",
        ),
        (
            {"dev": DEV},
            "environments: must be a tuple of environments, got a value of type dict\n    Give the values of the "
            "dictionary. Write them one after the other: (DEV, PROD).",
        ),
        (
            "dev",
            "environments: must be a tuple of environments, got a value of type str\n"
            "    Write them one after the other: (DEV, PROD).",
        ),
        (
            frozenset(),
            "environments: must be a tuple of environments, got a value of type frozenset\n    A set has no order of "
            "its own. Write them one after the other: (DEV, PROD).",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_environments_that_are_none_or_no_tuple_are_told_with_how_to_write_them(
    environments: Any, told: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput) as refused:
        synth(PLATFORM.compose, environments, project=PROJECT, out=tmp_path / "cdktf.out")

    assert str(refused.value) == told
    assert not (tmp_path / "cdktf.out").exists()


def test_a_generator_of_environments_is_as_good_as_a_tuple(tmp_path: Path) -> None:
    made = synth(
        lambda stacks, env: velero(stacks.family("backup"), env),
        (each for each in (DEV, STAGING)),
        project=PROJECT,
        out=tmp_path / "cdktf.out",
    )

    assert [stack.name for stack in made.stacks] == ["dev-backup", "staging-backup"]


def test_compositions_without_a_stack_are_told(problems: Check) -> None:
    assert problems(DEV, STAGING, compose=lambda stacks, env: None) == [
        "dev, staging: no stack was composed, so there is nothing to plan and nothing to judge\n"
        "    Ask for at least one in the function that main.py hands to main(): stacks.family(...)."
    ]


def test_arguments_of_main_in_the_wrong_places_are_told() -> None:
    cure = "\n    Call it as main(compose, environments, project=Path(__file__).parent)."
    assert [str(problem) for problem in misuse((DEV, STAGING), PLATFORM.compose, None)] == [
        f"main(): its first argument must be the function that composes, got a value of type tuple{cure}",
        f"main(): its second argument must be the environments, got a value of type method{cure}",
        f"main(): project must be the folder of main.py, got None{cure}",
    ]


def test_a_family_composed_twice_is_told_with_the_stack(problems: Check) -> None:
    def twice(stacks: Stacks[Platform], env: Platform) -> None:
        velero(stacks.family("backup"), env)
        velero(stacks.family("backup"), env)

    assert problems(DEV, compose=twice) == [
        "dev.backup: two stacks have this name\n    A family has one stack in an environment: compose it once."
    ]


def test_a_module_called_twice_by_one_name_is_told_with_the_call(problems: Check) -> None:
    def twice(stacks: Stacks[Platform], env: Platform) -> None:
        stack = stacks.family("backup")
        velero(stack, env)
        velero(stack, env)

    assert problems(DEV, compose=twice) == [
        "dev.backup.velero: two module calls of this stack have this name\n    Give each call a name of its own."
    ]


def test_an_unknown_selection_is_told_with_the_nearest_name(problems: Check) -> None:
    assert problems(DEV, STAGING, selection=["dve", "staging-bakup"]) == [
        "dve: is neither an environment nor a stack\n    Did you mean dev?",
        "staging-bakup: is neither an environment nor a stack\n    Did you mean staging-backup?",
    ]


def test_a_selection_that_is_like_nothing_is_told_with_everything_there_is(problems: Check) -> None:
    (told,) = problems(DEV, selection=["xyzzy"])

    assert told.startswith("xyzzy: is neither an environment nor a stack\n    There are: dev, dev-")
    assert {"dev-backup", "dev-secrets"} <= set(told.partition("There are: ")[2].rstrip(".").split(", "))


def test_main_tells_everything_at_once_without_a_traceback_and_keeps_the_old_synth(
    synthesized: Path, cache: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(synthesized, tmp_path / "cdktf.out"))
    before = content(out)
    main = tmp_path / "main.py"
    main.write_text(
        textwrap.dedent(
            f"""
            from pathlib import Path
            from environments import PLATFORM
            from environments.dev import DEV
            from environments.families.backup import BackupFamily
            from environments.families.secrets import SecretsFamily
            from environments.prod import PROD
            from environments.staging import STAGING
            from groundplan.synth.project import main
            from modules.backup.velero import Schedule, VeleroInputs
            from modules.secrets.secrets_manager import Secret, SecretsManagerInputs
            from modules.secrets.vault import VaultInputs
            from tests.synth.compositions import only

            wrong = PROD.but(dr_region="us-east-1", owner=7)
            secrets = SecretsFamily(
                vault=VaultInputs(replicas=4, zones=9, data_volume=50),
                secrets_manager=SecretsManagerInputs(secrets={{"claims": Secret(description="Claims")}}),
            )
            backup = BackupFamily(velero=VeleroInputs(schedules={{"daily": Schedule(cron="every night")}}))
            project = only(PLATFORM.with_layers(wrong, secrets, backup), SecretsFamily, BackupFamily)
            main(project.compose, (DEV, STAGING, wrong, STAGING), project=Path({str(PROJECT)!r}))
            """
        )
    )

    # one of them is composed, and all are looked at
    done = run_main(cache, main=main, cwd=PROJECT, out=out, GROUNDPLAN_SELECT="prod")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not done.stdout
    paths = {line.partition(": ")[0] for line in done.stderr.splitlines() if not line.startswith(" ")}
    assert {
        "prod.dr_region",
        "prod.owner",
        "prod.secrets.vault.replicas",
        "prod.secrets.vault.zones",
        "prod.secrets.vault.data_volume",
        'prod.backup.velero.schedules["daily"].cron',
        'prod.secrets.secrets_manager.secrets["claims"].kind',
        "staging.name",
        "staging.terraform_cloud",
    } <= paths
    assert content(out) == before
    assert not leftovers(out)


def test_a_composition_that_fails_by_itself_is_a_bug_and_keeps_its_traceback(tmp_path: Path) -> None:
    def broken(_stacks: Stacks[Platform], env: Platform) -> None:
        raise ZeroDivisionError(env.name)

    with pytest.raises(ZeroDivisionError):
        synth(broken, [DEV], project=PROJECT, out=tmp_path / "cdktf.out")

    assert not (tmp_path / "cdktf.out").exists()
    assert not leftovers(tmp_path / "cdktf.out")
