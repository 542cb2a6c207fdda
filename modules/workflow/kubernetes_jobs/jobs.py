"""The pod that does the work of a job: not root, on a root that cannot be written to, with a role of its own."""

from __future__ import annotations

from typing import Any, Literal

from cdktf_cdktf_provider_kubernetes import cron_job_v1, job_v1

from groundplan.framework import choose, merged

from .inputs import Job

__all__ = ["CRON_POD", "POD", "pod", "tolerates"]

CAPACITY_TYPE = "karpenter.sh/capacity-type"
"""https://karpenter.sh/docs/concepts/scheduling/#well-known-labels"""

CRON_POD = "spec.job_template.spec.template.spec"
POD = "spec.template.spec"


def pod(kind: Literal["CronJob", "Job"], name: str, work: Job) -> Any:
    """The pod of a CronJob or of a Job, whose bindings have types of their own of the same shape.

    https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    """
    bindings: Any = cron_job_v1 if kind == "CronJob" else job_v1
    prefix = "CronJobV1SpecJobTemplateSpecTemplateSpec" if kind == "CronJob" else "JobV1SpecTemplateSpec"

    def made(part: str, /, **settings: Any) -> Any:
        return getattr(bindings, f"{prefix}{part}")(**settings)

    return made(
        "",
        service_account_name=name,
        automount_service_account_token=False,
        enable_service_links=False,
        restart_policy="Never",
        node_selector=merged(work.node_selector, choose(work.spot, {CAPACITY_TYPE: "spot"}, {})),
        security_context=made(
            "SecurityContext",
            run_as_non_root=True,
            run_as_user=f"{work.user_id}",
            run_as_group=f"{work.user_id}",
            fs_group=f"{work.user_id}",
            seccomp_profile=made("SecurityContextSeccompProfile", type="RuntimeDefault"),
        ),
        container=[
            made(
                "Container",
                name="work",
                image=work.image,
                command=work.command,
                args=work.args,
                env_from=[made("ContainerEnvFrom", config_map_ref=made("ContainerEnvFromConfigMapRef", name=name))],
                resources=made(
                    "ContainerResources",
                    requests={"cpu": work.cpu_request, "memory": f"{work.memory_mebibytes}Mi"},
                    limits={"memory": f"{work.memory_mebibytes}Mi"},
                ),
                security_context=made(
                    "ContainerSecurityContext",
                    # the pod's counts for nothing: what is left out here, the provider sends as false
                    # https://github.com/hashicorp/terraform-provider-kubernetes/blob/v2.38.0/kubernetes/structures_container.go
                    run_as_non_root=True,
                    allow_privilege_escalation=False,
                    read_only_root_filesystem=True,
                    capabilities=made("ContainerSecurityContextCapabilities", drop=["ALL"]),
                ),
                volume_mount=[made("ContainerVolumeMount", name="tmp", mount_path="/tmp")],  # noqa: S108  # in the pod
            )
        ],
        volume=[
            made(
                "Volume",
                name="tmp",
                empty_dir=made("VolumeEmptyDir", size_limit=f"{work.temporary_mebibytes}Mi"),
            )
        ],
    )


def tolerates(work: Job) -> Any:
    """The taints that a job runs in spite of, key and value: those that it says, and that of spot nodes."""
    return merged(work.tolerated_taints, choose(work.spot, {CAPACITY_TYPE: "spot"}, {}))
