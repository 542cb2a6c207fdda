"""Regular expressions as values: what RE2 reads, in Python by `groundplan.grammars` and in Terraform, which has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundplan.grammars.regular_expressions import alternatives_at_top, problems

from .constraints import Constraint

__all__ = ["Parenthesized", "RegularExpression"]


@dataclass(frozen=True)
class RegularExpression(Constraint):
    """A regular expression that RE2 reads, which is what Terraform's functions and GitLab do."""

    @property
    def rule(self) -> str:
        """Names what people of other engines are used to, which is what is wrong most often."""
        return "must be a regular expression that RE2 reads: no look-ahead, look-behind or back-references"

    def accepts(self, value: Any) -> bool:
        """Whether RE2 would read it."""
        return problems(value) == []

    def condition(self, expression: str) -> str:
        """Has Terraform's own RE2 read it."""
        return _is_one(f"${{{expression}}}")

    def json_schema(self) -> dict[str, Any]:
        """That it is an expression; of which engine, JSON Schema has no word for."""
        return {"format": "regex"}


@dataclass(frozen=True)
class Parenthesized(Constraint):
    r"""A regular expression whose alternatives are in parentheses, for whoever puts anchors around the bare text.

    `\Amain|v.+\z` matches whatever begins with main. An alternative is outside of all parentheses when the texts on
    both sides of its `|` are expressions by themselves.
    """

    @property
    def rule(self) -> str:
        """Says what would come of it otherwise."""
        return (
            "must have parentheses around its alternatives, such as (?:v.+|main): it is anchored as it stands, and the "
            "first one would match all that begins so, the last all that ends so"
        )

    def accepts(self, value: Any) -> bool:
        """Whether no alternative is outside."""
        return not alternatives_at_top(value)

    def condition(self, expression: str) -> str:
        """The same question, asked of every place where the text can be split."""
        parts = f'split("|", {expression})'
        before = f'${{join("|", slice({parts}, 0, index))}}'
        after = f'${{join("|", slice({parts}, index, length({parts})))}}'
        return f"!anytrue([for index in range(1, length({parts})) : {_is_one(before)} && {_is_one(after)}])"

    def json_schema(self) -> dict[str, Any]:
        """Nothing: JSON Schema has no word for it."""
        return {}


def _is_one(template: str) -> str:
    """Whether Terraform compiles it: replace does, and unlike regex takes groups with and without a name together."""
    return f'can(replace("", "/{template}/", ""))'
