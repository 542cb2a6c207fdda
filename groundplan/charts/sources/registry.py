"""Charts in OCI registries.

Formats: https://helm.sh/docs/topics/registries/, https://github.com/opencontainers/distribution-spec/blob/main/spec.md
and, for tokens, https://distribution.github.io/distribution/spec/auth/token/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from . import errors
from .addresses import shown
from .digests import normalized_or_none
from .web import Answer, Web, credentials_for, host_of, is_plain

__all__ = ["ChartRepository", "Layer"]

# https://helm.sh/blog/helm-oci-mediatypes; the second is what Helm wrote before version 3.7
_CONTENT = ("application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip")
_CONFIG = "application/vnd.cncf.helm.config.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
# the size that the distribution specification lets a registry refuse from
_MANIFEST_BYTES = 4 << 20
_PAGES = 1_000
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Layer:
    """The archive of a chart as the registry's manifest names it."""

    digest: str
    size: int


class _Bearer(AuthBase):
    """A token. As an auth of its own, since requests would let ~/.netrc replace a bare header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class ChartRepository:
    """One chart in a registry, by its address `oci://<host>/<path>/<chart>`; its tags are the versions.

    A registry on this machine is asked without TLS, as other clients do.
    """

    def __init__(self, web: Web, address: str) -> None:
        self.address = address.rstrip("/")
        self._web = web
        host, _, self._name = self.address.removeprefix("oci://").partition("/")
        if not host or not self._name:
            raise errors.not_a_source(address)
        self._scheme = "http" if is_plain(host) else "https"
        self._base = f"{self._scheme}://{host}/v2/{self._name}"
        self._auth: AuthBase | None = None

    def versions(self) -> list[str]:
        """The versions, as tags with _ for +, in the registry's order. Raises ToolFailed."""
        url = f"{self._base}/tags/list"
        tags: list[str] = []
        for _ in range(_PAGES):
            answer = self._get(url, most_bytes=_MANIFEST_BYTES)
            found = _json(answer).get("tags") or []
            if not isinstance(found, list):
                raise errors.not_a_repository(answer.url)
            tags += [str(tag) for tag in found]
            following = urljoin(url, answer.following) if answer.following else ""
            # what is allowed here is sent nowhere else
            if not following or host_of(following) != host_of(url):
                break
            url = following
        return [tag.replace("_", "+") for tag in tags]

    def layer(self, version: str) -> Layer:
        """The chart's archive in this version.

        Raises NotThere when there is no such tag, BadInput when something else than a chart has it, ToolFailed when
        the registry cannot be read.
        """
        url = f"{self._base}/manifests/{quote(version.replace('+', '_'), safe='')}"
        answer = self._get(url, most_bytes=_MANIFEST_BYTES, accept=_MANIFEST)
        manifest = _json(answer)
        where = f"{self.address}:{version}"
        config = manifest.get("config")
        kind = config.get("mediaType") if isinstance(config, dict) else manifest.get("mediaType")
        if kind != _CONFIG:
            raise errors.not_a_chart_in_registry(where, str(kind or "something unnamed"))
        layers = manifest.get("layers")
        for each in layers if isinstance(layers, list) else ():
            if isinstance(each, dict) and each.get("mediaType") in _CONTENT:
                digest, size = normalized_or_none(str(each.get("digest"))), each.get("size")
                if digest and isinstance(size, int):
                    return Layer(digest, size)
        raise errors.not_a_chart_in_registry(where, "a chart without an archive")

    def content(self, layer: Layer, *, most_bytes: int) -> bytes:
        """The archive's bytes, not yet compared with the digest. Raises ToolFailed."""
        return self._get(f"{self._base}/blobs/{layer.digest}", most_bytes=most_bytes).content

    def _get(self, url: str, *, most_bytes: int, accept: str = "*/*") -> Answer:
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        answer = self._web.ask(url, most_bytes=most_bytes, headers=headers, auth=self._auth)
        if answer.status == requests.codes.unauthorized and self._auth is None:
            self._auth = self._allowed_by(answer)
            answer = self._web.ask(url, most_bytes=most_bytes, headers=headers, auth=self._auth)
        return self._web.accepted(answer)

    def _allowed_by(self, answer: Answer) -> AuthBase:
        """What the registry's challenge asks for: a token, anonymous where there are no credentials, or these."""
        scheme, _, rest = answer.headers.get("WWW-Authenticate", "").partition(" ")
        known = credentials_for(self._base)
        if scheme.lower() == "basic" and known is not None:
            return known
        challenge = dict(_CHALLENGE.findall(rest))
        realm = challenge.pop("realm", "")
        if scheme.lower() != "bearer" or not realm:
            raise errors.not_allowed(answer.url, answer.status, host_of(self._base), given=known is not None)
        return self._token(answer.url, realm, challenge, known)

    def _token(self, url: str, realm: str, challenge: Mapping[str, str], known: HTTPBasicAuth | None) -> AuthBase:
        if urlsplit(realm).scheme != "https" and not is_plain(host_of(realm)):
            raise errors.token_over_http(url, shown(realm))
        asked = {name: challenge[name] for name in ("service", "scope") if name in challenge}
        joined = f"{realm}{'&' if urlsplit(realm).query else '?'}{urlencode(asked)}"
        answer = self._web.ask(joined, most_bytes=_MANIFEST_BYTES, auth=known)
        if answer.status in (requests.codes.unauthorized, requests.codes.forbidden):
            raise errors.not_allowed(answer.url, answer.status, host_of(self._base), given=known is not None)
        body = _json(self._web.accepted(answer))
        token = body.get("token") or body.get("access_token")
        if not isinstance(token, str) or not token.isprintable():
            raise errors.not_a_repository(answer.url)
        return _Bearer(token)


def _json(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError):
        raise errors.not_a_repository(answer.url) from None
    if not isinstance(found, dict):
        raise errors.not_a_repository(answer.url)
    return found
