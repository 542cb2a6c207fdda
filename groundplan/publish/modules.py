"""Finds a project's modules."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from groundplan import bindings
from groundplan.framework.module import Module
from groundplan.problems import BadInput, Problem

from . import errors

__all__ = ["find_modules"]


def find_modules(project: Path, names: Sequence[str] = ()) -> list[type[Module[Any, Any]]]:
    """The modules of a project by name, or those named: the packages modules/<family>/<module>.

    Raises BadInput for a name that is no module and for a package without exactly one module.
    """
    packages: dict[str, str] = {}
    problems: list[Problem] = []
    for init in sorted(project.glob("modules/*/*/__init__.py")):
        family, name = init.parts[-3:-1]
        if name in packages:
            problems.append(errors.same_name(f"modules.{family}.{name}", packages[name]))
        packages[name] = f"modules.{family}.{name}"
    if not packages:
        raise errors.no_modules(project.name)
    problems += [errors.unknown_module(name, packages) for name in names if name not in packages]
    if problems:
        raise BadInput(problems)
    bindings.install(project)
    if str(project) not in sys.path:
        sys.path.insert(0, str(project))
    found = []
    for name in sorted(set(names) or packages):
        kinds = _kinds(importlib.import_module(packages[name]))
        if len(kinds) == 1:
            found += kinds
        else:
            problems.append(_not_one(packages[name], kinds))
    if problems:
        raise BadInput(problems)
    return found


def _kinds(package: ModuleType) -> list[type[Module[Any, Any]]]:
    """The modules that a package exports and defines itself."""
    inside = f"{package.__name__}."
    exported = [value for _, value in sorted(vars(package).items()) if isinstance(value, type)]
    return [kind for kind in dict.fromkeys(exported) if issubclass(kind, Module) and kind.__module__.startswith(inside)]


def _not_one(package: str, kinds: Sequence[type[Any]]) -> Problem:
    if not kinds:
        return errors.module_missing(package)
    return errors.several_modules(package, [kind.__name__ for kind in kinds])
