"""Who may ask whom: policies that allow, tokens, and who else is asked.

https://istio.io/latest/docs/reference/config/security/authorization-policy/
https://istio.io/latest/docs/reference/config/security/request_authentication/
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from groundplan.building import custom_resources
from groundplan.framework import (
    Module,
    any_of,
    calculated,
    choose,
    concat,
    each,
    each_item,
    equals,
    not_empty,
    text,
    texts,
    without_nulls,
)

from .inputs import IstioInputs
from .policy_inputs import Allowed, ExternalAuthorizer, ExternalCheck, Jwt

__all__ = ["authorizers", "policies"]


def policies(scope: Module[Any, Any], given: IstioInputs, *, after: Sequence[Any]) -> None:
    """What is allowed, whose tokens count, whose are asked for, and what others decide."""
    required = each(given.jwt).where(lambda one: one.required).entries()
    kinds: list[tuple[str, Any, Any]] = [
        ("allowed", given.allowed, _allowed),
        ("jwt", given.jwt, _jwt),
        ("jwt_required", required, _required),
        ("external_checks", given.external_checks, _checked),
    ]
    for id, entries, make in kinds:
        custom_resources(
            scope,
            id,
            name=f"istio-{id.replace('_', '-')}",
            namespace=given.namespace,
            after=after,
            entries=entries,
            make=partial(make, given),
        )


def authorizers(given: IstioInputs) -> Any:
    """The external authorizers as meshConfig has them."""
    return each(given.external_authorizers).documents(_authorizer)


def _authorizer(name: str, one: ExternalAuthorizer) -> Any:
    asked = {
        "service": one.service,
        "port": one.port,
        # the mesh's configuration takes durations in seconds alone
        "timeout": f"{calculated('{thousandths} / 1000', thousandths=one.timeout_milliseconds)}s",
        "failOpen": one.fail_open,
    }
    by_http = {
        **asked,
        "includeRequestHeadersInCheck": one.request_headers,
        "headersToUpstreamOnAllow": one.headers_upstream,
    }
    return without_nulls(
        {
            "name": name,
            "envoyExtAuthzGrpc": choose(equals(one.protocol, "grpc"), asked, None),
            "envoyExtAuthzHttp": choose(equals(one.protocol, "http"), by_http, None),
        }
    )


def _policy(name: str, one: Any, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": name, "namespace": one.namespace},
        "spec": without_nulls({"selector": _selector(one), **spec}),
    }


def _selector(one: Any) -> Any:
    return choose(not_empty(one.workload_labels), {"matchLabels": one.workload_labels}, None)


def _given(items: Any) -> Any:
    """A list, or null where it is empty: an empty one matches nothing."""
    return choose(not_empty(items), items, None)


def _allowed(given: IstioInputs, name: str, one: Allowed) -> dict[str, Any]:
    accounts = concat(
        each_item(one.callers).documents(
            lambda caller: f"{given.trust_domain}/ns/{text('replace', caller, '/', '/sa/')}"
        ),
        texts("formatlist", f"{given.trust_domain}/ns/{given.gateway_namespace}/sa/%s", one.gateways),
    )
    tokens = _given(one.token_identities)
    # whoever is of one of them, and with the token that is asked for
    named = any_of(not_empty(accounts), not_empty(one.caller_namespaces))
    sources = concat(
        choose(not_empty(accounts), [_source(principals=accounts, requestPrincipals=tokens)], []),
        choose(
            not_empty(one.caller_namespaces), [_source(namespaces=one.caller_namespaces, requestPrincipals=tokens)], []
        ),
        choose(named, [], [_source(requestPrincipals=tokens)]),
    )
    narrowed = any_of(not_empty(one.methods), not_empty(one.paths), not_empty(one.ports))
    operation = without_nulls(
        {
            "methods": _given(one.methods),
            "paths": _given(one.paths),
            "ports": choose(not_empty(one.ports), texts("formatlist", "%d", one.ports), None),
        }
    )
    rule = without_nulls({"from": sources, "to": choose(narrowed, [{"operation": operation}], None)})
    return _policy(name, one, {"action": "ALLOW", "rules": [rule]})


def _source(**fields: Any) -> dict[str, Any]:
    return {"source": without_nulls(fields)}


def _jwt(_: IstioInputs, name: str, one: Jwt) -> dict[str, Any]:
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "RequestAuthentication",
        "metadata": {"name": name, "namespace": one.namespace},
        "spec": without_nulls(
            {
                "selector": _selector(one),
                "jwtRules": [
                    without_nulls(
                        {
                            "issuer": one.issuer,
                            "jwksUri": one.jwks_uri,
                            "audiences": one.audiences,
                            "forwardOriginalToken": one.forward,
                        }
                    )
                ],
            }
        ),
    }


def _required(_: IstioInputs, name: str, one: Jwt) -> dict[str, Any]:
    """A RequestAuthentication alone lets requests without a token pass."""
    nobody = [{"from": [{"source": {"notRequestPrincipals": ["*"]}}]}]
    return _policy(f"{name}-required", one, {"action": "DENY", "rules": nobody})


def _checked(_: IstioInputs, name: str, one: ExternalCheck) -> dict[str, Any]:
    narrowed = any_of(not_empty(one.paths), not_empty(one.except_paths))
    operation = without_nulls({"paths": _given(one.paths), "notPaths": _given(one.except_paths)})
    rule = choose(narrowed, {"to": [{"operation": operation}]}, {})
    return _policy(f"{name}-checked", one, {"action": "CUSTOM", "provider": {"name": one.authorizer}, "rules": [rule]})
