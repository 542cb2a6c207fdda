"""What may be set of services: which version gets how much, what is tried again, when one is left alone."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.framework import EachRule, Inputs, Rule, contains, count_set, field, keys, length, summed, unset
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import DnsName, Labels, NamespaceName

__all__ = [
    "CircuitBreaker",
    "Cookie",
    "HeaderRoute",
    "LoadBalancing",
    "MeshService",
    "Retries",
    "RetryBudget",
    "Subset",
]

SubsetName = Annotated[
    str,
    Pattern("[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?", "at most 30 of a-z, 0-9 and -, with none at its ends"),
]
HeaderName = Annotated[str, Pattern("[a-z0-9]([a-z0-9-]*[a-z0-9])?", "a header's name in lower case, such as x-canary")]
ServiceName = Annotated[
    str,
    # https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names
    Pattern("[a-z]([a-z0-9-]{0,61}[a-z0-9])?", "the name of a Service: at most 63 of a-z, 0-9 and -"),
]
GatewayName = Annotated[
    str, Pattern("[a-z]([a-z0-9-]{0,28}[a-z0-9])?", "at most 30 of a-z, 0-9 and -, beginning with a letter")
]
RetriedError = Literal[
    "5xx",
    "cancelled",
    "connect-failure",
    "gateway-error",
    "refused-stream",
    "reset",
    "reset-before-request",
    "retriable-4xx",
    "unavailable",
]
"""https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on"""


class Subset(Inputs):
    """Some of a service's pods, such as those of one version."""

    labels: Labels = field("labels of its pods", min_length=1)
    weight: int = field("how many of a hundred requests it gets", ge=0, le=100)


class HeaderRoute(Inputs):
    """Requests with a header of this value get one subset, whatever the weights say."""

    value: str = field("the whole value of the header", min_length=1)
    subset: SubsetName = field("a name in subsets")


class Retries(Inputs):
    """What is tried again by the caller's proxy, on another pod."""

    attempts: int = field("how often it is tried again", default=2, ge=1, le=10)
    per_try_milliseconds: int = field("how long each try may take, in milliseconds", ge=1, le=600000)
    on: Annotated[list[RetriedError], Unique()] = field(
        "which failures; those by default happen before anybody worked on the request",
        default=["connect-failure", "refused-stream", "unavailable"],
        min_length=1,
    )
    other_zones: bool = field("whether it may be tried in another zone", default=True)


class RetryBudget(Inputs):
    """How many retries there may be at once for each caller, so that they do not finish off what is ill."""

    percent: float = field(
        "of the requests that are under way, how many may be retries, in percent", default=20, ge=0, le=100
    )
    min_concurrency: int = field("how many may be at least", default=3, ge=0, le=1000)


class CircuitBreaker(Inputs):
    """When a pod is left alone, and how much is asked of the service at once."""

    consecutive_errors: int = field(
        "after how many errors (5xx) in a row a pod is left alone", default=5, ge=1, le=1000
    )
    interval_seconds: int = field("how often that is looked at, in seconds", default=10, ge=1, le=600)
    ejection_seconds: int = field(
        "how long it is left alone the first time, in seconds; each time it takes as much longer",
        default=30,
        ge=1,
        le=3600,
    )
    max_ejection_percent: int = field("how many of a hundred pods may be left alone at once", default=50, ge=1, le=100)
    max_connections: int = field("how many connections each caller may have", default=1024, ge=1, le=100000)
    max_pending_requests: int = field(
        "how many requests of each caller may wait for a connection", default=1024, ge=1, le=100000
    )
    max_requests: int = field("how many requests of each caller may be under way", default=1024, ge=1, le=100000)
    connect_milliseconds: int = field("how long connecting may take, in milliseconds", default=1000, ge=1, le=60000)


class Cookie(Inputs):
    """A cookie that keeps a client with its pod; the proxy sets it where it is missing."""

    name: str = field("name of the cookie", min_length=1, max_length=100)
    ttl_seconds: int = field(
        "how long it lasts, in seconds; 0: as long as the browser is open", default=0, ge=0, le=86400
    )


