"""Secrets of Secrets Manager in the cluster: the External Secrets operator, and a store for those who may read what.

Each store has a role of its own, which the operator takes by its first one: it can read nothing with that itself. Who
may use a store the store says, by namespaces; what can be read by it, the role: by the beginning of the secret's name,
and by the tag that the secret has for its consumer.

https://external-secrets.io/v2.9.0/provider/aws-secrets-manager/
https://external-secrets.io/v2.9.0/api/clustersecretstore/
"""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy

from groundplan.building import (
    account_id,
    custom_resources,
    ingress_policy,
    namespace,
    partition,
    region,
    release,
    service_name,
    tags,
    workload_role,
)
from groundplan.framework import (
    Module,
    all_of,
    concat,
    dependable,
    each,
    fitted,
    is_set,
    jsonencode,
    not_empty,
    part_id,
    present,
    texts,
)
from groundplan.iam import Principal, allow, document

from . import access, chart
from .inputs import FoundationsInputs

__all__ = ["external_secrets", "store_role_name"]

ROLE_NAME_CHARACTERS = 64
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


def store_role_name(given: FoundationsInputs, store: str) -> str:
    """The name of a store's role, by which the operator's own finds it."""
    return fitted(f"{given.name}-store-{store}", ROLE_NAME_CHARACTERS)


def external_secrets(scope: Module[Any, Any], given: FoundationsInputs, *, after: list[Any]) -> Any:
    """The operator, then the stores' roles, then the stores; gives the roles."""
    wanted = is_set(given.external_secrets)
    settings = present(given.external_secrets)
    account = f"arn:{partition(scope)}:iam::{account_id(scope)}"
    home = namespace(
        scope,
        "external_secrets",
        name=settings.namespace,
        labels={"pod-security.kubernetes.io/enforce": "restricted"},
        only_when=wanted,
    )
    role = workload_role(
        scope,
        "external_secrets",
        given,
        name=f"{given.name}-external-secrets",
        cluster=given.cluster,
        namespace=settings.namespace,
        service_account=chart.EXTERNAL_SECRETS,
        statements=access.take_store_roles(f"{account}:role/{given.name}-store-*"),
        only_when=wanted,
    )
    for id, pods, ports in chart.EXTERNAL_SECRETS_PODS:
        ingress_policy(
            scope,
            id,
            name=f"{id.replace('_', '-')}-allow-ingress",
            namespace=settings.namespace,
            pods=pods,
            ports=ports,
            after=[home],
            only_when=all_of(wanted, given.network_policies),
        )
    operator = release(
        scope,
        "external_secrets",
        chart.EXTERNAL_SECRETS_CHART,
        name=chart.EXTERNAL_SECRETS,
        namespace=settings.namespace,
        values=chart.external_secrets_values(given, role.annotations),
        extra=given.external_secrets_extra_values,
        instead=chart.EXTERNAL_SECRETS_INSTEAD,
        after=[*after, home, *role.ready],
        only_when=wanted,
    )
    stores = each(given.secret_stores)
    made = stores(
        IamRole,
        scope,
        part_id("role", "secret_store"),
        name=store_role_name(given, stores.key),
        # what Pod Identity says of a pod goes along to the next role
        # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
        assume_role_policy=jsonencode(
            document(allow("sts:AssumeRole", "sts:TagSession", principals=Principal.aws(role.arn)))
        ),
        permissions_boundary=given.permissions_boundary_arn,
        tags=tags(scope, given),
    )
    secrets = f"arn:{partition(scope)}:secretsmanager:{region(scope)}:{account_id(scope)}:secret:"
    stores(
        IamRolePolicy,
        scope,
        part_id("policy", "secret_store"),
        name="read",
        role=made.here.name,
        policy=jsonencode(
            document(
                *access.read_secrets(
                    stores.value.consumer,
                    concat(
                        texts("formatlist", f"{secrets}%s*", stores.value.paths),
                        texts("formatlist", f"{secrets}%s-??????", stores.value.names),
                    ),
                    f"arn:{partition(scope)}:kms:{region(scope)}:{account_id(scope)}:key/*",
                    service_name(scope, "secretsmanager"),
                )
            )
        ),
    )
    with_databases = stores.where(lambda store: not_empty(store.databases))
    with_databases(
        IamRolePolicy,
        scope,
        part_id("policy", "secret_store_databases"),
        name="read-databases",
        role=made.at(with_databases.key).name,
        policy=jsonencode(
            document(
                *access.read_database_secrets(
                    texts(
                        "formatlist",
                        f"arn:{partition(scope)}:rds:{region(scope)}:{account_id(scope)}:db:%s",
                        with_databases.value.databases,
                    ),
                    f"{secrets}rds!db-*",
                    f"arn:{partition(scope)}:kms:{region(scope)}:{account_id(scope)}:key/*",
                    service_name(scope, "secretsmanager"),
                )
            )
        ),
    )
    custom_resources(
        scope,
        "secret_stores",
        name="secret-stores",
        namespace=settings.namespace,
        after=[operator, dependable(made)],
        entries=given.secret_stores,
        make=lambda name, store: {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ClusterSecretStore",
            "metadata": {"name": name},
            "spec": {
                "conditions": [{"namespaces": store.namespaces}],
                "provider": {
                    "aws": {
                        "service": "SecretsManager",
                        "region": region(scope),
                        "role": f"{account}:role/{store_role_name(given, name)}",
                    }
                },
            },
        },
        only_when=all_of(wanted, not_empty(given.secret_stores)),
    )
    return made
