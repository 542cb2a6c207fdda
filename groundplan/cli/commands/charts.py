"""groundplan charts list, settings, lock and pull."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from groundplan.problems import ExitCode

from .. import errors, saying, tables
from ..opening import opened
from ..options import Json, Project

if TYPE_CHECKING:
    from groundplan.charts import Chart, NewerVersion
    from groundplan.charts.comparing import Comparison
    from groundplan.rendering.releases import Release

__all__ = ["charts"]


class _ListsFirst(TyperGroup):
    """Without the name of a command, `groundplan charts` lists."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the command line, `list` written into it where nothing else is."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


charts = typer.Typer(
    cls=_ListsFirst,
    help="The locked Helm charts: list, lock, or pull them. Lists all when no command is named.",
    rich_markup_mode=None,
)

Charts = Annotated[list[str] | None, typer.Argument(help="Charts; all when left out.", show_default=False)]


@charts.command("list")
def list_charts(
    names: Charts = None,
    newer: Annotated[bool, typer.Option(help="Ask the charts' repositories for newer releases.")] = False,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="With --newer: pull what is newer, and say what it means for the values that the last plans set.",
        ),
    ] = False,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """List the locked Helm charts, their versions and, with --newer, what their repositories offer."""
    from groundplan import charts as facts

    if compare and not newer:
        raise errors.only_with(["--compare"], "--newer")
    chosen = [facts.chart(name) for name in (names or facts.list_charts())]
    offered = {}
    # what is set is known before anything is asked: without a plan the question has no answer
    releases = _planned_releases(project) if compare else []
    if newer:
        with saying.spinner("asking the charts' repositories"):
            offered = {item.chart: item for item in facts.newer_versions(chosen)}
    compared = _compared(chosen, offered, releases) if compare else {}
    rows = tables.chart_rows(chosen, offered, compared)
    if as_json:
        saying.answer(rows)
    else:
        saying.out.print(tables.charts(rows, newer=newer))
        if compared:
            saying.out.print(tables.compared_charts(rows))
    if any(row.get("error") or row.get("not_compared") for row in rows):
        # who asked for news and got none must not take it for no news
        raise typer.Exit(int(ExitCode.TOOL_FAILED))


def _planned_releases(project: Path | None) -> list[Release]:
    """The releases of the last plans."""
    from groundplan.rendering.releases import releases_of

    with opened(project, None, only=True) as run:
        manifest, plans, _ = run.planned()
        folders = {stack.name: run.synthesized / stack.folder for stack in manifest.stacks} if manifest else {}
        return [
            release
            for stack, path in sorted(plans.items())
            for release in releases_of(stack, json.loads(path.read_bytes()), folders.get(stack, path.parent))
        ]


def _compared(
    chosen: Sequence[Chart], offered: Mapping[str, NewerVersion], releases: Sequence[Release]
) -> dict[str, Comparison]:
    """By chart, what its newer version means for the releases of it, or why nobody knows."""
    from groundplan.charts.comparing import compare_with_newer
    from groundplan.charts.sources import Sources

    found = {}
    with saying.spinner("comparing") as say, Sources() as sources:
        for chart in chosen:
            if offered[chart.name].offer(chart.repository) is not None:
                say(chart.title)
                values = {
                    f"{release.stack}: {release.address}": release.values
                    for release in releases
                    if chart.is_that_of(release.repository, release.chart, release.version)
                }
                found[chart.name] = compare_with_newer(sources, chart, offered[chart.name], values)
    return found


@charts.command("settings")
def list_settings(
    name: Annotated[str, typer.Argument(help="A chart, or the application behind it.", show_default=False)],
    path: Annotated[
        str, typer.Argument(help="A value of the chart, or a key of the application's configuration.")
    ] = "",
    as_json: Json = False,
) -> None:
    """List what an application takes that passes through a chart: keys, types, defaults, allowed values."""
    from groundplan.applications.listing import settings_of

    title, settings = settings_of(name, path)
    if as_json:
        saying.answer({"title": title, "settings": [each.as_json() for each in settings]})
    else:
        saying.out.print(tables.application_settings(title, settings))


