"""A root module that somebody wrote by hand: what it calls, and a working copy of it that leaves it as it is.

Its folder, those of the modules that it calls and all that lies beside them are seen through links, so that every
relative path holds. What Terraform writes lands in the copy.
"""

from __future__ import annotations

import json
import os
import posixpath
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path, PurePath
from typing import Any

from groundplan.problems import BadInput, Problem
from groundplan.synth.terraforms import is_terraforms

from .. import errors
from ..hcl import HclBlock, blanked, blocks_of, members, texts_of
from ..server.utility import ROOT_FOLDER
from ..stacks import TERRAFORM_FILES, Stack
from .versions import excludes, served_version

__all__ = ["ModuleFolder", "Root", "read_root"]

_RECORD = Path(".terraform/modules/modules.json")
_LOCAL = ("./", "../", ".\\", "..\\")
# of these a live plan goes on from what is there
_STATE = ("terraform.tfstate", "terraform.tfstate.d")
_KEPT_FOR_LIVE = (".terraform.lock.hcl", ".terraform/environment")


@dataclass(frozen=True)
class ModuleFolder:
    """A folder with Terraform files: the root's own or that of a module. `place` is its path as seen from the root."""

    place: str
    folder: Path

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Its Terraform files by name. BadInput when one cannot be read."""
        try:
            return {
                path.name: path.read_bytes()
                for path in sorted(self.folder.iterdir())
                if path.name.endswith(TERRAFORM_FILES) and path.is_file()
            }
        except OSError as refused:
            raise BadInput(errors.root_unreadable(self.place, str(refused.strerror))) from None

    def path_of(self, name: str) -> str:
        """Where one of its files is, as seen from the root."""
        return os.path.normpath(f"{self.place}/{name}").replace(os.sep, "/")

    @cached_property
    def hcl(self) -> dict[str, tuple[HclBlock, ...]]:
        """The blocks of its HCL files."""
        return {
            name: blocks_of(content.decode(errors="replace"))
            for name, content in self.files.items()
            if not name.endswith(".json")
        }

    @cached_property
    def json(self) -> dict[str, dict[str, Any]]:
        """Its Terraform JSON; what is no JSON the core will tell."""
        return {name: _object(content) for name, content in self.files.items() if name.endswith(".json")}

    def blocks(self, kind: str) -> Iterator[tuple[str, HclBlock]]:
        """Its blocks of a kind in HCL, each with its file."""
        yield from ((file, block) for file, blocks in self.hcl.items() for block in blocks if block.kind == kind)

    def calls(self) -> dict[str, str]:
        """The sources of the modules that it calls, by name."""
        found = {block.labels[0]: block.text("source") or "" for _file, block in self.blocks("module") if block.labels}
        for document in self.json.values():
            for name, call in _named(document.get("module")):
                found[name] = str(call.get("source", ""))
        return found

    def uses(self, word: str) -> Iterator[tuple[str, str, str]]:
        """Its resources (`resource`) or data sources (`data`): file, type and label."""
        for file, block in self.blocks(word):
            if len(block.labels) == 2:
                yield file, block.labels[0], block.labels[1]
        # a check block may hold one data source: https://developer.hashicorp.com/terraform/language/checks
        for file, block in self.blocks("check"):
            yield from ((file, *each.labels) for each in block.inside(word) if len(each.labels) == 2)
        for file, document in self.json.items():
            for type_name, labels in _named(document.get(word)):
                yield from ((file, type_name, label) for label in labels if label != "//")

    def required_providers(self) -> Iterator[tuple[str, str, str]]:
        """The providers that it asks for: file, local name and source."""
        yield from ((file, name, source) for file, name, source, _version in self.asked_for())

    def asked_for(self) -> Iterator[tuple[str, str, str, str]]:
        """The same with the constraint of each one's version, empty where there is none."""
        for file, block in self.blocks("terraform"):
            for inner in block.inside("required_providers"):
                for name, text in inner.attributes.items():
                    said = HclBlock(name, (), 0, 0, members(text) or {"version": text})
                    yield file, name, said.text("source") or name, said.text("version") or ""
        for file, document in self.json.items():
            for settings in _each(document.get("terraform")):
                for required in _each(settings.get("required_providers")):
                    for name, entry in required.items():
                        given = entry if isinstance(entry, dict) else {"version": entry}
                        yield file, name, str(given.get("source", name)), str(given.get("version") or "")

    def configured(self) -> Iterator[tuple[str, str, str]]:
        """The providers that it configures: file, local name, and the constraint that may stand there from of old."""
        for file, block in self.blocks("provider"):
            if block.labels:
                yield file, block.labels[0], block.text("version") or ""
        for file, document in self.json.items():
            yield from ((file, name, str(said.get("version") or "")) for name, said in _named(document.get("provider")))

    def provider_metas(self) -> Iterator[tuple[str, str]]:
        """The providers that it tells of itself (`provider_meta`): file and local name."""
        for file, block in self.blocks("terraform"):
            yield from ((file, inner.labels[0]) for inner in block.inside("provider_meta") if inner.labels)
        for file, document in self.json.items():
            for settings in _each(document.get("terraform")):
                yield from ((file, name) for name, _said in _named(settings.get("provider_meta")))

    def imports(self) -> Iterator[tuple[str, str]]:
        """What it would import: file and the address in the configuration."""
        for file, block in self.blocks("import"):
            yield file, block.attributes.get("to", "?")
        for file, document in self.json.items():
            for each in _each(document.get("import")):
                yield file, str(each.get("to", "?"))


