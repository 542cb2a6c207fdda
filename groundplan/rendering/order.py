"""In which order Terraform makes the resources of a stack, releases and add-ons among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from groundplan.synth.manifest import StackRecord

__all__ = ["Order", "Planned", "installed_before", "order_of", "upstream", "without_keys"]

_INSTALLED = frozenset({"aws_eks_addon", "helm_release"})
_KEY = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\]')


def without_keys(address: str) -> str:
    """`module.dns.helm_release.external_dns["public"]` as it is in the configuration."""
    return _KEY.sub("", address)


class Order:
    """What the resources of one plan depend on, whatever way, each by its address without keys.

    Dependencies go through resources, variables and outputs of modules. A configuration does not tell what locals are
    made of: what depends on one of its module counts as coming after everything there.
    """

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self._needs: dict[str, dict[str, None]] = {}
        root = (plan.get("configuration") or {}).get("root_module") or {}
        for one, other in _edges(root, ""):
            self._needs.setdefault(one, {})[other] = None
            self._needs.setdefault(other, {})
        self._before: dict[str, frozenset[str]] = {}

    def before(self, address: str) -> frozenset[str] | None:
        """What is there before a resource; None where the plan has no configuration that tells."""
        if address not in self._needs:
            return None
        if address not in self._before:
            seen: set[str] = set()
            waiting = [address]
            while waiting:
                further = self._needs[waiting.pop()].keys() - seen
                seen |= further
                waiting += further
            self._before[address] = frozenset(seen - {address})
        return self._before[address]

    def releases(self) -> list[str]:
        """The addresses of the releases."""
        return [node for node in self._needs if _last_type(node) == "helm_release"]


class Planned(dict[str, Any]):
    """A plan whose order is found once, whoever asks for it."""

    @cached_property
    def order(self) -> Order:
        """The order of its resources."""
        return Order(self)


def order_of(plan: Mapping[str, Any]) -> Order:
    """The order of a plan's resources."""
    return plan.order if isinstance(plan, Planned) else Order(plan)


def installed_before(plan: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """By the address of each release, without keys, which releases and add-ons of EKS are there before it."""
    order = order_of(plan)
    return {
        release: frozenset(each for each in order.before(release) or () if _last_type(each) in _INSTALLED)
        for release in order.releases()
    }


def upstream(stacks: Sequence[StackRecord]) -> dict[str, frozenset[str]]:
    """The stacks that are applied before each one."""
    direct = {stack.name: set(stack.depends_on) for stack in stacks}
    found: dict[str, frozenset[str]] = {}
    for name in direct:
        seen: set[str] = set()
        waiting = list(direct[name])
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += direct.get(one, set())
        found[name] = frozenset(seen)
    return found


def _last_type(node: str) -> str:
    parts = node.split(".")
    return parts[-2] if len(parts) > 1 else ""


def _edges(module: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Pairs of what depends and what it depends on, each by its address below the root."""
    resources = [each for each in module.get("resources", []) if isinstance(each.get("address"), str)]
    for resource in resources:
        node = f"{path}{resource['address']}"
        # a release without dependencies is one all the same
        yield node, f"{path}there"
        for said in (
            resource.get("expressions"),
            resource.get("count_expression"),
            resource.get("for_each_expression"),
        ):
            yield from ((node, each) for each in _named(said, path))
        yield from ((node, each) for each in _targets(resource.get("depends_on"), path))
    # what locals are made of is not told: everything
    yield from ((f"{path}local", f"{path}{resource['address']}") for resource in resources)
    for name, output in (module.get("outputs") or {}).items():
        yield from ((f"{path}output.{name}", each) for each in _named(output.get("expression"), path))
        yield from ((f"{path}output.{name}", each) for each in _targets(output.get("depends_on"), path))
    for name, call in (module.get("module_calls") or {}).items():
        inner = f"{path}module.{name}."
        module_inside = call.get("module") or {}
        for variable, said in (call.get("expressions") or {}).items():
            yield from ((f"{inner}var.{variable}", each) for each in _named(said, path))
        for said in (call.get("count_expression"), call.get("for_each_expression")):
            yield from ((f"{inner}call", each) for each in _named(said, path))
        yield from ((f"{inner}call", each) for each in _targets(call.get("depends_on"), path))
        yield from _edges(module_inside, inner)
        for resource in module_inside.get("resources", []):
            yield f"{inner}{resource['address']}", f"{inner}call"
            # depends_on of a whole module waits for all that is in it
            yield f"{inner}all", f"{inner}{resource['address']}"


def _named(said: Any, path: str) -> Iterator[str]:
    """What the expressions anywhere in `said` name."""
    if isinstance(said, Mapping):
        if isinstance(said.get("references"), list):
            # beside module.vault.namespace stands module.vault, which means no more
            yield from _targets([each for each in said["references"] if _says_more(each)], path)
        for key, item in said.items():
            if key not in ("references", "constant_value"):
                yield from _named(item, path)
    elif isinstance(said, list):
        for item in said:
            yield from _named(item, path)


def _says_more(reference: Any) -> bool:
    parts = without_keys(str(reference)).split(".")
    return parts[0] != "module" or len(parts) > 2


def _targets(references: Any, path: str) -> Iterator[str]:
    for reference in references or ():
        parts = without_keys(str(reference)).split(".")
        if parts[0] == "module" and len(parts) > 2:
            yield f"{path}module.{parts[1]}.output.{parts[2]}"
        elif parts[0] == "module":
            yield f"{path}module.{parts[1]}.all"
        elif parts[0] == "var" and len(parts) > 1:
            yield f"{path}var.{parts[1]}"
        elif parts[0] == "local":
            yield f"{path}local"
        elif parts[0] == "data" and len(parts) > 2:
            yield f"{path}{'.'.join(parts[:3])}"
        elif len(parts) > 1 and parts[0] not in ("each", "count", "path", "terraform", "self"):
            yield f"{path}{parts[0]}.{parts[1]}"