@charts.command("lock")
def lock_chart(
    name: Annotated[str, typer.Argument(help="The chart's name in the lock.", show_default=False)],
    version: Annotated[str, typer.Option(help="Of a repository; the newest stable one when left out.")] = "",
    origin: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="FOLDER|ARCHIVE|REPOSITORY",
            help="Where the chart is; the repository that it was locked from when left out.",
        ),
    ] = "",
    chart: Annotated[str, typer.Option(help="Its name in the repository; NAME when left out.")] = "",
    repository: Annotated[
        str, typer.Option(help="With a folder or an archive: where Terraform will pull it from.")
    ] = "",
    crds: Annotated[
        bool, typer.Option("--crds", help="Also the fields of the custom resources that the chart brings.")
    ] = False,
    crds_from: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER|FILE", help="No chart: the custom resources that are defined there."),
    ] = None,
    source: Annotated[str, typer.Option(help="Where a person can read what was locked: a URL.")] = "",
    republished: Annotated[
        bool, typer.Option("--republished", help="Take this version although its digest is another than the lock's.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read a Helm chart and write its lock: the values that its templates read, its schema, what it can make."""
    from groundplan import charts as facts
    from groundplan.charts.locked_definitions import definitions_at, facts_of_chart, lock_definitions
    from groundplan.charts.locks import lock_anew
    from groundplan.charts.sources import Sources, archive_at
    from groundplan.charts.sources.versions import is_same_version
    from groundplan.charts.tree import data_folder

    folder = Path(str(data_folder()))
    if crds_from is not None:
        of_a_chart = {
            "--version": version,
            "--from": origin,
            "--chart": chart,
            "--repository": repository,
            "--crds": crds,
        }
        if given := [option for option, value in of_a_chart.items() if value]:
            raise errors.does_not_go_with("--crds-from", given)
        from groundplan.charts.definitions import derive

        definitions = lock_definitions(folder, name, derive(definitions_at(crds_from)), source=source)
        if as_json:
            saying.answer({"definitions": asdict(definitions)})
        else:
            saying.out.print(tables.locked_definitions(definitions))
        return
    known = facts.chart(name) if name in facts.list_charts() else None
    is_address = "://" in origin
    home = repository or (origin if is_address else known.repository if known else "")
    if not home:
        raise errors.no_repository_of_chart(name, facts.list_charts())
    with saying.spinner(f"reading {name}"):
        if origin and not is_address:
            archive = archive_at(Path(origin))
        else:
            with Sources() as sources:
                archive = sources.pull(home, chart or (known.chart if known else name), version)
        # how a folder is packed is this machine's: no other one would find that digest
        digest = "" if origin and Path(origin).is_dir() else archive.digest
        is_same = known is not None and is_same_version(known.version, archive.version)
        if known and is_same and known.digest and digest and digest != known.digest and not republished:
            raise errors.published_again(name, known.version, known.digest, digest)
        files = archive.files()
        # derived before anything is written: what is wrong in there leaves the lock as it is
        derived = facts_of_chart(name, files) if crds else None
        locked = lock_anew(folder, name, files, repository=home, digest=digest, source=source)
        brought = (
            None if derived is None else lock_definitions(folder, name, derived, source=str(locked.entry["source"]))
        )
    if as_json:
        more = {"definitions": asdict(brought)} if brought else {}
        saying.answer({"entry": dict(locked.entry), "changes": asdict(locked.changes), **more})
    else:
        saying.out.print(tables.locked_chart(locked))
        if brought:
            saying.out.print(tables.locked_definitions(brought))


@charts.command("pull")
def pull_charts(
    names: Charts = None,
    to: Annotated[
        Path | None,
        typer.Option(help="Folder to fill with archives and their index; GROUNDPLAN_CHARTS names it elsewhere."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Pull the archives of the locked Helm charts into the cache and, with --to, into a folder that can be carried."""
    from groundplan import charts as facts
    from groundplan.charts.sources import pull_locked

    chosen = [facts.chart(name) for name in (names or facts.list_charts())]
    with saying.spinner("pulling charts") as say:
        pulled = pull_locked(chosen, to=to, digests={chart.name: chart.digest for chart in chosen}, say=say)
    rows = [one.as_json() for one in pulled]
    if as_json:
        saying.answer(rows)
    else:
        saying.out.print(tables.pulled_charts(rows))
    loose = [one.locked.name for one in pulled if one.archive and not one.pinned]
    if loose:
        saying.line(errors.charts_not_pinned(loose))
    # what could not be fetched outweighs what is not what was wanted
    code = max((one.exit_code for one in pulled), default=ExitCode.FINE)
    if code:
        raise typer.Exit(int(code))
