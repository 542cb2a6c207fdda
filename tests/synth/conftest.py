"""What the tests of synth share: one cache, and two synths of the real project."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan.synth.manifest import Manifest
from tests.support.once import once
from tests.synth.programs import run_main


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cdktf.out of the real project as it comes from an empty cache, and the cache that was filled meanwhile."""

    def make(folder: Path) -> None:
        done = run_main(folder / "cache", out=folder / "cdktf.out", PYTHONHASHSEED="4")
        assert done.returncode == 0, done.stderr

    return once(tmp_path_factory, "real-project", make)


@pytest.fixture(scope="session")
def cache(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that these tests share, which holds what the real project needs, and is not the user's."""
    return Path(shutil.copytree(first / "cache", tmp_path_factory.mktemp("synth") / "cache"))


@pytest.fixture(autouse=True)
def same_cache_in_this_process(cache: Path) -> Iterator[None]:
    """Tests that synthesize without a process of their own fill the same cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDPLAN_CACHE_DIR", str(cache))
        patch.delenv("CDKTF_OUTDIR", raising=False)
        yield


@pytest.fixture(scope="session")
def synthesized(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cdktf.out of the real project, as `python main.py` writes it from what the cache holds."""
    out = tmp_path_factory.mktemp("real") / "cdktf.out"
    done = run_main(cache, out=out, PYTHONHASHSEED="1")
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def manifest(synthesized: Path) -> Manifest:
    """What synth wrote beside the Terraform JSON."""
    return Manifest.read(synthesized)
