"""Definitions of custom resources in a chart's folder crds, which Helm installs once and never upgrades.

https://helm.sh/docs/chart_best_practices/custom_resource_definitions/#some-caveats-and-explanations
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdktf_cdktf_provider_kubernetes import job_v1 as once
from cdktf_cdktf_provider_kubernetes.cluster_role_binding_v1 import (
    ClusterRoleBindingV1,
    ClusterRoleBindingV1Metadata,
    ClusterRoleBindingV1RoleRef,
    ClusterRoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.cluster_role_v1 import ClusterRoleV1, ClusterRoleV1Metadata, ClusterRoleV1Rule
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata

from groundplan.charts import Chart
from groundplan.framework import first_set, is_set, present
from groundplan.framework.inputs import Inputs, field
from groundplan.framework.module import Module, part_id
from groundplan.framework.repetition import dependable
from groundplan.framework.types import HttpsUrl
from groundplan.problems import BadInput

from . import errors
from .jobs import RESULT_FOLDER, Step, Volume, container, shipped
from .parts import maker

__all__ = ["CrdUpgrade", "Crds", "crd_upgrade", "crds_by_hook", "crds_left_out"]

_FILES = Path(__file__).parent / "files"
_POD = "JobV1SpecTemplateSpec"
_USER = "65532"
_TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105  # where programs look for one
_API_GROUP = "rbac.authorization.k8s.io"


class CrdUpgrade(Inputs):
    """A job that brings custom resource definitions to the chart's version, which Helm does not.

    It fetches the chart's archive, and takes none but that of the digest in the lock of charts; then it applies what is
    in the folders `crds` there, and may change no other definition.
    """

    archive_url: HttpsUrl | None = field(
        "where the job fetches the chart's archive, such as a copy inside of the network; left out, where the index of "
        "the chart's repository says, which pods of the namespace must then reach",
        default=None,
    )
    timeout_seconds: int = field(
        "how long the job may take before the apply fails, in seconds", default=300, ge=60, le=3000
    )


@dataclass(frozen=True)
class Crds:
    """Who upgrades the definitions in a chart's folders crds.

    `ready` is what a release has to wait for; `path` is the value that decides, where it is one, and `value` what it
    must be.
    """

    ready: tuple[Any, ...] = ()
    path: str = ""
    value: bool = False

    def is_kept_by(self, values: Mapping[str, Any]) -> bool:
        """Whether the values say what they must."""
        found: Any = values
        for step in self.path.split(".") if self.path else ():
            found = found.get(step) if isinstance(found, Mapping) else None
        return not self.path or found is self.value


def crds_by_hook(path: str) -> Crds:
    """A hook of the chart upgrades them, which the value there switches on."""
    return Crds(path=path, value=True)


def crds_left_out(path: str) -> Crds:
    """The value there leaves out the chart inside that has them: the release brings none."""
    return Crds(path=path, value=False)


def crd_upgrade(
    scope: Module[Any, Any],
    id: str,
    chart: Chart,
    setting: Any,
    *,
    name: str,
    namespace: str,
    image: str,
    after: Sequence[Any],
    only_when: Any = None,
) -> Crds:
    """A Job that applies the definitions in the chart's folders crds, for `release(crds=...)`, which comes after it.

    `setting` is the module's optional `CrdUpgrade` input: without it there is none, and the README says what a person
    runs. `name` is that of the Job, its service account and its cluster role; `image` has kubectl, sh, wget and tar.
    The container that fetches has no token of the cluster, and the one that has fetches nothing. A new version of the
    chart has another digest, so that Terraform runs the Job anew, before the release. Raises BadInput for a chart of
    which the lock has no digest, or no definition.
    """
    sha256 = chart.digest.removeprefix("sha256:")
    if not sha256 or not chart.crd_files or chart.repository.startswith("oci://"):
        raise BadInput([errors.crds_not_fetched(type(scope).__name__, chart.title)])
    given = present(setting)
    part = maker(only_when).also(is_set(setting))
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": type(scope).name}
    head: dict[str, Any] = {"name": name, "namespace": namespace, "labels": labels}
    account = part(
        ServiceAccountV1,
        scope,
        part_id("account", id),
        metadata=ServiceAccountV1Metadata(**head),
        automount_service_account_token=False,
        depends_on=[dependable(element) for element in after],
    )
    role = part(
        ClusterRoleV1,
        scope,
        part_id("cluster_role", id),
        metadata=ClusterRoleV1Metadata(name=name, labels=labels),
        rule=[
            ClusterRoleV1Rule(
                api_groups=["apiextensions.k8s.io"],
                resources=["customresourcedefinitions"],
                resource_names=sorted({one for names in chart.crd_files.values() for one in names}),
                # applying what is not there creates it: by its name, so that this right is one by name too
                # https://github.com/kubernetes/kubernetes/blob/v1.34.4/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
                verbs=["create", "get", "list", "patch", "watch"],
            )
        ],
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
    job = part(
        once.JobV1,
        scope,
        part_id("job", id),
        metadata=once.JobV1Metadata(name=name, namespace=namespace, labels={**labels, **_upgraded(chart)}),
        spec=once.JobV1Spec(
            backoff_limit=2,
            active_deadline_seconds=given.timeout_seconds,
            # no ttl_seconds_after_finished: the next apply would find it gone, and do the work again
            template=once.JobV1SpecTemplate(
                metadata=once.JobV1SpecTemplateMetadata(labels=labels),
                spec=_pod(scope, chart, name=name, image=image, archive_url=first_set(given.archive_url, "")),
            ),
        ),
        wait_for_completion=True,
        # the job's own deadline comes first, and says why
        timeouts=once.JobV1Timeouts(create="60m", update="60m"),
        depends_on=[dependable(element) for element in (account, binding)],
    )
    return Crds((job,))


def _upgraded(chart: Chart) -> dict[str, str]:
    """The label that says which chart's definitions a Job brings, in Helm's own form."""
    return {"helm.sh/chart": f"{chart.chart}-{chart.version}".replace("+", "_")}


def _pod(scope: Module[Any, Any], chart: Chart, *, name: str, image: str, archive_url: Any) -> Any:
    token = Volume(_made("Volume", name="token", projected=[_token()]), _TOKEN_FOLDER)
    source = _made("VolumeEmptyDir", size_limit="64Mi")
    result = Volume(_made("Volume", name="result", empty_dir=source), RESULT_FOLDER, writable=True)
    environment: Mapping[str, str] = {
        "ARCHIVE_URL": archive_url,
        "CHART": chart.chart,
        "CRD_FILES": " ".join(sorted(chart.crd_files)),
        "REPOSITORY": chart.repository.rstrip("/"),
        "SHA256": chart.digest.removeprefix("sha256:"),
    }
    fetch = Step("fetch", image, command=_script(scope, "fetch_crds.sh"), environment=environment)
    apply = Step("apply", image, command=_script(scope, "apply_crds.sh"), volumes=[token])
    return _made(
        "",
        service_account_name=name,
        automount_service_account_token=False,
        enable_service_links=False,
        restart_policy="Never",
        security_context=_made(
            "SecurityContext",
            run_as_non_root=True,
            run_as_user=_USER,
            run_as_group=_USER,
            fs_group=_USER,
            seccomp_profile=_made("SecurityContextSeccompProfile", type="RuntimeDefault"),
        ),
        init_container=[container(_maker_of("InitContainer"), fetch, {}, [result])],
        container=[container(_maker_of("Container"), apply, {}, [result])],
        volume=[result.volume, token.volume],
    )


def _script(scope: Module[Any, Any], file: str) -> list[str]:
    """The script as an argument: another one is another Job, which runs anew."""
    return ["/bin/sh", "-c", shipped(scope, _FILES / file)]


def _token() -> Any:
    """The token of the service account as a volume, so that one container alone has it: see release.TOKEN_VOLUME."""
    return _made(
        "VolumeProjected",
        default_mode="0444",
        sources=[
            _made(
                "VolumeProjectedSources",
                service_account_token=_made(
                    "VolumeProjectedSourcesServiceAccountToken", expiration_seconds=3607, path="token"
                ),
            ),
            _made(
                "VolumeProjectedSources",
                config_map=[
                    _made(
                        "VolumeProjectedSourcesConfigMap",
                        name="kube-root-ca.crt",
                        items=[_made("VolumeProjectedSourcesConfigMapItems", key="ca.crt", path="ca.crt")],
                    )
                ],
            ),
        ],
    )


def _maker_of(kind: str) -> Callable[..., Any]:
    return lambda part, **settings: _made(f"{kind}{part}", **settings)


def _made(part: str, /, **settings: Any) -> Any:
    return getattr(once, f"{_POD}{part}")(**settings)
