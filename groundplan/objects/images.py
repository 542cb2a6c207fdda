"""The container images that objects run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .fields import container_lists, pod_of
from .model import KubernetesObject

__all__ = ["ImageUse", "image_uses"]


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


def image_uses(objects: Iterable[KubernetesObject]) -> list[ImageUse]:
    """Every image of every container of these objects, sorted.

    Pods that an operator makes of a custom resource are not among them: which images those run, only it knows.
    """
    found = set()
    for one in objects:
        pod = pod_of(one.document)
        for _, _, container in container_lists(pod[1]) if pod else ():
            if isinstance(container.get("image"), str):
                found.add(ImageUse(container["image"], one.release, one.title, str(container.get("name", ""))))
    return sorted(found)
