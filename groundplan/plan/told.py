"""What is said of an offline plan, kept beside it: a plan that is not made again need not even be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .diagnostics import Diagnostic
from .meta import Replacement
from .report import plan_bytes, possible_replacements, replacements, summary, unchecked, warning_text
from .upstream import Output

__all__ = ["PARTS", "Told"]

PARTS = {
    "content": str,
    "summary": str,
    "replacements": list,
    "may_replace": list,
    "unchecked": dict,
    "warnings": list,
    "outputs": dict,
}
"""Of what the kept form is made."""


@dataclass(frozen=True)
class Told:
    """A plan as it is written, what a person is told of it, and the outputs that other stacks read."""

    content: bytes
    summary: str
    replacements: tuple[Replacement, ...]
    may_replace: tuple[Replacement, ...]
    unchecked: dict[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    outputs: dict[str, Output]

    @classmethod
    def of(cls, plan: dict[str, Any], warnings: list[Diagnostic], outputs: dict[str, Output]) -> Told:
        """What is said of a plan that was made now."""
        return cls(
            plan_bytes(plan),
            summary(plan),
            replacements(plan),
            possible_replacements(plan),
            unchecked(plan),
            tuple(warning_text(each) for each in warnings),
            outputs,
        )

    def to_kept(self) -> dict[str, Any]:
        """The same in JSON's words."""
        return {
            "content": self.content.decode(),
            "summary": self.summary,
            "replacements": [each.model_dump() for each in self.replacements],
            "may_replace": [each.model_dump() for each in self.may_replace],
            "unchecked": self.unchecked,
            "warnings": self.warnings,
            "outputs": {
                name: [one.value, one.type, one.sensitive, one.placeholder] for name, one in self.outputs.items()
            },
        }

    @classmethod
    def from_kept(cls, said: Mapping[str, Any]) -> Told:
        """What `to_kept` gave."""
        return cls(
            said["content"].encode(),
            said["summary"],
            tuple(map(Replacement.model_validate, said["replacements"])),
            tuple(map(Replacement.model_validate, said["may_replace"])),
            {name: tuple(limits) for name, limits in said["unchecked"].items()},
            tuple(said["warnings"]),
            {name: Output(*parts) for name, parts in said["outputs"].items()},
        )
