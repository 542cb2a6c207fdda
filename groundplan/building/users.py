"""Who gets in: the users of a gateway, as the External Secrets operator brings them out of Secrets Manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.framework.conditions import is_set
from groundplan.framework.expressions import present
from groundplan.framework.module import Module

from .release import custom_resources

__all__ = ["gateway_users"]


def gateway_users(scope: Module[Any, Any], given: Any, *, service: str, secret: str, after: Sequence[Any]) -> Any:
    """The ExternalSecret that fills `secret` with passwords, where `given.gateway.external_secret` asks for it.

    nginx reads the file for each request, so nothing restarts.
    https://external-secrets.io/latest/api/externalsecret/
    """
    source = present(given.gateway.external_secret)
    return custom_resources(
        scope,
        "users",
        name=f"{service}-users",
        namespace=given.namespace,
        after=after,
        objects={
            "users": {
                "apiVersion": "external-secrets.io/v1",
                "kind": "ExternalSecret",
                "metadata": {"name": secret, "namespace": given.namespace},
                "spec": {
                    "refreshInterval": f"{source.refresh_minutes}m0s",
                    "secretStoreRef": {"name": source.store, "kind": source.store_kind},
                    "target": {"name": secret, "creationPolicy": "Owner"},
                    "data": [
                        {
                            "secretKey": ".htpasswd",
                            "remoteRef": {"key": source.key, "property": source.property},
                        }
                    ],
                },
            }
        },
        only_when=is_set(given.gateway.external_secret),
    )
