"""Secrets: which the pods read, and how those of AWS Secrets Manager come to be in the cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from groundplan.building import custom_resources
from groundplan.framework import Module, all_of, any_of, choose, first_set, is_set, merged, only_when, present

from .inputs import GrafanaInputs
from .source_inputs import Credentials, TenantSource
from .sources import TENANT_SOURCES

__all__ = ["Kept", "environment", "external_secrets", "kept_secrets"]


class Kept(NamedTuple):
    """A Secret: whether it is needed at all, its name, its keys, and what fills it; null when something else does."""

    needed: Any
    name: str
    keys: Mapping[str, str]
    remote_key: Any


def kept_secrets(given: GrafanaInputs) -> dict[str, Kept]:
    """What there is, by the name of the thing; each key by the variable of the pods that gets it."""
    existing = present(given.existing_database)
    sso, metrics = present(given.oidc), present(given.metrics)
    found = {
        "admin": _pair(given, "admin", True, given.admin, "ADMIN"),
        "encryption-key": Kept(
            True,
            first_set(given.encryption_key.secret_name, f"{given.release_name}-encryption-key"),
            {"GF_SECURITY_SECRET_KEY": given.encryption_key.key},
            given.encryption_key.remote_key,
        ),
        "database": _pair(
            given,
            "database",
            is_set(given.existing_database),
            existing.credentials,
            "DATABASE",
            own=is_set(given.database),
        ),
        "oidc": Kept(
            is_set(given.oidc),
            _name(given, "oidc", is_set(given.oidc), sso.client_secret.secret_name),
            {"OIDC_CLIENT_SECRET": choose(is_set(given.oidc), sso.client_secret.key, "value")},
            choose(is_set(given.oidc), sso.client_secret.remote_key, None),
        ),
        "metrics": _pair(
            given,
            "metrics",
            all_of(is_set(given.metrics), is_set(metrics.credentials)),
            present(metrics.credentials),
            "METRICS",
        ),
    }
    for uid in TENANT_SOURCES:
        source: TenantSource = present(getattr(given.data_sources, uid))
        asked = all_of(is_set(getattr(given.data_sources, uid)), is_set(source.credentials))
        found[uid] = _pair(given, uid, asked, present(source.credentials), uid.upper())
    return found


def _name(given: GrafanaInputs, what: str, needed: Any, secret_name: str | None) -> str:
    own = f"{given.release_name}-{what}"
    return choose(needed, first_set(secret_name, own), own)


def _pair(given: GrafanaInputs, what: str, needed: Any, where: Credentials, prefix: str, *, own: Any = None) -> Kept:
    """A user and a password; `own` says that there is one which the module makes itself."""
    if needed is True:
        keys = {f"{prefix}_USER": where.username_key, f"{prefix}_PASSWORD": where.password_key}
        return Kept(True, first_set(where.secret_name, f"{given.release_name}-{what}"), keys, where.remote_key)
    return Kept(
        needed if own is None else any_of(own, needed),
        _name(given, what, needed, where.secret_name),
        {
            f"{prefix}_USER": choose(needed, where.username_key, "username"),
            f"{prefix}_PASSWORD": choose(needed, where.password_key, "password"),
        },
        choose(needed, where.remote_key, None),
    )


def environment(kept: Mapping[str, Kept]) -> dict[str, Any]:
    """The variables of Grafana's container, each from its Secret. The chart asks for the administrator's by itself."""
    return merged(
        *(
            only_when(
                secret.needed,
                {
                    variable: {"secretKeyRef": {"name": secret.name, "key": key}}
                    for variable, key in secret.keys.items()
                },
            )
            for what, secret in kept.items()
            if what != "admin"
        )
    )


def external_secrets(
    scope: Module[Any, Any],
    given: GrafanaInputs,
    kept: Mapping[str, Kept],
    *,
    database_secret_arn: str,
    after: Sequence[Any],
) -> list[Any]:
    """ExternalSecrets for all that is in Secrets Manager; gives what pods must come after.

    That of the module's own database is a release of its own: its secret's ARN is known only when RDS has made it.
    https://external-secrets.io/latest/provider/aws-secrets-manager/
    """
    own = "database"
    objects = {
        what: only_when(
            all_of(secret.needed, is_set(secret.remote_key)),
            _external_secret(given, secret, _keys(secret)),
        )
        for what, secret in kept.items()
    }
    given_ones = custom_resources(
        scope,
        "secrets",
        name=f"{given.release_name}-secrets",
        namespace=given.namespace,
        after=after,
        objects=objects,
        only_when=is_set(given.secret_store),
    )
    made = custom_resources(
        scope,
        "database_secret",
        name=f"{given.release_name}-database-secret",
        namespace=given.namespace,
        after=after,
        # username and password, and nothing else: what RDS writes into it
        objects={own: _external_secret(given, kept[own], {"dataFrom": [{"extract": {"key": database_secret_arn}}]})},
        only_when=is_set(given.database),
    )
    return [given_ones, made]


def _external_secret(given: GrafanaInputs, secret: Kept, data: Mapping[str, Any]) -> dict[str, Any]:
    store = present(given.secret_store)
    known = is_set(given.secret_store)
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": secret.name, "namespace": given.namespace},
        "spec": {
            "refreshInterval": choose(known, f"{store.refresh_minutes}m", "15m"),
            "secretStoreRef": {"name": choose(known, store.name, ""), "kind": choose(known, store.kind, "")},
            "target": {"name": secret.name, "creationPolicy": "Owner"},
            **data,
        },
    }


def _keys(secret: Kept) -> dict[str, Any]:
    """The keys that are asked for, each under its own name, and no other."""
    found = choose(is_set(secret.remote_key), secret.remote_key, "")
    keys = secret.keys.values()
    return {"data": [{"secretKey": key, "remoteRef": {"key": found, "property": key}} for key in keys]}
