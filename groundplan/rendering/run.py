"""Every release of the planned stacks: rendered, and each of its values proven to act."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from groundplan.charts import chart, format_path, list_charts
from groundplan.charts.paths import Way
from groundplan.connections import judge as judge_connections
from groundplan.objects import KubernetesObject, collisions, planned_objects, validity
from groundplan.objects.changes import ReleaseChange, object_changes
from groundplan.objects.schemas import minor_of, served_kinds
from groundplan.problems import Problem
from groundplan.remembering import Memory, digest
from groundplan.signals import Environment, Running, judge
from groundplan.synth.manifest import Manifest, StackRecord

from . import errors
from .bringers import Assumption, kinds_of
from .engines import Target, helm
from .environments import Part, joined, parsed, parts_of, read_text
from .kept import Rendered, keep, kept, key_of
from .namespaces import late_namespaces
from .passing import Passed
from .places import Places
from .proof import Dead
from .releases import Release, definitions_path, releases_of
from .rendering import Outcome, Rendering, Sessions

__all__ = ["Renders", "render_all"]

_NEWEST_KUBERNETES = "1.34"
"""What is rendered for where nobody says what the cluster is: a root of others."""


@dataclass(frozen=True)
class Renders(Rendered):
    """What became of the releases, and how to see what each environment emits, collects and asks for.

    `made_of` stands for all that it depends on; it is empty where nothing does.
    """

    made_of: str = ""
    see: Callable[[], Mapping[str, Environment]] = field(default=dict, compare=False)

    @property
    def signals(self) -> Mapping[str, Environment]:
        """The signals of each environment."""
        return self.see()

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
                # what is made up has the shape that it will have: no rule asks which role or zone it is
                "unknown": [] if outcome.release.is_supposed else list(outcome.unknown),
            }
            for outcome in self.stacks.get(stack, ())
            if outcome.objects is not None
        }


Suppose = Callable[[Collection[str]], Mapping[str, Mapping[str, Any]]]
"""The states that some stacks would have after an apply, with something made up for what only a cloud decides."""


def render_all(
    plans: Mapping[str, Path],
    folders: Mapping[str, Path],
    manifest: Manifest | None,
    *,
    suppose: Suppose = lambda _: {},
    supposed_by: str | None = None,
    sessions: Sessions | None = None,
    prove: bool = True,
    fresh: bool = False,
    progress: Callable[[str], None] = lambda _: None,
    made_of: Mapping[str, str] | None = None,
    memory: Memory | None = None,
) -> Renders:
    """Renders the releases of each stack's plan (stack name to the file of `terraform show -json`).

    `folders` are the stacks' own, in which charts of modules lie. `suppose` is asked for the stacks of releases that
    are not wholly known. What becomes of an environment is kept for a run of the same, unless something of it is
    secret, where `supposed_by` and, by stack, `made_of` stand for what `suppose` depends on beside plans and folders;
    `fresh` looks at everything again. Whoever renders again and again gives `sessions` and a `memory`. What Helm
    refuses, what the API server would refuse and values without effect are in the problems; so nothing is raised but
    BadInput for a folder of charts that is not what it should be, and ToolFailed for a Helm that breaks.
    """
    texts = {stack: read_text(path) for stack, path in sorted(plans.items())}
    found = sessions.helm if sessions is not None else helm()
    memory = memory or Memory()
    parts = parts_of(texts, folders, manifest)
    done: dict[int, Renders] = {}
    keys = [""] * len(parts)
    for index, part in enumerate(parts if supposed_by is not None else ()):
        depends = [supposed_by, [(made_of or {}).get(stack, "") for stack in part.texts]]
        name = found.name if found else ""
        key = key_of(part.texts, part.folders, part.manifest, helm=name, prove=prove, supposed_by=json.dumps(depends))
        known = None if fresh else kept(key, part.folders, memory)
        keys[index] = key
        if known is not None:
            done[index] = Renders(**vars(known), made_of=key, see=cache(partial(_signals_of, known, part, memory)))
    anew = [index for index in range(len(parts)) if index not in done]
    read = {index: parsed(parts[index].texts, memory) for index in anew}
    told = {index: _releases(read[index], parts[index]) for index in anew}
    unsure = [
        stack for index in anew for stack, each in told[index].items() if any(release.unknown for release in each)
    ]
    states = suppose(unsure) if unsure else {}
    with ExitStack() as held:
        if sessions is None and found is not None and any(each for index in anew for each in told[index].values()):
            sessions = held.enter_context(Sessions(found))
        for index in anew:
            part = parts[index]
            releases = {**told[index], **_releases(read[index], part, states)}
            run = _Run(read[index], releases, part.folders, part.manifest, sessions, prove, fresh, progress)
            run.render()
            run.look()
            run.look_through(told[index])
            rendered = run.result()
            key = "" if run.is_sensitive else keys[index]
            if key:
                keep(key, rendered, part.folders, memory)
            done[index] = Renders(**vars(rendered), made_of=key, see=partial(_sorted, run.seen))
    every = [done[index] for index in range(len(parts))]
    return Renders(
        **vars(joined(every)),
        made_of=digest(*(each.made_of for each in every)) if every and all(each.made_of for each in every) else "",
        see=lambda: _sorted({name: seen for each in every for name, seen in each.signals.items()}),
    )


def _releases(
    plans: Mapping[str, Mapping[str, Any]], part: Part, states: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, list[Release]]:
    """The releases of each stack; with `states`, of those stacks alone, and with what these make up."""
    return {
        stack: releases_of(stack, plan, part.folders.get(stack, Path()), supposed=(states or {}).get(stack, {}))
        for stack, plan in plans.items()
        if states is None or stack in states
    }


def _sorted(seen: Mapping[str, Environment]) -> dict[str, Environment]:
    return dict(sorted(seen.items()))


class _Run:
    """One run over stacks, and what is found on the way."""

    def __init__(
        self,
        plans: Mapping[str, Any],
        releases: Mapping[str, Sequence[Release]],
        folders: Mapping[str, Path],
        manifest: Manifest | None,
        sessions: Sessions | None,
        prove: bool,
        fresh: bool,
        progress: Callable[[str], None],
    ) -> None:
        self._plans = plans
        self._releases = releases
        self._folders = folders
        self._manifest = manifest
        self._sessions = sessions
        self._prove = prove
        self._fresh = fresh
        self._progress = progress
        self._records = {record.name: record for record in manifest.stacks} if manifest else {}
        self._targets = _by_target(releases, self._records, manifest)
        self._outcomes: dict[str, tuple[Outcome, ...]] = {}
        self._problems: dict[str, list[Problem]] = {stack: [] for stack in releases}
        self._warnings: dict[str, list[Problem]] = {stack: [] for stack in releases}
        self._unknown: set[str] = set()
        self._tried: set[str] = set()
        self._assumptions: list[Assumption] = []
        self._not_looked_at: list[str] = []
        self._changes: dict[str, list[ReleaseChange]] = {}
        self.seen: dict[str, Environment] = {}
        self.is_sensitive = any(each.is_sensitive for found in releases.values() for each in found)

    def render(self) -> None:
        """Renders every release, as it will be and as it is now where that is something else, and proves its values."""
        for target, stacks in self._targets.items():
            rendering = Rendering(target, self._sessions, fresh=self._fresh)
            for stack in stacks:
                if self._releases[stack]:
                    self._progress(f"rendering {stack}")
                self._outcomes[stack] = tuple(self._outcome(rendering, each) for each in self._releases[stack])
                self._changes[stack] = list(self._compared(rendering, stack))

    def _outcome(self, rendering: Rendering, release: Release) -> Outcome:
        stack, outcome = release.stack, rendering.outcome(release)
        if outcome.objects is not None and rendering.is_another_archive(release):
            self._tried.add(release.title)
        configuration = self._plans[stack].get("configuration", {})
        places = Places(release, self._records.get(stack), self._manifest, configuration)
        if outcome.problem is not None:
            self._problems[stack].append(outcome.problem.said_at(places.module_line))
        elif self._prove and outcome.objects is not None:
            # what is left out may be what switches a part on
            is_sure = not release.unknown or release.is_supposed
            told = self._problems[stack] if is_sure else self._warnings[stack]
            told += _without_effect(release, rendering.dead(release), places)
        return outcome

    def _compared(self, rendering: Rendering, stack: str) -> Iterator[ReleaseChange]:
        plan = self._plans[stack]
        if not any((resource.get("change") or {}).get("before") for resource in _managed(plan)):
            return
        folder = self._folders.get(stack, Path())
        after = {outcome.release.address: outcome for outcome in self._outcomes[stack]}
        before = {release.address: release for release in releases_of(stack, plan, folder, before=True)}
        self.is_sensitive |= any(each.is_sensitive for each in before.values())
        for address in sorted(before.keys() | after.keys()):
            old, new = before.get(address), after.get(address)
            if old is not None and new is not None and old.makes_the_same_as(new.release):
                continue
            yield _change(rendering, address, rendering.outcome(old) if old else None, new, plan)

    def look(self) -> None:
        """Holds the objects against the cluster's version, against each other, and against the kinds that are there."""
        made = {
            stack: [one for each in outcomes for one in each.objects or ()]
            for stack, outcomes in self._outcomes.items()
        }
        for target, stacks in self._targets.items():
            everything = [one for stack in stacks for one in made[stack]]
            for stack in stacks:
                valid = validity(
                    made[stack], kubernetes_version=target.kubernetes_version, where=stack, definitions=everything
                )
                self._problems[stack] += valid.problems
                self._warnings[stack] += valid.warnings
                self._unknown.update(valid.unknown)
        for environment, facts in (self._manifest.clusters if self._manifest else {}).items():
            members = [record for record in self._records.values() if record.environment == environment]
            names = {record.name for record in members}
            seen = {stack: outcomes for stack, outcomes in self._outcomes.items() if stack in names}
            if not seen:
                continue
            every = {stack: [*made[stack], *planned_objects(self._plans[stack])] for stack in seen}
            for problem in [*collisions(every), *late_namespaces(every, members, self._plans)]:
                self._problems[problem.path.partition(":")[0]].append(problem)
            kinds = kinds_of(environment, facts, members, seen, self._plans)
            self._assumptions += kinds.assumptions
            self._not_looked_at += kinds.not_looked_at
            for stack, faults in kinds.problems.items():
                self._problems[stack] += faults
        self._signals()
        self._connections(made)

    def _signals(self) -> None:
        """Holds alarms, rules, dashboards and monitors against what the releases of each environment emit."""
        for environment, stacks in _by_environment(self._plans, self._records).items():
            seen = _environment(environment, stacks, self._outcomes, self._plans, self._folders, self._manifest)
            self.seen[environment] = seen
            found = judge(seen)
            for stack in stacks:
                self._problems[stack] += found.problems.get(stack, ())
                self._warnings[stack] += found.warnings.get(stack, ())
            self._unknown.update(found.unknown)

    def _connections(self, made: Mapping[str, Sequence[KubernetesObject]]) -> None:
        """Holds NetworkPolicies against who asks whom in each environment."""
        for environment, stacks in _by_environment(self._plans, self._records).items():
            found = judge_connections(
                {stack: [*made[stack], *planned_objects(self._plans[stack])] for stack in stacks},
                [_running(outcome) for stack in stacks for outcome in self._outcomes[stack]],
                {stack: self._plans[stack] for stack in stacks},
                self.seen[environment],
            )
            for stack in stacks:
                self._problems[stack] += found.problems.get(stack, ())
                self._warnings[stack] += found.warnings.get(stack, ())

    def look_through(self, told: Mapping[str, Sequence[Release]]) -> None:
        """Holds what passes through to applications against what is known of these.

        `told` are the releases without anything made up: that has no form which an application would take.
        """
        for stack, releases in told.items():
            passed = Passed(stack)
            record, configuration = self._records.get(stack), self._plans[stack].get("configuration", {})
            for release in releases:
                passed.release(release, Places(release, record, self._manifest, configuration).of)
            for outcome in self._outcomes[stack]:
                passed.objects(outcome.release, outcome.objects or ())
            passed.resources(self._plans[stack])
            self._problems[stack] += passed.problems
            self._warnings[stack] += passed.warnings
            self._unknown.update(passed.unchecked())

    def result(self) -> Rendered:
        """All of it, sorted."""
        return Rendered(
            helm=self._sessions.helm.name if self._sessions else "",
            stacks={stack: self._outcomes[stack] for stack in sorted(self._outcomes)},
            problems={stack: tuple(told) for stack, told in sorted(self._problems.items()) if told},
            warnings={stack: tuple(told) for stack, told in sorted(self._warnings.items()) if told},
            assumptions=tuple(self._assumptions),
            not_looked_at=tuple(self._not_looked_at),
            unknown=tuple(sorted(self._unknown)),
            changes={stack: tuple(told) for stack, told in sorted(self._changes.items()) if told},
            targets={stack: target for target, stacks in self._targets.items() for stack in sorted(stacks)},
            other_archives=tuple(sorted(self._tried)),
        )


