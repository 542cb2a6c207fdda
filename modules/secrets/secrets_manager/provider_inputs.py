"""A third party that renews its API keys over HTTPS: which requests the rotation function makes.

The names are those of the function's own settings, see files/rotate_api_key/README.md. No secret's value is among them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from groundplan.framework import (
    EachRule,
    Inputs,
    Rule,
    any_of,
    calculated,
    choose,
    contains,
    field,
    first_set,
    is_set,
    keys,
    merged,
    not_empty,
    number,
    unset,
)
from groundplan.framework.constraints import Pattern

__all__ = ["ApiKeyProvider", "Authentication", "Create", "Enable", "Probe", "Revoke", "settings", "timeout_seconds"]

LONGEST_SECONDS = 900
"""How long Lambda lets a function run. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

KeyUrl = Annotated[
    str,
    # `{` and `}` are left out of the printable characters; a URL ends in access logs, so {key} has no place in it
    Pattern(
        r"https://(?:[!-z|~]|\{key_id\}|\{request_id\})+",
        "an https:// URL, with no placeholder but {key_id} and {request_id}",
    ),
]
Pointer = Annotated[str, Pattern(r"(?:/[^/~]*(?:~[01][^/~]*)*)+", "a JSON pointer (RFC 6901), such as /data/key")]
HeaderFormat = Annotated[
    str, Pattern(r"[ -z|~]*\{key\}[ -z|~]*", "a header's value with {key} in it, such as Bearer {key}")
]
HeaderName = Annotated[str, Pattern("[A-Za-z0-9-]+", "the name of an HTTP header")]
Method = Literal["DELETE", "GET", "PATCH", "POST", "PUT"]


class Authentication(Inputs):
    """How requests to the provider carry a key."""

    header: HeaderName = field("HTTP header that carries the key", default="Authorization")
    format: HeaderFormat = field("value of the header; {key} stands for the key", default="Bearer {key}")
    username_pointer: Pointer | None = field(
        "where in the secret the user name of HTTP basic authentication is, such as an OAuth client id, as a JSON "
        "pointer; left out, the header is made by format",
        default=None,
    )


class Create(Inputs):
    """The request that makes a new key, asked with the current one."""

    url: KeyUrl = field("where a new key is made")
    method: Method = field("HTTP method of the request", default="POST")
    headers: dict[HeaderName, str] = field("further headers, texts with {key}, {key_id} or {request_id}", default={})
    body: dict[str, str] | None = field(
        "body, sent as a JSON object of texts with {key}, {key_id} or {request_id}; left out, there is none",
        default=None,
    )
    body_lists: dict[str, list[str]] = field(
        "members of that object that are lists of texts, such as the scopes of the new key, without which some "
        "providers make a key that may do everything",
        default={},
    )
    expect: list[int] | None = field(
        "HTTP statuses that mean success; left out, 200 and 201", default=None, min_length=1
    )
    key_pointer: Pointer = field("where in the answer the new key is, as a JSON pointer")
    key_id_pointer: Pointer | None = field(
        "where in the answer the provider's name of the new key is; left out, keys have no name", default=None
    )

    rules = (
        EachRule(
            "body_lists",
            lambda v, name, _: unset(v.body) | ~contains(keys(v.body), name),
            "must have another name than those of body: the object has each once",
        ),
    )


class Probe(Inputs):
    """The request that shows that the new key works."""

    url: KeyUrl = field("what only a working key may ask")
    method: Method = field("HTTP method of the request", default="GET")
    headers: dict[HeaderName, str] = field("further headers, texts with {key}, {key_id} or {request_id}", default={})
    body: dict[str, str] | None = field("body, sent as a JSON object of texts; left out, there is none", default=None)
    expect: list[int] | None = field(
        "HTTP statuses that mean success; left out, 200 and 204", default=None, min_length=1
    )
    attempts: int = field(
        "how often it is tried, since a new key is not known everywhere at once", default=5, ge=1, le=30
    )
    wait_seconds: int = field("how long to wait between two attempts, in seconds", default=2, ge=0, le=60)


