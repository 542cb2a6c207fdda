"""The two levels of authorities, so that what is made for both is said once: a root or none, the rest by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundplan.building import Part, maker
from groundplan.framework import all_of, each, is_set, present

from .inputs import PrivateCaInputs

__all__ = ["Tier", "tiers"]


@dataclass(frozen=True)
class Tier:
    """A level: `id` is part of the addresses, `name` the authority's own, `wanted` its settings."""

    id: str
    name: str
    wanted: Any
    only: Callable[[Callable[[Any], Any]], Part]
    """A part for those for which a condition holds."""

    @property
    def every(self) -> Part:
        """A part for all of them."""
        return self.only(lambda _: None)


def tiers(given: PrivateCaInputs) -> tuple[Tier, Tier]:
    """The root and the subordinates."""
    there = is_set(given.root)
    root = present(given.root)
    subordinates = each(given.subordinates)

    def of_root(condition: Callable[[Any], Any]) -> Part:
        holds = condition(root)
        return maker(there if holds is None else all_of(there, holds))

    def of_subordinates(condition: Callable[[Any], Any]) -> Part:
        if condition(subordinates.value) is None:
            return maker(subordinates)
        return maker(subordinates.where(condition))

    return (
        Tier("root", "root", root, of_root),
        Tier("subordinate", subordinates.key, subordinates.value, of_subordinates),
    )