def _by_environment(stacks: Iterable[str], records: Mapping[str, StackRecord]) -> dict[str, list[str]]:
    """The stacks of each environment; those of none together."""
    found: dict[str, list[str]] = {}
    for stack in stacks:
        found.setdefault(records[stack].environment if stack in records else "", []).append(stack)
    return found


def _environment(
    name: str,
    stacks: Sequence[str],
    outcomes: Mapping[str, Sequence[Outcome]],
    plans: Mapping[str, Mapping[str, Any]],
    folders: Mapping[str, Path],
    manifest: Manifest | None,
) -> Environment:
    """What is known of the signals of an environment, of which these stacks are looked at."""
    members = {record.name for record in manifest.stacks if record.environment == name} if manifest else set()
    facts = manifest.clusters.get(name) if manifest else None
    return Environment.of(
        [_running(outcome) for stack in stacks for outcome in outcomes[stack]],
        {stack: plans[stack] for stack in stacks},
        folders=folders,
        blind=sorted(members - set(stacks)) if members else [errors.no_environment()],
        provides=facts.provides if facts else (),
    )


def _signals_of(rendered: Rendered, part: Part, memory: Memory) -> dict[str, Environment]:
    """The same of all environments, from what was kept."""
    records = {record.name: record for record in part.manifest.stacks} if part.manifest else {}
    plans = parsed(part.texts, memory)
    return {
        environment: _environment(environment, stacks, rendered.stacks, plans, part.folders, part.manifest)
        for environment, stacks in sorted(_by_environment(plans, records).items())
    }


