"""Rules between several settings: written once as a Python expression, asked in Python and by Terraform.

    rules = (
        Rule("delete_after_days", lambda v: unset(v.cold_after_days) | (v.delete_after_days >= v.cold_after_days + 90),
             "must be at least 90 days after cold_after_days", shows=("cold_after_days", "delete_after_days")),
    )

The lambda gets a `Term` for the declaration. Use `|`, `&`, `~`, comparisons, arithmetic and the functions of this
file; Python's `and`, `or`, `not` and `if` would need an answer before there is a value, and raise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import errors
from .constraints import as_json, composed, whole
from .hcl import Expression, hcl, quoted

__all__ = [
    "EachRule",
    "Rule",
    "Term",
    "computed",
    "contains",
    "count_set",
    "distinct",
    "every",
    "keys",
    "length",
    "matches",
    "occurrences",
    "overlap",
    "some",
    "tallied",
    "together",
    "unset",
    "values",
]


class StillUnknown(Exception):
    """A rule met a value that only Terraform will know: Python leaves it to Terraform."""


@dataclass(frozen=True)
class Rule:
    """Something that must hold: `check` says what, `message` says it for people, after the name of `setting`.

    `shows` names the settings whose values the message prints; `object_lock.retention_days` is one of an optional one.
    """

    setting: str
    check: Callable[[Any], Any]
    message: str
    shows: tuple[str, ...] = ()

    def term(self, root: Term) -> Term:
        """The rule as a term over a declaration's term."""
        answer = self.check(root)
        return answer if isinstance(answer, Term) else constant(answer)


@dataclass(frozen=True)
class EachRule(Rule):
    """Something that must hold for every entry of a map, or item of a list: what is wrong is told with its entry.

        EachRule("tiers", lambda v, name, tier: tier.delete_after_days <= v.max_days, "must be max_days or less",
                 inside="delete_after_days")

    `check` gets the declaration, the key and the entry. `inside` is the entry's setting that the message is about;
    `shows` names settings of the entry, which is a declaration then. The map or list must not be null.

    `shared` is a term over the declaration that is computed once for all entries, and `check`'s fourth argument then:
    entries that are compared with all others would take a time that grows with their square.
    """

    check: Callable[..., Any]
    inside: str = ""
    shared: Callable[[Any], Term] | None = None

    def term(self, root: Term) -> Term:
        """The rule over all entries as one term."""
        more = [self.shared(root)] if self.shared else []
        return every(getattr(root, self.setting), lambda key, entry: self.check(root, key, entry, *more))

    def loop(self, root: Term) -> tuple[str, str, str]:
        """Names for the key and the entry, and the condition of one entry over them and, if need be, `shared`."""
        more = [Term("shared", constant(None)._compute)] if self.shared else []
        return _loop(lambda key, entry: self.check(root, key, entry, *more))

    def broken(self, root: Term) -> list[tuple[Any, Any]]:
        """Key and entry of every entry for which it does not hold; those that only Terraform knows are left to it."""
        found = []
        more = []
        if self.shared:
            tally = computed(self.shared(root))
            more = [Term("shared", lambda: tally)]
        for key, entry in _entries(computed(getattr(root, self.setting))):
            try:
                holds = _ask(lambda k, e: self.check(root, k, e, *more), key, entry)
            except StillUnknown:
                continue
            if not holds:
                found.append((key, entry))
        return found