class Enable(Inputs):
    """The request that makes the provider accept the new key, for those that need it."""

    url: KeyUrl = field("where a new key is enabled")
    method: Method = field("HTTP method of the request", default="POST")
    headers: dict[HeaderName, str] = field("further headers, texts with {key}, {key_id} or {request_id}", default={})
    body: dict[str, str] | None = field("body, sent as a JSON object of texts; left out, there is none", default=None)
    expect: list[int] | None = field(
        "HTTP statuses that mean success; left out, 200, 201 and 204", default=None, min_length=1
    )
    authenticate_with: Literal["current", "pending"] = field("whether the old or the new key asks", default="current")


class Revoke(Inputs):
    """The request that ends an old key."""

    url: KeyUrl = field("where an old key is revoked")
    method: Method = field("HTTP method of the request", default="DELETE")
    headers: dict[HeaderName, str] = field("further headers, texts with {key}, {key_id} or {request_id}", default={})
    body: dict[str, str] | None = field("body, sent as a JSON object of texts; left out, there is none", default=None)
    expect: list[int] | None = field(
        "HTTP statuses that mean success; left out, 200, 202, 204, 404 and 410", default=None, min_length=1
    )


class ApiKeyProvider(Inputs):
    """A third party that makes new keys when asked with the current one."""

    authentication: Authentication = field("how requests carry a key", default=Authentication())
    key_pointer: Pointer = field("where in the secret's JSON object the key is", default="/api_key")
    key_id_pointer: Pointer | None = field(
        "where in the secret's JSON object the provider's name of the key is; left out, keys have no name", default=None
    )
    create: Create = field("the request that makes a new key")
    probe: Probe = field("the request that shows that a key works")
    enable: Enable | None = field("the request that enables a new key; left out, none is needed", default=None)
    revoke: Revoke | None = field(
        "the request that revokes an old key; left out, old keys stay valid until the provider ends them", default=None
    )
    overlap: Literal["none", "until_next_rotation"] = field(
        "whether the old key ends at once, or works on until the next rotation so that consumers may cache it",
        default="until_next_rotation",
    )
    idempotency_header: HeaderName | None = field(
        "header that carries the rotation's token, for providers that make one key a token however often they are "
        "asked; left out, none",
        default=None,
    )
    timeout_seconds: int = field("how long to wait for an answer, in seconds", default=10, ge=1, le=60)

    rules = (
        Rule(
            "key_id_pointer",
            lambda v: unset(v.key_id_pointer) == unset(v.create.key_id_pointer),
            "and create.key_id_pointer must be given together: the key's name goes from the answer into the secret",
        ),
        Rule(
            "probe",
            lambda v: v.probe.attempts * (v.timeout_seconds + v.probe.wait_seconds) + 30 <= LONGEST_SECONDS,
            "takes too long for a function: attempts * (timeout_seconds + wait_seconds) must be 870 seconds or less",
            shows=("timeout_seconds", "probe"),
        ),
    )


def settings(provider: ApiKeyProvider) -> dict[str, Any]:
    """The function's PROVIDER, of a provider that is a reference."""
    authentication, create = provider.authentication, provider.create
    has_body = any_of(is_set(create.body), not_empty(create.body_lists))
    return {
        "authentication": {
            "header": authentication.header,
            "format": choose(is_set(authentication.username_pointer), "Basic {basic}", authentication.format),
            "username_pointer": authentication.username_pointer,
        },
        "secret": {"key_pointer": provider.key_pointer, "key_id_pointer": provider.key_id_pointer},
        "create": {
            "url": create.url,
            "method": create.method,
            "headers": create.headers,
            "body": choose(has_body, merged(first_set(create.body, {}), create.body_lists), None),
            "expect": create.expect,
            "key_pointer": create.key_pointer,
            "key_id_pointer": create.key_id_pointer,
        },
        "probe": provider.probe,
        "enable": provider.enable,
        "revoke": provider.revoke,
        "overlap": provider.overlap,
        "idempotency_header": provider.idempotency_header,
        "timeout_seconds": provider.timeout_seconds,
    }


def timeout_seconds(provider: ApiKeyProvider) -> float:
    """How long a step may take: all attempts of the probe, or the three requests of making a key."""
    probing = calculated(
        "{attempts} * ({timeout} + {wait}) + 30",
        attempts=provider.probe.attempts,
        timeout=provider.timeout_seconds,
        wait=provider.probe.wait_seconds,
    )
    return number("max", 120, probing, calculated("{timeout} * 3 + 30", timeout=provider.timeout_seconds))
