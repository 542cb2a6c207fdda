"""Every message of the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from groundplan.problems import BadInput, Problem, ToolFailed, nearest

__all__ = [
    "base_not_synthesized",
    "deploy_failed",
    "deploy_stopped",
    "no_cdktf_command",
    "no_merge_request",
    "no_pipeline",
    "no_project",
    "no_such_base",
    "no_terraform_command",
    "not_an_environment",
    "not_deployed",
    "not_made_yet",
    "synth_broke",
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
    return ToolFailed(
        f"main.py ended with exit code {exit_code}", cure="What it printed above names the statement that failed."
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


def deploy_stopped(signal_name: str) -> ToolFailed:
    return ToolFailed(
        f"stopped by {signal_name} while a stack was being deployed",
        cure="Terraform was told to end in order. Look at the workspace's run before deploying again.",
    )
