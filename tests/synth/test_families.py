"""Families and environments: found where they stand, put in the order of their types, laid over each other."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from environments import PLATFORM
from environments.dev import DEV
from environments.families.backup import BackupFamily
from environments.platform import Platform, PlatformFamily
from environments.prod import PROD
from groundplan.framework import field
from groundplan.framework.layers import REMOVED
from groundplan.problems import BadInput
from groundplan.synth.families import Family, Project, project_of
from groundplan.synth.project import synth
from groundplan.synth.stack import Stack
from modules.backup.velero import Schedule, Velero, VeleroInputs
from tests.synth.programs import PROJECT, run_main
from tests.synth.wrong_family import Wrong

NIGHTLY = Schedule(cron="0 2 * * *", ttl_hours=48, alarm_after_hours=28)


@dataclass(frozen=True)
class Names:
    """What a family gives."""

    namespace: Any


class Archive(PlatformFamily):
    """Keeps things."""

    velero: VeleroInputs = field("backups")

    @classmethod
    def everywhere(cls, _env: Platform) -> Archive:
        """Every night."""
        return cls(velero=VeleroInputs(schedules={"nightly": NIGHTLY}))

    @classmethod
    def full(cls, _env: Platform) -> Archive:
        """For longer."""
        return cls(velero=VeleroInputs(schedules={"nightly": Schedule(ttl_hours=96)}))

    @classmethod
    def name(cls) -> str:
        """As if its file were called so."""
        return "archive"

    def compose(self, stack: Stack, _env: Platform) -> Names:
        """One call."""
        own = VeleroInputs(schedules={"own": NIGHTLY})
        return Names(Velero(stack, "velero", stack.wired(self.velero, own)).outputs.namespace)


class Reader(PlatformFamily):
    """Needs the archive."""

    @classmethod
    def name(cls) -> str:
        """As if its file were called so; before the archive, by its letters."""
        return "a-reader"

    def compose(self, _stack: Stack, _env: Platform, names: Names) -> None:
        """No call."""
        assert names.namespace is not None


Read = Callable[..., dict[str, Any]]


@pytest.fixture
def calls(tmp_path: Path) -> Read:
    """The inputs of each call of a project's environment, by family and name."""

    def read(project: Project[Platform], environment: Platform) -> dict[str, Any]:
        out = tmp_path / "cdktf.out"
        manifest = synth(project.compose, [environment], project=PROJECT, out=out)
        roots = {each.family: json.loads((out / each.folder / "cdk.tf.json").read_bytes()) for each in manifest.stacks}
        return {f"{family}.{name}": call for family, root in roots.items() for name, call in root["module"].items()}

    return read


def refused(project: Project[Platform], environment: Platform, folder: Path) -> list[str]:
    with pytest.raises(BadInput) as problems:
        synth(project.compose, [environment], project=PROJECT, out=folder / "cdktf.out")
    return [str(problem) for problem in problems.value.problems]


def test_what_an_environment_does_not_say_comes_from_its_tier_and_from_what_is_common(calls: Read) -> None:
    said = {"prod": [Archive(velero=VeleroInputs(schedules={"nightly": Schedule(cron="30 3 * * *")}))]}

    call = calls(Project([DEV, PROD], [Archive], said), PROD)["archive.velero"]

    assert call["schedules"] == {
        "nightly": {"cron": "30 3 * * *", "ttl_hours": 96, "alarm_after_hours": 28},
        "own": {"cron": "0 2 * * *", "ttl_hours": 48, "alarm_after_hours": 28},
    }


def test_the_wiring_comes_from_the_environment_and_the_name_from_the_call(calls: Read) -> None:
    call = calls(Project([PROD], [Archive], {}), PROD)["archive.velero"]

    assert call["name"] == "prod-velero"
    assert call["alarm_topic_arn"] == PROD.alarm_topic_arn
    assert call["permissions_boundary_arn"] == PROD.permissions_boundary_arn
    assert call["log_retention_days"] == 400
    assert call["cluster"]["name"] == "prod"


def test_a_layer_that_says_what_the_environment_fills_is_refused(tmp_path: Path) -> None:
    said = {"prod": [Archive(velero=VeleroInputs(log_retention_days=30))]}

    (told,) = refused(Project([PROD], [Archive], said), PROD, tmp_path)

    assert told.startswith(
        "prod.archive.velero.log_retention_days: is filled from prod.log_retention_days, for every module alike\n"
        "    Leave it out here, and set log_retention_days of the environment.\n"
        "    It is said at tests/synth/test_families.py:"
    )


def test_an_entry_that_the_composition_makes_itself_is_not_lost(tmp_path: Path) -> None:
    said = {"prod": [Archive(velero=VeleroInputs(schedules={"own": NIGHTLY.but(ttl_hours=1000)}))]}

    told = refused(Project([PROD], [Archive], said), PROD, tmp_path)

    assert any(
        text.startswith(
            'prod.archive.velero.schedules["own"]: is the name of an entry that the family\'s composition makes itself'
        )
        for text in told
    ), told


