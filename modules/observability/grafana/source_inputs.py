"""What may be set of data sources: where logs, traces and metrics are asked for, and as whom."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.framework import Inputs, Rule, field, unset
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import KubernetesName, LogGroupArn, RegionName, RoleArn

__all__ = [
    "Account",
    "CloudWatchSource",
    "Credentials",
    "DataSources",
    "SecretStore",
    "SecretValue",
    "TenantSource",
]

Url = Annotated[str, Pattern("https?://[!-~]+", "a URL without spaces that begins with http:// or https://")]
RemoteKey = Annotated[str, Pattern("[A-Za-z0-9/_+=.@!:-]{1,512}", "the name or ARN of a secret in AWS Secrets Manager")]
SecretKey = Annotated[str, Pattern("[A-Za-z0-9_.-]{1,253}", "a key of a Secret, such as password")]
AccountName = Annotated[
    str, Pattern("[a-z0-9]([a-z0-9-]{0,29}[a-z0-9])?", "at most 31 of a-z, 0-9 and -, with no - at its ends")
]
# https://grafana.com/docs/mimir/latest/manage/secure/authentication-and-authorization/
# https://grafana.com/docs/mimir/latest/configure/about-tenant-ids/
Tenant = Annotated[
    str,
    Pattern(
        "[A-Za-z0-9!_.*'()-]{1,150}([|][A-Za-z0-9!_.*'()-]{1,150})*",
        "the name of a tenant, or several with | between them, to ask them all at once",
    ),
]

_ONE_PLACE = Rule(
    "secret_name",
    lambda v: unset(v.secret_name) != unset(v.remote_key),
    "must be given when remote_key is not, and only then",
    shows=("secret_name", "remote_key"),
)


class SecretStore(Inputs):
    """The store by which the External Secrets operator reads AWS Secrets Manager."""

    name: KubernetesName = field("name of the store")
    kind: Literal["ClusterSecretStore", "SecretStore"] = field(
        "kind of the store: of the cluster, or of the module's namespace", default="ClusterSecretStore"
    )
    refresh_minutes: int = field("after how many minutes secrets are read again", default=15, ge=1, le=1440)


class SecretValue(Inputs):
    """One secret value, which never passes through Terraform."""

    secret_name: KubernetesName | None = field(
        "name of a Secret of the namespace that is there already; left out, remote_key says where the value is",
        default=None,
    )
    remote_key: RemoteKey | None = field(
        "name or ARN of the secret in AWS Secrets Manager, which is a JSON object; left out, secret_name says where",
        default=None,
    )
    key: SecretKey = field("key of the Secret, or of that object", default="value")

    rules = (_ONE_PLACE,)


class Credentials(Inputs):
    """A user and a password, which never pass through Terraform."""

    secret_name: KubernetesName | None = field(
        "name of a Secret of the namespace that is there already; left out, remote_key says where they are",
        default=None,
    )
    remote_key: RemoteKey | None = field(
        "name or ARN of the secret in AWS Secrets Manager, which is a JSON object; left out, secret_name says where",
        default=None,
    )
    username_key: SecretKey = field("key of the user's name", default="username")
    password_key: SecretKey = field("key of the password", default="password")

    rules = (_ONE_PLACE,)


class Account(Inputs):
    """Another account, whose metrics and logs are asked for by a role there."""

    role_arn: RoleArn = field("ARN of the role, which must trust the module's")
    external_id: str | None = field("external id that the role asks for; left out, it asks for none", default=None)
    default_region: RegionName | None = field(
        "region that is asked when nobody says which; left out, the module's", default=None
    )


class CloudWatchSource(Inputs):
    """Metrics of CloudWatch, of this account and of others, and logs where they are named."""

    log_group_arns: Annotated[list[LogGroupArn], Unique()] = field(
        "log groups whose records may be read by who may use this source; each may end with *; left out, none",
        default=[],
    )
    accounts: dict[AccountName, Account] = field(
        "other accounts, by a name of yours, each a data source of its own; left out, none", default={}
    )


class TenantSource(Inputs):
    """Loki, Tempo or Mimir, asked in the name of a tenant."""

    url: Url = field("address of its gateway, such as http://loki-gateway.loki.svc; Mimir's ends with /prometheus")
    tenant: Tenant = field("tenant that is asked for, sent as X-Scope-OrgID")
    credentials: Credentials | None = field(
        "user and password that its gateway asks for; left out, it asks for none", default=None
    )
    timeout_seconds: int = field("how long an answer may take, in seconds", default=60, ge=1, le=600)


class DataSources(Inputs):
    """What dashboards and people ask; those that are there are linked with one another."""

    cloudwatch: CloudWatchSource | None = field(
        "AWS's metrics and logs; left out, there is no such source", default=None
    )
    loki: TenantSource | None = field("logs; left out, there is no such source", default=None)
    tempo: TenantSource | None = field("traces; left out, there is no such source", default=None)
    mimir: TenantSource | None = field(
        "metrics, the default source; left out, there is no such source, and none of the module's dashboards",
        default=None,
    )
