"""What may be set of access: who may ask whom, whose tokens count, and who else is asked."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.framework import Inputs, Rule, any_of, field, not_empty
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import HttpsUrl, Labels, NamespaceName

__all__ = ["Allowed", "ExternalAuthorizer", "ExternalCheck", "Jwt"]

Caller = Annotated[
    str,
    Pattern(
        "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
        "a namespace and a service account in it, such as claims/portal",
    ),
]
GatewayName = Annotated[
    str, Pattern("[a-z]([a-z0-9-]{0,28}[a-z0-9])?", "at most 30 of a-z, 0-9 and -, beginning with a letter")
]
Method = Literal["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"]
Path = Annotated[
    str,
    Pattern(r"/[!-~]*|\*/?[!-~]+", "a path such as /claims, or with one * at its end or its beginning"),
]
ServiceHost = Annotated[
    str,
    Pattern(
        "[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)+",
        "the DNS name of a service, such as authorizer.identity.svc.cluster.local",
    ),
]
HeaderName = Annotated[str, Pattern("[a-z0-9]([a-z0-9-]*[a-z0-9])?", "a header's name in lower case, such as x-user")]
TokenIdentity = Annotated[
    str,
    Pattern("[!-~]+/[!-~]+", "an issuer and a subject, such as https://login.example.com/claims-api"),
]


class Allowed(Inputs):
    """Who may ask workloads of a namespace for what. What nobody allows is refused, where default_deny holds."""

    namespace: NamespaceName = field("namespace of the workloads that may be asked")
    workload_labels: Labels = field("labels of their pods; left out, all of the namespace", default={})
    callers: Annotated[list[Caller], Unique()] = field(
        "service accounts that may ask; left out, not asked for", default=[]
    )
    caller_namespaces: Annotated[list[NamespaceName], Unique()] = field(
        "namespaces of which everybody may ask; left out, not asked for", default=[]
    )
    gateways: Annotated[list[GatewayName], Unique()] = field(
        "gateways of the module that may ask; left out, not asked for", default=[]
    )
    token_identities: Annotated[list[TokenIdentity], Unique()] = field(
        "whose tokens a request must carry, of an issuer in jwt; left out, not asked for", default=[]
    )
    methods: Annotated[list[Method], Unique()] = field("methods of HTTP; left out, all", default=[])
    paths: Annotated[list[Path], Unique()] = field("paths; left out, all", default=[])
    ports: Annotated[list[int], Unique()] = field("ports of the pods; left out, all", default=[])

    rules = (
        Rule(
            "callers",
            lambda v: (
                any_of(not_empty(v.callers), not_empty(v.caller_namespaces), not_empty(v.gateways))
                | not_empty(v.token_identities)
            ),
            "must be given, or caller_namespaces, gateways or token_identities: nobody is let in without a name",
        ),
    )


class Jwt(Inputs):
    """Tokens of one issuer that workloads of a namespace take. A request with one that is not valid is refused."""

    namespace: NamespaceName = field("namespace of the workloads")
    workload_labels: Labels = field("labels of their pods; left out, all of the namespace", default={})
    issuer: HttpsUrl = field("who issues them, as the claim iss says it")
    jwks_uri: HttpsUrl | None = field(
        "where the issuer's keys are, which istiod must reach; left out, where OpenID Connect's discovery says",
        default=None,
    )
    audiences: list[str] = field("whom they are for, as the claim aud says it; one of them must be in it", min_length=1)
    required: bool = field("whether requests without a token are refused too", default=True)
    forward: bool = field("whether the workload sees the token", default=False)


class ExternalAuthorizer(Inputs):
    """A service that is asked about requests (Envoy's ext_authz)."""

    protocol: Literal["grpc", "http"] = field("how it is asked", default="grpc")
    service: ServiceHost = field("its DNS name, which must be in the mesh's registry")
    port: int = field("its port", ge=1, le=65535)
    timeout_milliseconds: int = field("how long it may take, in milliseconds", default=500, ge=1, le=60000)
    fail_open: bool = field("whether requests pass while it does not answer", default=False)
    request_headers: Annotated[list[HeaderName], Unique()] = field(
        "headers that it is told of by http; by grpc it is told of all", default=[]
    )
    headers_upstream: Annotated[list[HeaderName], Unique()] = field(
        "headers of its answer by http that go on with the request", default=[]
    )

    rules = (
        Rule(
            "request_headers",
            lambda v: (v.protocol == "http") | (~not_empty(v.request_headers) & ~not_empty(v.headers_upstream)),
            "must be empty with protocol grpc, and headers_upstream too",
            shows=("protocol",),
        ),
    )


class ExternalCheck(Inputs):
    """Requests to workloads of a namespace that an external authorizer decides about, before any Allowed does."""

    namespace: NamespaceName = field("namespace of the workloads")
    workload_labels: Labels = field("labels of their pods; left out, all of the namespace", default={})
    authorizer: str = field("a name in external_authorizers")
    paths: Annotated[list[Path], Unique()] = field("paths that it is asked about; left out, all", default=[])
    except_paths: Annotated[list[Path], Unique()] = field("paths that it is not asked about", default=[])
