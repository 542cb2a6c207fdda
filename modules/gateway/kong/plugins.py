"""The plugins as Kong's objects, and the consumers with their credentials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import custom_resources
from groundplan.framework import (
    Module,
    all_of,
    any_value,
    choose,
    each,
    equals,
    first_set,
    is_set,
    join,
    jsonencode,
    not_empty,
    present,
    texts,
    without_nulls,
)

from .inputs import KongInputs
from .plugin_inputs import (
    Consumer,
    Credential,
    HttpLog,
    Jwt,
    NamespacePlugin,
    Plugin,
    RateLimiting,
    RequestTransformer,
    RequestValues,
    ResponseTransformer,
    ResponseValues,
)

__all__ = ["REDACTED", "consumers", "plugin_name", "plugin_names", "plugins"]

API = "configuration.konghq.com/v1"
CLASS = "kubernetes.io/ingress.class"
REDACTED = {
    "custom_fields_by_lua": {
        # cookies, keys and tokens are in headers, and Kong itself leaves out authorization alone
        f"{side}.headers": "return nil"
        for side in ("request", "response")
    }
}
"""What no log of requests holds: https://developer.konghq.com/plugins/http-log/#custom-fields-by-lua"""


def plugin_name(given: KongInputs, name: str) -> str:
    """What a plugin for the whole cluster is called there: another Kong's may have the same name here."""
    return f"{given.release_name}-{name}"


def plugin_names(given: KongInputs) -> dict[str, str]:
    """What `konghq.com/plugins` takes, by the name here."""
    named: dict[str, str] = each(given.plugins).document(lambda name, _: plugin_name(given, name))
    return named


def plugins(scope: Module[Any, Any], given: KongInputs, *, after: Sequence[Any]) -> list[Any]:
    """KongClusterPlugins, and KongPlugins of single namespaces; gives what consumers come after.

    https://developer.konghq.com/kubernetes-ingress-controller/reference/custom-resources/
    """
    everywhere = custom_resources(
        scope,
        "plugins",
        name=f"{given.release_name}-plugins",
        namespace=given.namespace,
        after=after,
        entries=given.plugins,
        make=lambda name, plugin: _cluster_plugin(given, name, plugin),
    )
    somewhere = custom_resources(
        scope,
        "namespace_plugins",
        name=f"{given.release_name}-namespace-plugins",
        namespace=given.namespace,
        after=after,
        entries=given.namespace_plugins,
        make=lambda name, plugin: _namespace_plugin(given, name, plugin),
    )
    return [everywhere, somewhere]


def consumers(scope: Module[Any, Any], given: KongInputs, *, after: Sequence[Any], store: Sequence[Any]) -> None:
    """The consumers, and their credentials, which External Secrets copies by the store of the database's password.

    https://developer.konghq.com/kubernetes-ingress-controller/consumers/
    """
    custom_resources(
        scope,
        "credentials",
        name=f"{given.release_name}-credentials",
        namespace=given.namespace,
        after=[*after, *store],
        entries=given.client_credentials,
        make=lambda name, credential: _credential(given, name, credential),
    )
    custom_resources(
        scope,
        "consumers",
        name=f"{given.release_name}-consumers",
        namespace=given.namespace,
        after=after,
        entries=given.consumers,
        make=lambda name, consumer: _consumer(given, name, consumer),
    )


def _cluster_plugin(given: KongInputs, name: str, plugin: Plugin) -> dict[str, Any]:
    return {
        "apiVersion": API,
        "kind": "KongClusterPlugin",
        "metadata": {
            "name": plugin_name(given, name),
            "annotations": {CLASS: given.ingress_class},
            "labels": choose(plugin.everywhere, {"global": "true"}, {}),
        },
        "disabled": plugin.disabled,
        **_what(given, plugin),
        "configPatches": _patches(given, plugin),
    }


def _namespace_plugin(given: KongInputs, name: str, plugin: NamespacePlugin) -> dict[str, Any]:
    return {
        "apiVersion": API,
        "kind": "KongPlugin",
        "metadata": {
            "name": plugin_name(given, name),
            "namespace": plugin.namespace,
            "annotations": {CLASS: given.ingress_class},
        },
        "disabled": plugin.disabled,
        **_what(given, plugin),
    }


def _consumer(given: KongInputs, name: str, consumer: Consumer) -> dict[str, Any]:
    named = texts("formatlist", f"{given.release_name}-%s", consumer.plugins)
    return {
        "apiVersion": API,
        "kind": "KongConsumer",
        "metadata": {
            "name": name,
            "namespace": given.namespace,
            "annotations": without_nulls(
                {
                    CLASS: given.ingress_class,
                    "konghq.com/plugins": choose(not_empty(consumer.plugins), join(",", named), None),
                }
            ),
        },
        "username": name,
        "custom_id": first_set(consumer.custom_id, ""),
        "credentials": texts("formatlist", f"{given.release_name}-credential-%s", consumer.credentials),
    }


