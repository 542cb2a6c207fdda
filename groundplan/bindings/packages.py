"""Where the prebuilt bindings are installed, found without importing them."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from .providers import PROVIDERS

__all__ = [
    "PREFIX",
    "Package",
    "archive",
    "installed",
    "package",
    "package_root",
    "submodules",
    "versions",
]

PREFIX = "cdktf_cdktf_provider_"

_ARCHIVE = re.compile(r"(?P<name>.+)@(?P<version>[^@]+)\.jsii\.tgz")


@dataclass(frozen=True)
class Package:
    """One installed bindings package: `provider` is `aws`, `root` the folder of its Python modules."""

    provider: str
    root: Path

    @property
    def module(self) -> str:
        """The package's import name."""
        return PREFIX + self.provider

    @cached_property
    def archive(self) -> Path:
        """The stock jsii assembly, a gzipped tar archive."""
        found = sorted((self.root / "_jsii").glob("*.jsii.tgz"))
        if len(found) != 1 or not _ARCHIVE.fullmatch(found[0].name):
            from . import errors

            raise errors.no_archive(self.module, self.root / "_jsii", found)
        return found[0]

    @property
    def version(self) -> str:
        """The package's version, as its assembly's file name says."""
        match = _ARCHIVE.fullmatch(self.archive.name)
        assert match is not None, "`archive` only returns names of this form"  # noqa: S101 - narrows the type
        return match["version"]

    @cached_property
    def submodules(self) -> frozenset[str]:
        """The names that can be imported below the package: one for each resource, data source and the provider."""
        folders = (entry for entry in self.root.iterdir() if not entry.name.startswith("_"))
        return frozenset(folder.name for folder in folders if (folder / "__init__.py").is_file())

    def has(self, submodule: str) -> bool:
        """Whether `submodule` can be imported; cheaper than a look through all of `submodules`."""
        return not submodule.startswith("_") and (self.root / submodule / "__init__.py").is_file()


@cache
def installed() -> dict[str, Package]:
    """The bindings that this Python has, by provider. A missing package is left out: importing it fails as ever."""
    found = {}
    for provider in PROVIDERS:
        spec = importlib.util.find_spec(PREFIX + provider)
        if spec is not None and spec.origin is not None:
            found[provider] = Package(provider, Path(spec.origin).parent)
    return found


def package(name: str) -> Package:
    """The bindings called `name`: `aws`, or its import name `cdktf_cdktf_provider_aws`.

    Raises BadInput for a provider without bindings, ToolFailed when its package is not installed.
    """
    provider = name.removeprefix(PREFIX)
    if provider not in installed():
        from . import errors

        raise errors.not_installed(PREFIX + provider) if provider in PROVIDERS else errors.unknown_provider(name)
    return installed()[provider]


def package_root(name: str) -> Path:
    """The folder of the bindings' Python modules, for `aws` and its like. Raises as `package` does."""
    return package(name).root


def archive(name: str) -> Path:
    """The bindings' stock jsii assembly, a `.jsii.tgz` file. Raises as `package` does."""
    return package(name).archive


def submodules(name: str) -> frozenset[str]:
    """What can be imported below the bindings: `s3_bucket`, `data_aws_vpc`, `provider`. Raises as `package` does."""
    return package(name).submodules


def versions() -> dict[str, str]:
    """The installed bindings' versions by provider: `{"aws": "21.22.1", ...}`. These are not the provider's own."""
    return {provider: found.version for provider, found in installed().items()}
