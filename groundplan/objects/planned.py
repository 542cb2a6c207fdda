"""The objects that a plan's own resources are, beside those that its releases make.

Of such an object is told what it takes from others: its name, its ports of nodes, its address, and that it is the
default of its kind. https://registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .kinds import is_cluster_wide
from .model import KubernetesObject

__all__ = ["planned_objects"]

# What follows kubernetes_ in a type, without its version: the version that the provider writes, and the kind.
# kubernetes_labels, _annotations, _env, _node_taint, _config_map_v1_data and their like change what somebody else made,
# and the default service account is there before.
_KINDS = {
    "api_service": ("apiregistration.k8s.io/v1", "APIService"),
    "cluster_role": ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    "cluster_role_binding": ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    "config_map": ("v1", "ConfigMap"),
    "cron_job": ("batch/v1", "CronJob"),
    "csi_driver": ("storage.k8s.io/v1", "CSIDriver"),
    "daemon_set": ("apps/v1", "DaemonSet"),
    "daemonset": ("apps/v1", "DaemonSet"),
    "deployment": ("apps/v1", "Deployment"),
    "endpoint_slice": ("discovery.k8s.io/v1", "EndpointSlice"),
    "endpoints": ("v1", "Endpoints"),
    "horizontal_pod_autoscaler": ("autoscaling/v2", "HorizontalPodAutoscaler"),
    "ingress": ("networking.k8s.io/v1", "Ingress"),
    "ingress_class": ("networking.k8s.io/v1", "IngressClass"),
    "job": ("batch/v1", "Job"),
    "limit_range": ("v1", "LimitRange"),
    "mutating_webhook_configuration": ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
    "namespace": ("v1", "Namespace"),
    "network_policy": ("networking.k8s.io/v1", "NetworkPolicy"),
    "persistent_volume": ("v1", "PersistentVolume"),
    "persistent_volume_claim": ("v1", "PersistentVolumeClaim"),
    "pod": ("v1", "Pod"),
    "pod_disruption_budget": ("policy/v1", "PodDisruptionBudget"),
    "priority_class": ("scheduling.k8s.io/v1", "PriorityClass"),
    "replication_controller": ("v1", "ReplicationController"),
    "resource_quota": ("v1", "ResourceQuota"),
    "role": ("rbac.authorization.k8s.io/v1", "Role"),
    "role_binding": ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    "runtime_class": ("node.k8s.io/v1", "RuntimeClass"),
    "secret": ("v1", "Secret"),
    "service": ("v1", "Service"),
    "service_account": ("v1", "ServiceAccount"),
    "stateful_set": ("apps/v1", "StatefulSet"),
    "storage_class": ("storage.k8s.io/v1", "StorageClass"),
    "validating_webhook_configuration": ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
}
_VERSION = re.compile(r"_v\d+((alpha|beta)\d+)?$")


def planned_objects(plan: Mapping[str, Any]) -> Iterator[KubernetesObject]:
    """Those that the kubernetes provider keeps or makes, of a plan as `terraform show -json` has it.

    One whose name only an apply will tell is left out. `release` is the address of the resource, `template` is empty.
    """
    for resource in plan.get("resource_changes") or ():
        after = (resource.get("change") or {}).get("after")
        if resource.get("mode") != "managed" or not isinstance(after, Mapping):
            continue
        document = _document(str(resource.get("type")), after)
        metadata = document.get("metadata")
        if isinstance(metadata, Mapping) and metadata.get("name"):
            namespace = "" if is_cluster_wide(str(document.get("apiVersion")), str(document.get("kind"))) else "default"
            place = str(metadata.get("namespace") or namespace) if namespace else ""
            yield KubernetesObject(str(resource.get("address")), "", place, document)


def _document(type_name: str, after: Mapping[str, Any]) -> Mapping[str, Any]:
    if type_name == "kubernetes_manifest":
        manifest = after.get("manifest")
        return manifest if isinstance(manifest, Mapping) else {}
    word = _VERSION.sub("", type_name.removeprefix("kubernetes_"))
    if not type_name.startswith("kubernetes_") or word not in _KINDS:
        return {}
    api_version, kind = _KINDS[word]
    metadata, spec = _block(after, "metadata"), _block(after, "spec")
    said: dict[str, Any] = {
        "name": metadata.get("name"),
        "namespace": metadata.get("namespace"),
        "annotations": metadata.get("annotations"),
    }
    document: dict[str, Any] = {"apiVersion": api_version, "kind": kind, "metadata": said}
    if kind == "PriorityClass":
        document["globalDefault"] = after.get("global_default")
    if kind == "Service":
        ports = [port for port in spec.get("port") or () if isinstance(port, Mapping)]
        document["spec"] = {
            "clusterIP": spec.get("cluster_ip"),
            "healthCheckNodePort": spec.get("health_check_node_port"),
            "ports": [{"nodePort": port.get("node_port")} for port in ports],
        }
    return document


def _block(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A block that is there once, which a plan writes as a list of one."""
    blocks = holder.get(name)
    first = blocks[0] if isinstance(blocks, list) and blocks else {}
    return first if isinstance(first, Mapping) else {}
