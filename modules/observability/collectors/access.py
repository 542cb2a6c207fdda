"""What the collectors may do: in AWS, traces to X-Ray and records to a log group; in the cluster, reading.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes.cluster_role_binding_v1 import (
    ClusterRoleBindingV1,
    ClusterRoleBindingV1Metadata,
    ClusterRoleBindingV1RoleRef,
    ClusterRoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.cluster_role_v1 import ClusterRoleV1, ClusterRoleV1Metadata, ClusterRoleV1Rule
from cdktf_cdktf_provider_kubernetes.role_binding_v1 import (
    RoleBindingV1,
    RoleBindingV1Metadata,
    RoleBindingV1RoleRef,
    RoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1, RoleV1Metadata, RoleV1Rule

from groundplan.building import account_id, maker, partition
from groundplan.framework import Module, each, part_id
from groundplan.iam import Statement, allow

from .inputs import CollectorsInputs

__all__ = ["METRIC_NAMESPACE", "reads", "reads_secrets", "records", "traces"]

METRIC_NAMESPACE = "Groundplan/Collectors"
"""The CloudWatch namespace of the status report, the only one that it may publish to."""
_READ = ["get", "list", "watch"]


def traces() -> list[Statement]:
    """What the exporter calls. Neither takes a resource. https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html"""
    return [allow("xray:PutTelemetryRecords", "xray:PutTraceSegments", on="*", sid="SendTraces")]


def records(scope: Module[Any, Any], log_group_name: str, region: str) -> list[Statement]:
    """What the exporter of metrics calls, in the embedded metric format: a stream for each pod, and its records.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Generation_PutLogEvents.html
    """
    group = f"arn:{partition(scope)}:logs:{region}:{account_id(scope)}:log-group:{log_group_name}"
    return [
        allow("logs:CreateLogStream", on=f"{group}:*", sid="MakeStreams"),
        allow("logs:PutLogEvents", on=f"{group}:log-stream:*", sid="WriteRecords"),
    ]


def _rule(group: str, *resources: str, verbs: Sequence[str] = ()) -> ClusterRoleV1Rule:
    return ClusterRoleV1Rule(api_groups=[group], resources=list(resources), verbs=list(verbs or _READ))


def _rules(what: str) -> list[ClusterRoleV1Rule]:
    """Of each collector's service account, in all namespaces; the chart would let it read every Secret too."""
    if what == "logs":  # https://grafana.com/docs/alloy/latest/reference/components/loki/loki.source.kubernetes/
        return [_rule("", "pods"), _rule("", "pods/log", verbs=["get"])]
    if what == "cloudwatch":  # https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod
        return [_rule("", "pods")]
    if (
        what == "traces"
    ):  # https://grafana.com/docs/alloy/latest/reference/components/otelcol/otelcol.processor.k8sattributes/
        return [_rule("", "namespaces", "pods"), _rule("apps", "replicasets")]
    # https://grafana.com/docs/alloy/latest/reference/components/prometheus/prometheus.operator.servicemonitors/
    return [
        _rule("", "events", "namespaces", "nodes", "pods", "services"),
        _rule("discovery.k8s.io", "endpointslices"),
        _rule("networking.k8s.io", "ingresses"),
        _rule("monitoring.coreos.com", "podmonitors", "probes", "prometheusrules", "servicemonitors"),
        # of kubelets, and of the API server itself
        _rule("", "nodes/metrics", verbs=["get"]),
        ClusterRoleV1Rule(non_resource_urls=["/metrics"], verbs=["get"]),
    ]


def reads(
    scope: Module[Any, Any],
    what: str,
    given: CollectorsInputs,
    *,
    service_account: str,
    only_when: Any,
) -> list[Any]:
    """What a collector reads in the cluster: its pods must start after it."""
    name = f"{given.name}-{what}"
    part = maker(only_when)
    role = part(
        ClusterRoleV1,
        scope,
        part_id("cluster_role", what),
        metadata=ClusterRoleV1Metadata(name=name),
        rule=_rules(what),
    )
    binding = part(
        ClusterRoleBindingV1,
        scope,
        part_id("cluster_role_binding", what),
        metadata=ClusterRoleBindingV1Metadata(name=name),
        role_ref=ClusterRoleBindingV1RoleRef(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=name),
        subject=[
            ClusterRoleBindingV1Subject(
                kind="ServiceAccount", name=service_account, namespace=given.namespace, api_group=""
            )
        ],
    )
    return [role, binding]


def reads_secrets(scope: Module[Any, Any], given: CollectorsInputs, *, service_account: str) -> None:
    """The Secrets that monitors name, one by one: a password of somebody's metrics."""
    named = each(given.metrics.monitor_secrets)
    name = f"{given.name}-monitors"
    named(
        RoleV1,
        scope,
        part_id("role", "monitors"),
        metadata=RoleV1Metadata(name=name, namespace=named.key),
        rule=[RoleV1Rule(api_groups=[""], resources=["secrets"], resource_names=named.value, verbs=["get"])],
    )
    named(
        RoleBindingV1,
        scope,
        part_id("role_binding", "monitors"),
        metadata=RoleBindingV1Metadata(name=name, namespace=named.key),
        role_ref=RoleBindingV1RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name=name),
        subject=[
            RoleBindingV1Subject(kind="ServiceAccount", name=service_account, namespace=given.namespace, api_group="")
        ],
    )
