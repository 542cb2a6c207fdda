"""Which texts people said are no secrets, though they look like some."""

from __future__ import annotations

from pathlib import Path

from groundplan.documents import read_document
from groundplan.problems import BadInput

__all__ = ["EXCEPTIONS", "allowed_digests"]

EXCEPTIONS = "exceptions"
"""The folder of waivers, permits and texts that are no secrets, inside that of the policies."""


def allowed_digests(policies: Path) -> frozenset[str]:
    """The SHA-256 of every text that people said is no secret, though it looks like one.

    Raises BadInput when the file of exceptions cannot be read, or its schema refuses it.
    """
    path = policies / EXCEPTIONS / "data.yaml"
    if not path.is_file():
        return frozenset()
    document, problems = read_document(path, f"{policies.name}/{EXCEPTIONS}/data.yaml")
    if document is None or problems:
        raise BadInput(problems)
    return frozenset(entry["sha256"].lower() for entry in document.content.get("not_secrets", []))
