"""Packages whose bytes depend on their content only."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from pathlib import Path

__all__ = ["package"]

_BLOCK = 0xFFFF


def package(folder: Path) -> bytes:
    """The files of a folder as a tgz, at its root, sorted, without times, owners and modes of this machine."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
            if not path.is_file():
                continue
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            data = path.read_bytes()
            entry.size = len(data)
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(data))
    return _stored(content.getvalue())


def _stored(data: bytes) -> bytes:
    """A gzip file (RFC 1952) of stored blocks: two versions of zlib compress alike data differently."""
    blocks = [data[start : start + _BLOCK] for start in range(0, len(data), _BLOCK)] or [b""]
    out = [b"\x1f\x8b\x08\x00" + bytes(4) + b"\x00\xff"]
    for index, block in enumerate(blocks):
        out.append(struct.pack("<BHH", index == len(blocks) - 1, len(block), len(block) ^ 0xFFFF) + block)
    out.append(struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF))
    return b"".join(out)
