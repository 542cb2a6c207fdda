"""What the function knows of the provider: the environment variable PROVIDER, a JSON object. It holds no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from . import errors, pointers

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
OVERLAPS = ("none", "until_next_rotation")
HOLDERS = ("current", "pending")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Call:
    """One request to the provider. Texts in `headers`, `body` and `url` may hold placeholders, see the README."""

    method: str
    url: str
    expect: tuple[int, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    authenticate_with: str = "current"
    attempts: int = 1
    wait_seconds: float = 0
    key_pointer: str = ""
    key_id_pointer: str = ""

    def uses(self, placeholder: str) -> bool:
        """Whether the request holds a placeholder anywhere."""
        return any(
            placeholder in PLACEHOLDER.findall(text) for text in _texts([self.url, dict(self.headers), self.body])
        )


@dataclass(frozen=True)
class Settings:
    """The whole of PROVIDER."""

    header: str
    header_format: str
    username_pointer: str
    key_pointer: str
    key_id_pointer: str
    create: Call
    probe: Call
    enable: Call | None
    revoke: Call | None
    overlap: str
    idempotency_header: str
    timeout_seconds: float


class _Reader:
    """Takes an object's members one by one, and remembers what was wrong with them and which nobody asked for."""

    def __init__(self, members: Any, path: str, problems: list[str]) -> None:
        self.path, self.problems = path, problems
        if not isinstance(members, dict):
            problems.append(f"{path or 'it'}: must be a JSON object")
            members = {}
        # Terraform writes null for what is left out.
        self.left = {name: value for name, value in members.items() if value is not None}

    def name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def complain(self, key: str, what: str) -> None:
        self.problems.append(f"{self.name(key)}: {what}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.left.pop(key, default)
        if value is None:
            self.complain(key, "is missing")
        elif not isinstance(value, str):
            self.complain(key, "must be a text")
        else:
            return value
        return ""

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(key, default)
        if value not in allowed:
            self.complain(key, f"must be one of {', '.join(allowed)}, got {value!r}")
        return value

    def pointer(self, key: str, default: str | None = None) -> str:
        value = self.text(key, default)
        if value:
            try:
                pointers.parts(value)
            except ValueError as error:
                self.complain(key, str(error))
        return value

    def number(self, key: str, default: float, least: float, most: float) -> float:
        value = self.left.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.complain(key, f"must be a number from {least:g} to {most:g}, got {value!r}")
            return default
        return value

    def placeholders(self, key: str, value: Any, allowed: tuple[str, ...]) -> None:
        for text in _texts(value):
            for name in PLACEHOLDER.findall(text):
                if name not in allowed:
                    self.complain(key, f"the placeholder {{{name}}} is not among {', '.join(allowed) or 'none'}")

    def finish(self) -> None:
        for key in sorted(self.left):
            self.complain(key, "is not known here")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else []


def _call(members: Any, path: str, problems: list[str], *, method: str, expect: list[int], attempts: int = 1) -> Call:
    given = _Reader(members, path, problems)
    url = given.text("url")
    try:
        split = urlsplit(PLACEHOLDER.sub("x", url))
        secure = split.scheme == "https" and split.hostname and not split.username and split.port != 0
    except ValueError:
        secure = False
    if url and not secure:
        given.complain("url", "must be an https:// URL without a user name in it")
    # A URL ends up in the access logs of both sides, so a key has no place in it.
    given.placeholders("url", url, ("key_id", "request_id"))
    headers = given.left.pop("headers", {})
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        given.complain("headers", "must be an object of texts")
        headers = {}
    given.placeholders("headers", headers, ("key", "key_id", "request_id"))
    body = given.left.pop("body", None)
    given.placeholders("body", body, ("key", "key_id", "request_id"))
    statuses = given.left.pop("expect", expect)
    if not isinstance(statuses, list) or not statuses or not all(type(code) is int for code in statuses):
        given.complain("expect", "must be a list of HTTP statuses, such as [200, 201]")
        statuses = expect
    call = Call(
        method=given.choice("method", METHODS, method),
        url=url,
        expect=tuple(statuses),
        headers=headers,
        body=body,
        authenticate_with=given.choice("authenticate_with", HOLDERS, "current") if path == "enable" else "",
        attempts=int(given.number("attempts", attempts, 1, 30)) if path == "probe" else 1,
        wait_seconds=given.number("wait_seconds", 2, 0, 60) if path == "probe" else 0,
        key_pointer=given.pointer("key_pointer") if path == "create" else "",
        key_id_pointer=given.pointer("key_id_pointer", "") if path == "create" else "",
    )
    given.finish()
    return call


def parse(text: str) -> Settings:
    """The settings in `text`. Raises RotationFailed with everything that is wrong with them."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise errors.bad_settings([f"it is not JSON: {error}"]) from None
    problems: list[str] = []
    given = _Reader(document, "", problems)
    authentication = _Reader(given.left.pop("authentication", {}), "authentication", problems)
    secret = _Reader(given.left.pop("secret", {}), "secret", problems)
    enable, revoke = given.left.pop("enable", None), given.left.pop("revoke", None)
    settings = Settings(
        header=authentication.text("header", "Authorization"),
        header_format=authentication.text("format", "Bearer {key}"),
        username_pointer=authentication.pointer("username_pointer", ""),
        key_pointer=secret.pointer("key_pointer", "/api_key"),
        key_id_pointer=secret.pointer("key_id_pointer", ""),
        create=_call(given.left.pop("create", {}), "create", problems, method="POST", expect=[200, 201]),
        probe=_call(given.left.pop("probe", {}), "probe", problems, method="GET", expect=[200, 204], attempts=5),
        enable=None if enable is None else _call(enable, "enable", problems, method="POST", expect=[200, 201, 204]),
        # What is gone already needs no revoking: 404 and 410 are as good as success, also when a step is tried again.
        revoke=None
        if revoke is None
        else _call(revoke, "revoke", problems, method="DELETE", expect=[200, 202, 204, 404, 410]),
        overlap=given.choice("overlap", OVERLAPS, "until_next_rotation"),
        idempotency_header=given.text("idempotency_header", ""),
        timeout_seconds=given.number("timeout_seconds", 10, 1, 60),
    )
    authentication.placeholders("format", settings.header_format, ("basic", "key"))
    if not PLACEHOLDER.search(settings.header_format):
        authentication.complain("format", "must hold {key} or {basic}, or every request would go out without the key")
    if "{basic}" in settings.header_format and not settings.username_pointer:
        authentication.complain("username_pointer", "is missing: {basic} is made of a user name and the key")
    if bool(settings.key_id_pointer) != bool(settings.create.key_id_pointer):
        secret.complain("key_id_pointer", "and create.key_id_pointer belong together: from the answer into the secret")
    calls = [call for call in (settings.create, settings.probe, settings.enable, settings.revoke) if call is not None]
    if not settings.key_id_pointer and any(call.uses("key_id") for call in calls):
        secret.complain("key_id_pointer", "is missing: a request uses {key_id}")
    for reader in (authentication, secret, given):
        reader.finish()
    if problems:
        raise errors.bad_settings(sorted(set(problems)))
    return settings
