"""Charts made for tests, and a server on this machine that is their Helm repository and their registry."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import socket
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from groundplan.charts import facts

FILES = {"values.yaml": b"replicas: 1\n", "templates/service.yaml": b"kind: Service\n"}
CONTENT = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
CONFIG = "application/vnd.cncf.helm.config.v1+json"


def tarred(members: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, member in members.items():
            if isinstance(member, tarfile.TarInfo):
                member.name = name
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(name)
                info.size = len(member)
                archive.addfile(info, io.BytesIO(member))
    return made.getvalue()


def zipped(tar: bytes) -> bytes:
    return gzip.compress(tar, mtime=0)


def chart_archive(name: str = "shop", version: str = "1.2.0", files: Mapping[str, bytes] = FILES) -> bytes:
    chart = f"apiVersion: v2\nname: {name}\nversion: {version}\n".encode()
    return zipped(tarred({f"{name}/{path}": content for path, content in {"Chart.yaml": chart, **files}.items()}))


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


@dataclass
class Said:
    """What the server answers at a path. `needs` is the Authorization without which it answers 401.

    `before` are the answers that come first, once each; one without a status ends the connection instead.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing_bytes: int = 0
    needs: str = ""
    challenge: str = ""
    silent: bool = False
    before: list[Said] = field(default_factory=list)


class Served:
    """The answers by path, and what was asked so far."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.answers: dict[str, Said] = {}
        self.asked: list[tuple[str, str]] = []
        self.encodings: dict[str, str] = {}
        self.was_asked = threading.Event()
        self.go_on = threading.Event()

    @property
    def repository(self) -> str:
        return f"http://{self.host}/charts"

    @property
    def registry(self) -> str:
        return f"oci://{self.host}/team"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def has_release(
        self, content: bytes, *, name: str = "shop", version: str = "1.2.0", digest: str | None = None, url: str = ""
    ) -> None:
        """Adds a release to the Helm repository."""
        path = "/charts/index.yaml"
        index = json.loads(self.answers[path].body) if path in self.answers else {"entries": {}}
        file = f"{name}-{version}.tgz"
        entry = {"name": name, "version": version, "urls": [url or file]}
        known = sha256(content).removeprefix("sha256:") if digest is None else digest
        index["entries"].setdefault(name, []).append(entry | ({"digest": known} if known else {}))
        self.answers[path] = Said(json.dumps(index).encode())
        self.answers[f"/charts/{file}"] = Said(content)

    def has_tag(self, content: bytes, *, tag: str = "1.2.0", sent: bytes | None = None, kind: str = CONFIG) -> None:
        """Adds a tag to the chart team/shop of the registry. `sent` is what comes in place of the archive."""
        base = "/v2/team/shop"
        layer = {"mediaType": CONTENT, "digest": sha256(content), "size": len(content)}
        manifest = {"schemaVersion": 2, "config": {"mediaType": kind}, "layers": [layer]}
        self.answers[f"{base}/manifests/{tag}"] = Said(json.dumps(manifest).encode())
        self.answers[f"{base}/blobs/{sha256(content)}"] = Said(content if sent is None else sent)
        tags = f"{base}/tags/list"
        there = json.loads(self.answers[tags].body)["tags"] if tags in self.answers else []
        self.answers[tags] = Said(json.dumps({"tags": [*there, tag]}).encode())

    def asks_for(self, authorization: str, challenge: str) -> None:
        """From now on the registry answers nobody else."""
        for path, said in self.answers.items():
            if path.startswith("/v2/"):
                said.needs, said.challenge = authorization, challenge


@contextmanager
def serving() -> Iterator[Served]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = self.headers.get("Authorization", "")
            served.asked.append((self.path, given))
            served.encodings[self.path] = self.headers.get("Accept-Encoding", "")
            served.was_asked.set()
            said = served.answers.get(self.path) or served.answers.get(urlsplit(self.path).path) or Said(status=404)
            said = said.before.pop(0) if said.before else said
            if not said.status:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if said.silent:
                served.go_on.wait(5)
            refused = said.needs and given != said.needs
            self.send_response(401 if refused else said.status)
            for name, value in ({"WWW-Authenticate": said.challenge} if refused else said.headers).items():
                self.send_header(name, value)
            body = b"" if refused else said.body
            self.send_header("Content-Length", str(len(body) + said.missing_bytes))
            self.end_headers()
            # who asked may have gone
            with suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Served(server.server_port)
        # asked every 10 ms whether to end, and not every 500
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield served
        served.go_on.set()
        server.shutdown()


def forget_lock() -> None:
    """What a process has read of the lock: each command is a process of its own."""
    facts.list_charts.cache_clear()
    facts.chart.cache_clear()
