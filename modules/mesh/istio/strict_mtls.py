"""What the mesh demands of everybody: TLS from both sides, and leave for every request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import custom_resources
from groundplan.framework import Module, is_set, present

from .chart import TRACER
from .inputs import IstioInputs

__all__ = ["demands"]


def demands(scope: Module[Any, Any], given: IstioInputs, *, after: Sequence[Any]) -> None:
    """Objects of the root namespace, which hold for the whole mesh.

    https://istio.io/latest/docs/reference/config/security/peer_authentication/
    https://istio.io/latest/docs/concepts/security/#authorization-policies
    """
    custom_resources(
        scope,
        "strict_mtls",
        name="istio-strict-mtls",
        namespace=given.namespace,
        after=after,
        objects={
            "strict": {
                "apiVersion": "security.istio.io/v1",
                "kind": "PeerAuthentication",
                "metadata": {"name": "default", "namespace": given.namespace},
                "spec": {"mtls": {"mode": "STRICT"}},
            }
        },
    )
    custom_resources(
        scope,
        "default_deny",
        name="istio-default-deny",
        namespace=given.namespace,
        after=after,
        objects={
            "nothing": {
                "apiVersion": "security.istio.io/v1",
                "kind": "AuthorizationPolicy",
                "metadata": {"name": "allow-nothing", "namespace": given.namespace},
                # it allows what its rules allow, and has none
                "spec": {"action": "ALLOW"},
            }
        },
        only_when=given.default_deny,
    )
    custom_resources(
        scope,
        "tracing",
        name="istio-tracing",
        namespace=given.namespace,
        after=after,
        objects={
            "tracing": {
                "apiVersion": "telemetry.istio.io/v1",
                "kind": "Telemetry",
                "metadata": {"name": "mesh-default", "namespace": given.namespace},
                "spec": {
                    "tracing": [
                        {
                            "providers": [{"name": TRACER}],
                            "randomSamplingPercentage": present(given.tracing).sampling_percent,
                        }
                    ]
                },
            }
        },
        only_when=is_set(given.tracing),
    )
