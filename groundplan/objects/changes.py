"""What an update of a release does to its objects: which change, which pods restart, what the API server refuses.

    for change in object_changes(before, after):
        print(change.title, change.action, change.restarts, change.refused)

Helm patches what it finds: a field that the new manifest no longer has is taken away, and the API server puts its
default there. So absent and default are one and the same here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from .fields import map_at, pod_of
from .model import KubernetesObject
from .refusals import refusals
from .stored import Document, hangs_on_apply, is_equal, maps_in, stored_pods, value_at

__all__ = ["Certainty", "ObjectAction", "ObjectChange", "ReleaseChange", "object_changes"]

Identity = tuple[str, str, str, str]


class ObjectAction(StrEnum):
    """What becomes of an object, most dangerous first."""

    DELETE = "delete"
    UPDATE = "update"
    CREATE = "create"


class Certainty(StrEnum):
    """How sure it is that an object changes.

    `may`: all that differs hangs on something that only an apply will tell. `every_render`: its template makes up
    something anew each time, such as a certificate, so that it differs without anybody having changed it.
    """

    SURE = "sure"
    MAY = "may"
    EVERY_RENDER = "every_render"


@dataclass(frozen=True)
class ObjectChange:
    """What becomes of one object. `before` is None for what is created, `after` for what is deleted.

    `restarts` says what becomes of the pods whose template changed, after the object's title: `restarts one by one`.
    `refused` are reasons for which the API server refuses the update, `lost` what a deletion takes with it, and
    `not_upgraded` why Helm does not do what the chart says; `remarks` are further facts. All are words, empty where
    there is nothing to say. `only_version`: nothing differs but the labels that name the chart and its version.
    """

    title: str
    action: ObjectAction
    before: Document | None = field(hash=False)
    after: Document | None = field(hash=False)
    certainty: Certainty = Certainty.SURE
    restarts: str = ""
    refused: tuple[str, ...] = ()
    lost: str = ""
    not_upgraded: str = ""
    remarks: tuple[str, ...] = ()
    only_version: bool = False


@dataclass(frozen=True)
class ReleaseChange:
    """What becomes of a release: the chart and version before and after (empty where it is not there), its objects.

    `unknown` says what of them only an apply will tell, and `why` why nothing could be compared, where it could not.
    """

    address: str
    before_title: str
    after_title: str
    objects: tuple[ObjectChange, ...]
    unknown: tuple[str, ...] = ()
    why: str = ""


def object_changes(
    before: Sequence[KubernetesObject],
    after: Sequence[KubernetesObject],
    *,
    random: Collection[str] = (),
    crds_applied_by: str = "",
    crds_written_to: str = "out/definitions",
) -> tuple[ObjectChange, ...]:
    """What becomes of each object of one release, those that change alone, sorted by what they are.

    An empty `before` is an install, an empty `after` an uninstall. `random` are templates whose objects differ from
    render to render. Hooks, which Helm deletes and makes anew, are never refused. Of definitions in folders `crds`
    `crds_applied_by` says what applies them before the release, where something does, and `crds_written_to` where they
    are for a person who must.
    """
    crds = _Crds(crds_applied_by, crds_written_to)
    old = {one.identity: one for one in before}
    new = {one.identity: one for one in after}
    found: dict[Identity, ObjectChange] = {}
    for identity in sorted({*old, *new}):
        one, other = old.get(identity), new.get(identity)
        if one is None and other is not None:
            found[identity] = _created(other, crds if before else None)
        elif one is not None and other is None:
            found[identity] = _deleted(one)
        elif one is not None and other is not None and not is_equal(one.document, other.document):
            found[identity] = _updated(one, other, random, crds)
    return tuple(_with_readers(found, new))


def _with_readers(
    found: Mapping[Identity, ObjectChange], after: Mapping[Identity, KubernetesObject]
) -> Iterator[ObjectChange]:
    """The changes, those of a ConfigMap or Secret with the workloads that read it and run on as they are.

    What is mounted is renewed in time; variables and what is mounted with subPath are not.
    https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically
    """
    readers: dict[Identity, list[str]] = {}
    for identity, one in sorted(after.items()):
        pod = pod_of(one.document)
        if pod is not None and one.kind in _RUNNING and not (identity in found and found[identity].restarts):
            for kind, name in sorted(set(_read_by(pod[1]))):
                readers.setdefault(("", kind, one.namespace, name), []).append(one.title)
    for identity, change in found.items():
        said = readers.get(identity)
        if said and change.after and change.before and not change.only_version:
            words = f"read by {' and '.join(said)}, which {'does' if len(said) == 1 else 'do'} not restart for it"
            change = replace(change, remarks=(*change.remarks, words))
        yield change


_RUNNING = frozenset({"DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})


def _read_by(template: Document) -> Iterator[tuple[str, str]]:
    """Kind and name of the ConfigMaps and Secrets that a pod reads."""
    for volume in maps_in(template, "spec", "volumes"):
        sources = [volume, *maps_in(volume, "projected", "sources")]
        for source in sources:
            yield "ConfigMap", str(value_at(source, "configMap", "name"))
            yield "Secret", str(value_at(source, "secret", "secretName") or value_at(source, "secret", "name"))
    for word in ("containers", "initContainers"):
        for container in maps_in(template, "spec", word):
            for source in maps_in(container, "envFrom"):
                yield "ConfigMap", str(value_at(source, "configMapRef", "name"))
                yield "Secret", str(value_at(source, "secretRef", "name"))
            for variable in maps_in(container, "env"):
                yield "ConfigMap", str(value_at(variable, "valueFrom", "configMapKeyRef", "name"))
                yield "Secret", str(value_at(variable, "valueFrom", "secretKeyRef", "name"))


@dataclass(frozen=True)
class _Crds:
    """What an upgrade makes of definitions in folders crds, of which Helm says nothing."""

    applied_by: str
    written_to: str

    def told(self, what: str) -> tuple[str, tuple[str, ...]]:
        """Why Helm does not do what the chart says, or else a remark on who does."""
        if self.applied_by:
            return "", (f"{self.applied_by} applies it before the release: Helm does not",)
        command = f"kubectl apply --server-side --force-conflicts -f {self.written_to}"
        return f"{what}: before the upgrade run {command}", ()


_NOT_INSTALLED = "Helm installs what is in crds/ with a new release alone"
_NOT_UPGRADED = "Helm does not upgrade it"


def _in_crds_folder(one: KubernetesObject) -> bool:
    """Whether Helm installs it once and then leaves it alone.

    https://helm.sh/docs/chart_best_practices/custom_resource_definitions/#some-caveats-and-explanations
    """
    return "/templates/" not in one.template and "/crds/" in one.template


def _created(one: KubernetesObject, upgrade: _Crds | None) -> ObjectChange:
    left, remarks = upgrade.told(_NOT_INSTALLED) if upgrade and _in_crds_folder(one) else ("", ())
    return ObjectChange(one.title, ObjectAction.CREATE, None, one.document, not_upgraded=left, remarks=remarks)


def _deleted(one: KubernetesObject) -> ObjectChange:
    # Helm asks what is in the cluster: https://github.com/helm/helm/blob/v4.0.0/pkg/kube/client.go, Update
    kept = str(one.annotations.get("helm.sh/resource-policy", "")).strip().lower() == "keep"
    stays = ""
    if _in_crds_folder(one):
        stays = "Helm does not delete what is in crds/: it stays in the cluster"
    elif kept:
        stays = "Helm leaves it in the cluster (helm.sh/resource-policy: keep)"
    elif one.is_hook:
        stays = "a hook: Helm deletes it by its own policy, not with the release"
    return ObjectChange(
        one.title,
        ObjectAction.DELETE,
        one.document,
        None,
        lost="" if stays else _lost(one),
        not_upgraded=stays,
    )


def _lost(one: KubernetesObject) -> str:
    document, kind = one.document, (one.identity[0], one.kind)
    if kind == ("", "PersistentVolumeClaim"):
        return "its volume goes too, unless the reclaim policy of its StorageClass is Retain"
    if kind == ("", "Namespace"):
        return "everything in the namespace goes too"
    if kind == ("apiextensions.k8s.io", "CustomResourceDefinition"):
        of_kind = value_at(document, "spec", "names", "kind") or "custom resource"
        return f"every {of_kind} in the cluster goes too"
    policy = value_at(document, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted")
    if kind == ("apps", "StatefulSet") and policy == "Delete" and value_at(document, "spec", "volumeClaimTemplates"):
        return "the volumes of its pods go too (persistentVolumeClaimRetentionPolicy)"
    return ""


def _updated(one: KubernetesObject, other: KubernetesObject, random: Collection[str], crds: _Crds) -> ObjectChange:
    before, after = one.document, other.document
    certainty = Certainty.SURE
    if other.template in random:
        certainty = Certainty.EVERY_RENDER
    elif hangs_on_apply(before, after):
        certainty = Certainty.MAY
    left = ""
    refused: list[str] = []
    remarks: list[str] = []
    if _in_crds_folder(other):
        left, applied = crds.told(_NOT_UPGRADED)
        remarks += applied
    elif other.is_hook or one.is_hook:
        remarks.append("a hook: Helm makes it anew")
    else:
        for refusal in refusals(one, other):
            (refused if refusal.is_sure else remarks).append(refusal.words)
    restarts = "" if other.is_hook else _restarts(before, after, certainty)
    return ObjectChange(
        other.title,
        ObjectAction.UPDATE,
        before,
        after,
        certainty=certainty,
        restarts=restarts,
        refused=tuple(refused),
        not_upgraded=left,
        remarks=tuple(remarks),
        only_version=is_equal(_without_version(before), _without_version(after)),
    )


# https://helm.sh/docs/chart_best_practices/labels/#standard-labels; chart is the name of the older ones
_VERSION_LABELS = frozenset({"app.kubernetes.io/version", "chart", "helm.sh/chart"})


def _without_version(document: Document) -> Document:
    metadata = map_at(document, "metadata")
    labels = {name: value for name, value in map_at(metadata, "labels").items() if name not in _VERSION_LABELS}
    return {**document, "metadata": {**metadata, "labels": labels}}


def _restarts(before: Document, after: Document, certainty: Certainty) -> str:
    """What becomes of the pods when their template changes; empty when it does not."""
    old, new = pod_of(before), pod_of(after)
    kind = str(after.get("kind"))
    if old is None or new is None or kind in ("Pod", "Job"):
        return ""
    one, other = stored_pods(old[1], new[1])
    if is_equal(one, other):
        return ""
    words = _strategy(kind, map_at(after, "spec"))
    is_sure = certainty is not Certainty.EVERY_RENDER and not hangs_on_apply(one, other)
    return words if is_sure else words.replace("restarts", "may restart", 1)


def _strategy(kind: str, spec: Document) -> str:
    """How the controller of a kind brings a new template to its pods.

    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy,
    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies,
    https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
    """
    how = value_at(spec, "updateStrategy", "type") or "RollingUpdate"
    if kind == "Deployment":
        if spec.get("paused") is True:
            return "is paused: its pods restart when it no longer is"
        if value_at(spec, "strategy", "type") == "Recreate":
            return "restarts all at once: every pod stops before a new one starts (Recreate)"
        return "restarts step by step"
    if kind in ("StatefulSet", "DaemonSet") and how == "OnDelete":
        return "restarts only when somebody deletes its pods (OnDelete)"
    if kind == "StatefulSet":
        first = value_at(spec, "updateStrategy", "rollingUpdate", "partition")
        if isinstance(first, int) and first > 0:
            return f"restarts one by one, its pods from number {first} on alone (partition)"
        return "restarts one by one"
    if kind == "DaemonSet":
        return "restarts node by node"
    if kind == "CronJob":
        return "runs so from its next run on"
    # ReplicaSet and ReplicationController
    return "makes new pods so; those that run stay as they are"
