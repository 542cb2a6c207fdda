"""What the tests of synth share: one cache, and one synth of the real project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan.synth.manifest import Manifest
from tests.synth.programs import run_main


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that is filled by the first of these tests, and not the user's."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def same_cache_in_this_process(cache: Path) -> Iterator[None]:
    """Tests that synthesize without a process of their own fill the same cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDPLAN_CACHE_DIR", str(cache))
        patch.delenv("CDKTF_OUTDIR", raising=False)
        yield


@pytest.fixture(scope="session")
def synthesized(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cdktf.out of the real project, as `python main.py` writes it."""
    out = tmp_path_factory.mktemp("real") / "cdktf.out"
    done = run_main(cache, out=out, PYTHONHASHSEED="1")
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def manifest(synthesized: Path) -> Manifest:
    """What synth wrote beside the Terraform JSON."""
    return Manifest.read(synthesized)
