"""Helm releases from charts whose facts are locked, custom resources, and what may reach the pods of either."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from cdktf_cdktf_provider_helm.release import Release
from cdktf_cdktf_provider_kubernetes.namespace import Namespace, NamespaceMetadata
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1,
    NetworkPolicyV1Metadata,
    NetworkPolicyV1Spec,
    NetworkPolicyV1SpecIngress,
    NetworkPolicyV1SpecIngressPorts,
    NetworkPolicyV1SpecPodSelector,
)

from groundplan import charts
from groundplan.applications import check_values, judge_object
from groundplan.charts import Chart, is_opaque
from groundplan.framework import expression_of, first_set, hcl, not_empty, yamlencode
from groundplan.framework.hcl import OnlyWhen
from groundplan.framework.lines import line_below
from groundplan.framework.module import Module, part_id
from groundplan.framework.references import Reference, reference
from groundplan.framework.repetition import MaybeElement, dependable, each
from groundplan.framework.shapes import Text
from groundplan.framework.watching import unwatched
from groundplan.problems import BadInput, Problem

from . import errors
from .crds import Crds
from .parts import maker

__all__ = ["TOKEN_MOUNT", "TOKEN_VOLUME", "custom_resources", "ingress_policy", "name_of", "namespace", "release"]

V = TypeVar("V")

TOKEN_VOLUME: Mapping[str, Any] = {
    "name": "token",
    "projected": {
        "defaultMode": 0o444,
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {
                "downwardAPI": {
                    "items": [
                        {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
                    ]
                }
            },
        ],
    },
}
"""The token of a pod's service account, as a volume of its own: what Kubernetes would put into every container.

With `automountServiceAccountToken: false` and `TOKEN_MOUNT` in the one container that asks the API server, no container
that somebody puts beside it has the token.

