"""Which resource types the rules read, from the rules themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from groundplan.bindings import PROVIDERS

from .library import Library

__all__ = ["NOT_THE_SETTINGS", "tables_of_types", "types_read"]

NOT_THE_SETTINGS = frozenset(
    {
        # a deletion, whatever the settings are
        "stores.holds_data",
        # a purchase, whatever is bought
        "purchases.irreversible",
        # whether the target of a record is still there
        "dns.targets",
        # data sources, by the name of their type
        "secrets.readers",
        # why a type is not asked for a key
        "encryption.left_out",
        # what the provider decides where nobody writes it
        "provider.computed_blocks",
    }
)
"""Tables of parameters/ that list types of which a rule asks only whether they are there, or nothing: no rule reads
what such a resource is set to."""

_TYPE = re.compile(rf"(?:{'|'.join(sorted({*PROVIDERS, 'random', 'tls'}))})_[a-z0-9_]+")
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`')


def types_read(library: Library) -> frozenset[str]:
    """The types that a rule of `library` names, in its text or in the parameters that it walks through.

    Rules about every resource (tags, regions, pasted secrets) name none, so they are not counted: what they alone read
    has a setting that nobody judges.
    """
    found = {text for source in library.sources.values() for text in _literals(source) if _TYPE.fullmatch(text)}
    for table, types in tables_of_types(library).items():
        if table not in NOT_THE_SETTINGS:
            found |= types
    return frozenset(found)


def tables_of_types(library: Library) -> dict[str, set[str]]:
    """The tables of the parameters that list resource types, `stores.holds_data`: as keys, items, or items' `type`."""
    parameters = library.data.get("parameters")
    found: dict[str, set[str]] = {}
    for table, types in _tables(parameters, ()):
        found.setdefault(table, set()).update(types)
    return found


def _tables(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, set[str]]]:
    if isinstance(value, list):
        types = {each for each in value if isinstance(each, str) and _TYPE.fullmatch(each)}
        inner = [(path, each) for each in value]
    elif isinstance(value, dict):
        types = {name for name in value if _TYPE.fullmatch(name)}
        if isinstance(named := value.get("type"), str) and _TYPE.fullmatch(named):
            types.add(named)
        inner = [((*path, name), each) for name, each in value.items() if name not in types]
    else:
        return
    if types:
        yield ".".join(path), types
    for place, each in inner:
        yield from _tables(each, place)


def _literals(source: str) -> Iterator[str]:
    code = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith("#"))
    for quoted, raw in _LITERAL.findall(code):
        yield quoted or raw
