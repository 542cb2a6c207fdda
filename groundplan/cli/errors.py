"""Every message of the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from groundplan.problems import BadInput, Problem, ToolFailed, nearest

__all__ = [
    "base_not_synthesized",
    "no_merge_request",
    "no_pipeline",
    "no_project",
    "no_stacks",
    "no_such_base",
    "not_all_judged",
    "not_made_yet",
    "plans_of_another_synth",
    "synth_broke",
    "synth_wrote_nothing",
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


def synth_wrote_nothing() -> BadInput:
    return BadInput(
        Problem(
            "main.py",
            "ended without an error and wrote nothing: what lies in cdktf.out is of an earlier run, and is not judged",
            "It must end with main(compose, ENVIRONMENTS, project=...), and nothing may end it before.",
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


def plans_of_another_synth(stacks: Iterable[str]) -> BadInput:
    return BadInput(
        Problem(
            "--only",
            f"the plan of {stack} was not made of what is in cdktf.out now",
            "Run groundplan plan --only again, or leave --only out.",
        )
        for stack in stacks
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
