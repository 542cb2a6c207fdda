"""Which updates of an object the API server refuses.

The fields that may not change are Kubernetes' own; the function that says it is named beside each, of
https://github.com/kubernetes/kubernetes/tree/v1.34.4/pkg/apis and
https://github.com/kubernetes/kubernetes/tree/v1.34.4/staging/src/k8s.io/apiextensions-apiserver/pkg/apis
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .fields import is_unsure, map_at, quantity
from .model import KubernetesObject
from .stored import Document, filled, is_equal, stored_pods, stored_resources, value_at

__all__ = ["refusals"]


@dataclass(frozen=True)
class Refusal:
    """A reason for which an update is refused; not sure where only an apply or the cluster tells."""

    words: str
    is_sure: bool = True


Refusals = Callable[[Document, Document], Iterator[Refusal]]


def refusals(one: KubernetesObject, other: KubernetesObject) -> Iterator[Refusal]:
    """Why the API server refuses to make the second object of the first one."""
    kind = (other.identity[0], other.kind)
    for path, default in _IMMUTABLE.get(kind, {}).items():
        steps = path.split(".")
        yield from _fixed(
            path, _or(value_at(one.document, *steps), default), _or(value_at(other.document, *steps), default)
        )
    for rule in _RULES.get(kind, ()):
        yield from rule(one.document, other.document)


def _or(value: Any, default: Any) -> Any:
    return default if value in (None, {}, [], "") else value


def _fixed(path: str, before: Any, after: Any) -> Iterator[Refusal]:
    if is_equal(before, after):
        return
    if is_unsure(before, after):
        yield Refusal(f"refused where {path} turns out to change: it cannot be changed", is_sure=False)
    else:
        yield Refusal(f"{path} cannot be changed")


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


def _stateful_set(before: Document, after: Document) -> Iterator[Refusal]:
    """ValidateStatefulSetUpdate, ValidateStatefulSetSpec (apps)."""
    old, new = map_at(before, "spec"), map_at(after, "spec")
    for name in sorted({*old, *new} - _STATEFUL_SET_MAY):
        pair = [spec.get(name) for spec in (old, new)]
        if name == "volumeClaimTemplates":
            pair = [[_stored_claim(each) for each in value or ()] for value in pair]
        default = "OrderedReady" if name == "podManagementPolicy" else None
        yield from _fixed(f"spec.{name}", _or(pair[0], default), _or(pair[1], default))
    strategies = [map_at(spec, "updateStrategy") for spec in (old, new)]
    was_rolling = (strategies[0].get("type") or "RollingUpdate") == "RollingUpdate"
    # Helm takes away what the old manifest said, and the default of the partition is nothing that it said
    if was_rolling and strategies[1].get("type") == "OnDelete":
        yield Refusal(
            "spec.updateStrategy.rollingUpdate, which the API server filled in, is only allowed with RollingUpdate"
        )


def _stored_claim(claim: Any) -> Any:
    """A claim, or a template of one, as the API server keeps it: SetDefaults_PersistentVolumeClaimSpec (core)."""
    if not isinstance(claim, Mapping):
        return claim
    spec = filled(claim.get("spec"), {"volumeMode": "Filesystem"})
    spec["resources"] = stored_resources(spec.get("resources"))
    metadata = {key: item for key, item in map_at(claim, "metadata").items() if key != "creationTimestamp"}
    return {"metadata": metadata, "spec": spec}


def _claim(before: Document, after: Document) -> Iterator[Refusal]:
    """ValidatePersistentVolumeClaimUpdate (core), and the admission plugin PersistentVolumeClaimResize."""
    old, new = (_stored_claim(each)["spec"] for each in (before, after))
    others = {"resources", "volumeAttributesClassName", "volumeName", "storageClassName"}
    # each of the two is filled in from the other, so that taking one away changes nothing
    sources = {"dataSource", "dataSourceRef"}
    for name in sorted({*old, *new} - others):
        if name not in sources or new.get(name) is not None:
            yield from _fixed(f"spec.{name}", old.get(name), new.get(name))
    yield from _fixed(
        "spec.resources.limits", value_at(old, "resources", "limits"), value_at(new, "resources", "limits")
    )
    if old.get("volumeName"):
        yield from _fixed("spec.volumeName", old.get("volumeName"), new.get("volumeName"))
    if old.get("storageClassName") is not None:
        yield from _fixed("spec.storageClassName", old.get("storageClassName"), new.get("storageClassName"))
    elif new.get("storageClassName") is not None:
        yield Refusal("refused unless spec.storageClassName is the class that it has by default", is_sure=False)
    sizes = [quantity(value_at(each, "resources", "requests", "storage")) for each in (old, new)]
    if sizes[0] is None or sizes[1] is None:
        yield from _fixed("spec.resources.requests.storage", *sizes)
    elif sizes[1] < sizes[0]:
        yield Refusal("spec.resources.requests.storage cannot shrink")
    elif sizes[1] > sizes[0]:
        yield Refusal("refused unless the claim is bound and its StorageClass has allowVolumeExpansion", is_sure=False)


def _volume(before: Document, after: Document) -> Iterator[Refusal]:
    """ValidatePersistentVolumeUpdate (core)."""
    old, new = map_at(before, "spec"), map_at(after, "spec")
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


def _job(before: Document, after: Document) -> Iterator[Refusal]:
    """validateCompletions, validatePodTemplateUpdate (batch); SetDefaults_Job."""
    old, new = map_at(before, "spec"), map_at(after, "spec")
    one, other = stored_pods(map_at(old, "template"), map_at(new, "template"))
    if not old.get("suspend"):
        yield from _fixed("spec.template", one, other)
    elif not is_equal(one, other):
        yield Refusal("refused where the job has started, or more than labels and scheduling changes", is_sure=False)
    completions, wanted, parallelism = _completions(old, new)
    if new.get("completionMode") != "Indexed":
        yield from _fixed("spec.completions", completions, wanted)
    elif wanted not in (completions, parallelism):
        yield Refusal("spec.completions changes with spec.parallelism alone, to the same number")


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


def _data(before: Document, after: Document) -> Iterator[Refusal]:
    """ValidateConfigMapUpdate, ValidateSecretUpdate (core)."""
    if before.get("immutable") is not True:
        return
    if after.get("immutable") is not True:
        yield Refusal("immutable cannot be taken back")
    for name in ("data", "binaryData", "stringData"):
        yield from _fixed(f"{name} of what is immutable", before.get(name), after.get(name))


_ALLOCATED = ("ClusterIP", "NodePort", "LoadBalancer")


def _service(before: Document, after: Document) -> Iterator[Refusal]:
    """ValidateServiceUpdate and validateService (core), and patchAllocatedValues of registry/core/service/storage."""
    old, new = map_at(before, "spec"), map_at(after, "spec")
    kinds = [spec.get("type") or "ClusterIP" for spec in (old, new)]
    if is_unsure(*kinds, old.get("clusterIP"), new.get("clusterIP")):
        yield Refusal("refused where spec.clusterIP turns out to change: it cannot be changed", is_sure=False)
        return
    if not all(kind in _ALLOCATED for kind in kinds):
        return
    addresses = [_or(spec.get("clusterIP"), "") for spec in (old, new)]
    if addresses[1] and addresses[0] != addresses[1]:
        if addresses[0] or addresses[1] == "None":
            yield Refusal("spec.clusterIP cannot be changed")
        else:
            yield Refusal("refused unless spec.clusterIP is the address that it has already", is_sure=False)
    elif addresses[0] == "None" and not addresses[1]:
        if kinds[1] == "ClusterIP":
            yield Refusal("it stays headless: the API server keeps the old spec.clusterIP", is_sure=False)
        else:
            yield Refusal(f"spec.clusterIP stays None, which a service of type {kinds[1]} may not have")
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
                yield Refusal(words, is_sure=False)


def _definition(before: Document, after: Document) -> Iterator[Refusal]:
    """validatePreserveUnknownFields, ValidateCustomResourceDefinitionStoredVersions (apiextensions)."""
    if (
        value_at(after, "spec", "preserveUnknownFields") is True
        and value_at(before, "spec", "preserveUnknownFields") is not True
    ):
        yield Refusal("spec.preserveUnknownFields cannot become true")
    versions = [value_at(each, "spec", "versions") or () for each in (before, after)]
    names = {value_at(version, "name") for version in versions[1]}
    for version in versions[0]:
        if value_at(version, "storage") is True and value_at(version, "name") not in names:
            yield Refusal(
                f"version {value_at(version, 'name')} cannot go: objects are stored in it (status.storedVersions)"
            )


_POD_MAY = frozenset({"activeDeadlineSeconds", "tolerations", "schedulingGates"})


def _pod(before: Document, after: Document) -> Iterator[Refusal]:
    """ValidatePodUpdate (core)."""
    old, new = (dict(each["spec"]) for each in stored_pods(before, after))
    for spec in (old, new):
        for word in ("containers", "initContainers"):
            spec[word] = [
                {key: item for key, item in container.items() if key not in ("image", "imagePullPolicy")}
                for container in spec.get(word, ())
            ]
    for name in sorted({*old, *new} - _POD_MAY):
        yield from _fixed(f"spec.{name}", old.get(name), new.get(name))
    if any(each not in new.get("tolerations", ()) for each in old.get("tolerations", ())):
        yield Refusal("spec.tolerations only take more")
    seconds = [each.get("activeDeadlineSeconds") for each in (old, new)]
    if isinstance(seconds[0], int) and not (isinstance(seconds[1], int) and seconds[1] <= seconds[0]):
        yield Refusal("spec.activeDeadlineSeconds can only become less")


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
