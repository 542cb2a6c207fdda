"""What ServiceMonitors and PodMonitors collect: the Services and pods that their selectors find.

https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitor
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from groundplan.objects import KubernetesObject, holds_unknown
from groundplan.objects.fields import container_lists, matches, pod_of

from . import errors
from .discovering import is_offered
from .errors import Said
from .facts import emitters
from .running import Running, all_objects, at, map_at, maps

__all__ = ["GROUP", "Monitor", "Target", "added_labels", "monitors_of", "targets_of"]

GROUP = "monitoring.coreos.com"
_KINDS = {"ServiceMonitor": ("Service", "endpoints"), "PodMonitor": ("Pod", "podMetricsEndpoints")}
_TARGET_LABEL = re.compile(r'target_label\s*=\s*"([A-Za-z_][A-Za-z0-9_]*)"')
_EXTERNAL_LABELS = re.compile(r"external_labels\s*=\s*\{([^}]*)\}")
_KEY = re.compile(r'"?([A-Za-z_][A-Za-z0-9_]*)"?\s*=')


@dataclass(frozen=True)
class Target:
    """A Service or a pod: what `component` is for what every cluster has, `release` for what a release makes."""

    kind: str
    namespace: str
    name: str
    labels: Mapping[str, Any]
    ports: frozenset[str] | None
    release: Running | None = None
    component: str = ""
    is_offered: bool = False

    def shown(self, keys: set[str]) -> str:
        """Its name with those of its labels, for messages."""
        return f"{self.name} ({', '.join(f'{key}={self.labels[key]}' for key in sorted(keys & self.labels.keys()))})"


@dataclass(frozen=True)
class Monitor:
    """A ServiceMonitor or PodMonitor, and what it finds."""

    release: Running
    obj: KubernetesObject
    targets: tuple[Target, ...]
    in_sight: tuple[Target, ...]
    """Those of its kind in the namespaces that it looks into."""
    injected: frozenset[str] = frozenset()
    """Labels that a webhook of the environment adds to pods, which no release shows."""

    @property
    def endpoints(self) -> list[Mapping[str, Any]]:
        """How it scrapes them."""
        return [each for _, each in maps(at(self.obj.document, "spec", _KINDS[self.obj.kind][1]))]

    @cached_property
    def namespaces(self) -> tuple[str, ...]:
        """Those that it looks into; empty for all."""
        return _namespaces(self.obj)

    @cached_property
    def collected(self) -> tuple[Target, ...]:
        """Those of its targets that have a port which it asks for by name: of the others it collects nothing."""
        if not all(isinstance(each.get("port"), str) for each in self.endpoints):
            return self.targets
        asked = {each["port"] for each in self.endpoints}
        return tuple(each for each in self.targets if each.ports is None or each.ports & asked)

    @property
    def is_of_its_own(self) -> bool:
        """Whether its release makes such Services or pods there: it is meant for them, and for nobody else's."""
        return any(each.release is self.release for each in self.in_sight)

    def fault(self) -> Said | None:
        """Why it collects nothing; None when it does, or where nobody knows."""
        selector = at(self.obj.document, "spec", "selector")
        if holds_unknown(self.obj.document.get("spec")) or not isinstance(selector, Mapping):
            return None
        asks = _keys(selector)
        if not self.targets and self.obj.kind == "PodMonitor" and self.injected & asks:
            return None
        if not self.targets:
            near = sorted({each.shown(asks) for each in self.in_sight if asks & each.labels.keys()})
            return errors.monitor_collects_nothing(self.obj.kind, self.namespaces, _selector_words(selector), near)
        asked = {str(each["port"]) for each in self.endpoints if isinstance(each.get("port"), str)}
        known = [each.ports for each in self.targets]
        there = frozenset[str]().union(*(ports for ports in known if ports is not None))
        if None in known or not asked or asked & there:
            return None
        return errors.monitor_port_unknown(sorted(asked), [each.name for each in self.targets], there)


def _keys(selector: Mapping[str, Any]) -> set[str]:
    """The labels that a selector asks for."""
    expressions = (str(each.get("key")) for _, each in maps(selector.get("matchExpressions")))
    return {*map_at(selector, "matchLabels"), *expressions}


def _selector_words(selector: Mapping[str, Any]) -> str:
    said = [f"{key}={value}" for key, value in sorted(map_at(selector, "matchLabels").items())]
    for _, each in maps(selector.get("matchExpressions")):
        values = each.get("values")
        listed = f" ({', '.join(map(str, values))})" if isinstance(values, list) and values else ""
        said.append(f"{each.get('key')} {each.get('operator')}{listed}")
    return ", ".join(said) or "any label"


