"""Addresses of charts, as people and indexes may see them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit, urlunsplit

from . import errors

__all__ = ["shown", "split"]


def shown(url: str) -> str:
    """The address as a message may show it: without user, password, and what signs it."""
    parts = split(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def split(url: str) -> SplitResult:
    """The parts of an address. Raises BadInput when it has none."""
    try:
        return urlsplit(url)
    except ValueError:
        raise errors.not_a_source(url.rpartition("@")[2]) from None
