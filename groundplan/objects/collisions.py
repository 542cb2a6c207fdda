"""What the releases of one cluster, and the objects that its stacks make themselves, take from each other.

    collisions({"prod-dns": objects, "prod-secrets": others})

A cluster has an object of one name once; Helm refuses one that another release made:
https://github.com/helm/helm/blob/v4.0.0/pkg/action/validate.go (checkOwnership). Ports of nodes, addresses, and what is
the default of its kind are there once as well.

The API server refuses a resource of the kubernetes provider whose object is there, whoever made it.

Helm deletes what is there under the name of a hook before it makes the hook, unless the hook says otherwise, whoever
made that: https://helm.sh/docs/topics/charts_hooks/#hook-deletion-policies. So hooks count between releases, those of
an uninstall too; within a release they do not, where a hook may make first what the release makes afterwards. Hooks
that are tests alone do not count: the Terraform provider runs none. A definition in a chart's folder `crds` is made
only where there is none, so that two charts may bring the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundplan.problems import Problem

from . import errors
from .fields import container_lists, is_unsure, pod_of
from .model import KubernetesObject

__all__ = ["collisions"]

_TESTS = frozenset({"test", "test-success", "test-failure"})
_WORKLOADS = frozenset({"DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})
_ANY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 (what a port is bound to, not what is listened on)
_LINUX = ("kubernetes.io/os", "linux")
# https://kubernetes.io/docs/concepts/services-networking/ingress/#default-ingress-class
# https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass
# https://kubernetes.io/docs/concepts/storage/volume-snapshot-classes/
_DEFAULTS = {
    "IngressClass": ("ingressclass.kubernetes.io/is-default-class",),
    "StorageClass": ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"),
    "VolumeSnapshotClass": ("snapshot.storage.kubernetes.io/is-default-class",),
}
_DEFAULT_MEANS = {
    "IngressClass": "an Ingress that names no class is refused",
    "PriorityClass": "the API server refuses the second one",
    "StorageClass": "the newest one counts for a claim that names none",
    "VolumeSnapshotClass": "a snapshot that names no class fails",
}


@dataclass(frozen=True)
class _Made:
    """An object and the stack that it is of; `position` keeps apart what a release makes twice."""

    stack: str
    position: int
    object: KubernetesObject

    @property
    def release(self) -> tuple[str, str]:
        return self.stack, self.object.release

    @property
    def path(self) -> str:
        return f"{self.stack}: {self.object.release}"

    def seen_from(self, other: _Made) -> str:
        """The release in words, short where it is of the same stack or the same one."""
        if self.release == other.release:
            return f"{self.object.template} of the same release"
        return self.path if self.stack != other.stack else self.object.release


def collisions(objects: Mapping[str, Iterable[KubernetesObject]]) -> list[Problem]:
    """What two releases or resources of one cluster both claim, sorted. `objects` are those of all its stacks by stack.

    Each collision is told once, at the one that comes later by name. What only an apply will tell collides with
    nothing.
    """
    made = [
        _Made(stack, position, obj)
        for stack in sorted(objects)
        for position, obj in enumerate(sorted(objects[stack], key=lambda obj: (obj.release, obj.template)))
        if not _is_test(obj)
    ]
    found = [
        *_same_objects(made),
        *_same_webhooks(made),
        *_same_node_ports(made),
        *_same_addresses(made),
        *_same_host_ports(made),
        *_two_defaults(made),
    ]
    return sorted(dict.fromkeys(found))


def _is_test(obj: KubernetesObject) -> bool:
    if not obj.is_hook:
        return False
    events = {event.strip() for event in str(obj.annotations["helm.sh/hook"]).split(",")}
    return events <= _TESTS


def _pairs(claims: Mapping[Hashable, list[_Made]]) -> Iterator[tuple[Any, _Made, _Made]]:
    """Each claim that something made later shares with the first."""
    for what, claimants in claims.items():
        for later in claimants[1:]:
            if (later.stack, later.position) != (claimants[0].stack, claimants[0].position):
                yield what, claimants[0], later


def _same_objects(made: Iterable[_Made]) -> Iterator[Problem]:
    by_identity: dict[Hashable, list[_Made]] = defaultdict(list)
    for one in made:
        if one.object.name and not is_unsure(one.object.name, one.object.namespace):
            by_identity[one.object.identity].append(one)
    for claimants in by_identity.values():
        for index, later in enumerate(claimants):
            others = (earlier for earlier in claimants[:index] if not _may_share(earlier, later))
            if (earlier := next(others, None)) is not None:
                yield errors.made_twice(
                    later.path,
                    later.object.title,
                    earlier.seen_from(later),
                    is_hook=earlier.object.is_hook or later.object.is_hook,
                    is_helms=bool(earlier.object.template and later.object.template),
                )


def _may_share(one: _Made, other: _Made) -> bool:
    if one.release == other.release:
        return one.object.is_hook or other.object.is_hook
    return _is_in_crds(one.object) and _is_in_crds(other.object)


def _is_in_crds(obj: KubernetesObject) -> bool:
    folders = obj.template.split("/")[:-1]
    return "crds" in folders and "templates" not in folders


def _same_webhooks(made: Iterable[_Made]) -> Iterator[Problem]:
    """Two configurations of which each calls its webhook of the same name for the same requests."""
    claims: dict[Hashable, list[_Made]] = defaultdict(list)
    for one in made:
        if one.object.kind not in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"):
            continue
        for hook in _maps(one.object.document.get("webhooks")):
            said = {word: hook.get(word) for word in ("name", "rules", "namespaceSelector", "objectSelector")}
            if not is_unsure(said) and hook.get("name") and hook.get("rules"):
                claims[one.object.kind, str(hook["name"]), repr(_sorted(said))].append(one)
    for (_, name, _), first, later in _pairs(claims):
        if first.object.identity != later.object.identity:
            yield errors.webhook_twice(later.path, later.object.title, name, first.seen_from(later), first.object.title)


def _same_node_ports(made: Iterable[_Made]) -> Iterator[Problem]:
    """The API server gives a port of the nodes to one service, whatever its protocol.

    https://kubernetes.io/docs/concepts/services-networking/service/#nodeport-custom-port
    """
    claims: dict[Hashable, list[_Made]] = defaultdict(list)
    for one in _services(made):
        spec = one.object.document.get("spec")
        if not isinstance(spec, Mapping):
            continue
        numbers = {port.get("nodePort") for port in _maps(spec.get("ports"))} | {spec.get("healthCheckNodePort")}
        for number in numbers:
            if isinstance(number, int) and number:
                claims[number].append(one)
    for number, first, later in _pairs(claims):
        if first.object.identity != later.object.identity:
            yield errors.node_port_twice(later.path, later.object.title, number, first.seen_from(later))


def _same_addresses(made: Iterable[_Made]) -> Iterator[Problem]:
    """https://kubernetes.io/docs/concepts/services-networking/service/#choosing-your-own-ip-address"""
    claims: dict[Hashable, list[_Made]] = defaultdict(list)
    for one in _services(made):
        spec = one.object.document.get("spec")
        address = spec.get("clusterIP") if isinstance(spec, Mapping) else None
        if isinstance(address, str) and address not in ("", "None") and not is_unsure(address):
            claims[address].append(one)
    for address, first, later in _pairs(claims):
        if first.object.identity != later.object.identity:
            yield errors.address_twice(later.path, later.object.title, address, first.seen_from(later))


