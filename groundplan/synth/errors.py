"""Every message of synth."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from groundplan.framework.constraints import as_json
from groundplan.problems import BadInput, Problem, nearest

__all__ = [
    "duplicate_call",
    "duplicate_environment",
    "duplicate_stack",
    "duplicate_workspace",
    "no_project",
    "not_a_host",
    "not_a_workspace",
    "not_an_environment",
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


def not_an_environment(got: object) -> Problem:
    return Problem("environments", f"must all be of a class derived from Environment, got {got!r}")


def not_a_host(path: str, host: str, fault: str) -> Problem:
    return Problem(
        path,
        f"must be the host of a Terraform Cloud, got {as_json(host)}, which {fault}",
        "Write it as app.terraform.io, or as tfe.example.com:8443 where the server has a port of its own.",
    )


def not_a_workspace(path: str, name: str, fault: str) -> Problem:
    return Problem(
        path,
        f"would have the Terraform Cloud workspace {as_json(name)}, which {fault}",
        "Give the family a short name of letters, digits, - and _, such as certificates.",
    )
