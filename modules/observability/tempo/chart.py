"""Tempo's chart, and the values of it that the module sets itself; and the chart of what rolls ingesters by zone.

Source of the values: https://github.com/grafana-community/helm-charts/tree/tempo-distributed-2.26.2/charts/tempo-distributed
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from groundplan.building import Autoscaled, Replicated, Workload
from groundplan.charts import chart
from groundplan.framework import (
    calculated,
    choose,
    concat,
    equals,
    first_set,
    is_set,
    length,
    merged,
    only_when,
    present,
    text,
)

from .inputs import MetricsGenerator, TempoInputs
from .limits import defaults, hours, overrides

__all__ = [
    "CHART",
    "EXPORTER_PORT",
    "GATEWAY_LABELS",
    "GATEWAY_PORT",
    "INSTEAD",
    "LABELS",
    "METRICS_PORT",
    "OTLP_PORT",
    "ROLLOUT_CHART",
    "ROLLOUT_LABELS",
    "ROLLOUT_METRICS",
    "ROLLOUT_OPERATOR",
    "TEMPO",
    "USERS",
    "WRITER",
    "rollout_values",
    "signs_in_from_outside",
    "values",
    "zoned",
]

CHART = chart("tempo-distributed-2x")
ROLLOUT_CHART = chart("rollout-operator")
TEMPO = "tempo"
"""The name of the release, of the service account, and what the names of everything in it begin with."""
LABELS = {"app.kubernetes.io/name": "tempo", "app.kubernetes.io/instance": TEMPO}
GATEWAY_LABELS = {**LABELS, "app.kubernetes.io/component": "gateway"}
"""What the chart labels pods with."""
ROLLOUT_OPERATOR = "tempo-rollout-operator"
ROLLOUT_LABELS = {"app.kubernetes.io/name": "rollout-operator", "app.kubernetes.io/instance": ROLLOUT_OPERATOR}
ROLLOUT_METRICS = 8001
USERS = "tempo-gateway-users"
"""The Secret that is made of what Secrets Manager holds."""
GATEWAY_PORT = 8080
OTLP_PORT = 4317
METRICS_PORT = 3200
EXPORTER_PORT = 9150

WRITER = "tempo-metrics-writer"
"""The Secret that is made of another one there, with the user that metrics of traces are written as."""
_WRITER_FOLDER = "/etc/tempo-writer"
_WRITER_MOUNT = [{"name": "writer", "mountPath": _WRITER_FOLDER, "readOnly": True}]

INSTEAD = {
    "compactor": "compactors",
    "compactor.config": "retention_days",
    "distributor": "distributors",
    "gateway.autoscaling": "gateway",
    "gateway.basicAuth": "gateway",
    "ingester": "ingesters",
    "ingester.zoneAwareReplication": "zones",
    "memcached": "memcached",
    "metaMonitoring": "metrics",
    "metricsGenerator": "metrics_generator",
    "overrides": "limits",
    "per_tenant_overrides": "tenants",
    "querier": "queriers",
    "queryFrontend": "query_frontends",
    "storage": "storage",
    "traces": "receivers",
}
"""The input to set instead of a value that the module keeps."""

_CONTAINER = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


_APART = {
    "podAntiAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {
                "weight": 100,
                "podAffinityTerm": {
                    "topologyKey": "topology.kubernetes.io/zone",
                    "labelSelector": {"matchLabels": {**LABELS, "app.kubernetes.io/component": "compactor"}},
                },
            }
        ]
    }
}


def zoned(given: TempoInputs) -> bool:
    """Whether ingesters are in three zones, and each trace in one of each."""
    return equals(length(given.zones), 3)


def _resources(workload: Workload) -> dict[str, Any]:
    """CPU has no limit: a search that is throttled takes longer, and helps nobody."""
    memory = f"{workload.memory_mebibytes}Mi"
    return {"requests": {"cpu": workload.cpu_request, "memory": memory}, "limits": {"memory": memory}}


def _autoscaled(workload: Autoscaled) -> dict[str, Any]:
    return {
        # the chart makes a disruption budget by this, whatever the autoscaler's least number is
        "replicas": workload.min_replicas,
        "autoscaling": {
            "enabled": True,
            "minReplicas": workload.min_replicas,
            "maxReplicas": workload.max_replicas,
            "targetCPUUtilizationPercentage": workload.target_cpu_percent,
        },
        "resources": _resources(workload),
        # the chart's own would need a node for every replica; it spreads them over zones besides
        "affinity": "",
    }


def _replicated(workload: Replicated) -> dict[str, Any]:
    return {"replicas": workload.replicas, "resources": _resources(workload), "affinity": ""}


def values(given: TempoInputs, *, region: str, s3_endpoint: str, annotations: Mapping[str, str]) -> dict[str, Any]:
    """The values of Tempo's release. `annotations` are those of the service account."""
    scraped = is_set(given.metrics)
    generated = is_set(given.metrics_generator)
    generator = present(given.metrics_generator)
    by_zone = zoned(given)
    return {
        "fullnameOverride": TEMPO,
        "reportingEnabled": False,
        "multitenancyEnabled": True,
        "tempo": {"securityContext": _CONTAINER},
        "serviceAccount": {"create": True, "name": TEMPO, "annotations": annotations},
        "storage": {
            "trace": {
                "backend": "s3",
                "s3": {"bucket": given.storage.bucket_name, "endpoint": s3_endpoint, "region": region},
            }
        },
        "traces": {
            "otlp": {
                "grpc": {"enabled": given.receivers.otlp_grpc},
                "http": {"enabled": given.receivers.otlp_http},
            },
            "jaeger": {"thriftHttp": {"enabled": given.receivers.jaeger_thrift_http}},
            "zipkin": {"enabled": given.receivers.zipkin},
        },
        "overrides": {"defaults": defaults(given)},
        "per_tenant_overrides": overrides(given),
        "ingester": {
            "replicas": given.ingesters.replicas,
            "resources": _resources(given.ingesters),
            "persistence": {
                "enabled": True,
                "size": f"{given.ingesters.volume_gib}Gi",
                "storageClass": given.storage_class,
            },
            "config": {"replication_factor": choose(by_zone, 3, 1)},
            "zoneAwareReplication": only_when(
                by_zone,
                {
                    "enabled": by_zone,
                    "zones": [
                        {
                            "name": f"zone-{letter}",
                            "nodeSelector": {"topology.kubernetes.io/zone": _zone(given, index)},
                        }
                        for index, letter in enumerate("abc")
                    ],
                },
                but=["enabled"],
            ),
        },
        "distributor": _autoscaled(given.distributors),
        "querier": _autoscaled(given.queriers),
        "queryFrontend": _autoscaled(given.query_frontends),
        "compactor": {
            **_replicated(given.compactors),
            # of all components it alone is not spread by the chart's own constraint
            "affinity": json.dumps(_APART),
            "config": {"compaction": {"block_retention": hours(given.retention_days)}},
        },
        "memcached": {
            **_replicated(given.memcached),
            # by its whole name, as who lists registries knows it
            "image": {"repository": "library/memcached", "tag": "1.6.43-alpine"},
            # or it would keep 64 MiB, whatever its pod is given; a fifth is for connections and keys
            "extraArgs": [f"-m {_cached(given)}"],
        },
        # the chart's Service has its port in any case
        "memcachedExporter": {
            "enabled": True,
            "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        },
        "metricsGenerator": only_when(
            generated,
            {
                "enabled": generated,
                "replicas": choose(generated, generator.replicas, 0),
                "resources": choose(generated, _resources(generator), {}),
                "config": {"storage": {"remote_write": concat(choose(generated, [_destination(generator)], []))}},
                # files are read anew for each request, so a new password needs no restart
                "extraVolumes": choose(signs_in(given), _writer_volume(writer_secret(given)), []),
                "extraVolumeMounts": choose(signs_in(given), _WRITER_MOUNT, []),
            },
            but=["enabled"],
        ),
        "gateway": {
            "enabled": True,
            "replicas": given.gateway.min_replicas,
            "autoscaling": {
                "enabled": True,
                "minReplicas": given.gateway.min_replicas,
                "maxReplicas": given.gateway.max_replicas,
                "targetCPUUtilizationPercentage": 70,
            },
            "affinity": "",
            "resources": _resources(given.gateway),
            "verboseLogging": False,
            "basicAuth": {
                "enabled": True,
                "existingSecret": choose(is_set(given.gateway.secret_name), given.gateway.secret_name, USERS),
            },
            "nginxConfig": {
                # whoever is let in is one tenant, whatever their request says; and who flushes or stops ingesters
                # stops everybody's
                "serverSnippet": (
                    "proxy_set_header X-Scope-OrgID $remote_user; "
                    "grpc_set_header X-Scope-OrgID $remote_user; "
                    'if ($uri ~ "^/(flush|shutdown|compactor|distributor|ingester)") { return 403; }'
                )
            },
        },
        "metaMonitoring": {
            "serviceMonitor": only_when(
                scraped,
                {
                    "enabled": scraped,
                    "labels": choose(scraped, present(given.metrics).labels, {}),
                    "interval": choose(scraped, f"{present(given.metrics).interval_seconds}s", ""),
                },
                but=["enabled"],
            )
        },
    }


def signs_in(given: TempoInputs) -> bool:
    """Whether who takes the generator's metrics asks for a user."""
    return choose(is_set(given.metrics_generator), is_set(present(given.metrics_generator).writer), False)


def signs_in_from_outside(given: TempoInputs) -> bool:
    """Whether that user comes out of AWS Secrets Manager."""
    return choose(signs_in(given), is_set(present(present(given.metrics_generator).writer).external_secret), False)


def writer_secret(given: TempoInputs) -> str:
    """The Secret with that user."""
    own = choose(signs_in(given), present(present(given.metrics_generator).writer).secret_name, None)
    return first_set(own, WRITER)


def _destination(generator: MetricsGenerator) -> dict[str, Any]:
    """https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write"""
    files = {f"{word}_file": f"{_WRITER_FOLDER}/{word}" for word in ("username", "password")}
    return merged(
        {"url": generator.remote_write_url, "send_exemplars": True},
        choose(is_set(generator.writer), {"basic_auth": files}, {}),
    )


def _writer_volume(secret: str) -> list[dict[str, Any]]:
    return [{"name": "writer", "secret": {"secretName": secret}}]


def _cached(given: TempoInputs) -> float:
    return calculated("floor({memory} * 0.8)", memory=given.memcached.memory_mebibytes)


def _zone(given: TempoInputs, index: int) -> str:
    return choose(zoned(given), text("element", given.zones, index), "")


def rollout_values() -> dict[str, Any]:
    """The values of the operator that replaces ingesters zone by zone.

    Its webhooks are of the whole cluster, for scaling down by itself, which nobody asks for here.
    https://github.com/grafana/helm-charts/tree/rollout-operator-0.51.1/charts/rollout-operator
    """
    user = {"runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001}
    return {
        "fullnameOverride": ROLLOUT_OPERATOR,
        "webhooks": {"enabled": False},
        "podSecurityContext": {**user, "fsGroup": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {"requests": {"cpu": "50m", "memory": "100Mi"}, "limits": {"memory": "200Mi"}},
    }
