"""How the database's password comes from Secrets Manager into Kong's pods, and never through a chart's values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata

from groundplan.building import Cluster, Database, Role, custom_resources, region, service_name, workload_role
from groundplan.framework import (
    Module,
    choose,
    dependable,
    each,
    equals,
    is_set,
    jsonencode,
    part_id,
    present,
    when,
    without_nulls,
    yamlencode,
)
from groundplan.iam import document

from . import access
from .inputs import KongInputs

__all__ = ["VARIABLE", "brings_by_csi", "gateway_role", "password", "reader"]

FIELD = "password"
"""Of the secret in Secrets Manager.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
"""
VARIABLE = "KONG_PG_PASSWORD"
"""The key of the secret in the cluster: the variable that Kong reads, and the name of the file in the pods."""


def brings_by_csi(given: KongInputs) -> bool:
    """Whether the Secrets Store CSI driver brings the password: otherwise External Secrets does."""
    return equals(given.credentials, "csi")


def reader(scope: Module[Any, Any], given: KongInputs, database: Database, key_arn: str) -> Role:
    """The role of the account that External Secrets reads by: the password, and the credentials of consumers.

    External Secrets asks for a token of that account, which only the cluster's OIDC provider can prove; Pod Identity
    gives credentials to pods. https://external-secrets.io/latest/provider/aws-access/#eks-service-account-credentials
    """
    role = workload_role(
        scope,
        "secrets",
        given,
        name=f"{given.name}-secrets",
        cluster=Cluster(name=given.cluster.name, oidc_provider_arn=given.cluster.oidc_provider_arn, identity="irsa"),
        namespace=given.namespace,
        service_account=_account(given),
        statements=access.reads_password(database.secret_arn, key_arn, service_name(scope, "secretsmanager")),
        only_when=equals(given.credentials, "external_secrets"),
    )
    wanted = each(given.client_credentials)
    wanted(
        IamRolePolicy,
        scope,
        part_id("policy", "credential"),
        name=f"read-{wanted.key}",
        role=role.name,
        policy=jsonencode(document(*access.reads_credential(wanted.value.secret_arn))),
    )
    own = wanted.where(lambda credential: is_set(credential.kms_key_arn))
    own(
        IamRolePolicy,
        scope,
        part_id("policy", "credential_key"),
        name=f"decrypt-{own.key}",
        role=role.name,
        policy=jsonencode(
            document(
                *access.decrypts_credential(
                    own.value.secret_arn, present(own.value.kms_key_arn), service_name(scope, "secretsmanager")
                )
            )
        ),
    )
    return role


def gateway_role(
    scope: Module[Any, Any], given: KongInputs, database: Database, key_arn: str, log_group_arn: str
) -> Role:
    """The role of Kong's own pods: the sidecar ships, and the CSI driver reads the password in their name."""
    role = workload_role(
        scope,
        "gateway",
        given,
        name=f"{given.name}-gateway",
        cluster=given.cluster,
        namespace=given.namespace,
        service_account=given.release_name,
        statements=access.writes_requests(log_group_arn),
    )
    when(brings_by_csi(given))(
        IamRolePolicy,
        scope,
        part_id("policy", "csi"),
        name="read-password",
        role=role.name,
        policy=jsonencode(
            document(*access.reads_password(database.secret_arn, key_arn, service_name(scope, "secretsmanager")))
        ),
    )
    return role


def password(
    scope: Module[Any, Any], given: KongInputs, database: Database, role: Role, *, after: Sequence[Any]
) -> list[Any]:
    """The objects that bring the password; gives what Kong must come after.

    The secret in the cluster is called `<release>-database` either way.
    """
    by_csi = brings_by_csi(given)
    by_operator = equals(given.credentials, "external_secrets")
    secret, where = f"{given.release_name}-database", region(scope)
    account = when(by_operator)(
        ServiceAccountV1,
        scope,
        part_id("account", "secrets"),
        metadata=ServiceAccountV1Metadata(
            name=_account(given), namespace=given.namespace, annotations=role.annotations
        ),
        automount_service_account_token=False,
        depends_on=[dependable(element) for element in after],
    )
    operator = custom_resources(
        scope,
        "external_secret",
        name=f"{given.release_name}-external-secret",
        namespace=given.namespace,
        after=[*after, account, *role.ready],
        objects={
            "store": _object(
                "external-secrets.io/v1",
                "SecretStore",
                secret,
                given,
                {
                    "provider": {
                        "aws": {
                            "service": "SecretsManager",
                            "region": where,
                            "auth": {"jwt": {"serviceAccountRef": {"name": _account(given)}}},
                        }
                    }
                },
            ),
            "copy": _object(
                "external-secrets.io/v1",
                "ExternalSecret",
                secret,
                given,
                {
                    "refreshInterval": "1m",
                    "secretStoreRef": {"kind": "SecretStore", "name": secret},
                    "target": {"name": secret, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
                    # password becomes KONG_PG_PASSWORD; KONG_PG_USERNAME is there too, and nobody reads it
                    "dataFrom": [
                        {
                            "extract": {"key": database.secret_arn},
                            "rewrite": [{"transform": {"template": "KONG_PG_{{ .value | upper }}"}}],
                        }
                    ],
                },
            ),
        },
        only_when=by_operator,
    )
    driver = custom_resources(
        scope,
        "secret_provider",
        name=f"{given.release_name}-secret-provider",
        namespace=given.namespace,
        after=after,
        objects={
            # https://github.com/aws/secrets-store-csi-driver-provider-aws/blob/main/README.md
            "class": _object(
                "secrets-store.csi.x-k8s.io/v1",
                "SecretProviderClass",
                secret,
                given,
                {
                    "provider": "aws",
                    "parameters": without_nulls(
                        {
                            "region": where,
                            "usePodIdentity": choose(equals(given.cluster.identity, "pod_identity"), "true", None),
                            "objects": yamlencode(
                                [
                                    {
                                        "objectName": database.secret_arn,
                                        "objectType": "secretsmanager",
                                        "jmesPath": [{"path": FIELD, "objectAlias": VARIABLE}],
                                    }
                                ]
                            ),
                        }
                    ),
                    "secretObjects": [
                        {
                            "secretName": secret,
                            "type": "Opaque",
                            "data": [{"key": VARIABLE, "objectName": VARIABLE}],
                        }
                    ],
                },
            )
        },
        only_when=by_csi,
    )
    return [operator, driver]


def _account(given: KongInputs) -> str:
    return f"{given.release_name}-secrets"


def _object(api_version: str, kind: str, name: str, given: KongInputs, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": name, "namespace": given.namespace},
        "spec": spec,
    }
