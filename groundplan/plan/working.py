"""One stack's temporary working copy, and the Terraform commands that run in it."""

from __future__ import annotations

import json
import os
import re
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from weakref import WeakKeyDictionary

from groundplan.shelf import Shelf

from . import errors
from .diagnostics import Diagnostic, read_diagnostics, steps_text
from .native import NotNative, configuration_of, in_hcl, read_exactly, steps_in
from .position import path_in_hcl
from .schema import ProviderSchema
from .stacks import CONFIG, TERRAFORM_FILES, Stack
from .terraform import Completed, Died, Terraform
from .upstream import Output, state_file

__all__ = ["WorkingCopy"]

_OVERRIDE = "zz_groundplan_override.tf.json"
_UPSTREAM = "groundplan-upstream"
_STATE = "terraform.tfstate"
_PLAN = "groundplan.tfplan"
# What the core says when a provider does not behave: our server's fault, and never the author's.
_PROVIDER_FAULTS = (
    "Plugin ",
    "Provider produced",
    "Reattachment process",
    "Failed to load plugin",
    "Request cancelled",
)
# What it says of modules other than init left them:
# https://github.com/hashicorp/terraform/blob/v1.11.4/internal/configs/configload/loader_load.go
_NOT_INITIALIZED = ("Module not installed", "Module source has changed", "Module version requirements have changed")
_COMMON = ("-input=false", "-no-color")
# what init leaves: https://github.com/hashicorp/terraform/tree/v1.11.4/internal/modsdir and internal/command/workdir
_MODULES = ".terraform/modules/modules.json"
_BACKEND = ".terraform/terraform.tfstate"
_BACKENDS: WeakKeyDictionary[Terraform, bytes] = WeakKeyDictionary()
"""What each core has written of the backend of a stack that was taken offline."""
_BACKENDS_BEFORE = Shelf("backends", most=20)
"""The same of cores that are the same files."""


@dataclass(frozen=True)
class _Native:
    """A module's file as it is written, and the HCL that is planned in its place."""

    file: str
    document: Mapping[str, Any]
    text: bytes


_KNOWN: OrderedDict[bytes, tuple[dict[str, Any], bytes]] = OrderedDict()
_MOST_KNOWN = 64


def _in_hcl(content: bytes, schemas: Mapping[str, ProviderSchema]) -> tuple[dict[str, Any], bytes]:
    """The same for every stack that has the module: a process plans one after another."""
    if content not in _KNOWN:
        document = read_exactly(content)
        _KNOWN[content] = document, in_hcl(document, schemas).encode()
        while len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.popitem(last=False)
    return _KNOWN[content]


