"""What any cache would be filled with by the first command: made once a test run, for caches that are about more."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from groundplan.bindings import PROVIDERS
from groundplan.bindings.packages import installed
from groundplan.bindings.scan import used_submodules
from groundplan.bindings.store import prepared
from groundplan.plan.schema.store import cache_folder, version_key
from tests.support.once import once
from tests.support.schemas import derive_every_schema

__all__ = ["fill", "fill_with_schemas", "hand_on_modules"]

_PROJECT = Path(__file__).parents[2]
_OWN = os.environ.get("GROUNDPLAN_CACHE_DIR")


def fill(factory: pytest.TempPathFactory, cache: Path) -> None:
    """Copies the schemas of every type in use, and the bindings cut to them, from the cache of the tests of modules."""
    fill_with_schemas(factory, cache)
    with _own_cache():
        once(factory, "every-cut", lambda _: list(_cuts()))
        for cut in _cuts():
            shutil.copytree(cut, cache / "bindings" / cut.name)


def fill_with_schemas(factory: pytest.TempPathFactory, cache: Path) -> None:
    """Copies these alone, into a cache that has none."""
    with _own_cache():
        derive_every_schema(factory)
        for provider in PROVIDERS:
            key = version_key(provider)
            shutil.copytree(cache_folder() / "schemas" / key, cache / "schemas" / key)


def hand_on_modules(cache: Path) -> None:
    """Gives the cache of the tests of modules what a synth has built into `cache`, where it was not built yet."""
    with _own_cache():
        shelf = cache_folder() / "modules"
    shelf.mkdir(parents=True, exist_ok=True)
    for built in (cache / "modules").iterdir():
        if not (shelf / built.name).exists():
            with tempfile.TemporaryDirectory(prefix=f".{built.name}-", dir=shelf) as scratch:
                copied = Path(shutil.copytree(built, Path(scratch, "module")))
                # another worker may have been quicker, with the same content
                with suppress(OSError):
                    copied.rename(shelf / built.name)


@contextmanager
def _own_cache() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if _OWN is None:
            patch.delenv("GROUNDPLAN_CACHE_DIR", raising=False)
        else:
            patch.setenv("GROUNDPLAN_CACHE_DIR", _OWN)
        yield


def _cuts() -> Iterator[Path]:
    used = used_submodules(_PROJECT)
    for package in installed().values():
        yield prepared(package, used[package.provider], lambda _: None)
