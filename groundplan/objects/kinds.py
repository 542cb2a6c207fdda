"""What the API server knows of a kind without being asked."""

from __future__ import annotations

from groundplan.charts import is_cluster_wide_custom_resource

__all__ = ["is_cluster_wide", "is_own_group"]

# Kubernetes' own kinds without a namespace: `kubectl api-resources --namespaced=false` of 1.34, and those that are gone
_CLUSTER_WIDE = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterTrustBundle",
        "ComponentStatus",
        "CustomResourceDefinition",
        "DeviceClass",
        "DeviceTaintRule",
        "FlowSchema",
        "IPAddress",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PodSecurityPolicy",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourceSlice",
        "RuntimeClass",
        "SelfSubjectAccessReview",
        "SelfSubjectReview",
        "SelfSubjectRulesReview",
        "ServiceCIDR",
        "StorageClass",
        "StorageVersionMigration",
        "SubjectAccessReview",
        "TokenReview",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    }
)


def is_cluster_wide(api_version: str, kind: str) -> bool:
    """Whether objects of a kind stand in no namespace. A custom kind that nobody described here counts as in one."""
    group = api_version.rpartition("/")[0]
    if not group or "." not in group or group.endswith(".k8s.io"):
        return kind in _CLUSTER_WIDE or is_cluster_wide_custom_resource(api_version, kind)
    return is_cluster_wide_custom_resource(api_version, kind)


# groups of Kubernetes itself that end in its domain, as those of its projects do too, which bring definitions
# https://kubernetes.io/docs/reference/kubernetes-api/
_OWN_GROUPS = frozenset(
    {
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "lifecycle.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)


def is_own_group(group: str) -> bool:
    """Whether Kubernetes itself serves an API group, so that no definition has to bring its kinds."""
    return "." not in group or group in _OWN_GROUPS
