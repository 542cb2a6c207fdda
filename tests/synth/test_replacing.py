"""A synth that is cut off leaves what was there, and nothing else for long."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from groundplan.synth import replacing as module
from groundplan.synth.replacing import replacing
from tests.synth.programs import PROJECT, content, leftovers, run_main, settings

HANGS = f"""
import sys, time
from pathlib import Path
from environments import platform
from environments.dev import DEV
from groundplan.synth.project import main

def compose(stacks, env):
    platform(stacks, env)
    Path(sys.argv[1]).touch()
    time.sleep(60)

main(compose, [DEV], project=Path({str(PROJECT)!r}))
"""


def hanging(cache: Path, folder: Path, out: Path) -> subprocess.Popen[str]:
    """A synth that has made its stacks and never gets to their end."""
    main, reached = folder / "main.py", folder / "reached"
    main.write_text(HANGS)
    process = subprocess.Popen(
        [sys.executable, str(main), str(reached)],
        cwd=PROJECT,
        env=settings(cache, CDKTF_OUTDIR=str(out)),
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(600):
        if reached.exists():
            return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError(process.communicate()[1])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_a_killed_synth_leaves_the_old_folder_and_the_next_one_removes_its_leftovers(
    how: signal.Signals, cache: Path, tmp_path: Path
) -> None:
    out = tmp_path / "cdktf.out"
    out.mkdir()
    (out / "cdk.tf.json").write_text("the last good one")

    process = hanging(cache, tmp_path, out)
    assert leftovers(out), "it writes beside the folder"
    process.send_signal(how)
    process.communicate(timeout=30)

    assert (out / "cdk.tf.json").read_text() == "the last good one"
    with replacing(out) as new:
        (new / "cdk.tf.json").write_text("a newer one")
    assert content(out).keys() == {"cdk.tf.json"}
    assert not leftovers(out)


def test_a_synth_does_not_touch_the_folder_of_another_that_still_runs(cache: Path, tmp_path: Path) -> None:
    out = tmp_path / "cdktf.out"
    process = hanging(cache, tmp_path, out)
    theirs = leftovers(out)

    done = run_main(cache, out=out, GROUNDPLAN_SELECT="dev")
    meanwhile = leftovers(out)
    process.kill()
    process.communicate()

    assert done.returncode == 0, done.stderr
    assert meanwhile == theirs


@pytest.mark.parametrize("exchange", [True, False], ids=["exchanged in one step", "renamed one after the other"])
def test_the_new_folder_takes_the_old_ones_place(
    exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchange:
        monkeypatch.setattr(module, "_exchanged", lambda one, other: False)
    out = tmp_path / "cdktf.out"
    for text in ("first", "second"):
        with replacing(out) as new:
            (new / text).write_text(text)

    assert content(out).keys() == {"second"}
    assert not leftovers(out)
    assert oct(out.stat().st_mode & 0o777) == "0o755"


def test_an_error_while_writing_leaves_the_old_folder(tmp_path: Path) -> None:
    out = tmp_path / "cdktf.out"
    with replacing(out) as new:
        (new / "old").touch()

    def write_half() -> None:
        with replacing(out) as new:
            (new / "half").touch()
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_half()

    assert content(out).keys() == {"old"}
    assert not leftovers(out)


WATCH = """
import os, sys, time
print("ready", flush=True)
end = time.monotonic() + 1
missed = 0
while time.monotonic() < end:
    missed += not os.path.exists(sys.argv[1])
print(missed)
"""


def can_exchange(folder: Path) -> bool:
    """Whether this system exchanges two folders in one step; elsewhere there is a moment between two renames."""
    for name in ("one", "other"):
        (folder / name).mkdir()
    return module._exchanged(folder / "one", folder / "other")


def test_somebody_who_looks_while_it_is_replaced_always_finds_it(tmp_path: Path) -> None:
    out = tmp_path / "cdktf.out"
    with replacing(out) as new:
        (new / "whole").touch()
    command = [sys.executable, "-c", WATCH, str(out / "whole")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert watching.stdout.readline() == "ready\n"
        while watching.poll() is None:
            with replacing(out) as new:
                (new / "whole").touch()
        missed = int(watching.stdout.read())

    assert missed == 0 or not can_exchange(tmp_path)
