"""A watched review is the review that a single run would have written, and ends leaving nothing."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from groundplan.children import Stopped
from groundplan.cli import steps, watching
from groundplan.cli.ending import failure_of
from groundplan.cli.standby import Standby
from groundplan.cli.steps import Run
from groundplan.review import without_reloading
from tests.cli.conftest import Groundplan
from tests.cli.small_project import edit, open_a_bucket, own_rules, say_environments
from tests.cli.test_stopping import _SECONDS, _of, _stopped, _until
from tests.support import forking
from tests.support.here import synthesize_here
from tests.synth.programs import settings

IN_FOLDERS = """
import importlib

FOUND = sorted(path.name for path in Path(__file__).parent.glob("environments/*") if (path / "__init__.py").is_file())
main(
    compose,
    [environment(name).but(noncurrent_days=importlib.import_module(f"environments.{name}").DAYS) for name in FOUND],
    project=Path(__file__).parent,
)
"""


@pytest.fixture
def folders(planned: Path) -> Path:
    """The small project with rules of its own, and a folder an environment, which says a setting of its own."""
    own_rules(planned)
    main = planned / "main.py"
    source = main.read_text()
    main.write_text(source[: source.rindex("main(compose")] + IN_FOLDERS.lstrip())
    for name in ("test", "live"):
        _say(planned, name, 30)
    (planned / "environments" / "__init__.py").touch()
    return planned


def _say(project: Path, environment: str, days: object) -> None:
    folder = project / "environments" / environment
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").write_text(f"DAYS = {days}\n")


def _tell_policies(project: Path, *environments: str) -> None:
    regions = ["us-east-1", "us-west-2"]
    say_environments(
        project, {name: {"production": name == "live", "allowed_regions": regions} for name in environments}
    )


def _watched(project: Path, monkeypatch: pytest.MonkeyPatch, *edits: Callable[[], None]) -> list[str]:
    """Watches the project while each edit is made after the run before it; what was said of the runs."""
    said: list[str] = []
    steps = iter(edits)

    def wait(_self: object) -> None:
        following = next(steps, None)
        if following is None:
            raise Stopped(signal.SIGINT)
        following()

    monkeypatch.setattr(watching._Changes, "wait", wait)
    monkeypatch.setattr(subprocess, "Popen", forking.Popen)
    with pytest.raises(Stopped):
        watching.watch(project, {"names": ()}, say=said.append, progress=lambda _: None, failure_of=failure_of)
    return said[1:]


def _asked_of_main(
    project: Path, monkeypatch: pytest.MonkeyPatch, afterwards: Callable[[], object] = lambda: None
) -> list[list[str]]:
    """The environments that each run of the project's main.py is asked for, as they come."""
    asked: list[list[str]] = []
    of_main = steps.run_main

    def run_main(folder: Path, out: Path, names: Sequence[str], **more: Any) -> None:
        asked.extend([list(names)] if folder == project else [])
        of_main(folder, out, names, **more)
        afterwards()

    monkeypatch.setattr(steps, "run_main", run_main)
    return asked


def _same_as_one_shot(project: Path, target: Path) -> None:
    """Reviews a copy of the project, once and with nothing that the watch left beside it, and compares."""
    shutil.copytree(project, target, ignore=shutil.ignore_patterns("out", "cdktf.out", ".groundplan", "__pycache__"))
    with pytest.MonkeyPatch.context() as patch, Run(target) as run:
        # what the watch itself runs is a process of its own
        synthesize_here(patch)
        run.review()
    watched, alone = _out(project), _out(target)
    page = alone.pop("review.html")
    assert b"nonce" not in page
    assert watched.pop("review.version.js", b"").startswith(b"groundplanNewest(")
    shown = watched.pop("review.html").decode()
    assert "review.version.js" in shown
    assert without_reloading(shown) == page.decode()
    assert watched == alone


