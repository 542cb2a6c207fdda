"""Who gets in and who signs in: users that External Secrets takes out of Secrets Manager, so that none is in a value.

https://external-secrets.io/latest/api/externalsecret/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from groundplan.framework.conditions import count_set, equals, is_set
from groundplan.framework.constraints import Pattern
from groundplan.framework.expressions import present
from groundplan.framework.inputs import Inputs, field
from groundplan.framework.module import Module
from groundplan.framework.rules import Rule
from groundplan.framework.types import KubernetesName

from .release import custom_resources
from .workloads import Workload

__all__ = ["ExternalSecret", "Gateway", "SecretSource", "User", "UserSecret", "external_secret", "gateway_users"]

SecretKey = Annotated[str, Pattern("[A-Za-z0-9/_+=.@-]{1,512}", "the name of a secret in AWS Secrets Manager")]


class SecretSource(Inputs):
    """A secret of AWS Secrets Manager that the External Secrets operator keeps in the cluster."""

    store: KubernetesName = field("name of the store that the operator reads it by")
    store_kind: Literal["ClusterSecretStore", "SecretStore"] = field(
        "kind of the store: of the cluster, or of the module's namespace", default="ClusterSecretStore"
    )
    key: SecretKey = field("name of the secret in Secrets Manager, which is a JSON object")
    refresh_minutes: int = field("after how many minutes it is read again", default=15, ge=1, le=1440)


class ExternalSecret(SecretSource):
    """A secret of AWS Secrets Manager that the External Secrets operator keeps in the cluster."""

    property: str = field("key of that object whose value is the file of users", default="htpasswd", min_length=1)


class UserSecret(SecretSource):
    """A secret of AWS Secrets Manager with a user, which the External Secrets operator keeps in the cluster."""

    key: SecretKey = field("name of the secret in Secrets Manager, a JSON object of username and password")


class User(Inputs):
    """A user that something signs in as, whose password never passes through Terraform."""

    secret_name: KubernetesName | None = field(
        "name of a Secret that is there already, with the keys username and password; left out, external_secret says "
        "where they are",
        default=None,
    )
    external_secret: UserSecret | None = field(
        "where they are in AWS Secrets Manager; left out, secret_name says where they are", default=None
    )

    rules = (
        Rule(
            "secret_name",
            lambda v: equals(count_set(v.secret_name, v.external_secret), 1),
            "must be given when external_secret is not, and only then",
            shows=("secret_name",),
        ),
    )


class Gateway(Workload):
    """The one way in, for who writes and who reads: a user is a tenant, and can be no other."""

    min_replicas: int = field("how many there are at least", default=3, ge=1, le=50)
    max_replicas: int = field("how many there are at most", default=6, ge=1, le=50)
    secret_name: KubernetesName | None = field(
        "name of a Secret that is there already, whose key .htpasswd is the file of users; left out, external_secret "
        "says where they are",
        default=None,
    )
    external_secret: ExternalSecret | None = field(
        "where the users are in AWS Secrets Manager; left out, secret_name says where they are", default=None
    )
    memory_mebibytes: int = field("memory that a replica is sure of, and stopped at, in MiB", default=128, ge=32)

    rules = (
        Rule(
            "secret_name",
            lambda v: equals(count_set(v.secret_name, v.external_secret), 1),
            "must be given when external_secret is not, and only then: without users nobody gets in",
            shows=("secret_name",),
        ),
        Rule(
            "max_replicas",
            lambda v: v.max_replicas >= v.min_replicas,
            "must be min_replicas or more",
            shows=("max_replicas", "min_replicas"),
        ),
    )


def external_secret(
    scope: Module[Any, Any],
    id: str,
    *,
    name: str,
    namespace: str,
    secret: str,
    source: SecretSource,
    keys: Mapping[str, str],
    after: Sequence[Any],
    only_when: Any,
) -> Any:
    """What fills the Secret `secret` out of `source`, as the release `name`.

    `keys` are those of the Secret, with the property of the source's JSON object that is the value of each; `source`
    may be what `present` makes of an input that is left out. Returns what pods that read the Secret must come after.
    """
    return custom_resources(
        scope,
        id,
        name=name,
        namespace=namespace,
        after=after,
        objects={
            id: {
                "apiVersion": "external-secrets.io/v1",
                "kind": "ExternalSecret",
                "metadata": {"name": secret, "namespace": namespace},
                "spec": {
                    "refreshInterval": f"{source.refresh_minutes}m0s",
                    "secretStoreRef": {"name": source.store, "kind": source.store_kind},
                    "target": {"name": secret, "creationPolicy": "Owner"},
                    "data": [
                        {"secretKey": key, "remoteRef": {"key": source.key, "property": value}}
                        for key, value in keys.items()
                    ],
                },
            }
        },
        only_when=only_when,
    )


def gateway_users(scope: Module[Any, Any], given: Any, *, service: str, secret: str, after: Sequence[Any]) -> Any:
    """The ExternalSecret that fills `secret` with passwords, where `given.gateway.external_secret` asks for it.

    nginx reads the file for each request, so nothing restarts.
    """
    source = present(given.gateway.external_secret)
    return external_secret(
        scope,
        "users",
        name=f"{service}-users",
        namespace=given.namespace,
        secret=secret,
        source=source,
        keys={".htpasswd": source.property},
        after=after,
        only_when=is_set(given.gateway.external_secret),
    )
