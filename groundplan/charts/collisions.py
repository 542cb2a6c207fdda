"""Values that a module sets itself, and whether extra values of its user would override them.

Helm merges maps key by key and replaces everything else, later values first:
https://helm.sh/docs/chart_template_guide/values_files/. So an owned value is overridden by anything at its path, by
anything below it, and by anything but a map at a path above it. The same question is asked in Python, for a
composition's literal values, and in Terraform, for values that are known only there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..problems import Problem
from . import errors
from .opaque import is_opaque
from .paths import Way, format_path, parse_path

__all__ = ["Owned", "collision_condition", "collision_message", "collisions", "owned_paths"]

Owned = Mapping[str, Any] | Iterable[tuple[str, ...]]
"""Owned values, or the paths of their leaves as `owned_paths` gives them."""

_Tree = dict[str, "_Tree"]


def owned_paths(values: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """The paths of the leaves of owned values, sorted. A list is a leaf, and so is an empty map.

    A map with a key that only Terraform knows is one leaf: nobody can say here which keys it holds.
    """
    return tuple(sorted(_leaves(values, ())))


def _leaves(values: Mapping[str, Any], above: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    for key, value in values.items():
        path = (*above, str(key))
        if isinstance(value, Mapping) and not is_opaque(value) and value and not any(map(is_opaque, value)):
            yield from _leaves(value, path)
        else:
            yield path


def _tree(owned: Owned) -> _Tree:
    """Owned paths as nested keys; a leaf has no keys below it."""
    tree: _Tree = {}
    paths = owned_paths(owned) if isinstance(owned, Mapping) else owned
    for path in sorted(set(paths), key=len, reverse=True):
        node = tree
        for key in path[:-1]:
            node = node.setdefault(key, {})
        node[path[-1]] = {}
    return tree


def _leaf_ways(tree: _Tree, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not tree:
        return [above]
    return [way for key in sorted(tree) for way in _leaf_ways(tree[key], (*above, key))]


def collisions(
    owned: Owned, extra: Mapping[str, Any] | None, *, where: str, instead: Mapping[str, str] | None = None
) -> list[Problem]:
    """What in `extra` would override an owned value, one problem a path, sorted.

    `where` is put in front of every path. `instead` says for an owned path, or for one above it, which input to set:
    `{"server.ha.replicas": "replicas"}`. What only Terraform knows is left to `collision_condition`.
    """
    if extra is None or is_opaque(extra):
        return []
    if not isinstance(extra, Mapping):
        return [errors.extra_values_not_a_map(where, extra)]
    problems = []
    for way, hidden in _overridden(_tree(owned), extra, ()):
        place = f"{where}.{format_path(way)}" if where else format_path(way)
        advice = dict.fromkeys(text for leaf in hidden if (text := _advice(leaf, instead or {})))
        problems.append(errors.owned_value_overridden(place, [format_path(leaf) for leaf in hidden], list(advice)))
    return problems


def _overridden(
    tree: _Tree, extra: Mapping[str, Any], above: tuple[str, ...]
) -> Iterable[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    given = {str(key): value for key, value in extra.items()}
    for key in sorted(tree):
        if key not in given:
            continue
        way, value = (*above, key), given[key]
        if not tree[key]:
            yield way, [way]
        elif isinstance(value, Mapping) and not is_opaque(value):
            yield from _overridden(tree[key], value, way)
        elif not is_opaque(value):
            yield way, _leaf_ways(tree[key], way)


def _advice(leaf: tuple[str, ...], instead: Mapping[str, str]) -> str:
    best: Way = ()
    name = ""
    for path, text in sorted(instead.items()):
        way = parse_path(path)
        if leaf[: len(way)] == way and len(way) >= len(best):
            best, name = way, text
    return f"set the input {name} instead" if name else ""


def collision_condition(owned: Owned, expression: str) -> str:
    """A Terraform expression that is true when `expression` overrides no owned value.

    `expression` is any value: a map or object of any shape, or null. Keys of objects are known at plan time even
    where their values are not, so the answer is known whenever Terraform knows the shape.
    """
    tree = _tree(owned)
    return f"!({_hcl_overridden(tree, expression)})" if tree else "true"


def collision_message(owned: Owned, expression: str, *, instead: Mapping[str, str] | None = None) -> str:
    """A Terraform expression for the text that names every owned value that `expression` overrides."""
    names = []
    for leaf in _leaf_ways(_tree(owned)):
        advice = _advice(leaf, instead or {})
        shown = format_path(leaf) + (f" ({advice})" if advice else "")
        names.append(f'{_hcl_overridden(_tree([leaf]), expression)} ? {_quoted(shown)} : ""')
    listed = f'join(", ", compact([{", ".join(names)}]))'
    return '"These values are set by the module and cannot be overridden: ${' + listed + '}."'


def _hcl_overridden(tree: _Tree, at: str) -> str:
    """True when what is at `at` overrides something of the tree.

    `can(at[key])` would be unknown as soon as any value below is, and Terraform before 1.12 evaluates both sides of
    `&&`: asking for the keys inside `try` and `can` is known and cannot fail.
    """
    parts = []
    for key in sorted(tree):
        has_key = f"try(contains(keys({at}), {_quoted(key)}), false)"
        below = f"{at}[{_quoted(key)}]"
        if tree[key]:
            parts.append(f"{has_key} && (!can(keys({below})) || {_hcl_overridden(tree[key], below)})")
        else:
            parts.append(has_key)
    return " || ".join(parts) if len(parts) == 1 else " || ".join(f"({part})" for part in parts)


def _quoted(text: str) -> str:
    """A Terraform string that means exactly `text`; JSON's escapes but for the two that Terraform does not know."""
    escaped = json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    return escaped.replace("\\b", "\\u0008").replace("\\f", "\\u000c") if "\b" in text or "\f" in text else escaped
