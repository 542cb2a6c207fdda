"""What takes metrics of pods to CloudWatch: ADOT reads them, and writes records that CloudWatch makes metrics of.

Each replica reads the pods whose addresses fall to it, so that a counter's differences are made in one place.
https://aws-otel.github.io/docs/getting-started/cloudwatch-metrics and
https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.framework import any_value, concat, each, join, literal, present, texts

from .chart import adot_values
from .cloudwatch_inputs import CloudWatch, PublishedMetrics
from .inputs import CollectorsInputs

__all__ = ["CLOUDWATCH", "CLOUDWATCH_INSTEAD", "cloudwatch_values"]

CLOUDWATCH = "adot-cloudwatch"
"""The release, and all that is in it."""
CLOUDWATCH_INSTEAD = {
    "config.exporters.awsemf": "cloudwatch",
    "config.receivers.prometheus": "cloudwatch",
    "image": "images.adot",
    "replicaCount": "cloudwatch.replicas",
    "resources": "cloudwatch",
}
"""The input to set instead of a value that the module keeps."""

_CLUSTER = "ClusterName"
_META = "__meta_kubernetes"
_ANNOTATION = f"{_META}_pod_annotation_prometheus_io"
# the collector fills in ${env:...} of its configuration, and takes $$ for $
# https://opentelemetry.io/docs/collector/configuration/#environment-variables
_SHARD, _POD = "SHARD", "POD_NAME"
_HISTOGRAM = "(?:_bucket|_count|_sum)?"


def cloudwatch_values(given: CollectorsInputs, *, region: str, annotations: Mapping[str, str]) -> dict[str, Any]:
    """Pods' metrics in, records out. `annotations` are those of the service account."""
    settings: CloudWatch = present(given.cloudwatch)
    values = adot_values(given, CLOUDWATCH, settings, replicas=settings.replicas, annotations=annotations)
    return {
        **values,
        "mode": "statefulset",
        "replicaCount": settings.replicas,
        # one after another, and none waits for another that is not there
        "statefulset": {"podManagementPolicy": "Parallel"},
        "serviceAccount": {**values["serviceAccount"], "automountServiceAccountToken": True},
        "extraEnvs": [
            _from_field(_POD, "metadata.name"),
            # https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-index-label
            _from_field(_SHARD, "metadata.labels['apps.kubernetes.io/pod-index']"),
        ],
        "ports": {**values["ports"], "otlp": {"enabled": False}},
        "config": {
            "receivers": {
                "jaeger": None,
                "otlp": None,
                "zipkin": None,
                "prometheus": {"config": {"scrape_configs": [_scrape(given, settings)]}},
            },
            # of sums and of histograms, whose differences the exporter would not make
            # https://github.com/open-telemetry/opentelemetry-collector-contrib/issues/18245
            "processors": {"cumulativetodelta": {}},
            "exporters": {
                "debug": None,
                "awsemf": {
                    "namespace": settings.namespace,
                    "log_group_name": settings.log_group_name,
                    "log_stream_name": literal(f"${{env:{_POD}}}"),
                    "region": region,
                    "dimension_rollup_option": "NoDimensionRollup",
                    "metric_declarations": any_value("values", each(settings.metrics).document(_declaration)),
                },
            },
            "service": {
                "pipelines": {
                    "logs": None,
                    "traces": None,
                    "metrics": {
                        "receivers": ["prometheus"],
                        "processors": ["memory_limiter", "cumulativetodelta", "batch"],
                        "exporters": ["awsemf"],
                    },
                }
            },
        },
    }


def _from_field(name: str, path: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def _declaration(_: str, one: PublishedMetrics) -> dict[str, Any]:
    return {
        "dimensions": [concat([_CLUSTER], one.dimensions)],
        "metric_name_selectors": [f"^(?:{join('|', one.names)})$"],
    }


def _scrape(given: CollectorsInputs, settings: CloudWatch) -> dict[str, Any]:
    names = texts("flatten", any_value("values", each(settings.metrics).document(lambda _, one: one.names)))
    interval = f"{settings.interval_seconds}s"
    return {
        "job_name": "pods",
        "scrape_interval": interval,
        "scrape_timeout": "10s",
        "kubernetes_sd_configs": [{"role": "pod", "namespaces": {"names": settings.pods_of}}],
        "relabel_configs": [
            _rule(f"{_ANNOTATION}_scrape", regex="true", action="keep"),
            _rule(f"{_META}_pod_phase", regex="Pending|Succeeded|Failed", action="drop"),
            _rule(f"{_ANNOTATION}_path", regex="(.+)", target="__metrics_path__"),
            # a pod's address is in brackets before a port where it is one of IPv6
            _rule(
                f"{_ANNOTATION}_port",
                f"{_META}_pod_ip",
                regex=r"(\d+);(\d+(?:\.\d+){3})",
                replacement="$$2:$$1",
                target="__address__",
            ),
            _rule(
                f"{_ANNOTATION}_port",
                f"{_META}_pod_ip",
                regex=r"(\d+);([0-9a-fA-F]*:[0-9a-fA-F:.]*)",
                replacement="[$$2]:$$1",
                target="__address__",
            ),
            _rule(f"{_META}_namespace", target="namespace"),
            _rule(f"{_META}_pod_name", target="pod"),
            {"target_label": _CLUSTER, "replacement": given.cluster.name},
            {**_rule("__address__", target="__tmp_shard", action="hashmod"), "modulus": settings.replicas},
            _rule("__tmp_shard", regex=literal(f"${{env:{_SHARD}}}"), action="keep"),
        ],
        "metric_relabel_configs": [_rule("__name__", regex=f"(?:{join('|', names)}){_HISTOGRAM}", action="keep")],
    }


def _rule(*source: str, target: str = "", **more: Any) -> dict[str, Any]:
    return {"source_labels": list(source), **({"target_label": target} if target else {}), **more}