def _credential(given: KongInputs, name: str, credential: Credential) -> dict[str, Any]:
    secret = f"{given.release_name}-credential-{name}"
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": secret, "namespace": given.namespace},
        "spec": {
            "refreshInterval": "5m",
            "secretStoreRef": {"kind": "SecretStore", "name": f"{given.release_name}-database"},
            "target": {
                "name": secret,
                "creationPolicy": "Owner",
                "deletionPolicy": "Retain",
                # by the label the controller knows what it is, and the webhook looks at it
                "template": {"metadata": {"labels": {"konghq.com/credential": credential.kind}}},
            },
            "dataFrom": [{"extract": {"key": credential.secret_arn}}],
        },
    }


def _what(given: KongInputs, plugin: Plugin) -> dict[str, Any]:
    """The plugin and its settings. Of a condition Terraform wants one type on both sides: each is text until then."""
    kinds = (
        ("rate-limiting", plugin.rate_limiting, jsonencode(_rate_limiting(given, present(plugin.rate_limiting)))),
        ("jwt", plugin.jwt, jsonencode(_jwt(present(plugin.jwt)))),
        (
            "request-transformer",
            plugin.request_transformer,
            jsonencode(_request_transformer(present(plugin.request_transformer))),
        ),
        (
            "response-transformer",
            plugin.response_transformer,
            jsonencode(_response_transformer(present(plugin.response_transformer))),
        ),
    )
    kind, config = "http-log", jsonencode(_http_log(present(plugin.http_log)))
    for name, setting, written in reversed(kinds):
        kind = choose(is_set(setting), name, kind)
        config = choose(is_set(setting), written, config)
    return {"plugin": kind, "config": any_value("jsondecode", config)}


def _patches(given: KongInputs, plugin: Plugin) -> list[Any]:
    """The password of Redis, which the controller reads of its Secret: it is never in the plugin itself."""
    counted = all_of(is_set(plugin.rate_limiting), equals(present(plugin.rate_limiting).policy, "redis"))
    secret = present(present(given.redis).password)
    reference = {
        "path": "/redis/password",
        "valueFrom": {"secretKeyRef": {"name": secret.name, "key": secret.key, "namespace": given.namespace}},
    }
    return choose(all_of(counted, is_set(given.redis), is_set(present(given.redis).password)), [reference], [])


def _rate_limiting(given: KongInputs, limits: RateLimiting) -> dict[str, Any]:
    redis = present(given.redis)
    counter = without_nulls(
        {
            "host": redis.host,
            "port": redis.port,
            "username": redis.username,
            "timeout": redis.timeout_milliseconds,
            "ssl": True,
            "ssl_verify": True,
            "server_name": redis.host,
        }
    )
    return without_nulls(
        {
            "second": limits.second,
            "minute": limits.minute,
            "hour": limits.hour,
            "day": limits.day,
            "limit_by": limits.limit_by,
            "header_name": limits.header_name,
            "path": limits.path,
            "policy": limits.policy,
            "fault_tolerant": limits.fault_tolerant,
            "hide_client_headers": limits.hide_client_headers,
            "redis": choose(equals(limits.policy, "redis"), counter, None),
        }
    )


def _jwt(tokens: Jwt) -> dict[str, Any]:
    return without_nulls(
        {
            "key_claim_name": tokens.key_claim_name,
            "claims_to_verify": tokens.claims_to_verify,
            "maximum_expiration": tokens.maximum_expiration_seconds,
            "header_names": tokens.header_names,
            "cookie_names": tokens.cookie_names,
            "uri_param_names": tokens.uri_param_names,
            "anonymous": tokens.anonymous,
            "run_on_preflight": tokens.run_on_preflight,
        }
    )


def _request_transformer(changes: RequestTransformer) -> dict[str, Any]:
    def named(values: RequestValues) -> dict[str, Any]:
        return {part: _pairs(getattr(values, part)) for part in ("headers", "querystring", "body")}

    replaced = without_nulls({**named(changes.replace), "uri": changes.uri})
    return {
        "remove": {part: getattr(changes.remove, part) for part in ("headers", "querystring", "body")},
        "rename": named(changes.rename),
        "replace": replaced,
        "add": named(changes.add),
        "append": named(changes.append),
    }


def _response_transformer(changes: ResponseTransformer) -> dict[str, Any]:
    def named(values: ResponseValues) -> dict[str, Any]:
        return {part: _pairs(getattr(values, part)) for part in ("headers", "json")}

    return {
        "remove": {part: getattr(changes.remove, part) for part in ("headers", "json")},
        "rename": named(changes.rename),
        "replace": named(changes.replace),
        "add": named(changes.add),
        "append": named(changes.append),
    }


def _pairs(values: dict[str, str]) -> list[Any]:
    """As Kong writes them, `name:value`, in the order of their names."""
    written: list[Any] = each(values).documents(lambda name, value: f"{name}:{value}")
    return written


def _http_log(log: HttpLog) -> dict[str, Any]:
    return {
        "http_endpoint": log.http_endpoint,
        "method": log.method,
        "timeout": log.timeout_milliseconds,
        "headers": log.headers,
        "queue": {"max_batch_size": log.max_batch_size},
        **REDACTED,
    }
