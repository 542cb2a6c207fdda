"""What may be set: what is audited, who gets in and may do what, and what each engine hands out for how long."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import AlarmInputs
from groundplan.framework import (
    Inputs,
    Outputs,
    Rule,
    contains,
    every,
    field,
    keys,
    length,
    output,
    unset,
)
from groundplan.framework.constraints import Arn, Pattern, Unique, Unlike
from groundplan.framework.types import (
    Domain,
    HttpsUrl,
    KubernetesName,
    NamespaceName,
    RegionName,
    ResourceName,
    RoleArn,
    Tags,
    TopicArn,
)

__all__ = [
    "Audit",
    "AwsEngine",
    "AwsRole",
    "Connection",
    "DatabaseEngine",
    "DatabaseRole",
    "Generation",
    "KubernetesAuth",
    "KubernetesRole",
    "PathRule",
    "PkiEngine",
    "PkiRole",
    "Policy",
    "PrivateCa",
    "TransitEngine",
    "TransitKey",
    "VaultConfigInputs",
    "VaultConfigOutputs",
]

DAY = 86_400
YEAR = 365 * DAY

Name = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,38}[a-z0-9]", "2 to 40 lower-case letters, digits and hyphens, beginning with a letter"),
]
GenerationName = Annotated[str, Pattern("[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?", "at most 20 of a-z, 0-9 and -")]
MountPath = Annotated[
    str,
    Pattern(
        "[a-z0-9]([a-z0-9_-]*[a-z0-9])?(/[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*",
        "a path of Vault without slashes at its ends, such as claims/database",
    ),
    # https://developer.hashicorp.com/vault/docs/secrets#mounting: Vault's own, and what it has without being asked
    Unlike(
        "(sys|auth|identity|cubbyhole)(/.*)?", "not begin with sys, auth, identity or cubbyhole, which are Vault's own"
    ),
]
# https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax
PolicyPath = Annotated[
    str,
    Pattern(
        r"([^*+/\s]+|\+)(/([^*+/\s]+|\+))*(/?\*|/)?|\*",
        "a path of Vault without a slash at its beginning, with * at its very end only and + for a whole part of it, "
        "such as claims/data/+/keys/*",
    ),
]
# https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities
Capability = Literal["create", "read", "update", "patch", "delete", "list", "subscribe", "sudo", "deny"]
DatabaseName = Annotated[
    str, Pattern("[a-z_][a-z0-9_]{0,62}", "at most 63 lower-case letters, digits and _, not beginning with a digit")
]
HostName = Annotated[
    str,
    Pattern(
        r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        "a host's name in lower case, such as claims.abcdefghijkl.us-east-1.rds.amazonaws.com",
    ),
]
Statement = Annotated[str, Pattern(r"(.|\n)*\S(.|\n)*", "a statement of SQL")]
Certificate = Annotated[
    str, Pattern(r"-----BEGIN CERTIFICATE-----(.|\n)+-----END CERTIFICATE-----\s*", "certificates in PEM")
]
CertificateAuthorityArn = Annotated[
    str,
    Arn(
        "acm-pca",
        "certificate-authority/[A-Za-z0-9-]+",
        "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/0d6c1c2e-0000-4000-8000-000000000000",
    ),
]
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
ExternalId = Annotated[str, Pattern("[A-Za-z0-9_+=,.@:/-]+", "letters, digits and _ + = , . @ : / -")]
CommonName = Annotated[str, Pattern("[ -~]{1,64}", "1 to 64 printable ASCII characters, such as Example Vault CA 1")]


class Audit(Inputs):
    """Where Vault writes what it was asked and by whom; it serves nothing that it cannot write down."""

    enabled: bool = field(
        "whether this call has the devices; false where another call for the same Vault has them", default=True
    )
    file_path: Annotated[str, Pattern("/[A-Za-z0-9._/-]+", "the path of a file")] = field(
        "file that each server writes, and that is shipped from there: the output audit_log_path of the module vault",
        default="/vault/audit/audit.log",
    )
    stdout: bool = field(
        "whether each server writes it to its container's log too, so that Vault goes on when the file cannot be "
        "written",
        default=True,
    )


class PathRule(Inputs):
    """What may be done below one path."""

    capabilities: Annotated[list[Capability], Unique()] = field(
        "what is allowed; sudo, beside others, for paths that ask for it; deny alone, to take away what a wider path "
        "gives",
        min_length=1,
    )

    rules = (
        Rule(
            "capabilities",
            lambda v: ~contains(v.capabilities, "deny") | (length(v.capabilities) == 1),
            "must have deny alone: beside it nothing else counts",
        ),
    )


class Policy(Inputs):
    """An ACL policy: what whoever has it may do."""

    paths: dict[PolicyPath, PathRule] = field("what is allowed by path; whatever no path stands for is refused")

    rules = (
        Rule("paths", lambda v: length(v.paths) > 0, "must have a path at least: a policy without one gives nothing"),
    )


class KubernetesRole(Inputs):
    """Which pods get which policies, and for how long."""

    service_accounts: Annotated[list[KubernetesName], Unique()] = field(
        "service accounts that may log in, by name", min_length=1
    )
    namespaces: Annotated[list[NamespaceName], Unique()] = field("namespaces of these service accounts", min_length=1)
    policies: Annotated[list[Name], Unique()] = field("policies that whoever logs in has", min_length=1)
    audience: str = field("audience that the service account's token must be meant for", default="vault", min_length=1)
    token_ttl_seconds: int = field("how long Vault's token lives unless it is renewed, in seconds", default=1200, ge=60)
    token_max_ttl_seconds: int = field(
        "how long it can be renewed at most, in seconds", default=14_400, ge=60, le=32 * DAY
    )

    rules = (
        Rule(
            "token_max_ttl_seconds",
            lambda v: v.token_max_ttl_seconds >= v.token_ttl_seconds,
            "must be token_ttl_seconds at least",
            shows=("token_max_ttl_seconds", "token_ttl_seconds"),
        ),
    )


class KubernetesAuth(Inputs):
    """Lets pods log in as the service accounts that they are."""

    path: MountPath = field("where the method is mounted, below auth/", default="kubernetes")
    kubernetes_host: HttpsUrl = field(
        "address of the cluster's API as Vault reaches it; in the cluster itself the default, with the certificate and "
        "the token of Vault's own pod",
        default="https://kubernetes.default.svc",
    )
    kubernetes_ca_certificate: Certificate | None = field(
        "certificate of the API's CA in PEM; left out, that of Vault's own pod", default=None
    )
    roles: dict[Name, KubernetesRole] = field("who gets what, by the name that pods log in with", default={})


class DatabaseRole(Inputs):
    """Users of a database that Vault makes when they are asked for, and drops when their time is over."""

    creation_statements: list[Statement] = field(
        "SQL that makes a user, with {{name}}, {{password}} and {{expiration}} in it", min_length=1
    )
    revocation_statements: list[Statement] = field(
        "SQL that takes a user away, with {{name}} in it; left out, Vault revokes what it has and drops it", default=[]
    )
    default_ttl_seconds: int = field("how long a user is there unless its lease is renewed", default=3600, ge=60)
    max_ttl_seconds: int = field("how long a lease can be renewed at most, in seconds", default=DAY, ge=60, le=32 * DAY)

    rules = (
        Rule(
            "max_ttl_seconds",
            lambda v: v.max_ttl_seconds >= v.default_ttl_seconds,
            "must be default_ttl_seconds at least",
            shows=("max_ttl_seconds", "default_ttl_seconds"),
        ),
    )


class Connection(Inputs):
    """An RDS PostgreSQL database, and Vault's own user in it. Nobody tells Terraform that user's password."""

    host: HostName = field("endpoint of the database")
    port: int = field("port of the database", default=5432, ge=1, le=65_535)
    database: DatabaseName = field("name of the database")
    username: DatabaseName = field("Vault's own user, which may make users and give them their roles", default="vault")
    ca_certificate: Certificate | None = field(
        "certificates in PEM that the server's is verified by, the RDS bundle of the region; left out, those that "
        "Vault's image has, and none of RDS is among them",
        default=None,
    )
    root_rotations: int = field(
        "how often Vault's user was given a password that nobody knows: 0 until a person has told Vault the first one, "
        "as the README says, and nothing is asked of the database; 1 then, and one more for each time it shall be "
        "changed again",
        default=0,
        ge=0,
        le=1000,
    )
    max_open_connections: int = field(
        "how many connections each server of Vault opens at most", default=4, ge=1, le=100
    )
    roles: dict[Name, DatabaseRole] = field("users that Vault makes, by a name of yours")


class DatabaseEngine(Inputs):
    """Hands out users of databases."""

    path: MountPath = field("where the engine is mounted", default="database")
    connections: dict[Name, Connection] = field("databases by a name of yours")


class AwsRole(Inputs):
    """Credentials of an AWS role, for as long as they are asked for."""

    role_arns: Annotated[list[RoleArn], Unique()] = field(
        "ARNs of the roles that are taken, each of which must trust that of Vault's servers", min_length=1
    )
    external_id: ExternalId | None = field(
        "sts:ExternalId that the roles' trust asks for; left out, none", default=None, min_length=2, max_length=1224
    )
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: no role's time is over before it
    default_ttl_seconds: int = field("how long the credentials are good for", default=3600, ge=900, le=43_200)
    max_ttl_seconds: int = field(
        "how long they may be asked for at most, in seconds: no longer than the roles' own maximum, and an hour where "
        "the servers' credentials come from a role themselves",
        default=3600,
        ge=900,
        le=43_200,
    )

    rules = (
        Rule(
            "max_ttl_seconds",
            lambda v: v.max_ttl_seconds >= v.default_ttl_seconds,
            "must be default_ttl_seconds at least",
            shows=("max_ttl_seconds", "default_ttl_seconds"),
        ),
    )


class AwsEngine(Inputs):
    """Hands out credentials of AWS roles; Vault has none of its own but those of its servers' role."""

    path: MountPath = field("where the engine is mounted", default="aws")
    region: RegionName = field("region of the STS that Vault asks")
    server_role_arn: RoleArn = field(
        "ARN of the servers' role, which is let take the roles: the output server_role_arn of the module vault"
    )
    roles: dict[Name, AwsRole] = field("AWS roles by the name that credentials are asked for")