def _services(made: Iterable[_Made]) -> Iterator[_Made]:
    return (one for one in made if (one.object.api_version, one.object.kind) == ("v1", "Service"))


def _two_defaults(made: Iterable[_Made]) -> Iterator[Problem]:
    claims: dict[Hashable, list[_Made]] = defaultdict(list)
    for one in made:
        kind, document = one.object.kind, one.object.document
        names = _DEFAULTS.get(kind, ())
        is_default = any(str(one.object.annotations.get(name)).lower() == "true" for name in names)
        if kind == "PriorityClass" and document.get("globalDefault") is True:
            is_default = True
        if is_default:
            # a default of snapshots is one of its driver's
            claims[kind, str(document.get("driver")) if kind == "VolumeSnapshotClass" else ""].append(one)
    for (kind, driver), first, later in _pairs(claims):
        if first.object.identity != later.object.identity and not is_unsure(driver):
            means = _DEFAULT_MEANS[kind]
            yield errors.two_defaults(later.path, later.object.title, first.object.title, first.seen_from(later), means)


@dataclass(frozen=True)
class _Host:
    """A workload that takes a port of the nodes that it runs on, and what is known of these nodes."""

    made: _Made
    address: str
    selector: frozenset[tuple[str, str]]
    affinity: str
    tolerations: frozenset[str]

    @property
    def is_everywhere(self) -> bool:
        return self.made.object.kind == "DaemonSet"

    def is_wherever(self, other: _Host) -> bool:
        """Whether a pod of this one is on every node that may have one of the other."""
        tolerates_all = repr([("operator", "Exists")]) in self.tolerations
        return (
            self.is_everywhere
            and self.selector <= other.selector
            and self.affinity in ("", other.affinity)
            and (tolerates_all or other.tolerations <= self.tolerations)
        )


