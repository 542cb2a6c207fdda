"""What the functions of Go, Sprig and Helm make of what a template handles.

Each takes what it is called with and says what comes out; what it only looks at is noted as such. A function that is
not here makes a text of its arguments. The functions: https://helm.sh/docs/chart_template_guide/function_list/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .things import OTHER, Atom, Given, Items, Known, Made, Thing, atoms, print_of

if TYPE_CHECKING:
    from .following import Following

__all__ = ["FILES", "HANDLERS", "print_all"]

Handler = Callable[["Following", list[Thing]], Thing]

# Stands for the folder of the templates: what is included from there is a file, which is followed by itself.
FILES = "\0files"


def print_all(_: Following, arguments: list[Thing]) -> Thing:
    """A text is made of the arguments."""
    return print_of(arguments)


def _print_whole(_: Following, arguments: list[Thing]) -> Thing:
    return print_of(arguments, whole=True)


def _any_of(_: Following, arguments: list[Thing]) -> Thing:
    return atoms(arguments)


def _ask(reader: Following, arguments: list[Thing]) -> Thing:
    reader.use(atoms(arguments), "guard")
    return OTHER


def _random(reader: Following, arguments: list[Thing], name: str) -> Thing:
    reader.reads.random.setdefault(reader.place, name)
    return print_of(arguments)


def _parsed(reader: Following, arguments: list[Thing]) -> Thing:
    return reader.parse(atoms(arguments))


def _and_or(reader: Following, arguments: list[Thing]) -> Thing:
    for each in arguments:
        reader.use(each, "guard")
    return atoms(arguments)


def _compare(reader: Following, arguments: list[Thing]) -> Thing:
    for each in arguments:
        reader.use(each, "text")
    return OTHER


def _ternary(reader: Following, arguments: list[Thing]) -> Thing:
    yes, no, condition = arguments
    reader.use(condition, "guard")
    return atoms([yes, no])


def _has_key(reader: Following, arguments: list[Thing]) -> Thing:
    container, key = arguments
    reader.use(container, "guard")
    reader.use(reader.at(container, key), "guard")
    return OTHER


def _index(reader: Following, arguments: list[Thing]) -> Thing:
    value = arguments[0]
    for key in arguments[1:]:
        value = reader.at(value, key)
    return value


def _dig(reader: Following, arguments: list[Thing]) -> Thing:
    *keys, otherwise, value = arguments
    for key in keys:
        value = reader.at(value, key)
    return atoms([value, otherwise])


def _dict(_: Following, arguments: list[Thing]) -> Thing:
    made = Made()
    for key, value in zip(arguments[::2], arguments[1::2], strict=False):
        for atom in key:
            if isinstance(atom, Known):
                made.fields[str(atom.value)] = value
            else:
                made.any_key = atoms([made.any_key, value])
    return (made,)


def _set(reader: Following, arguments: list[Thing]) -> Thing:
    container, key, value = arguments
    for atom in container:
        for name in key:
            if not (isinstance(name, Known) and isinstance(name.value, str)):
                if isinstance(atom, Made):
                    atom.any_key = _without(atoms([atom.any_key, value]), atom)
                else:
                    reader.use(value, "whole")
            elif isinstance(atom, Made):
                atom.fields[name.value] = atoms([atom.fields.get(name.value, ()), value])
            elif isinstance(atom, Given):
                way = (*atom.way, name.value)
                reader.patches[way] = atoms([reader.patches.get(way, ()), _without(value, Given(way))])
    return container


def _merge_over(reader: Following, arguments: list[Thing]) -> Thing:
    for atom in arguments[0]:
        if isinstance(atom, Made):
            atom.rest_wins = True
    return _merge(reader, arguments)


def _merge(reader: Following, arguments: list[Thing]) -> Thing:
    first, *others = arguments
    rest = tuple(atom for atom in atoms(others) if atom not in first)
    for atom in first:
        if isinstance(atom, Made):
            atom.rest = atoms([atom.rest, rest])
        elif isinstance(atom, Given):
            reader.merged[atom.way] = atoms([reader.merged.get(atom.way, ()), rest])
    return first if any(isinstance(atom, (Made, Given)) for atom in first) else atoms(arguments)


def _printf(_: Following, arguments: list[Thing]) -> Thing:
    if any(atom == Known(FILES) for each in arguments for atom in each):
        return (Known(FILES),)
    texts = _constants(arguments)
    if texts is None:
        return print_of(arguments)
    form, *values = texts
    parts = re.split(r"%[-+# 0]*\d*(?:\.\d+)?[a-zA-Z]", str(form))
    if len(parts) != len(values) + 1:
        return OTHER
    return (Known(parts[0] + "".join(f"{value}{part}" for value, part in zip(values, parts[1:], strict=True))),)


def _printed_together(_: Following, arguments: list[Thing]) -> Thing:
    if any(atom == Known(FILES) for each in arguments for atom in each):
        return (Known(FILES),)
    texts = _constants(arguments)
    return print_of(arguments) if texts is None else (Known("".join(str(text) for text in texts)),)


def _same_text(_: Following, arguments: list[Thing]) -> Thing:
    text = arguments[-1]
    return text if all(isinstance(atom, Known) for atom in text) else print_of(arguments)


def _list(_: Following, arguments: list[Thing]) -> Thing:
    return (Items(tuple(arguments)),)


def _more_items(reader: Following, arguments: list[Thing]) -> Thing:
    container, *more = arguments
    return (Items((reader.elements(container), *more)),)


def _concat(_: Following, arguments: list[Thing]) -> Thing:
    together: list[Atom] = []
    items: list[Thing] = []
    for atom in atoms(arguments):
        if isinstance(atom, Items):
            items += atom.items
        else:
            together.append(atom)
    return (*together, Items(tuple(items))) if items else tuple(together)


def _first(reader: Following, arguments: list[Thing]) -> Thing:
    return reader.elements(arguments[0])


def _keys(reader: Following, arguments: list[Thing]) -> Thing:
    names: list[Thing] = []
    for atom in atoms(arguments):
        if isinstance(atom, Made):
            names += [(Known(name),) for name in atom.fields]
            names += [OTHER] if atom.rest else []
        else:
            reader.use((atom,), "keys")
            names.append(OTHER)
    return (Items(tuple(names)),)


def _values(reader: Following, arguments: list[Thing]) -> Thing:
    return (Items((reader.elements(atoms(arguments)),)),)


def _pluck(reader: Following, arguments: list[Thing]) -> Thing:
    key, *containers = arguments
    return (Items(tuple(reader.at(each, key) for each in containers)),)


def _included(reader: Following, arguments: list[Thing]) -> Thing:
    name, dot = arguments
    return reader.include(name, dot)


def _rendered(reader: Following, arguments: list[Thing]) -> Thing:
    text, dot = arguments
    return reader.tpl(text, dot)


def _required(_: Following, arguments: list[Thing]) -> Thing:
    return arguments[-1]


def _lookup(reader: Following, arguments: list[Thing]) -> Thing:
    texts = [atom.value for each in arguments[:2] for atom in each if isinstance(atom, Known)]
    reader.reads.lookups.setdefault(reader.place, " ".join(str(text) for text in texts))
    reader.use(atoms(arguments), "text")
    return OTHER


def _is_kind(reader: Following, arguments: list[Thing]) -> Thing:
    kind, value = arguments
    reader.use(value, "guard")
    for atom in value:
        if isinstance(atom, Given):
            reader.reads.seen[atom.way].asked |= {str(each.value) for each in kind if isinstance(each, Known)}
    return OTHER


def _unset(_: Following, arguments: list[Thing]) -> Thing:
    return arguments[0]


def _constants(arguments: Sequence[Thing]) -> list[Any] | None:
    """The values of things that are one constant each; None when one is not."""
    values = []
    for thing in arguments:
        if len(thing) != 1 or not isinstance(thing[0], Known):
            return None
        values.append(thing[0].value)
    return values


def _without(thing: Thing, atom: Atom) -> Thing:
    return tuple(each for each in thing if each != atom)


def _random_by(name: str) -> Handler:
    return lambda reader, arguments: _random(reader, arguments, name)


def _named(handler: Handler, names: str) -> dict[str, Handler]:
    """The handler by each of the names, and by the one that fails instead of passing a mistake over."""
    found = dict.fromkeys(names.split(), handler)
    return found | {f"must{name[0].upper()}{name[1:]}": handler for name in found}


_RANDOM = (
    "ago bcrypt buildCustomCert derivePassword encryptAES genCA genCAWithKey genPrivateKey genSelfSignedCert "
    "genSelfSignedCertWithKey genSignedCert genSignedCertWithKey htpasswd now randAlpha randAlphaNum randAscii "
    "randBytes randInt randNumeric shuffle uuidv4"
)

HANDLERS: dict[str, Handler] = {
    **_named(_any_of, "coalesce compact deepCopy default initial omit pick rest reverse slice sortAlpha uniq without"),
    **_named(_ask, "all any empty kindOf not typeIsLike typeOf"),
    **_named(_compare, "contains eq ge gt has hasPrefix hasSuffix le lt ne regexMatch semverCompare"),
    **_named(_first, "first last"),
    **_named(_index, "get index"),
    **_named(_is_kind, "kindIs typeIs"),
    **_named(_list, "list tuple"),
    **_named(_merge, "merge"),
    **_named(_merge_over, "mergeOverwrite"),
    **_named(_more_items, "append prepend"),
    **_named(_parsed, "fromJson fromJsonArray fromToml fromYaml fromYamlArray"),
    **_named(_print_whole, "toJson toPrettyJson toRawJson toToml toYaml toYamlPretty"),
    **_named(_same_text, "lower quote squote title toString trim trimAll trimPrefix trimSuffix trunc upper"),
    "and": _and_or,
    "concat": _concat,
    "dict": _dict,
    "dig": _dig,
    "hasKey": _has_key,
    "include": _included,
    "keys": _keys,
    "lookup": _lookup,
    "or": _and_or,
    "pluck": _pluck,
    "print": _printed_together,
    "printf": _printf,
    "required": _required,
    "set": _set,
    "ternary": _ternary,
    "tpl": _rendered,
    "unset": _unset,
    "values": _values,
    **{name: _random_by(name) for name in _RANDOM.split()},
}
