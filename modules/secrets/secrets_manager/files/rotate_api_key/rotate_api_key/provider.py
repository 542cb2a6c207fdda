"""The third party: asking it for a key, enabling, trying and revoking one."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from . import errors, pointers
from .settings import PLACEHOLDER, Call, Settings
from .transport import Request, Response, Send


@dataclass(frozen=True)
class Key:
    """An API key, with the provider's own name for it where it has one. Its value never shows in a log."""

    value: str = field(repr=False)
    key_id: str = ""
    username: str = field(default="", repr=False)

    def checked(self, what: str) -> Key:
        """Itself, when a header can carry it. http.client would put the whole value into its complaint."""
        if (
            not self.value
            or not self.value.isascii()
            or not self.value.isprintable()
            or self.value != self.value.strip()
        ):
            raise errors.unusable_key(what)
        return self


class Provider:
    """The provider that `settings` describe, reached by `send`."""

    def __init__(self, settings: Settings, send: Send, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.settings = settings
        self._send = send
        self._sleep = sleep

    def create(self, current: Key, request_id: str) -> Key:
        """A new key, asked for with the current one. A provider that knows idempotency gives the same on a retry."""
        call = self.settings.create
        headers = {self.settings.idempotency_header: request_id} if self.settings.idempotency_header else {}
        request = self._request("create a key", call, by=current, about=current, request_id=request_id, extra=headers)
        response = self._expect(request, call)
        try:
            answer = json.loads(response.body)
        except ValueError:
            raise errors.not_json(request.purpose, request.host) from None
        what = f"The answer of {request.host}"
        key_id = _text(answer, call.key_id_pointer, what) if call.key_id_pointer else ""
        new = Key(_text(answer, call.key_pointer, what), key_id, current.username).checked(
            f"that {request.host} answered"
        )
        if new.value == current.value:
            raise errors.same_key(request.host)
        return new

    def enable(self, pending: Key, current: Key, request_id: str) -> None:
        """Registers the new key, for a provider that hands keys out disabled. Nothing without an `enable` setting."""
        call = self.settings.enable
        if call is not None:
            by = current if call.authenticate_with == "current" else pending
            self._expect(self._request("enable the new key", call, by=by, about=pending, request_id=request_id), call)

    def probe(self, pending: Key, request_id: str) -> None:
        """Uses the new key for a harmless request, until it is known everywhere or the tries are over."""
        call = self.settings.probe
        request = self._request("try the new key", call, by=pending, about=pending, request_id=request_id)
        for attempt in range(1, call.attempts + 1):
            try:
                self._expect(request, call)
            except errors.RotationFailed:
                if attempt == call.attempts:
                    raise
                self._sleep(call.wait_seconds)
            else:
                return

    def revoke(self, old: Key, by: Key, request_id: str) -> None:
        """Ends an old key. Nothing without a `revoke` setting, and nothing for the key that does the asking."""
        call = self.settings.revoke
        if call is not None and old.value != by.value and not (old.key_id and old.key_id == by.key_id):
            self._expect(self._request("revoke an old key", call, by=by, about=old, request_id=request_id), call)

    def _request(
        self, purpose: str, call: Call, *, by: Key, about: Key, request_id: str, extra: dict[str, str] | None = None
    ) -> Request:
        if not about.key_id and call.uses("key_id"):
            # Without this, a DELETE of .../keys/{key_id} would go to .../keys/.
            raise errors.no_key_id(purpose)
        words = {"key": about.value, "key_id": about.key_id, "request_id": request_id}
        basic = base64.b64encode(f"{by.username}:{by.value}".encode()).decode()
        headers = {
            "Accept": "application/json",
            "User-Agent": "groundplan-rotate-api-key",
            **{name: _filled(value, words) for name, value in call.headers.items()},
            **(extra or {}),
            self.settings.header: _filled(self.settings.header_format, {"key": by.value, "basic": basic}),
        }
        body = None
        if call.body is not None:
            body = json.dumps(_filled(call.body, words)).encode()
            headers.setdefault("Content-Type", "application/json")
        url = _filled(call.url, {name: quote(value, safe="") for name, value in words.items()})
        return Request(purpose, call.method, url, headers, body, self.settings.timeout_seconds)

    def _expect(self, request: Request, call: Call) -> Response:
        response = self._send(request)
        if response.status not in call.expect:
            raise errors.unexpected_status(request.purpose, request.host, response.status, call.expect)
        return response


def _filled(value: Any, words: dict[str, str]) -> Any:
    """`value` with every placeholder of every text in it replaced, once: what is put in is not looked at again."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), value)
    if isinstance(value, dict):
        return {name: _filled(item, words) for name, item in value.items()}
    return [_filled(item, words) for item in value] if isinstance(value, list) else value


def _text(document: Any, pointer: str, what: str) -> str:
    found = pointers.read(document, pointer)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, str) or not found:
        raise errors.not_there(what, pointer)
    return found
