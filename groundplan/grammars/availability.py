"""What AWS does not offer in a partition, by the resource that would ask for it, as AWS's own pages say.

data/availability.json holds one entry a gap: the resource types, what must be set for it to matter, the partitions,
what to do instead, the page and the day it was read. What no entry names passes without a claim.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from groundplan.values import ConfigProblem, is_unknown

from . import errors
from .partitions import partition_of

__all__ = ["Gap", "gaps", "offers", "unavailable"]


@dataclass(frozen=True)
class Gap:
    """Something that some partitions do not have.

    A resource of one of `types` asks for it when `attribute` (of the resource, or of a block such as
    `revocation_configuration.ocsp_configuration.enabled`) has one of `values`, has none of `other_than`, is set, or
    with `absent` is not set; without `attribute` it always does.
    """

    what: str
    types: tuple[str, ...]
    partitions: tuple[str, ...]
    instead: str
    source: str
    read: str
    attribute: str = ""
    values: tuple[Any, ...] = ()
    other_than: tuple[Any, ...] = ()
    absent: bool = False

    def asked_for(self, config: Mapping[str, Any]) -> bool:
        """Whether a configuration asks for it. What only apply will know is never said to."""
        if not self.attribute:
            return True
        found = list(_at(config, self.attribute.split(".")))
        if any(is_unknown(value) for value in found):
            return False
        given = [value for value in found if value is not None and value not in ([], {})]
        if self.absent:
            return not given
        if self.values:
            return any(value in self.values for value in given)
        if self.other_than:
            return not given or any(value not in self.other_than for value in given)
        return bool(given)


@cache
def gaps() -> Mapping[str, Gap]:
    """Every gap by its name."""
    text = resources.files("groundplan.grammars").joinpath("data", "availability.json").read_text(encoding="utf-8")
    return {name: _gap(said) for name, said in json.loads(text).items()}


def _gap(said: Mapping[str, Any]) -> Gap:
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}
    return Gap(**given)


def offers(region: str, name: str) -> bool:
    """Whether the partition of a region has what the gap of a name is about, as far as is known."""
    return partition_of(region).id not in gaps()[name].partitions


def unavailable(type_name: str, config: Mapping[str, Any], region: str) -> list[ConfigProblem]:
    """What a resource in a region asks for that its partition does not have."""
    partition = partition_of(region).id
    return [
        errors.not_offered(
            tuple(gap.attribute.split(".")[:1]) if any(_at(config, gap.attribute.split("."))) else (),
            gap.what,
            partition,
            gap.instead,
            gap.source,
        )
        for gap in gaps().values()
        if type_name in gap.types and partition in gap.partitions and gap.asked_for(config)
    ]


def _at(value: Any, steps: list[str]) -> Iterator[Any]:
    """Every value at an attribute, through blocks and their lists; None where there is none."""
    if is_unknown(value):
        yield value
    elif isinstance(value, (list, tuple)) and steps:
        if not value:
            yield None
        for item in value:
            yield from _at(item, steps)
    elif not steps:
        yield value
    else:
        yield from _at(value.get(steps[0]) if isinstance(value, Mapping) else None, steps[1:])
