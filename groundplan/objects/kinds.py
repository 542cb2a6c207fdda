"""What the API server knows of a kind without being asked."""

from __future__ import annotations

from groundplan.charts import is_cluster_wide_custom_resource

__all__ = ["is_cluster_wide"]

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
