"""Which submodules of the bindings a project's Python asks for, read from its source without running it."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from .packages import PREFIX, installed
from .providers import PROVIDERS

__all__ = ["EVERYTHING", "imported_names", "project_root", "used_submodules"]

# What `from cdktf_cdktf_provider_aws import *` asks for.
EVERYTHING = "*"

_PACKAGES = {PREFIX + provider: provider for provider in PROVIDERS}
_MARKERS = ("cdktf.json", "pyproject.toml")
_SKIPPED = frozenset({"__pycache__", "build", "cdktf.out", "dist", "node_modules", "out", "site-packages", "venv"})
_IMPORTS_MODULES = re.compile(rb"^[ \t]*(?:from|import)[ \t]+modules\b", re.MULTILINE)
_SUBMODULE = re.compile(rf"\b{PREFIX}({'|'.join(PROVIDERS)})\s*\.\s*(\w+)".encode())
_WHOLE_PACKAGE = re.compile(rf"\b{PREFIX}(?:{'|'.join(PROVIDERS)})\b(?!\s*\.)".encode())


def project_root(start: Path | None = None) -> Path | None:
    """The nearest folder at or above `start` (the current one by default) with a cdktf.json or a pyproject.toml."""
    here = (start or Path.cwd()).absolute()
    for marker in _MARKERS:
        for folder in (here, *here.parents):
            if (folder / marker).is_file():
                return folder
    return None


def used_submodules(project: Path | None = None) -> dict[str, frozenset[str]]:
    """The submodules that the project's code names, by provider: `{"aws": {"s3_bucket"}, ...}`.

    Looked through: every Python file below `project` (found from the current folder when None), the files beside the
    script that runs and those of its project, groundplan itself, and the installed `modules` when one of these imports
    it. Only names that exist are returned; EVERYTHING stands alone.
    """
    used: dict[str, set[str]] = {provider: set() for provider in installed()}
    modules_imported = False
    seen: set[Path] = set()

    def look_into(files: Iterable[Path]) -> None:
        nonlocal modules_imported
        for file in files:
            if file in seen:
                continue
            seen.add(file)
            try:
                source = file.read_bytes()
            except OSError:  # removed meanwhile, or not for us to read: then it cannot be imported either
                continue
            modules_imported = modules_imported or _IMPORTS_MODULES.search(source) is not None
            if PREFIX.encode() in source:
                for provider, name in imported_names(source):
                    if provider in used:
                        used[provider].add(name)

    own = Path(__file__).parents[1]
    root = (project.absolute() if project else None) or project_root()
    look_into(_below(root) if root else ())
    look_into(_beside_the_script())
    look_into(_below(own))
    if modules_imported:
        look_into(_below(own.parent / "modules"))
    return {provider: _existing(provider, names) for provider, names in used.items()}


def _existing(provider: str, names: set[str]) -> frozenset[str]:
    if EVERYTHING in names:
        return frozenset({EVERYTHING})
    return frozenset(filter(installed()[provider].has, names))


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        # Sorted: the order on disk must not decide anything. A folder with pyvenv.cfg is an environment.
        folders[:] = [] if "pyvenv.cfg" in files else sorted(f for f in folders if _worth_a_look(f))
        yield from (Path(parent, file) for file in sorted(files) if file.endswith(".py") and "pyvenv.cfg" not in files)


def _worth_a_look(folder: str) -> bool:
    return folder not in _SKIPPED and not folder.startswith(".") and not folder.endswith(".egg-info")


def _beside_the_script() -> Iterator[Path]:
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    if script is None:
        return
    file = Path(script).absolute()
    # A console script of an environment stands among programs, and a module run by `-m` among installed packages.
    if file.suffix == ".py" and "site-packages" not in file.parts:
        yield from sorted(file.parent.glob("*.py"))
        # run from elsewhere: `python ~/platform/main.py`
        if (root := project_root(file.parent)) is not None:
            yield from _below(root)


def imported_names(source: bytes) -> Iterator[tuple[str, str]]:
    """The (provider, name) pairs that a Python file asks for, whether or not they exist.

    Dotted names count wherever they stand: in import statements, in strings for importlib, in type comments. A name
    too many costs next to nothing, so they are found without parsing. What is imported from the whole package, or
    through another name for it (`import cdktf_cdktf_provider_aws as aws`), is found in the syntax tree; a file that
    Python cannot parse has none of that.
    """
    for match in _SUBMODULE.finditer(source):
        yield match[1].decode(), match[2].decode()
    if _WHOLE_PACKAGE.search(source) is None:
        return
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    aliases: dict[str, set[str]] = {}  # a name may stand for two packages, in two functions
    attributes: list[tuple[str, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname and alias.name in _PACKAGES:
                    aliases.setdefault(alias.asname, set()).add(_PACKAGES[alias.name])
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module in _PACKAGES:
            yield from ((_PACKAGES[node.module], alias.name) for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            attributes.append((node.value.id, node.attr))
    for name, attribute in attributes:
        yield from ((provider, attribute) for provider in sorted(aliases.get(name, ())))
