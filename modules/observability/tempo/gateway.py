"""Who gets in: the users of the gateway, as the External Secrets operator brings them out of Secrets Manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import custom_resources
from groundplan.framework import Module, is_set, present

from .chart import USERS
from .inputs import TempoInputs

__all__ = ["users"]


def users(scope: Module[Any, Any], given: TempoInputs, *, after: Sequence[Any]) -> Any:
    """The ExternalSecret, where one is asked for; nginx reads the file for each request, so nothing restarts.

    https://external-secrets.io/latest/api/externalsecret/
    """
    source = present(given.gateway.external_secret)
    return custom_resources(
        scope,
        "users",
        name="tempo-users",
        namespace=given.namespace,
        after=after,
        objects={
            "users": {
                "apiVersion": "external-secrets.io/v1",
                "kind": "ExternalSecret",
                "metadata": {"name": USERS, "namespace": given.namespace},
                "spec": {
                    "refreshInterval": f"{source.refresh_minutes}m0s",
                    "secretStoreRef": {"name": source.store, "kind": source.store_kind},
                    "target": {"name": USERS, "creationPolicy": "Owner"},
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