@dataclass(frozen=True)
class Root(Stack):
    """A root module as the one stack that is planned. `modules` are all that it calls, however deep, itself first."""

    modules: tuple[ModuleFolder, ...] = ()
    top: Path = field(default_factory=Path)
    live: bool = False
    values: tuple[str, ...] = ()
    """What its variables are given, as text: nobody repeats a secret of it."""
    called: Mapping[tuple[Path, str], Path] = field(default_factory=dict)
    """The folder of each module that is called, by the caller's folder and the call's name."""

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Its Terraform files and those of its modules, by path as the core names it."""
        return {module.path_of(name): content for module in self.modules for name, content in module.files.items()}

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        """The Terraform JSON among them."""
        return {
            os.path.normpath(f"{module.place}/{name}"): document
            for module in self.modules
            for name, document in module.json.items()
        }

    @cached_property
    def root(self) -> bytes:
        """The text of the root module."""
        return b"\n".join(self.modules[0].files.values())

    @cached_property
    def config(self) -> dict[str, Any]:
        """Of the root module what others ask for: its calls and its remote states, as Terraform JSON says them."""
        states: dict[str, Any] = {
            label: {} for _file, kind, label in self.modules[0].uses("data") if kind == "terraform_remote_state"
        }
        calls = {name: {"source": source} for name, source in self.modules[0].calls().items()}
        return {"module": calls, "data": {"terraform_remote_state": states} if states else {}}

    def written(self, word: str) -> Iterator[tuple[str, str, str]]:
        """Every resource or data source of the root and its modules: file, type and label."""
        for module in self.modules:
            for file, type_name, label in module.uses(word):
                yield module.path_of(file), type_name, label

    def required_providers(self) -> Iterator[tuple[str, str, str]]:
        """The providers that it and its modules ask for: file, local name and source."""
        for module in self.modules:
            for file, name, source in module.required_providers():
                yield module.path_of(file), name, source

    def versions_set_aside(self) -> Iterator[tuple[str, str, str, str]]:
        """The constraints that refuse what is served: file, local name, constraint, and the version that is served."""
        for module in self.modules:
            asked = list(module.asked_for())
            sources = {name: source for _file, name, source, _constraint in asked}
            asked += [(file, name, sources.get(name, name), text) for file, name, text in module.configured()]
            for file, name, source, constraint in asked:
                served = served_version(source)
                if served is not None and excludes(constraint, served):
                    yield module.path_of(file), name, constraint, served

    def provider_metas(self) -> Iterator[tuple[str, str]]:
        """The providers that it and its modules tell of themselves: file and local name."""
        for module in self.modules:
            yield from ((module.path_of(file), name) for file, name in module.provider_metas())

    def texts(self) -> Iterator[tuple[str, str]]:
        """What is written in HCL, and what its variables are given."""
        written = (content.decode(errors="replace") for content in self.modules[0].files.values())
        return chain.from_iterable(map(texts_of, (*written, *self.values)))

    @property
    def imports(self) -> tuple[str, ...]:
        """The addresses that its import blocks name: only a root may have them."""
        return tuple(address for _file, address in self.modules[0].imports())

    def called_from(self, folder: Path, name: str, source: str) -> Path:
        """The folder of the module that the one in `folder` calls by a name, wherever it came from."""
        return self.called.get((folder, name), super().called_from(folder, name, source))

    def modules_called(self) -> list[dict[str, str]] | None:
        """The modules that it calls, as `terraform init` writes them down; None where one is no folder beside it."""
        found = [{"Key": "", "Source": "", "Dir": "."}]
        folders = {module.folder: module for module in self.modules}
        waiting: list[tuple[tuple[str, ...], str, ModuleFolder]] = [((), ".", self.modules[0])]
        while waiting:
            keys, place, module = waiting.pop()
            for name, source in module.calls().items():
                folder = self.called.get((module.folder, name))
                if folder is None or not source.startswith(("./", "../")):
                    return None
                # as the core writes it:
                # https://github.com/hashicorp/terraform/blob/v1.11.4/internal/addrs/module_source.go
                short = posixpath.normpath(source.replace("\\", "/"))
                below = posixpath.normpath(f"{place}/{short}")
                said = short if short.startswith("../") else f"./{short}"
                found.append({"Key": ".".join((*keys, name)), "Source": said, "Dir": below})
                waiting.append(((*keys, name), below, folders[folder]))
        return found

    def lay(self, folder: Path) -> Path:
        """A working copy below `folder`: the place in it where Terraform is to run."""
        inside = _Mirror(self.top, folder, self.live)
        for module in self.modules:
            inside.open(module.folder)
        here = inside.open(self.folder)
        record = self.folder / _RECORD
        if record.is_file():
            (here / _RECORD).parent.mkdir(parents=True, exist_ok=True)
            (here / _RECORD).unlink(missing_ok=True)
            shutil.copyfile(record, here / _RECORD)
        if self.live:
            for name in _KEPT_FOR_LIVE:
                if (self.folder / name).is_file():
                    (here / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(self.folder / name, here / name)
        elif self.imports:
            self._without_imports(here)
        return here

    def _without_imports(self, here: Path) -> None:
        root = self.modules[0]
        for name, blocks in root.hcl.items():
            found = tuple(block for block in blocks if block.kind == "import")
            if found:
                (here / name).unlink()
                (here / name).write_text(blanked(root.files[name].decode(errors="replace"), found), encoding="utf-8")
        for name, document in root.json.items():
            if "import" in document:
                (here / name).unlink()
                rest = {key: value for key, value in document.items() if key != "import"}
                (here / name).write_text(json.dumps(rest), encoding="utf-8")


class _Mirror:
    """A folder that shows another one through links. Folders that Terraform runs in, or resolves, are real ones."""

    def __init__(self, top: Path, scratch: Path, live: bool) -> None:
        self._top, self._scratch, self._live = top, scratch / "tree", live
        self._opened: set[Path] = set()
        self._scratch.mkdir(parents=True)

    def open(self, folder: Path) -> Path:
        """The folder's own place in the mirror, a real folder whose entries are links."""
        inside = folder.relative_to(self._top)
        for real in reversed([self._top / part for part in (inside, *inside.parents)]):
            self._open(real)
        return self._scratch / inside

    def _open(self, folder: Path) -> None:
        if folder in self._opened:
            return
        self._opened.add(folder)
        place = self._scratch / folder.relative_to(self._top)
        if place.is_symlink():
            place.unlink()
        place.mkdir(parents=True, exist_ok=True)
        for entry in folder.iterdir():
            if self._shown(entry):
                (place / entry.name).symlink_to(entry)

    def _shown(self, entry: Path) -> bool:
        if entry.parent.name == ".terraform":
            return False
        if self._live and entry.name in _STATE:
            return True
        return not is_terraforms(PurePath(entry.name)) and entry.name != ".git"