class Term(Expression):
    """A part of a rule: how Terraform says it, and how Python computes it. Each is found out when it is asked for."""

    # no name of its own that a setting could have
    __slots__ = ("_compute", "_render")

    def __init__(self, render: str | Callable[[], str], compute: Callable[[], Any]) -> None:
        self._render = render
        self._compute = compute

    @property
    def __expression__(self) -> str:
        """The Terraform expression: a synth of modules that are built already never asks for it."""
        return self._render if isinstance(self._render, str) else self._render()

    def __getattr__(self, name: str) -> Term:
        if name.startswith("__"):
            raise AttributeError(name)
        return Term(
            lambda: f"{self.__expression__}.{name}".removeprefix("."), lambda: _known(getattr(computed(self), name))
        )

    def _binary(self, symbol: str, other: Any, apply: Callable[[Any, Any], Any]) -> Term:
        right = constant(other)
        return Term(
            lambda: f"({self.__expression__} {symbol} {right.__expression__})",
            lambda: apply(computed(self), computed(right)),
        )

    def __eq__(self, other: object) -> Term:  # type: ignore[override]  # a rule's == makes a term, not a bool
        return self._binary("==", other, lambda a, b: a == b)

    def __ne__(self, other: object) -> Term:  # type: ignore[override]  # as above
        return self._binary("!=", other, lambda a, b: a != b)

    def __lt__(self, other: Any) -> Term:
        return self._binary("<", other, lambda a, b: a < b)

    def __le__(self, other: Any) -> Term:
        return self._binary("<=", other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> Term:
        return self._binary(">", other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> Term:
        return self._binary(">=", other, lambda a, b: a >= b)

    def __add__(self, other: Any) -> Term:
        return self._binary("+", other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Term:
        return self._binary("-", other, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Term:
        return self._binary("*", other, lambda a, b: a * b)

    def __mod__(self, other: Any) -> Term:
        return self._binary("%", other, lambda a, b: a % b)

    def __or__(self, other: Any) -> Term:
        # a conditional, since Terraform's || evaluates its right side even when the left one decides
        right = constant(other)
        return Term(
            lambda: f"({self.__expression__} ? true : {right.__expression__})",
            lambda: bool(computed(self)) or bool(computed(right)),
        )

    def __and__(self, other: Any) -> Term:
        right = constant(other)
        return Term(
            lambda: f"({self.__expression__} ? {right.__expression__} : false)",
            lambda: bool(computed(self)) and bool(computed(right)),
        )

    def __invert__(self) -> Term:
        return Term(lambda: f"!{self.__expression__}", lambda: not computed(self))

    def __bool__(self) -> bool:
        raise errors.rule_needs_operators(self.__expression__)

    def __hash__(self) -> int:
        return hash(self.__expression__)

    def __iter__(self) -> Any:
        raise errors.rule_needs_operators(self.__expression__)


def constant(value: Any) -> Term:
    """A term for a value that the rule's author wrote; terms stay as they are."""
    return value if isinstance(value, Term) else Term(lambda: hcl(value), lambda: value)


def declaration_term(render: str, declaration: Any) -> Term:
    """The term of a whole declaration; `var` for a module's own inputs."""
    return Term(render, lambda: declaration)


def computed(term: Term) -> Any:
    """What a term comes to in Python: for the second half of a `Term` of one's own, the first being its expression."""
    return term._compute()


def unset(term: Term) -> Term:
    """Whether a setting was left out (null)."""
    return Term(lambda: f"({term.__expression__} == null)", lambda: computed(term) is None)


def count_set(*terms: Term) -> Term:
    """How many of several optional settings were given: `count_set(v.values, v.alias) == 1`."""

    def render() -> str:
        given = ", ".join(f"{term.__expression__} != null" for term in terms)
        return f"length([for is_set in [{given}] : is_set if is_set])"

    return Term(render, lambda: sum(computed(term) is not None for term in terms))


def together(*terms: Term) -> Term:
    """Several settings as one value, to be compared with others: `together(v.zone, v.name)`."""
    return Term(
        lambda: f"jsonencode([{', '.join(term.__expression__ for term in terms)}])",
        lambda: as_json([computed(term) for term in terms]),
    )


def matches(term: Term, pattern: str) -> Term:
    """Whether a regular expression matches a whole text; as for `Pattern`, what Python and RE2 read alike."""
    return Term(
        lambda: f"can(regex({quoted(whole(pattern))}, {term.__expression__}))",
        lambda: re.fullmatch(pattern, computed(term), re.ASCII) is not None,
    )


def length(term: Term) -> Term:
    """How many characters, items or entries."""
    return Term(lambda: f"length({term.__expression__})", lambda: len(computed(term)))


def contains(items: Term | Sequence[Any], wanted: Term | Any) -> Term:
    """Whether a list holds a value."""
    left, right = constant(items), constant(wanted)
    return Term(
        lambda: f"contains({left.__expression__}, {right.__expression__})", lambda: computed(right) in computed(left)
    )


def keys(term: Term) -> Term:
    """The names of a map."""
    return Term(lambda: f"keys({term.__expression__})", lambda: sorted(computed(term)))


def values(term: Term) -> Term:
    """The values of a map, in the order of their names."""
    return Term(
        lambda: f"values({term.__expression__})", lambda: [computed(term)[key] for key in sorted(computed(term))]
    )


def every(items: Term, check: Callable[[Term, Term], Term]) -> Term:
    """Whether `check(key, value)` holds for every entry of a map, or `check(index, item)` for every item of a list."""
    return _quantified("alltrue", all, items, check)


def some(items: Term, check: Callable[[Term, Term], Term]) -> Term:
    """Whether `check` holds for one entry at least."""
    return _quantified("anytrue", any, items, check)


def distinct(items: Term, of: Callable[[Term, Term], Term]) -> Term:
    """Whether `of(key, value)` differs for all entries of a map."""

    def render() -> str:
        listed = _for(items, of)
        # a set is made in one go; Terraform's distinct compares each item with all before it
        return f"(length(toset({listed})) == length({listed}))"

    def compute() -> bool:
        found = [_ask(of, entry_key, entry) for entry_key, entry in _entries(computed(items))]
        return len(set(found)) == len(found)

    return Term(render, compute)


def tallied(items: Term, of: Callable[[Term, Term], Term]) -> Term:
    """How many entries of a map have each value of `of(key, value)`: for `EachRule.shared`, to ask `occurrences` of.

    Counted once, and looked up by every entry: whoever searches a list for every entry takes a time that grows with the
    square of their number, which Terraform's evaluation makes minutes of at a thousand entries.
    """

    def render() -> str:
        key, value, said = _loop(of)
        grouped = f"{{for {key}, {value} in {items.__expression__} : jsonencode({said}) => {key}...}}"
        return f"{{for text, alike in {grouped} : text => length(alike)}}"

    return Term(
        render,
        lambda: Counter(as_json(_ask(of, entry_key, entry)) for entry_key, entry in _entries(computed(items))),
    )


def occurrences(tally: Term, wanted: Term) -> Term:
    """How many entries have the value `wanted`, which one of those that were `tallied` must have."""
    return Term(
        lambda: f"{tally.__expression__}[jsonencode({wanted.__expression__})]",
        lambda: computed(tally)[as_json(computed(wanted))],
    )


def overlap(first: Term, second: Term) -> Term:
    """Whether two lists share an item."""
    return Term(
        lambda: f"(length(setintersection({first.__expression__}, {second.__expression__})) > 0)",
        lambda: bool(set(computed(first)) & set(computed(second))),
    )


def _quantified(
    function: str, combine: Callable[[Any], bool], items: Term, check: Callable[[Term, Term], Term]
) -> Term:
    return Term(
        lambda: f"{function}({_for(items, check)})",
        lambda: combine([bool(_ask(check, entry_key, entry)) for entry_key, entry in _entries(computed(items))]),
    )


def _for(items: Term, of: Callable[[Term, Term], Term]) -> str:
    key, value, render = _loop(of)
    return f"[for {key}, {value} in {items.__expression__} : {render}]"


_depth = 0


def _loop(of: Callable[[Term, Term], Term]) -> tuple[str, str, str]:
    """The variables of a loop and what is asked of them; inside a loop they differ from those of the outer one."""
    global _depth
    key, value = f"key_{_depth}", f"value_{_depth}"
    nothing = constant(None)._compute
    _depth += 1
    try:
        return key, value, constant(of(Term(key, nothing), Term(value, nothing))).__expression__
    finally:
        _depth -= 1


def _ask(of: Callable[[Term, Term], Term], key: Any, value: Any) -> Any:
    # a rule that asks for keys alone can be answered whatever the values turn out to be
    return computed(constant(of(Term("key", lambda: key), Term("value", lambda: _known(value)))))


def _entries(collection: Any) -> list[tuple[Any, Any]]:
    if isinstance(collection, Mapping):
        return [(key, collection[key]) for key in sorted(collection)]
    return list(enumerate(collection))


def _known(value: Any) -> Any:
    from .references import is_opaque

    if is_opaque(value):
        raise StillUnknown
    return composed(value)