class WorkingCopy:
    """A copy of a stack in `folder`, which the caller removes.

    With `schemas`, its modules in JSON are planned as the same in HCL, in half of the time. What is said of them, and
    the plan, are as if they had been planned as they are.
    """

    def __init__(
        self,
        stack: Stack,
        folder: Path,
        terraform: Terraform,
        schemas: Mapping[str, ProviderSchema] | None = None,
    ) -> None:
        self._stack = stack
        self._folder = stack.lay(folder)
        self._terraform = terraform
        self._schemas = schemas or {}
        self._native = self._in_hcl() if schemas is not None else {}
        self._offline = False
        self.warnings: list[Diagnostic] = []

    def _in_hcl(self) -> dict[str, _Native]:
        """The modules that are one file in JSON. What is there are copies, or links of our own to the user's files."""
        beside = Counter(PurePosixPath(name).parent for name in self._stack.files if name.endswith(TERRAFORM_FILES))
        found = {}
        for name, content in self._stack.files.items():
            folder, path = PurePosixPath(name).parent, self._folder / name.removesuffix(".json")
            if (
                not name.endswith(".tf.json")
                or folder == PurePosixPath()
                or beside[folder] > 1
                or os.path.lexists(path)
            ):
                continue
            with suppress(NotNative):
                document, text = _in_hcl(content, self._schemas)
                (self._folder / name).unlink()
                path.write_bytes(text)
                found[name.removesuffix(".json")] = _Native(name, document, text)
        return found

    def take_offline(self, upstream: Mapping[str, Mapping[str, Output]], state: str | None = None) -> None:
        """Replaces the backend and the remote states by local files; `state` is what is there already."""
        self._offline = True
        override: dict[str, Any] = {"terraform": {"backend": {"local": {}}}}
        for name, outputs in sorted(upstream.items()):
            path = f"{_UPSTREAM}/{name}.tfstate"
            (self._folder / _UPSTREAM).mkdir(exist_ok=True)
            (self._folder / path).write_text(state_file(outputs), encoding="utf-8")
            data = override.setdefault("data", {}).setdefault("terraform_remote_state", {})
            data[name] = {"backend": "local", "config": {"path": path}}
        (self._folder / _OVERRIDE).write_text(json.dumps(override), encoding="utf-8")
        if state is not None:
            (self._folder / _STATE).write_text(state, encoding="utf-8")

    def init(self, *, again: bool = False) -> list[Diagnostic]:
        """`terraform init`; the errors in the configuration that it found.

        Of a stack whose modules are all there, it writes down which these are, and that the backend is a file, as in
        any other that was taken offline. A core that has said so once is not asked again, for a tenth of the time of a
        plan: what is wrong with a configuration, planning tells too. With `again` it is asked all the same.
        """
        modules = self._stack.modules_called() if self._offline and not again else None
        backend = self._backend_before() if modules is not None else None
        if modules is not None and backend is not None:
            (self._folder / _MODULES).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / _MODULES).write_text(json.dumps({"Modules": modules}), encoding="utf-8")
            (self._folder / _BACKEND).write_bytes(backend)
            return []
        found = self._checked("init", ["init", "-json", *_COMMON])
        if modules is not None and not found and (self._folder / _BACKEND).is_file():
            self._remember_backend((self._folder / _BACKEND).read_bytes())
        return found

    def _backend_before(self) -> bytes | None:
        """What the core has written of a local backend, here or in an earlier command."""
        files = self._terraform.files()
        if self._terraform not in _BACKENDS and files is not None:
            kept = _BACKENDS_BEFORE.kept(files, {"backend": str})
            if kept is not None:
                _BACKENDS[self._terraform] = kept["backend"].encode()
        return _BACKENDS.get(self._terraform)

    def _remember_backend(self, backend: bytes) -> None:
        _BACKENDS[self._terraform] = backend
        files = self._terraform.files()
        if files is not None:
            _BACKENDS_BEFORE.keep(files, {"backend": backend.decode()})

    def plan(self, *, refresh: bool, given: Sequence[str] = ()) -> tuple[dict[str, Any], list[Diagnostic]]:
        """`terraform plan` and `terraform show`: the plan without what differs from run to run, and the errors.

        `given` are options that say values of variables.
        """
        arguments = ["plan", "-json", *_COMMON, f"-out={_PLAN}", *given]
        if not refresh:
            arguments += ["-refresh=false", "-lock=false"]
        found = self._checked("plan", arguments)
        if any(each.summary in _NOT_INITIALIZED for each in found):
            # a call in a form that we do not read
            found = self.init(again=True) or self._checked("plan", arguments)
        if found:
            return {}, found
        shown = self._run("show", ["show", "-json", "-no-color", _PLAN])
        if shown.code != 0:
            raise errors.plan_broke(self._stack.name, "show", shown.stdout + shown.stderr)
        try:
            plan = json.loads(shown.stdout)
        except ValueError:
            raise errors.plan_broke(self._stack.name, "show", shown.stdout + shown.stderr) from None
        self._as_written(plan)
        return _steady(plan), []

    def apply(self) -> tuple[dict[str, Any], list[Diagnostic]]:
        """`terraform apply` into the local state: the state, and the errors."""
        found = self._checked("apply", ["apply", "-json", *_COMMON, "-auto-approve", "-lock=false"])
        path = self._folder / _STATE
        if found:
            return {}, found
        state: dict[str, Any] = json.loads(path.read_bytes()) if path.is_file() else {"version": 4, "outputs": {}}
        return state, []

    def _as_written(self, plan: dict[str, Any]) -> None:
        written = {self._stack.folder_of(native.file): native.document for native in self._native.values()}
        if written and "configuration" in plan:
            self._calls_as_written(plan["configuration"]["root_module"], self._stack.folder_of(CONFIG), written)

    def _calls_as_written(
        self, module: dict[str, Any], folder: Path, written: Mapping[Path, Mapping[str, Any]]
    ) -> None:
        for name, call in module.get("module_calls", {}).items():
            below = self._stack.called_from(folder, name, call["source"])
            if below in written:
                configuration_of(call["module"], written[below], self._schemas)
            else:
                self._calls_as_written(call["module"], below, written)

    def _placed(self, said: Diagnostic) -> Diagnostic:
        """A diagnostic of a module in HCL as one of its own file."""
        said = replace(said, detail=self._places_as_written(said.detail))
        native = self._native.get(said.file)
        if native is None:
            return said
        steps = steps_in(native.document, path_in_hcl(native.text, said.offset))
        return replace(said, file=native.file, steps=steps)

    def _places_as_written(self, text: str) -> str:
        """The core writes places into some of its words: `the validation rule at modules/ecr/main.tf:11,1-11`."""

        def place(found: re.Match[str]) -> str:
            native = self._native[found[1]]
            before = native.text.split(b"\n")[: int(found[2]) - 1]
            offset = sum(len(line) + 1 for line in before) + int(found[3]) - 1
            return f"{native.file} ({steps_text(steps_in(native.document, path_in_hcl(native.text, offset)))})"

        names = "|".join(map(re.escape, self._native))
        return re.sub(rf"(?<![^\s(])({names}):(\d+),(\d+)-\d+(?:,\d+)?", place, text) if names else text

    def _checked(self, command: str, arguments: list[str]) -> list[Diagnostic]:
        done = self._run(command, arguments)
        said = [self._placed(each) for each in read_diagnostics(done.stdout)]
        self.warnings += [each for each in said if each.severity == "warning"]
        found = [each for each in said if each.severity == "error"]
        if any(each.summary.startswith(_PROVIDER_FAULTS) for each in found) or (done.code != 0 and not found):
            raise errors.plan_broke(self._stack.name, command, _output(done, found))
        return found

    def _run(self, command: str, arguments: list[str]) -> Completed:
        try:
            return self._terraform.run(self._folder, arguments)
        except Died as died:
            raise errors.died(f"{self._stack.name}: terraform {command}", died.how, died.last_words) from None


def _output(done: Completed, found: list[Diagnostic]) -> str:
    return "\n".join(each.text for each in found) or done.stdout + done.stderr


def _steady(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan without its date, and its lists in an order that does not depend on the run."""
    plan.pop("timestamp", None)
    for name in ("relevant_attributes", "checks", "resource_changes", "resource_drift", "deferred_changes"):
        if isinstance(plan.get(name), list):
            plan[name] = sorted(plan[name], key=lambda item: json.dumps(item, sort_keys=True))
    for values in (plan.get("planned_values"), plan.get("prior_state", {}).get("values")):
        _steady_calls((values or {}).get("root_module", {}))
    return plan


def _steady_calls(module: dict[str, Any]) -> None:
    """The core goes through the modules that a module calls in no order."""
    if "child_modules" in module:
        module["child_modules"] = sorted(module["child_modules"], key=lambda child: str(child["address"]))
        for child in module["child_modules"]:
            _steady_calls(child)
