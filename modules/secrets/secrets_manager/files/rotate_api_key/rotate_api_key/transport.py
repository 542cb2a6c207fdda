"""One HTTPS request, without redirects, proxies or retries, and with an end."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

from . import errors

LIMIT_BYTES = 1_048_576


@dataclass(frozen=True)
class Request:
    """What goes out. `purpose` completes the sentence "to ..." in a log line; headers and body may hold a key."""

    purpose: str
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    timeout_seconds: float

    @property
    def host(self) -> str:
        """The host and port of the URL: all of it that is ever said."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True)
class Response:
    """What came back. The body may hold a key."""

    status: int
    body: bytes = field(repr=False)


Send: TypeAlias = Callable[[Request], Response]


def https(context: ssl.SSLContext | None = None) -> Send:
    """Sends over TLS, checked against the system's certificates unless `context` says otherwise.

    A redirect is an answer like any other, and nothing follows it: it would carry the key to another host. Raises
    RotationFailed when no answer came.
    """
    trusted = context or ssl.create_default_context()

    def send(request: Request) -> Response:
        split = urlsplit(request.url)
        path = split.path or "/"
        connection = http.client.HTTPSConnection(
            split.hostname or "", split.port, timeout=request.timeout_seconds, context=trusted
        )
        try:
            connection.request(
                request.method,
                f"{path}?{split.query}" if split.query else path,
                body=request.body,
                headers=dict(request.headers),
            )
            answer = connection.getresponse()
            body = answer.read(LIMIT_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            raise errors.unreachable(request.purpose, request.host, str(error) or type(error).__name__) from None
        finally:
            connection.close()
        if len(body) > LIMIT_BYTES:
            raise errors.too_long(request.purpose, request.host, LIMIT_BYTES)
        return Response(answer.status, body)

    return send