class PrivateCa(Inputs):
    """The authority of AWS Private CA that signs Vault's."""

    authority_arn: CertificateAuthorityArn = field("ARN of the authority; its path length must let one stand below it")
    signing_algorithm: Literal[
        "SHA256WITHECDSA", "SHA256WITHRSA", "SHA384WITHECDSA", "SHA384WITHRSA", "SHA512WITHECDSA", "SHA512WITHRSA"
    ] = field("how it signs, which goes with its own key", default="SHA256WITHRSA")


class Generation(Inputs):
    """One certificate of the CA with a key of its own. The next one is added before the last one ends."""

    validity_days: int = field("how long it is valid, in days", default=5 * 365, ge=30, le=20 * 365)
    common_name: CommonName = field("its name, such as Example Vault CA 1; fixed for its life")


class PkiRole(Inputs):
    """Certificates for one domain."""

    domain: Domain = field("domain that names must be of")
    allow_subdomains: bool = field("whether names below the domain are signed", default=True)
    allow_bare_domain: bool = field("whether the domain itself is signed", default=False)
    allow_wildcards: bool = field("whether names with * are signed", default=False)
    server: bool = field("whether a server may show them", default=True)
    client: bool = field("whether a client may show them", default=False)
    key_type: Literal["ec", "rsa"] = field("kind of their keys: P-256, or RSA with 2048 bits", default="ec")
    ttl_seconds: int = field("how long they are valid unless less is asked for", default=3 * DAY, ge=300)
    max_ttl_seconds: int = field("how long they may be valid at most, in seconds", default=30 * DAY, ge=300, le=YEAR)

    rules = (
        Rule(
            "max_ttl_seconds",
            lambda v: v.max_ttl_seconds >= v.ttl_seconds,
            "must be ttl_seconds at least",
            shows=("max_ttl_seconds", "ttl_seconds"),
        ),
        Rule(
            "allow_subdomains",
            lambda v: v.allow_subdomains | v.allow_bare_domain,
            "must be on where allow_bare_domain is off, or the role signs nothing",
        ),
        Rule("server", lambda v: v.server | v.client, "must be on where client is off, or nobody may show them"),
    )


