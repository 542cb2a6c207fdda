"""Values of a configuration: plain Python, with one marker for what Terraform does not know yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, final

__all__ = ["UNKNOWN", "ConfigProblem", "is_unknown", "wholly_known"]


@final
class _Unknown:
    """Terraform will know this value only after apply."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false: ask is_unknown(value) first")


UNKNOWN: Final = _Unknown()


def is_unknown(value: Any) -> bool:
    """Whether `value` itself is unknown; a list that holds unknown values is not."""
    return isinstance(value, _Unknown)


def wholly_known(value: Any) -> bool:
    """Whether nothing in `value`, however deep, is unknown."""
    if isinstance(value, dict):
        return all(wholly_known(item) for item in value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(wholly_known(item) for item in value)
    return not is_unknown(value)


@dataclass(frozen=True)
class ConfigProblem:
    """What is wrong with one resource's configuration, found before any cloud is asked.

    `attribute_path` holds attribute names, list indices and map keys: `("rule", 0, "apply_server_side_encryption")`.
    `warning` is true for what the service takes and somebody should look at all the same: a plan tells of it and goes
    on.
    """

    attribute_path: tuple[str | int, ...]
    message: str
    cure: str = ""
    warning: bool = False
