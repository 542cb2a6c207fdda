"""What the module makes: a namespace, and for each job its account, its role, its settings and itself."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_kubernetes import cron_job_v1 as cron
from cdktf_cdktf_provider_kubernetes import job_v1 as once
from cdktf_cdktf_provider_kubernetes import network_policy_v1 as policy
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata

from groundplan.building import account_id, name_of, namespace, partition, workload_role
from groundplan.framework import Module, dependable, dynamic, each, hcl, is_set, part_id
from groundplan.framework.references import MapReference
from groundplan.framework.repetition import Each
from groundplan.framework.shapes import Text

from .inputs import KubernetesJobsInputs, KubernetesJobsOutputs
from .jobs import CRON_POD, POD, pod, tolerates
from .reporting import alarms, prometheus_rule, status

__all__ = ["KubernetesJobs"]

_LEVEL = "pod-security.kubernetes.io"
CRON_JOB, JOB = "cron_job", "job"


class KubernetesJobs(Module[KubernetesJobsInputs, KubernetesJobsOutputs]):
    """Runs work in a cluster, on a schedule or once: not as root, and noticed when it fails or does not come."""

    def build(self, given: KubernetesJobsInputs) -> KubernetesJobsOutputs:
        """The namespace; then for each job what it is, and itself; then who is told."""
        home = namespace(
            self,
            "jobs",
            name=given.namespace,
            labels={f"{_LEVEL}/{mode}": "restricted" for mode in ("audit", "enforce", "warn")},
        )
        # nobody asks a job for anything
        policy.NetworkPolicyV1(
            self,
            part_id("policy", "closed"),
            metadata=policy.NetworkPolicyV1Metadata(name="closed", namespace=given.namespace),
            spec=policy.NetworkPolicyV1Spec(
                pod_selector=policy.NetworkPolicyV1SpecPodSelector(), policy_types=["Ingress"]
            ),
            depends_on=[dependable(home)],
        )
        self._cron_jobs(given, home)
        self._jobs(given, home)
        status(self, given, after=[home])
        alarms(self, given)
        prometheus_rule(self, given, after=[home])
        return KubernetesJobsOutputs(
            namespace=name_of(home, given.namespace),
            role_arns=MapReference(
                "merge({for name, made in aws_iam_role.cron_job : name => made.arn}, "
                "{for name, made in aws_iam_role.job : name => made.arn})",
                Text(),
            ),
            service_account_names=MapReference(
                "merge({for name, made in kubernetes_service_account_v1.cron_job : name => made.metadata[0].name}, "
                "{for name, made in kubernetes_service_account_v1.job : name => made.metadata[0].name})",
                Text(),
            ),
        )

    def _cron_jobs(self, given: KubernetesJobsInputs, home: Any) -> None:
        jobs = each(given.cron_jobs)
        name, job = jobs.key, jobs.value
        after = self._around(CRON_JOB, given, jobs, home)
        made = jobs(
            cron.CronJobV1,
            self,
            part_id("job", CRON_JOB),
            metadata=cron.CronJobV1Metadata(**_head(given, name)),
            spec=cron.CronJobV1Spec(
                schedule=job.schedule,
                timezone=job.time_zone,
                concurrency_policy=job.concurrency_policy,
                starting_deadline_seconds=job.starting_deadline_seconds,
                suspend=job.suspend,
                successful_jobs_history_limit=job.successful_jobs_history_limit,
                failed_jobs_history_limit=job.failed_jobs_history_limit,
                job_template=cron.CronJobV1SpecJobTemplate(
                    metadata=cron.CronJobV1SpecJobTemplateMetadata(labels=_labels(name)),
                    spec=cron.CronJobV1SpecJobTemplateSpec(
                        backoff_limit=job.backoff_limit,
                        active_deadline_seconds=job.timeout_seconds,
                        ttl_seconds_after_finished=f"{job.ttl_seconds_after_finished}",
                        template=cron.CronJobV1SpecJobTemplateSpecTemplate(
                            metadata=cron.CronJobV1SpecJobTemplateSpecTemplateMetadata(labels=_labels(name)),
                            spec=pod("CronJob", name, job),
                        ),
                    ),
                ),
            ),
            depends_on=after,
        )
        dynamic(made, f"{CRON_POD}.toleration", tolerates(job), _toleration)

    def _jobs(self, given: KubernetesJobsInputs, home: Any) -> None:
        jobs = each(given.jobs)
        name, job = jobs.key, jobs.value
        after = self._around(JOB, given, jobs, home)
        made = jobs(
            once.JobV1,
            self,
            part_id("job", JOB),
            metadata=once.JobV1Metadata(**_head(given, name)),
            spec=once.JobV1Spec(
                backoff_limit=job.backoff_limit,
                active_deadline_seconds=job.timeout_seconds,
                # no ttl_seconds_after_finished: the next apply would find it gone, and do the work again
                template=once.JobV1SpecTemplate(
                    metadata=once.JobV1SpecTemplateMetadata(labels=_labels(name)), spec=pod("Job", name, job)
                ),
            ),
            # an apply does not wait for the work, whose failure is told by an alert
            wait_for_completion=False,
            depends_on=after,
        )
        dynamic(made, f"{POD}.toleration", tolerates(job), _toleration)

    def _around(self, id: str, given: KubernetesJobsInputs, jobs: Each[Any], home: Any) -> list[Any]:
        """What a job needs before it: its account with its role, and its environment."""
        name = jobs.key
        with_role = jobs.where(lambda job: is_set(job.role_policy))
        role = workload_role(
            self,
            id,
            given,
            name=f"{given.name}-{name}",
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=name,
            statements=(),
            only_when=with_role,
        )
        allowed = with_role(
            IamRolePolicy,
            self,
            part_id("access", id),
            name="access",
            role=role.name,
            policy=with_role.value.role_policy,
        )
        account = jobs(
            ServiceAccountV1,
            self,
            part_id("account", id),
            metadata=ServiceAccountV1Metadata(**_head(given, name), annotations=_annotations(self, id)),
            automount_service_account_token=False,
            depends_on=[dependable(home)],
        )
        environment = jobs(
            ConfigMapV1,
            self,
            part_id("environment", id),
            metadata=ConfigMapV1Metadata(**_head(given, name)),
            data=jobs.value.environment,
            depends_on=[dependable(home)],
        )
        return [dependable(element) for element in (account, environment, allowed, *role.ready)]


def _labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "kubernetes_jobs"}


def _head(given: KubernetesJobsInputs, name: str) -> dict[str, Any]:
    return {"name": name, "namespace": given.namespace, "labels": _labels(name)}


def _annotations(scope: Module[Any, Any], id: str) -> dict[str, str]:
    """Of a service account: the role that it takes by IRSA, where its job has one; known when Terraform plans."""
    own = f'[for name, made in aws_iam_role.{id} : made.name if name == each.key && var.cluster.identity == "irsa"]'
    below = f"arn:{partition(scope)}:iam::{account_id(scope)}:role/"
    return MapReference(
        f'{{for role in {own} : "eks.amazonaws.com/role-arn" => join("", [{hcl(below)}, role])}}', Text()
    )


def _toleration(taint: Any) -> dict[str, Any]:
    return {"key": taint.key, "operator": "Equal", "value": taint.value, "effect": "NoSchedule"}
