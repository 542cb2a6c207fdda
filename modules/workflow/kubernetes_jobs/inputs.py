"""What may be set: which jobs there are, when each runs, what it may use, and when somebody hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from groundplan.building import AlarmInputs, Cluster
from groundplan.framework import EachRule, Inputs, Outputs, Rule, any_of, contains, field, keys, not_empty, output
from groundplan.framework.constraints import Pattern
from groundplan.framework.references import is_opaque
from groundplan.framework.types import (
    CpuQuantity,
    Cron,
    ImageReference,
    Labels,
    NamespaceName,
    PolicyArn,
    ResourceName,
    Tags,
    TopicArn,
)
from groundplan.grammars import time_zones
from groundplan.grammars.time_zones import FORM
from groundplan.problems import Problem

__all__ = ["CronJob", "Images", "Job", "KubernetesJobsInputs", "KubernetesJobsOutputs", "Metrics"]

# https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/: 52, of which the role's name needs a part
JobName = Annotated[
    str,
    Pattern("[a-z]([a-z0-9-]{0,28}[a-z0-9])?", "at most 30 lower-case letters, digits and hyphens, after a letter"),
]
VariableName = Annotated[str, Pattern("[A-Za-z_][A-Za-z0-9_]*", "a name of letters, digits and _")]


class Job(Inputs):
    """Work that a pod does once, and that can be done again without harm."""

    image: ImageReference = field("container image that does the work, with an exact version or digest")
    command: list[str] = field("what runs in it; left out, what the image runs", default=[])
    args: list[str] = field("arguments of what runs; left out, those of the image", default=[])
    environment: dict[VariableName, str] = field(
        "environment variables, which everybody who reads the namespace sees: no secrets; left out, there are none",
        default={},
    )
    cpu_request: CpuQuantity = field("CPU that the pod is sure of", default="100m")
    memory_mebibytes: int = field("memory that the pod is sure of, and stopped at, in MiB", default=256, ge=16)
    temporary_mebibytes: int = field(
        "room in /tmp, the only folder that can be written to, in MiB; gone with the pod", default=64, ge=1
    )
    user_id: int = field(
        "user that the work is done as, in the image; never root", default=65532, ge=1, le=2_147_483_647
    )
    role_policy: str | None = field(
        "policy, as JSON, of the role that the pod has in AWS; left out, it has none", default=None, max_length=10_240
    )
    timeout_seconds: int = field(
        "after how long the work is stopped and has failed, all its tries together, in seconds", default=3600, ge=1
    )
    backoff_limit: int = field("how often it is tried again after a failure", default=2, ge=0, le=20)
    spot: bool = field(
        "whether it runs on spot nodes alone, which may go in the middle of it: cheap, and tried again", default=False
    )
    node_selector: Labels = field("labels of the nodes that it runs on; left out, any", default={})
    tolerated_taints: dict[str, str] = field(
        "taints with the effect NoSchedule that it runs in spite of: key and value; left out, none", default={}
    )


class CronJob(Job):
    """Work that a pod does again and again."""

    schedule: Cron = field("when it runs, as cron of five fields, in time_zone")
    time_zone: Annotated[str, Pattern(FORM, "a time zone of the IANA database")] = field(
        "time zone of the schedule", default="Etc/UTC"
    )
    success_within_minutes: int = field(
        "within how many minutes there must have been a run that succeeded, else an alarm rings: the time between two "
        "runs, and as long as one may take",
        ge=2,
    )
    concurrency_policy: Literal["Allow", "Forbid", "Replace"] = field(
        "what becomes of a run whose predecessor is still at work: beside it, not at all, or in its place",
        default="Forbid",
    )
    # below 10 Kubernetes may never start it: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
    starting_deadline_seconds: int = field(
        "how late a run may begin before it is left out, in seconds", default=600, ge=10
    )
    suspend: bool = field("whether it does not run at present; no alarm rings meanwhile", default=False)
    successful_jobs_history_limit: int = field("how many runs that succeeded are kept to look at", default=1, ge=0)
    failed_jobs_history_limit: int = field("how many runs that failed are kept to look at", default=3, ge=1)
    ttl_seconds_after_finished: int = field("after how long a run is deleted, in seconds", default=86_400, ge=60)

    checks = (lambda v: _no_such_zone(v),)


class Images(Inputs):
    """Container images of the status report, each with an exact version."""

    kubectl: ImageReference = field("an image with kubectl and a shell", default="docker.io/alpine/kubectl:1.34.2")
    aws_cli: ImageReference = field(
        "an image with the AWS CLI, which publishes what was found", default="public.ecr.aws/aws-cli/aws-cli:2.36.46"
    )


class Metrics(Inputs):
    """Alert rules for Prometheus beside the alarms; needs the operator's kinds, and kube-state-metrics."""

    labels: Labels = field("labels that rules are selected by", default={"release": "prometheus"})


class KubernetesJobsInputs(AlarmInputs):
    """The jobs of a namespace."""

    name: ResourceName = field(
        "prefix of the names of the roles in AWS, by custom <environment>-<service>", max_length=30
    )
    alarm_topic_arn: TopicArn = field("ARN of the SNS topic that alarms go to")
    cluster: Cluster = field("the cluster that they run in")
    namespace: NamespaceName = field("the namespace, which the module makes and nobody else puts jobs into")
    cron_jobs: dict[JobName, CronJob] = field("work on a schedule, by name; left out, there is none", default={})
    jobs: dict[JobName, Job] = field(
        "work that is done once, when it is applied, and once more when it is changed; left out, there is none",
        default={},
    )
    metrics: Metrics | None = field(
        "the same as alerts of Prometheus; left out, CloudWatch alone tells of it", default=None
    )
    images: Images = field("container images of the status report", default=Images())
    permissions_boundary_arn: PolicyArn | None = field(
        "ARN of the IAM policy that bounds every role of the module; left out, roles have no boundary", default=None
    )
    tags: Tags = field("tags on everything that takes them, over those of the provider's default_tags", default={})

    rules = (
        Rule(
            "jobs",
            lambda v: any_of(not_empty(v.jobs), not_empty(v.cron_jobs)),
            "must have an entry, or cron_jobs: without one there is nothing to make",
        ),
        EachRule(
            "jobs",
            lambda v, name, _: ~contains(keys(v.cron_jobs), name),
            "must have another name: cron_jobs has one of this name",
        ),
    )


class KubernetesJobsOutputs(Outputs):
    """What those need who let the jobs use something, or look at them."""

    namespace: str = output("the namespace")
    role_arns: dict[str, str] = output("ARN of the role of each job that has a role_policy, by the job's name")
    service_account_names: dict[str, str] = output("service account of each job, by the job's name")


def _no_such_zone(given: CronJob) -> Iterator[Problem]:
    """Terraform has no copy of the IANA database."""
    if not is_opaque(given.time_zone):
        for found in time_zones.problems(given.time_zone):
            yield Problem("time_zone", found.message, found.cure)
