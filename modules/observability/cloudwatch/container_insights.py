"""Container Insights: the add-on that measures the cluster, its log groups, and the role of its pods."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.eks_addon import EksAddon

from groundplan.building import Key, Role, tags, workload_role
from groundplan.framework import (
    Module,
    choose,
    concat,
    dependable,
    each_name,
    equals,
    hcl,
    is_set,
    jsonencode,
    part_id,
    present,
    when,
)
from groundplan.framework.references import AnyReference

from . import access
from .inputs import CloudwatchInputs
from .log_groups import log_group_arn

__all__ = ["container_insights"]

ADDON = "amazon-cloudwatch-observability"
NAMESPACE, SERVICE_ACCOUNT = "amazon-cloudwatch", "cloudwatch-agent"
"""Where the add-on is, and who its agent and Fluent Bit are.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
"""
APPLICATION_SIGNALS = "/aws/application-signals/data"
"""An account has it once. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Application-Signals-Enable.html"""


def container_insights(scope: Module[Any, Any], given: CloudwatchInputs, key: Key) -> Role:
    """The add-on, after the log groups that it writes to: it would make them without a key, and keep them for ever."""
    wanted = is_set(given.container_insights)
    insights: Any = present(given.container_insights)
    cluster: Any = present(given.cluster)
    names = choose(wanted, _log_group_names(insights, cluster), [])
    groups = each_name(names)
    made = groups(
        CloudwatchLogGroup,
        scope,
        part_id("log", "container_insights"),
        name=groups.key,
        kms_key_id=key.arn,
        retention_in_days=given.log_retention_days,
        tags=tags(scope, given),
    )
    of_cluster = log_group_arn(scope, f"/aws/containerinsights/{cluster.name}/*")
    of_signals = log_group_arn(scope, APPLICATION_SIGNALS)
    role = workload_role(
        scope,
        "agent",
        given,
        name=f"{given.name}-agent",
        cluster=cluster,
        namespace=NAMESPACE,
        service_account=SERVICE_ACCOUNT,
        statements=access.agent([of_cluster, of_signals]),
        only_when=wanted,
    )
    when(wanted)(
        EksAddon,
        scope,
        part_id("addon", "container_insights"),
        cluster_name=cluster.name,
        addon_name=ADDON,
        addon_version=insights.addon_version,
        configuration_values=jsonencode(_configuration(insights, cluster)),
        service_account_role_arn=choose(equals(cluster.identity, "irsa"), role.arn, None),
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        tags=tags(scope, given),
        depends_on=[dependable(made), *map(dependable, role.ready)],
    )
    return role


def _log_group_names(insights: Any, cluster: Any) -> list[str]:
    of_cluster = f"/aws/containerinsights/{cluster.name}"
    return concat(
        [f"{of_cluster}/performance"],
        choose(
            insights.container_logs,
            [f"{of_cluster}/application", f"{of_cluster}/dataplane", f"{of_cluster}/host"],
            [],
        ),
        choose(insights.application_signals, [APPLICATION_SIGNALS], []),
    )


def _configuration(insights: Any, cluster: Any) -> dict[str, Any]:
    """What the add-on is told; the agent's own configuration is all of it, and the add-on adds the region alone.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
    """
    kubernetes = {
        "cluster_name": cluster.name,
        "enhanced_container_insights": insights.enhanced_observability,
        "metrics_collection_interval": insights.metrics_collection_interval_seconds,
    }
    signals = hcl({"hosted_in": cluster.name})
    wanted = hcl(insights.application_signals)
    metrics = AnyReference(
        f"merge({{kubernetes = {hcl(kubernetes)}}}, {wanted} ? {{application_signals = {signals}}} : {{}})"
    )
    config = AnyReference(
        f"merge({{logs = {{metrics_collected = {hcl(metrics)}}}}}, "
        f"{wanted} ? {{traces = {{traces_collected = {{application_signals = {{}}}}}}}} : {{}})"
    )
    return {
        "agent": {
            "config": config,
            "resources": {
                "requests": {"cpu": "250m", "memory": "128Mi"},
                "limits": {"cpu": "500m", "memory": f"{insights.memory_limit_mebibytes}Mi"},
            },
        },
        "containerLogs": {"enabled": insights.container_logs},
    }
