"""Users of RDS PostgreSQL databases: where they are, whom Vault is there, and the users that it makes."""

from __future__ import annotations

from cdktf_cdktf_provider_vault.database_secret_backend_connection import (
    DatabaseSecretBackendConnection,
    DatabaseSecretBackendConnectionPostgresql,
)
from cdktf_cdktf_provider_vault.database_secret_backend_role import DatabaseSecretBackendRole
from cdktf_cdktf_provider_vault.generic_endpoint import GenericEndpoint
from cdktf_cdktf_provider_vault.mount import Mount

from groundplan.framework import (
    Module,
    choose,
    each,
    each_pair,
    expression_of,
    is_set,
    jsonencode,
    keys,
    part_id,
    present,
    when,
)
from groundplan.framework.references import ListReference, MapReference
from groundplan.framework.shapes import Text

from .inputs import VaultConfigInputs, VaultConfigOutputs

__all__ = ["database"]


def database(scope: Module[VaultConfigInputs, VaultConfigOutputs], given: VaultConfigInputs) -> dict[str, str]:
    """The engine with its connections and roles; gives the path that each role's users are asked for at.

    The root rotation is a call and no resource: the provider has one only for Vault Enterprise, by schedule
    (https://registry.terraform.io/providers/hashicorp/vault/5.6.0/docs/resources/database_secret_backend_connection).
    Each number of `root_rotations` is an address of its own, so that each call is made once.
    https://developer.hashicorp.com/vault/api-docs/secret/databases#rotate-root-credentials
    """
    wanted = is_set(given.database)
    engine = when(wanted)(
        Mount,
        scope,
        part_id("mount", "database"),
        path=present(given.database).path,
        type="database",
        description=f"{given.name}: users of databases",
    )
    asked = choose(wanted, present(given.database).connections, {})
    connections = each(asked)
    connection = connections.value
    names = expression_of(keys(connection.roles))
    made = connections(
        DatabaseSecretBackendConnection,
        scope,
        part_id("connection", "databases"),
        backend=engine.one.path,
        name=connections.key,
        plugin_name="postgresql-database-plugin",
        allowed_roles=ListReference(f'[for role in {names} : "${{each.key}}-${{role}}"]', Text()),
        # there is no password to try before a person has told Vault one
        verify_connection=connection.root_rotations > 0,
        postgresql=DatabaseSecretBackendConnectionPostgresql(
            connection_url=(
                f"postgresql://{{{{username}}}}:{{{{password}}}}@{connection.host}:{connection.port}/"
                f"{connection.database}?sslmode=verify-full"
            ),
            username=connection.username,
            # what Vault sends is a hash: a log of statements has no password in it
            password_authentication="scram-sha-256",  # noqa: S106 - a word of the plugin's
            tls_ca=connection.ca_certificate,
            max_open_connections=connection.max_open_connections,
            max_connection_lifetime=300,
        ),
    )
    rotated = each(
        MapReference(
            f'{{for name, asked in {expression_of(asked)} : "${{name}}/${{asked.root_rotations}}" => name '
            "if asked.root_rotations > 0}",
            Text(),
        )
    )
    rotated(
        GenericEndpoint,
        scope,
        part_id("rotation", "roots"),
        path=f"{engine.one.path}/rotate-root/{made.at(rotated.value).name}",
        data_json=jsonencode({}),
        disable_read=True,
        disable_delete=True,
    )
    roles = each_pair(asked, lambda one: one.roles)
    users = roles(
        DatabaseSecretBackendRole,
        scope,
        part_id("role", "users"),
        backend=engine.one.path,
        name=f"{roles.value.outer_key}-{roles.value.inner_key}",
        db_name=made.at(roles.value.outer_key).name,
        creation_statements=roles.value.inner.creation_statements,
        revocation_statements=roles.value.inner.revocation_statements,
        default_ttl=roles.value.inner.default_ttl_seconds,
        max_ttl=roles.value.inner.max_ttl_seconds,
    )
    return MapReference(
        f'{{for name, role in {users.address} : name => "${{role.backend}}/creds/${{role.name}}"}}', Text()
    )
