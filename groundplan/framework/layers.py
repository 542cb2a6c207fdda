"""Settings in layers: what is common lies below, what is different lies above, and says only the difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from .constraints import as_json
from .inputs import Declaration, Inputs, holding
from .origins import Origin

__all__ = ["REMOVED", "layered", "removed_in_vain", "said_twice", "with_removals"]

D = TypeVar("D", bound=Declaration)


class _Removed:
    def __repr__(self) -> str:
        return "REMOVED"


REMOVED: Final[Any] = _Removed()
"""In place of an entry or a setting: what the layers below say of it does not count."""


def layered(*layers: D) -> D:
    """One declaration of several of the same class, the lowest first.

    Declarations are merged setting by setting and maps entry by entry; anything else that a higher layer says, lists
    and None included, stands in place of what a lower one says. An empty map takes nothing away: `REMOVED` does, for
    an entry or a setting. TypeError for layers of several classes.
    """
    if len({type(layer) for layer in layers}) != 1:
        raise TypeError(f"layers of one class, got {', '.join(type(layer).__name__ for layer in layers)}")
    made: D = _without_removed(_laid(layers))
    return made


def with_removals(declaration: D) -> D:
    """A declaration of layers as they lie over each other, with `REMOVED` wherever one of them takes something away.

    To be compared with what is laid over it by others, who cannot be seen to say what was removed. One without layers
    is itself.
    """
    layers = declaration._origin.layers
    return _laid(layers) if layers else declaration


def said_twice(lower: Declaration, upper: Declaration) -> list[str]:
    """The paths of what both say, where one would hide the other: objects may have different settings, maps different
    entries, lists nothing.
    """
    return list(_clashes(lower.given(), upper.given(), ""))


def removed_in_vain(declaration: Declaration) -> list[tuple[str, str, list[str]]]:
    """Every `REMOVED` of a declaration of layers that takes nothing away, since no layer below says it.

    Its path, its name, and the names that layers below say in its place.
    """
    below: dict[str, Any] = {}
    found: list[tuple[str, str, list[str]]] = []
    for layer in declaration._origin.layers:
        found += _in_vain(below, layer.given())
        _lay(below, layer.given())
    return found


def _in_vain(
    below: Mapping[str, Any], above: Mapping[str, Any], at: str = "", *, in_map: bool = False
) -> Iterator[tuple[str, str, list[str]]]:
    """The same below one place, `at`; in a map, names are keys and stand in brackets."""
    for name, value in above.items():
        path = f"{at}[{as_json(name)}]" if in_map else f"{at}.{name}" if at else name
        lower = below.get(name)
        if value is REMOVED and name not in below:
            yield path, name, sorted(other for other, said in below.items() if said is not REMOVED)
        elif isinstance(value, Inputs):
            yield from _in_vain(lower.given() if isinstance(lower, Inputs) else {}, value.given(), path)
        elif isinstance(value, dict):
            yield from _in_vain(lower if isinstance(lower, dict) else {}, value, path, in_map=True)


def _laid(layers: tuple[D, ...]) -> D:
    values: dict[str, Any] = {}
    for layer in layers:
        _lay(values, layer.given())
    return holding(type(layers[0]), values, Origin(layers=layers))


def _lay(below: dict[str, Any], above: Any) -> None:
    for name, value in above.items():
        below[name] = _merged(below[name], value) if name in below else value


def _merged(below: Any, above: Any) -> Any:
    if isinstance(below, Inputs) and type(below) is type(above):
        return _laid((below, above))
    if isinstance(below, dict) and isinstance(above, dict):
        both = dict(below)
        _lay(both, above)
        return both
    return above


def _without_removed(value: Any) -> Any:
    """The same without what is marked; as it is where nothing is, so that what was written stays recognizable."""
    if isinstance(value, dict):
        kept = {name: _without_removed(item) for name, item in value.items() if item is not REMOVED}
        same = len(kept) == len(value) and all(kept[name] is value[name] for name in kept)
        return value if same else kept
    if isinstance(value, Inputs):
        given = value.given()
        kept = _without_removed(given)
        return value if kept is given else holding(type(value), kept, value._origin)
    return value


def _clashes(lower: Any, upper: Any, path: str) -> Iterator[str]:
    for name in upper:
        if name not in lower:
            continue
        below, above = lower[name], upper[name]
        inner = f"{path}.{name}" if path else str(name)
        yield from _both(below, above, inner)


def _both(below: Any, above: Any, path: str) -> Iterator[str]:
    if isinstance(below, Inputs) and type(below) is type(above):
        yield from _clashes(below.given(), above.given(), path)
    elif isinstance(below, dict) and isinstance(above, dict):
        # an entry is its maker's, whole: two halves of one would be an entry that nobody wrote
        yield from (f"{path}[{as_json(name)}]" for name in above if name in below)
    else:
        yield path
