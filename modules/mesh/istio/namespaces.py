"""Who is in the mesh: namespaces with the label by which istiod gives their pods a proxy."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_kubernetes.labels import Labels, LabelsMetadata
from cdktf_cdktf_provider_kubernetes.namespace import Namespace, NamespaceMetadata

from groundplan.framework import Module, choose, each, first_set, negated

from .inputs import IstioInputs, MeshNamespace

__all__ = ["namespaces"]


def namespaces(scope: Module[Any, Any], given: IstioInputs) -> tuple[dict[str, str], list[Any]]:
    """Makes or labels them; gives the revision of each by name, and what objects in them come after.

    The label is of a revision, not istio-injection, which would win over it and means no revision.
    https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
    """

    def labels(entry: MeshNamespace) -> dict[str, str]:
        revision = first_set(entry.revision, given.default_revision)
        return choose(entry.injected, {"istio.io/rev": revision}, {"istio-injection": "disabled"})

    made = each(given.namespaces).where(lambda entry: entry.create)
    new = made(
        Namespace,
        scope,
        "namespace",
        metadata=NamespaceMetadata(name=made.key, labels=labels(made.value)),
    )
    there = each(given.namespaces).where(lambda entry: negated(entry.create))
    there(
        Labels,
        scope,
        "namespace_labels",
        api_version="v1",
        kind="Namespace",
        metadata=LabelsMetadata(name=there.key),
        labels=labels(there.value),
    )
    found: dict[str, str] = (
        each(given.namespaces)
        .where(lambda entry: entry.injected)
        .document(lambda _, entry: first_set(entry.revision, given.default_revision))
    )
    return found, [new.element]
