"""A container registry in this process, as far as images are copied between repositories.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass
class Registry:
    """Blobs, and manifests by (repository, tag or digest)."""

    host: str = ""
    blobs: dict[str, bytes] = field(default_factory=dict)
    manifests: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)

    def put(self, repository: str, reference: str, kind: str, content: bytes) -> str:
        digest = digest_of(content)
        self.manifests[repository, digest] = self.manifests[repository, reference] = (kind, content)
        return digest

    def image(self, repository: str, tag: str, layer: bytes = b"layer") -> str:
        """Puts an image with one layer there; gives its digest."""
        config = json.dumps({"architecture": "amd64", "os": "linux", "layer": layer.hex()}).encode()
        for blob in (config, layer):
            self.blobs[digest_of(blob)] = blob
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _part("application/vnd.oci.image.config.v1+json", config),
            "layers": [_part("application/vnd.oci.image.layer.v1.tar", layer)],
        }
        return self.put(repository, tag, MANIFEST, json.dumps(manifest).encode())

    def index(self, repository: str, tag: str, silent: bool = False) -> tuple[str, list[str]]:
        """Puts an image for two platforms there, with an attestation; gives the index's digest and theirs.

        Where it is `silent` of the second, the index does not say for which platform that one is.
        """
        parts: list[dict[str, object]] = []
        images: list[str] = []
        for architecture, os in (("amd64", "linux"), ("arm64", "linux"), ("unknown", "unknown")):
            digest = self.image(repository, f"{tag}-{architecture}", f"{tag}-{architecture}".encode())
            size = len(self.manifests[repository, digest][1])
            part: dict[str, object] = {"mediaType": MANIFEST, "digest": digest, "size": size}
            if not (silent and architecture == "arm64"):
                part["platform"] = {"architecture": architecture, "os": os}
            parts.append(part)
            if os != "unknown":
                images.append(digest)
        content = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": parts}).encode()
        return self.put(repository, tag, INDEX, content), images

    def digest(self, repository: str, reference: str) -> str | None:
        found = self.manifests.get((repository, reference))
        return digest_of(found[1]) if found else None


def _part(kind: str, content: bytes) -> dict[str, object]:
    return {"mediaType": kind, "digest": digest_of(content), "size": len(content)}


class _Handler(BaseHTTPRequestHandler):
    registry: Registry
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/v2/":
            return self._answer(200)
        if match := re.fullmatch(r"/v2/(.+)/manifests/([^/]+)", path):
            found = self.registry.manifests.get((match[1], match[2]))
            if found is None:
                return self._answer(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}')
            kind, content = found
            return self._answer(200, content, {"Content-Type": kind, "Docker-Content-Digest": digest_of(content)})
        if match := re.fullmatch(r"/v2/.+/blobs/([^/]+)", path):
            blob = self.registry.blobs.get(match[1])
            return self._answer(404) if blob is None else self._answer(200, blob)
        return self._answer(404)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if query.get("mount", [""])[0] in self.registry.blobs:
            return self._answer(201, headers={"Location": self.path, "Docker-Content-Digest": query["mount"][0]})
        self._body()
        return self._answer(202, headers={"Location": f"{urlsplit(self.path).path}one"})

    def do_PATCH(self) -> None:
        content = self._body()
        self.registry.blobs[digest_of(content)] = content
        self._answer(202, headers={"Location": self.path})

    def do_PUT(self) -> None:
        content = self._body()
        if match := re.fullmatch(r"/v2/(.+)/manifests/([^/]+)", urlsplit(self.path).path):
            digest = self.registry.put(match[1], match[2], self.headers["Content-Type"], content)
            return self._answer(201, headers={"Docker-Content-Digest": digest, "Location": self.path})
        if content:
            self.registry.blobs[digest_of(content)] = content
        return self._answer(201, headers={"Location": self.path})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def _answer(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_request(self, *_said: object) -> None:
        return


@contextmanager
def serving() -> Iterator[Registry]:
    """A registry on a port of this machine while it is entered."""
    registry = Registry()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"registry": registry}))
    server.daemon_threads = True
    registry.host = f"127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
