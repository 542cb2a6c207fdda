"""What renews secrets: AWS's functions for database passwords, and the module's own for API keys and key rings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.data_aws_lambda_function import DataAwsLambdaFunction
from cdktf_cdktf_provider_aws.serverlessapplicationrepository_cloudformation_stack import (
    ServerlessapplicationrepositoryCloudformationStack,
)

from groundplan.building import Key, account_id, dns_suffix, function, log_group, partition, region, service_name, tags
from groundplan.framework import (
    Module,
    all_of,
    any_value,
    choose,
    concat,
    contains,
    dependable,
    each,
    equals,
    expression_of,
    first_set,
    fitted,
    is_set,
    join,
    jsonencode,
    merged,
    not_empty,
    part_id,
    text,
    texts,
    unrepeated,
)

from . import access, provider_inputs
from .inputs import SecretsManagerInputs
from .kinds import rotated_by_aws, rotated_by_key_ring, rotated_by_provider, there

__all__ = ["Rotation", "listed_roles", "rotation_functions"]

APPLICATIONS = {
    "aws": "arn:aws:serverlessrepo:us-east-1:297356227824:applications",
    "aws-cn": "arn:aws-cn:serverlessrepo:cn-north-1:193023089310:applications",
    "aws-us-gov": "arn:aws-us-gov:serverlessrepo:us-gov-west-1:023102451235:applications",
}
"""Whose functions they are, by partition: AWS's own account in each.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html
https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-secretsmanager/lib/secret-rotation.ts
"""
USUAL_VERSION = "1.1.670"
"""Of every function in AWS's own partition."""
VERSIONS = {
    "aws-cn": {
        "SecretsManagerRDSMariaDBRotationSingleUser": "1.1.442",
        "SecretsManagerRDSMariaDBRotationMultiUser": "1.1.441",
        "SecretsManagerRDSMySQLRotationSingleUser": "1.1.440",
        "SecretsManagerRDSMySQLRotationMultiUser": "1.1.440",
        "SecretsManagerRDSOracleRotationSingleUser": "1.1.441",
        "SecretsManagerRDSOracleRotationMultiUser": "1.1.441",
        "SecretsManagerRDSPostgreSQLRotationSingleUser": "1.1.440",
        "SecretsManagerRDSPostgreSQLRotationMultiUser": "1.1.440",
        "SecretsManagerRDSSQLServerRotationSingleUser": "1.1.441",
        "SecretsManagerRDSSQLServerRotationMultiUser": "1.1.441",
    },
    "aws-us-gov": {
        "SecretsManagerRDSMariaDBRotationSingleUser": "1.1.383",
        "SecretsManagerRDSMariaDBRotationMultiUser": "1.1.383",
        "SecretsManagerRDSMySQLRotationSingleUser": "1.1.384",
        "SecretsManagerRDSMySQLRotationMultiUser": "1.1.383",
        "SecretsManagerRDSOracleRotationSingleUser": "1.1.382",
        "SecretsManagerRDSOracleRotationMultiUser": "1.1.383",
        "SecretsManagerRDSPostgreSQLRotationSingleUser": "1.1.383",
        "SecretsManagerRDSPostgreSQLRotationMultiUser": "1.1.383",
        "SecretsManagerRDSSQLServerRotationSingleUser": "1.1.383",
        "SecretsManagerRDSSQLServerRotationMultiUser": "1.1.384",
    },
}
"""In the other partitions each function has versions of its own. Read on 2026-11-29 where the accounts are."""
ENGINES = {
    "mariadb": "MariaDB",
    "mysql": "MySQL",
    "oracle": "Oracle",
    "postgresql": "PostgreSQL",
    "sqlserver": "SQLServer",
}
USERS = {"alternating": "MultiUser", "single": "SingleUser"}
FUNCTION_NAME_CHARACTERS = 64


