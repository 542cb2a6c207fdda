"""Equal projects give equal bytes, whoever synthesizes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.synth.programs import PROJECT, content, run_main, settings


def synth_again(cache: Path, out: Path, **more: str) -> dict[str, str]:
    done = run_main(cache, out=out, **more)
    assert done.returncode == 0, done.stderr
    return content(out)


def test_modules_built_anew_with_another_hash_seed_give_the_same_bytes(
    synthesized: Path, cache: Path, tmp_path: Path
) -> None:
    assert synth_again(cache, tmp_path / "out", GROUNDPLAN_FRESH="1", PYTHONHASHSEED="3") == content(synthesized)


def test_an_empty_cache_gives_the_same_bytes(first: Path, synthesized: Path) -> None:
    assert content(first / "cdktf.out") == content(synthesized)


def test_another_working_folder_gives_the_same_bytes(synthesized: Path, cache: Path, tmp_path: Path) -> None:
    done = run_main(cache, cwd=tmp_path, out=tmp_path / "out", PYTHONPATH="")

    assert done.returncode == 0, done.stderr
    assert content(tmp_path / "out") == content(synthesized)


def test_no_file_tells_where_it_was_made(synthesized: Path) -> None:
    for path in synthesized.rglob("*"):
        if path.is_file():
            assert str(PROJECT).encode() not in path.read_bytes(), path
            assert str(synthesized.parent).encode() not in path.read_bytes(), path


def run_cdktf(cache: Path, *arguments: str) -> str:
    """Runs the real cdktf command in the project, with the Node.js of the virtual environment."""
    program = PROJECT / "node_modules" / ".bin" / "cdktf"
    assert program.exists(), "the cdktf command is not installed here: run `make node_modules/.made`"
    done = subprocess.run(
        [str(Path(sys.executable).parent / "node"), str(program), *arguments],
        cwd=PROJECT,
        env=settings(cache),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_real_cdktf_command_synthesizes_the_same_bytes(synthesized: Path, cache: Path, tmp_path: Path) -> None:
    run_cdktf(cache, "synth", "--output", str(tmp_path / "out"))

    assert content(tmp_path / "out") == content(synthesized)


def test_the_real_cdktf_command_lists_the_same_stacks(synthesized: Path, cache: Path, tmp_path: Path) -> None:
    listed = run_cdktf(cache, "list", "--output", str(tmp_path / "out"))

    # long paths go on in further lines, below the column of paths
    table = listed[listed.index("Stack name") :].splitlines()[1:]
    names = [line.split()[0] for line in table if line[:1].strip()]
    assert names == sorted(path.name for path in (synthesized / "stacks").iterdir())
