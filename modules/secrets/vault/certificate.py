"""The servers' certificate, by cert-manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import custom_resources
from groundplan.framework import Module, calculated

from .inputs import VaultInputs

__all__ = ["certificate"]


def certificate(scope: Module[Any, Any], given: VaultInputs, *, secret: str, after: Sequence[Any]) -> Any:
    """The Certificate, for every name that Vault is called by; gives what the servers must come after.

    https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate
    """
    services = [f"{given.release_name}{suffix}" for suffix in ("", "-active", "-standby", "-internal", "-ui")]
    # the services by every length of their names, and under the headless one each server
    suffixes = [f".{given.namespace}", f".{given.namespace}.svc", f".{given.namespace}.svc.cluster.local"]
    names = [f"{service}{suffix}" for service in services for suffix in ("", *suffixes)]
    servers = [f"*.{given.release_name}-internal{suffix}" for suffix in ("", *suffixes)]
    return custom_resources(
        scope,
        "certificate",
        name=f"{given.release_name}-certificate",
        namespace=given.namespace,
        after=after,
        objects={
            "servers": {
                "apiVersion": "cert-manager.io/v1",
                "kind": "Certificate",
                "metadata": {"name": secret, "namespace": given.namespace},
                "spec": {
                    "secretName": secret,
                    "commonName": given.release_name,
                    "dnsNames": [*names, *servers, "localhost"],
                    "ipAddresses": ["127.0.0.1"],
                    "duration": f"{calculated('{days} * 24', days=given.certificate_days)}h",
                    # a third of it: whole hours
                    "renewBefore": f"{calculated('{days} * 8', days=given.certificate_days)}h",
                    "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
                    "usages": ["digital signature", "server auth", "client auth"],
                    "issuerRef": {"name": given.issuer.name, "kind": given.issuer.kind, "group": given.issuer.group},
                },
            }
        },
    )
