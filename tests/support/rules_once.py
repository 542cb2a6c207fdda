"""The rules, read and prepared once for all runs of a process of the tests, as a watch does for its runs."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, ClassVar, TypeVar

from groundplan.remembering import Memory

__all__ = ["RulesOnce"]

T = TypeVar("T")


class RulesOnce(Memory):
    """The memory of one run. What its keys say is of nothing but the rules is there for the next run too.

    Each key stands for all that was read, so that a rule that a test has edited is another one.
    """

    _of_rules: ClassVar[dict[Hashable, Any]] = {}

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        if not isinstance(key, tuple) or key[0] not in ("rules", "library", "session", "types"):
            return super().of(key, make)
        if key not in self._of_rules:
            # the rules of as many projects as tests edit them in are not all kept
            if len(self._of_rules) > 40:
                self._of_rules.clear()
            self._of_rules[key] = make()
        found: T = self._of_rules[key]
        return found