def _out(project: Path) -> dict[str, bytes]:
    out = project / "out"
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_after_every_edit_a_watched_review_is_what_a_single_run_writes(
    folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = folders / "environments" / "live" / "__init__.py"
    page = folders / "out" / "review.html"

    def syntax() -> None:
        live.write_text("DAYS = (\n")

    def wrong() -> None:
        assert "environments/live/__init__.py:1" in page.read_text()
        # as long as the last one that was right, and within the same second: bytecode must not be taken for it
        _say(folders, "live", 999)

    def fixed() -> None:
        assert "live.noncurrent_days" in page.read_text()
        _say(folders, "live", 32)

    def module_and_folder_added() -> None:
        _same_as_one_shot(folders, tmp_path / "fixed")
        open_a_bucket(folders)
        _say(folders, "extra", 40)
        _tell_policies(folders, "extra", "live", "test")

    def policy_and_folder_removed() -> None:
        _same_as_one_shot(folders, tmp_path / "added")
        shutil.rmtree(folders / "environments" / "test")
        _tell_policies(folders, "extra", "live")
        edit(folders / "policies" / "storage" / "bucket_customer_key.rego", "# title: ", "# title: To begin with, ")

    def over() -> None:
        _same_as_one_shot(folders, tmp_path / "last")
        raise Stopped(signal.SIGINT)

    edits = (syntax, wrong, fixed, module_and_folder_added, policy_and_folder_removed, over)
    said = _watched(folders, monkeypatch, *edits)

    told = [line.partition(" ")[2].rpartition(" (")[0] for line in said]
    assert told[0] == "everything: May merge: no policy denies anything"
    assert told[1].startswith("environments/live/__init__.py: 1 problem, the first: environments/live/__init__.py:1: ")
    assert told[2].startswith("environments/live/__init__.py: 1 problem, the first: live.noncurrent_days: ")
    assert told[3] == "environments/live/__init__.py: May merge: no policy denies anything"
    changed = ["environments/extra/__init__.py", "modules/storage/archive/module.py"]
    assert told[4].startswith(f"{', '.join([*changed, 'policies/parameters/environments/data.json'])}: May not merge")
    assert "May not merge" in told[5]
    assert len(told) == 6
    # nobody writes the next page any more
    assert "nonce" not in page.read_text()
    assert not (folders / "out" / "review.version.js").exists()


def test_the_environment_that_was_edited_comes_first_and_the_others_follow_at_once(
    folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _asked_of_main(folders, monkeypatch)
    # an environment that reads another one's files is right as soon as all have been looked at
    (folders / "environments" / "test" / "__init__.py").write_text("from environments.live import DAYS\n")

    def edited() -> None:
        _say(folders, "live", 33)

    def both_edited() -> None:
        _same_as_one_shot(folders, tmp_path / "first")
        _say(folders, "live", 34)
        _say(folders, "test", 35)

    def policy_edited() -> None:
        _same_as_one_shot(folders, tmp_path / "second")
        edit(folders / "policies" / "storage" / "bucket_customer_key.rego", "# title: ", "# title: To begin with, ")

    said = _watched(folders, monkeypatch, edited, both_edited, policy_edited)

    assert asked == [[], ["live"], [], [], []]
    # what both say is said once
    assert len(said) == 4


def test_an_edit_while_the_others_are_still_to_come_is_not_kept_waiting(
    folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _asked_of_main(folders, monkeypatch, lambda: asked == [[], ["live"]] and _say(folders, "live", 36))

    def over() -> None:
        _same_as_one_shot(folders, tmp_path / "last")
        raise Stopped(signal.SIGINT)

    said = _watched(folders, monkeypatch, lambda: _say(folders, "live", 35), over)

    assert asked == [[], ["live"], ["live"], []]
    assert len(said) == 3


@pytest.mark.parametrize(
    ("ends", "code"), [("", 0), ("raise SystemExit(3)", 3), ("raise SystemExit('no')", 1), ("os._exit(4)", 4)]
)
def test_how_main_py_ended_is_known_before_its_process_has_ended(tmp_path: Path, ends: str, code: int) -> None:
    sleeps = "atexit.register(time.sleep, 30)" if code in (0, 3) else "pass"
    (tmp_path / "main.py").write_text(f"import atexit, os, time\n{sleeps}\nprint('printed', flush=True)\n{ends}\n")
    standby = Standby(tmp_path)
    began = time.monotonic()
    try:
        assert standby.run({}) == code
        assert standby.output.startswith("printed\n")
    finally:
        standby.close()
    assert time.monotonic() - began < 20


def test_a_burst_of_saves_is_one_change_and_nothing_is_lost_that_happens_in_a_run(tmp_path: Path) -> None:
    room = tmp_path / "environments"
    room.mkdir()
    (room / "a.py").write_text("1")
    with watching._Changes(tmp_path) as changes:
        assert changes.take() == []
        for number in range(5):
            (room / "b.py").write_text(str(number))
            (room / "a.py.swp").write_text("an editor's own")
        changes.wait()
        assert changes.take() == ["environments/b.py"]
        # nobody waits now, as while a run goes on
        (room / "a.py").unlink()
        (tmp_path / "main.py").write_text("")
        changes.wait()
        assert changes.take() == ["environments/a.py", "main.py"]


def test_what_is_remembered_of_a_run_is_forgotten_when_the_next_one_does_not_ask() -> None:
    from groundplan.remembering import Memory

    memory, made = Memory(), []

    def ask(key: str) -> str:
        return memory.of(key, lambda: made.append(key) or key)

    ask("kept")
    ask("once")
    memory.turn()
    ask("kept")
    memory.turn()
    assert [ask("kept"), ask("once")] == ["kept", "once"]
    assert made == ["kept", "once", "once"]


@pytest.mark.parametrize("option", ["--json", "--note", "--only", "--fresh", "--live"])
def test_options_that_a_watch_does_not_take_are_named(groundplan: Groundplan, option: str) -> None:
    said = groundplan("review", "--watch", option)
    assert said.code == 2
    assert f"--watch: does not go with {option}" in said.err + said.out


@pytest.mark.skipif(sys.platform != "linux", reason="reads what runs from /proc")
def test_an_edit_is_reviewed_by_itself_and_ctrl_c_leaves_no_process(planned: Path, cache: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    version = planned / "out" / "review.version.js"
    base = tmp_path / "base"
    shutil.copytree(planned / "cdktf.out", base)
    program = "import sys\nfrom groundplan.cli import main\nsys.argv[0] = 'groundplan'\nmain()"
    process = forking.Popen(
        [sys.executable, "-c", program, "review", "--watch", "--base", str(base)],
        cwd=planned,
        env={**settings(cache), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _until(version.exists, process)
    first = version.read_text()
    edit(planned / "main.py", "noncurrent_days=30", "noncurrent_days=31")
    _until(lambda: version.read_text() != first, process)
    time.sleep(0.1)

    seconds, out, err = _stopped(process, signal.SIGINT)

    assert process.returncode == 130
    assert "main.py: May merge: no policy denies anything (" in err
    files = [path for path in (planned / "out" / "plans").glob("*.json") if not path.name.endswith(".meta.json")]
    plans = [json.loads(path.read_bytes()) for path in files]
    actions = {action for plan in plans for each in plan["resource_changes"] for action in each["change"]["actions"]}
    assert actions == {"no-op", "update"}
    assert "Traceback" not in err
    assert out == ""
    assert seconds < _SECONDS
    assert list(_of(planned)) == []
    assert list(temporary.iterdir()) == []