https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume
"""
TOKEN_MOUNT: Mapping[str, Any] = {
    "name": "token",
    "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
    "readOnly": True,
}
"""Where programs look for it."""


def namespace(
    scope: Module[Any, Any], id: str, *, name: str, labels: Mapping[str, str] | None = None, only_when: Any = None
) -> Namespace:
    """A namespace that this module owns."""
    return maker(only_when)(
        Namespace, scope, part_id("namespace", id), metadata=NamespaceMetadata(name=name, labels=labels)
    )


def name_of(made: Any, otherwise: str) -> str:
    """The name of a namespace of `namespace(...)` for an output: who takes it from there waits until it is there.

    `otherwise` is the name where the module makes none.
    """
    name: str = reference(Text(), made._attribute("metadata[0].name"))
    return first_set(name, otherwise) if isinstance(made, MaybeElement) else name


def ingress_policy(
    scope: Module[Any, Any],
    id: str,
    *,
    name: str,
    namespace: str,
    pods: Mapping[str, str],
    ports: Sequence[int] = (),
    after: Sequence[Any] = (),
    only_when: Any = None,
) -> NetworkPolicyV1:
    """A NetworkPolicy for the pods with these labels: from everywhere to the TCP ports that they serve, and no other.

    For charts that have none. Without `ports` nothing may connect to them. The node of a pod always may, so probes
    need no port here; where the pods connect to stays open, since an egress rule would have to name the world.

    https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """
    reached = [NetworkPolicyV1SpecIngressPorts(port=str(port), protocol="TCP") for port in ports]
    return maker(only_when)(
        NetworkPolicyV1,
        scope,
        part_id("ingress_policy", id),
        metadata=NetworkPolicyV1Metadata(name=name, namespace=namespace),
        spec=NetworkPolicyV1Spec(
            pod_selector=NetworkPolicyV1SpecPodSelector(match_labels=dict(pods)),
            policy_types=["Ingress"],
            ingress=[NetworkPolicyV1SpecIngress(ports=reached)] if reached else None,
        ),
        depends_on=[dependable(element) for element in after] or None,
    )


def release(
    scope: Module[Any, Any],
    id: str,
    chart: Chart,
    *,
    name: str,
    namespace: str,
    values: Mapping[str, Any],
    extra: Any,
    instead: Mapping[str, str] | None = None,
    late: Sequence[str] = (),
    timeout_seconds: float = 600,
    skip_crds: bool = False,
    crds: Crds | None = None,
    after: Sequence[Any] = (),
    only_when: Any = None,
) -> Release:
    """A release of a locked chart: its exact version, waited for, rolled back when it fails.

    `values` are the module's own: checked against the chart's value paths, and rendered after `extra` (a pass-through
    input), so that they win; those that hold attributes of resources come in a document of their own, and so do those
    at the paths of `late`: inputs that callers take from resources. What `extra` sets at one of their paths is an error
    on both sides; `instead` names the input to use, by value path. `skip_crds` leaves out the kinds in the chart's
    folder crds, which Helm never upgrades: another release has them in its templates. Otherwise `crds` says who
    upgrades them: `crd_upgrade(...)`, which the release comes after, `crds_by_hook` or `crds_left_out`. Raises BadInput
    for a path that the chart does not have, and for a chart whose definitions nobody upgrades.
    """
    if chart.crd_files and not skip_crds and (crds is None or not crds.is_kept_by(values)):
        said = (crds.path, crds.value) if crds else None
        _refuse(scope, [errors.crds_not_upgraded(type(scope).__name__, chart.title, min(chart.crd_files), said)])
    _refuse(scope, unwatched(check_values)(chart, values, where=f"{type(scope).__name__}.values"))
    setting = expression_of(extra)
    owned, condition, message = _owned(values, setting, instead)
    scope.own(extra, chart=chart.name, paths=[list(path) for path in owned], instead=dict(instead or {}))
    scope.validate(setting.removeprefix("var."), condition=condition, message=message)
    # without a condition it is the resource itself, which other resources take as it is in depends_on
    part: Callable[..., Release] | None = None if only_when is None else maker(only_when)
    make: Callable[..., Release] = Release if part is None else partial(part, Release)
    return make(
        scope,
        part_id("release", id),
        name=name,
        namespace=namespace,
        create_namespace=False,
        repository=chart.repository,
        chart=chart.chart,
        version=chart.version,
        values=[yamlencode(extra), *_documents(values, late)],
        skip_crds=skip_crds or None,
        wait=True,
        wait_for_jobs=True,
        atomic=True,
        cleanup_on_fail=True,
        max_history=10,
        timeout=timeout_seconds,
        depends_on=[dependable(element) for element in (*after, *(crds.ready if crds else ()))] or None,
    )


def custom_resources(
    scope: Module[Any, Any],
    id: str,
    *,
    name: str,
    namespace: str,
    after: Sequence[Any],
    objects: Mapping[str, Mapping[str, Any]] | None = None,
    entries: Mapping[str, V] | None = None,
    make: Callable[[str, V], Mapping[str, Any]] | None = None,
    only_when: Any = None,
) -> Release:
    """Objects of custom kinds as one release of a small chart that ships with the module.

    `objects` are named ones; or `make` renders one for every entry of a map input. They come after the release that
    brings their kinds: with kubernetes_manifest a first apply, and every plan without a cluster, would fail. Raises
    BadInput for a field that the kind does not have.
    """
    for path, content in charts.local_chart_files().items():
        scope.ship(f"charts/resources/{path}", content)
    rendered: Any = dict(objects or {})
    for key, item in rendered.items():
        _refuse(scope, _object_problems(item, f"{type(scope).__name__}.{id}.{key}"))
    if make is not None and entries is not None:
        checked = make

        def checking(key: str, value: V) -> Mapping[str, Any]:
            made = checked(key, value)
            _refuse(scope, _object_problems(made, f"{type(scope).__name__}.{id}"))
            return made

        rendered = each(entries).document(checking)
    part = maker(only_when)
    if isinstance(rendered, Reference) and only_when is None:
        part = part.also(not_empty(entries))
    return part(
        Release,
        scope,
        part_id("release", id),
        name=name,
        namespace=namespace,
        create_namespace=False,
        chart="${path.module}/charts/resources",
        values=[yamlencode({"objects": rendered})],
        wait=True,
        atomic=True,
        cleanup_on_fail=True,
        max_history=10,
        timeout=300,
        depends_on=[dependable(element) for element in after],
    )


@unwatched
def _owned(
    values: Mapping[str, Any], setting: str, instead: Mapping[str, str] | None
) -> tuple[tuple[tuple[str, ...], ...], str, str]:
    """The values that nobody else may set; that `setting` sets none of them, and what is said where it does."""
    owned = charts.owned_paths(values)
    condition = f"${{{charts.collision_condition(owned, setting)}}}"
    return owned, condition, f"${{{charts.collision_message(owned, setting, instead=instead)}}}"


# A resource in an expression: two words joined by an underscore that nothing stands before, such as aws_kms_key.data.
_RESOURCE = re.compile(r"\$\{TfToken\[|(?<![\w./-])[a-z0-9]+_[a-z0-9_]+(\[[^\]]*\])*\.[a-z]")


@unwatched
def _documents(values: Mapping[str, Any], late: Sequence[str]) -> list[str]:
    """The values as one document; as two when resources' attributes are among them, which come apart from the rest.

    Terraform knows a text as a whole or not at all, so one ARN of a role that is still to be made would hide from
    everybody who reads the plan how many replicas there will be.
    """
    now, later = _split(values, late)
    return [yamlencode(part) for part in (now, later) if part]


def _split(values: Mapping[str, Any], late: Sequence[str], above: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    now: dict[str, Any] = {}
    later: dict[str, Any] = {}
    for key, item in values.items():
        path = f"{above}{key}"
        if path in late:
            later[key] = item
        elif isinstance(item, Mapping) and not isinstance(item, Reference) and item:
            early, rest = _split(item, late, f"{path}.")
            now |= {key: early} if early else {}
            later |= {key: rest} if rest else {}
        elif _RESOURCE.search(hcl(item)):
            later[key] = item
        else:
            now[key] = item
    if isinstance(values, OnlyWhen):
        return values.of(now) if now else {}, values.of(later) if later else {}
    return now, later


@unwatched
def _object_problems(item: Mapping[str, Any], where: str) -> list[Problem]:
    """What its definition, and the application that reads it, will not have of an object."""
    found = charts.custom_resource_problems(item, where=where)
    return found if is_opaque(item) else [*found, *judge_object(item, where=where).problems]


def _refuse(scope: Module[Any, Any], problems: Sequence[Problem]) -> None:
    """Raises BadInput for problems, with the statement of the module that asked for the release."""
    if problems:
        line = line_below(scope.folder(), scope.project())
        raise BadInput(problem.said_at(line) for problem in problems)