class PkiEngine(Inputs):
    """A certificate authority: a root of its own, or one below AWS Private CA. Its keys never leave Vault."""

    path: MountPath = field("where the engine is mounted", default="pki")
    organization: CommonName = field("legal name of the organization, in the CA's certificates")
    private_ca: PrivateCa | None = field(
        "who signs the CA; left out, it is a root, which every client must be told to trust", default=None
    )
    generations: dict[GenerationName, Generation] = field(
        "certificates of the CA by a name of yours, each with a key of its own"
    )
    signs: GenerationName = field(
        "which generation signs; an earlier one stays until what it signed is over, and is taken away then"
    )
    key_type: Literal["ec", "rsa"] = field("kind of the CA's keys: P-384, or RSA with 4096 bits", default="ec")
    address: HttpsUrl = field(
        "address of Vault as clients reach it, which certificates name for the CA's own and the list of those revoked"
    )
    roles: dict[Name, PkiRole] = field("who may have which certificates, by a name of yours", default={})

    rules = (
        Rule(
            "signs",
            lambda v: contains(keys(v.generations), v.signs),
            "must be a name in generations",
            shows=("signs",),
        ),
    )


class TransitKey(Inputs):
    """A key that encrypts or signs for whoever may ask, and that nobody ever sees."""

    type: Literal[
        "aes128-gcm96",
        "aes256-gcm96",
        "chacha20-poly1305",
        "ecdsa-p256",
        "ecdsa-p384",
        "ecdsa-p521",
        "ed25519",
        "hmac",
        "rsa-2048",
        "rsa-3072",
        "rsa-4096",
    ] = field("what kind of key it is; another one is another key", default="aes256-gcm96")
    rotation_days: int = field(
        "after how many days a new version takes over; the earlier ones still decrypt", default=90, ge=1, le=3650
    )
    min_decryption_version: int = field(
        "the oldest version that still decrypts, one that the key has already; what older ones encrypted can no longer "
        "be read",
        default=1,
        ge=1,
    )
    key_bytes: int | None = field("how long a key of type hmac is, in bytes; left out, 32", default=None, ge=32, le=512)
    deletion_allowed: bool = field(
        "whether Vault lets anybody delete the key, and with it what it encrypted: set it, apply, then take the key "
        "away",
        default=False,
    )

    rules = (
        Rule(
            "key_bytes",
            lambda v: unset(v.key_bytes) | (v.type == "hmac"),
            "must be left out but for type hmac, as the others have a length of their own",
            shows=("type",),
        ),
    )