def _running(outcome: Outcome) -> Running:
    release = outcome.release
    is_local = release.folder is not None
    return Running(release.stack, release.address, release.chart, release.version, is_local, outcome.objects)


def _managed(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for resource in plan.get("resource_changes") or ():
        if isinstance(resource, Mapping) and resource.get("mode") == "managed":
            yield resource


def _change(
    rendering: Rendering, address: str, old: Outcome | None, new: Outcome | None, plan: Mapping[str, Any]
) -> ReleaseChange:
    """What becomes of a release: `old` is what is there, `new` what will be."""
    titles = [each.release.title if each else "" for each in (old, new)]
    for each in (old, new):
        if each is not None and each.objects is None:
            why = each.why or (each.problem.message if each.problem else "")
            return ReleaseChange(address, titles[0], titles[1], (), why=why)
    random = rendering.random_templates(new.release) if new else frozenset()
    was, will = (each.objects or () if each else () for each in (old, new))
    if old and new and (old.release.name, old.release.namespace) != (new.release.name, new.release.namespace):
        # Helm knows a release by these: what was there goes, and all is made anew
        objects = (*object_changes(was, ()), *object_changes((), will))
    else:
        objects = object_changes(
            was,
            will,
            random=random,
            crds_applied_by=_applies_crds(plan, new.release) if new else "",
            crds_written_to=f"out/{definitions_path(new.release.stack, address)}" if new else "",
        )
    return ReleaseChange(address, titles[0], titles[1], objects, new.unknown if new else ())


def _applies_crds(plan: Mapping[str, Any], release: Release) -> str:
    """The address of the Job that brings the release's definitions before it; empty when there is none.

    It has the label that Helm gives to what is of a chart: https://helm.sh/docs/chart_best_practices/labels/
    """
    label = f"{release.chart}-{release.version}".replace("+", "_")
    for resource in _managed(plan):
        after = (resource.get("change") or {}).get("after")
        if str(resource.get("type")).removesuffix("_v1") != "kubernetes_job" or not isinstance(after, Mapping):
            continue
        for head in after.get("metadata") or ():
            if (head.get("labels") or {}).get("helm.sh/chart") == label and head.get("namespace") == release.namespace:
                return str(resource.get("address"))
    return ""


def _by_target(
    releases: Mapping[str, Sequence[Release]], records: Mapping[str, StackRecord], manifest: Manifest | None
) -> dict[Target, list[str]]:
    """The stacks by the cluster that they are for: what an environment's charts bring is there for all of them."""
    found: dict[Target, list[str]] = {}
    for environment, stacks in _by_environment(releases, records).items():
        facts = manifest.clusters.get(environment) if manifest else None
        names = set(facts.provides if facts else ())
        # of the whole environment, also when one of its stacks alone is looked at
        for name in list_charts():
            if any(_is_of(release, name) for stack in stacks for release in releases[stack]):
                names.add(name)
        kubernetes_version = facts.kubernetes_version if facts else _NEWEST_KUBERNETES
        # Helm's own list has no kinds, and charts ask a cluster for them: whether it has IngressClass, for instance
        kinds = {" ".join(kind) for kind in served_kinds(minor_of(kubernetes_version) or 0)}
        kinds |= {kind for name in names for each in chart(name).custom_resources.values() for kind in each}
        versions = {kind.replace(" ", "/") for kind in kinds} | {kind.partition(" ")[0] for kind in kinds}
        target = Target(kubernetes_version, tuple(sorted(versions)))
        found.setdefault(target, []).extend(stacks)
    return found


def _is_of(release: Release, name: str) -> bool:
    locked = chart(name)
    return (release.chart, release.version.removeprefix("v")) == (locked.chart, locked.version.removeprefix("v"))


def _without_effect(release: Release, dead: Sequence[Dead], places: Places) -> Iterator[Problem]:
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


def _short(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object; of a definition of a kind what it is called alone, since no rule reads the schema of a kind."""
    if document.get("kind") != "CustomResourceDefinition":
        return document
    spec = document.get("spec") or {}
    return {
        **{key: item for key, item in document.items() if key in ("apiVersion", "kind", "metadata")},
        "spec": {key: spec[key] for key in ("group", "names", "scope") if key in spec},
    }
