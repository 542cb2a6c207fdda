"""groundplan deploy."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from groundplan.problems import ExitCode
from groundplan.review import Outcome

from .. import errors, saying, tables
from ..opening import opened
from ..options import Base, Engine, Fresh, Jobs, Json, Project, Terraform

__all__ = ["deploy"]


def deploy(
    environment: Annotated[str, typer.Argument(help="The environment to apply.", show_default=False)],
    project: Project = None,
    engine: Engine = None,
    base: Base = None,
    terraform: Terraform = None,
    jobs: Jobs = None,
    fresh: Fresh = False,
    as_json: Json = False,
) -> None:
    """Apply an environment with cdktf deploy, a stack at a time; what the rules deny is not deployed."""
    from .. import deploying

    options: dict[str, Any] = {"base": base, "terraform": terraform, "jobs": jobs, "fresh": fresh}
    with opened(project, [environment], engine=engine, **options) as run:
        command = deploying.cdktf_command(run.project)
        findings, files = run.review()
        stacks = deploying.order(run.manifest(), environment)
    may = files.outcome is not Outcome.MAY_NOT
    if not as_json:
        saying.out.print(tables.findings(findings))
        saying.out.print(tables.review_files(files, run.project))
    made = deploying.Deployment((), (), ())
    if may:
        judged = {stack.name: run.made_of(stack.name) for stack in stacks}
        # outside of the spinner: Terraform's own words go by
        with deploying.unchanged(run.synthesized, judged, saying.line):
            made = deploying.deploy(stacks, command, project=run.project, progress=saying.line)
    if as_json:
        saying.answer({"environment": environment, "verdict": files.verdict, **asdict(made)})
    elif may:
        saying.out.print(tables.deployment(made))
    if not may:
        saying.said.print(errors.not_deployed(environment), markup=False, soft_wrap=True)
        raise typer.Exit(int(ExitCode.DENIED))
    if made.failed:
        raise errors.deploy_failed(environment, made.deployed, made.failed, made.not_started)
