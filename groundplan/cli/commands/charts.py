"""groundplan charts."""

from __future__ import annotations

from typing import Annotated

import typer

from groundplan.problems import ExitCode

from .. import saying, tables
from ..options import Json

__all__ = ["charts"]


def charts(
    names: Annotated[list[str] | None, typer.Argument(help="Charts; all when left out.", show_default=False)] = None,
    newer: Annotated[bool, typer.Option(help="Ask the charts' repositories for newer releases.")] = False,
    as_json: Json = False,
) -> None:
    """List the locked Helm charts, their versions and, with --newer, what their repositories offer."""
    from groundplan import charts as facts

    chosen = [facts.chart(name) for name in (names or facts.list_charts())]
    offered = {}
    if newer:
        with saying.spinner("asking the charts' repositories"):
            offered = {item.chart: item for item in facts.newer_versions(chosen)}
    rows = tables.chart_rows(chosen, offered)
    if as_json:
        saying.answer(rows)
    else:
        saying.out.print(tables.charts(rows, newer=newer))
    if any(row.get("error") for row in rows):
        # who asked for news and got none must not take it for no news
        raise typer.Exit(int(ExitCode.TOOL_FAILED))
