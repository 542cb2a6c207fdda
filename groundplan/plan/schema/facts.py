"""What the aws provider 6.25.0 and the vault provider 5.6.0 refuse or fill in by themselves, and their published
schemas do not say.

data/<provider>.facts.gz holds one line a type: `resources aws_x {"path": {fact: ...}, ...}`. A path joins nested names
with dots, without positions in lists and sets; the path "" has the facts of the whole type. Facts are named as in the
provider's own code in snake case: `default`, `force_new`, `conflicts_with`, `exactly_one_of`, `at_least_one_of`,
`required_with`, `one_of`, `int_between`, `length_between`, `regex`, `arn`, ... docs/offline.md says how far they go.

Read from the providers' code at
https://github.com/hashicorp/terraform-provider-aws/tree/v6.25.0/internal/service and
https://github.com/hashicorp/terraform-provider-vault/tree/v5.6.0/vault
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["PROVIDERS_WITH_FACTS", "TypeFacts", "fact_types", "provider_facts"]

PROVIDERS_WITH_FACTS = ("aws", "vault")
"""The providers whose code was read."""

# Facts that name other paths of the same type.
_NAMING = ("conflicts_with", "exactly_one_of", "at_least_one_of", "required_with")


class TypeFacts:
    """The facts of one resource type or data source, by path."""

    def __init__(self, by_path: Mapping[str, Mapping[str, Any]]) -> None:
        self._by_path = by_path
        self._same = {path: str(facts["same_as"]) for path, facts in by_path.items() if "same_as" in facts}
        self._around = frozenset(path[:end] for path in by_path for end in range(len(path)) if path[end] == ".")
        self._grouped: dict[str, list[str]] = {}
        for path, facts in by_path.items():
            if path and any(fact in facts for fact in _NAMING):
                self._grouped.setdefault(path.rpartition(".")[0], []).append(path)

    def __bool__(self) -> bool:
        return bool(self._by_path)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that have facts written down, sorted; what lies below a path like another one is not repeated."""
        return tuple(sorted(self._by_path))

    @property
    def blocks_with_groups(self) -> tuple[str, ...]:
        """The blocks some of whose arguments exclude or need others, "" for the type itself; sorted.

        Without those that only have the shape of another block: no block of that kind has such arguments.
        """
        return tuple(sorted(self._grouped))

    def grouped(self, around: str) -> tuple[str, ...]:
        """The arguments of a block that exclude or need others, sorted."""
        return tuple(sorted(self._grouped.get(around, ())))

    def has_below(self, path: str) -> bool:
        """Whether facts are known of what lies inside `path`: then its keys are names of arguments."""
        model = "" if path in self._around else self._same.get(path) or self._model(path)
        return path in self._around or (bool(model) and self.has_below(model))

    def _model(self, path: str) -> str:
        around = path.rpartition(".")[0] if self._same else ""
        while around:
            if around in self._same:
                return f"{self._same[around]}{path[len(around) :]}"
            around = around.rpartition(".")[0]
        return ""

    def at(self, path: str) -> Mapping[str, Any]:
        """The facts of `rule.action.block`; empty when nothing is known of it.

        Where a block has the shape of another one of the same type, as the statements inside a web ACL's statement do,
        the paths that its facts name are those of the place that was asked for.
        """
        if path in self._by_path:
            return self._by_path[path]
        around = path.rpartition(".")[0] if self._same else ""
        while around:
            if around in self._same:
                model = self._same[around]
                return _moved(self.at(f"{model}{path[len(around) :]}"), model, around)
            around = around.rpartition(".")[0]
        return {}


def _moved(facts: Mapping[str, Any], model: str, around: str) -> Mapping[str, Any]:
    named = {
        fact: [f"{around}{path[len(model) :]}" if path.startswith(f"{model}.") else path for path in facts[fact]]
        for fact in _NAMING
        if fact in facts
    }
    return {**facts, **named} if named else facts


@cache
def facts_bytes(provider: str) -> bytes:
    """The data file of a provider itself, for whoever needs to know whether it changed."""
    return resources.files("groundplan.plan").joinpath("data", f"{provider}.facts.gz").read_bytes()


@cache
def _text(provider: str) -> bytes:
    return b"\n" + gzip.decompress(facts_bytes(provider))


@cache
def provider_facts(type_name: str, *, data: bool = False) -> TypeFacts:
    """The facts of a resource type, or of a data source; without any when the type is unknown or nothing is known.

    A provider's text is read once for a process, in about ten milliseconds, and only the lines that are asked for are
    parsed.
    """
    provider = type_name.partition("_")[0]
    if provider not in PROVIDERS_WITH_FACTS:
        return TypeFacts({})
    text = _text(provider)
    head = f"\n{'data_sources' if data else 'resources'} {type_name} ".encode()
    start = text.find(head)
    if start < 0:
        return TypeFacts({})
    start += len(head)
    return TypeFacts(json.loads(text[start : text.index(b"\n", start)]))


def fact_types(*, data: bool = False) -> tuple[str, ...]:
    """Every resource type, or data source, of which something is known; sorted."""
    head = b"data_sources " if data else b"resources "
    lines = (line for provider in PROVIDERS_WITH_FACTS for line in _text(provider).splitlines())
    return tuple(sorted(line.split(b" ", 2)[1].decode() for line in lines if line.startswith(head)))
