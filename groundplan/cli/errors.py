"""Every message of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from groundplan.failing import ended
from groundplan.plan.errors import plan_of_another_synth
from groundplan.problems import BadInput, ExitCode, GroundplanError, Problem, ToolFailed, nearest

__all__ = [
    "Bug",
    "Interrupted",
    "Misused",
    "base_not_synthesized",
    "deploy_failed",
    "no_cdktf_command",
    "no_merge_request",
    "no_pipeline",
    "no_project",
    "no_stacks",
    "no_such_base",
    "no_terraform_command",
    "not_all_judged",
    "not_an_environment",
    "not_deployed",
    "not_made_yet",
    "not_what_was_judged",
    "plans_of_another_synth",
    "shard_with_names",
    "shard_without_stacks",
    "synth_broke",
    "synth_wrote_nothing",
    "system_refused",
    "unknown_names",
]


def no_project(folder: Path) -> BadInput:
    return BadInput(
        Problem(
            "--project",
            f"{folder.name or folder} has no main.py",
            "Run groundplan in the folder of main.py, or name that folder.",
        )
    )


def unknown_names(names: Iterable[str], allowed: Iterable[str]) -> BadInput:
    known = sorted(allowed)
    problems = []
    for name in names:
        guess = nearest(name, known)
        problems.append(
            Problem(
                name,
                "is neither an environment nor a stack",
                f"Did you mean {guess}?" if guess else f"There are: {', '.join(known)}.",
            )
        )
    return BadInput(problems)


def synth_broke(exit_code: int) -> ToolFailed:
    if exit_code < 0:
        cure = "What it printed above are its last words."
    else:
        cure = "What it printed above names the statement that failed."
    return ToolFailed(f"main.py {ended(exit_code)}", cure=cure)


class Interrupted(GroundplanError):
    """Somebody ended the command before it was done."""

    def __init__(self, exit_code: int) -> None:
        self.exit_code = ExitCode(exit_code)
        what = "Ctrl-C" if self.exit_code is ExitCode.INTERRUPTED else "SIGTERM"
        self.problems = (
            Problem("", f"stopped by {what} before it was done", "Run it again: nothing is half-written."),
        )
        super().__init__(str(self.problems[0]))


class Bug(GroundplanError):
    """groundplan itself is wrong: the report says what to send."""

    exit_code = ExitCode.BUG

    def __init__(self, error: BaseException, report: str) -> None:
        self.problems = (
            Problem("", f"groundplan itself failed: {type(error).__name__}", f"Please report this.\n{report}"),
        )
        super().__init__(report.rstrip())


class Misused(GroundplanError):
    """Arguments that the command does not take, in the words of the library that reads them."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, error: Any) -> None:
        self._error = error
        context = getattr(error, "ctx", None)
        cure = f"See {context.command_path} --help." if context is not None else "See groundplan --help."
        self.problems = (Problem("", error.format_message() or "a command is missing", cure),)
        super().__init__(str(self.problems[0]))

    def show(self) -> None:
        """Prints usage and mistake to standard error, as every command line does."""
        self._error.show()


def system_refused(path: str, message: str, cure: str) -> ToolFailed:
    failed = ToolFailed(f"{path}: {message}" if path else message, cure=cure)
    failed.problem = Problem(path, message, cure)
    return failed


def synth_wrote_nothing() -> BadInput:
    return BadInput(
        Problem(
            "main.py",
            "ended without an error and wrote nothing: what lies in cdktf.out is of an earlier run, and is not judged",
            "It ends with a call of synthesize(...), which nothing may skip.",
        )
    )


def no_stacks() -> BadInput:
    return BadInput(
        Problem(
            "cdktf.out", "holds no stack, so there is nothing to judge", "Run groundplan synth, and see what it says."
        )
    )


def not_all_judged(done: str, stacks: Iterable[str]) -> ToolFailed:
    return ToolFailed(
        f"not every selected stack was {done}: {', '.join(stacks)}",
        cure="Nothing is said about the others either. Run the command again with --fresh; if it stays, it is a bug.",
    )


def plans_of_another_synth(stacks: Iterable[str], shards: Mapping[str, str]) -> BadInput:
    """`shards` names the shard that planned a stack, where one did."""
    return BadInput(
        plan_of_another_synth(stack, shards[stack])
        if stack in shards
        else Problem(
            "--only",
            f"the plan of {stack} was not made of what is in cdktf.out now",
            "Run groundplan plan --only again, or leave --only out.",
        )
        for stack in stacks
    )


