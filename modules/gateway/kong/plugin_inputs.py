"""What may be set of plugins and consumers: Kong's own words, with what Kong would refuse refused before.

https://github.com/Kong/kong/tree/3.9.3/kong/plugins has the schema of each.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from groundplan.framework import Inputs, Rule, contains, count_set, field, matches, unset
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import DnsName, HttpsUrl, KmsKeyArn, KubernetesName, NamespaceName, SecretArn

__all__ = [
    "Consumer",
    "Credential",
    "HttpLog",
    "Jwt",
    "NamespacePlugin",
    "Plugin",
    "PluginName",
    "RateLimiting",
    "Redis",
    "RequestNames",
    "RequestTransformer",
    "RequestValues",
    "ResponseNames",
    "ResponseTransformer",
    "ResponseValues",
    "SecretKey",
]

PluginName = Annotated[
    str, Pattern("[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?", "at most 48 of a-z, 0-9 and -, with no - at its ends")
]
# https://www.rfc-editor.org/rfc/rfc9110#name-field-names, without the colon that Kong splits at
HeaderName = Annotated[str, Pattern("[A-Za-z0-9!#$%&'*+.^_`|~-]+", "the name of a header, such as X-Request-Id")]
UrlPath = Annotated[
    str,
    Pattern("(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+/?", "a path that begins with / and has no empty part, such as /claims"),
]


class SecretKey(Inputs):
    """One key of a Secret that is in Kong's namespace already."""

    name: KubernetesName = field("name of the Secret")
    key: str = field("the key in it", min_length=1)


class Redis(Inputs):
    """A Redis that counts for all replicas together, such as ElastiCache; always by TLS that is verified."""

    host: DnsName = field("host name of the primary endpoint")
    port: int = field("port", default=6379, ge=1, le=65535)
    username: str | None = field("user, where it knows users; left out, the default one", default=None)
    # https://github.com/Kong/kubernetes-ingress-controller/issues/5994
    password: SecretKey | None = field(
        "where the password or token is, as JSON: in double quotes; left out, none is sent", default=None
    )
    timeout_milliseconds: int = field("how long Kong waits for an answer, in milliseconds", default=500, ge=1, le=60000)


class RateLimiting(Inputs):
    """How much one client may ask, where the plugin is: on everything, a Service, an Ingress or a consumer."""

    second: int | None = field("requests a second; left out, no limit", default=None, ge=1)
    minute: int | None = field("requests a minute; left out, no limit", default=None, ge=1)
    hour: int | None = field("requests an hour; left out, no limit", default=None, ge=1)
    day: int | None = field("requests a day; left out, no limit", default=None, ge=1)
    limit_by: Literal["consumer", "credential", "ip", "service", "header", "path"] = field(
        "who counts as one client; where it cannot be told, the address does", default="consumer"
    )
    header_name: HeaderName | None = field(
        "the header that tells clients apart, for limit_by header; left out, none does", default=None
    )
    path: UrlPath | None = field("the path that is counted, for limit_by path; left out, none is", default=None)
    policy: Literal["local", "cluster", "redis"] = field(
        "where it is counted: in each replica, in the database by a write a request, or in redis of the module",
        default="local",
    )
    fault_tolerant: bool = field(
        "whether requests pass while the counter cannot be reached; otherwise they are refused", default=True
    )
    hide_client_headers: bool = field("whether clients are not told how much is left", default=False)

    rules = (
        Rule(
            "second",
            lambda v: count_set(v.second, v.minute, v.hour, v.day) >= 1,
            "must be set, or one of minute, hour and day: a limit needs a number",
            shows=("second", "minute", "hour", "day"),
        ),
        Rule(
            "header_name",
            lambda v: (v.limit_by == "header") == ~unset(v.header_name),
            "must be set when limit_by is header, and only then",
            shows=("limit_by", "header_name"),
        ),
        Rule(
            "path",
            lambda v: (v.limit_by == "path") == ~unset(v.path),
            "must be set when limit_by is path, and only then",
            shows=("limit_by", "path"),
        ),
    )


class Jwt(Inputs):
    """Who comes with a token that a consumer's key signed passes, as that consumer."""

    key_claim_name: str = field("the claim, or header of the token, that names the key", default="iss", min_length=1)
    claims_to_verify: Annotated[list[Literal["exp", "nbf"]], Unique()] = field(
        "claims of time that must be there and hold", default=["exp"]
    )
    maximum_expiration_seconds: int = field(
        "how far exp may lie ahead, in seconds; 0 is no limit", default=3600, ge=0, le=31536000
    )
    header_names: Annotated[list[HeaderName], Unique()] = field(
        "headers that a token is looked for in", default=["authorization"]
    )
    cookie_names: Annotated[list[str], Unique()] = field("cookies that it is looked for in", default=[])
    uri_param_names: Annotated[list[str], Unique()] = field(
        "parameters of the query that it is looked for in; what is in a URL is in every log", default=[]
    )
    anonymous: KubernetesName | None = field(
        "consumer that whoever has no good token counts as; left out, they are refused", default=None
    )
    run_on_preflight: bool = field("whether OPTIONS of a browser need a token too", default=True)

    rules = (
        Rule(
            "maximum_expiration_seconds",
            lambda v: (v.maximum_expiration_seconds == 0) | contains(v.claims_to_verify, "exp"),
            "must be 0 unless claims_to_verify has exp",
            shows=("maximum_expiration_seconds", "claims_to_verify"),
        ),
    )


