"""The map of signals as people and machines read it: what is emitted, what collects it, and who asks for it.

    described = describe({"prod": environment}, {"prod-backup": "backup"})
    markdown(described)

Environments are told together: what differs between them says in which of them it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .cloudwatch import Alarm, Published
from .collecting import Collector, unread
from .emitted import Emitter
from .expressions import Expression
from .facts import Component, Series, cloudwatch_namespaces
from .judging import Environment
from .monitors import Monitor
from .promql import metrics_of
from .running import Running

__all__ = ["describe", "markdown"]

_KEY = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\]')
_CLUSTER = ""
"""The family of what every cluster has."""

Where = dict[str, set[str]]
"""Environments, by what is there."""


def describe(environments: Mapping[str, Environment], families: Mapping[str, str]) -> dict[str, Any]:
    """All of it in plain values, sorted; `families` has that of each stack.

    `collectors` are what reads and where it sends to (release, sources, which objects by which labels, addresses). By
    family: `components` (name, version, exactness, endpoints, who emits and collects them, which of their metrics
    who asks for) and `alarms` (what CloudWatch's alarms look at, and who publishes it). Each leaf lists environments.
    """
    map_ = _Map(families, environments)
    for name, environment in sorted(environments.items()):
        map_.add(name, environment)
    return {
        "environments": sorted(environments),
        "collectors": map_.told_collectors(),
        "families": map_.told(),
    }


class _Component:
    def __init__(self, facts: Component) -> None:
        self.facts = facts
        self.emitted_by: Where = defaultdict(set)
        self.collected_by: Where = defaultdict(set)
        self.asked: dict[str, Where] = defaultdict(lambda: defaultdict(set))
        self.series: dict[str, Series] = {}
        self.families: set[str] = set()
        self.is_exact = True


class _Map:
    def __init__(self, families: Mapping[str, str], names: Iterable[str]) -> None:
        self._families = families
        self._names = tuple(names)
        self._components: dict[str, _Component] = {}
        self._alarms: dict[tuple[str, str], dict[str, Any]] = {}
        self._collectors: dict[str, dict[str, Where]] = {}

    def add(self, name: str, environment: Environment) -> None:
        for emitter in environment.emitters:
            self._emitter(name, emitter, environment)
        for expression in environment.expressions:
            self._expression(name, expression, environment)
        for alarm in environment.alarms:
            self._alarm(name, alarm, environment.published)
        for collector in environment.collectors:
            self._collector(name, collector)

    def _collector(self, name: str, collector: Collector) -> None:
        said = self._collectors.setdefault(
            collector.name, {"takes": defaultdict(set), "reads": defaultdict(set), "sends_to": defaultdict(set)}
        )
        for source in collector.sources:
            said["takes"][source].add(name)
        for reader in collector.readers:
            said["reads"][f"{reader.kind}: {reader.words}"].add(name)
        for sink in collector.sinks:
            said["sends_to"][sink].add(name)

    def told_collectors(self) -> list[dict[str, Any]]:
        return [
            {"collector": name} | {what: _sorted(where) for what, where in said.items()}
            for name, said in sorted(self._collectors.items())
        ]

    def _emitter(self, name: str, emitter: Emitter, environment: Environment) -> None:
        one = self._components.setdefault(emitter.component.name, _Component(emitter.component))
        one.is_exact = one.is_exact and emitter.is_exact
        for place in emitter.releases or ("every EKS cluster",):
            stack, colon, address = place.partition(": ")
            one.families.add(self._families.get(stack, _CLUSTER) if colon else _CLUSTER)
            one.emitted_by[_without_keys(address) if colon else place].add(name)
        for monitor in environment.monitors:
            if _collects(monitor, emitter) and unread(monitor.obj, environment.collectors) is None:
                one.collected_by[monitor.obj.title].add(name)
        for collector in environment.collectors:
            if emitter.component.name in collector.scraped:
                one.collected_by[f"the scrapes of {collector.name}"].add(name)

    def _expression(self, name: str, expression: Expression, environment: Environment) -> None:
        for metric in metrics_of(expression.tree) if expression.tree is not None else ():
            for series, emitter in environment.emitted.series(metric):
                one = self._components.setdefault(emitter.component.name, _Component(emitter.component))
                if not one.families:
                    # what a scrape adds, or an endpoint serves beside its component's own
                    one.families.add(_CLUSTER)
                    one.emitted_by["every scrape"] |= set(self._names)
                one.series[metric] = series
                one.asked[metric][_asker(expression)].add(name)

    def _alarm(self, name: str, alarm: Alarm, published: Published) -> None:
        key = self._families.get(alarm.stack, ""), _without_keys(alarm.address)
        said = self._alarms.setdefault(
            key, {"metrics": set(), "dimensions": set(), "published_by": set(), "environments": set()}
        )
        said["metrics"].add(f"{alarm.namespace} {alarm.metric}".strip())
        said["dimensions"] |= set(alarm.dimensions or ())
        said["published_by"].add(_publisher(alarm, published))
        said["environments"].add(name)

    def told(self) -> dict[str, Any]:
        found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: {"components": [], "alarms": []})
        for name, one in sorted(self._components.items()):
            for family in sorted(one.families - {_CLUSTER} or one.families):
                found[family]["components"].append(_told_component(name, one))
        for (family, address), said in sorted(self._alarms.items()):
            found[family]["alarms"].append({"alarm": address} | {key: sorted(said[key]) for key in sorted(said)})
        return {family: found[family] for family in sorted(found)}


def _without_keys(address: str) -> str:
    return _KEY.sub("", address)


def _collects(monitor: Monitor, emitter: Emitter) -> bool:
    for target in monitor.collected:
        if target.component == emitter.component.name:
            return True
        release: Running | None = target.release
        if release is not None and release.place in emitter.releases and emitter.is_collected is not None:
            return True
    return False


def _asker(expression: Expression) -> str:
    if expression.is_of_dashboard:
        return f"dashboard {expression.group}"
    return f"{'record' if expression.record else 'alert'} {expression.name}"


def _publisher(alarm: Alarm, published: Published) -> str:
    if alarm.namespace in cloudwatch_namespaces() or alarm.namespace.startswith("AWS/"):
        return "AWS"
    if alarm.metric in published.filters.get(alarm.namespace, ()):
        return "a metric filter"
    if alarm.namespace in published.programs:
        return "a function"
    return "a job" if published.names(alarm.namespace, alarm.metric) or published.is_granted(alarm.namespace) else ""


def _told_component(name: str, one: _Component) -> dict[str, Any]:
    return {
        "component": name,
        "version": one.facts.version,
        "exact": one.is_exact,
        "metrics": len(one.facts.texts),
        "endpoints": [_endpoint(each) for each in one.facts.endpoints],
        "emitted_by": _sorted(one.emitted_by),
        "collected_by": _sorted(one.collected_by),
        "asked": [
            {"metric": metric, "type": one.series[metric].metric.type, "by": _sorted(one.asked[metric])}
            for metric in sorted(one.asked)
        ],
    }


def _endpoint(said: Mapping[str, Any]) -> str:
    note = f" ({said['note']})" if said.get("note") else ""
    return f":{said['port']}{said['path']}{note}"


def _sorted(where: Where) -> dict[str, list[str]]:
    return {what: sorted(where[what]) for what in sorted(where)}


_INTRODUCTION = """\
# Signals

Which metrics the platform emits, what collects them, and which alerts, dashboards and alarms ask for them. Derived from
what the releases and plans of the environments make: `groundplan signals --write`. Of a component's metrics those stand
here that somebody asks for; all are in groundplan/signals/data. [Decision 36](decisions/0036-signals-arrive.md) says
what is judged.
"""


def markdown(described: Mapping[str, Any]) -> str:
    """The page of what `describe` gives."""
    everywhere = described["environments"]
    parts = [_INTRODUCTION]
    if described["collectors"]:
        parts.append("\n## What collects\n\n" + _collector_table(described["collectors"], everywhere))
    families = described["families"]
    for family in sorted(families, key=lambda name: (name == _CLUSTER, name)):
        parts.append(f"\n## {family or 'What every cluster has'}\n")
        said = families[family]
        parts += [_component_section(each, everywhere) for each in said["components"]]
        if said["alarms"]:
            parts.append("\n" + _alarm_table(said["alarms"], everywhere))
    return "".join(parts)


def _collector_table(collectors: Iterable[Mapping[str, Any]], everywhere: Sequence[str]) -> str:
    lines = ["| collector | takes | selects | sends to |\n|---|---|---|---|\n"]
    for each in collectors:
        takes, reads, sinks = (_listed(each[what], everywhere) for what in ("takes", "reads", "sends_to"))
        lines.append(f"| {each['collector']} | {takes} | {reads} | {sinks} |\n")
    return "".join(lines)


def _listed(where: Mapping[str, Sequence[str]], everywhere: Sequence[str]) -> str:
    return ", ".join(f"{_code(what)}{_in(environments, everywhere)}" for what, environments in where.items())


def _in(environments: Sequence[str], everywhere: Sequence[str]) -> str:
    return "" if list(environments) == list(everywhere) else f" ({', '.join(environments)})"


def _code(text: str) -> str:
    return f"`{text}`" if "." in text or "/" in text else text


def _component_section(said: Mapping[str, Any], everywhere: Sequence[str]) -> str:
    facts = "" if said["exact"] else ", not exact for what runs here"
    lines = [
        f"\n### {said['component']}\n",
        f"\n{said['metrics']} metrics (facts of {said['version']}{facts})",
        f" at {', '.join(said['endpoints'])}" if said["endpoints"] else "",
        f", emitted by {_listed(said['emitted_by'], everywhere)}.",
        f" Collected by {_listed(said['collected_by'], everywhere)}.\n" if said["collected_by"] else "\n",
    ]
    if said["asked"]:
        lines.append("\n| metric | type | asked for by |\n|---|---|---|\n")
        for each in said["asked"]:
            lines.append(f"| `{each['metric']}` | {each['type']} | {_listed(each['by'], everywhere)} |\n")
    return "".join(lines)


def _alarm_table(alarms: Iterable[Mapping[str, Any]], everywhere: Sequence[str]) -> str:
    lines = ["| alarm of CloudWatch | metric | by | published by |\n|---|---|---|---|\n"]
    for each in alarms:
        metrics = ", ".join(f"`{metric}`" for metric in each["metrics"])
        dimensions = ", ".join(each["dimensions"])
        where = _in(each["environments"], everywhere)
        lines.append(f"| `{each['alarm']}`{where} | {metrics} | {dimensions} | {', '.join(each['published_by'])} |\n")
    return "".join(lines)