def shard_with_names(shard: str, names: Iterable[str]) -> BadInput:
    return BadInput(
        Problem(
            "--shard",
            f"{shard} is a share of all stacks, and cannot be combined with names: {', '.join(names)}",
            "Leave the names out, or leave --shard out.",
        )
    )


def shard_without_stacks(shard: str) -> str:
    return (
        f"Shard {shard} has nothing to plan: there are more shards than stacks, and every stack is in another one. "
        "Fewer shards would do."
    )


def not_made_yet(what: str, command: str) -> BadInput:
    return BadInput(Problem("--only", f"{what} is not there", f"Run {command} first, or leave --only out."))


def no_such_base(base: str, output: str) -> BadInput:
    return BadInput(
        Problem(
            "--base",
            f"{base!r} is neither a synthesized folder nor a git revision" + (f" ({output})" if output else ""),
            "Give a folder that synth wrote, or a revision such as origin/main.",
        )
    )


def base_not_synthesized(base: str) -> ToolFailed:
    return ToolFailed(
        f"the project at {base} could not be synthesized", cure="Leave --base out to see everything as new."
    )


def no_pipeline(option: str, missing: Iterable[str]) -> BadInput:
    return BadInput(
        Problem(
            option,
            f"needs a GitLab pipeline: {', '.join(missing)} not set",
            "Run it in a job, where GitLab sets them; elsewhere upload the packages in out/modules by hand.",
        )
    )


def no_merge_request(missing: Iterable[str]) -> BadInput:
    return BadInput(
        Problem(
            "--note",
            f"needs a merge request's pipeline: {', '.join(missing)} not set",
            "Set GROUNDPLAN_GITLAB_TOKEN (scope api) as a masked variable; GitLab sets the others in merge request "
            "pipelines.",
        )
    )


def not_an_environment(name: str, allowed: Iterable[str]) -> BadInput:
    known = sorted(allowed)
    guess = nearest(name, known)
    return BadInput(
        Problem(
            name,
            "is no environment, and deploy takes one environment whole",
            f"Did you mean {guess}?" if guess else f"There are: {', '.join(known)}.",
        )
    )


def no_terraform_command() -> ToolFailed:
    return ToolFailed(
        "the terraform command is not on PATH, and cdktf deploy runs it",
        cure="Install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install",
    )


def no_cdktf_command() -> ToolFailed:
    return ToolFailed(
        "the cdktf command is neither in node_modules nor on PATH",
        cure="Run make node_modules/.made, or npm ci --ignore-scripts, in the project's folder.",
    )


def not_deployed(environment: str) -> str:
    return (
        f"Nothing of {environment} is deployed: the review above says what stops it. When a waiver or permit has run "
        "out since the merge, renew it in policies/exceptions by a merge request of its own."
    )


def deploy_failed(
    environment: str, deployed: Iterable[str], failed: Iterable[str], waiting: Iterable[str]
) -> ToolFailed:
    """What failed, what was not begun for it, and how to go on."""
    done, stopped = ", ".join(deployed), ", ".join(waiting)
    return ToolFailed(
        f"{', '.join(failed)} could not be deployed"
        + (f"; not started, since they need it: {stopped}" if stopped else "")
        + (f"; deployed: {done}" if done else ""),
        cure=(
            "What Terraform said is above, and in the workspace's run. Where a folder in cdktf.out/stacks holds an "
            f"errored.tfstate, first run `terraform state push errored.tfstate` there. Then run `groundplan deploy "
            f"{environment}`, or the job, again: what is deployed already stays as it is."
        ),
    )


class DeployStopped(GroundplanError):
    """Somebody ended the command while Terraform changed something."""

    def __init__(self, exit_code: int) -> None:
        self.exit_code = ExitCode(exit_code)
        what = "Ctrl-C" if self.exit_code is ExitCode.INTERRUPTED else "SIGTERM"
        cure = "Terraform was told to end in order. Look at the workspace's run before deploying again."
        self.problems = (Problem("", f"stopped by {what} while a stack was being deployed", cure),)
        super().__init__(str(self.problems[0]))


def not_what_was_judged(stacks: Sequence[str]) -> BadInput:
    """Between the review and the deployment somebody synthesized."""
    return BadInput(
        Problem(
            name,
            "is synthesized differently now than when it was judged",
            "Something else wrote cdktf.out meanwhile, so this is not deployed: run groundplan deploy again.",
        )
        for name in stacks
    )
