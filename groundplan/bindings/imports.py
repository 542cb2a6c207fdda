"""Puts itself between Python's import statement and the bindings."""

from __future__ import annotations
import __future__

import importlib
import os
import sys
import threading
import typing
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.resources.readers import FileReader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from .ahead import load_ahead
from .node import bundled_node
from .packages import PREFIX, Package, installed
from .scan import EVERYTHING, used_submodules
from .standins import put_off
from .store import Announce, cache_folder, prepared, say

__all__ = ["Bindings", "install", "loaded", "remember_types"]

_MODE = "GROUNDPLAN_BINDINGS"
_install_lock = threading.Lock()
_finder: _Finder | None = None


def install(project: Path | None = None, *, announce: Announce | None = None) -> None:
    """Makes `import cdktf_cdktf_provider_aws.s3_bucket` cost what s3_bucket costs. Call it before such an import.

    `project` is the folder whose Python decides which types are prepared; found from the current folder when None.
    `announce` takes the message of a first build, which takes some seconds; standard error when None. Calling it again
    changes nothing but these two. Bindings that are loaded already stay as they are.
    Raises BadInput when GROUNDPLAN_BINDINGS has an unknown value.
    """
    global _finder
    mode = os.environ.get(_MODE, "")
    if mode not in {"", "full"}:
        from . import errors

        raise errors.unknown_mode(mode)
    with _install_lock:
        _choose_environment(announce or say)
        if _finder is None:
            _finder = _Finder({found.module: Bindings(found) for found in installed().values()})
        for bindings in _finder.bindings.values():
            bindings.project = project or bindings.project
            bindings.announce = announce or bindings.announce
            bindings.put_in_place()
        if _finder not in sys.meta_path:
            sys.meta_path.insert(0, _finder)


def loaded() -> dict[str, frozenset[str] | None]:
    """What this process's jsii kernel holds, by provider: EVERYTHING alone for the stock assembly, None for nothing."""
    return {bindings.package.provider: bindings.loaded for bindings in _finder.bindings.values()} if _finder else {}


