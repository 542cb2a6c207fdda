"""What synth did not write stays, and what it writes comes whole or not at all, whoever ends it in the middle."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from environments.dev import DEV
from environments.platform import Platform
from environments.prod import PROD
from environments.staging import STAGING
from groundplan.problems import BadInput, ToolFailed
from groundplan.synth import install as module
from groundplan.synth.deploys import Deploy, deploys
from groundplan.synth.install import digests, finish_earlier, install, installed
from groundplan.synth.locks import beside, holding
from groundplan.synth.manifest import Manifest, StackRecord
from groundplan.synth.project import synth
from groundplan.synth.scratch import scratch_beside
from groundplan.synth.stack import Stacks
from tests.support import forking
from tests.synth.compositions import velero
from tests.synth.programs import PROJECT, content, leftovers, run_main, settings

HANGS = f"""
import signal, sys, time
# a suite that runs in the background is started with Ctrl-C ignored, and so is what it starts
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from environments.dev import DEV
from groundplan.synth.project import main
from tests.support import forking
from tests.synth.compositions import velero

def compose(stacks, env):
    velero(stacks.family("backup"), env)
    for reached in sys.argv[1:]:
        Path(reached).touch()
        time.sleep(60)

main(compose, [DEV], project=Path({str(PROJECT)!r}))
"""


def hanging(
    cache: Path, folder: Path, out: Path, *, by: type[subprocess.Popen[str]] = forking.Popen
) -> subprocess.Popen[str]:
    """A synth that has made its stacks and never gets to their end."""
    main, reached = folder / "main.py", folder / "reached"
    main.write_text(HANGS)
    process = by(
        [sys.executable, str(main), str(reached)],
        cwd=PROJECT,
        env=settings(cache, CDKTF_OUTDIR=str(out)),
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(2400):
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

    # one of them with a Python that has just started itself
    by = subprocess.Popen if how == signal.SIGTERM else forking.Popen
    process = hanging(cache, tmp_path, out, by=by)
    assert leftovers(out), "it writes beside the folder"
    process.send_signal(how)
    process.communicate(timeout=30)

    assert (out / "cdk.tf.json").read_text() == "the last good one"
    with scratch_beside(out):
        pass
    assert not leftovers(out)


def test_a_synth_does_not_touch_the_folder_of_another_that_still_runs(cache: Path, tmp_path: Path) -> None:
    out = tmp_path / "cdktf.out"
    process = hanging(cache, tmp_path, out)
    theirs = leftovers(out)

    done = run_main(cache, main=tmp_path / "main.py", out=out)
    meanwhile = leftovers(out)
    process.kill()
    process.communicate()

    assert done.returncode == 0, done.stderr
    assert meanwhile == theirs


TERRAFORMS = (
    ".terraform/providers/aws",
    ".terraform.lock.hcl",
    "terraform.tfstate",
    "terraform.tfstate.backup",
    ".terraform.tfstate.lock.info",
    "plan",
    "notes.txt",
    "modules/bucket/notes.txt",
)


def record(name: str) -> StackRecord:
    return StackRecord(
        name=name,
        environment=name.partition("-")[0],
        family=name.partition("-")[2],
        folder=f"stacks/{name}",
        depends_on=(),
        calls={},
        call_modules={"module.bucket": "bucket"},
        answers={},
    )


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def put(out: Path, stacks: dict[str, dict[str, str]]) -> None:
    """Installs these stacks, and takes away those that are no more, as a synth of everything does."""
    new, built = out.parent / "new", out.parent / "built"
    manifest = Manifest(stacks=tuple(record(name) for name in stacks), modules=())
    write(new, {"manifest.json": "{}"})
    shutil.rmtree(built, ignore_errors=True)
    modules = {}
    for name, files in stacks.items():
        write(new / "stacks" / name, {path: text for path, text in files.items() if "/" not in path})
        write(built / name, {path: text for path, text in files.items() if "/" in path})
        modules |= {
            f"stacks/{name}/{path.rpartition('/')[0]}": (built / name / path).parent for path in files if "/" in path
        }
    manifest.write(new)
    earlier = installed(out)
    install(new, modules, out, [stack for stack in earlier.stacks if stack.name not in stacks], earlier)


def stack(text: str, *modules: str) -> dict[str, str]:
    return {"cdk.tf.json": text} | {f"modules/{name}/main.tf.json": text for name in modules}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with one stack, in which Terraform has worked and a person has left a note."""
    folder = tmp_path / "cdktf.out"
    put(folder, {"dev-a": stack("1", "bucket", "queue")})
    write(folder / "stacks" / "dev-a", dict.fromkeys(TERRAFORMS, "not synth's"))
    return folder


def held(out: Path, name: str = "dev-a") -> dict[str, str]:
    folder = out / "stacks" / name
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_stack_that_changes_keeps_everything_that_synth_did_not_write(out: Path) -> None:
    put(out, {"dev-a": stack("2", "bucket")})

    assert held(out) == stack("2", "bucket") | dict.fromkeys(TERRAFORMS, "not synth's")
    assert not (out / "stacks" / "dev-a" / "modules" / "queue").exists()


