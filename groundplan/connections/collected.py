"""What collectors ask: the targets of monitors that they read, and pods whose annotations say that they may.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from groundplan.objects.fields import list_at, map_at, maps_at
from groundplan.signals.monitors import Monitor

from .asked import Asked, at_port
from .cluster import Cluster
from .pods import Pods, Port, found_by, port_of
from .policies import selects

__all__ = ["collected"]

_ANNOTATION = "prometheus.io/"
_AS_A_LABEL = "__meta_kubernetes_pod_annotation_prometheus_io_scrape"
"""What discovery makes of the annotation that says that a pod is to be collected from."""


def collected(cluster: Cluster, unseen: Sequence[Pods]) -> Iterator[Asked]:
    """Every request for metrics. `unseen` are pods that no stack makes, of which something is known."""
    for monitor in cluster.signals.monitors:
        for source in cluster.readers_of(monitor):
            for what, targets in _monitored(cluster, monitor, unseen):
                why = f"{monitor.obj.title} has it collect from there"
                yield Asked(*source.place, source, source.title, what, why, targets)
    for source in cluster.pods:
        for title, text in cluster.texts_of(source):
            for namespaces in _discovered(text):
                for pods in (*cluster.pods, *unseen):
                    port = _annotated(pods)
                    if port is not None and (not namespaces or pods.namespace in namespaces):
                        why = f"{title} has it collect from pods with annotations"
                        yield Asked(*source.place, source, source.title, pods.title, why, ((pods, port),))


Targets = tuple[tuple[Pods, Port], ...]


def _monitored(cluster: Cluster, monitor: Monitor, unseen: Sequence[Pods]) -> Iterator[tuple[str, Targets]]:
    if monitor.obj.kind == "PodMonitor":
        yield from _pods_monitored(cluster, monitor, unseen)
        return
    for endpoint in monitor.endpoints:
        name, target = endpoint.get("port"), endpoint.get("targetPort")
        for found in monitor.targets:
            service = cluster.by_name.get((found.namespace, found.name))
            if service is None:
                continue
            if isinstance(name, str):
                yield at_port(service, name), tuple(cluster.behind(service, None, name))
            elif target is not None:
                behind = found_by(service.selector, found.namespace, cluster.pods)
                led = ((pods, port_of(target, "TCP", pods)) for pods in behind)
                yield at_port(service, target), tuple((pods, port) for pods, port in led if port is not None)


def _pods_monitored(cluster: Cluster, monitor: Monitor, unseen: Sequence[Pods]) -> Iterator[tuple[str, Targets]]:
    selector = map_at(monitor.obj.document, "spec", "selector")
    for pods in (*cluster.pods, *unseen):
        if monitor.namespaces and pods.namespace not in monitor.namespaces:
            continue
        # of pods that no stack makes, labels are known in part
        found = selects(selector, pods.labels, pods.is_whole)
        if found is False or (found is None and pods.is_whole):
            continue
        for endpoint in monitor.endpoints:
            wanted = endpoint.get("portNumber") or endpoint.get("port") or endpoint.get("targetPort")
            port = port_of(wanted, "TCP", pods)
            if port is not None:
                yield f"{pods.title} at {port}", ((pods, port),)


def _discovered(text: str) -> Iterator[tuple[str, ...]]:
    """The namespaces, empty for all, in which a configuration finds pods by their annotations."""
    if _AS_A_LABEL not in text or "kubernetes_sd_configs" not in text:
        return
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        return
    for job in _jobs(content):
        if any(_AS_A_LABEL in list_at(rule, "source_labels") for _, rule in maps_at(job, "relabel_configs")):
            for _, discovery in maps_at(job, "kubernetes_sd_configs"):
                if discovery.get("role") == "pod":
                    yield tuple(map(str, list_at(discovery, "namespaces", "names")))


def _jobs(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if "kubernetes_sd_configs" in value:
            yield value
        for item in value.values():
            yield from _jobs(item)
    elif isinstance(value, list):
        for item in value:
            yield from _jobs(item)


def _annotated(pods: Pods) -> Port | None:
    """Where a pod with annotations says that it is collected from."""
    number = str(pods.annotations.get(f"{_ANNOTATION}port", ""))
    is_meant = str(pods.annotations.get(f"{_ANNOTATION}scrape", "")).lower() == "true"
    return Port(int(number)) if is_meant and number.isdecimal() else None