class TransitEngine(Inputs):
    """Encrypts and signs as a service."""

    path: MountPath = field("where the engine is mounted", default="transit")
    keys: dict[Name, TransitKey] = field("keys by name")


class VaultConfigInputs(AlarmInputs):
    """What a Vault serves."""

    name: ResourceName = field(
        "prefix of the names of everything the module makes in AWS, by custom <environment>-<service>", max_length=40
    )
    alarm_topic_arn: TopicArn = field("ARN of the SNS topic that alarms go to")
    audit_log_group_name: Annotated[str, Pattern("[A-Za-z0-9._/#-]{1,512}", "the name of a log group")] = field(
        "log group that the audit log is shipped to, which alarms look into: the output of the module vault"
    )
    audit: Audit = field("the audit devices, without which nobody can tell who read what", default=Audit())
    policies: dict[Name, Policy] = field("ACL policies by name", default={})
    kubernetes: KubernetesAuth | None = field("logins of pods; left out, none are by this call", default=None)
    database: DatabaseEngine | None = field("users of databases; left out, there are none", default=None)
    aws: AwsEngine | None = field("credentials of AWS roles; left out, there are none", default=None)
    pki: PkiEngine | None = field("certificates; left out, there are none", default=None)
    transit: TransitEngine | None = field("keys that encrypt and sign; left out, there are none", default=None)
    failures_alarm: int = field(
        "how many requests for credentials, certificates or encryption may fail within five minutes before the alarm",
        default=5,
        ge=1,
    )
    tags: Tags = field("tags on everything in AWS, over those of the provider's default_tags", default={})

    rules = (
        Rule(
            "kubernetes",
            lambda v: (
                unset(v.kubernetes)
                | every(
                    v.kubernetes.roles,
                    lambda _, role: every(role.policies, lambda _, name: contains(keys(v.policies), name)),
                )
            ),
            "must name policies that are in policies: of a policy that is not there Vault says nothing, and gives "
            "nothing by it",
        ),
    )


class VaultConfigOutputs(Outputs):
    """Where what Vault serves is asked for."""

    policy_names: list[str] = output("names of the policies")
    kubernetes_auth_path: str | None = output("path of the Kubernetes method below auth/; null without")
    database_paths: dict[str, str] = output("path that gives a user of a database, by connection/role")
    aws_paths: dict[str, str] = output("path that gives credentials of an AWS role, by role")
    pki_paths: dict[str, str] = output("path that a certificate is asked for at, by role")
    ca_certificates: dict[str, str] = output("certificate of each generation of the CA in PEM, by name")
    transit_paths: dict[str, str] = output("path of each key, by name; what encrypts has encrypt in place of keys")
