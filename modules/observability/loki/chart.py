"""Loki's chart, and the values of it that the module sets itself; and the chart of what rolls ingesters by zone.

Source of the values: https://github.com/grafana-community/helm-charts/tree/loki-18.11.0/charts/loki
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.charts import chart
from groundplan.framework import any_of, choose, equals, first_set, is_set, literal, not_empty, only_when, present, text

from .inputs import Autoscaled, Cache, LokiInputs, Stored, Workload
from .limits import limits_config, overrides

__all__ = [
    "ALERTMANAGER_USER",
    "CHART",
    "GATEWAY_PORT",
    "INSTEAD",
    "LOKI",
    "ROLLOUT_CHART",
    "ROLLOUT_LABELS",
    "ROLLOUT_METRICS",
    "ROLLOUT_OPERATOR",
    "USERS",
    "WITH_A_ROLE",
    "rollout_values",
    "values",
]

CHART = chart("loki")
ROLLOUT_CHART = chart("rollout-operator")
LOKI = "loki"
"""The name of the release, and what the names of everything in it begin with."""
ROLLOUT_OPERATOR = "loki-rollout-operator"
ROLLOUT_LABELS = {"app.kubernetes.io/name": "rollout-operator", "app.kubernetes.io/instance": ROLLOUT_OPERATOR}
ROLLOUT_METRICS = 8001
USERS = "loki-gateway-users"
"""The Secret that is made of what Secrets Manager holds."""
ALERTMANAGER_USER = "loki-alertmanager-user"
"""The Secret that is made of another one there, with the user that the ruler rings as."""
_ALERTMANAGER_PREFIX = "LOKI_ALERTMANAGER_"
"""Of the variables that the keys of that Secret become, which the chart has Loki put into its configuration."""
GATEWAY_PORT = 80

INSTEAD = {
    "chunksCache": "chunks_cache",
    "compactor": "compactor",
    "deploymentMode": "mode",
    "distributor": "distributors",
    "gateway.basicAuth": "gateway",
    "gateway.autoscaling": "gateway",
    "gateway.resources": "gateway",
    "indexGateway": "index_gateways",
    "ingester": "ingesters",
    "ingester.zoneAwareReplication": "zones",
    "loki.limits_config": "limits",
    "loki.rulerConfig": "ruler",
    "loki.runtimeConfig": "tenants",
    "loki.schemaConfig": "storage.schema_from",
    "loki.storage": "storage",
    "monitoring.serviceMonitor": "metrics",
    "networkPolicy": "network_policies",
    "querier": "queriers",
    "queryFrontend": "query_frontends",
    "queryScheduler": "query_schedulers",
    "resultsCache": "results_cache",
    "ruler": "ruler",
    "singleBinary": "monolith",
}
"""The input to set instead of a value that the module keeps."""

WITH_A_ROLE = {
    "compactor": "compactor",
    "index_gateway": "index-gateway",
    "ingester": "ingester",
    "querier": "querier",
    "ruler": "ruler",
}
"""Components with a role of their own in distributed mode, by the id of the role: what the chart calls them."""

# 443 is S3's and STS's, 80 the Pod Identity agent's, 8080 what Grafana's gateways listen on, 9093 an Alertmanager's
_OUTSIDE = [443, 80, 8080, 9093]
_ADMINISTRATION = "compactor|config|distributor|flush|indexgateway|ingester|memberlist|ring|ruler/ring|scheduler|ui"
"""Paths of the components' own administration. https://grafana.com/docs/loki/latest/reference/loki-http-api/"""
_SMALL = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}}
"""What an exporter beside a server needs."""


def _budget(least: Any) -> dict[str, Any]:
    """One pod at a time, of several: for one alone the chart makes none, and its node could not be drained."""
    return only_when(least > 1, {"maxUnavailable": 1})


def _labels(component: str) -> dict[str, str]:
    return {
        "app.kubernetes.io/name": "loki",
        "app.kubernetes.io/instance": LOKI,
        "app.kubernetes.io/component": component,
    }


def _spread(component: str) -> dict[str, Any]:
    """Over zones and nodes as far as there are any. The chart's own rule would need a node for every replica."""
    return {
        "affinity": None,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": _labels(component)},
            }
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
    }


def _resources(workload: Workload) -> dict[str, Any]:
    """CPU has no limit: a query that is throttled takes longer, and helps nobody."""
    memory = f"{workload.memory_mebibytes}Mi"
    return {
        "requests": {"cpu": workload.cpu_request, "memory": memory},
        "limits": {"memory": memory},
    }


