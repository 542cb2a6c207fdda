"""crane, as far as the promotion uses it: asks and fills a registry over HTTP, and checks every digest on the way.

Tests answer it in their own process: it is run hundreds of times, and a start of Python is most of such a run.
"""

from __future__ import annotations

import hashlib
import json
import socket

__all__ = ["Failed", "crane"]

KINDS = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"


class Failed(Exception):
    """What a program says on standard error when it fails."""


def split(reference: str) -> tuple[str, str, str]:
    host, _, rest = reference.partition("/")
    mark = "@" if "@" in rest else ":"
    repository, _, version = rest.rpartition(mark)
    return host, repository, version


def call(method: str, url: str, content: bytes = b"", **headers: str) -> tuple[bytes, str]:
    """One request."""
    place, _, path = url.removeprefix("http://").partition("/")
    host, _, port = place.rpartition(":")
    sent = {"Host": place, "Content-Length": str(len(content)), **headers}
    lines = [f"{method} /{path} HTTP/1.0", *(f"{name.replace('_', '-')}: {value}" for name, value in sent.items())]
    with socket.create_connection((host, int(port))) as connection, connection.makefile("rwb") as stream:
        stream.write("\r\n".join([*lines, "", ""]).encode() + content)
        stream.flush()
        head, _, body = stream.read().partition(b"\r\n\r\n")
    status, *told = head.decode().split("\r\n")
    _, code, reason = status.split(" ", 2)
    if code[0] != "2":
        if body:
            (told_error,) = json.loads(body)["errors"]
            reason = f"{told_error['code']}: {told_error['message']}"
        else:
            reason = f"unexpected status code {code} {reason}"
        raise Failed(f"Error: {method} {url}: {reason}")
    said = {name.lower(): value for name, _, value in (line.partition(": ") for line in told)}
    if int(said.get("content-length", len(body))) != len(body):
        raise Failed(f"Error: {method} {url}: unexpected EOF")
    return body, said.get("content-type", "")


def manifest(reference: str) -> tuple[bytes, str]:
    host, repository, version = split(reference)
    content, kind = call("GET", f"http://{host}/v2/{repository}/manifests/{version}", Accept=KINDS)
    if version.startswith("sha256:") and digest(content) != version:
        raise Failed(f"Error: {reference} has another digest")
    return content, kind


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def copy(source: str, target: str) -> None:
    content, kind = manifest(source)
    parsed = json.loads(content)
    (source_host, source_repository, _), (host, repository, version) = split(source), split(target)
    for part in parsed.get("manifests", []):
        inner = part["digest"]
        copy(f"{source_host}/{source_repository}@{inner}", f"{host}/{repository}@{inner}")
    for part in (*parsed.get("layers", []), *([parsed["config"]] if "config" in parsed else [])):
        blob, _ = call("GET", f"http://{source_host}/v2/{source_repository}/blobs/{part['digest']}")
        call("PUT", f"http://{host}/v2/{repository}/blobs/uploads/one?digest={part['digest']}", blob)
    call("PUT", f"http://{host}/v2/{repository}/manifests/{version}", content, Content_Type=kind)


def crane(arguments: list[str], given: str) -> str:
    """What it writes for these arguments, `given` on standard input. Failed when it ends with exit code 1."""
    if arguments[:2] == ["auth", "login"]:
        if not given:
            raise Failed("Error: no password")
        return ""
    if arguments[0] == "digest":
        return digest(manifest(arguments[1])[0]) + "\n"
    if arguments[0] == "manifest":
        return manifest(arguments[1])[0].decode() + "\n"
    if arguments[0] == "copy":
        copy(arguments[1], arguments[2])
        return ""
    raise Failed(f"Error: unknown command {arguments[0]}")
