"""The charts of the parts that do not come as add-ons, and the values of them that the module sets itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.charts import chart
from groundplan.framework import choose, is_set, only_when, present

from .inputs import ExternalSecrets, FoundationsInputs, Karpenter, KubeStateMetrics, MetricsServer, NodeExporter

__all__ = [
    "EXTERNAL_SECRETS",
    "EXTERNAL_SECRETS_CHART",
    "EXTERNAL_SECRETS_INSTEAD",
    "EXTERNAL_SECRETS_PODS",
    "EXTERNAL_SECRETS_WEBHOOK",
    "KARPENTER",
    "KARPENTER_CHART",
    "KARPENTER_CRDS",
    "KARPENTER_CRDS_CHART",
    "KARPENTER_INSTEAD",
    "KARPENTER_LABELS",
    "KARPENTER_PORT",
    "KUBE_STATE_METRICS",
    "KUBE_STATE_METRICS_CHART",
    "KUBE_STATE_METRICS_INSTEAD",
    "KUBE_STATE_METRICS_LABELS",
    "KUBE_STATE_METRICS_PORT",
    "METRICS_SERVER",
    "METRICS_SERVER_CHART",
    "METRICS_SERVER_INSTEAD",
    "METRICS_SERVER_LABELS",
    "METRICS_SERVER_PORT",
    "NODE_EXPORTER",
    "NODE_EXPORTER_CHART",
    "NODE_EXPORTER_INSTEAD",
    "PROMETHEUS_OPERATOR_CRDS",
    "PROMETHEUS_OPERATOR_CRDS_CHART",
    "SNAPSHOT_CONTROLLER",
    "SNAPSHOT_CONTROLLER_CHART",
    "SNAPSHOT_CONTROLLER_INSTEAD",
    "SNAPSHOT_CONTROLLER_LABELS",
    "SNAPSHOT_CONTROLLER_PORT",
    "external_secrets_values",
    "karpenter_crds_values",
    "karpenter_values",
    "kube_state_metrics_values",
    "metrics_server_values",
    "node_exporter_values",
    "prometheus_operator_crds_values",
    "snapshot_controller_values",
]

SNAPSHOT_CONTROLLER_CHART = chart("snapshot-controller")
METRICS_SERVER_CHART = chart("metrics-server")
PROMETHEUS_OPERATOR_CRDS_CHART = chart("prometheus-operator-crds")
KUBE_STATE_METRICS_CHART = chart("kube-state-metrics")
EXTERNAL_SECRETS_CHART = chart("external-secrets")
NODE_EXPORTER_CHART = chart("prometheus-node-exporter")
KARPENTER_CHART = chart("karpenter")
KARPENTER_CRDS_CHART = chart("karpenter-crd")

SNAPSHOT_CONTROLLER = "snapshot-controller"
METRICS_SERVER = "metrics-server"
PROMETHEUS_OPERATOR_CRDS = "prometheus-operator-crds"
KUBE_STATE_METRICS = "kube-state-metrics"
NODE_EXPORTER = "prometheus-node-exporter"
EXTERNAL_SECRETS = "external-secrets"
EXTERNAL_SECRETS_WEBHOOK = "external-secrets-webhook"
EXTERNAL_SECRETS_CERTIFICATES = "external-secrets-cert-controller"
KARPENTER = "karpenter"
KARPENTER_CRDS = "karpenter-crd"
"""Names of the releases, and of what they run: where there is an add-on, those that it has too."""


def _labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name}


SNAPSHOT_CONTROLLER_LABELS = _labels(SNAPSHOT_CONTROLLER)
METRICS_SERVER_LABELS = _labels(METRICS_SERVER)
KUBE_STATE_METRICS_LABELS = _labels(KUBE_STATE_METRICS)
KARPENTER_LABELS = _labels(KARPENTER)
"""What the charts label the pods with."""
EXTERNAL_SECRETS_PODS = (
    ("external_secrets", _labels(EXTERNAL_SECRETS), (8080,)),
    (
        "external_secrets_webhook",
        {**_labels(EXTERNAL_SECRETS), "app.kubernetes.io/name": EXTERNAL_SECRETS_WEBHOOK},
        (8080, 10250),
    ),
    (
        "external_secrets_certificates",
        {**_labels(EXTERNAL_SECRETS), "app.kubernetes.io/name": EXTERNAL_SECRETS_CERTIFICATES},
        (8080,),
    ),
)
"""The three kinds of pods of that chart: an id, their labels, and the ports that something else connects to."""
SNAPSHOT_CONTROLLER_PORT = 8080
METRICS_SERVER_PORT = 10250
KUBE_STATE_METRICS_PORT = 8080
KARPENTER_PORT = 8080
"""Ports of containers that something else in the cluster connects to."""

SNAPSHOT_CONTROLLER_INSTEAD = {
    "controller.replicaCount": "snapshot_controller",
    "controller.serviceMonitor": "prometheus",
}
METRICS_SERVER_INSTEAD = {
    "replicas": "metrics_server",
    "resources": "metrics_server",
    "serviceMonitor": "prometheus",
}
KUBE_STATE_METRICS_INSTEAD = {
    "metricLabelsAllowlist": "kube_state_metrics",
    "prometheus.monitor": "prometheus",
    "resources": "kube_state_metrics",
}
EXTERNAL_SECRETS_INSTEAD = {
    "certController.replicaCount": "external_secrets",
    "certController.resources": "external_secrets",
    "replicaCount": "external_secrets",
    "resources": "external_secrets",
    "serviceMonitor": "prometheus",
    "webhook.replicaCount": "external_secrets",
    "webhook.resources": "external_secrets",
}
KARPENTER_INSTEAD = {
    "controller.resources": "karpenter",
    "replicas": "karpenter",
    "serviceMonitor": "prometheus",
    "settings.clusterName": "cluster",
}
NODE_EXPORTER_INSTEAD = {"prometheus.monitor": "prometheus", "resources": "node_exporter"}
"""The input to set instead of a value that the module keeps."""

_CRITICAL = "system-cluster-critical"
_POD = {"runAsNonRoot": True, "runAsUser": 1000, "runAsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
_CONTAINER = {
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def snapshot_controller_values(given: FoundationsInputs) -> dict[str, Any]:
    """The values of the snapshot controller's release.

    https://github.com/piraeusdatastore/helm-charts/tree/snapshot-controller-5.2.0/charts/snapshot-controller
    """
    scraped = is_set(given.prometheus)
    return {
        "installCRDs": True,
        "controller": {
            "fullnameOverride": SNAPSHOT_CONTROLLER,
            "replicaCount": present(given.snapshot_controller).replicas,
            # one leads, another takes over: a single one does not keep its node from being drained
            "pdb": {"maxUnavailable": 1},
            "priorityClassName": _CRITICAL,
            "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}},
            "podSecurityContext": _POD,
            "securityContext": _CONTAINER,
            "topologySpreadConstraints": _spread(SNAPSHOT_CONTROLLER_LABELS),
            "serviceMonitor": {"create": scraped},
        },
        # it converts groups of snapshots of versions that no cluster of ours ever had
        "webhook": {"enabled": False},
    }


def metrics_server_values(given: FoundationsInputs) -> dict[str, Any]:
    """The values of metrics-server's release.

    https://github.com/kubernetes-sigs/metrics-server/tree/metrics-server-helm-chart-3.13.1/charts/metrics-server
    """
    wanted = present(given.metrics_server)
    scraped = is_set(given.prometheus)
    return {
        "fullnameOverride": METRICS_SERVER,
        "replicas": wanted.replicas,
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "priorityClassName": _CRITICAL,
        "resources": _resources(wanted),
        "podSecurityContext": _POD,
        "securityContext": {**_CONTAINER, "seccompProfile": {"type": "RuntimeDefault"}},
        "topologySpreadConstraints": _spread(METRICS_SERVER_LABELS),
        "metrics": {"enabled": scraped},
        "serviceMonitor": _monitor(given, {"interval": _interval(given)}),
    }


def prometheus_operator_crds_values() -> dict[str, Any]:
    """The values of the release of the Prometheus operator's definitions: of the kinds that others read as well.

    Helm changes them with the release, as they are in its templates, and leaves them when it goes: with them every
    monitor and rule of the cluster would go.

    https://github.com/prometheus-community/helm-charts/tree/prometheus-operator-crds-31.0.1/charts/prometheus-operator-crds
    """
    operators_own = ("alertmanagers", "prometheusagents", "prometheuses", "thanosrulers")
    return {
        "crds": {
            "annotations": {"helm.sh/resource-policy": "keep"},
            **{kind: {"enabled": False} for kind in operators_own},
        }
    }


def kube_state_metrics_values(given: FoundationsInputs) -> dict[str, Any]:
    """The values of kube-state-metrics' release. One pod: a second would tell everything twice.

    https://github.com/prometheus-community/helm-charts/tree/kube-state-metrics-8.4.0/charts/kube-state-metrics
    """
    wanted = present(given.kube_state_metrics)
    return {
        "fullnameOverride": KUBE_STATE_METRICS,
        "replicas": 1,
        "priorityClassName": _CRITICAL,
        "resources": _resources(wanted),
        # whoever lists secrets reads them; of what becomes of them others tell
        "collectorsExclude": ["secrets"],
        "metricLabelsAllowlist": wanted.labels_of_objects,
        # found by its monitor
        "prometheusScrape": False,
        "prometheus": {"monitor": _monitor(given, {"http": {"honorLabels": True, "interval": _interval(given)}})},
    }


def node_exporter_values(given: FoundationsInputs) -> dict[str, Any]:
    """The values of node-exporter's release, which sees its node from outside of any container.

    https://github.com/prometheus-community/helm-charts/tree/prometheus-node-exporter-4.56.1/charts/prometheus-node-exporter
    """
    return {
        "fullnameOverride": NODE_EXPORTER,
        "priorityClassName": "system-node-critical",
        "resources": _resources(present(given.node_exporter)),
        "containerSecurityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "securityContext": {
            "fsGroup": 65534,
            "runAsGroup": 65534,
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        # every node is told of, whatever keeps others from it
        "tolerations": [{"operator": "Exists"}],
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}},
        "prometheus": {"monitor": _monitor(given, {"interval": _interval(given)})},
    }


def external_secrets_values(given: FoundationsInputs, annotations: Mapping[str, str]) -> dict[str, Any]:
    """The values of the External Secrets operator's release. `annotations` are those of its service account.

    Secrets come in and nothing goes out: what pushes secrets, or makes stores' contents by itself, is left out.

    https://github.com/external-secrets/external-secrets/tree/helm-chart-2.9.0/deploy/charts/external-secrets
    """
    wanted = present(given.external_secrets)
    scraped = is_set(given.prometheus)
    pods = dict(zip(("", "webhook", "certController"), EXTERNAL_SECRETS_PODS, strict=True))

    def alike(part: str) -> dict[str, Any]:
        return {
            "replicaCount": wanted.replicas,
            "resources": _resources(wanted),
            "priorityClassName": _CRITICAL,
            # one leads or all serve: a single one does not keep its node from being drained
            "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
            "topologySpreadConstraints": _spread(pods[part][1]),
        }

    return {
        "fullnameOverride": EXTERNAL_SECRETS,
        "installCRDs": True,
        "crds": {
            # with the definitions every ExternalSecret would go, and with each the Secret that it keeps
            "annotations": {"helm.sh/resource-policy": "keep"},
            **{f"create{kind}": False for kind in ("ClusterExternalSecret", "ClusterPushSecret", "PushSecret")},
        },
        **alike(""),
        "leaderElect": True,
        "processClusterExternalSecret": False,
        "processClusterPushSecret": False,
        "processPushSecret": False,
        "openshiftFinalizers": False,
        # stores take roles of AWS, no tokens of other service accounts
        "rbac": {"serviceAccountTokenCreate": False},
        "serviceAccount": {"create": True, "name": EXTERNAL_SECRETS, "annotations": annotations},
        "webhook": alike("webhook"),
        "certController": alike("certController"),
        "serviceMonitor": only_when(
            scraped,
            {
                "enabled": scraped,
                # its kind comes before, which a chart that is rendered elsewhere cannot see
                "renderMode": "alwaysRender",
                "additionalLabels": choose(scraped, present(given.prometheus).labels, {}),
                "interval": _interval(given),
            },
            but=["enabled"],
        ),
    }


def karpenter_crds_values() -> dict[str, Any]:
    """The values of the release of Karpenter's kinds: Helm changes these with it, those in the other chart never.

    They stay when it goes: with them every NodePool would go, and every node.

    https://karpenter.sh/v1.14/upgrading/upgrade-guide/#crd-upgrades
    """
    return {"additionalAnnotations": {"helm.sh/resource-policy": "keep"}}


def karpenter_values(given: FoundationsInputs, queue_name: str, annotations: Mapping[str, str]) -> dict[str, Any]:
    """The values of Karpenter's release. `annotations` are those of its service account.

    Its pods are confined by the chart, and kept from nodes that it makes itself: it could not bring those back.

    https://github.com/aws/karpenter-provider-aws/tree/v1.14.1/charts/karpenter
    """
    wanted = present(given.karpenter)
    return {
        "fullnameOverride": KARPENTER,
        "replicas": wanted.replicas,
        # one leads, another takes over: a single one does not keep its node from being drained
        "podDisruptionBudget": {"maxUnavailable": 1},
        "priorityClassName": _CRITICAL,
        "controller": {"resources": _resources(wanted)},
        "serviceAccount": {"create": True, "name": KARPENTER, "annotations": annotations},
        "settings": {
            "clusterName": given.cluster.name,
            # what nodes must know of the cluster, EKS tells
            "eksControlPlane": True,
            "interruptionQueue": queue_name,
        },
        "topologySpreadConstraints": _spread(KARPENTER_LABELS),
        "serviceMonitor": _monitor(given, {"endpointConfig": {"interval": _interval(given)}}),
    }


def _monitor(given: FoundationsInputs, how: Mapping[str, Any]) -> Any:
    """A chart's own ServiceMonitor, where somebody reads it."""
    scraped = is_set(given.prometheus)
    labels = choose(scraped, present(given.prometheus).labels, {})
    return only_when(scraped, {"enabled": scraped, "additionalLabels": labels, **how}, but=["enabled"])


def _interval(given: FoundationsInputs) -> str:
    return choose(is_set(given.prometheus), f"{present(given.prometheus).interval_seconds}s", "")


def _resources(asked: ExternalSecrets | Karpenter | KubeStateMetrics | MetricsServer | NodeExporter) -> dict[str, Any]:
    """A container's resources. CPU has no limit: what is throttled tells too late."""
    return {
        "requests": {"cpu": asked.cpu_request, "memory": asked.memory_request},
        "limits": {"memory": asked.memory_limit},
    }


def _spread(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Over zones and nodes as far as there are any: a cluster of one zone still gets its pods."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