class RequestValues(Inputs):
    """Headers, parameters of the query and fields of a form or JSON body, by their names."""

    headers: dict[HeaderName, str] = field("headers", default={})
    querystring: dict[str, str] = field("parameters of the query", default={})
    body: dict[str, str] = field("fields of the body", default={})


class RequestNames(Inputs):
    """The same by their names alone."""

    headers: Annotated[list[HeaderName], Unique()] = field("headers", default=[])
    querystring: Annotated[list[str], Unique()] = field("parameters of the query", default=[])
    body: Annotated[list[str], Unique()] = field("fields of the body", default=[])


class RequestTransformer(Inputs):
    """How a request is changed before the service gets it, in this order."""

    remove: RequestNames = field("what is taken out", default=RequestNames())
    rename: RequestValues = field("what gets another name, from old to new", default=RequestValues())
    replace: RequestValues = field("what gets another value, where it is", default=RequestValues())
    uri: str | None = field("the path that the service is asked for; left out, that of the request", default=None)
    add: RequestValues = field("what is added, where it is not", default=RequestValues())
    append: RequestValues = field("what is added, beside what is", default=RequestValues())


class ResponseValues(Inputs):
    """Headers, and fields of a JSON body, by their names."""

    headers: dict[HeaderName, str] = field("headers", default={})
    json: dict[str, str] = field("fields of the body", default={})


class ResponseNames(Inputs):
    """The same by their names alone."""

    headers: Annotated[list[HeaderName], Unique()] = field("headers", default=[])
    json: Annotated[list[str], Unique()] = field("fields of the body", default=[])


class ResponseTransformer(Inputs):
    """How an answer is changed before the client gets it, in this order."""

    remove: ResponseNames = field("what is taken out", default=ResponseNames())
    rename: ResponseValues = field("what gets another name, from old to new", default=ResponseValues())
    replace: ResponseValues = field("what gets another value, where it is", default=ResponseValues())
    add: ResponseValues = field("what is added, where it is not", default=ResponseValues())
    append: ResponseValues = field("what is added, beside what is", default=ResponseValues())


class HttpLog(Inputs):
    """Who else is told of requests, beside the module's own log."""

    http_endpoint: HttpsUrl = field("where they are sent")
    method: Literal["POST", "PUT", "PATCH"] = field("how they are sent", default="POST")
    timeout_milliseconds: int = field("how long an answer may take, in milliseconds", default=10000, ge=1)
    max_batch_size: int = field("how many requests are told at once", default=100, ge=1, le=1000000)
    headers: dict[HeaderName, str] = field(
        "headers of what is sent; no secret, but {vault://env/name} of one", default={}
    )

    rules = (
        Rule(
            "http_endpoint",
            lambda v: ~matches(v.http_endpoint, "https://[^/]*@.*"),
            "must not have a user or a password in it: name a header",
        ),
    )


class Plugin(Inputs):
    """A plugin by what it does, one of them, for its life. Who wants it names it; see the output plugin_names.

    What is nearer takes the place of what is further: one on an Ingress that of its kind on a Service or everywhere.
    """

    rate_limiting: RateLimiting | None = field("limits of requests; left out, it is another plugin", default=None)
    jwt: Jwt | None = field("tokens; left out, it is another plugin", default=None)
    request_transformer: RequestTransformer | None = field(
        "changes of requests; left out, it is another plugin", default=None
    )
    response_transformer: ResponseTransformer | None = field(
        "changes of answers; left out, it is another plugin", default=None
    )
    http_log: HttpLog | None = field("another log of requests; left out, it is another plugin", default=None)
    disabled: bool = field("whether it does nothing for now", default=False)
    everywhere: bool = field(
        "whether it acts on everything that Kong serves; otherwise where it is named", default=False
    )

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "rate_limiting",
            lambda v: count_set(v.rate_limiting, v.jwt, v.request_transformer, v.response_transformer, v.http_log) == 1,
            "must be set, or jwt, request_transformer, response_transformer or http_log, and one of them alone: each "
            "is a plugin",
        ),
    )


class NamespacePlugin(Plugin):
    """A plugin of one namespace: what is in others cannot name it, and it acts nowhere by itself."""

    namespace: NamespaceName = field("the namespace, which must exist")

    rules = (
        *Plugin.rules,
        Rule(
            "everywhere",
            lambda v: ~v.everywhere,
            "must be false for a plugin of one namespace: make it one of plugins",
        ),
    )


class Credential(Inputs):
    """What proves who a consumer is: a secret of Secrets Manager, whose JSON has the fields of Kong's credential."""

    kind: Literal["jwt", "key-auth", "basic-auth", "hmac-auth", "acl"] = field(
        "which plugin asks for it", default="jwt"
    )
    secret_arn: SecretArn = field(
        "ARN of the secret; of jwt its fields are key, algorithm, and rsa_public_key or secret"
    )
    kms_key_arn: KmsKeyArn | None = field(
        "key that encrypts the secret; left out, the module's own or AWS's own does", default=None
    )


class Consumer(Inputs):
    """A client that Kong knows."""

    custom_id: str | None = field("what it is called elsewhere; left out, nothing", default=None, min_length=1)
    plugins: Annotated[list[PluginName], Unique()] = field(
        "plugins that act on its requests alone, such as a limit of its own, of plugins", default=[]
    )
    credentials: Annotated[list[PluginName], Unique()] = field(
        "what proves who it is, of client_credentials", default=[]
    )
