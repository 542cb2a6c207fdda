"""A tree of what is allowed, and the walk that compares values with it.

Chart values and custom resources are both described by paths with types; see docs/decisions/0008-chart-facts.md.
A type is one or more of `string`, `integer`, `number`, `boolean`, `list`, `list<type>`, `object` (only the keys listed
below it), `map` (any key), `map<type>`, `any`, or a Kubernetes type by its name (`Affinity`), joined by `|`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from ..grammars.regular_expressions import runnable
from .opaque import is_opaque
from .paths import Step, Way, parse_path

__all__ = [
    "INDEX",
    "Choice",
    "Finding",
    "Node",
    "at",
    "build",
    "data_folder",
    "doubt_at",
    "known_paths",
    "merge",
    "open_below",
    "walk",
]

INDEX = "custom_resources.json"
"""The file beside the folder `custom_resources` that says which kind is in which file of it."""

_SCALARS = frozenset({"string", "integer", "number", "boolean"})


class Choice(NamedTuple):
    """How many of some alternatives may be set together; an alternative is set when all of its fields are."""

    least: int
    most: int | None
    alternatives: tuple[tuple[str, ...], ...]


@dataclass
class Node:
    """What may stand at one place of the tree.

    `kinds` are the kinds of values; `is_open` says that keys other than `children` may follow; `doubt` says why the
    facts below are not complete, and is empty where they are. `patterns` are regular expressions as Go reads them;
    `bounds` are named as in a schema (`minimum`, `maxLength`, ...), with `exclusiveMinimum` and `exclusiveMaximum` for
    open ones.
    """

    kinds: set[str] = field(default_factory=set)
    children: dict[str, Node] = field(default_factory=dict)
    any_key: Node | None = None
    items: Node | None = None
    is_open: bool = False
    doubt: str = ""
    required: tuple[str, ...] = ()
    allowed: tuple[Any, ...] = ()
    patterns: tuple[str, ...] = ()
    bounds: Mapping[str, float] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One difference between a value and what is allowed: the keys, kinds, values or bounds that are, or the choice."""

    what: Literal["unknown key", "wrong type", "not allowed", "missing", "not yaml", "pattern", "bounds", "choice"]
    way: Way
    value: Any
    allowed: tuple[Any, ...]
    is_certain: bool


def data_folder() -> Any:
    """The folder of this package's facts, as importlib.resources gives it."""
    return files(__package__).joinpath("data")


@cache
def _kubernetes_types() -> dict[str, dict[str, str]]:
    types: dict[str, dict[str, str]] = json.loads(data_folder().joinpath("kubernetes.json").read_text("utf-8"))["types"]
    return types


def build(types: Mapping[str, str]) -> Node:
    """The tree of `types`, a mapping of path to type. A path that only others run through is an object."""
    root = Node(kinds={"object"})
    for path, text in types.items():
        node = _reach(root, parse_path(path))
        for alternative in text.split("|"):
            _allow(node, alternative)
    return root


def _reach(root: Node, way: Way) -> Node:
    node = root
    for step in way:
        if step is Step.ITEMS:
            node.kinds.add("list")
            node.items = node.items or Node()
            node = node.items
        elif step is Step.ANY_KEY:
            node.kinds.add("object")
            node.any_key = node.any_key or Node()
            node = node.any_key
        else:
            node.kinds.add("object")
            node = node.children.setdefault(str(step), Node())
    return node


def at(root: Node, path: str) -> Node:
    """The node of a path, made when it is not there yet."""
    return _reach(root, parse_path(path))


def _allow(node: Node, alternative: str) -> None:
    outer, _, rest = alternative.partition("<")
    inner = rest.removesuffix(">")
    if outer == "any":
        node.kinds.add("any")
        node.is_open = True
    elif outer == "map":
        node.kinds.add("object")
        if inner:
            node.any_key = build({"x": inner}).children["x"]
        else:
            node.is_open = True
    elif outer == "list":
        node.kinds.add("list")
        if inner:
            node.items = build({"x": inner}).children["x"]
    elif outer == "object" or outer in _SCALARS:
        node.kinds.add(outer)
    else:
        node.kinds.add("object")
        for name, text in _kubernetes_types()[outer].items():
            node.children.setdefault(name, build({"x": text}).children["x"])


def open_below(node: Node) -> None:
    """Lets any key follow, anywhere below `node`."""
    node.is_open = True
    for child in [*node.children.values(), node.any_key, node.items]:
        if child is not None:
            open_below(child)


def merge(into: Node, other: Node) -> None:
    """Adds to a tree what another one allows."""
    into.kinds |= other.kinds
    into.is_open |= other.is_open
    into.any_key = into.any_key or other.any_key
    into.items = into.items or other.items
    for key, child in other.children.items():
        if key in into.children:
            merge(into.children[key], child)
        else:
            into.children[key] = child


