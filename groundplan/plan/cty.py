"""Terraform values on the wire: msgpack as the provider protocol frames it, to plain Python and back.

https://github.com/zclconf/go-cty/blob/main/docs/types.md and its msgpack package: an unknown value is extension 0, an
unknown value that Terraform knows something about is extension 12, and a value of a dynamic type is `[type, value]`
with the type as bytes of JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import msgpack

from groundplan.values import UNKNOWN, is_unknown

__all__ = ["Dynamic", "decode", "encode", "plain", "unknown"]

_UNKNOWN_CODE = 0


@dataclass(frozen=True)
class Dynamic:
    """A value that carries its own type, as JSON bytes."""

    type: bytes
    value: Any


def decode(data: bytes) -> Any:
    """The Python value of wire bytes: dicts, lists, texts, numbers, None, UNKNOWN, Dynamic, and refined unknowns."""
    return msgpack.unpackb(
        data, raw=False, strict_map_key=False, use_list=True, ext_hook=_extension, list_hook=_maybe_dynamic
    )


def encode(value: Any) -> bytes:
    """The wire bytes of a value that `decode` gave or that is built like one."""
    packed: bytes = msgpack.packb(value, use_bin_type=True, default=_default)
    return packed


def unknown(value: Any) -> bool:
    """Whether `value` itself is unknown, with or without a refinement."""
    return is_unknown(value) or isinstance(value, msgpack.ExtType)


def plain(value: Any) -> Any:
    """The value without its wire dress: dynamic values unwrapped, every kind of unknown as UNKNOWN."""
    if unknown(value):
        return UNKNOWN
    if isinstance(value, Dynamic):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def dynamic(value: Any) -> Dynamic:
    """A known value with the type it shows."""
    return Dynamic(json.dumps(_type_of(value), separators=(",", ":")).encode(), value)


def _type_of(value: Any) -> Any:
    if value is None:
        return "dynamic"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, dict):
        return ["object", {key: _type_of(item) for key, item in value.items()}]
    if isinstance(value, list):
        return ["tuple", [_type_of(item) for item in value]]
    return "string"


def _extension(code: int, data: bytes) -> Any:
    return UNKNOWN if code == _UNKNOWN_CODE else msgpack.ExtType(code, data)


def _maybe_dynamic(items: list[Any]) -> Any:
    # Terraform itself never sends bytes but for the type of a dynamic value.
    if len(items) == 2 and isinstance(items[0], bytes):
        return Dynamic(items[0], items[1])
    return items


def _default(value: Any) -> Any:
    if is_unknown(value):
        return msgpack.ExtType(_UNKNOWN_CODE, b"\x00")
    if isinstance(value, Dynamic):
        return [value.type, value.value]
    raise TypeError(f"{type(value).__name__} cannot travel to Terraform")
