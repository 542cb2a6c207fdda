"""What the utility providers answer: computed where that needs no network and no chance, else unknown or made up."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tf.gen import tfplugin_pb2 as pb

from .. import errors
from ..cty import decode, encode, unknown
from ..schema.utility import defaults_of
from .answers import read_data
from .servicer import Servicer

__all__ = ["ROOT_FOLDER", "UtilityServicer", "rendered"]

ROOT_FOLDER = "root_folder"
"""The answer that says which folder relative paths are seen from: the root's own."""

_FILES = ("local_file", "local_sensitive_file")


class UtilityServicer(Servicer):
    """Serves one of them."""

    def _plan(self, request: Any, peer: str) -> Any:
        response = super()._plan(request, peer)
        planned, config = decode(response.planned_state.msgpack), decode(request.config.msgpack)
        if isinstance(planned, dict) and request.prior_state.msgpack in (b"", _NULL):
            known = _with_defaults(request.type_name, planned, config, data=False)
            # what nobody configured is unknown by now, which is not what somebody configured and nobody knows
            known |= _computed(request.type_name, {**known, "part": config.get("part")})
            response.planned_state.msgpack = encode(known)
        return response

    def _read_data(self, request: Any, peer: str) -> Any:  # noqa: ARG002 - no settings count
        block = self._schema.data_sources[request.type_name]
        config = decode(request.config.msgpack)
        try:
            facts = self._facts(request.type_name, config)
        except OSError as refused:
            problem = errors.local_file_unreadable(str(config["filename"]), str(refused.strerror))
            said = pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=problem.message, detail=problem.cure)
            return pb.ReadDataSource.Response(diagnostics=[said])
        state = read_data(request.type_name, block, {**config, **facts}, self._answers(), {})
        return pb.ReadDataSource.Response(state={"msgpack": encode(state)})

    def _facts(self, type_name: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """What a data source finds, beside what is configured."""
        known = _with_defaults(type_name, config, config, data=True)
        if type_name in _FILES:
            content = Path(self._answers().get(ROOT_FOLDER, "."), config["filename"]).read_bytes()
            encoded = base64.b64encode(content).decode()
            return {"content": content.decode(errors="replace"), "content_base64": encoded, **_hashes(content)}
        if type_name == "http":
            return {"id": config["url"], "status_code": 200}
        if type_name == "null_data_source":
            return {"outputs": config.get("inputs") or {}, "id": "static"}
        if type_name == "archive_file":
            return _sums(str(config["output_path"]))
        if type_name == "tls_certificate":
            return {"certificates": [_certificate(str(config.get("url") or config.get("content")))]}
        return known | _computed(type_name, known)


def _sums(path: str) -> dict[str, Any]:
    """Made up, in the form that they have: what an archive's bytes are, only the provider's own packing tells."""
    hashes = _hashes(path.encode())
    names = {"sha": "sha1"} | {name: name for name in ("base64sha256", "base64sha512", "md5", "sha256", "sha512")}
    return {"id": hashes["id"]} | {f"output_{name}": hashes[f"content_{of}"] for name, of in names.items()}


def _certificate(seed: str) -> dict[str, Any]:
    """A made-up one: what takes a fingerprint wants forty digits of base 16."""
    inside = base64.b64encode(seed.encode()).decode()
    return {
        "cert_pem": f"-----BEGIN CERTIFICATE-----\n{inside}\n-----END CERTIFICATE-----\n",
        "is_ca": True,
        "issuer": "CN=groundplan-unknown",
        "max_path_length": 0,
        "not_after": "2034-01-01T00:00:00Z",
        "not_before": "2024-01-01T00:00:00Z",
        "public_key_algorithm": "RSA",
        "serial_number": "1",
        "sha1_fingerprint": _hashes(seed.encode())["content_sha1"],
        "signature_algorithm": "SHA256-RSA",
        "subject": "CN=groundplan-unknown",
        "version": 3,
    }


_NULL = b"\xc0"


def _with_defaults(
    type_name: str, value: Mapping[str, Any], config: Mapping[str, Any], *, data: bool
) -> dict[str, Any]:
    defaults = defaults_of(type_name, data=data)
    return {**value, **{name: default for name, default in defaults.items() if config.get(name) is None}}


def _computed(type_name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the configuration alone; nothing where a part of that is unknown."""
    if type_name == "cloudinit_config":
        return _cloudinit(value)
    if type_name in _FILES:
        return _written(value)
    return {}


def _written(value: Mapping[str, Any]) -> dict[str, Any]:
    """The sums of what local_file will write: https://registry.terraform.io/providers/hashicorp/local/2.9.0/docs"""
    content, encoded = value.get("content"), value.get("content_base64")
    if isinstance(content, str):
        return _hashes(content.encode())
    if isinstance(encoded, str):
        try:
            return _hashes(base64.b64decode(encoded, validate=True))
        except ValueError:
            return {}
    return {}


def _hashes(content: bytes) -> dict[str, Any]:
    sha256, sha512 = hashlib.sha256(content), hashlib.sha512(content)
    sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return {
        "id": sha1,
        "content_md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "content_sha1": sha1,
        "content_sha256": sha256.hexdigest(),
        "content_base64sha256": base64.b64encode(sha256.digest()).decode(),
        "content_sha512": sha512.hexdigest(),
        "content_base64sha512": base64.b64encode(sha512.digest()).decode(),
    }


def _cloudinit(value: Mapping[str, Any]) -> dict[str, Any]:
    parts = value.get("part")
    settings = [value.get(name) for name in ("gzip", "base64_encode", "boundary")]
    if not isinstance(parts, list) or any(unknown(each) for each in (*parts, *settings)):
        return {}
    unset = {"content_type": "text/plain"}
    typed = [{**part, **(unset if part.get("content_type") is None else {})} for part in parts]
    if any(unknown(each) for part in typed for each in part.values()):
        return {"part": typed}
    text = rendered(typed, str(value["boundary"]), compressed=bool(value["gzip"]), encoded=bool(value["base64_encode"]))
    return {"part": typed, "rendered": text, "id": str(zlib.crc32(text.encode()))}


def rendered(parts: Sequence[Mapping[str, Any]], boundary: str, *, compressed: bool, encoded: bool) -> str:
    """The MIME message that cloudinit_config makes of its parts, each with content_type, content, filename, merge_type.

    What is `compressed` unpacks to the same bytes; packed they may differ from those of Go's gzip.
    https://registry.terraform.io/providers/hashicorp/cloudinit/2.4.0/docs/data-sources/config
    """
    text = f'Content-Type: multipart/mixed; boundary="{boundary}"\nMIME-Version: 1.0\r\n\r\n'
    for number, part in enumerate(parts):
        text += ("\r\n" if number else "") + f"--{boundary}\r\n"
        if part.get("filename"):
            text += f'Content-Disposition: attachment; filename="{part["filename"]}"\r\n'
        text += f"Content-Transfer-Encoding: 7bit\r\nContent-Type: {part['content_type']}\r\nMime-Version: 1.0\r\n"
        if part.get("merge_type"):
            text += f"X-Merge-Type: {part['merge_type']}\r\n"
        text += f"\r\n{part.get('content') or ''}"
    text += f"\r\n--{boundary}--\r\n"
    content = gzip.compress(text.encode(), mtime=0) if compressed else text.encode()
    return base64.b64encode(content).decode() if encoded else content.decode(errors="replace")