@dataclass(frozen=True)
class Rotation:
    """The rotation functions and their roles by the secret's name, and what a rotation must wait for."""

    function_arns: Any
    role_arns: Any
    needed: list[Any]


def rotation_functions(
    module: Module[Any, Any], given: SecretsManagerInputs, key: Key, arns: Any, key_arns: Any
) -> Rotation:
    """Makes every rotation function that the secrets need."""
    database = _database_functions(module, given, key, arns, key_arns)
    api_key = _api_key_functions(module, given, key, arns)
    key_ring = _key_ring_function(module, given, key, arns)
    return Rotation(
        function_arns=merged(database.function_arns, api_key.function_arns, key_ring.function_arns),
        role_arns=merged(database.role_arns, api_key.role_arns, key_ring.role_arns),
        needed=[*database.needed, *api_key.needed, *key_ring.needed],
    )


def listed_roles(given: SecretsManagerInputs, secret: str, role_arns: Any) -> list[str]:
    """The roles that may read a secret: administrators, its consumers, and the functions that rotate by means of it."""
    consumers = each(given.consumers).where(lambda consumer: contains(consumer.secrets, secret))
    own = texts("flatten", consumers.documents(lambda _, consumer: consumer.role_arns))
    as_superuser = each(given.secrets).where(
        lambda s: all_of(is_set(s.rds), equals(there(s.rds).superuser_secret, secret))
    )
    rotating = concat(
        [text("lookup", role_arns, secret, "")],
        as_superuser.documents(lambda name, _: text("lookup", role_arns, name, "")),
    )
    return unrepeated(concat(given.administrator_role_arns, own, texts("compact", rotating)))


def _database_functions(
    module: Module[Any, Any], given: SecretsManagerInputs, key: Key, arns: Any, key_arns: Any
) -> Rotation:
    """One of AWS's functions for each database secret: what one may change, no other can."""
    secrets = each(given.secrets).where(rotated_by_aws)
    rds = there(secrets.value.rds)
    name = fitted(f"{given.name}-rds-{secrets.key}", FUNCTION_NAME_CHARACTERS)
    here = partition(module)
    kind = f"SecretsManagerRDS{text('lookup', ENGINES, rds.engine)}Rotation{text('lookup', USERS, rds.users)}"
    network = first_set(rds.network, given.rotation_network)
    alternating = is_set(rds.superuser_secret)
    superuser = first_set(rds.superuser_secret, "")
    # before the function, which would otherwise make one that is kept for ever and not encrypted with our key
    logs = log_group(module, "rds", given, name=f"/aws/lambda/{name}", key=key, only_when=secrets)
    application = secrets(
        ServerlessapplicationrepositoryCloudformationStack,
        module,
        part_id("application", "rds"),
        name=name,
        application_id=f"{text('lookup', APPLICATIONS, here)}/{kind}",
        semantic_version=first_set(
            given.rotation_application_version,
            text("lookup", any_value("lookup", VERSIONS, here, {}), kind, USUAL_VERSION),
        ),
        capabilities=["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"],
        parameters=merged(
            {
                "endpoint": first_set(
                    given.secrets_manager_endpoint, f"https://{access.SERVICE}.{region(module)}.{dns_suffix(module)}"
                ),
                "excludeCharacters": rds.exclude_characters,
                "functionName": name,
                "kmsKeyArn": key.arn,
                "passwordLength": text("tostring", rds.password_characters),
                "vpcSecurityGroupIds": join(",", network.security_group_ids),
                "vpcSubnetIds": join(",", network.subnet_ids),
            },
            _only_pairs(
                alternating,
                {
                    "superuserSecretArn": text("lookup", arns, superuser, ""),
                    "superuserSecretKmsKeyArn": text("lookup", key_arns, superuser, ""),
                },
            ),
        ),
        tags=tags(module, given),
        depends_on=[dependable(logs)],
    )
    # its role, which the application names: read once there is a function to look at
    made = secrets(
        DataAwsLambdaFunction, module, part_id("data", "rds"), function_name=name, depends_on=[dependable(application)]
    )
    return Rotation(
        function_arns=secrets.document(lambda secret, _: _function_arn(module, f"{given.name}-rds-{secret}")),
        role_arns=made.all("role"),
        needed=[dependable(application)],
    )


