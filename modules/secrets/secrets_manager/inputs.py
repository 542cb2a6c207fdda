"""What may be set: which secrets there are, how each is renewed, and who reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from groundplan.building import GivenKey, ServiceInputs, copied_onto_itself, kept_tag
from groundplan.framework import (
    EachRule,
    Inputs,
    Outputs,
    Rule,
    Term,
    computed,
    contains,
    every,
    expression_of,
    field,
    keys,
    length,
    output,
    picked,
    some,
    unset,
)
from groundplan.framework.constraints import Arn, Pattern
from groundplan.framework.cron import AwsScheduleExpression
from groundplan.framework.hcl import quoted
from groundplan.framework.types import (
    HttpsUrl,
    KmsKeyArn,
    Names,
    OrganizationId,
    RegionName,
    SecretArn,
    SecurityGroupId,
    SubnetId,
)
from groundplan.grammars.schedules import SECRETS_MANAGER
from groundplan.problems import Problem

from .access import reader_tag
from .provider_inputs import ApiKeyProvider

__all__ = [
    "Consumer",
    "KeyRing",
    "ManagedSecret",
    "Network",
    "RdsCredentials",
    "ReplicaRegion",
    "Rotation",
    "Secret",
    "SecretName",
    "SecretsManagerInputs",
    "SecretsManagerOutputs",
]

SecretName = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,38}[a-z0-9]", "2 to 40 lower-case letters, digits and hyphens, beginning with a letter"),
]
ReaderRoleArn = Annotated[
    str,
    # no wildcards: an event pattern compares literally, so `*` would report every reader as unlisted
    Arn("iam", "role/[A-Za-z0-9_+=,.@/-]+", "arn:aws:iam::111122223333:role/claims-api"),
]
RotationSchedule = Annotated[str, AwsScheduleExpression(SECRETS_MANAGER)]

PROVIDER_KINDS = ["api_key", "oauth_client_secret"]


def _longest_window_hours(schedule: Term) -> Term:
    """Until the next window, or to the end of the day in UTC; 24 hours where no one hour is said."""
    rate, cron = r"^rate\(([0-9]+) hours?\)$", r"^cron\([0-9]+ ([0-9]+) "

    def compute() -> int:
        text = computed(schedule)
        if hourly := re.search(rate, text):
            return int(hourly[1])
        daily = re.search(cron, text)
        return 24 - int(daily[1]) if daily else 24

    text = expression_of(schedule)
    return Term(
        lambda: f"try(tonumber(regex({quoted(rate)}, {text})[0]), 24 - tonumber(regex({quoted(cron)}, {text})[0]), 24)",
        compute,
    )


class Rotation(Inputs):
    """When a secret gets a new value."""

    automatically_after_days: int | None = field(
        "days from one rotation to the next; left out, give schedule_expression", default=None, ge=1, le=1000
    )
    schedule_expression: RotationSchedule | None = field(
        "when rotations begin, in UTC, as cron(...) or rate(...); left out, give automatically_after_days", default=None
    )
    window_hours: int | None = field(
        "how long after its beginning a rotation may still start, in hours; left out, until the end of the day in UTC",
        default=None,
        ge=1,
        le=24,
    )

    rules = (
        Rule(
            "schedule_expression",
            lambda v: unset(v.schedule_expression) | unset(v.automatically_after_days),
            "must not be given together with automatically_after_days: remove one of them",
            shows=("schedule_expression", "automatically_after_days"),
        ),
        Rule(
            "automatically_after_days",
            lambda v: ~(unset(v.schedule_expression) & unset(v.automatically_after_days)),
            "must be given, or schedule_expression instead",
        ),
        # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
        Rule(
            "window_hours",
            lambda v: (
                unset(v.window_hours)
                | unset(v.schedule_expression)
                | (v.window_hours <= _longest_window_hours(v.schedule_expression))
            ),
            "must end before the next window begins, and before the day ends in UTC: make it shorter, or begin earlier",
            shows=("window_hours", "schedule_expression"),
        ),
    )


class Network(Inputs):
    """Where a rotation function reaches a database from."""

    subnet_ids: list[SubnetId] = field(
        "private subnets with a way to Secrets Manager (its VPC endpoint, or NAT) and to the database", min_length=1
    )
    security_group_ids: list[SecurityGroupId] = field(
        "security groups that the database lets in and that let HTTPS out", min_length=1
    )


class ManagedSecret(Inputs):
    """The master password that RDS itself makes, stores and rotates (manage_master_user_password)."""

    arn: SecretArn = field("ARN of the secret: master_user_secret[0].secret_arn of the database")
    kms_key_arn: KmsKeyArn = field("ARN of the key that encrypts it: master_user_secret_kms_key_id of the database")


class RdsCredentials(Inputs):
    """How the password of a database user is renewed."""

    engine: Literal["mariadb", "mysql", "oracle", "postgresql", "sqlserver"] = field(
        "database engine, Aurora's included, which decides the rotation function", default="postgresql"
    )
    managed_secret: ManagedSecret | None = field(
        "secret that RDS owns: nothing is made but the access to it; left out, the module makes the secret",
        default=None,
    )
    users: Literal["single", "alternating"] = field(
        "whether one user gets a new password, or two users take turns so that the password before stays valid; "
        "alternating needs superuser_secret",
        default="single",
    )
    superuser_secret: str | None = field(
        "name of the secret, among secrets, of the user that may change the passwords of the two users that take "
        "turns; for users = alternating only",
        default=None,
    )
    network: Network | None = field(
        "where the rotation function runs; left out, in rotation_network of the module", default=None
    )
    password_characters: int = field("how long a generated password is", default=32, ge=16, le=128)
    exclude_characters: str = field(
        "characters that a generated password does not have: those that the database or its clients cannot take",
        default="/@\"'\\",
        max_length=64,
    )

    rules = (
        Rule(
            "superuser_secret",
            lambda v: (v.users != "alternating") | ~unset(v.superuser_secret),
            "must be given for users = alternating: name the secret of a user that may change both passwords",
        ),
        Rule(
            "superuser_secret",
            lambda v: (v.users == "alternating") | unset(v.superuser_secret),
            "is for users = alternating only: remove it, or change users",
            shows=("users",),
        ),
        Rule(
            "users",
            lambda v: unset(v.managed_secret) | (v.users == "single"),
            "must be single with managed_secret: RDS rotates its own user by itself",
            shows=("users",),
        ),
        Rule(
            "network",
            lambda v: unset(v.managed_secret) | unset(v.network),
            "must be left out with managed_secret: RDS rotates without a function",
        ),
    )


class KeyRing(Inputs):
    """How an encryption key for an application is generated and renewed."""

    key_bytes: Literal[16, 24, 32] = field("length of each key, in bytes: 32 for AES-256", default=32)
    keep_keys: int = field(
        "how many keys the secret holds, the current one among them, so that what older ones encrypted stays readable; "
        "a key beyond that is dropped at the next rotation",
        default=10,
        ge=2,
        le=100,
    )


class Secret(Inputs):
    """One secret: a container of a kind. Its value is never an input."""

    kind: Literal["rds_credentials", "api_key", "oauth_client_secret", "encryption_key"] = field(
        "what is in it, which decides how it is generated and rotated"
    )
    description: str = field("what it opens, for those who find it", min_length=1, max_length=2048)
    rotation: Rotation | None = field("when it gets a new value; left out, people put new values", default=None)
    rds: RdsCredentials | None = field("for kind rds_credentials only: the database user's side", default=None)
    provider: str | None = field(
        "for kinds api_key and oauth_client_secret only: who makes a new key, a name among api_key_providers",
        default=None,
    )
    key_ring: KeyRing | None = field(
        "for kind encryption_key only: what is generated; left out, 32 bytes and the last 10 keys", default=None
    )
    replica_regions: list[RegionName] = field(
        "regions that keep a copy, names among replica_regions of the module; left out, there is none", default=[]
    )

    rules = (
        Rule(
            "rds",
            lambda v: unset(v.rds) | (v.kind == "rds_credentials"),
            "is for kind rds_credentials only: remove it, or change the kind",
            shows=("kind",),
        ),
        Rule(
            "rds",
            lambda v: ~unset(v.rds) | unset(v.rotation) | (v.kind != "rds_credentials"),
            "must be given to rotate a secret of kind rds_credentials: which engine and users it is for",
        ),
        Rule(
            "provider",
            lambda v: unset(v.provider) | contains(PROVIDER_KINDS, v.kind),
            "is for kinds api_key and oauth_client_secret only: remove it, or change the kind",
            shows=("kind",),
        ),
        Rule(
            "provider",
            lambda v: ~unset(v.provider) | unset(v.rotation) | ~contains(PROVIDER_KINDS, v.kind),
            "must be given to rotate a secret of this kind: only the third party can make a new key",
            shows=("kind",),
        ),
        Rule(
            "rotation",
            lambda v: unset(v.provider) | ~unset(v.rotation),
            "must be given with provider: without a schedule the provider is never asked",
        ),
        Rule(
            "key_ring",
            lambda v: unset(v.key_ring) | (v.kind == "encryption_key"),
            "is for kind encryption_key only: remove it, or change the kind",
            shows=("kind",),
        ),
        Rule(
            "key_ring",
            lambda v: unset(v.key_ring) | ~unset(v.rotation),
            "needs rotation: keys are generated by it, the first one too",
        ),
        Rule(
            "replica_regions",
            lambda v: unset(v.rds) | unset(v.rds.managed_secret) | (length(v.replica_regions) == 0),
            "must be left out with rds.managed_secret: only RDS can copy what it owns",
            shows=("replica_regions",),
        ),
    )


class Consumer(Inputs):
    """Who reads secrets: an application, a team, a pipeline."""

    secrets: Names = field("names of the secrets that it reads, among secrets", min_length=1)
    role_arns: list[ReaderRoleArn] = field(
        "ARNs of the IAM roles that it reads them with; every other role is refused and reported", min_length=1
    )


class ReplicaRegion(Inputs):
    """A region that copies of secrets go to."""

    kms_key: GivenKey | None = field(
        "key in that region that encrypts the copies; left out, the module makes its own there with yearly rotation",
        default=None,
    )


def _copied_onto_itself(given: SecretsManagerInputs) -> Iterator[Problem]:
    for region in given.replica_regions:
        yield from copied_onto_itself(given, f'replica_regions["{region}"]', region)


class SecretsManagerInputs(ServiceInputs):
    """The secrets of an environment, and who reads which."""

    secrets: dict[SecretName, Secret] = field("secrets by name; a secret's full name is <name>/<its name>")
    consumers: dict[SecretName, Consumer] = field(
        "who reads which secrets, by name; each gets an IAM policy to attach; left out, nobody gets one", default={}
    )
    administrator_role_arns: list[ReaderRoleArn] = field(
        "ARNs of the IAM roles that may read every secret beside its consumers: those that put first values and those "
        "that break glass; left out, there are none",
        default=[],
    )
    organization_id: OrganizationId | None = field(
        "AWS Organizations id: no principal outside of it reads a secret, whatever allows it; left out, not checked",
        default=None,
    )
    recovery_window_days: int = field("how long a deleted secret can be restored, in days", default=30, ge=7, le=30)
    replica_regions: dict[RegionName, ReplicaRegion] = field(
        "regions that secrets may name in their replica_regions, each with its key; left out, there are none",
        default={},
    )
    rotation_network: Network | None = field(
        "where the rotation functions of databases run; left out, each such secret gives its own rds.network",
        default=None,
    )
    secrets_manager_endpoint: HttpsUrl | None = field(
        "URL at which the rotation functions of databases reach Secrets Manager; left out, the service's public name, "
        "which a VPC endpoint with private DNS answers to",
        default=None,
    )
    rotation_application_version: Annotated[str, Pattern(r"[0-9]+\.[0-9]+\.[0-9]+", "an exact version")] | None = field(
        "version of AWS's rotation functions in the Serverless Application Repository; left out, 1.1.670, and in China "
        "and GovCloud, where every function has versions of its own, the latest known of each",
        default=None,
    )
    api_key_providers: dict[SecretName, ApiKeyProvider] = field(
        "third parties that renew their keys over HTTPS, by name; each gets a function; left out, there are none",
        default={},
    )

    rules = (
        kept_tag(reader_tag(""), "each of consumers may read the secrets that carry its own"),
        EachRule(
            "secrets",
            lambda v, _, secret: unset(secret.provider) | contains(keys(v.api_key_providers), secret.provider),
            "must be a name among api_key_providers",
            inside="provider",
            shows=("provider",),
        ),
        EachRule(
            "secrets",
            lambda v, _, secret: every(
                secret.replica_regions, lambda _, region: contains(keys(v.replica_regions), region)
            ),
            "must be names among the replica_regions of the module",
            inside="replica_regions",
            shows=("replica_regions",),
        ),
        EachRule(
            "secrets",
            lambda v, _, secret: (
                unset(secret.rds) | unset(secret.rds.superuser_secret) | _is_database(v, secret.rds.superuser_secret)
            ),
            "must be the name of a secret of kind rds_credentials among secrets",
            inside="rds.superuser_secret",
            shows=("rds.superuser_secret",),
        ),
        EachRule(
            "secrets",
            lambda v, _, s: (
                unset(s.rotation)
                | unset(s.rds)
                | ~unset(s.rds.managed_secret)
                | ~unset(s.rds.network)
                | ~unset(v.rotation_network)
            ),
            "must be given, or rotation_network of the module: the function that rotates the password must reach the "
            "database",
            inside="rds.network",
            shows=("rds.network",),
        ),
        EachRule(
            "consumers",
            lambda v, _, consumer: every(consumer.secrets, lambda _, name: contains(keys(v.secrets), name)),
            "must be names among secrets",
            inside="secrets",
            shows=("secrets",),
        ),
        Rule(
            # Terraform takes two validations that look at each other's variables for a cycle: all are on this one
            "secrets",
            lambda v: every(v.api_key_providers, lambda name, _: _is_asked(v, name)),
            "each of api_key_providers must be the provider of one secret at least: a function without a secret has "
            "nothing to rotate",
            finds=lambda v: picked(v.api_key_providers, lambda name, _: name, lambda name, _: ~_is_asked(v, name)),
        ),
    )

    checks = (_copied_onto_itself,)


def _is_database(inputs: Any, name: Any) -> Any:
    return some(inputs.secrets, lambda key, s: (key == name) & (s.kind == "rds_credentials"))


def _is_asked(inputs: Any, provider: Any) -> Any:
    return some(inputs.secrets, lambda _, s: s.provider == provider)


class SecretsManagerOutputs(Outputs):
    """What applications and other modules need to know of the secrets."""

    secret_arns: dict[str, str] = output("ARN of each secret by name, for applications and External Secrets")
    secret_names: dict[str, str] = output("full name of each secret that the module makes, by name")
    consumer_policy_arns: dict[str, str] = output("ARN of each consumer's IAM policy, to attach to its roles")
    consumer_policies: dict[str, str] = output(
        "the same policies as JSON documents, for roles that take inline policies"
    )
    kms_key_arn: str = output("ARN of the key that encrypts the secrets")
    replica_kms_key_arns: dict[str, str] = output("ARN of the key that encrypts the copies, by region")
    rotation_function_arns: dict[str, str] = output("ARN of the rotation function of each secret that has one, by name")
    event_rule_arns: list[str] = output(
        "ARNs of the event rules, which the alarm topic's policy must let publish (aws:SourceArn)"
    )
