"""groundplan policies."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from groundplan.problems import ExitCode

from .. import saying, tables
from ..opening import opened
from ..options import Json, Project
from ..steps import find_project

__all__ = ["policies"]


def policies(
    project: Project = None,
    test: Annotated[
        bool, typer.Option("--test", help="Run the rules' own tests, and tell what they do not reach.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write anew what is generated from the rules and the environments.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the rules in policies/; --test runs their tests, --write all that is generated for and from them."""
    from groundplan.policy import ENVIRONMENTS_FILE, environments_json, rules, run_rego_tests, write_generated

    folder = find_project(project)
    if write:
        write_generated(folder / "policies", folder / "docs")
        with opened(project, None) as run:
            text = environments_json(folder / "policies", run.synth(), date.today())
        (folder / "policies" / ENVIRONMENTS_FILE).write_text(text, encoding="utf-8")
    known = rules(folder / "policies")
    report = None
    if test:
        with saying.spinner("testing the rules"):
            report = run_rego_tests(folder / "policies", coverage=True)
    if as_json:
        listed = [rule.model_dump(mode="json") for rule in known]
        saying.answer(listed if report is None else {"rules": listed, "tests": tables.rego_test_rows(report)})
    else:
        saying.out.print(tables.rules(known) if report is None else tables.rego_tests(report))
    if report is not None and report.failed:
        raise typer.Exit(int(ExitCode.BAD_INPUT))
