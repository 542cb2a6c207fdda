"""What the bindings' loader says, one function a message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundplan.problems import BadInput, Problem, ToolFailed, nearest

from .packages import Package
from .providers import PROVIDERS

__all__ = [
    "NotPrepared",
    "UnknownSubmodule",
    "cache_unusable",
    "cut_impossible",
    "no_archive",
    "not_installed",
    "not_prepared",
    "preparing",
    "unknown_mode",
    "unknown_provider",
    "unknown_submodule",
]


class UnknownSubmodule(BadInput, ModuleNotFoundError):
    """The bindings have no such submodule.

    Its `name` is unset on purpose: `from package import name` ignores a ModuleNotFoundError that carries the name,
    and says something less useful instead.
    """


class NotPrepared(ToolFailed, ImportError):
    """The submodule exists, but the jsii kernel already holds an assembly without it."""


def unknown_submodule(package: Package, name: str) -> UnknownSubmodule:
    """For `import cdktf_cdktf_provider_aws.s3_bukket`."""
    meant = nearest(name, package.submodules)
    cure = (
        f"Did you mean {package.module}.{meant}?"
        if meant
        else f"Its submodules are the provider's resources without their prefix, and data sources: see {package.root}."
    )
    return UnknownSubmodule(
        Problem(f"{package.module}.{name}", f"the {package.provider} bindings {package.version} have no `{name}`", cure)
    )


def not_prepared(package: Package, name: str) -> NotPrepared:
    """For a submodule that is imported dynamically, from a file that the scan could not know."""
    return NotPrepared(
        f"{package.module}.{name} is imported after the {package.provider} bindings were loaded without it: "
        "no file of the project names it in an import.",
        cure=f"Name it in an import statement of a file of the project (`import {package.module}.{name}` below "
        "`if TYPE_CHECKING:` is enough), or set GROUNDPLAN_BINDINGS=full to load all of the bindings.",
    )


def not_installed(module: str) -> ToolFailed:
    """For a provider that we know, without its package."""
    return ToolFailed(
        f"The package {module.replace('_', '-')} is not installed in this Python.",
        cure="Install the project's dependencies: pip install -r requirements.lock",
    )


def unknown_provider(name: str) -> BadInput:
    """For a provider that groundplan has no bindings of."""
    return BadInput(Problem("", f"no bindings are called `{name}`", f"Use one of: {', '.join(PROVIDERS)}."))


def no_archive(module: str, folder: Path, found: Sequence[Path]) -> ToolFailed:
    """For a bindings package without its assembly, or with several."""
    names = ", ".join(file.name for file in found) or "none"
    return ToolFailed(
        f"{folder} must hold one assembly `<name>@<version>.jsii.tgz`, found: {names}.",
        cure=f"Install {module.replace('_', '-')} again.",
    )


def unknown_mode(value: str) -> BadInput:
    """For GROUNDPLAN_BINDINGS with a value that means nothing."""
    return BadInput(
        Problem("GROUNDPLAN_BINDINGS", f"`{value}` is not a way to load the bindings", "Set it to `full`, or unset it.")
    )


def preparing(provider: str, count: int) -> str:
    """Said before the first build."""
    return f"Preparing the {provider} bindings for {count} resource type{'s' * (count != 1)}, once ..."


def cache_unusable(folder: Path, reason: object, substitute: Path) -> str:
    """Said when the cache folder cannot be written."""
    return (
        f"The cache folder {folder} cannot be used ({reason}); this run uses {substitute} and the next one starts "
        "afresh. Set GROUNDPLAN_CACHE_DIR to a folder that can be written."
    )


def cut_impossible(provider: str, reason: object) -> str:
    """Said when the assembly is not laid out as expected: the run goes on, slower."""
    return f"The {provider} bindings are loaded whole, which takes longer: {reason}."
