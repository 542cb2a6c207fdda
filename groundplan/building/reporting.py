"""Reports of how a cluster is: a job that looks at it with kubectl and publishes to CloudWatch what it saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cdktf_cdktf_provider_kubernetes.cluster_role_v1 import ClusterRoleV1Rule
from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1Rule

from groundplan.framework.module import Module

from .identity import Role
from .jobs import RESULT_FOLDER, Step, cluster_job

__all__ = ["MISSING_BY_PART", "MISSING_REPLICAS", "cluster_report"]

MISSING_REPLICAS = Path(__file__).parent / "files" / "status.sh"
"""A script for `cluster_report`: how many replicas each of WORKLOADS misses, as the metric MissingReplicas.

It wants CLUSTER and WORKLOADS in its environment, words such as kube-system/deployment/coredns, and reads deployments,
statefulsets and daemonsets of the group apps, of those kinds that stand there.
"""

MISSING_BY_PART = Path(__file__).parent / "files" / "parts.sh"
"""A script for `cluster_report`: how many replicas each part of a service misses, as the metric MissingReplicas.

For services of many workloads, of which people ask what they do together. It wants CLUSTER, NAMESPACE and PARTS in its
environment, words such as writing=deployment/distributor,statefulset/ingester, and gets deployments and statefulsets of
the group apps.
"""

_METRICS_FILE = f"{RESULT_FOLDER}/metrics.json"


def cluster_report(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    name: str,
    cluster: Any,
    namespace: str,
    schedule: str,
    script: str | Path,
    environment: Mapping[str, str],
    metric_namespace: str,
    kubectl_image: str,
    aws_cli_image: str,
    reads: Mapping[str, Sequence[str]] | None = None,
    rules: Sequence[RoleV1Rule] = (),
    timeout_seconds: float = 300,
    after: Sequence[Any] = (),
    only_when: Any = None,
) -> Role:
    """A CronJob that runs `script`, as a `Step` takes it, and publishes what it writes; gives the job's role in AWS.

    The script runs in sh, with kubectl, awk and `environment`; it writes into the file `METRICS_FILE` what
    `aws cloudwatch put-metric-data --metric-data` takes, and fails when it cannot see all that it must. It may get and
    list `reads` (resources by API group) everywhere in the cluster, do what `rules` say in its own namespace, and
    publish to `metric_namespace` in AWS: nothing else. `cluster` is a `Cluster` input, `given` are the module's inputs;
    `after` is what must be there first.
    """
    return cluster_job(
        scope,
        id,
        given,
        name=name,
        cluster=cluster,
        namespace=namespace,
        schedule=schedule,
        first=Step("look", kubectl_image, script=script, environment={**environment, "METRICS_FILE": _METRICS_FILE}),
        then=Step(
            "publish",
            aws_cli_image,
            command=[
                *("aws", "cloudwatch", "put-metric-data", "--namespace", metric_namespace),
                *("--metric-data", f"file://{_METRICS_FILE}"),
            ],
            memory_request="128Mi",
        ),
        metric_namespace=metric_namespace,
        rules=rules,
        cluster_rules=[
            ClusterRoleV1Rule(api_groups=[group], resources=list(resources), verbs=["get", "list"])
            for group, resources in (reads or {}).items()
        ],
        timeout_seconds=timeout_seconds,
        after=after,
        only_when=only_when,
    )
