"""Terraform's diagnostics as problems that name the stack, the address, the attribute and the line of Python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from groundplan.problems import Line, Problem
from groundplan.synth.manifest import Manifest

from .position import path_at
from .stacks import Stack

__all__ = ["Diagnostic", "place_of_file", "read_diagnostics", "steps_text", "to_problem", "unescaped"]

_MODULE = re.compile(r"^module\.([\w-]+)(?:\[[^\]]*\])?\.")
_MENTIONED = re.compile(r"\bmodule\.[\w-]+(?:\[[^\]]*\])?\.(?:data\.)?[a-z]\w*\.[\w-]+")
# behind an even number of backslashes, which stand for half as many of the value's own
_ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u00(3c|3e|26)")
_INSTANCE = re.compile(r"\[(?:\"[^\"]*\"|\d+)\]$")


@dataclass(frozen=True)
class Diagnostic:
    """What Terraform said, as it said it."""

    severity: str
    summary: str
    detail: str
    address: str
    file: str
    offset: int
    steps: tuple[str | int, ...] | None = None
    """The keys and indices that lead to the place in the file, where the offset is not one of it."""

    @property
    def text(self) -> str:
        """Summary and detail on one line."""
        parts = [" ".join(part.split()) for part in (self.summary, self.detail)]
        return unescaped(": ".join(part for part in parts if part))


def unescaped(text: str) -> str:
    r"""A message as a person should see it.

    Its values come from jsonencode, which writes <, > and & as \u003c, \u003e and \u0026:
    https://developer.hashicorp.com/terraform/language/functions/jsonencode
    """
    return _ESCAPED.sub(lambda found: found[1] + chr(int(found[2], 16)), text)


def read_diagnostics(output: str) -> list[Diagnostic]:
    """The diagnostics in a command's `-json` output; lines that are something else are passed over."""
    found = []
    for line in output.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        diagnostic = event.get("diagnostic") if isinstance(event, dict) else None
        if isinstance(diagnostic, dict):
            where = diagnostic.get("range") or {}
            found.append(
                Diagnostic(
                    diagnostic.get("severity", "error"),
                    diagnostic.get("summary", ""),
                    diagnostic.get("detail", ""),
                    diagnostic.get("address", ""),
                    where.get("filename", ""),
                    (where.get("start") or {}).get("byte", 0),
                )
            )
    return list(dict.fromkeys(found))


def steps_text(steps: Iterable[str | int]) -> str:
    """The steps to a place in a document as people write them: `variable.name.validation[0]`."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def to_problem(diagnostic: Diagnostic, stack: Stack, manifest: Manifest | None) -> Problem:
    """The same, for the person who wrote the Python."""
    address, attribute = _located(diagnostic, stack)
    lines = _python_lines(address, stack, manifest)
    path = ".".join(part for part in (stack.name, address, attribute) if part)
    if not address and diagnostic.file:
        path = f"{stack.name}/{diagnostic.file}"
    return Problem(path, diagnostic.text, lines)


def place_of_file(stack: Stack, file: str, local: str) -> str:
    """The address of `aws_s3_bucket.this` in a module's file, as the stack sees it; the first call counts."""
    calls = _calls(stack, file)
    return f"module.{calls[0]}.{local}" if calls else local


def python_lines(stack: Stack, manifest: Manifest | None, address: str) -> str:
    """Where in the project's Python an address comes from, in words; empty when nobody knows."""
    return _python_lines(address, stack, manifest)


def _located(diagnostic: Diagnostic, stack: Stack) -> tuple[str, str]:
    steps = diagnostic.steps
    if steps is None:
        steps = path_at(stack.files.get(diagnostic.file, b""), diagnostic.offset) if diagnostic.file else ()
    names = [step for step in steps if isinstance(step, str)]
    local, rest = "", steps
    if steps and steps[0] in ("resource", "data") and len(names) >= 3:
        prefix = "data." if steps[0] == "data" else ""
        local = f"{prefix}{names[1]}.{names[2]}"
        rest = steps[_index(steps, 3) :]
    elif steps and steps[0] in ("output", "variable", "module", "provider") and len(names) >= 2:
        local = f"{names[0]}.{names[1]}"
        rest = steps[_index(steps, 2) :]
    elif names:
        local, rest = names[0], steps[1:]
    address = diagnostic.address or (place_of_file(stack, diagnostic.file, local) if local else "")
    if not address and not diagnostic.file:
        mentioned = _MENTIONED.search(diagnostic.text)
        address = mentioned[0] if mentioned else ""
    return address, steps_text(rest) if local else ""


def _index(steps: tuple[str | int, ...], names: int) -> int:
    """Where the steps after the first `names` names begin."""
    seen = 0
    for index, step in enumerate(steps):
        seen += isinstance(step, str)
        if seen == names:
            return index + 1
    return len(steps)


def _calls(stack: Stack, file: str) -> list[str]:
    folder = PurePosixPath(file).parent
    calls = []
    modules = stack.config.get("module")
    for name, call in sorted(modules.items()) if isinstance(modules, Mapping) else ():
        block: Any = call[0] if isinstance(call, list) and call else call
        source = block.get("source", "") if isinstance(block, Mapping) else ""
        if PurePosixPath(str(source)) == folder and folder != PurePosixPath("."):
            calls.append(name)
    return calls


def _python_lines(address: str, stack: Stack, manifest: Manifest | None) -> str:
    if manifest is None or not address:
        return ""
    record = manifest.stack(stack.name)
    match = _MODULE.match(address)
    call = f"module.{match[1]}" if match else ".".join(address.split(".")[:2])
    inside = _INSTANCE.sub("", address[match.end() :]) if match else ""
    made = _line_of(manifest, record.call_modules.get(call, ""), inside)
    called = record.calls.get(call)
    words = []
    if made:
        words.append(f"made at {made.file}:{made.line}")
    if called:
        words.append(f"called at {called.file}:{called.line}")
    return ", ".join(words)


def _line_of(manifest: Manifest, module_name: str, inside: str) -> Line | None:
    for module in manifest.modules:
        if module.name == module_name and inside in module.lines:
            return module.lines[inside]
    return None
