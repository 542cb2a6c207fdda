"""What collectors ask: the targets of monitors that they read, and pods whose annotations say that they may.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundplan.objects.fields import map_at
from groundplan.signals.discovering import discovered_by, offered_port
from groundplan.signals.monitors import Monitor

from .asked import Asked, at_port
from .cluster import Cluster
from .pods import Pods, Port, found_by, port_of
from .policies import selects

__all__ = ["collected"]


def collected(cluster: Cluster, unseen: Sequence[Pods]) -> Iterator[Asked]:
    """Every request for metrics. `unseen` are pods that no stack makes, of which something is known."""
    for monitor in cluster.signals.monitors:
        for source in cluster.readers_of(monitor):
            for what, targets in _monitored(cluster, monitor, unseen):
                why = f"{monitor.obj.title} has it collect from there"
                yield Asked(*source.place, source, source.title, what, why, targets)
    for source in cluster.pods:
        for title, text in cluster.texts_of(source):
            for namespaces in discovered_by(text):
                for pods in (*cluster.pods, *unseen):
                    number = offered_port(pods.annotations)
                    if number is not None and (not namespaces or pods.namespace in namespaces):
                        why = f"{title} has it collect from pods with annotations"
                        yield Asked(*source.place, source, source.title, pods.title, why, ((pods, Port(number)),))


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
