"""The charts' own schemas, which Helm runs before it renders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from .facts import Chart
from .opaque import is_opaque
from .paths import Way
from .tree import data_folder

__all__ = ["Refusal", "refusals"]

# Helm judges the values together with the chart's defaults, which stand in no lock: what asks for something that is not
# there can be settled only by rendering, and so can a choice between maps.
# https://helm.sh/docs/topics/charts/#schema-files
_OF_ONE_VALUE = frozenset(
    [
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
    ]
)
_CHOICES = frozenset({"anyOf", "oneOf"})

Refusal = tuple[Way, Any, str, Any]
"""Where, the value, the word of the schema that refuses it, and what that word says."""


@cache
def _validator(name: str) -> Any:
    file = data_folder().joinpath("chart_schemas", f"{name}.json")
    if not file.is_file():
        return None
    from jsonschema import validators

    schema = json.loads(file.read_text("utf-8"))
    return validators.validator_for(schema, default=validators.Draft7Validator)(schema)


def refusals(chart: Chart, values: Mapping[str, Any]) -> Iterator[Refusal]:
    """What the chart's schema refuses in `values`, in the order of the paths. What only Terraform knows is right."""
    validator = _validator(chart.name)
    if validator is None:
        return
    known = _without_unknown(values)
    for error in sorted(validator.iter_errors(known), key=lambda error: [str(step) for step in error.absolute_path]):
        scalar = not isinstance(error.instance, (dict, list))
        if error.validator in _OF_ONE_VALUE or (error.validator in _CHOICES and scalar):
            yield tuple(error.absolute_path), error.instance, str(error.validator), error.validator_value


def _without_unknown(value: Any) -> Any:
    """The values without those that only Terraform knows, and without nulls, which Helm takes away first."""
    if isinstance(value, Mapping):
        return {
            str(key): _without_unknown(item) for key, item in value.items() if item is not None and not is_opaque(item)
        }
    if isinstance(value, (list, tuple)):
        # an unknown item leaves a gap that no schema may judge: the list is then left to the cluster
        return [] if any(is_opaque(item) for item in value) else [_without_unknown(item) for item in value]
    return value
