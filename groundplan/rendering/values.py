"""The values of a release, as Helm's provider hands them to Helm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from groundplan.charts.paths import Way

__all__ = ["at", "leaves", "merged", "nested", "put", "without"]


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`: maps grow together, all else is replaced, by null too.

    https://github.com/hashicorp/terraform-provider-helm/blob/v3.1.1/helm/resource_helm_release.go, mergeMaps
    """
    found = dict(below)
    for key, item in above.items():
        there = found.get(key)
        found[key] = merged(there, item) if isinstance(there, Mapping) and isinstance(item, Mapping) else item
    return found


def leaves(values: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    """Every value that holds no other, with its way: scalars, null, empty maps and lists."""
    if isinstance(values, Mapping) and values:
        for key, item in values.items():
            yield from leaves(item, (*way, key))
    elif isinstance(values, list) and values:
        for index, item in enumerate(values):
            yield from leaves(item, (*way, index))
    else:
        yield way, values


def without(values: Any, way: Way) -> Any:
    """`values` without what stands at `way`; what is shared with `values` is not changed."""
    step, rest = way[0], way[1:]
    if isinstance(values, list):
        index = cast(int, step)
        inner = [without(values[index], rest)] if rest else []
        return [*values[:index], *inner, *values[index + 1 :]]
    if not rest:
        return {key: item for key, item in values.items() if key != step}
    return {key: without(item, rest) if key == step else item for key, item in values.items()}


def put(values: Any, way: Way, value: Any) -> Any:
    """`values` with `value` at `way`, where something stands already or maps can be made."""
    if not way:
        return value
    step, rest = way[0], way[1:]
    if isinstance(values, list):
        index = cast(int, step)
        return [*values[:index], put(values[index], rest, value), *values[index + 1 :]]
    there = values if isinstance(values, Mapping) else {}
    return {**there, step: put(there.get(step), rest, value)}


def nested(steps: Sequence[str], value: Any) -> dict[str, Any]:
    """`value` below maps of one key each."""
    for step in reversed(steps):
        value = {step: value}
    found: dict[str, Any] = value
    return found


def at(values: Any, way: Way) -> Any:
    """What stands at `way`; None when nothing does."""
    for step in way:
        if isinstance(values, Mapping):
            values = values.get(step)
        elif isinstance(values, list) and isinstance(step, int) and step < len(values):
            values = values[step]
        else:
            return None
    return values
