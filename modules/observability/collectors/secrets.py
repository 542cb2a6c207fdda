"""The passwords of the gateways, which External Secrets takes out of Secrets Manager.

https://external-secrets.io/latest/api/externalsecret/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import external_secret
from groundplan.framework import Module, all_of, is_set, present

from .chart import password_name
from .configuration import PASSWORDS
from .inputs import CollectorsInputs, Destination

__all__ = ["passwords"]


def passwords(scope: Module[Any, Any], given: CollectorsInputs, *, after: Sequence[Any]) -> dict[str, Any]:
    """What fills the Secret of each store's password; pods that mount it must start after it."""
    return {store: _password(scope, given, store, getattr(given, store), after) for store in PASSWORDS}


def _password(
    scope: Module[Any, Any], given: CollectorsInputs, store: str, where: Destination | None, after: Sequence[Any]
) -> Any:
    password = present(present(where).password)
    source = present(password.external_secret)
    name = f"collectors-{store}"
    return external_secret(
        scope,
        f"{store}_password",
        name=f"{name}-password",
        namespace=given.namespace,
        secret=password_name(store, where),
        source=source,
        keys={"password": source.property},
        after=after,
        only_when=all_of(is_set(where), is_set(present(where).password), is_set(password.external_secret)),
    )
