"""Which values only Terraform can know, so that nothing about their type can be said here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["is_opaque"]

# cdktf hides a reference in a float near -1.9e289, in a list of one text, or in a map with one key.
_NUMBER_TOKEN_LIMIT = -1e280


def is_opaque(value: Any) -> bool:
    """Whether `value` holds a Terraform reference: text with `${`, an object with `__expression__`, a cdktf token."""
    # a reference may also be a text, a number, a list or a map, so that it can go where one is wanted
    if hasattr(type(value), "__expression__"):
        return True
    if isinstance(value, str):
        return "${" in value or "%{" in value or "#{TfToken[" in value
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, (int, float)):
        return value < _NUMBER_TOKEN_LIMIT
    if isinstance(value, Mapping):
        return (
            any(isinstance(key, str) and key.startswith(("${TfToken[", "&{TfToken[")) for key in value)
            and len(value) == 1
        )
    if isinstance(value, (list, tuple)):
        return len(value) == 1 and isinstance(value[0], str) and "#{TfToken[" in value[0]
    return callable(getattr(value, "resolve", None))
