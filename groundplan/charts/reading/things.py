"""What a template handles while it is read: not values, but where a value would come from.

A `Thing` is a set of possibilities. `if` and `default` make several of one; what cannot be followed is `OTHER`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..paths import Way

__all__ = [
    "NOTHING",
    "OTHER",
    "Atom",
    "Given",
    "Items",
    "Known",
    "Made",
    "Other",
    "Printed",
    "Thing",
    "atoms",
    "print_of",
]


@dataclass(frozen=True)
class Given:
    """A value of the chart, by its path."""

    way: Way


@dataclass(frozen=True)
class Known:
    """A constant of the template."""

    value: str | float | bool | None


@dataclass(frozen=True)
class Other:
    """Something that is no value of the chart: `.Release`, the time, the result of a calculation."""


@dataclass(frozen=True)
class Items:
    """A list that the template made."""

    items: tuple[Thing, ...]


@dataclass(frozen=True)
class Printed:
    """A text made of other things; `whole` when they went into it as they are, by `toYaml` or `toJson`."""

    of: Thing
    whole: bool


@dataclass(eq=False)
class Made:
    """A map that the template made. `rest` is what was merged into it: its keys may be there as well.

    `rest_wins` when what was merged replaces what was there (`mergeOverwrite`); `any_key` is what was set by a key
    that only a render knows.
    """

    fields: dict[str, Thing] = field(default_factory=dict)
    rest: Thing = ()
    any_key: Thing = ()
    rest_wins: bool = False

    def parts(self) -> Iterator[Thing]:
        """Everything in it."""
        yield from self.fields.values()
        yield self.rest
        yield self.any_key


Atom = Given | Known | Other | Items | Printed | Made
Thing = tuple[Atom, ...]

NOTHING: Thing = ()
OTHER: Thing = (Other(),)


def atoms(things: Iterable[Thing]) -> Thing:
    """All possibilities of several things, each once."""
    return tuple(dict.fromkeys(atom for thing in things for atom in thing))


def print_of(things: Iterable[Thing], *, whole: bool = False) -> Thing:
    """The text that things become. What is a text already stays what it is."""
    texts: list[Atom] = []
    rest: list[Atom] = []
    for atom in atoms(things):
        (texts if isinstance(atom, Printed) else rest).append(atom)
    if rest and not all(isinstance(atom, (Known, Other)) for atom in rest):
        texts.append(Printed(tuple(rest), whole))
    return tuple(texts) or OTHER


def below(thing: Thing) -> Iterator[Atom]:
    """The possibilities of a thing and of the texts in it."""
    for atom in thing:
        if isinstance(atom, Printed):
            yield from below(atom.of)
        else:
            yield atom