def _namespaces(obj: KubernetesObject) -> tuple[str, ...]:
    said = at(obj.document, "spec", "namespaceSelector")
    if at(said, "any") is True:
        return ()
    names = at(said, "matchNames")
    return tuple(map(str, names)) if isinstance(names, list) and names else (obj.namespace,)


def targets_of(running: Sequence[Running]) -> list[Target]:
    """Every Service and every pod that a release makes, and those that every cluster has."""
    found = []
    for release in running:
        for one in release.objects or ():
            if one.kind == "Service" and one.api_version == "v1":
                found.append(_service(release, one))
            elif pod := pod_of(one.document):
                found.append(_pod(release, one, pod[1]))
    for kind, word in (("Service", "services"), ("Pod", "pods")):
        for said in emitters()["cluster"][word]:
            found.append(
                Target(kind, said["namespace"], said["name"], said["labels"], None, component=said["component"])
            )
    return found


def _service(release: Running, one: KubernetesObject) -> Target:
    ports = frozenset(str(port["name"]) for _, port in maps(at(one.document, "spec", "ports")) if "name" in port)
    return Target(
        "Service",
        one.namespace,
        one.name,
        map_at(one.document, "metadata", "labels"),
        ports,
        release,
        "",
        is_offered(map_at(one.document, "metadata", "annotations")),
    )


def _pod(release: Running, one: KubernetesObject, pod: Mapping[str, Any]) -> Target:
    ports = frozenset(
        str(port["name"])
        for _, _, container in container_lists(pod)
        for _, port in maps(container.get("ports"))
        if "name" in port
    )
    metadata = map_at(pod, "metadata")
    labels, is_meant = map_at(metadata, "labels"), is_offered(map_at(metadata, "annotations"))
    return Target("Pod", one.namespace, one.name, labels, ports, release, "", is_meant)


def monitors_of(running: Sequence[Running], targets: Sequence[Target]) -> list[Monitor]:
    """Every ServiceMonitor and PodMonitor with what it finds among `targets`."""
    found = []
    charts = emitters()["charts"]
    injected = frozenset(
        label
        for release in running
        if not release.is_local
        for label in charts.get(release.chart, {}).get("pod_labels", ())
    )
    for kind, (wanted, _) in _KINDS.items():
        for release, one in all_objects(running, kind, GROUP):
            namespaces = _namespaces(one)
            in_sight = [
                each for each in targets if each.kind == wanted and (not namespaces or each.namespace in namespaces)
            ]
            selector = at(one.document, "spec", "selector")
            hit = [each for each in in_sight if isinstance(selector, Mapping) and matches(selector, each.labels)]
            found.append(Monitor(release, one, tuple(hit), tuple(in_sight), injected))
    return found


def added_labels(running: Sequence[Running], monitors: Sequence[Monitor]) -> set[str]:
    """The labels that a scrape adds: those of the monitors' relabelings, and of collectors' configurations."""
    found = set(_of_monitors(monitors))
    for _, one in all_objects(running, "ConfigMap"):
        for text in map_at(one.document, "data").values():
            if isinstance(text, str) and ("target_label" in text or "external_labels" in text):
                found.update(_TARGET_LABEL.findall(text))
                found.update(key for inner in _EXTERNAL_LABELS.findall(text) for key in _KEY.findall(inner))
    return found


def _of_monitors(monitors: Sequence[Monitor]) -> Iterator[str]:
    for monitor in monitors:
        spec = at(monitor.obj.document, "spec")
        for word in ("targetLabels", "podTargetLabels"):
            names = at(spec, word)
            # of what a name may not hold, an underscore is made
            yield from (re.sub(r"[^A-Za-z0-9_]", "_", str(name)) for name in (names if isinstance(names, list) else ()))
        for endpoint in monitor.endpoints:
            for word in ("relabelings", "metricRelabelings"):
                for _, rule in maps(endpoint.get(word)):
                    if rule.get("action") == "labelmap":
                        yield from _mapped(monitor, str(rule.get("regex", "")))
                    elif isinstance(rule.get("targetLabel"), str):
                        yield rule["targetLabel"]


def _mapped(monitor: Monitor, regex: str) -> Iterator[str]:
    """The labels that a labelmap of the targets' own labels makes: `__meta_kubernetes_service_label_(.+)`."""
    if "_label_" in regex:
        for target in monitor.targets:
            yield from (re.sub(r"[^A-Za-z0-9_]", "_", name) for name in target.labels)
