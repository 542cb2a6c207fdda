"""Questions about values, in one vocabulary: asked of references while a module is built, and of terms in its rules.

    when(all_of(is_set(given.mesh), contains(given.zones, "a")))
    Rule("zones", lambda v: unset(v.mesh) | contains(v.zones, "a"), "must have a when there is a mesh")

Of a term they make a term, which Python computes and Terraform's validation asks; of anything else a reference, which
Terraform computes. Flags on both sides also take `&`, `|` and `~`, numbers take arithmetic and order. To a type checker
they are what they stand for: a bool, a number, a text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from .constraints import encoded, whole
from .hcl import hcl, quoted
from .references import (
    FlagReference,
    ListReference,
    MapReference,
    NumberReference,
    Reference,
    TextReference,
    reference,
)
from .shapes import Anything, Number, Shape, Text
from .terms import Term, computed, known

__all__ = [
    "all_of",
    "any_of",
    "contains",
    "count_set",
    "distinct",
    "entries_of",
    "equals",
    "every",
    "gathered",
    "is_set",
    "keys",
    "length",
    "loop",
    "matches",
    "negated",
    "not_empty",
    "occurrences",
    "one_entry",
    "overlap",
    "picked",
    "repeated",
    "some",
    "summed",
    "tallied",
    "together",
    "unset",
    "values",
]

T = TypeVar("T")
Of = Callable[[Any, Any], Any]
"""What is asked of an entry of a map by its key and value, of an item of a list by its index and itself."""


def _asked(
    kind: Callable[[str], Any],
    render: Callable[[], str],
    compute: Callable[[], Any],
    *operands: Any,
    binds: bool = True,
) -> Any:
    """A term when one of the operands is one, else a reference; `binds`: its expression is a call or a path."""
    if not any(isinstance(operand, Term) for operand in operands):
        return kind(render())
    return Term(render if binds else lambda: f"({render()})", compute)


def is_set(value: Any) -> bool:
    """Whether an optional setting was given."""
    return cast(
        bool,
        _asked(FlagReference, lambda: f"{hcl(value)} != null", lambda: computed(value) is not None, value, binds=False),
    )


def unset(value: Any) -> bool:
    """Whether an optional setting was left out (null)."""
    return cast(
        bool,
        _asked(FlagReference, lambda: f"{hcl(value)} == null", lambda: computed(value) is None, value, binds=False),
    )


def count_set(*given: Any) -> float:
    """How many of several optional settings were given: `count_set(v.values, v.alias) == 1`."""

    def render() -> str:
        told = ", ".join(f"{hcl(value)} != null" for value in given)
        return f"length([for is_set in [{told}] : is_set if is_set])"

    return cast(
        float, _asked(NumberReference, render, lambda: sum(computed(value) is not None for value in given), *given)
    )


def equals(left: Any, right: Any) -> bool:
    """Whether two values are the same."""
    return cast(
        bool,
        _asked(
            FlagReference,
            lambda: f"{hcl(left)} == {hcl(right)}",
            lambda: computed(left) == computed(right),
            *(left, right),
            binds=False,
        ),
    )


def negated(condition: Any) -> bool:
    """The opposite of a flag."""
    if isinstance(condition, Term):
        return cast(bool, ~condition)
    return cast(bool, FlagReference(f"!({hcl(condition)})"))


def all_of(*conditions: Any) -> bool:
    """Whether every one of the flags is true; a later one is not looked at once one is false."""
    return _in_turn(conditions, "({0} ? {1} : false)", "true", all)


def any_of(*conditions: Any) -> bool:
    """Whether one of the flags is true at least; a later one is not looked at once one is true."""
    return _in_turn(conditions, "({0} ? true : {1})", "false", any)


def _in_turn(conditions: Sequence[Any], template: str, none: str, combine: Callable[[Any], bool]) -> bool:
    def render() -> str:
        parts = [f"({hcl(condition)})" for condition in conditions] or [none]
        rendered = parts.pop()
        while parts:
            rendered = template.format(parts.pop(), rendered)
        return rendered

    return cast(
        bool,
        _asked(
            FlagReference, render, lambda: combine(bool(computed(condition)) for condition in conditions), *conditions
        ),
    )


def together(*parts: Any) -> str:
    """Several settings as one value, to be compared with others: `together(v.zone, v.name)`."""
    return cast(
        str,
        _asked(
            TextReference,
            lambda: f"jsonencode([{', '.join(hcl(part) for part in parts)}])",
            lambda: encoded([computed(part) for part in parts]),
            *parts,
        ),
    )


def matches(value: Any, pattern: str) -> bool:
    """Whether a regular expression matches a whole text; as for `Pattern`, what Python and RE2 read alike."""
    return cast(
        bool,
        _asked(
            FlagReference,
            lambda: f"can(regex({quoted(whole(pattern))}, {hcl(value)}))",
            lambda: re.fullmatch(pattern, computed(value), re.ASCII) is not None,
            value,
        ),
    )


def length(value: Any) -> float:
    """How many characters, items or entries."""
    return cast(float, _asked(NumberReference, lambda: f"length({hcl(value)})", lambda: len(computed(value)), value))


def not_empty(value: Any) -> bool:
    """Whether a list, a map or a string has anything in it."""
    return cast(
        bool,
        _asked(
            FlagReference, lambda: f"length({hcl(value)}) > 0", lambda: len(computed(value)) > 0, value, binds=False
        ),
    )


def contains(items: Any, wanted: Any) -> bool:
    """Whether a list holds a value."""
    return cast(
        bool,
        _asked(
            FlagReference,
            lambda: f"contains({hcl(items)}, {hcl(wanted)})",
            lambda: _among(computed(items), computed(wanted)),
            *(items, wanted),
        ),
    )


def _among(items: Any, wanted: Any) -> bool:
    """Whether a list holds a value; one that is not in it may be what only Terraform will know."""
    if wanted in items:
        return True
    for item in items:
        known(item)
    return False


def overlap(first: Any, second: Any) -> bool:
    """Whether two lists share an item."""
    return cast(
        bool,
        _asked(
            FlagReference,
            lambda: f"length(setintersection({hcl(first)}, {hcl(second)})) > 0",
            lambda: bool(set(map(known, computed(first))) & set(map(known, computed(second)))),
            *(first, second),
            binds=False,
        ),
    )


def keys(entries: Any) -> list[str]:
    """The names of a map, sorted."""
    return cast(
        list[str], _asked(ListReference, lambda: f"keys({hcl(entries)})", lambda: sorted(computed(entries)), entries)
    )


def values(entries: Mapping[str, T]) -> list[T]:
    """The values of a map, in the order of their names."""

    def compute() -> list[Any]:
        found = computed(entries)
        return [found[key] for key in sorted(found)]

    item = _item(entries)
    return cast(
        list[T],
        _asked(lambda expression: ListReference(expression, item), lambda: f"values({hcl(entries)})", compute, entries),
    )


def every(items: Any, check: Of) -> bool:
    """Whether `check(key, value)` holds for every entry of a map, or `check(index, item)` for every item of a list."""
    return _quantified("alltrue", all, all_of, items, check)


def some(items: Any, check: Of) -> bool:
    """Whether `check` holds for one entry at least."""
    return _quantified("anytrue", any, any_of, items, check)


def _quantified(
    function: str, combine: Callable[[Any], bool], written_out: Callable[..., bool], items: Any, check: Of
) -> bool:
    if not isinstance(items, (Term, Reference)):
        # what the author wrote is there already, whatever it is compared with
        return written_out(*(check(key, item) for key, item in entries_of(items)))
    return cast(
        bool,
        _asked(
            FlagReference,
            lambda: f"{function}({_for(items, check)})",
            lambda: combine([bool(one_entry(check, key, item)) for key, item in entries_of(computed(items))]),
            items,
        ),
    )


def picked(items: Any, of: Of, where: Of) -> list[str]:
    """The text `of(key, value)` of every entry of a map, or item of a list, for which `where(key, value)` holds."""

    def render() -> str:
        key, value, asked = loop(items, where)
        return f"[for {key}, {value} in {hcl(items)} : {loop(items, of)[2]} if {asked}]"

    def compute() -> list[Any]:
        entries = entries_of(computed(items))
        return [one_entry(of, key, entry) for key, entry in entries if one_entry(where, key, entry)]

    return cast(list[str], _asked(ListReference, render, compute, items))


def gathered(*parts: tuple[Any, Any]) -> list[str]:
    """Texts, and lists of texts, in one list: each the second of a pair whose first, a condition, holds.

    For `Rule.finds`: `gathered((~unset(v.one), v.one), (True, picked(v.more, ...)))`.
    """

    def render() -> str:
        told = ", ".join(f"({hcl(condition)}) ? [{hcl(part)}] : []" for condition, part in parts)
        return f"flatten([{told}])"

    def compute() -> list[Any]:
        return list(_flat([computed(part) for condition, part in parts if computed(condition)]))

    return cast(list[str], _asked(ListReference, render, compute, *(each for pair in parts for each in pair)))


def _flat(found: Any) -> Iterator[Any]:
    if not isinstance(found, list):
        yield found
        return
    for each in found:
        yield from _flat(each)


def repeated(items: Any, of: Of) -> list[str]:
    """The names of the entries of a map whose `of(key, value)` another entry has too."""
    tally = tallied(items, of)
    return picked(items, lambda key, _: key, lambda key, entry: occurrences(tally, of(key, entry)) > 1)


def distinct(items: Any, of: Of) -> bool:
    """Whether `of(key, value)` differs for all entries of a map."""

    def render() -> str:
        listed = _for(items, of)
        # a set is made in one go; Terraform's distinct compares each item with all before it
        return f"length(toset({listed})) == length({listed})"

    def compute() -> bool:
        found = [one_entry(of, key, entry) for key, entry in entries_of(computed(items))]
        return len(set(found)) == len(found)

    return cast(bool, _asked(FlagReference, render, compute, items, binds=False))


def summed(items: Any, of: Of) -> float:
    """The sum of `of(key, value)` over the entries of a map, or the items of a list: 0 of none."""

    def compute() -> float:
        return float(sum(one_entry(of, key, entry) for key, entry in entries_of(computed(items))))

    # Terraform's sum refuses an empty list
    return cast(float, _asked(NumberReference, lambda: f"sum(concat([0], {_for(items, of)}))", compute, items))


def tallied(items: Any, of: Of) -> dict[str, float]:
    """How many entries of a map have each value of `of(key, value)`: for `EachRule.shared`, to ask `occurrences` of.

    Counted once, and looked up by every entry: whoever searches a list for every entry takes a time that grows with the
    square of their number, which Terraform's evaluation makes minutes of at a thousand entries.
    """

    def render() -> str:
        key, value, said = loop(items, of)
        grouped = f"{{for {key}, {value} in {hcl(items)} : jsonencode({said}) => {key}...}}"
        return f"{{for text, alike in {grouped} : text => length(alike)}}"

    return cast(
        dict[str, float],
        _asked(
            lambda expression: MapReference(expression, Number()),
            render,
            lambda: Counter(encoded(one_entry(of, key, entry)) for key, entry in entries_of(computed(items))),
            items,
        ),
    )


def occurrences(tally: Any, wanted: Any) -> float:
    """How many entries have the value `wanted`, which one of those that were `tallied` must have."""
    return cast(
        float,
        _asked(
            NumberReference,
            lambda: f"{hcl(tally)}[jsonencode({hcl(wanted)})]",
            lambda: computed(tally)[encoded(computed(wanted))],
            *(tally, wanted),
        ),
    )


def _item(items: Any) -> Shape:
    return items.item if isinstance(items, (MapReference, ListReference)) else Anything()


def _for(items: Any, of: Of) -> str:
    key, value, rendered = loop(items, of)
    return f"[for {key}, {value} in {hcl(items)} : {rendered}]"


_depth = 0


def loop(items: Any, of: Of) -> tuple[str, str, str]:
    """The variables of a loop over `items`, and what is asked of them in Terraform's words.

    Inside a loop they differ from those of the outer one.
    """
    global _depth
    key, value = f"key_{_depth}", f"value_{_depth}"
    entry: tuple[Any, Any]
    if isinstance(items, Reference):
        entry = reference(Number() if isinstance(items, ListReference) else Text(), key), reference(_item(items), value)
    else:
        entry = Term(key, lambda: None), Term(value, lambda: None)
    _depth += 1
    try:
        return key, value, hcl(of(*entry))
    finally:
        _depth -= 1


def one_entry(of: Of, key: Any, value: Any) -> Any:
    """What is asked of one entry, computed in Python."""
    # a rule that asks for keys alone can be answered whatever the values turn out to be
    return computed(of(Term("key", lambda: known(key)), Term("value", lambda: known(value))))


def entries_of(collection: Any) -> list[tuple[Any, Any]]:
    """Keys and values of a map in the order of its keys, indexes and items of a list."""
    if isinstance(collection, Mapping):
        return [(key, collection[key]) for key in sorted(collection)]
    return list(enumerate(collection))
