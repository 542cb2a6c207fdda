"""A module's examples: a folder for each scenario, with HCL to copy and a README that says when one wants it.

examples/<module>/<scenario>/main.tf
examples/<module>/<scenario>/README.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groundplan.problems import Problem

from . import errors
from .readme import summary, titles
from .sources import calls, local_source
from .trial import calls_twice

__all__ = ["COMPLETE", "EXAMPLES", "MINIMAL", "Scenario", "problems_of_scenarios", "scenarios_of"]

EXAMPLES = "examples"
"""Where examples are, in the project and in a package."""
MINIMAL = "minimal"
COMPLETE = "complete"
_WANTED = {
    MINIMAL: "a call that gives what the module requires and no more",
    COMPLETE: "all that the module can do, in two calls,",
}
_NOT_SHIPPED = (".terraform", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SECTIONS = {
    "when": ("when one wants it", "## When, with whom it is for"),
    "before": ("what it asks for", "## Before, with what must exist already"),
    "commands": ("how it is run", "## Commands, from terraform init on"),
}


@dataclass(frozen=True)
class Scenario:
    """One use of a module, in a folder named after it. `main` and `readme` are empty when their file is missing."""

    name: str
    folder: Path
    main: str
    readme: str

    @property
    def shows(self) -> str:
        """What it shows: the first paragraph of its README, on one line."""
        return summary(self.readme)

    def files(self) -> list[Path]:
        """What a package carries of it, sorted, relative to the folder; what Terraform left there stays."""
        return [path for path in _below(self.folder) if (self.folder / path).is_file()]


def scenarios_of(project: Path, module: str) -> list[Scenario]:
    """The scenarios of a module from the least to the most: minimal, others by name, complete."""
    home = project / EXAMPLES / module
    folders = {path.parts[0] for path in _below(home) if (home / path.parts[0]).is_dir()}
    return [
        Scenario(name, home / name, _read(home / name / "main.tf"), _read(home / name / "README.md"))
        for name in sorted(folders, key=lambda name: (name != MINIMAL, name == COMPLETE, name))
    ]


def problems_of_scenarios(project: Path, module: str) -> Iterator[Problem]:
    """What the examples of a module lack, and what stands where no package would take it."""
    home = project / EXAMPLES / module
    place = f"{EXAMPLES}/{module}"
    found = {scenario.name: scenario for scenario in scenarios_of(project, module)}
    for path in _below(home):
        if len(path.parts) == 1 and (home / path).is_file():
            yield errors.outside_a_scenario(f"{place}/{path.as_posix()}", f"{place}/{COMPLETE}")
    for name in (MINIMAL, COMPLETE):
        if name not in found:
            yield errors.example_missing(f"{place}/{name}/main.tf", _WANTED[name])
    for name, scenario in found.items():
        if _NAME.fullmatch(name) is None:
            yield errors.not_a_scenario(f"{place}/{name}")
        yield from _problems(f"{place}/{name}", module, scenario)


def _problems(place: str, module: str, scenario: Scenario) -> Iterator[Problem]:
    if not scenario.main:
        yield errors.example_missing(f"{place}/main.tf", _WANTED.get(scenario.name, "the scenario"))
    elif not calls(scenario.main, module):
        yield errors.calls_nothing(f"{place}/main.tf", local_source(module))
    elif scenario.name == COMPLETE and not calls_twice(scenario.main, module):
        yield errors.calls_once(f"{place}/main.tf")
    path = f"{place}/README.md"
    if not scenario.readme:
        yield errors.scenario_untold(path)
        return
    if not scenario.shows:
        yield errors.scenario_without_summary(path)
    told = {title.lower() for title in titles(scenario.readme)}
    for word, (what, cure) in _SECTIONS.items():
        if word not in told:
            yield errors.section_missing(path, what, cure)


def _below(folder: Path) -> list[Path]:
    """Everything below a folder that an author put there, relative to it and sorted."""
    inside = (path.relative_to(folder) for path in folder.rglob("*"))
    return sorted((path for path in inside if not set(path.parts) & set(_NOT_SHIPPED)), key=Path.as_posix)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
