"""Whether the signals of an environment arrive: whoever is asked emits, and somebody collects.

    found = judge(Environment.of(running, plans, blind=["prod-mesh"]))
    found.problems      by stack: what finds nothing, for sure
    found.warnings      by stack: what most likely finds nothing
    found.unknown       what nobody could look at, in words

What of an environment was not looked at may emit anything: then a miss is a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from groundplan.charts import chart
from groundplan.objects import KubernetesObject
from groundplan.problems import Problem

from . import errors
from .cloudwatch import Alarm, Published, alarm_faults, alarms_of, published_of
from .collecting import Collector, collectors_of, discoveries_of, read_objects, unread
from .emitted import Emitted, Emitter
from .expressions import Expression, dashboards_of, rules_of
from .facts import component, emitters
from .monitors import Monitor, Target, added_labels, monitors_of, targets_of
from .promql import Labels, faults, labels_of, metrics_of
from .running import Components, Running, addons_of, components_of, components_of_chart, native

__all__ = ["Environment", "Judged", "judge"]


@dataclass(frozen=True)
class Judged:
    """What was found, by stack."""

    problems: Mapping[str, tuple[Problem, ...]]
    warnings: Mapping[str, tuple[Problem, ...]]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Environment:
    """All that is known of the signals of an environment: who emits, what collects, who asks."""

    emitters: tuple[Emitter, ...]
    emitted: Emitted
    monitors: tuple[Monitor, ...]
    collectors: tuple[Collector, ...]
    collectable: tuple[tuple[Running, KubernetesObject], ...]
    """What means nothing until a collector reads it: monitors, probes, rules."""
    expressions: tuple[Expression, ...]
    alarms: tuple[Alarm, ...]
    published: Published
    is_whole: bool
    sees_all_objects: bool

    @classmethod
    def of(
        cls,
        running: Sequence[Running],
        plans: Mapping[str, Mapping[str, Any]],
        *,
        folders: Mapping[str, Path] = MappingProxyType({}),
        blind: Sequence[str] = (),
        provides: Sequence[str] = (),
    ) -> Environment:
        """`running` are the releases of the environment, `plans` those of its stacks, by stack.

        `folders` are those that the stacks were planned in; what is in none is taken for whatever is asked of it.
        `blind` are stacks of it that were not looked at, or a word for all that is unknown without an environment;
        `provides` are charts of the lock that are in the cluster without a stack.
        """
        running = [*running, *(each for stack in sorted(plans) for each in native(stack, plans[stack]))]
        targets = targets_of(running)
        monitors = monitors_of(running, targets)
        expressions = [*rules_of(running), *dashboards_of(running)]
        there = [(name, components_of_chart(chart(name).chart, chart(name).app_version)) for name in provides]
        there += [(place, known) for stack in sorted(plans) for place, known in addons_of(stack, plans[stack])]
        collectors = collectors_of(running)
        read = [each for each in monitors if unread(each.obj, collectors) is None]
        # whoever has no collector here may have one that follows the custom
        discoveries = discoveries_of(running) if collectors else [()]
        who, others, unseen = _emitters(running, there, read, targets, collectors, discoveries)
        emitted = Emitted(
            who, others=others, blind=", ".join([*blind, *unseen]), extra_labels=added_labels(running, monitors)
        )
        _record(expressions, emitted)
        return cls(
            emitters=tuple(who),
            emitted=emitted,
            monitors=tuple(monitors),
            collectors=tuple(collectors),
            collectable=tuple(read_objects(running)),
            expressions=tuple(expressions),
            alarms=tuple(alarm for stack in sorted(plans) for alarm in alarms_of(stack, plans[stack])),
            published=published_of(plans, folders),
            is_whole=not blind,
            sees_all_objects=not blind and all(each.objects is not None for each in running),
        )


@dataclass
class _Found:
    problems: dict[str, dict[Problem, None]] = field(default_factory=dict)
    warnings: dict[str, dict[Problem, None]] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)

    def tell(self, stack: str, problem: Problem, is_warning: bool) -> None:
        (self.warnings if is_warning else self.problems).setdefault(stack, {}).setdefault(problem)


def judge(seen: Environment) -> Judged:
    """Looks at all that asks for a signal in an environment."""
    found = _Found()
    empty: dict[tuple[str, str, str, tuple[str, ...]], tuple[str, dict[str, None]]] = {}
    for one in seen.expressions:
        stack = one.release.stack
        if one.unknown:
            found.unknown.setdefault(one.unknown)
        if one.wrong is not None:
            found.tell(stack, one.problem(one.wrong), False)
        if one.tree is not None:
            missing = _missing(one, seen.emitted) if one.is_of_dashboard else {}
            for each in faults(one.tree, seen.emitted, apart=frozenset(missing)):
                found.tell(stack, one.problem(each.said), each.is_warning)
            for metric, components in missing.items():
                key = one.release.place, one.obj.title, one.field, components
                empty.setdefault(key, (stack, {}))[1].setdefault(metric)
    for (place, title, file, components), (stack, metrics) in empty.items():
        said = errors.panels_empty(components, list(metrics))
        found.tell(stack, errors.dashboard_fault(place, title, file, "", said), True)
    for monitor in seen.monitors:
        lost = monitor.fault()
        if lost is not None:
            problem = errors.monitor_fault(monitor.release.place, monitor.obj.title, monitor.obj.template, lost)
            found.tell(monitor.release.stack, problem, not (monitor.is_of_its_own and seen.sees_all_objects))
    for release, obj in seen.collectable:
        missed = unread(obj, seen.collectors)
        if missed is not None:
            problem = errors.monitor_fault(release.place, obj.title, obj.template, missed)
            # what was not looked at may have a collector that reads it
            found.tell(release.stack, problem, not seen.sees_all_objects)
    for alarm in seen.alarms:
        for problem, is_warning in alarm_faults(alarm, seen.published, is_whole=seen.is_whole):
            found.tell(alarm.stack, problem, is_warning)
    return Judged(
        {stack: tuple(sorted(told)) for stack, told in sorted(found.problems.items())},
        {stack: tuple(sorted(told)) for stack, told in sorted(found.warnings.items())},
        tuple(found.unknown),
    )


def _missing(expression: Expression, emitted: Emitted) -> dict[str, tuple[str, ...]]:
    """The metrics of a dashboard's query that components emit which the environment does not run.

    A dashboard may be of more than an environment has: that is told once for each of them, and stops nothing.
    """
    found = {}
    for metric in metrics_of(expression.tree):
        if not emitted.series(metric) and (components := emitted.elsewhere(metric)):
            found[metric] = tuple(components)
    return found


def _emitters(
    running: Sequence[Running],
    there: Iterable[tuple[str, Components | None]],
    monitors: Sequence[Monitor],
    targets: Iterable[Target],
    collectors: Iterable[Collector],
    discoveries: Sequence[tuple[str, ...]],
) -> tuple[list[Emitter], set[str], list[str]]:
    """Who emits, first parts of names that facts are missing of, and releases of which nobody knows what they emit."""
    collected = {id(each.release) for monitor in monitors for each in monitor.collected if each.release is not None}
    collected |= {
        id(each.release) for each in targets if each.release is not None and _is_discovered(each, discoveries)
    }
    of_cluster = {each.component for monitor in monitors for each in monitor.collected if each.component}
    of_cluster |= {component for each in collectors for component in each.scraped}
    sees_all = all(each.objects is not None for each in running)
    found: dict[str, Emitter] = {}
    others, unseen = set(emitters()["cluster"]["others"]), []
    for name in emitters()["cluster"]["components"]:
        # which version the cluster has, nobody says here
        found[name] = Emitter(component(name), (), False, True if name in of_cluster else None)
    for place, known in there:
        if known is None:
            unseen.append(place)
            continue
        others |= set(known[1])
        # of which version it is there, and who collects it, nobody says here
        found |= {name: Emitter(component(name), (place,), False, None) for name, _ in known[0]}
    for release in running:
        known = components_of(release)
        if known is None:
            if release.runs_pods:
                unseen.append(release.place)
            continue
        others |= set(known[1])
        for index, (name, is_exact) in enumerate(known[0]):
            # of what runs beside the first, or in the pods of others, monitors tell less
            is_collected = (id(release) in collected or (None if not sees_all else False)) if index == 0 else None
            other = found.get(name)
            if other is not None and other.releases:
                is_exact = is_exact and other.is_exact
                is_collected = True if True in (is_collected, other.is_collected) else is_collected
            releases = (*(other.releases if other else ()), release.place)
            found[name] = Emitter(component(name), releases, is_exact, is_collected)
    return [found[name] for name in sorted(found)], others, unseen


def _is_discovered(target: Target, discoveries: Iterable[tuple[str, ...]]) -> bool:
    """Whether it offers itself, and somebody looks for such where it is."""
    return target.is_offered and any(not namespaces or target.namespace in namespaces for namespaces in discoveries)


def _record(expressions: Sequence[Expression], emitted: Emitted) -> None:
    """Adds what recording rules record: a rule may ask for what another one records, in any order."""
    recording = [one for one in expressions if one.record]
    for one in recording:
        emitted.recorded[one.record] = None
    for one in recording:
        if one.tree is None or set(metrics_of(one.tree)) & set(emitted.recorded):
            continue
        labels: Labels = labels_of(one.tree, emitted)
        # several rules may record one name
        several = sum(each.record == one.record for each in recording) > 1
        emitted.recorded[one.record] = None if labels is None or several else labels | one.labels