def test_what_is_removed_from_the_composition_is_refused_since_it_would_stay(tmp_path: Path) -> None:
    velero = VeleroInputs(
        schedules={"own": REMOVED, "nightly": REMOVED},  # what is removed
        log_retention_days=REMOVED,  # what the environment fills
    )
    lines = Path(__file__).read_text().splitlines()

    told = refused(Project([PROD], [Archive], {"prod": [Archive(velero=velero)]}), PROD, tmp_path)

    for path, said, marker in (
        ('schedules["own"]', "is REMOVED here, and the family's composition says it", "what is removed"),
        ("log_retention_days", "is filled from prod.log_retention_days", "what the environment fills"),
    ):
        (text,) = [text for text in told if text.startswith(f"prod.archive.velero.{path}: {said}")]
        (line,) = [number for number, each in enumerate(lines, 1) if each.endswith(f"# {marker}")]
        assert text.endswith(f"It is said at tests/synth/test_families.py:{line}.")
    assert not any("nightly" in text for text in told)


def test_what_is_removed_and_nobody_says_is_told_with_its_line_and_the_nearest_name(tmp_path: Path) -> None:
    velero = VeleroInputs(
        schedules={"nigthly": REMOVED},  # what nobody says
    )
    lines = Path(__file__).read_text().splitlines()
    (line,) = [number for number, each in enumerate(lines, 1) if each.endswith("# what nobody says")]

    (text,) = refused(Project([PROD], [Archive], {"prod": [Archive(velero=velero)]}), PROD, tmp_path)

    assert text == (
        'prod.archive.velero.schedules["nigthly"]: is REMOVED here, and no layer below says it: there is nothing to '
        f"take away\n    Did you mean nightly?\n    It is said at tests/synth/test_families.py:{line}."
    )


def test_a_family_comes_after_what_it_asks_for_and_its_stack_depends_on_it(tmp_path: Path) -> None:
    project = Project([DEV], [Reader, Archive], {})

    manifest = synth(project.compose, [DEV], project=PROJECT, out=tmp_path / "cdktf.out")

    assert [family.name() for family in project.families] == ["archive", "a-reader"]
    assert manifest.stack("dev-a-reader").depends_on == ("dev-archive",)


def test_a_family_that_an_environment_is_without_is_not_built(calls: Read) -> None:
    project = Project([DEV], [Reader, Archive], {})

    assert list(calls(project, DEV.but(without=["a-reader"]))) == ["archive.velero"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"without": ["archive"]},
            "dev.without: leaves out archive, which a-reader needs\n    Leave out a-reader too, or keep archive.",
        ),
        (
            {"without": ["archiv", "archive", "a-reader"]},
            'dev.without[0]: must be the name of a family, got "archiv"\n    Did you mean archive?',
        ),
        (
            {"twin_of": "prdo"},
            'dev.twin_of: must be the name of another environment, got "prdo"\n    Did you mean prod?',
        ),
        (
            {"twin_of": "dev"},
            'dev.twin_of: must be the name of another environment, got "dev"\n    Did you mean dev?',
        ),
    ],
)
def test_what_cannot_be_left_out_or_twinned_is_told(changes: dict[str, Any], expected: str, tmp_path: Path) -> None:
    changed = DEV.but(**changes)

    assert expected in refused(Project([changed, PROD], [Reader, Archive], {}), changed, tmp_path)


def test_a_twin_wants_what_the_other_wants_and_says_its_own_beyond_it(calls: Read) -> None:
    twin = PROD.but(
        name="dr",
        twin_of="prod",
        region="us-west-2",
        dr_region="us-east-1",
        network=PROD.network.but(availability_zones=["us-west-2a", "us-west-2b", "us-west-2c"]),
    )
    said = {
        "prod": [Archive(velero=VeleroInputs(schedules={"nightly": Schedule(ttl_hours=999), "noon": NIGHTLY}))],
        "dr": [Archive(velero=VeleroInputs(schedules={"noon": REMOVED, "nightly": Schedule(cron="0 5 * * *")}))],
    }

    call = calls(Project([PROD, twin], [Archive], said), twin)["archive.velero"]

    assert call["name"] == "dr-velero"
    assert call["alarm_topic_arn"] == twin.alarm_topic_arn
    assert twin.alarm_topic_arn.split(":")[3] == "us-west-2"
    assert call["schedules"].keys() == {"nightly", "own"}
    assert (call["schedules"]["nightly"]["ttl_hours"], call["schedules"]["nightly"]["cron"]) == (999, "0 5 * * *")


class Ring(Family):
    """Asks for what only Wrong gives."""

    def compose(self, _stack: Stack, _env: Platform, wrong: str) -> int:
        """Nothing."""
        return len(wrong)

    @classmethod
    def name(cls) -> str:
        """Its name."""
        return "ring"


class Again(Ring):
    """Gives what Ring gives."""

    @classmethod
    def name(cls) -> str:
        """Its name."""
        return "again"


