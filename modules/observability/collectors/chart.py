"""The charts of Alloy and of ADOT, and the values of them that the module sets itself.

Sources of the values: https://github.com/grafana/alloy/tree/helm-chart/1.11.1/operations/helm/charts/alloy and
https://github.com/open-telemetry/opentelemetry-helm-charts/tree/opentelemetry-collector-0.170.0/charts/opentelemetry-collector
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.building import Autoscaled, Workload
from groundplan.charts import chart
from groundplan.framework import (
    all_of,
    any_of,
    choose,
    concat,
    first_set,
    is_set,
    only_when,
    present,
    text,
)

from .configuration import (
    GRPC_PORT,
    HTTP_PORT,
    JAEGER_GRPC_PORT,
    JAEGER_HTTP_PORT,
    LOGIN_FOLDER,
    ZIPKIN_PORT,
    on_nodes,
)
from .inputs import CollectorsInputs, Destination, XRay

__all__ = [
    "ADOT_METRICS_PORT",
    "ALLOY",
    "COLLECTOR",
    "LOGS",
    "LOGS_INSTEAD",
    "METRICS",
    "METRICS_INSTEAD",
    "OWN_PORT",
    "TRACES",
    "TRACES_INSTEAD",
    "XRAY",
    "XRAY_INSTEAD",
    "adot_values",
    "labels",
    "logs_values",
    "metrics_values",
    "password_name",
    "receives_traces",
    "traces_values",
    "xray_values",
]

ALLOY = chart("alloy")
COLLECTOR = chart("opentelemetry-collector")
LOGS, METRICS, TRACES, XRAY = "alloy-logs", "alloy-metrics", "alloy-traces", "adot-xray"
"""The releases, and all that is in each."""
OWN_PORT = 12345
"""Alloy's own: its metrics, its debugging pages, and what the pods of a cluster say to each other."""
ADOT_METRICS_PORT = 8888

LOGS_INSTEAD = {"alloy.configMap": "logs.extra_configuration", "alloy.resources": "logs"}
METRICS_INSTEAD = {
    "alloy.configMap": "metrics.extra_configuration",
    "alloy.resources": "metrics",
    "controller.replicas": "metrics.replicas",
    "controller.volumeClaimTemplates": "metrics.volume_gib",
}
TRACES_INSTEAD = {
    "alloy.configMap": "traces.extra_configuration",
    "alloy.extraPorts": "traces",
    "alloy.resources": "traces",
}
XRAY_INSTEAD = {
    "autoscaling": "xray",
    "config.exporters.awsxray": "xray",
    "image": "images.adot",
    "resources": "xray",
}
"""The input to set instead of a value that the module keeps."""

# https://github.com/grafana/alloy/blob/v1.18.1/Dockerfile
_USER = 473
_CONFINED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
# its image has no user of its own: https://github.com/aws-observability/aws-otel-collector/blob/v0.49.0/cmd/awscollector/Dockerfile
_ADOT_USER = 10001
_STORAGE = "/var/lib/alloy"
_EMPTY = {"name": "storage", "emptyDir": {}}


def labels(release: str) -> dict[str, str]:
    """What the charts label the pods of a release with."""
    program = "opentelemetry-collector" if release.startswith("adot-") else "alloy"
    return {"app.kubernetes.io/name": program, "app.kubernetes.io/instance": release}


def receives_traces(given: CollectorsInputs) -> Any:
    """Whether traces are collected at all."""
    return any_of(is_set(given.tempo), is_set(given.xray))


def password_name(store: str, where: Destination | None) -> str:
    """The Secret with the password for a store: the one that is there, or the one that the module makes."""
    own = f"collectors-{store}"
    locked = all_of(is_set(where), is_set(present(where).password))
    return choose(locked, first_set(present(present(where).password).secret_name, own), own)


def _resources(workload: Workload) -> dict[str, Any]:
    """CPU has no limit: a collector that is throttled falls behind, and helps nobody."""
    memory = f"{workload.memory_mebibytes}Mi"
    return {"requests": {"cpu": workload.cpu_request, "memory": memory}, "limits": {"memory": memory}}


def _spread(release: str) -> list[dict[str, Any]]:
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": labels(release)},
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def _budget(replicas: Any) -> dict[str, Any]:
    """One pod at a time, of several: of one alone it would keep its node from being drained."""
    several = replicas > 1
    return only_when(several, {"enabled": several, "maxUnavailable": 1}, but=["enabled"])


