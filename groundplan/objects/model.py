"""One object, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["KNOWN_AFTER_APPLY", "KubernetesObject", "holds_unknown", "unknown_as_references"]

KNOWN_AFTER_APPLY = "known-after-apply"
"""Stands in objects for what only an apply will tell. Every name that Kubernetes asks for may be spelt so."""


@dataclass(frozen=True)
class KubernetesObject:
    """An object that a release makes, or a resource of the kubernetes provider.

    `release` is the address of the release in its stack's plan (`module.vault.helm_release.vault`), `template` the file
    of the chart that the object is from (`vault/templates/server-service.yaml`), and `namespace` where it will stand:
    what it says itself, else the release's; empty for a kind that is cluster-wide. `document` is the object. Of an
    object that a resource makes, `release` is the resource's address and `template` is empty.
    """

    release: str
    template: str
    namespace: str
    document: Mapping[str, Any] = field(hash=False)

    @property
    def api_version(self) -> str:
        """Such as apps/v1."""
        return str(self.document.get("apiVersion", ""))

    @property
    def kind(self) -> str:
        """Such as StatefulSet."""
        return str(self.document.get("kind", ""))

    @property
    def name(self) -> str:
        """Its name; empty where the API server makes one up."""
        metadata = self.document.get("metadata")
        return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""

    @property
    def annotations(self) -> Mapping[str, Any]:
        """Those of the object itself."""
        metadata = self.document.get("metadata")
        found = metadata.get("annotations") if isinstance(metadata, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    @property
    def title(self) -> str:
        """Kind, namespace and name, for messages: `StatefulSet vault/vault`."""
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {place}"

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Group, kind, namespace and name: what the API server has once, in whichever version it is written."""
        group = self.api_version.rpartition("/")[0]
        return group, self.kind, self.namespace, self.name

    @property
    def is_hook(self) -> bool:
        """Whether Helm makes it around an install or an upgrade instead of keeping it.

        https://helm.sh/docs/topics/charts_hooks/
        """
        return "helm.sh/hook" in self.annotations


def holds_unknown(value: Any) -> bool:
    """Whether something that only an apply will tell is in a text of `value`, or in one below it."""
    if isinstance(value, str):
        return KNOWN_AFTER_APPLY in value
    if isinstance(value, Mapping):
        return any(holds_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_unknown(item) for item in value)
    return False


def unknown_as_references(value: Any) -> Any:
    """The same with what only an apply will tell spelt as `groundplan.charts` knows it."""
    if isinstance(value, str):
        return "${unknown}" if KNOWN_AFTER_APPLY in value else value
    if isinstance(value, Mapping):
        return {key: unknown_as_references(item) for key, item in value.items() if KNOWN_AFTER_APPLY not in key}
    return [unknown_as_references(item) for item in value] if isinstance(value, list) else value
