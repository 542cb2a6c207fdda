"""What was seen while the templates of a chart were read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..paths import Way

__all__ = ["Place", "Reads", "Use", "Way"]

Use = Literal["text", "whole", "guard", "keys"]
"""How a value is used: printed or compared, handed on as a tree, asked whether it is there, or its keys alone."""


@dataclass(frozen=True, order=True)
class Place:
    """A file of the chart and a line in it."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass
class Seen:
    """How one path is used, below which keys it is printed, and the first place where it is.

    `asked` are the kinds (`map`, `slice`, `string`) that a template asks for by `kindIs`: it takes each of them.
    """

    place: Place
    uses: set[Use] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    runs_as_template: bool = False


@dataclass
class Reads:
    """The paths that the templates use; what makes a render differ from run to run, or ask a cluster; and the doubts.

    `doubts` are paths below which more may be read than was seen, each with the reason.
    """

    seen: dict[Way, Seen] = field(default_factory=dict)
    random: dict[Place, str] = field(default_factory=dict)
    lookups: dict[Place, str] = field(default_factory=dict)
    api_versions: dict[str, Place] = field(default_factory=dict)
    doubts: dict[Way, str] = field(default_factory=dict)

    def note(self, way: Way, use: Use, place: Place, key: str = "") -> None:
        """Notes one use of a path."""
        seen = self.seen.setdefault(way, Seen(place))
        seen.uses.add(use)
        if key:
            seen.keys.add(key)
