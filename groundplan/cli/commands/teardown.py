"""groundplan teardown."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from groundplan.problems import ExitCode

from .. import errors, saying, tables
from ..opening import opened
from ..options import Fresh, Jobs, Json, Only, Project, Terraform

__all__ = ["teardown"]


def teardown(
    environment: Annotated[str, typer.Argument(help="The environment to take down.", show_default=False)],
    project: Project = None,
    terraform: Terraform = None,
    jobs: Jobs = None,
    fresh: Fresh = False,
    only: Only = False,
    as_json: Json = False,
) -> None:
    """Tell how an environment is taken down: its stacks in reverse, what must go first, and what stays.

    Derived from what is planned and rendered; nothing is destroyed, and neither AWS nor the cluster is asked.
    """
    from groundplan.plan.meta import plan_paths
    from groundplan.teardown import teardown as derive

    from ..deploying import order

    options: dict[str, Any] = {"terraform": terraform, "jobs": jobs, "fresh": fresh, "only": only}
    with opened(project, [environment], **options) as run:
        renders, _ = run.render()
        needs = {stack.name: stack.depends_on for stack in order(run.manifest(), environment, "teardown")}
        plans = {name: json.loads(plan_paths(run.out, name)[0].read_bytes()) for name in needs}
        made = derive(needs, plans, renders.stacks)
    if as_json:
        saying.answer(made.as_json())
    else:
        saying.out.print(tables.teardown(made))
        saying.line(errors.others_objects())
    if any(each.why for name in needs for each in renders.stacks.get(name, ())):
        # whoever asked what must go first must not take what nobody looked at for nothing
        raise typer.Exit(int(ExitCode.TOOL_FAILED))