def _choose_environment(announce: Announce) -> None:
    """What the kernel's process will see. What is set already was meant so."""
    node = bundled_node()
    if node is not None:
        os.environ.setdefault("JSII_NODE", str(node))
    if "JSII_RUNTIME_PACKAGE_CACHE" not in os.environ and "JSII_RUNTIME_PACKAGE_CACHE_ROOT" not in os.environ:
        # jsii's own place for it is below the home folder, and a home that it finds unsafe or cannot write is an error.
        os.environ["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = str(cache_folder(announce) / "jsii")


class Bindings:
    """One bindings package in this process: what was asked of it, and what the kernel got."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.project: Path | None = None
        self.announce: Announce = say
        self.asked: set[str] = set()
        self.loaded: frozenset[str] | None = None
        self._folder: Path | None = None
        self._lock = threading.RLock()

    def put_in_place(self) -> None:
        """Registers the empty package, unless the package is imported already."""
        if self.package.module in sys.modules:
            return
        spec = PathFinder.find_spec(self.package.module)
        if spec is None:  # uninstalled meanwhile: the import statement will say so
            return
        module = ModuleType(self.package.module)
        module.__dict__.update(
            __spec__=spec,
            __file__=spec.origin,
            __path__=list(spec.submodule_search_locations or ()),
            __package__=self.package.module,
            __loader__=spec.loader,
            __getattr__=self._attribute,
        )
        sys.modules[self.package.module] = module

    def _attribute(self, name: str) -> Any:
        """`import cdktf_cdktf_provider_aws as aws; aws.s3_bucket` works as it does with the stock package."""
        if name == "__all__":
            return sorted(self.package.submodules)
        if not self.package.has(name):
            raise AttributeError(f"module {self.package.module!r} has no attribute {name!r}", name=name)
        return importlib.import_module(f"{self.package.module}.{name}")

    def ask(self, submodule: str) -> None:
        """Notes that `submodule` is being imported. Raises NotPrepared when it comes too late."""
        with self._lock:
            if self.loaded is not None and not {submodule, EVERYTHING} & self.loaded:
                from . import errors

                raise errors.not_prepared(self.package, submodule)
            self.asked.add(submodule)

    def assembly_folder(self) -> Path:
        """The folder with the assembly that the kernel is about to load: from here on nothing can be added."""
        with self._lock:
            if self._folder is None:
                self._folder, self.loaded = self._decide()
            return self._folder

    def forget(self) -> None:
        """Takes back the decision, since the kernel did not load what was decided."""
        with self._lock:
            self._folder = self.loaded = None

    def _decide(self) -> tuple[Path, frozenset[str]]:
        stock = self.package.archive.parent, frozenset({EVERYTHING})
        if os.environ.get(_MODE) == "full":
            return stock
        wanted = _used(self.project, Path.cwd())[self.package.provider] | self.asked
        if EVERYTHING in wanted:
            return stock
        from . import errors
        from .cut import UnexpectedLayout

        try:
            return prepared(self.package, wanted, self.announce), wanted
        except (UnexpectedLayout, OSError) as reason:
            self.announce(errors.cut_impossible(self.package.provider, reason))
            return stock


@cache
def _used(project: Path | None, _current_folder: Path) -> dict[str, frozenset[str]]:
    """What the project names: read once for all the packages, since they are loaded one after the other."""
    return used_submodules(project)


class _Finder(MetaPathFinder):
    """Watches the imports below the bindings packages; every other import is none of its business."""

    def __init__(self, bindings: dict[str, Bindings]) -> None:
        self.bindings = bindings

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "constructs._jsii":  # the first that loads anything into the kernel
            load_ahead()
        if not fullname.startswith(PREFIX):
            return None
        package, _, submodule = fullname.partition(".")
        bindings = self.bindings.get(package)
        if bindings is None or not submodule or "." in submodule:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if submodule == "_jsii":
            if spec is not None and spec.origin is not None:
                spec.loader = _AssemblyLoader(fullname, spec.origin, bindings)
            return spec
        if spec is None:
            from . import errors

            raise errors.unknown_submodule(bindings.package, submodule)
        bindings.ask(submodule)
        if type(spec.loader) is SourceFileLoader:
            spec.loader = _SubmoduleLoader(fullname, spec.loader.path)
        return spec


class _SubmoduleLoader(SourceFileLoader):
    """Runs a submodule when it is first used, and as if it began with `from __future__ import annotations`.

    Half of an import's time else goes into types of arguments that nobody asks for; jsii resolves those of the calls
    that are made. The bytecode has a name of its own: the stock one stays what it is.
    """

    # typeshed gives this method two signatures in two bases: no override can have both
    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        code: CodeType = compile(data, path, "exec", __future__.annotations.compiler_flag, dont_inherit=True)
        return code

    def exec_module(self, module: ModuleType) -> None:
        put_off(module, self._run)

    def _run(self, module: ModuleType) -> None:
        # every submodule asks for the version of typeguard, which is read from a file each time
        stock, metadata.version = metadata.version, _remembered_version
        try:
            super().exec_module(module)
        finally:
            metadata.version = stock
        remember_types(module)

    def get_data(self, path: str) -> bytes:
        return super().get_data(_own_bytecode(path))

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        setter: Any = super().set_data
        setter(_own_bytecode(path), data, _mode=_mode)


def remember_types(module: ModuleType) -> None:
    """Has a module that jsii wrote find the types of a function's arguments once, and not for every call's check."""
    if module.__dict__.get("typing") is typing:
        module.__dict__["typing"] = _typing


_remembered_version = cache(metadata.version)
_typing = ModuleType("typing")
_typing.__dict__.update(typing.__dict__, get_type_hints=cache(typing.get_type_hints))


def _own_bytecode(path: str) -> str:
    return f"{path.removesuffix('.pyc')}.groundplan.pyc" if path.endswith(".pyc") else path


class _AssemblyLoader(SourceFileLoader):
    """Runs the stock `_jsii` module, which hands its package's assembly to the kernel: ours, in place of its own.

    jsii looks for the file with importlib.resources, so a loader may say where a package's files are.
    """

    def __init__(self, fullname: str, path: str, bindings: Bindings) -> None:
        super().__init__(fullname, path)
        self._bindings = bindings

    def exec_module(self, module: ModuleType) -> None:
        try:
            super().exec_module(module)
        except BaseException:
            self._bindings.forget()  # the kernel holds nothing: a second try decides anew
            raise

    def get_resource_reader(self, name: str | None = None) -> FileReader:  # noqa: ARG002 - the protocol's parameter
        return _Reader(self, self._bindings.assembly_folder())


class _Reader(FileReader):
    def __init__(self, loader: SourceFileLoader, folder: Path) -> None:
        super().__init__(loader)
        self.path = folder
