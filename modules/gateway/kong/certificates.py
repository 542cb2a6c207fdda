"""The authority of this one gateway, and what it signs: who Kong is inside the cluster, and who may ask its admin API.

It is Kong's alone, so that a certificate that somebody else has from an authority of the cluster opens nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import custom_resources
from groundplan.framework import Module

from .inputs import KongInputs

__all__ = ["ADMIN", "CLIENT", "ISSUER", "PROXY", "WEBHOOK", "certificates"]

ISSUER, ADMIN, CLIENT, PROXY, WEBHOOK = "authority", "admin", "admin-client", "proxy", "webhook"
"""What the certificates and their secrets are called, after the release's name and a hyphen."""

AUTHORITY_HOURS, AUTHORITY_RENEWED_HOURS = 87600, 43800
HOURS, RENEWED_HOURS = 2160, 720
CLIENT_HOURS, CLIENT_RENEWED_HOURS = 17520, 8760
"""The controller reads its certificate when it starts: a year is left to restart it in."""


def certificates(scope: Module[Any, Any], given: KongInputs, *, after: Sequence[Any]) -> Any:
    """The issuers and the certificates; gives what comes after them.

    https://cert-manager.io/docs/configuration/ca/
    https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate
    """
    release = given.release_name
    bootstrap = f"{release}-self-signed"
    authority = f"{release}-{ISSUER}"
    suffixes = [f".{given.namespace}", f".{given.namespace}.svc", f".{given.namespace}.svc.cluster.local"]
    return custom_resources(
        scope,
        "certificates",
        name=f"{release}-certificates",
        namespace=given.namespace,
        after=after,
        objects={
            "bootstrap": _object(given, "Issuer", bootstrap, {"selfSigned": {}}),
            "authority": _object(
                given,
                "Certificate",
                authority,
                {
                    "isCA": True,
                    "commonName": authority,
                    "secretName": authority,
                    "duration": f"{AUTHORITY_HOURS}h",
                    "renewBefore": f"{AUTHORITY_RENEWED_HOURS}h",
                    # one key for its life: what it has signed stays good when it is renewed
                    "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Never"},
                    "issuerRef": {"name": bootstrap, "kind": "Issuer", "group": "cert-manager.io"},
                },
            ),
            "issuer": _object(given, "Issuer", authority, {"ca": {"secretName": authority}}),
            "admin": _leaf(
                given, ADMIN, [f"{release}-admin{suffix}" for suffix in ("", *suffixes)] + ["localhost"], "server auth"
            ),
            "admin_client": _leaf(given, CLIENT, [f"{release}-controller"], "client auth"),
            "proxy": _leaf(given, PROXY, [f"{release}-proxy{suffix}" for suffix in ("", *suffixes)], "server auth"),
            "webhook": _leaf(
                given, WEBHOOK, [f"{release}-validation-webhook{suffix}" for suffix in suffixes], "server auth"
            ),
        },
    )


def _leaf(given: KongInputs, what: str, names: list[str], usage: str) -> dict[str, Any]:
    client = what == CLIENT
    return _object(
        given,
        "Certificate",
        f"{given.release_name}-{what}",
        {
            "secretName": f"{given.release_name}-{what}",
            "commonName": names[0],
            "dnsNames": names,
            "duration": f"{CLIENT_HOURS if client else HOURS}h",
            "renewBefore": f"{CLIENT_RENEWED_HOURS if client else RENEWED_HOURS}h",
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "usages": ["digital signature", usage],
            "issuerRef": {"name": f"{given.release_name}-{ISSUER}", "kind": "Issuer", "group": "cert-manager.io"},
        },
    )


def _object(given: KongInputs, kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": given.namespace},
        "spec": spec,
    }