def _alloy(
    given: CollectorsInputs,
    release: str,
    workload: Workload,
    configuration: str,
    *,
    controller: Mapping[str, Any],
    stores: Mapping[str, Destination | None],
    volumes: Any,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What all of Alloy's releases have in common. `stores` are those whose passwords they need."""
    scraped = is_set(given.mimir)
    locked = {store: all_of(is_set(where), is_set(present(where).password)) for store, where in sorted(stores.items())}
    secrets = [
        choose(
            locked[store],
            [
                {
                    "name": f"{store}-password",
                    "secret": {
                        "secretName": password_name(store, where),
                        "items": [{"key": "password", "path": "password"}],
                        "defaultMode": 0o440,
                    },
                }
            ],
            [],
        )
        for store, where in sorted(stores.items())
    ]
    mounts = [
        choose(
            locked[store],
            [{"name": f"{store}-password", "mountPath": f"{LOGIN_FOLDER}/{store}", "readOnly": True}],
            [],
        )
        for store in sorted(stores)
    ]
    return {
        "fullnameOverride": release,
        # a kind that nobody here makes objects of
        "crds": {"create": False},
        # the chart's would let it read every Secret
        "rbac": {"create": False},
        "serviceAccount": {"create": True, "name": release},
        # a configuration that Alloy does not start with must not take the place of one that it runs by: pods are
        # replaced one after another, and the release goes back
        "configReloader": {"enabled": False},
        "global": {
            "podSecurityContext": {
                "runAsNonRoot": True,
                "runAsUser": _USER,
                "runAsGroup": _USER,
                "fsGroup": _USER,
                "fsGroupChangePolicy": "OnRootMismatch",
                "seccompProfile": {"type": "RuntimeDefault"},
            }
        },
        "alloy": {
            "configMap": {"create": True, "content": configuration},
            # or it would tell Grafana Labs which components it runs
            "enableReporting": False,
            "storagePath": _STORAGE,
            "resources": _resources(workload),
            "securityContext": _CONFINED,
            "mounts": {"extra": concat([{"name": "storage", "mountPath": _STORAGE}], *mounts)},
            **(more or {}),
        },
        "controller": {
            "topologySpreadConstraints": _spread(release),
            "volumes": {"extra": concat(volumes, *secrets)},
            **controller,
        },
        "serviceMonitor": only_when(
            scraped,
            {
                "enabled": scraped,
                "additionalLabels": choose(scraped, given.metrics.monitor_labels, {}),
            },
            but=["enabled"],
        ),
    }


def logs_values(given: CollectorsInputs, configuration: str) -> dict[str, Any]:
    """What reads logs: on each node, whatever it is tainted with."""
    node = on_nodes(given)
    kept = {"name": "storage", "hostPath": {"path": f"{_STORAGE}-{given.namespace}", "type": "DirectoryOrCreate"}}
    made = _alloy(
        given,
        LOGS,
        given.logs,
        configuration,
        controller={
            "type": "daemonset",
            "tolerations": [{"operator": "Exists"}],
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}},
            "priorityClassName": "system-node-critical",
        },
        stores={"loki": given.loki},
        # how far each file was read has to outlast the pod
        volumes=concat(choose(node, [kept], []), choose(node, [], [_EMPTY])),
        more={
            # what lies there is root's; with no capability root is a user whose files they are
            "securityContext": {
                **_CONFINED,
                "runAsNonRoot": choose(node, False, True),
                "runAsUser": choose(node, 0, _USER),
                "runAsGroup": choose(node, 0, _USER),
            }
        },
    )
    made["alloy"]["mounts"]["varlog"] = node
    # a DaemonSet's pods are where the nodes are
    del made["controller"]["topologySpreadConstraints"]
    return made


def metrics_values(given: CollectorsInputs, configuration: str) -> dict[str, Any]:
    """What reads metrics, rules and events: a cluster of pods with a volume each."""
    claim = {
        "metadata": {"name": "storage"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": given.metrics.storage_class,
            "resources": {"requests": {"storage": f"{given.metrics.volume_gib}Gi"}},
        },
    }
    return _alloy(
        given,
        METRICS,
        given.metrics,
        configuration,
        controller={
            "type": "statefulset",
            "replicas": given.metrics.replicas,
            "podDisruptionBudget": _budget(given.metrics.replicas),
            "volumeClaimTemplates": [claim],
            # what it holds is in Mimir a minute later
            "enableStatefulSetAutoDeletePVC": True,
        },
        stores={"loki": given.loki, "mimir": given.mimir},
        volumes=[],
        # https://grafana.com/docs/alloy/latest/get-started/clustering/
        more={"clustering": {"enabled": True, "name": given.name}},
    )


