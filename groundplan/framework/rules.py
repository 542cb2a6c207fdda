"""Rules between several settings: written once as a Python expression, asked in Python and by Terraform.

    rules = (
        Rule("delete_after_days", lambda v: unset(v.cold_after_days) | (v.delete_after_days >= v.cold_after_days + 90),
             "must be at least 90 days after cold_after_days", shows=("cold_after_days", "delete_after_days")),
    )

The lambda gets a `Term` for the declaration. Use `|`, `&`, `~`, comparisons, arithmetic and the questions that
`groundplan.framework.conditions` has for references too; Python's `and`, `or`, `not` and `if` would need an answer
before there is a value, and raise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from .conditions import entries_of, every, loop, one_entry
from .terms import StillUnknown, Term, computed, constant

__all__ = ["EachRule", "Rule"]


@dataclass(frozen=True)
class Rule:
    """Something that must hold: `check` says what, `message` says it for people, after the name of `setting`.

    `shows` names the settings whose values the message prints; `object_lock.retention_days` is one of an optional one.
    `finds` gives the texts of a broken rule that are wrong, as a list, which the message prints too: of many entries,
    those that people have to change.
    """

    setting: str
    check: Callable[[Any], Any]
    message: str
    shows: tuple[str, ...] = ()
    finds: Callable[[Any], Any] | None = None

    def term(self, root: Term) -> Term:
        """The rule as a term over a declaration's term."""
        return constant(self.check(root))


@dataclass(frozen=True)
class EachRule(Rule):
    """Something that must hold for every entry of a map, or item of a list: what is wrong is told with its entry.

        EachRule("tiers", lambda v, name, tier: tier.delete_after_days <= v.max_days, "must be max_days or less",
                 inside="delete_after_days")

    `check` and `finds` get the declaration, the key and the entry. `inside` is the entry's setting that the message is
    about; `shows` names settings of the entry, which is a declaration then, and `beside` those of the declaration that
    it is measured by. The map or list must not be null.

    `shared` is a term over the declaration that is computed once for all entries, and `check`'s fourth argument then:
    entries that are compared with all others would take a time that grows with their square.
    """

    check: Callable[..., Any]
    finds: Callable[..., Any] | None = None
    inside: str = ""
    beside: tuple[str, ...] = ()
    shared: Callable[[Any], Any] | None = None

    def term(self, root: Term) -> Term:
        """The rule over all entries as one term."""
        more = [self.shared(root)] if self.shared else []
        return constant(every(getattr(root, self.setting), lambda key, entry: self.check(root, key, entry, *more)))

    def loop(self, root: Term) -> tuple[str, str, str]:
        """Names for the key and the entry, and the condition of one entry over them and, if need be, `shared`."""
        more = [Term("shared", lambda: None)] if self.shared else []
        return loop(getattr(root, self.setting), lambda key, entry: self.check(root, key, entry, *more))

    def found(self, root: Term, key: Any, entry: Any) -> Any:
        """What `finds` gives of an entry; None without it."""
        return None if self.finds is None else one_entry(partial(self.finds, root), key, entry)

    def found_loop(self, root: Term) -> str:
        """What `finds` gives, in Terraform's words, over the names of `loop`; empty without it."""
        return "" if self.finds is None else loop(getattr(root, self.setting), partial(self.finds, root))[2]

    def broken(self, root: Term) -> list[tuple[Any, Any]]:
        """Key and entry of every entry for which it does not hold; those that only Terraform knows are left to it."""
        found = []
        more = []
        if self.shared:
            tally = computed(self.shared(root))
            more = [Term("shared", lambda: tally)]
        for key, entry in entries_of(computed(getattr(root, self.setting))):
            try:
                holds = one_entry(lambda k, e: self.check(root, k, e, *more), key, entry)
            except StillUnknown:
                continue
            if not holds:
                found.append((key, entry))
        return found
