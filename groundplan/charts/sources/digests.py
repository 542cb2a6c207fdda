"""Digests of archives, as registries write them: sha256: and 64 hexadecimal digits."""

from __future__ import annotations

import hashlib
import re

from . import errors

__all__ = ["digest_of", "file_name", "normalized", "normalized_or_none"]

_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


def digest_of(content: bytes) -> str:
    """The digest of an archive's bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def normalized_or_none(text: str) -> str | None:
    """The digest in the registries' spelling, also from the bare digits that an index.yaml has; None for all else."""
    match = _SHA256.fullmatch(text.lower())
    return f"sha256:{match[1]}" if match else None


def normalized(text: str) -> str:
    """The same. Raises BadInput for what is no digest."""
    found = normalized_or_none(text)
    if found is None:
        raise errors.not_a_digest(text)
    return found


def file_name(digest: str) -> str:
    """What an archive is called where archives stand by digest."""
    return f"{digest.replace(':', '-')}.tgz"
