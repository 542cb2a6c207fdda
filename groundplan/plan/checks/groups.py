"""Arguments that exclude or need each other, as the aws provider says it of its types.

What counts as set is what Terraform hands to the provider as not null, an empty text and `false` too. A block that is
not there is an empty list to the provider's older code, and null to its newer; either way it is not set.
https://github.com/hashicorp/terraform-plugin-sdk/blob/v2.38.1/helper/schema/schema.go (validateConflictingAttributes,
validateExactlyOneAttribute, validateAtLeastOneAttribute, validateRequiredWithAttribute: an unknown value is set for
`required_with` and `at_least_one_of`, and neither for the others) and
https://github.com/hashicorp/terraform-plugin-framework-validators/tree/v0.19.0/internal/schemavalidator (which wait
until all values are known). Older code names a path through a list of one block, newer code one beside the attribute:
both mean the same instance of every block around, so that is where a path is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from groundplan.values import ConfigProblem, is_unknown

from ..schema.facts import TypeFacts
from . import errors

__all__ = ["GROUPS", "group_problems"]

Path: TypeAlias = tuple[str | int, ...]
# A block that is configured: each block around it with its path, from the outermost to itself.
Chain: TypeAlias = tuple[tuple[str, Path, Mapping[str, Any]], ...]
Found: TypeAlias = tuple[frozenset[str], ConfigProblem]

GROUPS = ("exactly_one_of", "at_least_one_of", "required_with", "conflicts_with")


class Groups:
    """Goes through the rules between arguments of one configuration. `collections` are attributes that hold lists."""

    def __init__(self, facts: TypeFacts, collections: frozenset[str]) -> None:
        self._facts = facts
        self._collections = collections
        self._seen: set[tuple[str, tuple[str, ...], Path]] = set()

    def whole(self, config: Mapping[str, Any]) -> Iterator[Found]:
        """The groups of the type itself."""
        root: Chain = (("", (), config),)
        facts = self._facts.at("")
        for kind in ("exactly_one_of", "at_least_one_of", "conflicts_with", "required_together"):
            for names in facts.get(kind, ()):
                around = _shared(names)
                for chain in _instances(root, around):
                    yield from self._judged(kind, names, chain)

    def block(self, around: str, chain: Chain) -> Iterator[Found]:
        """The groups that the arguments of one block name."""
        conflicts: list[tuple[str, str]] = []
        found: list[Found] = []
        for path in self._facts.grouped(around):
            facts = self._facts.at(path)
            for kind in ("exactly_one_of", "at_least_one_of"):
                if kind in facts:
                    found += self._judged(kind, sorted({*facts[kind], path}), chain)
            if "required_with" in facts and self._state(path, chain):
                missing = [name for name in facts["required_with"] if self._state(name, chain) is False]
                if missing:
                    names = frozenset({path, *missing})
                    found.append(
                        (names, errors.not_together(_where(path, chain), [_last(path)], _short(missing, around)))
                    )
            if "conflicts_with" in facts and self._state(path, chain):
                conflicts += [(path, other) for other in facts["conflicts_with"] if self._state(other, chain)]
        # Of a choice within a choice, the narrower one is the cause.
        absent = [names for names, problem in found if problem.attribute_path == chain[-1][1]]
        found = [each for each in found if not any(names < each[0] for names in absent)]
        yield from found
        told = [names for names, _ in found]
        for together in _components(conflicts):
            # Of which exactly one is allowed was said of the same arguments already.
            if not any(set(together) <= names for names in told):
                key = ("conflicts_with", together, chain[-1][1] if len({*map(_parent, together)}) == 1 else ())
                if key not in self._seen:
                    self._seen.add(key)
                    where = _where(together[0], chain)
                    yield frozenset(together), errors.conflict(where, _short(together, around))

    def _judged(self, kind: str, names: Sequence[str], chain: Chain) -> Iterator[Found]:
        shared = _shared(names)
        home = next((link[1] for link in reversed(chain) if _within(shared, link[0])), ())
        key = (kind, tuple(sorted(names)), home)
        if key in self._seen:
            return
        self._seen.add(key)
        states = {name: self._state(name, chain) for name in names}
        present = [name for name, state in states.items() if state]
        unsure = any(state is None for state in states.values())
        told, around = frozenset(names), chain[-1][0]
        where = _where(present[0], chain) if present else chain[-1][1]
        if kind == "exactly_one_of" and len(present) > 1:
            yield told, errors.several(where, _short(present, around), _short(names, around))
        elif kind in ("exactly_one_of", "at_least_one_of") and not present and not unsure:
            yield told, errors.neither(where, _short(names, around))
        elif kind == "conflicts_with" and len(present) > 1:
            yield told, errors.conflict(where, _short(present, around))
        elif kind == "required_together" and present and not unsure and len(present) < len(names):
            absent = [name for name in names if not states[name]]
            yield told, errors.not_together(where, _short(present, around), _short(absent, around))

    def _state(self, name: str, chain: Chain) -> bool | None:
        """Whether the argument is set, seen from a block; None when only Terraform will know."""
        for around, _, block in reversed(chain):
            if _within(name, around):
                rest = name[len(around) + 1 :] if around else name
                return self._below(block, rest.split("."), name)
        return None

    def _below(self, block: Any, rest: Sequence[str], name: str) -> bool | None:
        if is_unknown(block):
            return None
        if isinstance(block, (list, tuple)):
            if not rest:
                return bool(block) or name in self._collections
            states = [self._below(item, rest, name) for item in block]
            return True if True in states else None if None in states else False
        if not rest:
            return block is not None
        return self._below(block.get(rest[0]), rest[1:], name) if isinstance(block, Mapping) else False


def group_problems(facts: TypeFacts, config: Mapping[str, Any], collections: frozenset[str]) -> list[Found]:
    """What is wrong between the arguments of a configuration, each with the arguments that it speaks of."""
    groups = Groups(facts, collections)
    found = list(groups.whole(config)) if facts.at("") else []
    for around in facts.blocks_with_groups:
        for chain in _instances((("", (), config),), around):
            found += groups.block(around, chain)
    return found


def _instances(chain: Chain, around: str) -> Iterator[Chain]:
    """Every configured block of a dotted name, with the blocks around it."""
    if not around:
        yield chain
        return
    head, _, rest = around.partition(".")
    name, path, block = chain[-1]
    inner = block.get(head)
    if inner is None or is_unknown(inner):
        return
    below = f"{name}.{head}" if name else head
    single = isinstance(inner, Mapping)
    for index, item in enumerate([inner] if single else inner if isinstance(inner, (list, tuple)) else ()):
        if isinstance(item, Mapping):
            here = (*path, head) if single else (*path, head, index)
            yield from _instances((*chain, (below, here, item)), rest)


def _within(name: str, around: str) -> bool:
    return not around or name == around or name.startswith(f"{around}.")


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _shared(names: Sequence[str]) -> str:
    """The innermost block that holds all of these arguments."""
    around = _parent(names[0])
    while not all(name.startswith(f"{around}.") for name in names) and around:
        around = _parent(around)
    return around


def _short(names: Sequence[str], around: str) -> list[str]:
    """The names as seen from a block: without it where all of them are in it."""
    prefix = f"{around}." if around else ""
    inside = all(name.startswith(prefix) for name in names)
    return [name[len(prefix) :] if inside else name for name in names]


def _where(name: str, chain: Chain) -> Path:
    for around, path, _ in reversed(chain):
        if _within(name, around):
            rest = name[len(around) + 1 :] if around else name
            return (*path, *rest.split(".")[:1])
    return ()


def _components(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Arguments that exclude each other directly or by way of a third, each once."""
    components: list[set[str]] = []
    for pair in pairs:
        joined = set(pair)
        apart = []
        for component in components:
            if component & joined:
                joined |= component
            else:
                apart.append(component)
        components = [*apart, joined]
    return sorted(tuple(sorted(component)) for component in components)
