"""groundplan new: a module, a rule, an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.policy.findings import Severity

from .. import saying
from ..options import Json, Project
from ..steps import find_project

if TYPE_CHECKING:
    from ..making import Made

__all__ = ["new_environment", "new_module", "new_rule"]


def new_module(
    name: Annotated[str, typer.Argument(help="<family>/<module>, such as notify/topics.", show_default=False)],
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Make modules/<family>/<module> with its example, its tests and, where there is none, its family."""
    from ..making import new_module as make

    _made_new(make(find_project(project), name), as_json)


def new_rule(
    name: Annotated[str, typer.Argument(help="<category>/<rule>, such as storage/bucket_versioned.")],
    type_name: Annotated[str, typer.Option("--type", help="The resource type that it judges.", show_default=False)],
    argument: Annotated[str, typer.Option(help="The argument of it that it demands something of.", show_default=False)],
    value: Annotated[str, typer.Option(help="What the argument must be, as JSON or as text.", show_default=False)],
    why: Annotated[str, typer.Option(help="Why it matters, for who is stopped by it.", show_default=False)],
    control: Annotated[
        list[str], typer.Option(help='The paragraph of a standard, such as "SOC 2: CC6.1".', show_default=False)
    ],
    severity: Annotated[Severity, typer.Option(help="How much it matters.")] = Severity.MAJOR,
    title: Annotated[
        str | None, typer.Option(help="What it wants, in one line; said by type and value when left out.")
    ] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Make policies/<category>/<rule>.rego, which demands a value of an argument, and its test."""
    from ..making import new_rule as make

    made = make(
        find_project(project),
        name,
        type_name=type_name,
        argument=argument,
        value=value,
        why=why,
        controls=control,
        severity=severity.value,
        title=title,
    )
    _made_new(made, as_json)


def new_environment(
    name: Annotated[str, typer.Argument(help="Its name, such as qa or prod-eu.", show_default=False)],
    like: Annotated[str, typer.Option(help="The environment that it is made after.")] = "staging",
    account_id: Annotated[str | None, typer.Option(help="Its AWS account.", show_default=False)] = None,
    region: Annotated[str | None, typer.Option(help="Its region; the same when left out.", show_default=False)] = None,
    dr_region: Annotated[
        str | None, typer.Option(help="Where its copies are; the same when left out.", show_default=False)
    ] = None,
    vpc_id: Annotated[str | None, typer.Option(help="Its VPC.", show_default=False)] = None,
    subnet_id: Annotated[
        list[str] | None, typer.Option(help="Its private subnets, in the order of their zones.", show_default=False)
    ] = None,
    oidc_id: Annotated[
        str | None, typer.Option(help="The id in the issuer of its cluster's OIDC provider.", show_default=False)
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="OLD=NEW: another text of the other environment, and this one's.", metavar="OLD=NEW"
        ),
    ] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Make environments/<name> after another one, and its job in the pipeline; what is left out is to be filled in."""
    from ..making import Place, pairs
    from ..making import new_environment as make

    place = Place(account_id, region, dr_region, vpc_id, tuple(subnet_id or ()), oidc_id, pairs("--set", set_ or ()))
    _made_new(make(find_project(project), name, like=like, place=place), as_json)


def _made_new(made: Made, as_json: bool) -> None:
    if as_json:
        saying.answer(made.as_json())
        return
    for what, paths in (("made", made.files), ("changed", made.changed)):
        for path in paths:
            saying.out.print(f"{what}  {path}", markup=False, soft_wrap=True)
    saying.out.print("\nthen:", markup=False)
    for step in made.then:
        saying.out.print(f"  {step}", markup=False, soft_wrap=True)
