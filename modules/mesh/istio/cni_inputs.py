"""What may be set of the CNI plugin of Istio."""

from __future__ import annotations

from typing import Annotated

from groundplan.framework import Inputs, field
from groundplan.framework.constraints import Unique
from groundplan.framework.types import CpuQuantity, MemoryQuantity, NamespaceName

__all__ = ["Cni"]


class Cni(Inputs):
    """The plugin that leads a pod's requests to its proxy, on each node, so that no pod asks for NET_ADMIN to do it.

    Pods of namespaces of the level restricted can be in the mesh by it. Of a node it asks for much: root, capabilities
    and folders of the node, in a namespace of its own.
    """

    namespace: NamespaceName = field("namespace that the module makes, for the plugin alone", default="istio-cni")
    excluded_namespaces: Annotated[list[NamespaceName], Unique()] = field(
        "namespaces whose pods it leaves alone beside its own", default=["kube-system"]
    )
    cpu_request: CpuQuantity = field("CPU that the pod of each node is sure of", default="50m")
    memory_request: MemoryQuantity = field("memory that each is sure of", default="100Mi")
    memory_limit: MemoryQuantity = field("memory that each may use", default="256Mi")
