"""The house: what may import what, read from every import statement, those inside functions among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.code import Code, code_of, read

PROJECT = Path(__file__).parents[2]

# From the ground up: a room imports rooms of lower floors alone. Rooms of one floor know nothing of each other.
FLOORS = (
    ("children", "failing", "files", "garbage", "problems", "remembering", "values"),
    ("bindings", "documents", "grammars"),
    # the package itself, which whoever imports anything of it runs first
    ("", "shelf"),
    ("framework",),
    ("charts", "iam"),
    ("applications", "states"),
    ("building", "objects"),
    ("secrets", "signals"),
    ("connections", "synth"),
    ("plan", "rendering"),
    ("policy", "teardown"),
    ("publish", "review"),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
BUILDERS = "building"
"""The highest room that a module may use: a module is built, and knows of no environment, plan or review."""


@dataclass(frozen=True)
class Import:
    """`file` imports `what`, both as Python calls them; `where` is the line."""

    where: str
    file: str
    what: str


def imports_of(code: Code, name: str, where: str, *, package: bool) -> Iterator[Import]:
    """Every import of a file, wherever it stands in it. `name` is what Python calls the file."""
    for one in code.imports:
        found = list(one.names)
        if not one.plain:
            parts = name.split(".") if package else name.split(".")[:-1]
            above = parts[: len(parts) - one.level + 1] if one.level else []
            base = ".".join([*above, *([one.module] if one.module else [])])
            # `from groundplan import charts` is an import of groundplan.charts, where there is such a room
            found = [f"{base}.{each}" for each in one.names]
        for what in found:
            yield Import(f"{where}:{one.line}", name, what)


def imports_below(folder: str) -> list[Import]:
    found: list[Import] = []
    for path in sorted((PROJECT / folder).rglob("*.py")):
        relative = path.relative_to(PROJECT)
        if "files" in relative.parts:  # programs that a module ships
            continue
        package = path.name == "__init__.py"
        parts = relative.parent.parts if package else relative.with_suffix("").parts
        found += imports_of(code_of(path), ".".join(parts), relative.as_posix(), package=package)
    return found


def room(name: str) -> str | None:
    """The room of groundplan that something is in; "" for what the package itself says; None outside of it."""
    parts = name.split(".")
    if parts[0] != "groundplan":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in FLOOR else ""


def upward(found: list[Import]) -> list[str]:
    wrong = []
    for one in found:
        here, there = room(one.file), room(one.what)
        if here is not None and there is not None and here != there and FLOOR[there] >= FLOOR[here]:
            wrong.append(f"{one.where} imports {one.what}")
    return wrong


def service(name: str) -> str | None:
    parts = name.split(".")
    return ".".join(parts[1:3]) if parts[0] == "modules" and len(parts) > 2 else None


def trespassing(found: list[Import]) -> list[str]:
    """Modules that import environments, one another or what runs them; groundplan that imports either."""
    wrong = []
    for one in found:
        here, there = one.file.split(".")[0], one.what.split(".")[0]
        of_another = here == there == "modules" and service(one.what) not in (None, service(one.file))
        above = here == "modules" and there == "groundplan" and FLOOR[room(one.what) or ""] > FLOOR[BUILDERS]
        if (
            of_another
            or above
            or (here, there)
            in {
                ("modules", "environments"),
                ("groundplan", "environments"),
                ("groundplan", "modules"),
            }
        ):
            wrong.append(f"{one.where} imports {one.what}")
    return wrong


def test_every_room_has_a_floor() -> None:
    rooms = {
        path.stem
        for path in (PROJECT / "groundplan").iterdir()
        if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py")))
    }
    assert rooms - {"__init__"} == set(FLOOR) - {""}


def test_no_room_imports_one_of_its_own_floor_or_of_a_higher_one() -> None:
    found = imports_below("groundplan")
    assert len(found) > 1_000
    assert upward(found) == []


def test_modules_know_no_environment_and_no_other_service_and_groundplan_knows_neither() -> None:
    found = [*imports_below("groundplan"), *imports_below("modules")]
    assert {service(one.file) for one in found} > {"backup.velero", "dns.route53"}
    assert trespassing(found) == []


WRONG = {
    "up": ("groundplan.iam.checks", "from groundplan.plan.run import plan_all", "groundplan.plan.run.plan_all"),
    "up, inside a function": ("groundplan.iam.checks", "def f():\n    import groundplan.cli", "groundplan.cli"),
    "up, by a name of the package": ("groundplan.iam.checks", "from groundplan import synth", "groundplan.synth"),
    "up, from where it stands": ("groundplan.iam.checks", "from ..review import page", "groundplan.review.page"),
    "beside": ("groundplan.iam.checks", "from groundplan.charts import chart", "groundplan.charts.chart"),
    "an environment": ("modules.dns.route53.inputs", "import environments.prod", "environments.prod"),
    "another service": ("modules.dns.route53.inputs", "from modules.dns.acm import Acm", "modules.dns.acm.Acm"),
    "another service, from where it stands": ("modules.dns.route53.inputs", "from ..acm import A", "modules.dns.acm.A"),
    "what runs a module": ("modules.dns.route53.inputs", "import groundplan.plan", "groundplan.plan"),
    "a module": ("groundplan.cli.app", "from modules.dns import route53", "modules.dns.route53"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_import_that_should_not_be_is_told_with_its_place(name: str) -> None:
    file, source, what = WRONG[name]
    found = list(imports_of(read(source), file, "a.py", package=False))
    line = source.count("\n") + 1
    assert upward(found) + trespassing(found) == [f"a.py:{line} imports {what}"]


def test_what_lies_lower_may_be_imported() -> None:
    for file, source in (
        ("groundplan.cli.app", "from groundplan import charts\nfrom groundplan.plan import run"),
        ("groundplan.iam.checks", "from . import errors\nfrom ..problems import Problem"),
        ("modules.dns.route53.inputs", "from .addresses import IPV4\nfrom groundplan.building import tags"),
        ("environments.families.dns", "from modules.dns.route53 import Route53"),
    ):
        found = list(imports_of(read(source), file, "a.py", package=False))
        assert found
        assert upward(found) + trespassing(found) == []
