"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

import groundplan

from .commands.charts import charts
from .commands.deploy import deploy
from .commands.doctor import doctor
from .commands.new import new_environment, new_module, new_rule
from .commands.policies import policies
from .commands.publish import publish
from .commands.render import render
from .commands.reviewing import check, plan, review
from .commands.show import show
from .commands.signals import signals
from .commands.synth import synth
from .commands.teardown import teardown
from .commands.workspaces import workspaces

__all__ = ["app"]

app = typer.Typer(
    name="groundplan",
    help=(
        "Terraform modules in typed Python, planned by the real Terraform core, judged by Rego.\n\n"
        "Exit codes: 0 fine, 1 findings that deny and nothing else, 2 bad input, 3 a tool or the system failed, "
        "70 a fault of groundplan itself, 130 stopped by Ctrl-C, 143 stopped by SIGTERM.\n\n"
        "With --json, every command prints one JSON value; of a failure it has exit_code and problems, each with path, "
        "message and fix."
    ),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

new = typer.Typer(
    help="Make the rooms of a module, a rule or an environment, with tests that pass.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(new, name="new")
app.add_typer(charts, name="charts")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"groundplan {version('groundplan')}")
        raise typer.Exit


@app.callback()
def _options(
    _wanted: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    if groundplan.unusable is not None:
        raise groundplan.unusable


# in the order of the help
for _command in (
    *(synth, plan, render, signals, check, review, deploy, teardown),
    *(workspaces, show, publish, policies, doctor),
):
    app.command()(_command)
for _name, _maker in (("module", new_module), ("rule", new_rule), ("environment", new_environment)):
    new.command(_name)(_maker)
