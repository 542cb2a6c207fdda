"""The synthesized stacks as the plan sees them: their folders, what they need, and whose outputs they read."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from groundplan.bindings import PROVIDERS
from groundplan.problems import BadInput, Problem, nearest
from groundplan.synth.manifest import MANIFEST, Manifest
from groundplan.synth.terraforms import is_terraforms

from . import errors
from .registries import REGISTRIES
from .schema import provider_of
from .schema.utility import UTILITIES

__all__ = ["RemoteState", "Stack", "closure", "read_stacks", "weight_of"]

CONFIG = "cdk.tf.json"
TERRAFORM_FILES = (".tf", ".tf.json", ".tofu", ".tofu.json")
_ROOT_BYTE = 100
_DOCUMENTS = 256
_BUILT_IN = ("terraform",)
_CORE = "terraform.io/builtin/terraform"
_OUTPUT = re.compile(r"data\.terraform_remote_state\.([\w-]+)\.outputs(?:\.([\w-]+)|\[\\?\"([\w-]+)\\?\"\])")


@dataclass(frozen=True)
class RemoteState:
    """One `data.terraform_remote_state`: `workspace` identifies the other side, `outputs` is what is read of it."""

    name: str
    workspace: str
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Stack:
    """One synthesized stack."""

    name: str
    folder: Path
    environment: str = ""
    family: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Everything in the stack's folder, by path relative to it; Terraform's own working files left out."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not is_terraforms(path.relative_to(self.folder))
        }

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        """The Terraform JSON in it, by file name. BadInput when a file is not JSON."""
        found = {}
        for name, content in self.files.items():
            if name.endswith(".tf.json"):
                found[name] = _document(self.name, name, content)
        return found

    @cached_property
    def root(self) -> bytes:
        """The file of the root module, which says whom it reads: that much is read of stacks that nobody plans."""
        path = self.folder / CONFIG
        return path.read_bytes() if path.is_file() else b"{}"

    @cached_property
    def config(self) -> dict[str, Any]:
        """The root module. BadInput when it is not JSON."""
        return _document(self.name, CONFIG, self.root)

    @cached_property
    def digest(self) -> str:
        """Changes whenever anything in the folder does."""
        digest = hashlib.sha256()
        for name, content in self.files.items():
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    def types(self, word: str) -> set[str]:
        """The resource types (`resource`) or data sources (`data`) that it and its modules use."""
        return {name for _file, name, _label in self.uses(word)}

    def uses(self, word: str) -> Iterator[tuple[str, str, str]]:
        """Every resource (`resource`) or data source (`data`) in its files: file, type and label."""
        for file, name, label in self.written(word):
            if name != "//" and provider_of(name) not in _BUILT_IN:
                yield file, name, label

    def written(self, word: str) -> Iterator[tuple[str, str, str]]:
        """The same with what every core has built in."""
        for file, document in self.documents.items():
            for section in _each(document.get(word)):
                for name, labels in section.items():
                    for each in _each(labels):
                        yield from ((file, name, label) for label in each if label != "//")

    def required_providers(self) -> Iterator[tuple[str, str, str]]:
        """The providers that it and its modules ask for: file, local name and source."""
        for file, document in self.documents.items():
            for terraform in _each(document.get("terraform")):
                for required in _each(terraform.get("required_providers")):
                    for name, entry in required.items():
                        yield file, name, str(entry.get("source", name) if isinstance(entry, dict) else name)

    def provider_metas(self) -> Iterator[tuple[str, str]]:
        """The providers that it and its modules tell of themselves (`provider_meta`): file and local name."""
        for file, document in self.documents.items():
            for terraform in _each(document.get("terraform")):
                for given in _each(terraform.get("provider_meta")):
                    yield from ((file, name) for name in given)

    def declared(self) -> set[str]:
        """The names of the providers of hashicorp that it asks for, used or not: Terraform wants each of them."""
        return {_short(source) for _file, _name, source in self.required_providers()}

    def foreign_providers(self) -> Iterator[tuple[str, str]]:
        """What it needs that the local server is not: `(file, provider source or type)`."""
        served = {provider.source for provider in PROVIDERS.values()}
        served |= {_CORE, *(f"hashicorp/{name}" for name in (*_BUILT_IN, *UTILITIES))}
        declared: dict[PurePosixPath, set[str]] = {}
        for file, name, source in self.required_providers():
            short = _short(source)
            declared.setdefault(PurePosixPath(file).parent, set()).add(name)
            if (short if "/" in short else f"hashicorp/{short}") not in served:
                yield file, short
        for word in ("resource", "data"):
            for file, type_name, _label in self.written(word):
                name = provider_of(type_name)
                # what nobody declares, the core takes from hashicorp
                known = name in declared.get(PurePosixPath(file).parent, ())
                if type_name != "//" and f"hashicorp/{name}" not in served and not known:
                    yield file, type_name

    def folder_of(self, file: str) -> Path:
        """The folder of one of its files."""
        return Path(os.path.normpath(self.folder / file)).parent

    def called_from(self, folder: Path, name: str, source: str) -> Path:  # noqa: ARG002 - a root goes by the name
        """The folder of the module that the one in `folder` calls by a name."""
        return Path(os.path.normpath(folder / source))

    def modules_called(self) -> list[dict[str, str]] | None:
        """The modules that it calls, as `terraform init` writes them down; None where only that can know them."""
        others = {*self.files} - {*self.documents}
        if CONFIG not in self.files or any(name.endswith(TERRAFORM_FILES) for name in others):
            return None
        found = [{"Key": "", "Source": "", "Dir": "."}]
        waiting: list[tuple[tuple[str, ...], PurePosixPath]] = [((), PurePosixPath())]
        while waiting:
            keys, folder = waiting.pop()
            calls = [document.get("module", {}) for file, document in self.documents.items() if _in(folder, file)]
            if not all(isinstance(each, dict) for each in calls):
                return None
            for name, call in (entry for each in calls for entry in each.items()):
                source = call.get("source") if isinstance(call, dict) else None
                if not isinstance(source, str) or not source.startswith("./"):
                    return None
                below = folder / source
                if not any(_in(below, file) for file in self.documents):
                    return None
                found.append({"Key": ".".join((*keys, name)), "Source": source, "Dir": below.as_posix()})
                waiting.append(((*keys, name), below))
        return found

    def texts(self) -> Iterator[tuple[str, str]]:
        """Texts that are not in its JSON, each with the name of what it is given to: what an error may quote."""
        yield from ()

    def lay(self, folder: Path) -> Path:
        """Writes a working copy below `folder`: the place in it where Terraform is to run."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder

    @cached_property
    def workspace(self) -> str:
        """What a remote state calls this stack: its Terraform Cloud workspace, or its backend's path or key."""
        for terraform in _each(self.config.get("terraform")):
            for cloud in _each(terraform.get("cloud")):
                return _identity(cloud) or self.name
            for backends in _each(terraform.get("backend")):
                for settings in backends.values():
                    for each in _each(settings):
                        return _identity(each) or self.name
        return self.name

    def remote_states(self) -> tuple[RemoteState, ...]:
        """Whose outputs it reads."""
        used: dict[str, set[str]] = {}
        text = self.root.decode(errors="replace")
        for name, plain, quoted in _OUTPUT.findall(text):
            used.setdefault(name, set()).add(plain or quoted)
        found = []
        for data in _each(self.config.get("data")):
            for section in _each(data.get("terraform_remote_state")):
                for name, blocks in section.items():
                    for block in _each(blocks):
                        config = next(iter(_each(block.get("config"))), {})
                        workspace = _identity(config) or name.removeprefix("cross-stack-reference-input-")
                        found.append(RemoteState(name, workspace, tuple(sorted(used.get(name, ())))))
        return tuple(sorted(found, key=lambda state: state.name))

    def upstream(self, stacks: Mapping[str, Stack]) -> dict[str, str]:
        """Which of `stacks` each of its remote states is: data name to stack name. Others are not in this project."""
        by_workspace = {stack.workspace: name for name, stack in sorted(stacks.items())}
        found = {}
        for state in self.remote_states():
            short = state.name.removeprefix("cross-stack-reference-input-")
            match = by_workspace.get(state.workspace) or next(
                (name for name in (state.workspace, short) if name in stacks), None
            )
            if match is not None and match != self.name:
                found[state.name] = match
        return found


