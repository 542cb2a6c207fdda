"""From a finding to the statements behind it: what made the resource, what called the module, what said the setting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.problems import Line
from groundplan.synth.manifest import Manifest

__all__ = ["Places", "places_of"]

_INSTANCE_KEY = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\]')
_CALL = re.compile(r"module\.[^.]+\.")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Places:
    """The lines that an address leads to: in modules/ what made it, in environments/ the call and the setting."""

    source: Line | None = None
    call: Line | None = None
    setting: Line | None = None


def places_of(stack: str, address: str, advice: str, plan: Mapping[str, Any], manifest: Manifest | None) -> Places:
    """The lines behind a finding on `address`. `advice` is the rule's, which names the argument that is wrong."""
    if manifest is None:
        return Places()
    record = next((item for item in manifest.stacks if item.name == stack), None)
    plain = _INSTANCE_KEY.sub("", address)
    called = _CALL.match(plain)
    if record is None or called is None:
        return Places()
    call = called[0].removesuffix(".")
    name = record.call_modules.get(call)
    module = next((item for item in manifest.modules if item.name == name), None)
    inside = plain[called.end() :]
    said = record.settings.get(call, {})
    keys = [key for key in _INSTANCE_KEY.findall(address) if key.startswith('["')]
    line = next((line for line in _of_arguments(_expressions(plan, call, inside), advice, keys, said)), None)
    return Places(
        module.lines.get(inside) if module else None,
        record.calls.get(call),
        line or _entry(keys, said, record.environment),
    )


def _expressions(plan: Mapping[str, Any], call: str, inside: str) -> Mapping[str, Any]:
    """What the configuration says of a resource of a called module, by argument."""
    calls = plan.get("configuration", {}).get("root_module", {}).get("module_calls", {})
    resources = calls.get(call.removeprefix("module."), {}).get("module", {}).get("resources", [])
    found: dict[str, Any] = next((each for each in resources if each.get("address") == inside), {})
    expressions: Mapping[str, Any] = found.get("expressions", {})
    return expressions


def _of_arguments(
    expressions: Mapping[str, Any], advice: str, keys: Sequence[str], said: Mapping[str, Line]
) -> Iterator[Line]:
    """The lines of the settings that the arguments which the advice names are made of."""
    for word in dict.fromkeys(_WORD.findall(advice)):
        argument = expressions.get(word)
        for reference in argument.get("references", []) if isinstance(argument, dict) else []:
            root, _, path = reference.partition(".")
            if root == "var":
                yield from (line for setting, line in said.items() if _is_at(setting, path))
            elif reference.startswith("each.value."):
                ends = [f"{key}.{reference.removeprefix('each.value.')}" for key in keys]
                yield from (line for setting, line in said.items() if setting.endswith(tuple(ends)) and ends)


def _is_at(setting: str, path: str) -> bool:
    return setting == path or setting.startswith((f"{path}.", f"{path}["))


def _entry(keys: Sequence[str], said: Mapping[str, Line], environment: str) -> Line | None:
    """Where the entry that an instance's key names was written: rather in the environment's own folder than below it.

    Keys of several parts, as of an alarm of a record's health check, begin with the name of the entry.
    """
    for key in reversed(keys):
        parts = key.strip('[]"').split("/")
        for length in range(len(parts), 0, -1):
            entry = f'["{"/".join(parts[:length])}"]'
            lines = sorted(line for path, line in said.items() if entry in path)
            own = [line for line in lines if line.file.startswith(f"environments/{environment}/")]
            if lines:
                return (own or lines)[0]
    return None
