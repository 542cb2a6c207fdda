"""What people are told: runs that failed, and runs that did not come.

A report to CloudWatch with alarms, which takes its own silence as bad news, and the same as alerts of Prometheus, by
kube-state-metrics: https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics/workload
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1Rule

from groundplan.building import cluster_report, custom_resources, metric_alarm, prometheus_alert
from groundplan.framework import Module, concat, each, is_set, join, keys, present

from .inputs import CronJob, KubernetesJobsInputs

__all__ = ["alarms", "prometheus_rule", "status"]

MODULE = "kubernetes_jobs"
METRIC_NAMESPACE = "Groundplan/KubernetesJobs"
REPORT = "report-on-the-jobs-of-this-namespace"
"""Longer than a job's name may be, so that none has it."""
_MINUTES = 5


def status(scope: Module[Any, Any], given: KubernetesJobsInputs, *, after: Sequence[Any]) -> None:
    """Reports how many jobs failed, and for how long each CronJob has not succeeded."""
    cluster_report(
        scope,
        "status",
        given,
        name=REPORT,
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=f"*/{_MINUTES} * * * *",
        script="status/status.sh",
        environment={
            "CLUSTER": given.cluster.name,
            "CRON_JOBS": join(" ", keys(given.cron_jobs)),
            "NAMESPACE": given.namespace,
        },
        rules=[RoleV1Rule(api_groups=["batch"], resources=["cronjobs", "jobs"], verbs=["list"])],
        metric_namespace=METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=after,
    )


def alarms(scope: Module[Any, Any], given: KubernetesJobsInputs) -> None:
    """One for all runs that failed, and one for each CronJob that has not succeeded in time."""
    here = {"Cluster": given.cluster.name, "Namespace": given.namespace}
    metric_alarm(
        scope,
        "job_failed",
        given,
        name=f"{given.name}-job-failed",
        description=(
            f"Jobs in the namespace {given.namespace} of the cluster {given.cluster.name} failed with all their tries, "
            f"or the CronJob {REPORT} there does not report"
        ),
        namespace=METRIC_NAMESPACE,
        metric="FailedJobs",
        dimensions=here,
        statistic="Maximum",
        period_seconds=_MINUTES * 60,
        periods=3,
        missing_data="breaching",
    )
    jobs = each(given.cron_jobs)
    metric_alarm(
        scope,
        "cron_job_missed",
        given,
        name=f"{given.name}-{jobs.key}-missed",
        description=(
            f"No run of the CronJob {jobs.key} in the namespace {given.namespace} of the cluster {given.cluster.name} "
            f"has succeeded for {jobs.value.success_within_minutes} minutes"
        ),
        namespace=METRIC_NAMESPACE,
        metric="MinutesSinceSuccess",
        dimensions={**here, "CronJob": jobs.key},
        statistic="Minimum",
        period_seconds=_MINUTES * 60,
        comparison="GreaterThanThreshold",
        threshold=jobs.value.success_within_minutes,
        only_when=jobs,
    )


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