def _in(folder: PurePosixPath, file: str) -> bool:
    return PurePosixPath(file).parent == folder


def read_stacks(synth_folder: Path) -> tuple[dict[str, Stack], Manifest | None]:
    """Every stack of a synthesized folder, and its manifest when it has one.

    Raises BadInput when nothing is synthesized there.
    """
    if (synth_folder / MANIFEST).is_file():
        manifest = Manifest.read(synth_folder)
        stacks = {
            record.name: Stack(
                record.name,
                synth_folder / record.folder,
                record.environment,
                record.family,
                record.answers,
                record.depends_on,
            )
            for record in manifest.stacks
        }
        gone = [stack for stack in stacks.values() if not (stack.folder / CONFIG).is_file()]
        if gone:
            raise BadInput(errors.stack_without_config(stack.name, f"{stack.folder.name}/{CONFIG}") for stack in gone)
        return stacks, manifest
    folders = sorted(path.parent for path in synth_folder.glob(f"stacks/*/{CONFIG}"))
    if not folders:
        raise errors.nothing_synthesized(synth_folder)
    return {folder.name: Stack(folder.name, folder) for folder in folders}, None


def closure(stacks: Mapping[str, Stack], wanted: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    """The wanted stacks and everything upstream of them, each with what must be planned before it.

    Raises BadInput for a stack that is not there.
    """
    names = sorted(stacks) if wanted is None else list(dict.fromkeys(wanted))
    problems: list[Problem] = [
        errors.no_such_stack(name, nearest(name, stacks)) for name in names if name not in stacks
    ]
    if problems:
        raise BadInput(problems)
    found: dict[str, tuple[str, ...]] = {}
    while names:
        name = names.pop()
        if name in found:
            continue
        stack = stacks[name]
        before = {*stack.upstream(stacks).values(), *(each for each in stack.depends_on if each in stacks)}
        found[name] = tuple(sorted(before - {name}))
        names += found[name]
    return found


def made_of(stacks: Mapping[str, Stack], name: str) -> str:
    """Stands for everything synthesized that the plan of a stack depends on: its own files and answers, and those of
    the stacks that it reads. Terraform's own files in the folders do not count.
    """
    digest = hashlib.sha256()
    for each in sorted(closure(stacks, [name])):
        stack = stacks[each]
        digest.update(f"{each}\0{stack.digest}\0{json.dumps(stack.answers, sort_keys=True)}\0".encode())
    return digest.hexdigest()


def weight_of(stack: Stack) -> int:
    """What a plan of a stack costs, without reading it: the bytes of its files.

    A byte of the root counts a hundred times: modules are the same wherever they are called, and what they are given
    makes the resources. Measured (docs/benchmarks.md): 300 kB of modules take about a second, a thousand records, which
    are some 150 kB of the root, a hundred.
    """
    sizes = {path.relative_to(stack.folder): path.stat().st_size for path in stack.folder.rglob("*") if path.is_file()}
    return sum(
        size * (_ROOT_BYTE if path.as_posix() == CONFIG else 1)
        for path, size in sizes.items()
        if not is_terraforms(path)
    )


def _short(source: str) -> str:
    """A provider's source as people say it: `aws` for registry.terraform.io/hashicorp/aws."""
    full = source.lower()
    for registry in REGISTRIES:
        full = full.removeprefix(registry)
    return full.removeprefix("hashicorp/")


def _document(stack: str, name: str, content: bytes) -> dict[str, Any]:
    try:
        return _parsed(content)
    except ValueError as error:
        raise errors.not_json(f"{stack}/{name}", str(error)) from None


@lru_cache(_DOCUMENTS)
def _parsed(content: bytes) -> dict[str, Any]:
    """What a file holds, which nobody may change: a module is the same file in every stack that calls it."""
    document = json.loads(content)
    return document if isinstance(document, dict) else {}


def _identity(settings: Mapping[str, Any]) -> str:
    """The part of a backend's settings that names one state."""
    for workspaces in _each(settings.get("workspaces")):
        if isinstance(workspaces.get("name"), str):
            return str(workspaces["name"])
    for key in ("path", "key", "prefix"):
        if isinstance(settings.get(key), str):
            return str(settings[key])
    return ""


def _each(value: Any) -> Iterable[dict[str, Any]]:
    """A block as Terraform JSON may write it: one object, or a list of them."""
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, dict)]
