"""crane, as far as the promotion uses it: asks and fills a registry over HTTP, and checks every digest on the way."""

from __future__ import annotations

import hashlib
import json
import sys
import urllib.error
import urllib.request

KINDS = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"


def split(reference: str) -> tuple[str, str, str]:
    host, _, rest = reference.partition("/")
    mark = "@" if "@" in rest else ":"
    repository, _, version = rest.rpartition(mark)
    return host, repository, version


def call(method: str, url: str, content: bytes | None = None, **headers: str) -> tuple[bytes, str]:
    request = urllib.request.Request(url, content, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read(), answer.headers.get("Content-Type", "")
    except urllib.error.HTTPError as error:
        content = error.read()
        reason = f"unexpected status code {error.code} {error.reason}"
        if content:
            (told,) = json.loads(content)["errors"]
            reason = f"{told['code']}: {told['message']}"
        sys.exit(f"Error: {method} {url}: {reason}")


def manifest(reference: str) -> tuple[bytes, str]:
    host, repository, version = split(reference)
    content, kind = call("GET", f"http://{host}/v2/{repository}/manifests/{version}", Accept=KINDS)
    if version.startswith("sha256:") and digest(content) != version:
        sys.exit(f"Error: {reference} has another digest")
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
    headers = {"Content-Type": kind}
    call("PUT", f"http://{host}/v2/{repository}/manifests/{version}", content, **headers)


def main(arguments: list[str]) -> None:
    if arguments[:2] == ["auth", "login"]:
        sys.exit(0 if sys.stdin.read() else "Error: no password")
    elif arguments[0] == "digest":
        print(digest(manifest(arguments[1])[0]))
    elif arguments[0] == "manifest":
        print(manifest(arguments[1])[0].decode())
    elif arguments[0] == "copy":
        copy(arguments[1], arguments[2])
    else:
        sys.exit(f"Error: unknown command {arguments[0]}")


if __name__ == "__main__":
    main(sys.argv[1:])