def traces_values(given: CollectorsInputs, configuration: str) -> dict[str, Any]:
    """What takes traces in: as many pods as there is work."""
    made = _alloy(
        given,
        TRACES,
        given.traces,
        configuration,
        controller={
            "type": "deployment",
            "podDisruptionBudget": _budget(given.traces.min_replicas),
            # the chart's own names a kind in small letters, which the API server does not know
            # https://github.com/grafana/alloy/issues/1162
            "autoscaling": {"horizontal": {"externalHPA": True}},
        },
        stores={"tempo": given.tempo},
        volumes=[_EMPTY],
        more={
            "extraPorts": concat(
                [_port("otlp-grpc", GRPC_PORT, "grpc"), _port("otlp-http", HTTP_PORT, "http")],
                choose(
                    given.traces.jaeger,
                    [_port("jaeger-grpc", JAEGER_GRPC_PORT, "grpc"), _port("jaeger-http", JAEGER_HTTP_PORT, "http")],
                    [],
                ),
                choose(given.traces.zipkin, [_port("zipkin", ZIPKIN_PORT, "http")], []),
            )
        },
    )
    made["extraObjects"] = [_autoscaler(given, TRACES, given.traces)]
    return made


def _port(name: str, number: int, protocol: str) -> dict[str, Any]:
    return {"name": name, "port": number, "targetPort": number, "protocol": "TCP", "appProtocol": protocol}


def _autoscaler(given: CollectorsInputs, release: str, workload: Autoscaled) -> dict[str, Any]:
    usage = {"type": "Utilization", "averageUtilization": workload.target_cpu_percent}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": release, "namespace": given.namespace},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": release},
            "minReplicas": workload.min_replicas,
            "maxReplicas": workload.max_replicas,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": usage}}],
        },
    }


def xray_values(given: CollectorsInputs, *, region: str, annotations: Mapping[str, str]) -> dict[str, Any]:
    """The ADOT collector: OTLP in, X-Ray out. `annotations` are those of the service account."""
    settings: XRay = present(given.xray)
    wanted = is_set(given.xray)
    least = choose(wanted, settings.min_replicas, 1)
    return {
        **adot_values(given, XRAY, settings, replicas=least, annotations=annotations),
        "mode": "deployment",
        "autoscaling": {
            "enabled": True,
            "minReplicas": least,
            "maxReplicas": choose(wanted, settings.max_replicas, 1),
            "targetCPUUtilizationPercentage": choose(wanted, settings.target_cpu_percent, 70),
        },
        "config": {
            "receivers": {"jaeger": None, "prometheus": None, "zipkin": None, "otlp": {"protocols": {"http": None}}},
            "exporters": {
                "debug": None,
                "awsxray": {
                    "region": region,
                    "indexed_attributes": choose(wanted, settings.indexed_attributes, []),
                },
            },
            "service": {
                "pipelines": {
                    "logs": None,
                    "metrics": None,
                    "traces": {
                        "receivers": ["otlp"],
                        "processors": ["memory_limiter", "batch"],
                        "exporters": ["awsxray"],
                    },
                }
            },
        },
    }


def adot_values(
    given: CollectorsInputs, release: str, workload: Workload, *, replicas: Any, annotations: Mapping[str, str]
) -> dict[str, Any]:
    """What ADOT's releases have in common. `annotations` are those of the service account."""
    scraped = is_set(given.mimir)
    off = {"enabled": False}
    return {
        "fullnameOverride": release,
        "image": {
            "repository": text("replace", given.images.adot, "/:[^:]*$/", ""),
            "tag": text("replace", given.images.adot, "/^.*:/", ""),
        },
        "command": {"name": "awscollector"},
        "podDisruptionBudget": _budget(replicas),
        "topologySpreadConstraints": _spread(release),
        "resources": _resources(workload),
        "serviceAccount": {
            "create": True,
            "name": release,
            "annotations": annotations,
            "automountServiceAccountToken": False,
        },
        "podSecurityContext": {
            "runAsNonRoot": True,
            "runAsUser": _ADOT_USER,
            "runAsGroup": _ADOT_USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "securityContext": _CONFINED,
        "ports": {
            # inside of the cluster alone
            "otlp-http": off,
            "jaeger-compact": off,
            "jaeger-thrift": off,
            "jaeger-grpc": off,
            "zipkin": off,
            "metrics": {"enabled": True},
        },
        "serviceMonitor": only_when(
            scraped,
            {"enabled": scraped, "extraLabels": choose(scraped, given.metrics.monitor_labels, {})},
            but=["enabled"],
        ),
    }
