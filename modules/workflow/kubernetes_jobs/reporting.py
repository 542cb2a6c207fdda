"""What people are told: runs that failed, and runs that did not come.

Of kube-state-metrics, which keeps telling when the jobs do not:
https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics/workload
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import custom_resources, prometheus_alert
from groundplan.framework import Module, concat, each, is_set, present

from .inputs import CronJob, KubernetesJobsInputs

__all__ = ["prometheus_rule"]

MODULE = "kubernetes_jobs"


def prometheus_rule(scope: Module[Any, Any], given: KubernetesJobsInputs, *, after: Sequence[Any]) -> None:
    """One rule that tells of any job that failed, and one for each CronJob that has not succeeded in time."""
    failed = prometheus_alert(
        given,
        MODULE,
        "job_failed",
        name="JobFailed",
        expression=f'kube_job_failed{{namespace="{given.namespace}",condition="true"}} > 0',
        summary=f"The job {{{{ $labels.job_name }}}} in {given.namespace} failed, with all its tries",
        severity="warning",
        labels={"namespace": given.namespace},
    )
    missed = each(given.cron_jobs).documents(lambda name, job: _missed(given, name, job))
    custom_resources(
        scope,
        "prometheus_rule",
        name=f"{given.namespace}-prometheus-rule",
        namespace=given.namespace,
        after=after,
        objects={
            "rule": {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PrometheusRule",
                "metadata": {
                    "name": given.namespace,
                    "namespace": given.namespace,
                    "labels": present(given.metrics).labels,
                },
                "spec": {"groups": [{"name": given.namespace, "rules": concat([failed], missed)}]},
            }
        },
        only_when=is_set(given.metrics),
    )


def _missed(given: KubernetesJobsInputs, name: str, job: CronJob) -> dict[str, Any]:
    """Since the last success, or since it is there at all; not while it is suspended."""
    one = f'{{namespace="{given.namespace}",cronjob="{name}"}}'
    return prometheus_alert(
        given,
        MODULE,
        "cron_job_missed",
        name="CronJobMissed",
        expression=(
            f"(time() - (kube_cronjob_status_last_successful_time{one} or kube_cronjob_created{one}))"
            f" / 60 > {job.success_within_minutes} and on (namespace, cronjob) kube_cronjob_spec_suspend{one} == 0"
        ),
        summary=f"No run of {given.namespace}/{name} has succeeded for {job.success_within_minutes} minutes",
        severity="warning",
        lasting="5m",
        labels={"namespace": given.namespace, "cronjob": name},
    )
