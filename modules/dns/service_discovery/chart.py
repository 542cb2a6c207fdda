"""ExternalDNS's chart, and the values of it that the module sets itself.

Source of the values:
https://github.com/kubernetes-sigs/external-dns/tree/external-dns-helm-chart-1.21.1/charts/external-dns
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.building import TOKEN_MOUNT, TOKEN_VOLUME
from groundplan.charts import chart
from groundplan.framework import choose, first_set, is_set, only_when, present

from .inputs import ExternalDns, Prometheus

__all__ = ["CHART", "INSTEAD", "POD_LABELS", "SERVED_PORT", "instance_name", "owner_id", "values"]

CHART = chart("external-dns")
POD_LABELS = {"app.kubernetes.io/name": "external-dns"}
"""What the chart labels the pods of every instance with."""
SERVED_PORT = 7979
"""Where they tell their metrics and their health."""

INSTEAD = {
    "annotationFilter": "external_dns",
    "domainFilters": "external_dns",
    "excludeDomains": "external_dns",
    "extraArgs.aws-zone-type": "external_dns",
    "extraArgs.zone-id-filter": "external_dns",
    "interval": "external_dns",
    "policy": "external_dns",
    "resources": "external_dns",
    "serviceMonitor": "prometheus",
    "sources": "external_dns",
    "triggerLoopOnEvent": "external_dns",
    "txtOwnerId": "external_dns",
    "txtPrefix": "external_dns",
}
"""The input to set instead of a value that the module keeps."""


def instance_name(name: str) -> str:
    """What the release, the Deployment, its service and its service account of an instance are called."""
    return f"external-dns-{name}"


def owner_id(module_name: str, name: str, instance: ExternalDns) -> str:
    """Who owns the records of an instance."""
    return first_set(instance.owner_id, f"{module_name}-{name}")


def values(
    name: str,
    instance: ExternalDns,
    *,
    owner: str,
    annotations: Mapping[str, str],
    prometheus: Prometheus | None,
) -> dict[str, Any]:
    """The module's own values of one instance. `annotations` are those of its service account.

    There is no number of replicas: the chart makes one, and replaces it by Recreate, since ExternalDNS elects no
    leader, and two would write at once.
    """
    monitored = is_set(prometheus)
    return {
        "fullnameOverride": instance_name(name),
        "provider": {"name": "aws"},
        "policy": instance.policy,
        "registry": "txt",
        "txtOwnerId": owner,
        # With the record's type as a label of its own the TXT record of a zone's apex is in the zone too.
        "txtPrefix": f"%{{record_type}}-{instance.txt_prefix}.",
        "sources": instance.sources,
        "domainFilters": instance.domain_filters,
        "excludeDomains": instance.exclude_domains,
        "annotationFilter": first_set(instance.annotation_filter, ""),
        "interval": f"{instance.interval_seconds}s",
        "triggerLoopOnEvent": instance.watch_events,
        "logFormat": "json",
        "extraArgs": {
            "zone-id-filter": instance.zone_ids,
            "aws-zone-type": instance.zone_type,
            # domain_filters may be below their zone
            "aws-zone-match-parent": True,
            # the zones are fixed, and Route 53 allows an account five requests a second
            "aws-zones-cache-duration": "1h",
            # a TXT record cannot have * as an inner label
            "txt-wildcard-replacement": "any",
        },
        "deploymentStrategy": {"type": "Recreate"},
        "serviceAccount": {"create": True, "name": instance_name(name), "annotations": annotations},
        "rbac": {"create": True},
        "priorityClassName": "system-cluster-critical",
        "resources": {
            "requests": {"cpu": instance.cpu_request, "memory": instance.memory_request},
            "limits": {"memory": instance.memory_limit},
        },
        "podSecurityContext": {"runAsNonRoot": True, "fsGroup": 65534, "seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "runAsGroup": 65532,
            "privileged": False,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "automountServiceAccountToken": False,
        "extraVolumes": [TOKEN_VOLUME],
        "extraVolumeMounts": [TOKEN_MOUNT],
        "serviceMonitor": only_when(
            monitored,
            {
                "enabled": monitored,
                "additionalLabels": choose(monitored, present(prometheus).labels, {}),
                "interval": choose(monitored, f"{present(prometheus).interval_seconds}s", ""),
            },
            but=["enabled"],
        ),
    }