def _autoscaled(component: str, workload: Autoscaled) -> dict[str, Any]:
    return {
        "autoscaling": {
            "enabled": True,
            "minReplicas": workload.min_replicas,
            "maxReplicas": workload.max_replicas,
            "targetCPUUtilizationPercentage": workload.target_cpu_percent,
        },
        "resources": _resources(workload),
        "podDisruptionBudget": _budget(workload.min_replicas),
        **_spread(component),
    }


def _volume(given: LokiInputs, workload: Any) -> dict[str, Any]:
    return {"enabled": True, "size": f"{workload.volume_gib}Gi", "storageClass": given.storage_class}


def _claim(given: LokiInputs, workload: Any) -> dict[str, Any]:
    claim = {
        "name": "data",
        "accessModes": ["ReadWriteOnce"],
        "size": f"{workload.volume_gib}Gi",
        "storageClass": given.storage_class,
    }
    return {"enabled": True, "claims": [claim]}


def _account(component: str, annotations: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    name = f"{LOKI}-{WITH_A_ROLE[component]}"
    return {
        "create": True,
        "name": name,
        "annotations": annotations[component],
        "automountServiceAccountToken": False,
    }


def _stored(component: str, given: LokiInputs, workload: Stored, annotations: Mapping[str, Any]) -> dict[str, Any]:
    name = WITH_A_ROLE[component]
    return {
        "replicas": workload.replicas,
        "resources": _resources(workload),
        "persistence": _volume(given, workload),
        "serviceAccount": _account(component, annotations),
        **_spread(name),
    }


def _cache(wanted: Cache | None, component: str) -> dict[str, Any]:
    there = is_set(wanted)
    cache = present(wanted)
    return only_when(
        there,
        {
            "enabled": there,
            "replicas": choose(there, cache.replicas, 0),
            "allocatedMemory": choose(there, cache.memory_mebibytes, 0),
            "allocatedCPU": choose(there, cache.cpu_request, ""),
            "topologySpreadConstraints": _spread(f"memcached-{component}")["topologySpreadConstraints"],
        },
        but=["enabled"],
    )


def values(
    given: LokiInputs,
    *,
    region: str,
    annotations: Mapping[str, Mapping[str, str]],
    monolith_annotations: Mapping[str, str],
) -> dict[str, Any]:
    """The values of Loki's release. `annotations` are those of the service accounts, by component."""
    distributed = equals(given.mode, "distributed")
    scraped = is_set(given.metrics)
    told = is_set(given.ruler.alertmanager_url)
    cached = _any_cache(given)
    return {
        "fullnameOverride": LOKI,
        "deploymentMode": choose(distributed, "Distributed", "Monolithic"),
        "loki": {
            "auth_enabled": True,
            # or every component would keep a file in the bucket, and tell Grafana Labs
            "analytics": {"reporting_enabled": False},
            "commonConfig": {"replication_factor": choose(distributed, 3, 1)},
            "storage": {
                "type": "s3",
                "bucketNames": {"chunks": given.storage.bucket_name, "ruler": given.storage.ruler_bucket_name},
                "s3": {"region": region},
            },
            "schemaConfig": {
                "configs": [
                    {
                        "from": given.storage.schema_from,
                        "store": "tsdb",
                        "object_store": "s3",
                        "schema": "v13",
                        "index": {"prefix": "index_", "period": "24h"},
                    }
                ]
            },
            "limits_config": limits_config(given),
            "runtimeConfig": {"overrides": overrides(given)},
            # without these two nothing is ever deleted, whatever the limits say
            "compactor": {"retention_enabled": True, "delete_request_store": "s3"},
            "rulerConfig": only_when(
                told,
                {
                    "enable_alertmanager_v2": True,
                    "enable_api": True,
                    "alertmanager_url": choose(told, given.ruler.alertmanager_url, ""),
                    "alertmanager_client": only_when(
                        is_set(given.ruler.alertmanager_user),
                        {
                            f"basic_auth_{word}": literal(f"${{{_ALERTMANAGER_PREFIX}{word}}}")
                            for word in ("username", "password")
                        },
                    ),
                },
                but=["enable_api"],
            ),
        },
        # none of them asks the API server: rules come by the ruler's API
        "defaults": {"automountServiceAccountToken": False},
        "sidecar": {"rules": {"enabled": False}},
        "rbac": {"namespaced": True},
        "serviceAccount": {
            "create": True,
            "name": LOKI,
            "annotations": monolith_annotations,
            "automountServiceAccountToken": False,
        },
        "ingester": only_when(
            distributed,
            {
                "replicas": given.ingesters.replicas,
                "resources": _resources(given.ingesters),
                "persistence": _claim(given, given.ingesters),
                "serviceAccount": _account("ingester", annotations),
                "podDisruptionBudget": _budget(given.ingesters.replicas),
                # the rollout operator deletes pods zone by zone: three StatefulSets that roll at once would take all
                # three copies of a line
                # https://grafana.com/docs/loki/latest/operations/zone-ingesters/
                "strategy": {"type": "OnDelete"},
                "zoneAwareReplication": {
                    "enabled": True,
                    **{
                        f"zone{letter}": {"nodeSelector": {"topology.kubernetes.io/zone": _zone(given, index)}}
                        for index, letter in enumerate("ABC")
                    },
                },
            },
        ),
        "distributor": only_when(distributed, _autoscaled("distributor", given.distributors)),
        "querier": only_when(
            distributed,
            {**_autoscaled("querier", given.queriers), "serviceAccount": _account("querier", annotations)},
        ),
        "queryFrontend": only_when(distributed, _autoscaled("query-frontend", given.query_frontends)),
        "queryScheduler": only_when(
            distributed,
            {
                "replicas": given.query_schedulers.replicas,
                "resources": _resources(given.query_schedulers),
                "podDisruptionBudget": _budget(given.query_schedulers.replicas),
                **_spread("query-scheduler"),
            },
        ),
        "indexGateway": only_when(
            distributed,
            {
                **_stored("index_gateway", given, given.index_gateways, annotations),
                "podDisruptionBudget": _budget(given.index_gateways.replicas),
            },
        ),
        "compactor": only_when(distributed, _compactor(given, annotations)),
        "ruler": only_when(
            distributed,
            {
                **_stored("ruler", given, given.ruler, annotations),
                "podDisruptionBudget": _budget(given.ruler.replicas),
                "extraEnvFrom": _alertmanager_user(given),
            },
        ),
        "singleBinary": only_when(
            equals(given.mode, "monolithic"),
            {
                "replicas": given.monolith.replicas,
                "resources": _resources(given.monolith),
                "persistence": _volume(given, given.monolith),
                "extraEnvFrom": _alertmanager_user(given),
            },
        ),
        # of a third way to run Loki, which upstream gives up
        "read": {"replicas": 0},
        "write": {"replicas": 0},
        "backend": {"replicas": 0},
        "gateway": {
            "autoscaling": {
                "enabled": True,
                "minReplicas": given.gateway.min_replicas,
                "maxReplicas": given.gateway.max_replicas,
                "targetCPUUtilizationPercentage": 70,
            },
            "resources": _resources(given.gateway),
            "podDisruptionBudget": _budget(given.gateway.min_replicas),
            "verboseLogging": False,
            "basicAuth": {
                "enabled": True,
                "existingSecret": choose(is_set(given.gateway.secret_name), given.gateway.secret_name, USERS),
            },
            "nginxConfig": {
                # whoever is let in is one tenant, whatever their request says
                "locationSnippet": "proxy_set_header X-Scope-OrgID $remote_user;",
                # the chart's configuration hands these on as well: who flushes or stops ingesters stops everybody's
                "httpSnippet": f'map $uri $administrative {{ default 0; "~^/({_ADMINISTRATION})" 1; }}',
                "serverSnippet": "if ($administrative) { return 403; }",
            },
            # its exporter is an image that one person publishes; distributors and query frontends count the same
            # requests
            "metrics": {"enabled": False},
            **_spread("gateway"),
        },
        "chunksCache": _cache(given.chunks_cache, "chunks-cache"),
        "resultsCache": _cache(given.results_cache, "results-cache"),
        "memcachedExporter": only_when(cached, {"enabled": cached, "resources": _SMALL}),
        "lokiCanary": {"enabled": False},
        "test": {"enabled": False},
        "networkPolicy": only_when(
            given.network_policies,
            {
                "enabled": given.network_policies,
                "metrics": {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": given.collector_namespace}}
                },
                "externalStorage": {"ports": _OUTSIDE},
            },
            but=["enabled"],
        ),
        "monitoring": {
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


def _alertmanager_user(given: LokiInputs) -> list[dict[str, Any]]:
    """The variables of who rings. They are read when a pod starts, and components without them ring nowhere."""
    user = given.ruler.alertmanager_user
    secret = first_set(present(user).secret_name, ALERTMANAGER_USER)
    return choose(is_set(user), [{"prefix": _ALERTMANAGER_PREFIX, "secretRef": {"name": secret}}], [])


def _compactor(given: LokiInputs, annotations: Mapping[str, Any]) -> dict[str, Any]:
    made = _stored("compactor", given, given.compactor, annotations)
    del made["topologySpreadConstraints"]
    return {**made, "persistence": _claim(given, given.compactor)}


def _zone(given: LokiInputs, index: int) -> str:
    return choose(not_empty(given.zones), text("element", given.zones, index), "")


def _any_cache(given: LokiInputs) -> bool:
    """Whether there is one of the caches."""
    return any_of(is_set(given.chunks_cache), is_set(given.results_cache))


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
