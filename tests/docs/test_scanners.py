"""The page of foreign scanners' findings speaks of what is there, and of every module."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "scanners.md").read_text(encoding="utf-8")
MODULES = {path.parent.name for path in PROJECT.glob("modules/*/*/module.py")}
ROWS = re.findall(r"^\| (CKV[^|]*?) \| ([^|]+?) \| ([^|]+?) \|$", PAGE, re.MULTILINE)
CHECK = re.compile(r"CKV2?_(?:AWS|K8S)_[1-9][0-9]*")


def test_every_module_is_looked_at() -> None:
    said_of = {
        resource.partition(".")[0] for _, resources, _ in ROWS for resource in re.findall(r"`([^`]+)`", resources)
    }
    plain = re.search(r"Nothing was found in what these modules make of the plans:([^.]*)\.", PAGE)
    assert plain
    nothing_said_of = set(re.findall(r"`([^`]+)`", plain[1]))
    assert said_of | nothing_said_of == MODULES


def test_a_module_of_which_nothing_was_found_has_no_finding_in_a_plan() -> None:
    plans, _, _ = PAGE.partition("## What the charts render")
    listed, _, rest = plans.partition("Nothing was found in what these modules make of the plans:")
    for module in re.findall(r"`([^`]+)`", rest):
        assert f"`{module}." not in listed, module


def test_every_resource_of_a_finding_is_made_by_its_module() -> None:
    assert len(ROWS) > 20
    for checks, resources, reason in ROWS:
        names = re.findall(r"`([^`]+)`", resources)
        assert names, checks
        assert ", ".join(f"`{name}`" for name in names) == resources, checks
        assert len(reason) > 20, checks
        for name in names:
            module, _, address = name.partition(".")
            # what the module's complete example makes
            snapshot = (
                PROJECT
                / "tests/modules/__snapshots__/test_planned_values"
                / f"test_everything_made_stays_what_it_is[{module}].yaml"
            )
            assert snapshot.is_file(), name
            assert re.search(rf"^ +{re.escape(address)}[\[:]", snapshot.read_text("utf-8"), re.MULTILINE), name


def test_every_check_is_one_of_checkovs_and_tells_of_a_resource_once() -> None:
    seen: set[tuple[str, str]] = set()
    for checks, resources, _ in ROWS:
        for check in checks.split(", "):
            assert CHECK.fullmatch(check), check
            for resource in resources.split(", "):
                assert (check, resource) not in seen, f"{check} of {resource} has two reasons"
                seen.add((check, resource))


def test_every_stack_of_prod_was_scanned() -> None:
    stacks = re.findall(r"^\| prod-([a-z-]+) \| [0-9]+ \| [0-9]+ \|$", PAGE, re.MULTILINE)
    families = {path.stem for path in (PROJECT / "environments" / "families").glob("[a-z]*.py")}
    assert {stack.replace("-", "_") for stack in stacks} == families
