"""Answers from the network: bounded in size and time, credentials for their own host alone, every failure in words."""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import requests
import urllib3
from requests.auth import AuthBase, HTTPBasicAuth
from requests.utils import get_netrc_auth
from urllib3.exceptions import InvalidHeader, ProtocolError, ReadTimeoutError

from . import errors
from .addresses import shown, split

__all__ = ["Answer", "Web", "credentials_for", "host_of", "is_plain"]

_WHOLE_SECONDS = 600
_CHUNK_BYTES = 1 << 16
_WAITS_SECONDS = (0.5, 1.5)
"""Before a second and a third try of what passes by itself."""
_LONGEST_WAIT_SECONDS = 10
# a proxy or a load balancer says these for a server that comes back: https://www.rfc-editor.org/rfc/rfc9110#name-status-codes
_PASSING = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """What a server said, whatever it said. `following` is the address of the next page, or empty."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    following: str


class Web:
    """Asks servers; used in a `with`, which keeps their connections open.

    What passes by itself is tried three times: an answer that is cut off, a connection that is, 429, 502, 503 and 504.
    A server that asks for a longer pause than ten seconds is not waited for.

    Proxies, authorities and ~/.netrc are those of the environment, as requests reads them: HTTPS_PROXY, NO_PROXY,
    REQUESTS_CA_BUNDLE, NETRC. `timeout_seconds` bounds how long a server may be silent.
    """

    def __init__(self, *, timeout_seconds: float = 20) -> None:
        self.timeout_seconds = timeout_seconds
        self._session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._session.close()

    def get(self, url: str, *, most_bytes: int, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer. Raises NotThere for 404, ToolFailed for every other refusal and all that `ask` raises."""
        return self.accepted(self.ask(url, most_bytes=most_bytes, headers=headers))

    def accepted(self, answer: Answer) -> Answer:
        """The same answer when it is none of refusal, which raises NotThere for 404 and else ToolFailed."""
        if answer.status == requests.codes.not_found:
            raise errors.NotThere(answer.url)
        if answer.status in (requests.codes.unauthorized, requests.codes.forbidden):
            given = credentials_for(answer.url) is not None
            raise errors.not_allowed(answer.url, answer.status, host_of(answer.url), given=given)
        if answer.status >= requests.codes.bad_request:
            raise errors.refused(answer.url, answer.status)
        return answer

    def ask(
        self, url: str, *, most_bytes: int, headers: Mapping[str, str] | None = None, auth: AuthBase | None = None
    ) -> Answer:
        """The answer, a refusal too. Raises ToolFailed when none comes, or more than `most_bytes`."""
        for wait in (*_WAITS_SECONDS, None):
            try:
                answer = self._asked(url, most_bytes, headers or {}, auth)
            except errors.Broken:
                if wait is None:
                    raise
                time.sleep(wait)
                continue
            pause = _pause(answer, wait) if answer.status in _PASSING else None
            if pause is None:
                break
            time.sleep(pause)
        return answer

    def _asked(self, url: str, most_bytes: int, headers: Mapping[str, str], auth: AuthBase | None) -> Answer:
        said = shown(url)
        try:
            with self._session.get(
                url,
                headers=dict(headers),
                auth=auth or credentials_for(url),
                timeout=self.timeout_seconds,
                stream=True,
            ) as response:
                content = self._body(response, said, most_bytes)
                following = response.links.get("next", {}).get("url", "")
                return Answer(said, response.status_code, response.headers, content, following)
        except requests.Timeout:
            raise errors.no_answer_in_time(said, self.timeout_seconds) from None
        except (requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL):
            raise errors.no_proxy(said) from None
        except requests.exceptions.SSLError as error:
            if "certificate" in str(error).lower():
                raise errors.certificate_refused(said) from None
            raise errors.no_connection(said, "it does not speak TLS") from None
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            raise errors.Broken(said) from None
        except requests.ConnectionError as error:
            # what stops in the middle of an answer is told by requests as a broken connection
            if any(isinstance(cause, ReadTimeoutError) for cause in error.args):
                raise errors.no_answer_in_time(said, self.timeout_seconds) from None
            if any(isinstance(cause, ProtocolError) for cause in error.args):
                raise errors.Broken(said) from None
            raise errors.no_connection(said, type(error).__name__) from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
            raise errors.not_a_source(said) from None
        except requests.RequestException as error:
            raise errors.no_connection(said, type(error).__name__) from None
        except OSError as error:
            # requests looks for the file before it connects to anything
            raise errors.authorities_unreadable(said, str(error)) from None

    def _body(self, response: requests.Response, said: str, most_bytes: int) -> bytes:
        until = time.monotonic() + _WHOLE_SECONDS
        parts: list[bytes] = []
        count = 0
        for part in response.iter_content(_CHUNK_BYTES):
            parts.append(part)
            count += len(part)
            if count > most_bytes:
                raise errors.too_large(said, most_bytes)
            if time.monotonic() > until:
                raise errors.no_answer_in_time(said, _WHOLE_SECONDS)
        return b"".join(parts)


def _pause(answer: Answer, wait: float | None) -> float | None:
    """How long to wait before the next try, None where none makes sense."""
    if wait is None:
        return None
    try:
        asked = urllib3.Retry().parse_retry_after(answer.headers.get("Retry-After", "0"))
    except InvalidHeader:
        asked = 0
    return None if asked > _LONGEST_WAIT_SECONDS else max(wait, asked)


def credentials_for(url: str) -> HTTPBasicAuth | None:
    """The user and password for the host of `url`: of the environment, else of ~/.netrc; None when there are none.

    GROUNDPLAN_CHARTS_USERNAME and _PASSWORD go to the host that GROUNDPLAN_CHARTS_HOST names, and to no other: a lock
    names many hosts. Raises BadInput when they are set without it.
    """
    names = ("GROUNDPLAN_CHARTS_USERNAME", "GROUNDPLAN_CHARTS_PASSWORD")
    username, password = (os.environ.get(name, "") for name in names)
    host = os.environ.get("GROUNDPLAN_CHARTS_HOST", "").lower()
    if not host and (username or password):
        raise errors.host_not_named(names[0] if username else names[1])
    if host and host == host_of(url):
        return _basic(username, password)
    found = get_netrc_auth(url)
    return _basic(*found) if found else None


def _basic(username: str, password: str) -> HTTPBasicAuth:
    # as bytes: requests would have letters of Latin-1 alone
    return HTTPBasicAuth(username.encode(), password.encode())


def host_of(url: str) -> str:
    """Host and port of an address, without the user that may stand before it."""
    return split(url).netloc.rpartition("@")[2].lower()


def is_plain(host: str) -> bool:
    """Whether a registry at this host is asked without TLS: this machine's own alone, as other clients have it."""
    name = split(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
