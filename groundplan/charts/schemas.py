"""The charts' own schemas, which Helm runs before it renders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from math import isfinite
from typing import Any

from .facts import Chart
from .opaque import is_opaque
from .paths import Way
from .tree import data_folder

__all__ = ["Refusal", "refusals", "refused_by"]

# Helm judges the values together with the chart's defaults, which stand in no lock: what asks for something that is not
# there can be settled only by rendering, and so can a choice between maps.
# https://helm.sh/docs/topics/charts/#schema-files
_OF_ONE_VALUE = frozenset(
    {
        "additionalProperties",
        "const",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "multipleOf",
        "pattern",
        "type",
        "uniqueItems",
    }
)
_CHOICES = frozenset({"anyOf", "oneOf"})

Refusal = tuple[Way, Any, str, Any]
"""Where, the value, the keyword of the schema that refuses it, and what that keyword asks for."""


@cache
def _validator(name: str) -> Any:
    file = data_folder().joinpath("chart_schemas", f"{name}.json")
    if not file.is_file():
        return None
    import jsonschema_rs  # only a chart with a schema pays for it

    return jsonschema_rs.validator_for(json.loads(file.read_text("utf-8")))


def refusals(chart: Chart, values: Mapping[str, Any]) -> Iterator[Refusal]:
    """What the chart's schema refuses in `values`, in the order of the paths. What only Terraform knows is right."""
    validator = _validator(chart.name)
    if validator is not None:
        yield from _refused(validator, values)


def refused_by(schema: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Refusal]:
    """The same by a schema that is in no lock. Raises ValueError where it is none."""
    import jsonschema_rs

    yield from _refused(jsonschema_rs.validator_for(dict(schema)), values)


def _refused(validator: Any, values: Mapping[str, Any]) -> Iterator[Refusal]:
    errors = validator.iter_errors(_without_unknown(values))
    for error in sorted(errors, key=lambda error: [str(step) for step in error.instance_path]):
        word, way = error.kind.name, tuple(error.instance_path)
        if word == "additionalProperties":
            yield from (((*way, key), error.instance[key], word, None) for key in error.kind.value)
        elif word in _OF_ONE_VALUE or (word in _CHOICES and not isinstance(error.instance, (dict, list))):
            yield way, error.instance, word, error.kind.value


def _without_unknown(value: Any) -> Any:
    """The values that a schema can judge.

    Without those that only Terraform knows, without nulls, which Helm takes away first, and without what is no value of
    YAML, which is told elsewhere.
    """
    if isinstance(value, Mapping):
        return {str(key): _without_unknown(item) for key, item in value.items() if _is_known(item)}
    if isinstance(value, (list, tuple)):
        # an item that is not known leaves a gap that no schema may judge: the list is then left to the cluster
        return [_without_unknown(item) for item in value] if all(_is_known(item) for item in value) else []
    return value


def _is_known(value: Any) -> bool:
    if isinstance(value, float):
        return isfinite(value) and not is_opaque(value)
    return isinstance(value, (str, int, Mapping, list, tuple)) and not is_opaque(value)
