"""How requests to services travel: their routes, their versions, and what is done when one does not answer.

https://istio.io/latest/docs/reference/config/networking/virtual-service/
https://istio.io/latest/docs/reference/config/networking/destination-rule/
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from groundplan.building import custom_resources
from groundplan.framework import (
    Module,
    choose,
    concat,
    each,
    is_set,
    join,
    not_empty,
    present,
    texts,
    without_nulls,
)

from .inputs import IstioInputs
from .service_inputs import CircuitBreaker, LoadBalancing, MeshService, Retries

__all__ = ["services"]


def services(scope: Module[Any, Any], given: IstioInputs, *, after: Sequence[Any]) -> None:
    """A VirtualService and a DestinationRule for each, in the namespace of the service."""
    for id, make in (("routes", _route), ("destinations", _destination)):
        custom_resources(
            scope,
            f"service_{id}",
            name=f"istio-service-{id}",
            namespace=given.namespace,
            after=after,
            entries=given.services,
            make=partial(make, given),
        )


def _host(service: MeshService) -> str:
    return f"{service.service}.{service.namespace}.svc.cluster.local"


def _route(given: IstioInputs, name: str, service: MeshService) -> dict[str, Any]:
    common = {
        "timeout": choose(is_set(service.timeout_milliseconds), f"{present(service.timeout_milliseconds)}ms", None),
        "retries": choose(is_set(service.retries), _retries(present(service.retries)), None),
    }
    every = [{"destination": _to(service, None)}]
    shares = each(service.subsets).documents(
        lambda subset, one: {"destination": _to(service, subset), "weight": one.weight}
    )
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": name, "namespace": service.namespace},
        "spec": {
            "hosts": concat([_host(service)], service.hosts),
            "gateways": concat(["mesh"], texts("formatlist", f"{given.gateway_namespace}/%s", service.gateways)),
            "http": concat(
                each(service.header_routes).documents(
                    lambda header, one: without_nulls(
                        {
                            "name": f"by-{header}",
                            "match": [{"headers": {header: {"exact": one.value}}}],
                            "route": [{"destination": _to(service, one.subset)}],
                            **common,
                        }
                    )
                ),
                [
                    without_nulls(
                        {
                            "name": "by-weight",
                            "route": concat(shares, choose(not_empty(service.subsets), [], every)),
                            **common,
                        }
                    )
                ],
            ),
        },
    }


def _to(service: MeshService, subset: str | None) -> Any:
    return without_nulls(
        {
            "host": _host(service),
            "subset": subset,
            "port": choose(is_set(service.port), {"number": present(service.port)}, None),
        }
    )


def _retries(retries: Retries) -> dict[str, Any]:
    return {
        "attempts": retries.attempts,
        "perTryTimeout": f"{retries.per_try_milliseconds}ms",
        "retryOn": join(",", retries.on),
        "retryRemoteLocalities": retries.other_zones,
    }


def _destination(_: IstioInputs, name: str, service: MeshService) -> dict[str, Any]:
    budget = present(service.retry_budget)
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "DestinationRule",
        "metadata": {"name": name, "namespace": service.namespace},
        "spec": {
            "host": _host(service),
            "trafficPolicy": without_nulls(
                {
                    # of a pod without a proxy istiod would otherwise make an exception, and have it asked in clear
                    "tls": {"mode": "ISTIO_MUTUAL"},
                    "loadBalancer": choose(
                        is_set(service.load_balancing), _load_balancer(present(service.load_balancing)), None
                    ),
                    "connectionPool": choose(
                        is_set(service.circuit_breaker), _pool(present(service.circuit_breaker)), None
                    ),
                    "outlierDetection": choose(
                        is_set(service.circuit_breaker), _outliers(present(service.circuit_breaker)), None
                    ),
                    "retryBudget": choose(
                        is_set(service.retry_budget),
                        {"percent": budget.percent, "minRetryConcurrency": budget.min_concurrency},
                        None,
                    ),
                }
            ),
            "subsets": each(service.subsets).documents(lambda subset, one: {"name": subset, "labels": one.labels}),
        },
    }


def _load_balancer(wanted: LoadBalancing) -> Any:
    cookie = present(wanted.hash_cookie)
    hashed = without_nulls(
        {
            "httpHeaderName": wanted.hash_header,
            "httpQueryParameterName": wanted.hash_query_parameter,
            "useSourceIp": wanted.hash_source_ip,
            "httpCookie": choose(
                is_set(wanted.hash_cookie), {"name": cookie.name, "ttl": f"{cookie.ttl_seconds}s"}, None
            ),
        }
    )
    return without_nulls(
        {
            "simple": wanted.algorithm,
            "consistentHash": choose(is_set(wanted.algorithm), None, hashed),
            "localityLbSetting": {"enabled": wanted.local},
            "warmup": choose(is_set(wanted.warmup_seconds), {"duration": f"{present(wanted.warmup_seconds)}s"}, None),
        }
    )


def _pool(breaker: CircuitBreaker) -> dict[str, Any]:
    return {
        "tcp": {
            "maxConnections": breaker.max_connections,
            "connectTimeout": f"{breaker.connect_milliseconds}ms",
        },
        "http": {
            "http1MaxPendingRequests": breaker.max_pending_requests,
            "http2MaxRequests": breaker.max_requests,
        },
    }


def _outliers(breaker: CircuitBreaker) -> dict[str, Any]:
    return {
        "consecutive5xxErrors": breaker.consecutive_errors,
        "interval": f"{breaker.interval_seconds}s",
        "baseEjectionTime": f"{breaker.ejection_seconds}s",
        "maxEjectionPercent": breaker.max_ejection_percent,
    }