def test_a_stack_that_is_gone_loses_only_what_synth_wrote(out: Path) -> None:
    put(out, {"dev-b": stack("1")})

    assert held(out) == dict.fromkeys(TERRAFORMS, "not synth's")
    put(out, {"dev-c": stack("1")})
    assert not (out / "stacks" / "dev-b").exists(), "a folder that holds nothing goes"


def test_a_file_that_synth_wrote_and_somebody_changed_is_not_removed(out: Path) -> None:
    edited = out / "stacks" / "dev-a" / "modules" / "queue" / "main.tf.json"
    edited.write_text("edited")

    put(out, {"dev-a": stack("2", "bucket")})

    assert edited.read_text() == "edited"


def test_a_stack_that_stays_the_same_is_not_touched(out: Path) -> None:
    root = out / "stacks" / "dev-a" / "cdk.tf.json"
    before = root.stat()

    put(out, {"dev-a": stack("1", "bucket", "queue"), "dev-b": stack("1")})

    assert (root.stat().st_ino, root.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_folder_that_came_without_its_history_loses_what_is_no_longer_written(out: Path) -> None:
    shutil.rmtree(beside(out))

    put(out, {"dev-a": {"cdk.tf.json": "2"}})

    assert "modules/bucket/main.tf.json" not in held(out)
    assert held(out)["terraform.tfstate"] == "not synth's"


def test_somebodys_folder_in_the_way_is_told_before_anything_changes(out: Path) -> None:
    write(out / "stacks" / "dev-a" / "modules" / "new", {"main.tf.json/x": "a folder"})
    before = content(out)

    with pytest.raises(BadInput, match="main.tf.json: is a folder that synth did not make"):
        put(out, {"dev-a": stack("2", "bucket", "new")})

    assert content(out) == before


@given(steps=st.integers(min_value=0, max_value=13))
@hypothesis_settings(deadline=None, max_examples=14)
def test_a_synth_that_is_killed_at_any_step_leaves_no_half_of_a_stack_and_the_next_one_ends_it(
    steps: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("killed") / "cdktf.out"
    old = {"dev-a": stack("1", "bucket", "queue"), "dev-b": stack("1", "bucket"), "dev-gone": stack("1", "queue")}
    new = {"dev-a": stack("2", "bucket", "topic"), "dev-b": stack("1", "bucket"), "dev-new": stack("2", "topic")}
    put(out, old)
    with pytest.MonkeyPatch.context() as patch:
        left = iter(range(steps))
        for name in ("_put", "_remove", "_guard"):
            patch.setattr(module, name, dying(getattr(module, name), left))
        with contextlib.suppress(Killed):
            put(out, new)

    for name in {*old, *new}:
        found = held(out, name) if (out / "stacks" / name).is_dir() else {}
        can_be_read = found.get("cdk.tf.json", "") in ("1", "2")
        assert not can_be_read or found in (old.get(name), new.get(name)), f"half of {name} could be deployed: {found}"
    finish_earlier(out)
    if installed(out).stacks[-1].name == "dev-new":
        assert {name: held(out, name) for name in new} == new
        assert not (out / "stacks" / "dev-gone").exists()
    assert not (beside(out) / "cdktf.out.next").exists()


class Killed(BaseException):
    """The process ends here."""


def dying(function: Callable[..., Any], left: Iterator[int]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise Killed
        return function(*arguments)

    return call


def one_stack(stacks: Stacks[Platform], env: Platform) -> None:
    velero(stacks.family("backup"), env)


def test_a_synth_of_one_environment_touches_no_other_and_reads_as_if_all_were_made_at_once(tmp_path: Path) -> None:
    out, everything = tmp_path / "cdktf.out", (DEV, STAGING, PROD)
    whole = synth(one_stack, everything, project=PROJECT, out=out)
    before = content(out)
    times = {path: path.stat().st_mtime_ns for path in (out / "stacks").rglob("*")}

    again = synth(one_stack, everything, project=PROJECT, out=out, selection=["staging"])

    assert again == whole
    assert content(out) == before
    assert {path: path.stat().st_mtime_ns for path in (out / "stacks").rglob("*")} == times


def test_an_environment_that_is_no_more_is_named_with_what_its_folder_still_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "cdktf.out"
    synth(one_stack, (DEV, PROD), project=PROJECT, out=out)
    folder = out / "stacks" / "prod-backup"
    write(folder, {"terraform.tfstate": "{}"})

    synth(one_stack, (DEV,), project=PROJECT, out=out)

    assert list(digests(folder)) == ["terraform.tfstate"]
    assert "cdktf.out/stacks/prod-backup: is no stack of this project, and still holds terraform.tfstate\n" in (
        capsys.readouterr().err
    )


def test_under_the_cdktf_command_which_removes_such_folders_what_one_holds_is_moved_out_of_its_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS", "true")
    out = tmp_path / "cdktf.out"
    synth(one_stack, (DEV, STAGING, PROD), project=PROJECT, out=out)
    write(out / "stacks" / "prod-backup", {"terraform.tfstate": "{}"})

    synth(one_stack, (DEV,), project=PROJECT, out=out)

    assert list(digests(out / "gone")) == ["prod-backup/terraform.tfstate"]
    # the command fails when one that it saw before is not there any more
    assert [list((out / "stacks" / name).iterdir()) for name in ("prod-backup", "staging-backup")] == [[], []]
    assert "cdktf.out/gone/prod-backup: is no stack" in capsys.readouterr().err


def test_a_state_that_terraform_could_not_save_stops_its_environment_alone(tmp_path: Path) -> None:
    out = tmp_path / "cdktf.out"
    synth(one_stack, (DEV, PROD), project=PROJECT, out=out)
    write(out / "stacks" / "prod-backup", {"errored.tfstate": "the only record"})
    before = content(out)

    synth(one_stack, (DEV, PROD), project=PROJECT, out=out, selection=["dev"])
    # even when the environment is no more: its root file says where the state belongs
    for environments, selection in (((DEV, PROD), ["prod"]), ((DEV, PROD), []), ((DEV,), [])):
        with pytest.raises(BadInput) as refused:
            synth(one_stack, environments, project=PROJECT, out=out, selection=selection)

        assert [str(problem) for problem in refused.value.problems] == [
            "cdktf.out/stacks/prod-backup/errored.tfstate: Terraform could not save this state: it is the only record "
            "of what the last apply made\n    In cdktf.out/stacks/prod-backup: terraform state push errored.tfstate, "
            "then delete the file; synthesize again afterwards."
        ]
    assert content(out) == before


def test_who_waits_says_for_whom_and_gives_up_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDPLAN_LOCK_SECONDS", "0.1")
    said: list[str] = []

    with (
        holding(tmp_path / "out", "groundplan review"),
        pytest.raises(ToolFailed) as refused,
        holding(tmp_path / "out", "groundplan check", said.append),
    ):
        raise AssertionError("two at once")

    assert said == [f"waiting for groundplan review (process {os.getpid()}), which works with out"]
    assert "out has been in use for 0.1 seconds by groundplan review" in str(refused.value)
    with holding(tmp_path / "out", "groundplan check", said.append):
        assert len(said) == 1, "nobody has it any more"


SLEEPS = "import sys, time; print('ready', flush=True); time.sleep(60)"


@pytest.fixture
def pretend() -> Iterator[Callable[..., int]]:
    """A process with the command line of another program."""
    running: list[subprocess.Popen[str]] = []

    def start(folder: Path, program: str, *arguments: str) -> int:
        folder.mkdir(parents=True, exist_ok=True)
        words = [program, "-c", SLEEPS, *arguments]
        if program != "terraform":
            # as node has it: the program first, then the script
            script = folder / program
            script.write_text(SLEEPS)
            words = ["node", str(script), *arguments]
        process = subprocess.Popen(
            words, executable=sys.executable, cwd=folder, stdout=subprocess.PIPE, text=True, env=settings(folder)
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process.pid

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("verb", ["deploy", "apply", "destroy", "watch"])
def test_a_deploy_of_this_folder_stops_a_synth(verb: str, tmp_path: Path, pretend: Callable[..., int]) -> None:
    process = pretend(tmp_path, "cdktf", verb, "dev-a")

    assert deploys(tmp_path / "cdktf.out", ["prod-a"]) == [Deploy(process, f"cdktf {verb} dev-a", "")]
    assert deploys(tmp_path / "elsewhere" / "cdktf.out", ["dev-a"]) == []


@pytest.mark.parametrize(
    "said", [["--output", "other.out"], ["--output=other.out"], ["-o", "other.out"], ["-o=other.out"]]
)
def test_a_deploy_of_another_output_folder_and_a_synth_stop_nothing(
    tmp_path: Path, pretend: Callable[..., int], said: list[str]
) -> None:
    pretend(tmp_path, "cdktf", "deploy", *said)
    pretend(tmp_path, "cdktf", "synth")

    assert deploys(tmp_path / "cdktf.out", ["dev-a"]) == []
    assert len(deploys(tmp_path / "other.out", ["dev-a"])) == 1


def test_a_terraform_in_a_stacks_folder_stops_a_synth_of_that_stack(
    tmp_path: Path, pretend: Callable[..., int]
) -> None:
    out = tmp_path / "cdktf.out"
    process = pretend(out / "stacks" / "dev-a", "terraform", "apply")

    assert [(each.process, each.stack) for each in deploys(out, ["dev-a", "dev-b"])] == [(process, "dev-a")]
    assert deploys(out, ["dev-b"]) == []


def test_a_synth_beside_a_deploy_is_refused_with_command_process_and_cure(
    tmp_path: Path, pretend: Callable[..., int]
) -> None:
    process = pretend(tmp_path, "cdktf", "deploy", "dev-backup")

    with pytest.raises(BadInput) as refused:
        synth(one_stack, (DEV,), project=PROJECT, out=tmp_path / "cdktf.out")

    assert str(refused.value) == (
        f"cdktf.out: cdktf deploy dev-backup (process {process}) is running on what a synth would replace\n"
        "    Let it end, or end it with Ctrl-C, and try again."
    )
    assert not (tmp_path / "cdktf.out").exists()