def walk(node: Node, value: Any, way: Way = (), *, is_certain: bool = True) -> Iterator[Finding]:
    """Every difference between `value` and what `node` allows, in the order of the values."""
    is_certain = is_certain and not node.doubt
    if value is None or is_opaque(value):
        return
    if isinstance(value, Mapping):
        if {"object", "any"} & node.kinds:
            yield from _walk_map(node, value, way, is_certain)
            return
    elif isinstance(value, (list, tuple)):
        if {"list", "any"} & node.kinds:
            yield from _walk_bounds(node, len(value), "Items", way, is_certain)
            if node.items is not None:
                for index, item in enumerate(value):
                    yield from walk(node.items, item, (*way, index), is_certain=is_certain)
            return
    elif not isinstance(value, (str, int, float)):
        yield Finding("not yaml", way, value, (), True)
        return
    elif "any" in node.kinds or _fits(value, node.kinds):
        if node.allowed and value not in node.allowed:
            yield Finding("not allowed", way, value, node.allowed, is_certain)
        yield from _walk_scalar(node, value, way, is_certain)
        return
    yield Finding("wrong type", way, value, tuple(sorted(node.kinds)), is_certain)


def _walk_scalar(node: Node, value: str | float, way: Way, is_certain: bool) -> Iterator[Finding]:
    if isinstance(value, str):
        for pattern in node.patterns:
            expression = runnable(pattern)
            if expression is not None and not expression.found_in(value):
                yield Finding("pattern", way, value, (pattern, expression.example), is_certain)
        yield from _walk_bounds(node, len(value), "Length", way, is_certain, value)
    elif not isinstance(value, bool):
        yield from _walk_bounds(node, value, "", way, is_certain)


_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def _walk_bounds(
    node: Node, value: float, of: str, way: Way, is_certain: bool, text: str | None = None
) -> Iterator[Finding]:
    """Bounds of a number; or of how long a text, list or map is, by the ending `of` that their names have."""
    held = [(name, bound) for name, bound in node.bounds.items() if (name.endswith(of) if of else name in _NUMBERS)]
    if any(_is_out(name, value, bound) for name, bound in held):
        yield Finding("bounds", way, value if text is None else text, tuple(held), is_certain)


def _is_out(name: str, value: float, bound: float) -> bool:
    if name == "multipleOf":
        return Decimal(str(value)) % Decimal(str(bound)) != 0
    if name.startswith("exclusive"):
        return value <= bound if name.endswith("Minimum") else value >= bound
    return value < bound if name.startswith("min") else value > bound


def _walk_map(node: Node, value: Mapping[Any, Any], way: Way, is_certain: bool) -> Iterator[Finding]:
    for key, item in value.items():
        if is_opaque(key):
            continue
        child = node.children.get(str(key), node.any_key)
        if child is not None:
            yield from walk(child, item, (*way, str(key)), is_certain=is_certain)
        elif not node.is_open:
            yield Finding("unknown key", (*way, str(key)), item, tuple(sorted(node.children)), is_certain)
    if any(is_opaque(key) for key in value):
        return
    for name in node.required:
        if value.get(name) is None:
            yield Finding("missing", way, name, (), is_certain)
    yield from _walk_bounds(node, len(value), "Properties", way, is_certain)
    for choice in node.choices:
        yield from _walk_choice(choice, value, way, is_certain)


def _walk_choice(choice: Choice, value: Mapping[Any, Any], way: Way, is_certain: bool) -> Iterator[Finding]:
    """A field whose value only Terraform knows may come to null, which is as if it were not set."""
    may_be = [names for names in choice.alternatives if all(value.get(name) is not None for name in names)]
    are = [names for names in may_be if not any(is_opaque(value[name]) for name in names)]
    if len(may_be) < choice.least or (choice.most is not None and len(are) > choice.most):
        yield Finding("choice", way, tuple(" with ".join(names) for names in may_be), (choice,), is_certain)


def _fits(value: str | float, kinds: set[str]) -> bool:
    if isinstance(value, bool):
        return "boolean" in kinds
    if isinstance(value, str):
        return "string" in kinds
    return "number" in kinds or ("integer" in kinds and float(value).is_integer())


def doubt_at(root: Node, way: Way) -> str:
    """The nearest doubt at `way` or above it; empty where there is none."""
    node: Node | None = root
    found = root.doubt
    for step in way:
        if node is None:
            break
        node = node.items if isinstance(step, int) else node.children.get(str(step), node.any_key)
        found = node.doubt if node is not None and node.doubt else found
    return found


def known_paths(node: Node, way: Sequence[str | int | Step] = ()) -> Iterator[Way]:
    """The way to every place of the tree that has a name."""
    if way:
        yield tuple(way)
    for key in sorted(node.children):
        yield from known_paths(node.children[key], (*way, key))
    if node.items is not None:
        yield from known_paths(node.items, (*way, Step.ITEMS))
    if node.any_key is not None:
        yield from known_paths(node.any_key, (*way, Step.ANY_KEY))
