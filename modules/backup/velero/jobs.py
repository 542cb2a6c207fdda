"""Jobs of the cluster that look at Velero with kubectl and report to CloudWatch.

Each is a pod with two containers: the first has kubectl and leaves what it found in a file, the second has the AWS CLI
and publishes the file. Neither image has both, and neither needs to be built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_kubernetes import cron_job_v1 as cron
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from cdktf_cdktf_provider_kubernetes.role_binding_v1 import (
    RoleBindingV1,
    RoleBindingV1Metadata,
    RoleBindingV1RoleRef,
    RoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1, RoleV1Metadata, RoleV1Rule
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata

from groundplan.building import maker, region, workload_role
from groundplan.framework import Module, dependable

from . import access
from .inputs import VeleroInputs

__all__ = ["RESULT_FOLDER", "Script", "reporting_job"]

RESULT_FOLDER = "/result"
"""The one folder that the containers can write to; both see it."""

_Pod = cron.CronJobV1SpecJobTemplateSpecTemplateSpec
_USER = 65532


@dataclass(frozen=True)
class Script:
    """What a container does: its image, command and environment. `files` are files of the module's files/."""

    image: str
    command: Sequence[str]
    environment: Mapping[str, str]
    files: Sequence[str] = ()


def reporting_job(
    scope: Module[Any, Any],
    id: str,
    given: VeleroInputs,
    *,
    name: str,
    schedule: str,
    look: Script,
    publish: Script,
    rules: Sequence[RoleV1Rule],
    timeout_seconds: float,
    after: Any,
    only_when: Any = None,
) -> None:
    """A CronJob with its service account, roles and scripts, in Velero's namespace.

    Its role in AWS may publish metrics and do nothing else; `rules` is what it may do in the namespace, which is there
    `after` something.
    """
    part = maker(only_when)
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "velero"}
    role = workload_role(
        scope,
        id,
        given,
        name=f"{given.name}-{id.replace('_', '-')}",
        cluster=given.cluster,
        namespace=given.namespace,
        service_account=name,
        statements=access.publish_metrics(),
        only_when=only_when,
    )
    account = part(
        ServiceAccountV1,
        scope,
        f"_account/{id}",
        metadata=ServiceAccountV1Metadata(
            name=name, namespace=given.namespace, labels=labels, annotations=role.annotations
        ),
        depends_on=[dependable(after)],
    )
    permissions = part(
        RoleV1,
        scope,
        f"_role_in_cluster/{id}",
        metadata=RoleV1Metadata(name=name, namespace=given.namespace, labels=labels),
        rule=list(rules),
        depends_on=[dependable(after)],
    )
    binding = part(
        RoleBindingV1,
        scope,
        f"_binding/{id}",
        metadata=RoleBindingV1Metadata(name=name, namespace=given.namespace, labels=labels),
        role_ref=RoleBindingV1RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name=name),
        subject=[RoleBindingV1Subject(kind="ServiceAccount", name=name, namespace=given.namespace)],
        depends_on=[dependable(permissions)],
    )
    scripts = part(
        ConfigMapV1,
        scope,
        f"_scripts/{id}",
        metadata=ConfigMapV1Metadata(name=name, namespace=given.namespace, labels=labels),
        data={path.rpartition("/")[2]: scope.shipped_text(path) for path in (*look.files, *publish.files)},
        depends_on=[dependable(after)],
    )
    part(
        cron.CronJobV1,
        scope,
        f"_job/{id}",
        metadata=cron.CronJobV1Metadata(name=name, namespace=given.namespace, labels=labels),
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
                        metadata=cron.CronJobV1SpecJobTemplateSpecTemplateMetadata(labels=labels),
                        spec=_pod(name, look, publish, region(scope)),
                    ),
                ),
            ),
        ),
        depends_on=[dependable(element) for element in (account, binding, scripts, *role.ready)],
    )


def _pod(name: str, look: Script, publish: Script, region: str) -> cron.CronJobV1SpecJobTemplateSpecTemplateSpec:
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
        init_container=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainer(
                name="look",
                image=look.image,
                command=list(look.command),
                env=[
                    cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerEnv(name=key, value=value)
                    for key, value in {**look.environment, "HOME": RESULT_FOLDER}.items()
                ],
                resources=cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerResources(
                    requests={"cpu": "50m", "memory": "64Mi"}, limits={"memory": "256Mi"}
                ),
                security_context=cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerSecurityContext(
                    allow_privilege_escalation=False,
                    read_only_root_filesystem=True,
                    capabilities=(
                        cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerSecurityContextCapabilities(
                            drop=["ALL"]
                        )
                    ),
                ),
                volume_mount=[
                    cron.CronJobV1SpecJobTemplateSpecTemplateSpecInitContainerVolumeMount(
                        name=volume, mount_path=path, read_only=path != RESULT_FOLDER
                    )
                    for volume, path in _MOUNTS.items()
                ],
            )
        ],
        container=[
            cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainer(
                name="publish",
                image=publish.image,
                command=list(publish.command),
                env=[
                    cron.CronJobV1SpecJobTemplateSpecTemplateSpecContainerEnv(name=key, value=value)
                    for key, value in {**publish.environment, "AWS_REGION": region, "HOME": RESULT_FOLDER}.items()
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
        ],
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


_MOUNTS = {"scripts": "/scripts", "result": RESULT_FOLDER}
