"""Jobs of a cluster that look at it with kubectl and report to CloudWatch.

Each is a pod with two containers: the first has kubectl and leaves what it found in a file, the second has the AWS CLI
and publishes the file. Neither image has both, and neither needs to be built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_kubernetes import cron_job_v1 as cron
from cdktf_cdktf_provider_kubernetes.cluster_role_binding_v1 import (
    ClusterRoleBindingV1,
    ClusterRoleBindingV1Metadata,
    ClusterRoleBindingV1RoleRef,
    ClusterRoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.cluster_role_v1 import ClusterRoleV1, ClusterRoleV1Metadata, ClusterRoleV1Rule
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata

from groundplan.framework.module import Module
from groundplan.framework.repetition import dependable
from groundplan.iam import allow

from .account import region
from .identity import Role, workload_role
from .parts import maker

__all__ = ["RESULT_FOLDER", "cluster_report"]

RESULT_FOLDER = "/result"
"""The one folder that the containers can write to; both see it."""

METRICS_FILE = f"{RESULT_FOLDER}/metrics.json"
_USER = 65532
_MOUNTS = {"scripts": "/scripts", "result": RESULT_FOLDER}
_Pod = cron.CronJobV1SpecJobTemplateSpecTemplateSpec
_Init = cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainer
_Container = cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainer


@dataclass(frozen=True)
class _Images:
    kubectl: str
    aws_cli: str


def cluster_report(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    name: str,
    cluster: Any,
    namespace: str,
    schedule: str,
    script: str,
    environment: Mapping[str, str],
    reads: Mapping[str, Sequence[str]],
    metric_namespace: str,
    kubectl_image: str,
    aws_cli_image: str,
    timeout_seconds: float = 300,
    after: Sequence[Any] = (),
    only_when: Any = None,
) -> Role:
    """A CronJob that runs the module's file `script` and publishes what it writes; gives the job's role in AWS.

    The script runs in sh, with kubectl, awk and `environment`; it writes into the file `METRICS_FILE` what
    `aws cloudwatch put-metric-data --metric-data` takes, and fails when it cannot see all that it must. In the cluster
    it may get and list `reads` (resources by API group) and nothing else, in AWS publish to `metric_namespace` and
    nothing else. `cluster` is a `Cluster` input, `given` are the module's inputs; `after` is what must be there first.
    """
    part = maker(only_when)
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": type(scope).name}
    role = workload_role(
        scope,
        id,
        given,
        name=f"{given.name}-{id.replace('_', '-')}",
        cluster=cluster,
        namespace=namespace,
        service_account=name,
        # PutMetricData knows no resources
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
        statements=[
            allow(
                "cloudwatch:PutMetricData",
                on="*",
                when={"StringEquals": {"cloudwatch:namespace": metric_namespace}},
                sid="PublishMetrics",
            )
        ],
        only_when=only_when,
    )
    earlier = [dependable(element) for element in after]
    account = part(
        ServiceAccountV1,
        scope,
        f"_account/{id}",
        metadata=ServiceAccountV1Metadata(name=name, namespace=namespace, labels=labels, annotations=role.annotations),
        depends_on=earlier,
    )
    permissions = part(
        ClusterRoleV1,
        scope,
        f"_cluster_role/{id}",
        metadata=ClusterRoleV1Metadata(name=name, labels=labels),
        rule=[
            ClusterRoleV1Rule(api_groups=[group], resources=list(resources), verbs=["get", "list"])
            for group, resources in reads.items()
        ],
    )
    binding = part(
        ClusterRoleBindingV1,
        scope,
        f"_cluster_binding/{id}",
        metadata=ClusterRoleBindingV1Metadata(name=name, labels=labels),
        role_ref=ClusterRoleBindingV1RoleRef(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=name),
        subject=[ClusterRoleBindingV1Subject(kind="ServiceAccount", name=name, namespace=namespace)],
        depends_on=[dependable(permissions)],
    )
    file_name = script.rpartition("/")[2]
    scripts = part(
        ConfigMapV1,
        scope,
        f"_scripts/{id}",
        metadata=ConfigMapV1Metadata(name=name, namespace=namespace, labels=labels),
        data={file_name: scope.shipped_text(script)},
        depends_on=earlier,
    )
    pod = _pod(
        name,
        _Images(kubectl_image, aws_cli_image),
        look=["/bin/sh", f"/scripts/{file_name}"],
        environment=environment,
        publish=_publish(metric_namespace),
        region=region(scope),
    )
    part(
        cron.CronJobV1,
        scope,
        f"_job/{id}",
        metadata=cron.CronJobV1Metadata(name=name, namespace=namespace, labels=labels),
        spec=cron.CronJobV1Spec(
            schedule=schedule,
            timezone="Etc/UTC",
            concurrency_policy="Forbid",
            successful_jobs_history_limit=1,
            failed_jobs_history_limit=3,
            starting_deadline_seconds=600,
            job_template=cron.CronJobV1SpecJobTemplate(
                metadata=cron.CronJobV1SpecJobTemplateMetadata(labels=labels),
                spec=cron.CronJobV1SpecJobTemplateSpec(
                    backoff_limit=0,
                    active_deadline_seconds=timeout_seconds,
                    template=cron.CronJobV1SpecJobTemplateSpecTemplate(
                        metadata=cron.CronJobV1SpecJobTemplateSpecTemplateMetadata(labels=labels), spec=pod
                    ),
                ),
            ),
        ),
        depends_on=[dependable(element) for element in (account, binding, scripts, *role.ready)],
    )
    return role


def _publish(metric_namespace: str) -> list[str]:
    metrics = f"file://{METRICS_FILE}"
    return ["aws", "cloudwatch", "put-metric-data", "--namespace", metric_namespace, "--metric-data", metrics]


def _pod(
    name: str, images: _Images, *, look: list[str], environment: Mapping[str, str], publish: list[str], region: str
) -> cron.CronJobV1SpecJobTemplateSpecTemplateSpec:
    return _Pod(
        service_account_name=name,
        automount_service_account_token=True,
        enable_service_links=False,
        restart_policy="Never",
        security_context=cron.CronJobV1SpecJobTemplateSpecTemplateSpecSecurityContext(
            run_as_non_root=True,
            run_as_user=str(_USER),
            run_as_group=str(_USER),
            fs_group=str(_USER),
            seccomp_profile=cron.CronJobV1SpecJobTemplateSpecTemplateSpecSecurityContextSeccompProfile(
                type="RuntimeDefault"
            ),
        ),
        init_container=[_look(images.kubectl, look, environment)],
        container=[_publisher(images.aws_cli, publish, region)],
        volume=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolume(
                name="scripts",
                config_map=cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeConfigMap(name=name),
            ),
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolume(
                name="result",
                empty_dir=cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeEmptyDir(size_limit="16Mi"),
            ),
        ],
    )


def _look(
    image: str, command: list[str], environment: Mapping[str, str]
) -> cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainer:
    return _Init(
        name="look",
        image=image,
        command=command,
        env=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerEnv(name=key, value=value)
            for key, value in {**environment, "HOME": RESULT_FOLDER, "METRICS_FILE": METRICS_FILE}.items()
        ],
        resources=cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerResources(
            requests={"cpu": "50m", "memory": "64Mi"}, limits={"memory": "256Mi"}
        ),
        security_context=cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerSecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerSecurityContextCapabilities(
                drop=["ALL"]
            ),
        ),
        volume_mount=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerVolumeMount(
                name=volume, mount_path=path, read_only=path != RESULT_FOLDER
            )
            for volume, path in _MOUNTS.items()
        ],
    )


def _publisher(image: str, command: list[str], region: str) -> cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainer:
    return _Container(
        name="publish",
        image=image,
        command=command,
        env=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerEnv(name=key, value=value)
            for key, value in {"AWS_REGION": region, "HOME": RESULT_FOLDER}.items()
        ],
        resources=cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerResources(
            requests={"cpu": "50m", "memory": "128Mi"}, limits={"memory": "256Mi"}
        ),
        security_context=cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerSecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerSecurityContextCapabilities(
                drop=["ALL"]
            ),
        ),
        volume_mount=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerVolumeMount(
                name=volume, mount_path=path, read_only=path != RESULT_FOLDER
            )
            for volume, path in _MOUNTS.items()
        ],
    )