@pytest.mark.parametrize(
    ("families", "expected"),
    [
        (
            [Wrong, Archive],
            "families/wrong.py: compose asks for ring: int, which the compose of no family returns\n"
            "    There are: Names, str.",
        ),
        (
            [Wrong, Ring],
            "families: wait for each other: ring needs wrong needs ring\n"
            "    Move what both need into a family that needs neither.",
        ),
        (
            [Wrong, Ring, Again],
            "families/ring.py: compose returns int, and so does that of again: families that ask for it could get "
            "either\n    Return a class of the family's own.",
        ),
    ],
)
def test_families_that_cannot_be_put_in_an_order_are_told(families: list[type[Family]], expected: str) -> None:
    with pytest.raises(BadInput) as problems:
        Project([DEV], families, {})

    assert expected in [str(problem) for problem in problems.value.problems]


FILES = {
    "__init__.py": "",
    "families/__init__.py": "",
    "families/archive.py": (
        "from tests.synth.test_families import PlatformFamily, Stack, Platform\n"
        "class ArchiveFamily(PlatformFamily):\n"
        "    def compose(self, stack: Stack, env: Platform) -> None: ...\n"
    ),
    "qa/__init__.py": "from environments.dev import DEV\nQA = DEV.but(name='qa')\n",
    "live/__init__.py": "from environments.prod import PROD\nLIVE = PROD.but(name='live')\n",
    "live/archive.py": "from {package}.families.archive import ArchiveFamily\nARCHIVE = ArchiveFamily()\n",
}


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Project[Platform]]]:
    """A package of environments written down, and read."""
    monkeypatch.syspath_prepend(str(tmp_path))
    package = f"environments_of_{tmp_path.name}".replace("-", "_")

    def read(**changes: str | None) -> Project[Platform]:
        for name, text in {
            **FILES,
            **{key.replace("__in__", "/") + ".py": text for key, text in changes.items()},
        }.items():
            if text is not None:
                file = tmp_path / package / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text.replace("{package}", package))
        return project_of(package, Platform)

    yield read
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def test_a_folder_is_an_environment_and_a_file_a_family(found: Callable[..., Project[Platform]]) -> None:
    project = found()

    assert [environment.name for environment in project.environments] == ["qa", "live"], "production comes last"
    assert [family.name() for family in project.families] == ["archive"]


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("live__in__archvie", "", "/live/archvie.py: is named like no family\n    Did you mean archive?"),
        (
            "live__in__archive",
            "",
            "/live/archive: must have a value ARCHIVE of the class ArchiveFamily, got none of that name\n"
            "    Write one: ARCHIVE = ArchiveFamily(...).",
        ),
        (
            "qa__in____init__",
            "",
            "/qa: must have a value QA of the class Platform, got none of that name\n"
            "    Write one: QA = Platform(...).",
        ),
        (
            "live__in__archive",
            "ARCHIVE = 7",
            "/live/archive: must have a value ARCHIVE of the class ArchiveFamily, got one of int\n"
            "    Write one: ARCHIVE = ArchiveFamily(...).",
        ),
        (
            "families__in__archive",
            "",
            "/families/archive.py: must have one class derived from Family, got none\n"
            "    A file in families/ is one family.",
        ),
    ],
)
def test_a_file_that_does_not_say_what_it_must_is_told(
    found: Callable[..., Project[Platform]], file: str, text: str, expected: str
) -> None:
    with pytest.raises(BadInput) as problems:
        found(**{file: text})

    assert [str(problem).partition("/")[2] for problem in problems.value.problems] == [expected.removeprefix("/")]


def test_a_wrong_value_of_an_environment_leads_to_its_own_line(tmp_path: Path) -> None:
    project = PLATFORM.with_layers(PROD, BackupFamily(velero=VeleroInputs(schedules={"daily": Schedule(ttl_hours=0)})))

    told = refused(project, PROD, tmp_path)

    lines = Path(__file__).read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "Schedule(ttl_hours=0)" in text)
    assert told[0] == (
        'prod.backup.velero.schedules["daily"].ttl_hours: must be 1 to 87600, got 0\n'
        f"    It is said at tests/synth/test_families.py:{line}."
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("PLATFORM = nothing", "NameError: name 'nothing' is not defined"),
        ("PLATFORM = = 1", "SyntaxError: invalid syntax"),
        (
            "from groundplan.synth.families import Project\n"
            "from tests.synth.wrong_family import Wrong\n"
            "PLATFORM = Project([], [Wrong], {})\n",
            "families/wrong.py: compose asks for ring: int, which the compose of no family returns",
        ),
    ],
    ids=["a name that is not there", "no Python", "families without an order"],
)
def test_a_mistake_in_the_environments_ends_main_py_with_the_code_of_bad_input(
    cache: Path, tmp_path: Path, source: str, told: str
) -> None:
    (tmp_path / "places.py").write_text(source)
    main = tmp_path / "main.py"
    main.write_text(
        "from pathlib import Path\n"
        "from groundplan.synth.families import synthesize\n"
        "synthesize('places:PLATFORM', project=Path(__file__).parent)\n"
    )

    done = run_main(cache, main=main)

    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert not (tmp_path / "cdktf.out").exists()