def _only_pairs(condition: Any, pairs: dict[str, str]) -> Any:
    """Entries of a map that are there only when a flag is true."""
    return each(pairs).where(lambda _: condition).document(lambda _, value: value)


def _api_key_functions(module: Module[Any, Any], given: SecretsManagerInputs, key: Key, arns: Any) -> Rotation:
    """One function for each provider of API keys, for all the secrets whose keys come from it."""
    providers = each(given.api_key_providers)
    name = f"{given.name}-api-key-{providers.key}"
    own = each(given.secrets).where(lambda s: all_of(rotated_by_provider(s), equals(s.provider, providers.key)))
    made = function(
        module,
        "api_key",
        given,
        folder="rotate_api_key",
        handler="rotate_api_key.handler.handler",
        name=name,
        description=f"Renews the API keys of {providers.key} that Secrets Manager rotates",
        statements=access.rotation(
            own.documents(lambda secret, _: arns[secret]),
            key.arn,
            service_name(module, access.SERVICE),
            _function_arn(module, name),
        ),
        key=key,
        timeout_seconds=provider_inputs.timeout_seconds(providers.value),
        environment={"PROVIDER": jsonencode(provider_inputs.settings(providers.value))},
        invoked_by="secretsmanager.amazonaws.com",
        only_when=providers,
    )
    rotated = each(given.secrets).where(rotated_by_provider)
    return Rotation(
        function_arns=rotated.document(
            lambda _, s: f"${{aws_lambda_function.api_key[{expression_of(s.provider)}].arn}}"
        ),
        role_arns=rotated.document(lambda _, s: f"${{aws_iam_role.api_key[{expression_of(s.provider)}].arn}}"),
        needed=[dependable(made.permission)],
    )


def _key_ring_function(module: Module[Any, Any], given: SecretsManagerInputs, key: Key, arns: Any) -> Rotation:
    """One function for all encryption keys."""
    rings = each(given.secrets).where(rotated_by_key_ring)
    wanted = not_empty(rings.documents(lambda secret, _: secret))
    name = f"{given.name}-encryption-key"
    made = function(
        module,
        "encryption_key",
        given,
        folder="rotate_encryption_key",
        handler="handler.handler",
        name=name,
        description="Generates the encryption keys that Secrets Manager rotates",
        statements=[
            *access.rotation(
                rings.documents(lambda secret, _: arns[secret]),
                key.arn,
                service_name(module, access.SERVICE),
                _function_arn(module, name),
            ),
            *access.generate_keys(),
        ],
        key=key,
        environment={
            "KEY_RINGS": jsonencode(
                rings.documents(
                    lambda secret, s: {
                        "secret": arns[secret],
                        "key_bytes": choose(is_set(s.key_ring), there(s.key_ring).key_bytes, 32),
                        "keep_keys": choose(is_set(s.key_ring), there(s.key_ring).keep_keys, 10),
                    }
                )
            )
        },
        invoked_by="secretsmanager.amazonaws.com",
        only_when=wanted,
    )
    return Rotation(
        function_arns=rings.document(lambda _, __: made.arn),
        role_arns=rings.document(lambda _, __: made.role.arn),
        needed=[dependable(made.permission)],
    )


def _function_arn(module: Module[Any, Any], name: str) -> str:
    """A function's ARN from its name: its role's policy speaks of it, and must be there before it."""
    where = f"arn:{partition(module)}:lambda:{region(module)}:{account_id(module)}:function"
    return f"{where}:{fitted(name, FUNCTION_NAME_CHARACTERS)}"
