"""What is in a text of attributes and blocks, beside values that maps and lists can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Block", "Expression", "Reference"]


@dataclass(frozen=True)
class Reference:
    """A name in an expression: `loki.write.default.receiver`, in its parts up to the first index or call."""

    names: tuple[str, ...]
    line: int
    is_called: bool = False


class Expression(str):
    """An expression that only the application can evaluate, with all that it refers to.

    Spelt as what nobody knows yet, so that it goes where a value of any type is wanted. It `is_alone` when it is a
    single reference and nothing else.
    """

    references: tuple[Reference, ...]
    is_alone: bool

    @classmethod
    def of(cls, *references: Reference, is_alone: bool = False) -> Expression:
        """The expression that refers to these."""
        made = cls("${expression}")
        made.references = references
        made.is_alone = is_alone
        return made


class Block(dict[str, Any]):
    """What is in a block: attributes by their names, and lists of blocks, by label where they have one."""
