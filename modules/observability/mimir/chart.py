"""Mimir's chart, and the values of it that the module sets itself; and the chart of what rolls pods zone by zone.

Source of the values: https://github.com/grafana/mimir/tree/mimir-distributed-6.2.0/operations/helm/charts/mimir-distributed
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.building import Autoscaled, Replicated, Workload
from groundplan.charts import chart
from groundplan.framework import any_of, choose, equals, is_set, length, literal, only_when, present, text

from .gateway import nginx
from .inputs import Cache, Ingesters, Keda, MimirInputs, Stored, StoreGateways
from .limits import limits, overrides

__all__ = [
    "ALERTMANAGER_ACCOUNT",
    "CHART",
    "EXPORTER_PORT",
    "GATEWAY_LABELS",
    "INSTEAD",
    "KAFKA_USER",
    "LABELS",
    "METRICS_PORT",
    "MIMIR",
    "ROLLOUT_CHART",
    "ROLLOUT_LABELS",
    "ROLLOUT_METRICS",
    "ROLLOUT_OPERATOR",
    "RULER_ACCOUNT",
    "USERS",
    "rollout_values",
    "values",
    "zoned",
]

CHART = chart("mimir-distributed")
ROLLOUT_CHART = chart("rollout-operator")
MIMIR = "mimir"
"""The name of the release, of the service account of most components, and what all names in it begin with."""
RULER_ACCOUNT, ALERTMANAGER_ACCOUNT = f"{MIMIR}-ruler", f"{MIMIR}-alertmanager"
LABELS = {"app.kubernetes.io/name": "mimir", "app.kubernetes.io/instance": MIMIR}
GATEWAY_LABELS = {**LABELS, "app.kubernetes.io/component": "gateway"}
"""What the chart labels pods with."""
ROLLOUT_OPERATOR = "mimir-rollout-operator"
ROLLOUT_LABELS = {"app.kubernetes.io/name": "rollout-operator", "app.kubernetes.io/instance": ROLLOUT_OPERATOR}
ROLLOUT_METRICS = 8001
USERS = "mimir-gateway-users"
"""The Secret that is made of what Secrets Manager holds."""
KAFKA_USER = "mimir-kafka-user"
"""The Secret with the user of MSK; its keys are names of variables."""
METRICS_PORT = 8080
EXPORTER_PORT = 9150

INSTEAD = {
    "alertmanager": "alertmanagers",
    "alertmanager.fallbackConfig": "alerts",
    "chunks-cache": "chunks_cache",
    "compactor": "compactors",
    "distributor": "distributors",
    "gateway.autoscaling": "gateway",
    "gateway.nginx": "gateway",
    "gateway.resources": "gateway",
    "index-cache": "index_cache",
    "ingester": "ingesters",
    "ingester.zoneAwareReplication": "zones",
    "kafka": "kafka",
    "kedaAutoscaling": "keda",
    "metaMonitoring": "metrics",
    "metadata-cache": "metadata_cache",
    "mimir.structuredConfig.common.storage": "storage",
    "mimir.structuredConfig.limits": "limits",
    "overrides_exporter.resources": "exporter_cpu_request",
    "querier": "queriers",
    "query_frontend": "query_frontends",
    "query_scheduler": "query_schedulers",
    "results-cache": "results_cache",
    "rollout_operator": "rollout_operator_extra_values",
    "ruler": "rulers",
    "runtimeConfig": "tenants",
    "store_gateway": "store_gateways",
    "store_gateway.zoneAwareReplication": "zones",
}
"""The input to set instead of a value that the module keeps."""

# one constraint is all that a value's type has room for; a zone is what is lost at once
_SPREAD = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway"}


def zoned(given: MimirInputs) -> bool:
    """Whether ingesters and store gateways are in three zones, and each sample in one of each."""
    return equals(length(given.zones), 3)


def _resources(workload: Workload) -> dict[str, Any]:
    """CPU has no limit: a query that is throttled takes longer, and helps nobody."""
    memory = f"{workload.memory_mebibytes}Mi"
    return {"requests": {"cpu": workload.cpu_request, "memory": memory}, "limits": {"memory": memory}}


def _volume(given: MimirInputs, workload: Stored | Ingesters | StoreGateways) -> dict[str, Any]:
    return {"enabled": True, "size": f"{workload.volume_gib}Gi", "storageClass": given.storage_class}


def _replicated(workload: Replicated) -> dict[str, Any]:
    return {"replicas": workload.replicas, "resources": _resources(workload), "topologySpreadConstraints": _SPREAD}


def _stored(given: MimirInputs, workload: Stored) -> dict[str, Any]:
    return {**_replicated(workload), "persistentVolume": _volume(given, workload)}


def _autoscaled(given: MimirInputs, workload: Autoscaled) -> dict[str, Any]:
    """With KEDA the chart leaves out the number of replicas."""
    scaled = is_set(given.keda)
    return {
        "replicas": workload.min_replicas,
        "kedaAutoscaling": only_when(
            scaled,
            {
                "enabled": scaled,
                "minReplicaCount": workload.min_replicas,
                "maxReplicaCount": workload.max_replicas,
                "targetCPUUtilizationPercentage": workload.target_cpu_percent,
            },
            but=["enabled"],
        ),
        "resources": _resources(workload),
        "topologySpreadConstraints": _SPREAD,
    }


def _by_zone(given: MimirInputs) -> dict[str, Any]:
    """One StatefulSet a zone, which its nodes alone may run.

    The labels of prepareDownscale are for a webhook that is not there: README, Operation, says what to do by hand.
    """
    by_zone = zoned(given)
    return only_when(
        by_zone,
        {
            "enabled": by_zone,
            "zones": [
                {
                    "name": f"zone-{letter}",
                    "nodeSelector": {"topology.kubernetes.io/zone": _zone(given, index)},
                    "prepareDownscale": False,
                }
                for index, letter in enumerate("abc")
            ],
        },
        but=["enabled"],
    )


def _zone(given: MimirInputs, index: int) -> str:
    return choose(zoned(given), text("element", given.zones, index), "")


def _cache(wanted: Cache | None) -> dict[str, Any]:
    there = is_set(wanted)
    cache = present(wanted)
    return only_when(
        there,
        {
            "enabled": there,
            "replicas": choose(there, cache.replicas, 0),
            "allocatedMemory": choose(there, cache.memory_mebibytes, 0),
            "topologySpreadConstraints": _SPREAD,
        },
        but=["enabled"],
    )


def _configuration(given: MimirInputs, *, region: str, s3_endpoint: str) -> dict[str, Any]:
    """What of Mimir's own configuration is not the chart's."""
    through = is_set(given.kafka)
    kafka = present(given.kafka)
    copies = choose(zoned(given), 3, 1)
    return {
        # or every component would tell Grafana Labs
        "usage_stats": {"enabled": False},
        "common": {
            "storage": {
                "backend": "s3",
                "s3": {
                    "endpoint": s3_endpoint,
                    "region": region,
                    # credentials as the AWS SDK finds them: by IRSA and by Pod Identity
                    "native_aws_auth_enabled": True,
                },
            }
        },
        "blocks_storage": {"s3": {"bucket_name": given.storage.blocks_bucket_name}},
        "ruler_storage": {"s3": {"bucket_name": given.storage.ruler_bucket_name}},
        "alertmanager_storage": {"s3": {"bucket_name": given.storage.alertmanager_bucket_name}},
        "limits": limits(given),
        # without Kafka: upstream's values for it, classic-architecture.yaml beside the chart's
        "ingest_storage": {
            "enabled": through,
            "kafka": only_when(
                through,
                {
                    "address": choose(through, text("join", ",", kafka.brokers), None),
                    "topic": choose(through, kafka.topic, None),
                    "auto_create_topic_default_partitions": choose(through, kafka.partitions, None),
                    "tls_enabled": True,
                    "sasl_mechanism": "SCRAM-SHA-512",
                    "sasl_username": literal("${MIMIR_KAFKA_USERNAME}"),
                    "sasl_password": literal("${MIMIR_KAFKA_PASSWORD}"),
                },
                # null takes away what the chart's own configuration says, and Mimir counts its default
                but=["address", "topic", "auto_create_topic_default_partitions"],
            ),
        },
        "distributor": {"remote_timeout": choose(through, "5s", None)},
        "ingester": {
            "push_grpc_method_enabled": choose(through, False, None),
            "ring": {"replication_factor": copies},
        },
        "store_gateway": {"sharding_ring": {"replication_factor": copies}},
        "alertmanager": {"sharding_ring": {"replication_factor": choose(given.alertmanagers.replicas > 2, 3, 1)}},
        # with Kafka rulers do not read ingesters by themselves
        # https://grafana.com/docs/mimir/latest/references/architecture/components/ruler/#remote
        "ruler": only_when(
            through,
            {"query_frontend": {"address": f"dns:///{MIMIR}-query-frontend.{given.namespace}.svc:9095"}},
        ),
    }


def values(
    given: MimirInputs,
    *,
    region: str,
    s3_endpoint: str,
    annotations: Mapping[str, Mapping[str, str]],
    alerts: str,
) -> dict[str, Any]:
    """The values of Mimir's release.

    `annotations` are those of the service accounts, by the role's id; `alerts` is the Alertmanager's configuration.
    """
    scraped = is_set(given.metrics)
    cached = _any_cache(given)
    keda = present(given.keda)
    scaled = is_set(given.keda)
    return {
        "fullnameOverride": MIMIR,
        # credentials of MSK are told to all components, and to no file
        "global": only_when(is_set(given.kafka), {"extraEnvFrom": [{"secretRef": {"name": KAFKA_USER}}]}),
        "mimir": {"structuredConfig": _configuration(given, region=region, s3_endpoint=s3_endpoint)},
        "runtimeConfig": {"overrides": overrides(given)},
        # three that are for trying out: the buckets, MSK and an operator of its own are instead of them
        "minio": {"enabled": False},
        "kafka": {"enabled": False},
        "rollout_operator": {"enabled": False},
        "serviceAccount": {"create": True, "name": MIMIR, "annotations": annotations["blocks"]},
        "ingester": {
            "replicas": given.ingesters.replicas,
            "resources": _resources(given.ingesters),
            "persistentVolume": _volume(given, given.ingesters),
            "zoneAwareReplication": _by_zone(given),
        },
        "store_gateway": {
            "replicas": given.store_gateways.replicas,
            "resources": _resources(given.store_gateways),
            "persistentVolume": _volume(given, given.store_gateways),
            "zoneAwareReplication": _by_zone(given),
        },
        "distributor": _autoscaled(given, given.distributors),
        "querier": _autoscaled(given, given.queriers),
        "query_frontend": _autoscaled(given, given.query_frontends),
        "query_scheduler": _replicated(given.query_schedulers),
        "compactor": _stored(given, given.compactors),
        "ruler": {
            **_autoscaled(given, given.rulers),
            "serviceAccount": {"create": True, "name": RULER_ACCOUNT, "annotations": annotations["ruler"]},
            # the chart's, of 1 GiB, would let garbage grow beyond what the pod may have
            "memBallastSizeBytes": 0,
        },
        "alertmanager": {
            **_stored(given, given.alertmanagers),
            "serviceAccount": {
                "create": True,
                "name": ALERTMANAGER_ACCOUNT,
                "annotations": annotations["alertmanager"],
            },
            "fallbackConfig": alerts,
        },
        "overrides_exporter": {
            "resources": {
                "requests": {"cpu": given.exporter_cpu_request, "memory": "128Mi"},
                "limits": {"memory": "128Mi"},
            }
        },
        "gateway": {
            "replicas": given.gateway.min_replicas,
            "autoscaling": {
                "enabled": True,
                "minReplicas": given.gateway.min_replicas,
                "maxReplicas": given.gateway.max_replicas,
                "targetCPUUtilizationPercentage": 70,
            },
            "resources": _resources(given.gateway),
            "topologySpreadConstraints": _SPREAD,
            "nginx": {
                "basicAuth": {
                    "enabled": True,
                    "existingSecret": choose(is_set(given.gateway.secret_name), given.gateway.secret_name, USERS),
                },
                "config": {"file": nginx(given, MIMIR)},
            },
        },
        "kedaAutoscaling": only_when(
            scaled,
            {
                "prometheusAddress": choose(scaled, keda.prometheus_url, ""),
                "pollingInterval": choose(scaled, keda.polling_seconds, 0),
                "authentication": choose(scaled, _signed_in(keda), _NOBODY),
            },
        ),
        "chunks-cache": _cache(given.chunks_cache),
        "index-cache": _cache(given.index_cache),
        "metadata-cache": _cache(given.metadata_cache),
        "results-cache": _cache(given.results_cache),
        # by its whole name, as who lists registries knows it
        "memcached": only_when(
            cached, {"image": {"repository": "docker.io/library/memcached", "tag": "1.6.43-alpine"}}
        ),
        "metaMonitoring": {
            "serviceMonitor": only_when(
                scraped,
                {
                    "enabled": scraped,
                    "labels": choose(scraped, present(given.metrics).labels, {}),
                    "interval": choose(scraped, f"{present(given.metrics).interval_seconds}s", ""),
                    # the chart's would be the name of the release
                    "clusterLabel": given.cluster.name,
                },
                but=["enabled"],
            )
        },
    }


_NOBODY: dict[str, Any] = {"enabled": False, "authModes": "", "secretTargetRef": []}


def _signed_in(keda: Keda) -> dict[str, Any]:
    """With what KEDA asks for metrics."""
    credentials = [{"parameter": word, "name": keda.secret_name, "key": word} for word in ("username", "password")]
    basic = {"enabled": True, "authModes": "basic", "secretTargetRef": credentials}
    return choose(is_set(keda.secret_name), basic, _NOBODY)


def _any_cache(given: MimirInputs) -> bool:
    """Whether there is one of the caches."""
    caches = (given.chunks_cache, given.index_cache, given.metadata_cache, given.results_cache)
    return any_of(*map(is_set, caches))


def rollout_values() -> dict[str, Any]:
    """The values of the operator that replaces ingesters and store gateways zone by zone.

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
