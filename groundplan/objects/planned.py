"""The objects that a plan's own resources are, beside those that its releases make.

The kubernetes provider has the fields of the API under names of its own: in snake case, blocks for objects and for
lists of objects, whose names are of one of them (`container` for `containers`).
https://registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from .fields import map_at, maps_at
from .kinds import is_cluster_wide
from .model import KNOWN_AFTER_APPLY, KubernetesObject

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


# Blocks that are lists of objects, by what the API calls them; all others are one object.
_LISTS = {
    "container": "containers",
    "egress": "egress",
    "env": "env",
    "env_from": "envFrom",
    "from": "from",
    "host_aliases": "hostAliases",
    "image_pull_secrets": "imagePullSecrets",
    "ingress": "ingress",
    "init_container": "initContainers",
    "items": "items",
    "limit": "limits",
    "match_expressions": "matchExpressions",
    "path": "paths",
    "port": "ports",
    "ports": "ports",
    "rule": "rules",
    "sources": "sources",
    "subject": "subjects",
    "tls": "tls",
    "to": "to",
    "toleration": "tolerations",
    "topology_spread_constraint": "topologySpreadConstraints",
    "volume": "volumes",
    "volume_claim_template": "volumeClaimTemplates",
    "volume_mount": "volumeMounts",
    "webhook": "webhooks",
}
# https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/
_ACRONYMS = {"ip": "IP", "ipc": "IPC", "ips": "IPs", "pid": "PID"}
# What these say of an object is no field of it; text under `data` has keys that are the user's.
_NO_FIELDS = frozenset(
    {
        "generation",
        "id",
        "resource_version",
        "timeouts",
        "uid",
        "wait_for_completion",
        "wait_for_rollout",
        "wait_for_load_balancer",
    }
)
_AS_IS = frozenset({"annotations", "binary_data", "data", "labels", "match_labels", "node_selector", "parameters"})


def planned_objects(plan: Mapping[str, Any]) -> Iterator[KubernetesObject]:
    """Those that the kubernetes provider keeps or makes, of a plan as `terraform show -json` has it.

    One whose name only an apply will tell is left out. `release` is the address of the resource, `template` is empty.
    """
    for _, resource in maps_at(plan, "resource_changes"):
        change = map_at(resource, "change")
        after = change.get("after")
        if resource.get("mode") != "managed" or not isinstance(after, Mapping):
            continue
        document = _document(str(resource.get("type")), after, change.get("after_unknown"))
        metadata = document.get("metadata")
        name = metadata.get("name") if isinstance(metadata, Mapping) else None
        if isinstance(metadata, Mapping) and name and name != KNOWN_AFTER_APPLY:
            namespace = "" if is_cluster_wide(str(document.get("apiVersion")), str(document.get("kind"))) else "default"
            place = str(metadata.get("namespace") or namespace) if namespace else ""
            yield KubernetesObject(str(resource.get("address")), "", place, document)


def _document(type_name: str, after: Mapping[str, Any], unknown: Any) -> Mapping[str, Any]:
    if type_name == "kubernetes_manifest":
        manifest = after.get("manifest")
        return manifest if isinstance(manifest, Mapping) else {}
    word = _VERSION.sub("", type_name.removeprefix("kubernetes_"))
    if not type_name.startswith("kubernetes_") or word not in _KINDS:
        return {}
    api_version, kind = _KINDS[word]
    return {"apiVersion": api_version, "kind": kind, **_fields(after, unknown)}


def _fields(block: Mapping[str, Any], unknown: Any) -> dict[str, Any]:
    """A block as the API has it; what is left out or empty there is left out here."""
    hidden = unknown if isinstance(unknown, Mapping) else {}
    found: dict[str, Any] = {}
    for name in sorted({*block, *hidden} - _NO_FIELDS):
        value, is_hidden = block.get(name), hidden.get(name)
        if name in _AS_IS and isinstance(value, Mapping):
            keys = is_hidden if isinstance(is_hidden, Mapping) else {}
            found[_camel(name)] = {**value, **{key: KNOWN_AFTER_APPLY for key, is_so in keys.items() if is_so is True}}
        elif is_hidden is True:
            found[_camel(name)] = KNOWN_AFTER_APPLY
        elif isinstance(value, list) and value and all(item is None or isinstance(item, Mapping) for item in value):
            # an empty block may be null
            blocks = [
                _fields(item or {}, each)
                for item, each in zip_longest(value, is_hidden if isinstance(is_hidden, list) else ())
            ]
            found[_LISTS.get(name) or _camel(name)] = blocks if name in _LISTS else blocks[0]
        elif value not in (None, []):
            # numbers and names of ports are texts there: https://pkg.go.dev/k8s.io/apimachinery/pkg/util/intstr#Parse
            is_number = name in ("port", "target_port") and isinstance(value, str) and value.isdecimal()
            found[_camel(name)] = int(value) if is_number else value
    return found


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(_ACRONYMS.get(word, word.capitalize()) for word in rest)