def read_root(folder: Path, *, environment: str = "", live: bool = False) -> Root:
    """The root module in `folder`, with every module that it calls as far as it is on this machine.

    Modules of a registry or of git are those that `terraform init` left in .terraform/modules. A live plan fetches what
    is missing. BadInput for a folder without Terraform files, and for modules that are not there, all of them at once.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - links stay links: the author's relative paths go by them
    if not folder.is_dir():
        raise BadInput(errors.no_root(str(folder)))
    root = ModuleFolder(".", folder)
    if not root.files:
        raise BadInput(errors.root_without_files(str(folder), (folder / "main.py").is_file()))
    problems: list[Problem] = []
    called: dict[tuple[Path, str], Path] = {}
    modules = tuple(_walk(root, "", folder, _recorded(folder), problems, called, live))
    if problems:
        raise BadInput(sorted(set(problems)))
    unique = {module.folder: module for module in reversed(modules)}
    ordered = [root, *sorted((each for each in unique.values() if each.folder != folder), key=lambda each: each.place)]
    answers = {ROOT_FOLDER: str(folder)}
    return Root(
        folder.name,
        folder,
        environment,
        "root",
        answers,
        modules=tuple(ordered),
        top=_top(folder, unique),
        live=live,
        called=called,
    )


def _walk(
    module: ModuleFolder,
    key: str,
    root: Path,
    recorded: Mapping[str, str],
    problems: list[Problem],
    called: dict[tuple[Path, str], Path],
    live: bool,
) -> Iterator[ModuleFolder]:
    yield module
    for name, source in sorted(module.calls().items()):
        own = f"{key}.{name}" if key else name
        address = ".".join(f"module.{part}" for part in own.split("."))
        if source.startswith(_LOCAL):
            place = os.path.normpath(f"{module.place}/{source}").replace(os.sep, "/")
        elif own in recorded:
            place = os.path.normpath(recorded[own]).replace(os.sep, "/")
        else:
            # the core tells a source that is no plain text; a live plan fetches
            if source and not live:
                problems.append(errors.module_not_fetched(address, source))
            continue
        folder = Path(os.path.normpath(root / place))
        if not folder.is_dir() or key.count(".") > _DEEPEST:
            problems.append(errors.module_not_there(address, source, place))
            continue
        called[module.folder, name] = folder
        yield from _walk(ModuleFolder(place, folder), own, root, recorded, problems, called, live)


# beyond, a module calls itself
_DEEPEST = 30


def _recorded(folder: Path) -> dict[str, str]:
    """The folders of the modules that `terraform init` fetched, by the path of calls: `vpc.subnets`."""
    try:
        modules = json.loads((folder / _RECORD).read_bytes())["Modules"]
        return {str(each["Key"]): str(each["Dir"]) for each in modules if each["Key"]}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(errors.record_damaged(_RECORD.as_posix())) from None


def _top(folder: Path, folders: Iterable[Path]) -> Path:
    """What is shown: the repository around the root, or its folder, and as much more as its modules need."""
    around = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    return Path(os.path.commonpath([around, folder, *folders]))


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _each(value: Any) -> Iterator[dict[str, Any]]:
    yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict))


def _named(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, written in chain.from_iterable(section.items() for section in _each(value)):
        if name != "//":
            yield from ((name, each) for each in _each(written))
