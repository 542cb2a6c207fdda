"""What an update of a release does to its objects: which change, which pods restart, what the API server refuses.

    for change in object_changes(before, after):
        print(change.title, change.action, change.restarts, change.refused)

Helm patches what it finds: a field that the new manifest no longer has is taken away, and the API server puts its
default there. So absent and default are one and the same here.

The fields that may not change are Kubernetes' own; the function that says it is named beside each, of
https://github.com/kubernetes/kubernetes/tree/v1.34.4/pkg/apis and
https://github.com/kubernetes/kubernetes/tree/v1.34.4/staging/src/k8s.io/apiextensions-apiserver/pkg/apis
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from .fields import is_unsure, pod_of, quantity
from .model import KubernetesObject, holds_unknown

__all__ = ["Certainty", "ObjectAction", "ObjectChange", "ReleaseChange", "object_changes"]

Document = Mapping[str, Any]
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
    before: Sequence[KubernetesObject], after: Sequence[KubernetesObject], *, random: Collection[str] = ()
) -> tuple[ObjectChange, ...]:
    """What becomes of each object of one release, those that change alone, sorted by what they are.

    An empty `before` is an install, an empty `after` an uninstall. `random` are templates whose objects differ from
    render to render. Hooks, which Helm deletes and makes anew, are never refused.
    """
    old = {one.identity: one for one in before}
    new = {one.identity: one for one in after}
    found: dict[Identity, ObjectChange] = {}
    for identity in sorted({*old, *new}):
        one, other = old.get(identity), new.get(identity)
        if one is None and other is not None:
            found[identity] = _created(other, is_upgrade=bool(before))
        elif one is not None and other is None:
            found[identity] = _deleted(one)
        elif one is not None and other is not None and not _is_equal(one.document, other.document):
            found[identity] = _updated(one, other, random)
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
    for volume in _maps(template, "spec", "volumes"):
        sources = [volume, *_maps(volume, "projected", "sources")]
        for source in sources:
            yield "ConfigMap", str(_at(source, "configMap", "name"))
            yield "Secret", str(_at(source, "secret", "secretName") or _at(source, "secret", "name"))
    for word in ("containers", "initContainers"):
        for container in _maps(template, "spec", word):
            for source in _maps(container, "envFrom"):
                yield "ConfigMap", str(_at(source, "configMapRef", "name"))
                yield "Secret", str(_at(source, "secretRef", "name"))
            for variable in _maps(container, "env"):
                yield "ConfigMap", str(_at(variable, "valueFrom", "configMapKeyRef", "name"))
                yield "Secret", str(_at(variable, "valueFrom", "secretKeyRef", "name"))


def _maps(value: Any, *steps: str) -> list[Document]:
    found = _at(value, *steps)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


_NOT_INSTALLED = "Helm installs what is in crds/ with a new release alone: apply it before the upgrade"
_NOT_UPGRADED = "Helm does not upgrade it: apply the chart's crds/ before the upgrade"


def _in_crds_folder(one: KubernetesObject) -> bool:
    """Whether Helm installs it once and then leaves it alone.

    https://helm.sh/docs/chart_best_practices/custom_resource_definitions/#some-caveats-and-explanations
    """
    return "/templates/" not in one.template and "/crds/" in one.template


def _created(one: KubernetesObject, *, is_upgrade: bool) -> ObjectChange:
    left = is_upgrade and _in_crds_folder(one)
    return ObjectChange(
        one.title,
        ObjectAction.CREATE,
        None,
        one.document,
        not_upgraded="Helm installs what is in crds/ with a new release alone: apply it before the upgrade"
        if left
        else "",
    )


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
        of_kind = _at(document, "spec", "names", "kind") or "custom resource"
        return f"every {of_kind} in the cluster goes too"
    policy = _at(document, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted")
    if kind == ("apps", "StatefulSet") and policy == "Delete" and _at(document, "spec", "volumeClaimTemplates"):
        return "the volumes of its pods go too (persistentVolumeClaimRetentionPolicy)"
    return ""


def _updated(one: KubernetesObject, other: KubernetesObject, random: Collection[str]) -> ObjectChange:
    before, after = one.document, other.document
    certainty = Certainty.SURE
    if other.template in random:
        certainty = Certainty.EVERY_RENDER
    elif _hangs_on_apply(before, after):
        certainty = Certainty.MAY
    left = ""
    refused: list[str] = []
    remarks: list[str] = []
    if _in_crds_folder(other):
        left = _NOT_UPGRADED
    elif other.is_hook or one.is_hook:
        remarks.append("a hook: Helm makes it anew")
    else:
        for refusal in _refusals(one, other):
            (refused if refusal.is_sure else remarks).append(refusal.words)
    restarts = "" if left or other.is_hook else _restarts(before, after, certainty)
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
        only_version=_is_equal(_without_version(before), _without_version(after)),
    )


# https://helm.sh/docs/chart_best_practices/labels/#standard-labels; chart is the name of the older ones
_VERSION_LABELS = frozenset({"app.kubernetes.io/version", "chart", "helm.sh/chart"})


def _without_version(document: Document) -> Document:
    metadata = _map(document, "metadata")
    labels = {name: value for name, value in _map(metadata, "labels").items() if name not in _VERSION_LABELS}
    return {**document, "metadata": {**metadata, "labels": labels}}


# ---------------------------------------------------------------- equality


def _at(value: Any, *steps: str) -> Any:
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _is_equal(one: Any, other: Any) -> bool:
    """Equality in which true is not 1, and what is null or empty is not there."""
    # most objects of an update are the same, and told so at the speed of C
    if one == other and json.dumps(one, sort_keys=True, default=str) == json.dumps(other, sort_keys=True, default=str):
        return True
    one, other = _plain(one), _plain(other)
    return bool(one == other) and repr(one) == repr(other)


def _plain(value: Any) -> Any:
    """A document in one spelling: without nulls and empty lists and maps, keys sorted.

    As apimachinery's equality.Semantic takes them; what is an empty struct there has fields with defaults.
    """
    if isinstance(value, Mapping):
        found = {str(key): _plain(value[key]) for key in sorted(value, key=str)}
        return {key: item for key, item in found.items() if item not in (None, {}, [])}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    # the API reads 1.0 as 1
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _hangs_on_apply(before: Any, after: Any) -> bool:
    """Whether everything that differs holds something that only an apply will tell."""
    if _is_equal(before, after):
        return True
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(_hangs_on_apply(before.get(key), after.get(key)) for key in {*before, *after})
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return all(map(_hangs_on_apply, before, after))
    return (
        not isinstance(before, (Mapping, list))
        and not isinstance(after, (Mapping, list))
        and (holds_unknown(before) or holds_unknown(after))
    )


# ---------------------------------------------------------------- pods

# pkg/apis/core/v1/defaults.go and zz_generated.defaults.go: what the API server puts where nothing stands
_POD_DEFAULTS = {
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "schedulerName": "default-scheduler",
    "hostNetwork": False,
    "hostPID": False,
    "hostIPC": False,
}
_CONTAINER_DEFAULTS = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "stdin": False,
    "tty": False,
}
_PROBE_DEFAULTS = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_VOLUME_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "configMap": {"defaultMode": 420},
    "secret": {"defaultMode": 420},
    "projected": {"defaultMode": 420},
    "downwardAPI": {"defaultMode": 420},
    "hostPath": {"type": ""},
}


def _filled(value: Any, defaults: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: item for key, item in value.items() if item is not None} if isinstance(value, Mapping) else {}
    return {**defaults, **given}


def _stored_pods(before: Document, after: Document) -> tuple[Document, Document]:
    """Two pod templates, or pods, as the API server keeps them: the second one written over the first one."""
    one, other = _stored_pod(before), _stored_pod(after)
    account = one["spec"].get("serviceAccountName")
    if account and not other["spec"].get("serviceAccountName"):
        # its old name, serviceAccount, was filled in as well, and nobody takes that away
        other = {**other, "spec": {**other["spec"], "serviceAccountName": account}}
    return one, other


def _stored_pod(template: Document) -> Document:
    """A pod template as the API server keeps it, as far as its defaults go."""
    spec = _filled(template.get("spec"), _POD_DEFAULTS)
    # both names stand for one field
    if account := spec.pop("serviceAccount", None) or spec.get("serviceAccountName"):
        spec["serviceAccountName"] = spec.get("serviceAccountName") or account
    for word in ("containers", "initContainers"):
        if isinstance(spec.get(word), list):
            spec[word] = [_stored_container(item) for item in spec[word]]
    if isinstance(spec.get("volumes"), list):
        spec["volumes"] = [_stored_volume(item) for item in spec["volumes"]]
    metadata = {key: item for key, item in _filled(template.get("metadata"), {}).items() if key != "creationTimestamp"}
    return {"metadata": _plain(metadata), "spec": _plain(spec)}


def _stored_container(container: Any) -> Any:
    if not isinstance(container, Mapping):
        return container
    # SetDefaults_Container: latest is pulled anew each time
    image = str(container.get("image", ""))
    tag = image.rpartition("/")[2].partition(":")[2]
    pulled = "Always" if "@" not in image and tag in ("", "latest") else "IfNotPresent"
    found = _filled(container, {**_CONTAINER_DEFAULTS, "imagePullPolicy": pulled})
    if isinstance(found.get("ports"), list):
        found["ports"] = [_filled(port, {"protocol": "TCP"}) for port in found["ports"]]
    for word in ("livenessProbe", "readinessProbe", "startupProbe"):
        if isinstance(found.get(word), Mapping):
            probe = _filled(found[word], _PROBE_DEFAULTS)
            if isinstance(probe.get("httpGet"), Mapping):
                probe["httpGet"] = _filled(probe["httpGet"], {"scheme": "HTTP", "path": "/"})
            found[word] = probe
    if isinstance(found.get("env"), list):
        found["env"] = [_stored_variable(item) for item in found["env"]]
    if isinstance(found.get("resources"), Mapping):
        found["resources"] = _stored_resources(found["resources"])
    return found


def _stored_variable(variable: Any) -> Any:
    reference = _at(variable, "valueFrom", "fieldRef")
    if isinstance(variable, Mapping) and isinstance(reference, Mapping):
        return {**variable, "valueFrom": {"fieldRef": _filled(reference, {"apiVersion": "v1"})}}
    # an empty value is none
    return {key: item for key, item in variable.items() if item != ""} if isinstance(variable, Mapping) else variable


def _stored_volume(volume: Any) -> Any:
    if not isinstance(volume, Mapping):
        return volume
    return {
        key: _filled(item, _VOLUME_DEFAULTS[key]) if key in _VOLUME_DEFAULTS else item for key, item in volume.items()
    }


def _stored_resources(resources: Any) -> Any:
    """Amounts as numbers: 1Gi is 1024Mi."""
    if not isinstance(resources, Mapping):
        return resources
    found = dict(resources)
    for word in ("limits", "requests"):
        if isinstance(found.get(word), Mapping):
            found[word] = {key: _amount(item) for key, item in found[word].items()}
    return found


def _amount(value: Any) -> Any:
    number = quantity(value)
    return value if number is None else f"{number.normalize():f}"


def _restarts(before: Document, after: Document, certainty: Certainty) -> str:
    """What becomes of the pods when their template changes; empty when it does not."""
    old, new = pod_of(before), pod_of(after)
    kind = str(after.get("kind"))
    if old is None or new is None or kind in ("Pod", "Job"):
        return ""
    one, other = _stored_pods(old[1], new[1])
    if _is_equal(one, other):
        return ""
    words = _strategy(kind, _map(after, "spec"))
    is_sure = certainty is not Certainty.EVERY_RENDER and not _hangs_on_apply(one, other)
    return words if is_sure else words.replace("restarts", "may restart", 1)


def _strategy(kind: str, spec: Document) -> str:
    """How the controller of a kind brings a new template to its pods.

    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy,
    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies,
    https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
    """
    how = _at(spec, "updateStrategy", "type") or "RollingUpdate"
    if kind == "Deployment":
        if spec.get("paused") is True:
            return "is paused: its pods restart when it no longer is"
        if _at(spec, "strategy", "type") == "Recreate":
            return "restarts all at once: every pod stops before a new one starts (Recreate)"
        return "restarts step by step"
    if kind in ("StatefulSet", "DaemonSet") and how == "OnDelete":
        return "restarts only when somebody deletes its pods (OnDelete)"
    if kind == "StatefulSet":
        first = _at(spec, "updateStrategy", "rollingUpdate", "partition")
        if isinstance(first, int) and first > 0:
            return f"restarts one by one, its pods from number {first} on alone (partition)"
        return "restarts one by one"
    if kind == "DaemonSet":
        return "restarts node by node"
    if kind == "CronJob":
        return "runs so from its next run on"
    # ReplicaSet and ReplicationController
    return "makes new pods so; those that run stay as they are"


# ---------------------------------------------------------------- what the API server refuses


@dataclass(frozen=True)
class _Refusal:
    """A reason for which an update is refused; not sure where only an apply or the cluster tells."""

    words: str
    is_sure: bool = True


Refusals = Callable[[Document, Document], Iterator[_Refusal]]


def _map(value: Any, *steps: str) -> Document:
    found = _at(value, *steps)
    return found if isinstance(found, Mapping) else {}


def _refusals(one: KubernetesObject, other: KubernetesObject) -> Iterator[_Refusal]:
    kind = (other.identity[0], other.kind)
    for path, default in _IMMUTABLE.get(kind, {}).items():
        steps = path.split(".")
        yield from _fixed(path, _or(_at(one.document, *steps), default), _or(_at(other.document, *steps), default))
    for rule in _RULES.get(kind, ()):
        yield from rule(one.document, other.document)


def _or(value: Any, default: Any) -> Any:
    return default if value in (None, {}, [], "") else value


def _fixed(path: str, before: Any, after: Any) -> Iterator[_Refusal]:
    if _is_equal(before, after):
        return
    if is_unsure(before, after):
        yield _Refusal(f"refused where {path} turns out to change: it cannot be changed", is_sure=False)
    else:
        yield _Refusal(f"{path} cannot be changed")


# by kind the fields that stay as they were made, each with its default
_IMMUTABLE: Mapping[tuple[str, str], Mapping[str, Any]] = {
    # ValidateDeploymentUpdate, ValidateDaemonSetSpecUpdate, ValidateReplicaSetUpdate (apps)
    ("apps", "Deployment"): {"spec.selector": None},
    ("apps", "DaemonSet"): {"spec.selector": None},
    ("apps", "ReplicaSet"): {"spec.selector": None},
    # ValidateControllerRevisionUpdate (apps)
    ("apps", "ControllerRevision"): {"data": None},
    # ValidateJobSpecUpdate (batch)
    ("batch", "Job"): {
        "spec.selector": None,
        "spec.completionMode": "NonIndexed",
        "spec.podFailurePolicy": None,
        "spec.backoffLimitPerIndex": None,
        "spec.managedBy": None,
        "spec.successPolicy": None,
    },
    # ValidateSecretUpdate (core)
    ("", "Secret"): {"type": "Opaque"},
    # ValidateStorageClassUpdate, ValidateCSIDriverUpdate, ValidateVolumeAttributesClassUpdate,
    # ValidateVolumeAttachmentUpdate (storage)
    ("storage.k8s.io", "StorageClass"): {
        "parameters": None,
        "provisioner": None,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    },
    ("storage.k8s.io", "CSIDriver"): {"spec.attachRequired": True, "spec.volumeLifecycleModes": ["Persistent"]},
    ("storage.k8s.io", "VolumeAttributesClass"): {"driverName": None, "parameters": None},
    ("storage.k8s.io", "VolumeAttachment"): {"spec": None},
    # ValidateRoleBindingUpdate, ValidateClusterRoleBindingUpdate (rbac); SetDefaults_RoleBinding fills in the group
    ("rbac.authorization.k8s.io", "RoleBinding"): {
        "roleRef.apiGroup": "rbac.authorization.k8s.io",
        "roleRef.kind": None,
        "roleRef.name": None,
    },
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): {
        "roleRef.apiGroup": "rbac.authorization.k8s.io",
        "roleRef.kind": None,
        "roleRef.name": None,
    },
    # ValidatePriorityClassUpdate (scheduling)
    ("scheduling.k8s.io", "PriorityClass"): {"value": 0, "preemptionPolicy": "PreemptLowerPriority"},
    # validateIngressClassSpecUpdate, ValidateIPAddressUpdate (networking)
    ("networking.k8s.io", "IngressClass"): {"spec.controller": None},
    ("networking.k8s.io", "IPAddress"): {"spec.parentRef": None},
    # ValidateRuntimeClassUpdate (node)
    ("node.k8s.io", "RuntimeClass"): {"handler": None},
    # ValidateEndpointSliceUpdate (discovery)
    ("discovery.k8s.io", "EndpointSlice"): {"addressType": None},
    # ValidateResourceClaimUpdate, ValidateResourceClaimTemplateUpdate (resource)
    ("resource.k8s.io", "ResourceClaim"): {"spec": None},
    ("resource.k8s.io", "ResourceClaimTemplate"): {"spec": None},
    # ValidateResourceQuotaUpdate (core)
    ("", "ResourceQuota"): {"spec.scopes": None},
    # validateCustomResourceDefinitionSpecUpdate (apiextensions)
    ("apiextensions.k8s.io", "CustomResourceDefinition"): {
        "spec.group": None,
        "spec.scope": None,
        "spec.names.kind": None,
        "spec.names.plural": None,
    },
}

_STATEFUL_SET_MAY = frozenset(
    {
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    }
)


def _stateful_set(before: Document, after: Document) -> Iterator[_Refusal]:
    """ValidateStatefulSetUpdate, ValidateStatefulSetSpec (apps)."""
    old, new = _map(before, "spec"), _map(after, "spec")
    for name in sorted({*old, *new} - _STATEFUL_SET_MAY):
        pair = [spec.get(name) for spec in (old, new)]
        if name == "volumeClaimTemplates":
            pair = [[_stored_claim(each) for each in value or ()] for value in pair]
        default = "OrderedReady" if name == "podManagementPolicy" else None
        yield from _fixed(f"spec.{name}", _or(pair[0], default), _or(pair[1], default))
    strategies = [_map(spec, "updateStrategy") for spec in (old, new)]
    was_rolling = (strategies[0].get("type") or "RollingUpdate") == "RollingUpdate"
    # Helm takes away what the old manifest said, and the default of the partition is nothing that it said
    if was_rolling and strategies[1].get("type") == "OnDelete":
        yield _Refusal(
            "spec.updateStrategy.rollingUpdate, which the API server filled in, is only allowed with RollingUpdate"
        )


def _stored_claim(claim: Any) -> Any:
    """A claim, or a template of one, as the API server keeps it: SetDefaults_PersistentVolumeClaimSpec (core)."""
    if not isinstance(claim, Mapping):
        return claim
    spec = _filled(claim.get("spec"), {"volumeMode": "Filesystem"})
    spec["resources"] = _stored_resources(spec.get("resources"))
    metadata = {key: item for key, item in _map(claim, "metadata").items() if key != "creationTimestamp"}
    return {"metadata": metadata, "spec": spec}


def _claim(before: Document, after: Document) -> Iterator[_Refusal]:
    """ValidatePersistentVolumeClaimUpdate (core), and the admission plugin PersistentVolumeClaimResize."""
    old, new = (_stored_claim(each)["spec"] for each in (before, after))
    others = {"resources", "volumeAttributesClassName", "volumeName", "storageClassName"}
    # each of the two is filled in from the other, so that taking one away changes nothing
    sources = {"dataSource", "dataSourceRef"}
    for name in sorted({*old, *new} - others):
        if name not in sources or new.get(name) is not None:
            yield from _fixed(f"spec.{name}", old.get(name), new.get(name))
    yield from _fixed("spec.resources.limits", _at(old, "resources", "limits"), _at(new, "resources", "limits"))
    if old.get("volumeName"):
        yield from _fixed("spec.volumeName", old.get("volumeName"), new.get("volumeName"))
    if old.get("storageClassName") is not None:
        yield from _fixed("spec.storageClassName", old.get("storageClassName"), new.get("storageClassName"))
    elif new.get("storageClassName") is not None:
        yield _Refusal("refused unless spec.storageClassName is the class that it has by default", is_sure=False)
    sizes = [quantity(_at(each, "resources", "requests", "storage")) for each in (old, new)]
    if sizes[0] is None or sizes[1] is None:
        yield from _fixed("spec.resources.requests.storage", *sizes)
    elif sizes[1] < sizes[0]:
        yield _Refusal("spec.resources.requests.storage cannot shrink")
    elif sizes[1] > sizes[0]:
        yield _Refusal("refused unless the claim is bound and its StorageClass has allowVolumeExpansion", is_sure=False)


def _volume(before: Document, after: Document) -> Iterator[_Refusal]:
    """ValidatePersistentVolumeUpdate (core)."""
    old, new = _map(before, "spec"), _map(after, "spec")
    yield from _fixed(
        "spec.volumeMode", _or(old.get("volumeMode"), "Filesystem"), _or(new.get("volumeMode"), "Filesystem")
    )
    if old.get("nodeAffinity"):
        yield from _fixed("spec.nodeAffinity", old["nodeAffinity"], new.get("nodeAffinity"))
    others = {
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
    }
    # what is left is the volume itself: csi, nfs, hostPath
    for name in sorted({*old, *new} - others):
        yield from _fixed(f"spec.{name}", old.get(name), new.get(name))


def _job(before: Document, after: Document) -> Iterator[_Refusal]:
    """validateCompletions, validatePodTemplateUpdate (batch); SetDefaults_Job."""
    old, new = _map(before, "spec"), _map(after, "spec")
    one, other = _stored_pods(_map(old, "template"), _map(new, "template"))
    if not old.get("suspend"):
        yield from _fixed("spec.template", one, other)
    elif not _is_equal(one, other):
        yield _Refusal("refused where the job has started, or more than labels and scheduling changes", is_sure=False)
    completions, wanted, parallelism = _completions(old, new)
    if new.get("completionMode") != "Indexed":
        yield from _fixed("spec.completions", completions, wanted)
    elif wanted not in (completions, parallelism):
        yield _Refusal("spec.completions changes with spec.parallelism alone, to the same number")


def _completions(old: Document, new: Document) -> tuple[Any, Any, Any]:
    """The completions that there are, those that will be, and the parallelism then: SetDefaults_Job (batch/v1).

    Where neither is said both are 1, and stay so when the other one is said later.
    """
    words = ("completions", "parallelism")
    both = all(old.get(word) is None for word in words)
    there = {"completions": old.get("completions"), "parallelism": 1, **{w: old[w] for w in words if old.get(w)}}
    if both:
        there["completions"] = 1
    will = {
        word: new[word] if new.get(word) is not None else None if old.get(word) is not None else there[word]
        for word in words
    }
    if will == {"completions": None, "parallelism": None}:
        will["completions"] = 1
    return there["completions"], will["completions"], will["parallelism"] or 1


def _data(before: Document, after: Document) -> Iterator[_Refusal]:
    """ValidateConfigMapUpdate, ValidateSecretUpdate (core)."""
    if before.get("immutable") is not True:
        return
    if after.get("immutable") is not True:
        yield _Refusal("immutable cannot be taken back")
    for name in ("data", "binaryData", "stringData"):
        yield from _fixed(f"{name} of what is immutable", before.get(name), after.get(name))


_ALLOCATED = ("ClusterIP", "NodePort", "LoadBalancer")


def _service(before: Document, after: Document) -> Iterator[_Refusal]:
    """ValidateServiceUpdate and validateService (core), and patchAllocatedValues of registry/core/service/storage."""
    old, new = _map(before, "spec"), _map(after, "spec")
    kinds = [spec.get("type") or "ClusterIP" for spec in (old, new)]
    if is_unsure(*kinds, old.get("clusterIP"), new.get("clusterIP")):
        yield _Refusal("refused where spec.clusterIP turns out to change: it cannot be changed", is_sure=False)
        return
    if not all(kind in _ALLOCATED for kind in kinds):
        return
    addresses = [_or(spec.get("clusterIP"), "") for spec in (old, new)]
    if addresses[1] and addresses[0] != addresses[1]:
        if addresses[0] or addresses[1] == "None":
            yield _Refusal("spec.clusterIP cannot be changed")
        else:
            yield _Refusal("refused unless spec.clusterIP is the address that it has already", is_sure=False)
    elif addresses[0] == "None" and not addresses[1]:
        if kinds[1] == "ClusterIP":
            yield _Refusal("it stays headless: the API server keeps the old spec.clusterIP", is_sure=False)
        else:
            yield _Refusal(f"spec.clusterIP stays None, which a service of type {kinds[1]} may not have")
    families = [_or(spec.get("ipFamilies"), [None])[0] for spec in (old, new)]
    if "None" not in addresses and all(families):
        yield from _fixed("the first of spec.ipFamilies", *families)
    if kinds == ["LoadBalancer", "LoadBalancer"]:
        yield from _fixed("spec.loadBalancerClass", old.get("loadBalancerClass"), new.get("loadBalancerClass"))
        ports = [spec.get("healthCheckNodePort") for spec in (old, new)]
        if all(spec.get("externalTrafficPolicy") == "Local" for spec in (old, new)) and ports[1]:
            if ports[0]:
                yield from _fixed("spec.healthCheckNodePort", *ports)
            else:
                words = "refused unless spec.healthCheckNodePort is the port that it has already"
                yield _Refusal(words, is_sure=False)


def _definition(before: Document, after: Document) -> Iterator[_Refusal]:
    """validatePreserveUnknownFields, ValidateCustomResourceDefinitionStoredVersions (apiextensions)."""
    if _at(after, "spec", "preserveUnknownFields") is True and _at(before, "spec", "preserveUnknownFields") is not True:
        yield _Refusal("spec.preserveUnknownFields cannot become true")
    versions = [_at(each, "spec", "versions") or () for each in (before, after)]
    names = {_at(version, "name") for version in versions[1]}
    for version in versions[0]:
        if _at(version, "storage") is True and _at(version, "name") not in names:
            yield _Refusal(
                f"version {_at(version, 'name')} cannot go: objects are stored in it (status.storedVersions)"
            )


_POD_MAY = frozenset({"activeDeadlineSeconds", "tolerations", "schedulingGates"})


def _pod(before: Document, after: Document) -> Iterator[_Refusal]:
    """ValidatePodUpdate (core)."""
    old, new = (dict(each["spec"]) for each in _stored_pods(before, after))
    for spec in (old, new):
        for word in ("containers", "initContainers"):
            spec[word] = [
                {key: item for key, item in container.items() if key not in ("image", "imagePullPolicy")}
                for container in spec.get(word, ())
            ]
    for name in sorted({*old, *new} - _POD_MAY):
        yield from _fixed(f"spec.{name}", old.get(name), new.get(name))
    if any(each not in new.get("tolerations", ()) for each in old.get("tolerations", ())):
        yield _Refusal("spec.tolerations only take more")
    seconds = [each.get("activeDeadlineSeconds") for each in (old, new)]
    if isinstance(seconds[0], int) and not (isinstance(seconds[1], int) and seconds[1] <= seconds[0]):
        yield _Refusal("spec.activeDeadlineSeconds can only become less")


_RULES: Mapping[tuple[str, str], tuple[Refusals, ...]] = {
    ("", "ConfigMap"): (_data,),
    ("", "PersistentVolume"): (_volume,),
    ("", "PersistentVolumeClaim"): (_claim,),
    ("", "Pod"): (_pod,),
    ("", "Secret"): (_data,),
    ("", "Service"): (_service,),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (_definition,),
    ("apps", "StatefulSet"): (_stateful_set,),
    ("batch", "Job"): (_job,),
}
