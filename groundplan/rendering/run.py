"""Every release of the planned stacks: rendered, and each of its values proven to act."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundplan.charts import chart, format_path, list_charts
from groundplan.charts.paths import Way
from groundplan.objects import collisions, validity
from groundplan.problems import Line, Problem
from groundplan.synth.manifest import Manifest, StackRecord

from . import errors
from .bringers import Assumption, kinds_of
from .engines import Target
from .proof import Dead
from .releases import Release, releases_of
from .rendering import Outcome, Rendering
from .values import at

__all__ = ["Renders", "render_all"]

_NEWEST_KUBERNETES = "1.34"
"""What is rendered for where nobody says what the cluster is: a root of others."""


@dataclass(frozen=True)
class Renders:
    """What became of the releases of each stack, and what is wrong with them, each by stack.

    `helm` is the Helm that rendered, empty where there is none. `assumptions` are the charts whose kinds environments
    take for granted; `not_looked_at` are stacks and releases that may bring or need a kind without anybody knowing, and
    `unknown` says in words what of the objects nobody could look at.
    """

    helm: str
    stacks: Mapping[str, tuple[Outcome, ...]]
    problems: Mapping[str, tuple[Problem, ...]]
    warnings: Mapping[str, tuple[Problem, ...]]
    assumptions: tuple[Assumption, ...] = ()
    not_looked_at: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def not_rendered(self) -> list[Outcome]:
        """Releases without objects, for which there is a reason beside a fault of theirs."""
        return [each for outcomes in self.stacks.values() for each in outcomes if each.why]

    def for_rules(self, stack: str) -> dict[str, Any]:
        """The stack's objects as policies read them, by the release's address."""
        return {
            outcome.release.address: {
                "objects": [
                    {"template": each.template, "namespace": each.namespace, "object": _short(each.document)}
                    for each in outcome.objects
                ],
                "unknown": list(outcome.unknown),
            }
            for outcome in self.stacks.get(stack, ())
            if outcome.objects is not None
        }


def render_all(
    plans: Mapping[str, Path],
    folders: Mapping[str, Path],
    manifest: Manifest | None,
    *,
    prove: bool = True,
    fresh: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Renders:
    """Renders the releases of each stack's plan (stack name to the file of `terraform show -json`).

    `folders` are the stacks' own, in which charts of modules lie. What Helm refuses and values without effect are in
    the problems; so nothing is raised but BadInput for a folder of charts that is not what it should be, and ToolFailed
    for a Helm that breaks.
    """
    releases: dict[str, list[Release]] = {}
    configurations: dict[str, Any] = {}
    for stack, path in sorted(plans.items()):
        plan = json.loads(path.read_bytes())
        releases[stack] = releases_of(stack, plan, folders.get(stack, path.parent))
        configurations[stack] = plan.get("configuration", {})
    records = {record.name: record for record in manifest.stacks} if manifest else {}
    found: dict[str, tuple[Outcome, ...]] = {}
    wrong: dict[str, list[Problem]] = {}
    helm = ""
    by_target = _by_target(releases, records, manifest)
    for target, stacks in by_target.items():
        with Rendering(target, fresh=fresh) as rendering:
            helm = rendering.helm
            for stack in stacks:
                outcomes = []
                if releases[stack]:
                    progress(f"rendering {stack}")
                for release in releases[stack]:
                    outcome = rendering.outcome(release)
                    outcomes.append(outcome)
                    places = _Places(release, records.get(stack), manifest, configurations[stack])
                    problems = wrong.setdefault(stack, [])
                    if outcome.problem is not None:
                        problems.append(outcome.problem.said_at(places.module_line))
                    elif prove and outcome.objects is not None:
                        problems += _without_effect(release, rendering.dead(release), places)
                found[stack] = tuple(outcomes)
    warnings: dict[str, list[Problem]] = {}
    unknown: set[str] = set()
    made = {stack: [one for each in outcomes for one in each.objects or ()] for stack, outcomes in found.items()}
    for target, stacks in by_target.items():
        everything = [one for stack in stacks for one in made[stack]]
        for stack in stacks:
            valid = validity(
                made[stack], kubernetes_version=target.kubernetes_version, where=stack, definitions=everything
            )
            wrong.setdefault(stack, []).extend(valid.problems)
            warnings.setdefault(stack, []).extend(valid.warnings)
            unknown.update(valid.unknown)
    assumptions: list[Assumption] = []
    not_looked_at: list[str] = []
    for environment, facts in (manifest.clusters if manifest else {}).items():
        members = [record for record in records.values() if record.environment == environment]
        if any(record.name in plans for record in members):
            names = {record.name for record in members}
            seen = {stack: outcomes for stack, outcomes in found.items() if stack in names}
            for problem in collisions({stack: made[stack] for stack in seen}):
                wrong.setdefault(problem.path.partition(":")[0], []).append(problem)
            kinds = kinds_of(environment, facts, members, seen, plans)
            assumptions += kinds.assumptions
            not_looked_at += kinds.not_looked_at
            for stack, faults in kinds.problems.items():
                wrong.setdefault(stack, []).extend(faults)
    return Renders(
        helm,
        {stack: found[stack] for stack in sorted(found)},
        {stack: tuple(problems) for stack, problems in sorted(wrong.items()) if problems},
        {stack: tuple(told) for stack, told in sorted(warnings.items()) if told},
        tuple(assumptions),
        tuple(not_looked_at),
        tuple(sorted(unknown)),
    )


def _by_target(
    releases: Mapping[str, Sequence[Release]], records: Mapping[str, StackRecord], manifest: Manifest | None
) -> dict[Target, list[str]]:
    """The stacks by the cluster that they are for: what an environment's charts bring is there for all of them."""
    environments: dict[str, list[str]] = {}
    for stack in releases:
        environments.setdefault(records[stack].environment if stack in records else "", []).append(stack)
    found: dict[Target, list[str]] = {}
    for environment, stacks in environments.items():
        facts = manifest.clusters.get(environment) if manifest else None
        names = set(facts.provides if facts else ())
        # of the whole environment, also when one of its stacks alone is looked at
        for name in list_charts():
            if any(_is_of(release, name) for stack in stacks for release in releases[stack]):
                names.add(name)
        brought = {kind for name in names for kinds in chart(name).custom_resources.values() for kind in kinds}
        versions = {kind.replace(" ", "/") for kind in brought} | {kind.partition(" ")[0] for kind in brought}
        target = Target(facts.kubernetes_version if facts else _NEWEST_KUBERNETES, tuple(sorted(versions)))
        found.setdefault(target, []).extend(stacks)
    return found


