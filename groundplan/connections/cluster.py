"""A cluster as its stacks make it: pods, Services, namespaces, and the texts that pods may read."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from groundplan.objects import KubernetesObject
from groundplan.objects.fields import container_lists, map_at, maps_at
from groundplan.signals import Environment, Running
from groundplan.signals.monitors import Monitor

from .pods import Pods, Port, Service, found_by, labels_added, namespaces_of, pods_of, port_of, services_of

__all__ = ["Cluster"]


@dataclass(frozen=True)
class Cluster:
    """All that is known of a cluster: `objects` are its stacks', of releases and of resources, by stack.

    `namespaces` are the labels of those that the stacks make, `made_by` the stack and the address of what does.
    """

    objects: Mapping[str, Sequence[KubernetesObject]]
    running: Sequence[Running]
    signals: Environment
    pods: Sequence[Pods]
    services: Sequence[Service]
    namespaces: Mapping[str, Mapping[str, Any]]
    made_by: Mapping[str, tuple[str, str]]

    @classmethod
    def of(
        cls,
        objects: Mapping[str, Sequence[KubernetesObject]],
        running: Sequence[Running],
        plans: Mapping[str, Mapping[str, Any]],
        signals: Environment,
    ) -> Cluster:
        """`running` are the releases of the stacks, `plans` their plans, which may label what others make."""
        namespaces = namespaces_of(one for found in objects.values() for one in found)
        for plan in plans.values():
            for name, labels in labels_added(plan):
                if name in namespaces:
                    namespaces[name] = {**namespaces[name], **labels}
        return cls(
            objects=objects,
            running=running,
            signals=signals,
            pods=[pods for stack, found in objects.items() for pods in pods_of(stack, found)],
            services=[service for stack, found in objects.items() for service in services_of(stack, found)],
            namespaces=namespaces,
            made_by={
                one.name: (stack, one.release)
                for stack, found in objects.items()
                for one in found
                if (one.api_version, one.kind) == ("v1", "Namespace")
            },
        )

    @cached_property
    def by_name(self) -> dict[tuple[str, str], Service]:
        """The Services by namespace and name."""
        return {(each.object.namespace, each.object.name): each for each in self.services}

    def of_kind(self, group: str, *kinds: str) -> Iterator[tuple[str, KubernetesObject]]:
        """The objects of some kinds, each with its stack."""
        for stack, objects in self.objects.items():
            for one in objects:
                if one.kind in kinds and one.identity[0] == group:
                    yield stack, one

    def behind(self, service: Service, number: int | None, name: str = "") -> list[tuple[Pods, Port]]:
        """The pods of a Service, each with where a port of it leads; all of its ports where none is asked for."""
        found = []
        for pods in found_by(service.selector, service.object.namespace, self.pods):
            for port, called, target, protocol in service.asked_at():
                if (number is None and not name) or number == port or (name and name == called):
                    led = port_of(target, protocol, pods)
                    if led is not None:
                        found.append((pods, led))
        return found

    def readers_of(self, monitor: Monitor) -> Iterator[Pods]:
        """The pods of the collectors that read a monitor."""
        for collector in self.signals.collectors:
            if any(reader.may_read(monitor.obj) for reader in collector.readers):
                release = collector.release
                yield from (pods for pods in self.pods if pods.place == (release.stack, release.address))

    def texts_of(self, pods: Pods) -> Iterator[tuple[str, str]]:
        """What pods are told: each text with the title of the object that it stands in."""
        yield from ((pods.title, text) for text in _strings(pods.document))
        for kind, name in _mentioned(pods.document):
            title, texts = self._texts.get((kind, pods.namespace, name), ("", ()))
            yield from ((title, text) for text in texts)

    @cached_property
    def _texts(self) -> dict[tuple[str, str, str], tuple[str, tuple[str, ...]]]:
        """What pods may read, by kind, namespace and name: the title of the object, and its texts."""
        found: dict[tuple[str, str, str], tuple[str, tuple[str, ...]]] = {}
        for _, one in self.of_kind("", "ConfigMap", "Secret"):
            data = map_at(one.document, "data").values()
            texts = [_plain(text) if one.kind == "Secret" else text for text in data if isinstance(text, str)]
            texts += [text for text in map_at(one.document, "stringData").values() if isinstance(text, str)]
            found[one.kind, one.namespace, one.name] = one.title, tuple(texts)
        for _, one in self.of_kind("external-secrets.io", "ExternalSecret"):
            target = map_at(one.document, "spec", "target")
            texts = [text for text in map_at(target, "template", "data").values() if isinstance(text, str)]
            found["Secret", one.namespace, str(target.get("name") or one.name)] = one.title, tuple(texts)
        return found


def _plain(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _mentioned(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The ConfigMaps and Secrets that a template of pods names, by kind and name."""
    for _, volume in maps_at(template, "spec", "volumes"):
        sources = [volume, *(source for _, source in maps_at(volume, "projected", "sources"))]
        for source in sources:
            yield "ConfigMap", str(map_at(source, "configMap").get("name"))
            secret = map_at(source, "secret")
            yield "Secret", str(secret.get("secretName") or secret.get("name"))
    for _, _, container in container_lists(template):
        for _, variable in maps_at(container, "env"):
            yield "ConfigMap", str(map_at(variable, "valueFrom", "configMapKeyRef").get("name"))
            yield "Secret", str(map_at(variable, "valueFrom", "secretKeyRef").get("name"))
        for _, source in maps_at(container, "envFrom"):
            yield "ConfigMap", str(map_at(source, "configMapRef").get("name"))
            yield "Secret", str(map_at(source, "secretRef").get("name"))
