"""Pods and what stands before them: templates of pods, Services, and the labels of namespaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundplan.objects import KubernetesObject, holds_unknown
from groundplan.objects.fields import container_lists, is_unsure, map_at, maps_at, pod_of
from groundplan.signals.running import managed

__all__ = [
    "ANY_PORT",
    "NAME_LABEL",
    "Pods",
    "Port",
    "Service",
    "found_by",
    "labels_added",
    "namespaces_of",
    "pods_of",
    "port_of",
    "services_of",
]

NAME_LABEL = "kubernetes.io/metadata.name"
"""The label that every namespace has: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name"""


@dataclass(frozen=True)
class Port:
    """A port of pods: a number, or None where it is not known which."""

    number: int | None
    protocol: str = "TCP"

    def __str__(self) -> str:
        return "any port" if self.number is None else f"port {self.number}"


ANY_PORT = Port(None)


@dataclass(frozen=True)
class Pods:
    """The pods of one template, or what is known of pods that no stack makes.

    `stack` and `address` are of what makes them. `labels` are all of theirs where `is_whole`, else those that are
    known, as are `annotations`. `ports` are those of their containers, by name. A pod that is `on_host` has its node's
    address. `document` is the template.
    """

    stack: str
    address: str
    title: str
    namespace: str
    labels: Mapping[str, Any]
    is_whole: bool = True
    annotations: Mapping[str, Any] = field(default_factory=dict)
    ports: Mapping[str, Port] = field(default_factory=dict)
    service_account: str = ""
    on_host: bool = False
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str]:
        """Stack and address."""
        return self.stack, self.address


@dataclass(frozen=True)
class Service:
    """A Service: `ports` are what pods are asked at, by what the Service is asked at."""

    stack: str
    object: KubernetesObject
    selector: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Kind, namespace and name."""
        return self.object.title

    def asked_at(self) -> Iterator[tuple[int, str, Any, str]]:
        """Each port: its number, its name, what of the pods it leads to (a number or a name), and the protocol."""
        for _, port in maps_at(self.object.document, "spec", "ports"):
            number = port.get("port")
            if isinstance(number, int):
                target = port.get("targetPort")
                yield number, str(port.get("name") or ""), target or number, str(port.get("protocol") or "TCP")


def pods_of(stack: str, objects: Iterable[KubernetesObject]) -> Iterator[Pods]:
    """The pods that objects make."""
    for one in objects:
        found = pod_of(one.document)
        if found is None or _is_test(one):
            continue
        template = found[1]
        spec, labels = map_at(template, "spec"), map_at(template, "metadata", "labels")
        ports = {}
        for _, _, container in container_lists(template):
            for _, port in maps_at(container, "ports"):
                if isinstance(number := port.get("containerPort"), int):
                    ports[str(port.get("name") or number)] = Port(number, str(port.get("protocol") or "TCP"))
        yield Pods(
            stack,
            one.release,
            one.title,
            one.namespace,
            labels,
            is_whole=not is_unsure(labels),
            annotations=map_at(template, "metadata", "annotations"),
            ports=ports,
            service_account=str(spec.get("serviceAccountName") or "default"),
            on_host=spec.get("hostNetwork") is True,
            document=template,
        )


def _is_test(one: KubernetesObject) -> bool:
    """Pods of `helm test`, which Terraform's provider never runs."""
    return str(one.annotations.get("helm.sh/hook", "")).startswith("test")


def services_of(stack: str, objects: Iterable[KubernetesObject]) -> Iterator[Service]:
    """The Services among objects."""
    for one in objects:
        if (one.api_version, one.kind) == ("v1", "Service"):
            yield Service(stack, one, map_at(one.document, "spec", "selector"))


def namespaces_of(objects: Iterable[KubernetesObject]) -> dict[str, Mapping[str, Any]]:
    """The labels of each namespace that is made, by its name; others may have any."""
    return {
        one.name: {**map_at(one.document, "metadata", "labels"), NAME_LABEL: one.name}
        for one in objects
        if (one.api_version, one.kind) == ("v1", "Namespace") and not holds_unknown(one.name)
    }


def labels_added(plan: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The labels that a plan gives to namespaces which others make, by their names.

    https://registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs/resources/labels
    """
    for resource, after, _ in managed(plan):
        if resource.get("type") == "kubernetes_labels" and (after.get("api_version"), after.get("kind")) == (
            "v1",
            "Namespace",
        ):
            for _, metadata in maps_at(after, "metadata"):
                if isinstance(name := metadata.get("name"), str):
                    yield name, map_at(after, "labels")


def found_by(selector: Mapping[str, Any], namespace: str, pods: Iterable[Pods]) -> Iterator[Pods]:
    """The pods that a Service's selector finds for sure; one without a selector finds none."""
    if selector and not is_unsure(selector):
        for each in pods:
            if each.namespace == namespace and all(each.labels.get(key) == value for key, value in selector.items()):
                yield each


def port_of(target: Any, protocol: str, pods: Pods) -> Port | None:
    """Where a Service's port leads in these pods; None where no container has a port of that name."""
    if isinstance(target, int):
        return Port(target, protocol)
    return pods.ports.get(str(target))
