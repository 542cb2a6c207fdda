"""Jobs of a cluster that do something in it and tell CloudWatch how it went.

Each is a pod with two containers, one after the other: the first leaves what it found or made in a folder, the second
has the AWS CLI and takes it from there. No image has the tools of both, and none needs to be built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cdktf_cdktf_provider_kubernetes import cron_job_v1 as cron
from cdktf_cdktf_provider_kubernetes.cluster_role_binding_v1 import (
    ClusterRoleBindingV1,
    ClusterRoleBindingV1Metadata,
    ClusterRoleBindingV1RoleRef,
    ClusterRoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.cluster_role_v1 import ClusterRoleV1, ClusterRoleV1Metadata, ClusterRoleV1Rule
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from cdktf_cdktf_provider_kubernetes.role_binding_v1 import (
    RoleBindingV1,
    RoleBindingV1Metadata,
    RoleBindingV1RoleRef,
    RoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1, RoleV1Metadata, RoleV1Rule
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata

from groundplan.framework.module import Module, part_id
from groundplan.framework.repetition import dependable
from groundplan.iam import Statement, allow

from .account import region
from .identity import Role, workload_role
from .parts import Part, maker

__all__ = ["RESULT_FOLDER", "Step", "Volume", "cluster_job", "container", "folder", "shipped"]

RESULT_FOLDER = "/result"
"""The folder that both containers can write to, and their HOME."""

_SCRIPTS_FOLDER = "/scripts"
_USER = 65532
_API_GROUP = "rbac.authorization.k8s.io"
_POD = "CronJobV1SpecJobTemplateSpecTemplateSpec"
_Pod = cron.CronJobV1SpecJobTemplateSpecTemplateSpec
_Volume = cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolume


@dataclass(frozen=True)
class Volume:
    """A volume of the pod, in the type that the bindings have for its kind of job, and where a container sees it."""

    volume: Any
    path: str
    writable: bool = False


def folder(name: str, path: str, *, size: str) -> Volume:
    """An empty folder to write to, gone with the pod. `size` is a quantity, such as `64Mi`."""
    source = cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeEmptyDir(size_limit=size)
    return Volume(_Volume(name=name, empty_dir=source), path, writable=True)


@dataclass(frozen=True)
class Step:
    """One container: `script` is a file that sh runs, the module's own or, as a path, one of this package; `command` is
    what runs instead of one.

    Memory is in Kubernetes' quantities, `volumes` are what it sees besides the scripts and the folder of the result.
    """

    name: str
    image: str
    script: str | Path = ""
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    memory_request: str = "64Mi"
    memory_limit: str = "256Mi"
    volumes: Sequence[Volume] = ()


def cluster_job(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    name: str,
    cluster: Any,
    namespace: str,
    schedule: str,
    first: Step,
    then: Step,
    metric_namespace: str,
    statements: Sequence[Statement] = (),
    rules: Sequence[RoleV1Rule] = (),
    cluster_rules: Sequence[ClusterRoleV1Rule] = (),
    user: int = _USER,
    group: int = _USER,
    result_size: str = "16Mi",
    retries: int = 0,
    timeout_seconds: float = 300,
    after: Sequence[Any] = (),
    only_when: Any = None,
) -> Role:
    """A CronJob with its service account, scripts and rights; gives its role in AWS.

    In AWS it may publish to `metric_namespace`, and what `statements` say; in the cluster what `rules` say of its own
    namespace and `cluster_rules` of all of it. Without either it gets no token of the cluster. `schedule` is in UTC;
    nothing runs beside itself. `cluster` is a `Cluster` input, `given` are the module's inputs; `after` is what must be
    there first, the namespace among it.
    """
    part = maker(only_when)
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": type(scope).name}
    head: dict[str, Any] = {"name": name, "namespace": namespace, "labels": labels}
    asks = bool(rules or cluster_rules)
    role = workload_role(
        scope,
        id,
        given,
        name=f"{given.name}-{id.replace('_', '-')}",
        cluster=cluster,
        namespace=namespace,
        service_account=name,
        statements=[*statements, _publishing(metric_namespace)],
        only_when=only_when,
    )
    earlier = [dependable(element) for element in after]
    account = part(
        ServiceAccountV1,
        scope,
        part_id("account", id),
        metadata=ServiceAccountV1Metadata(**head, annotations=role.annotations),
        automount_service_account_token=None if asks else False,
        depends_on=earlier,
    )
    scripts = part(
        ConfigMapV1,
        scope,
        part_id("scripts", id),
        metadata=ConfigMapV1Metadata(**head),
        data={_file_name(step): shipped(scope, step.script) for step in (first, then) if step.script},
        depends_on=earlier,
    )
    rights = [
        *(_in_the_namespace(scope, id, part, rules, head, earlier) if rules else ()),
        *(_in_the_cluster(scope, id, part, cluster_rules, head) if cluster_rules else ()),
    ]
    result = folder("result", RESULT_FOLDER, size=result_size)
    source = cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolumeConfigMap(name=name)
    common = [Volume(_Volume(name="scripts", config_map=source), _SCRIPTS_FOLDER), result]
    pod = _Pod(
        service_account_name=name,
        automount_service_account_token=asks,
        enable_service_links=False,
        restart_policy="Never",
        security_context=cron.CronJobV1SpecJobTemplateSpecTemplateSpecSecurityContext(
            run_as_non_root=True,
            run_as_user=str(user),
            run_as_group=str(group),
            fs_group=str(group),
            seccomp_profile=cron.CronJobV1SpecJobTemplateSpecTemplateSpecSecurityContextSeccompProfile(
                type="RuntimeDefault"
            ),
        ),
        init_container=[container(_made("InitContainer"), first, {}, common)],
        container=[container(_made("Container"), then, {"AWS_REGION": region(scope)}, common)],
        volume=_once([*common, *first.volumes, *then.volumes]),
    )
    part(
        cron.CronJobV1,
        scope,
        part_id("job", id),
        metadata=cron.CronJobV1Metadata(**head),
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
                    backoff_limit=retries,
                    active_deadline_seconds=timeout_seconds,
                    template=cron.CronJobV1SpecJobTemplateSpecTemplate(
                        metadata=cron.CronJobV1SpecJobTemplateSpecTemplateMetadata(labels=labels), spec=pod
                    ),
                ),
            ),
        ),
        depends_on=[dependable(element) for element in (account, *rights, scripts, *role.ready)],
    )
    return role


def _publishing(metric_namespace: str) -> Statement:
    # PutMetricData knows no resources
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    return allow(
        "cloudwatch:PutMetricData",
        on="*",
        when={"StringEquals": {"cloudwatch:namespace": metric_namespace}},
        sid="PublishMetrics",
    )


def _in_the_namespace(
    scope: Module[Any, Any], id: str, part: Part, rules: Sequence[RoleV1Rule], head: dict[str, Any], after: list[Any]
) -> tuple[Any, ...]:
    name, namespace = head["name"], head["namespace"]
    role = part(
        RoleV1,
        scope,
        part_id("role_in_cluster", id),
        metadata=RoleV1Metadata(**head),
        rule=list(rules),
        depends_on=after,
    )
    binding = part(
        RoleBindingV1,
        scope,
        part_id("binding", id),
        metadata=RoleBindingV1Metadata(**head),
        role_ref=RoleBindingV1RoleRef(api_group=_API_GROUP, kind="Role", name=name),
        subject=[RoleBindingV1Subject(kind="ServiceAccount", name=name, namespace=namespace)],
        depends_on=[dependable(role)],
    )
    return (binding,)


def _in_the_cluster(
    scope: Module[Any, Any], id: str, part: Part, rules: Sequence[ClusterRoleV1Rule], head: dict[str, Any]
) -> tuple[Any, ...]:
    name, namespace, labels = head["name"], head["namespace"], head["labels"]
    role = part(
        ClusterRoleV1,
        scope,
        part_id("cluster_role", id),
        metadata=ClusterRoleV1Metadata(name=name, labels=labels),
        rule=list(rules),
    )
    binding = part(
        ClusterRoleBindingV1,
        scope,
        part_id("cluster_binding", id),
        metadata=ClusterRoleBindingV1Metadata(name=name, labels=labels),
        role_ref=ClusterRoleBindingV1RoleRef(api_group=_API_GROUP, kind="ClusterRole", name=name),
        subject=[ClusterRoleBindingV1Subject(kind="ServiceAccount", name=name, namespace=namespace)],
        depends_on=[dependable(role)],
    )
    return (binding,)


def _file_name(step: Step) -> str:
    return Path(step.script).name


def shipped(scope: Module[Any, Any], script: str | Path) -> str:
    """The expression of a script's text, of the module's own or, as a path, of this package."""
    if isinstance(script, str):
        return scope.shipped_text(script)
    return f'${{file("{scope.ship(f"files/{script.name}", script.read_bytes())}")}}'


def _made(kind: Literal["InitContainer", "Container"]) -> Callable[..., Any]:
    def made(part: str, /, **settings: Any) -> Any:
        return getattr(cron, f"{_POD}{kind}{part}")(**settings)

    return made


def container(made: Callable[..., Any], step: Step, more: Mapping[str, str], common: Sequence[Volume]) -> Any:
    """A container that may do nothing but its work. `made` makes its part of that name, "" being itself.

    The bindings have types of their own for each list of containers of each kind, all of one shape. `more` are
    variables beside the step's.
    """
    return made(
        "",
        name=step.name,
        image=step.image,
        command=list(step.command) or ["/bin/sh", f"{_SCRIPTS_FOLDER}/{_file_name(step)}"],
        env=[
            made("Env", name=key, value=value)
            for key, value in {**step.environment, **more, "HOME": RESULT_FOLDER}.items()
        ],
        resources=made(
            "Resources",
            requests={"cpu": "50m", "memory": step.memory_request},
            limits={"memory": step.memory_limit},
        ),
        security_context=made(
            "SecurityContext",
            # the pod's counts for nothing: what is left out here, the provider sends as false
            # https://github.com/hashicorp/terraform-provider-kubernetes/blob/v2.38.0/kubernetes/structures_container.go
            run_as_non_root=True,
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=made("SecurityContextCapabilities", drop=["ALL"]),
        ),
        volume_mount=[
            made("VolumeMount", name=seen.volume.name, mount_path=seen.path, read_only=not seen.writable)
            for seen in (*common, *step.volumes)
        ],
    )


def _once(volumes: Sequence[Volume]) -> list[cron.CronJobV1SpecJobTemplateSpecTemplateSpecVolume]:
    """Every volume of the pod once, though both containers may see it."""
    return list({str(seen.volume.name): seen.volume for seen in volumes}.values())