def _is_of(release: Release, name: str) -> bool:
    locked = chart(name)
    return (release.chart, release.version.removeprefix("v")) == (locked.chart, locked.version.removeprefix("v"))


def _without_effect(release: Release, dead: Sequence[Dead], places: _Places) -> Iterator[Problem]:
    """One problem for all that one switch switches off and one author wrote; the rest one by one."""
    alike: dict[tuple[Any, ...], list[Dead]] = {}
    for each in dead:
        key = (each.switch, places.is_users(each.way)) if each.switch else (each.way,)
        alike.setdefault(key, []).append(each)
    for together in alike.values():
        first = together[0]
        path, line = places.of(_common([each.way for each in together]))
        switch = errors.switched(format_path(first.switch), first.switched) if first.switch else ""
        names = [format_path(each.way) for each in together]
        yield errors.value_without_effect(path, release.title, switch, names).said_at(line)


def _common(ways: Sequence[Way]) -> Way:
    """What all of these are in."""
    length = 0
    for steps in zip(*ways, strict=False):
        if len(set(steps)) > 1:
            break
        length += 1
    return ways[0][:length]


_SETTING = re.compile(r"\$\{yamlencode\(var\.([A-Za-z0-9_]+)\)\}")


class _Places:
    """Where the values of a release were said."""

    def __init__(
        self, release: Release, record: StackRecord | None, manifest: Manifest | None, configuration: Mapping[str, Any]
    ) -> None:
        self._release = release
        address = re.sub(r"\[[^\]]*\]", "", release.address)
        call, _, inside = address.removeprefix("module.").partition(".")
        self._call = f"module.{call}" if record and address.startswith("module.") else ""
        self._record = record
        self.module_line: Line | None = None
        self._setting = ""
        if record is None or manifest is None or not self._call:
            return
        name = record.call_modules.get(self._call)
        module = next((each for each in manifest.modules if each.name == name), None)
        self.module_line = module.lines.get(inside) if module else None
        self._setting = _passed_through(configuration, call, inside)

    def is_users(self, way: Way) -> bool:
        """Whether the module hands the value on, as it was given to it."""
        release = self._release
        return bool(self._setting and release.documents and at(release.documents[0], way) is not None)

    def of(self, way: Way) -> tuple[str, Line | None]:
        """The path of a value as its author wrote it, and the line: of a setting, or of the module's release."""
        release = self._release
        path = format_path(way)
        if self._record is None or not self.is_users(way):
            return f"{release.stack}: {release.address}: values.{path}".rstrip("."), self.module_line
        full = f"{self._setting}.{path}"
        said = self._record.settings.get(self._call, {})
        fitting = [key for key in said if full == key or full.startswith((f"{key}.", f"{key}["))]
        line = said[max(fitting, key=len)] if fitting else self._record.calls.get(self._call)
        call = self._call.removeprefix("module.")
        return f"{self._record.environment}.{self._record.family}.{call}.{full}", line


def _passed_through(configuration: Mapping[str, Any], call: str, inside: str) -> str:
    """The input that is handed to the chart as it is, in the first document."""
    module = configuration.get("root_module", {}).get("module_calls", {}).get(call, {}).get("module", {})
    for resource in module.get("resources", []):
        if resource.get("address") == inside:
            values = resource.get("expressions", {}).get("values", {}).get("constant_value") or [""]
            found = _SETTING.fullmatch(str(values[0]))
            return found[1] if found else ""
    return ""


def _short(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object; of a definition of a kind what it is called alone, since no rule reads the schema of a kind."""
    if document.get("kind") != "CustomResourceDefinition":
        return document
    spec = document.get("spec") or {}
    return {
        **{key: item for key, item in document.items() if key in ("apiVersion", "kind", "metadata")},
        "spec": {key: spec[key] for key in ("group", "names", "scope") if key in spec},
    }
