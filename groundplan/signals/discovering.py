"""Which pods offer their metrics by annotations, and which configurations have them collected.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from groundplan.objects.fields import list_at, maps_at

__all__ = ["discovered_by", "is_offered", "offered_port"]

_ANNOTATION = "prometheus.io/"
_AS_A_LABEL = "__meta_kubernetes_pod_annotation_prometheus_io_scrape"
"""What discovery makes of the annotation by which a pod offers itself."""


def is_offered(annotations: Mapping[str, Any]) -> bool:
    """Whether what has these annotations is to be collected from."""
    return str(annotations.get(f"{_ANNOTATION}scrape", "")).lower() == "true"


def offered_port(annotations: Mapping[str, Any]) -> int | None:
    """Where; None where it does not offer itself, or does not say at which port."""
    number = str(annotations.get(f"{_ANNOTATION}port", ""))
    return int(number) if is_offered(annotations) and number.isascii() and number.isdecimal() else None


def discovered_by(text: str) -> Iterator[tuple[str, ...]]:
    """The namespaces in which a configuration finds the pods that offer themselves, empty for all; one each time.

    Prometheus's own form is read, which collectors of OpenTelemetry take too; of others it is known that they do, and
    not where.
    """
    if _AS_A_LABEL not in text:
        return
    try:
        jobs = list(_jobs(yaml.safe_load(text)))
    except yaml.YAMLError:
        jobs = []
    for job in jobs:
        if any(_AS_A_LABEL in list_at(rule, "source_labels") for _, rule in maps_at(job, "relabel_configs")):
            for _, discovery in maps_at(job, "kubernetes_sd_configs"):
                if discovery.get("role") == "pod":
                    yield tuple(map(str, list_at(discovery, "namespaces", "names")))
    if not jobs:
        yield ()


def _jobs(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if "kubernetes_sd_configs" in value:
            yield value
        for item in value.values():
            yield from _jobs(item)
    elif isinstance(value, list):
        for item in value:
            yield from _jobs(item)