class LoadBalancing(Inputs):
    """Which pod a request goes to: by an algorithm, or always the same for what is equal."""

    algorithm: Literal["LEAST_REQUEST", "ROUND_ROBIN", "RANDOM"] | None = field(
        "LEAST_REQUEST: of two by chance the one with less to do; left out, one of the hash_ settings decides",
        default=None,
    )
    hash_header: HeaderName | None = field("equal values of this header go to the same pod", default=None)
    hash_cookie: Cookie | None = field("equal values of this cookie go to the same pod", default=None)
    hash_query_parameter: str | None = field(
        "equal values of this parameter of the URL go to the same pod", default=None, min_length=1
    )
    hash_source_ip: bool | None = field("true: the same caller's address goes to the same pod", default=None)
    local: bool = field(
        "whether pods of the caller's zone are preferred, and those of others asked when these are left alone: the "
        "service needs a circuit_breaker, which says when that is",
        default=False,
    )
    warmup_seconds: int | None = field(
        "for how many seconds a new pod gets less; left out, it gets as much as others at once",
        default=None,
        ge=1,
        le=3600,
    )

    rules = (
        Rule(
            "algorithm",
            lambda v: (
                count_set(v.algorithm, v.hash_header, v.hash_cookie, v.hash_query_parameter, v.hash_source_ip) == 1
            ),
            "must be set, or else one of hash_header, hash_cookie, hash_query_parameter, hash_source_ip",
        ),
        Rule(
            "hash_source_ip",
            lambda v: unset(v.hash_source_ip) | v.hash_source_ip,
            "must be true or left out",
        ),
        Rule(
            "warmup_seconds",
            lambda v: unset(v.warmup_seconds) | (~unset(v.algorithm) & (v.algorithm != "RANDOM")),
            "must be left out unless algorithm is LEAST_REQUEST or ROUND_ROBIN: the others know no warming up",
            shows=("algorithm",),
        ),
    )


class MeshService(Inputs):
    """How requests to one service travel."""

    namespace: NamespaceName = field("namespace of the Service; it must be in the mesh for its callers' sake")
    service: ServiceName = field("name of the Service, whose host is <service>.<namespace>.svc.cluster.local")
    gateways: Annotated[list[GatewayName], Unique()] = field(
        "gateways that it is served by too; left out, the mesh alone asks it", default=[]
    )
    hosts: Annotated[list[DnsName], Unique()] = field(
        "hosts that it has at these gateways, each of a server there", default=[]
    )
    port: int | None = field("port of the Service; left out, it has only one", default=None, ge=1, le=65535)
    subsets: dict[SubsetName, Subset] = field(
        "versions of it and their shares, which add up to 100; left out, all pods are alike", default={}
    )
    header_routes: dict[HeaderName, HeaderRoute] = field(
        "requests that get a subset by a header of theirs, such as testers'; left out, none", default={}
    )
    timeout_milliseconds: int | None = field(
        "how long an answer may take with all its retries, in milliseconds; left out, as long as it takes",
        default=None,
        ge=1,
        le=3600000,
    )
    retries: Retries | None = field(
        "what is tried again; left out, Istio's own: twice, before anybody worked on the request", default=None
    )
    retry_budget: RetryBudget | None = field(
        "how many retries there may be at once; left out, any number", default=None
    )
    circuit_breaker: CircuitBreaker | None = field("when pods are left alone; left out, never", default=None)
    load_balancing: LoadBalancing | None = field("which pod a request goes to; left out, LEAST_REQUEST", default=None)

    rules = (
        Rule(
            "subsets",
            lambda v: (length(v.subsets) == 0) | (summed(v.subsets, lambda _, one: one.weight) == 100),
            "must have weights that add up to 100",
            finds=lambda v: keys(v.subsets),
        ),
        EachRule(
            "header_routes",
            lambda v, _, one: contains(keys(v.subsets), one.subset),
            "must be a name in subsets",
            inside="subset",
            shows=("subset",),
        ),
        Rule(
            "retries",
            lambda v: (
                unset(v.retries)
                | unset(v.timeout_milliseconds)
                | ((v.retries.attempts + 1) * v.retries.per_try_milliseconds <= v.timeout_milliseconds)
            ),
            "must all have their time: the first try and attempts more, of per_try_milliseconds each, must fit into "
            "timeout_milliseconds, or the last ones never happen",
            shows=("retries.attempts", "retries.per_try_milliseconds", "timeout_milliseconds"),
        ),
        Rule(
            "hosts",
            lambda v: (length(v.hosts) == 0) == (length(v.gateways) == 0),
            "must be given with gateways, and only then",
            shows=("hosts", "gateways"),
        ),
        Rule(
            "load_balancing",
            lambda v: unset(v.load_balancing) | ~v.load_balancing.local | ~unset(v.circuit_breaker),
            "must not be local without circuit_breaker: no pod would ever be left alone for one of another zone",
        ),
    )
