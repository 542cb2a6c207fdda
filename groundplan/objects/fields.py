"""What rules about objects share: a fault, and how fields of an object are read whatever stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import errors
from .errors import Said
from .model import KNOWN_AFTER_APPLY
from .schemas import QUANTITY

__all__ = [
    "Fault",
    "Way",
    "container_lists",
    "is_unsure",
    "list_at",
    "map_at",
    "maps_at",
    "matches",
    "negatives",
    "number_of",
    "pod_of",
    "quantity",
]


Way = tuple[str | int, ...]
_QUANTITY = re.compile(QUANTITY)
_FACTORS = {"n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3")} | {
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in an object. `is_warning` for what the API server takes."""

    way: Way
    said: Said
    is_warning: bool = False


def is_unsure(*values: Any) -> bool:
    """Whether something that only an apply will tell is in one of the values, in keys too."""
    for value in values:
        if isinstance(value, str):
            if KNOWN_AFTER_APPLY in value:
                return True
        elif isinstance(value, Mapping):
            if any(is_unsure(key, item) for key, item in value.items()):
                return True
        elif isinstance(value, (list, tuple)) and is_unsure(*value):
            return True
    return False


def map_at(value: Any, *keys: str) -> Mapping[str, Any]:
    """The map at `keys`; an empty one where there is none, and where something else is, which the schema tells of."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def list_at(value: Any, *keys: str) -> Sequence[Any]:
    """The list at `keys`; an empty one where there is none, and where something else is."""
    found = map_at(value, *keys[:-1]).get(keys[-1]) if keys else value
    return found if isinstance(found, list) else ()


def maps_at(value: Any, *keys: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The maps of the list at `keys`, each with its index."""
    for index, item in enumerate(list_at(value, *keys)):
        if isinstance(item, Mapping):
            yield index, item


def number_of(value: Any) -> int | None:
    """A whole number; None for anything else, which the schema tells of."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def quantity(value: Any) -> Decimal | None:
    """An amount of a resource as a number; None for what is none.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    text = str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
    match = _QUANTITY.fullmatch(text) if isinstance(text, str) else None
    if not match:
        return None
    number, suffix, exponent = match.groups()
    return Decimal(number) * (Decimal(10) ** int(exponent) if exponent else _FACTORS.get(suffix or "", Decimal(1)))


def pod_of(document: Mapping[str, Any]) -> tuple[Way, Mapping[str, Any]] | None:
    """Where in an object the template of its pods is, or the pod that it is, and that; None where there is none."""
    kind, api_version = str(document.get("kind")), document.get("apiVersion")
    if kind == "Pod" and api_version == "v1":
        return (), document
    if api_version in ("apps/v1", "batch/v1", "v1"):
        ways: dict[str, Way] = {
            "CronJob": ("spec", "jobTemplate", "spec", "template"),
            **dict.fromkeys(
                ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"),
                ("spec", "template"),
            ),
        }
        if way := ways.get(kind):
            return way, map_at(document, *(str(step) for step in way))
    return None


def container_lists(pod: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """The containers of a pod: the list that each is in, its index there and itself."""
    for word in ("containers", "initContainers"):
        for index, container in maps_at(pod, "spec", word):
            yield word, index, container


def matches(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Whether a LabelSelector finds what has these labels.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
    """
    for name, value in map_at(selector, "matchLabels").items():
        if labels.get(name) != value:
            return False
    for _, expression in maps_at(selector, "matchExpressions"):
        key, operator, values = str(expression.get("key")), expression.get("operator"), list_at(expression, "values")
        is_there = key in labels
        holds = {
            "In": is_there and labels.get(key) in values,
            "NotIn": not is_there or labels.get(key) not in values,
            "Exists": is_there,
            "DoesNotExist": not is_there,
        }
        if not holds.get(str(operator), True):
            return False
    return True


def negatives(way: Way, said: Mapping[str, Any], *fields: str) -> Iterator[Fault]:
    """A fault for each of the fields that is below zero: ValidateNonnegativeField."""
    for field in fields:
        if (value := number_of(said.get(field))) is not None and value < 0:
            yield Fault((*way, field), errors.below_zero(value))
