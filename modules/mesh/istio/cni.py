"""The CNI plugin of Istio: its namespace and its chart.

https://istio.io/latest/docs/setup/additional-setup/cni/. Source of the values:
https://github.com/istio/istio/tree/1.30.3/manifests/charts/istio-cni
"""

from __future__ import annotations

from typing import Any

from groundplan.building import namespace, release
from groundplan.charts import chart
from groundplan.framework import Module, concat, is_set, present

from .inputs import IstioInputs

__all__ = ["CHART", "DAEMON_SET", "cni"]

CHART = chart("istio-cni")
DAEMON_SET = "istio-cni-node"
"""What the chart calls it, whatever its release is called."""

INSTEAD = {
    "excludeNamespaces": "cni.excluded_namespaces",
    "global.hub": "hub",
    "global.networkPolicy.enabled": "network_policies",
    "resources": "cni",
}
"""The input to set instead of a value that the module keeps."""


def cni(scope: Module[Any, Any], given: IstioInputs) -> Any:
    """Makes them: control planes that rely on it come after."""
    wanted, settings = is_set(given.cni), present(given.cni)
    home = namespace(
        scope,
        "cni",
        name=settings.namespace,
        # root, capabilities and folders of the node: https://kubernetes.io/docs/concepts/security/pod-security-standards/
        labels={"pod-security.kubernetes.io/enforce": "privileged"},
        only_when=wanted,
    )
    return release(
        scope,
        "cni",
        CHART,
        name="istio-cni",
        namespace=settings.namespace,
        values={
            "excludeNamespaces": concat([settings.namespace], settings.excluded_namespaces),
            "resources": {
                "requests": {"cpu": settings.cpu_request, "memory": settings.memory_request},
                "limits": {"memory": settings.memory_limit},
            },
            "seccompProfile": {"type": "RuntimeDefault"},
            # EKS is newer than 1.29, which alone asks for the annotation
            "useAppArmorAnnotation": False,
            "global": {
                "hub": given.hub,
                # works with control planes of the version before and after too
                "tag": CHART.app_version,
                "variant": "distroless",
                "logAsJson": True,
                "networkPolicy": {"enabled": given.network_policies},
            },
        },
        extra=given.cni_extra_values,
        instead=INSTEAD,
        after=[home],
        only_when=wanted,
    )