def _same_host_ports(made: Iterable[_Made]) -> Iterator[Problem]:
    """No pod comes to a node where another holds its port: where a DaemonSet is on all of them, it waits for ever.

    https://kubernetes.io/docs/concepts/configuration/overview/#services (hostPort)
    """
    hosts: dict[tuple[int, str], list[_Host]] = defaultdict(list)
    for one in made:
        for number, protocol, host in _host_ports(one):
            hosts[number, protocol].append(host)
    for (number, protocol), claimants in hosts.items():
        for index, later in enumerate(claimants):
            for earlier in claimants[:index]:
                is_same = earlier.made.object.identity == later.made.object.identity
                meet = earlier.address == later.address or "" in (earlier.address, later.address)
                if not is_same and meet and (earlier.is_wherever(later) or later.is_wherever(earlier)):
                    yield errors.host_port_twice(
                        later.made.path,
                        later.made.object.title,
                        f"{number}/{protocol}",
                        earlier.made.object.title,
                        earlier.made.seen_from(later.made),
                    )
                    break


def _host_ports(one: _Made) -> Iterator[tuple[int, str, _Host]]:
    found = pod_of(one.object.document)
    if found is None or one.object.kind not in _WORKLOADS:
        return
    pod = found[1].get("spec")
    if not isinstance(pod, Mapping) or is_unsure(pod.get("nodeSelector"), pod.get("affinity"), pod.get("tolerations")):
        return
    selector = pod.get("nodeSelector")
    labels = selector.items() if isinstance(selector, Mapping) else ()
    affinity = pod.get("affinity")
    nodes = affinity.get("nodeAffinity") if isinstance(affinity, Mapping) else None
    required = nodes.get("requiredDuringSchedulingIgnoredDuringExecution") if isinstance(nodes, Mapping) else None
    host = _Host(
        made=one,
        address="",
        selector=frozenset((str(key), str(value)) for key, value in labels) - {_LINUX},
        affinity=repr(_sorted(required)) if required else "",
        tolerations=frozenset(repr(_sorted(toleration)) for toleration in _maps(pod.get("tolerations"))),
    )
    for word, _, container in container_lists(found[1]):
        if word == "initContainers" and container.get("restartPolicy") != "Always":
            continue
        for port in _maps(container.get("ports")):
            number = port.get("hostPort") or (port.get("containerPort") if pod.get("hostNetwork") is True else None)
            address, protocol = str(port.get("hostIP") or ""), str(port.get("protocol") or "TCP")
            if isinstance(number, int) and number and not is_unsure(address, protocol):
                address = "" if address in _ANY_ADDRESS else address
                yield (
                    number,
                    protocol,
                    _Host(host.made, address, host.selector, host.affinity, host.tolerations),
                )


def _maps(value: Any) -> Iterator[Mapping[str, Any]]:
    return (item for item in (value if isinstance(value, list) else ()) if isinstance(item, Mapping))


def _sorted(value: Any) -> Any:
    """The same in one order of keys, to be compared."""
    if isinstance(value, Mapping):
        return sorted((str(key), _sorted(item)) for key, item in value.items() if item is not None)
    return [_sorted(item) for item in value] if isinstance(value, list) else value
