"""The container images that objects run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .model import KubernetesObject

__all__ = ["ImageUse", "image_uses", "pod_specs"]

# https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/
_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    **dict.fromkeys(
        ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"),
        ("spec", "template", "spec"),
    ),
    "PodTemplate": ("template", "spec"),
}
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_GROUPS = frozenset({"", "apps", "batch"})


@dataclass(frozen=True, order=True)
class ImageUse:
    """An image, and the container that it is in."""

    image: str
    release: str
    object: str
    container: str

    @property
    def is_pinned(self) -> bool:
        """Whether a digest says which image it is; a tag may be moved."""
        return "@sha256:" in self.image


def pod_specs(one: KubernetesObject) -> Iterator[Mapping[str, Any]]:
    """The pod that an object of Kubernetes' own kinds makes, as its spec."""
    if one.api_version.rpartition("/")[0] not in _GROUPS:
        return
    found: Any = one.document
    for step in _TEMPLATES.get(one.kind, (None,)):
        found = found.get(step) if isinstance(found, Mapping) and step else None
    if isinstance(found, Mapping):
        yield found


def image_uses(objects: Iterable[KubernetesObject]) -> list[ImageUse]:
    """Every image of every container of these objects, sorted.

    Pods that an operator makes of a custom resource are not among them: which images those run, only it knows.
    """
    found = set()
    for one in objects:
        for pod in pod_specs(one):
            for word in _CONTAINERS:
                for container in pod.get(word) or ():
                    if isinstance(container, Mapping) and container.get("image"):
                        use = (str(container["image"]), one.release, one.title, str(container.get("name", "")))
                        found.add(ImageUse(*use))
    return sorted(found)
