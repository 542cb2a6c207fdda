"""What a stack's modules are given, value by value, each with the line that said it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundplan.framework.origins import steps_of
from groundplan.problems import Line
from groundplan.synth.manifest import Manifest, StackRecord

__all__ = ["Setting", "settings"]


@dataclass(frozen=True)
class Setting:
    """One value that a module call is given, as Terraform's JSON has it; `line` is None for a module's own default.

    A value that only Terraform will know is its expression. A sensitive one is not told.
    """

    stack: str
    call: str
    path: str
    value: Any
    line: Line | None

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        said = {"file": self.line.file, "line": self.line.line} if self.line else {"file": None, "line": None}
        return {"stack": self.stack, "call": self.call, "path": self.path, "value": self.value, **said}


def settings(manifest: Manifest, synthesized: Path, stacks: Sequence[str], *, defaults: bool) -> list[Setting]:
    """The settings of `stacks` in the manifest's order; with `defaults`, those that nobody wrote too."""
    return [
        each
        for stack in manifest.stacks
        if stack.name in stacks
        for each in _of_stack(stack, synthesized / stack.folder, defaults=defaults)
    ]


def _of_stack(stack: StackRecord, folder: Path, *, defaults: bool) -> Iterator[Setting]:
    calls = json.loads((folder / "cdk.tf.json").read_bytes()).get("module", {})
    for address, said in stack.settings.items():
        call = address.removeprefix("module.")
        variables = json.loads((folder / "modules" / stack.call_modules[address] / "main.tf.json").read_bytes())
        declared = variables.get("variable", {})
        for path, line in said.items():
            # what was written as None is not there: it is the default
            with suppress(LookupError, TypeError):
                value = _at(calls[call], path)
                secret = declared.get(path.partition(".")[0].partition("[")[0], {}).get("sensitive")
                yield Setting(stack.name, call, path, "(sensitive)" if secret else value, line)
        if defaults:
            for name in sorted(declared.keys() - calls[call].keys()):
                yield Setting(stack.name, call, name, declared[name].get("default"), None)


def _at(value: Any, path: str) -> Any:
    for step in steps_of(path):
        value = value[step]
    return value
