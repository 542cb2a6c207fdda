"""What the tests of synth share: one cache, and two synths of the real project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan.synth.manifest import Manifest
from tests.support.copies import copy_of_cache
from tests.support.filling import fill_with_schemas, hand_on_modules
from tests.support.once import once
from tests.synth.programs import run_cdktf, run_main


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cdktf.out of the real project as the real cdktf command makes it from an empty cache, which is filled then."""

    def make(folder: Path) -> None:
        run_cdktf(folder / "cache", "synth", "--output", str(folder / "cdktf.out"), PYTHONHASHSEED="4")
        hand_on_modules(folder / "cache")

    return once(tmp_path_factory, "real-project", make)


OWN_CACHE = os.environ.get("GROUNDPLAN_CACHE_DIR", "")


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is built in this process comes from, and goes to, the cache that the tests of modules use."""
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", OWN_CACHE)


@pytest.fixture(scope="session")
def cache(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that these tests share, which holds what the real project needs, and is not the user's."""
    made = copy_of_cache(first / "cache", tmp_path_factory.mktemp("synth") / "cache")
    fill_with_schemas(tmp_path_factory, made)
    return made


@pytest.fixture(autouse=True)
def same_cache_in_this_process(cache: Path) -> Iterator[None]:
    """Tests that synthesize without a process of their own fill the same cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDPLAN_CACHE_DIR", str(cache))
        patch.delenv("CDKTF_OUTDIR", raising=False)
        yield


@pytest.fixture(scope="session")
def synthesized(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cdktf.out of the real project, as main.py writes it in another working folder, from what the cache holds."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    out = tmp_path_factory.mktemp("real") / "cdktf.out"
    done = run_main(cache, cwd=elsewhere, out=out, PYTHONHASHSEED="1", PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def manifest(synthesized: Path) -> Manifest:
    """What synth wrote beside the Terraform JSON."""
    return Manifest.read(synthesized)
