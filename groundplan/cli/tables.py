"""What the commands print for people."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from groundplan.plan.meta import PlanMeta
from groundplan.policy.findings import Findings, Rule, Severity, Verdict
from groundplan.synth.manifest import Manifest

if TYPE_CHECKING:
    from groundplan.applications.listing import Setting as ApplicationSetting
    from groundplan.charts import Chart, NewerVersion
    from groundplan.charts.comparing import Comparison
    from groundplan.charts.locked_definitions import LockedDefinitions
    from groundplan.charts.locks import Locked
    from groundplan.policy import TestReport
    from groundplan.rendering import Renders
    from groundplan.review import ReviewFiles
    from groundplan.teardown import Found, Teardown

    from .deploying import Deployment
    from .doctor import Row
    from .showing import Setting
    from .workspaces import Workspace

from . import errors

__all__ = [
    "application_settings",
    "chart_rows",
    "charts",
    "compared_charts",
    "deployment",
    "doctor",
    "findings",
    "locked_chart",
    "locked_definitions",
    "plan_rows",
    "plans",
    "published",
    "pulled_charts",
    "rego_test_rows",
    "rego_tests",
    "render_rows",
    "renders",
    "review_files",
    "rules",
    "settings",
    "stacks",
    "teardown",
    "workspaces",
]

_ACTIONS = ("create", "update", "replace", "delete")
_SHOWN = 50


_READABLE = 20
"""What no column may be narrower than while it has more to say: below, words break into a letter a line."""


class _Table:
    """A table where there is room for it; on a narrow terminal, a paragraph a row, its cells one below the other."""

    def __init__(self, *columns: str) -> None:
        self._columns = columns
        self._rows: list[tuple[str | Text, ...]] = []

    def add_row(self, *cells: str | Text) -> None:
        """A cell for each column."""
        self._rows.append(cells)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self._fits(options.max_width):
            table = Table(box=None, pad_edge=False, header_style="bold")
            for column in self._columns:
                table.add_column(column, overflow="fold")
            for row in self._rows:
                table.add_row(*row)
            yield table
            return
        for row in self._rows:
            for index, (column, cell) in enumerate(zip(self._columns, row, strict=True)):
                text = cell if isinstance(cell, Text) else Text(cell)
                if index and text.plain:
                    text = Text.assemble((f"{column}: ", "dim"), text)
                for number, line in enumerate(text.wrap(console, options.max_width - 4) if text.plain else ()):
                    yield (Text("    ") if number else Text("  ") if index else Text("")) + line

    def _fits(self, width: int) -> bool:
        """Whether every column may have its width, or as much of it as can be read."""
        widths = [
            max(cell_len(name), *(cell_len(str(row[index])) for row in self._rows), 0)
            for index, name in enumerate(self._columns)
        ]
        return sum(min(each, _READABLE) for each in widths) + len(widths) - 1 <= width


def _table(*columns: str) -> _Table:
    return _Table(*columns)


def stacks(manifest: Manifest) -> RenderableType:
    """The stacks that were synthesized."""
    table = _table("stack", "modules", "needs")
    for stack in manifest.stacks:
        calls = ", ".join(call.removeprefix("module.") for call in stack.calls)
        table.add_row(stack.name, calls, ", ".join(stack.depends_on))
    return table


def workspaces(rows: Sequence[Workspace]) -> RenderableType:
    """How each Terraform Cloud workspace is to be set."""
    lines: list[RenderableType] = []
    for row in rows:
        facts = {
            "uploads": row.folder,
            "Terraform": row.terraform,
            "runs": "on an agent where the cluster's endpoint is private" if row.reaches_cluster else "remotely",
            "reads the state of": ", ".join(row.reads) or "no other",
            "shares its state with": ", ".join(row.shared_with) or "no other",
            **row.variables,
        }
        lines.append(Text(f"{row.hostname}/app/{row.organization}/workspaces/{row.name}", style="bold"))
        lines += [_Indented(f"{name}: {value}") for name, value in facts.items()]
    return Group(*lines)


def settings(rows: Sequence[Setting]) -> RenderableType:
    """What each module call is given, a table a call."""
    parts: list[RenderableType] = []
    for (stack, call), group in itertools.groupby(rows, key=lambda row: (row.stack, row.call)):
        table = _table("setting", "value", "said at")
        for row in group:
            value = json.dumps(row.value, ensure_ascii=False)
            table.add_row(row.path, Text(value), str(row.line) if row.line else "default of the module")
        parts += [Text(f"{stack}: module.{call}", style="bold"), table]
    return Group(*parts)


def deployment(made: Deployment) -> RenderableType:
    """What became of each stack."""
    table = _table("stack", "outcome")
    for names, outcome in ((made.deployed, "deployed"), (made.failed, "failed"), (made.not_started, "not started")):
        for name in names:
            table.add_row(name, outcome)
    return table


def teardown(made: Teardown) -> RenderableType:
    """The stacks in the order in which they go, each with what goes before it, with it, and not at all."""
    lines: list[RenderableType] = []
    for number, step in enumerate(made.steps, 1):
        lines.append(Text(f"{number}. {step.stack}", style="bold"))
        parts = (
            ("before it", step.first, "red"),
            ("not known", step.unknown, "yellow"),
            ("goes with it", step.goes, ""),
            ("stays", step.stays, ""),
        )
        for title, found, style in parts:
            alike: dict[str, list[Found]] = {}
            for one in found:
                paid = " (paid for)" if title == "stays" and one.bills else ""
                alike.setdefault(f"{one.says}{paid}", []).append(one)
            for says, same in alike.items():
                lines.append(_Indented(f"{title}: {says}", style))
                lines += [_Indented(f"  {one.what}") for one in same]
    return Group(*lines)


def plan_rows(plans: Mapping[str, Path], metas: Mapping[str, PlanMeta]) -> list[dict[str, Any]]:
    """What each plan would do, by action."""
    rows = []
    for stack, path in sorted(plans.items()):
        counts = dict.fromkeys(_ACTIONS, 0)
        for actions in _managed(path):
            if actions not in (["no-op"], ["read"]):
                action = "replace" if len(actions) > 1 else actions[0]
                counts[action] = counts.get(action, 0) + 1
        meta = metas[stack]
        rows.append({"stack": stack, **counts, "mode": meta.mode, "placeholders": len(meta.placeholders)})
    return rows


def _managed(path: Path) -> list[list[str]]:
    """The actions of every change of a managed resource in a plan. Raises BadInput when the file is none."""
    try:
        changes = json.loads(path.read_bytes()).get("resource_changes", [])
        return [change["change"]["actions"] for change in changes if change["mode"] == "managed"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise errors.not_a_plan(path) from None


def plans(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """The plans' counts."""
    table = _table("stack", *_ACTIONS, "unknown from upstream")
    for row in rows:
        table.add_row(row["stack"], *(str(row[action] or "") for action in _ACTIONS), str(row["placeholders"] or ""))
    return table


def findings(found: Findings) -> RenderableType:
    """What the rules said, what denies first: a few lines each, since addresses and fixes are long."""
    order = [Verdict.DENY, Verdict.UNKNOWN, Verdict.WAIVED]
    styles = {Verdict.DENY: "red", Verdict.UNKNOWN: "yellow"}
    counts = {verdict: sum(1 for item in found.findings if item.verdict is verdict) for verdict in order}
    summary = Text(
        f"{_counted(len(found.rules), 'rule')} over {_counted(len(found.stacks), 'stack')}: "
        + ", ".join(f"{counts[verdict]} {verdict}" for verdict in order)
    )
    rows = sorted(found.findings, key=lambda item: (order.index(item.verdict), item.stack, item.address, item.rule))
    lines: list[RenderableType] = []
    for item in rows[:_SHOWN]:
        where = f" ({item.source.file}:{item.source.line})" if item.source else ""
        title = Text.assemble(
            (item.verdict.value, styles.get(item.verdict, "dim")), " ", (item.rule, "bold"), f" {item.stack}{where}"
        )
        lines += [title, _Indented(f"{item.address} {item.message}"), _Indented(item.fix), Text("")]
    more = len(rows) - _SHOWN
    rest = [Text(f"and {more} more in out/findings.json")] if more > 0 else []
    return Group(*lines, *rest, summary)


class _Indented:
    """Text below a title, without the spaces to the right that rich's own padding has."""

    def __init__(self, text: str, style: str = "") -> None:
        self._text = Text(text, style=style)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._text.wrap(console, options.max_width - 4):
            yield Text("    ") + line


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def review_files(files: ReviewFiles, project: Path) -> RenderableType:
    """Where the review is."""
    shown = [files.html, files.markdown]
    places = " and ".join(str(path.relative_to(project)) for path in shown)
    return Text(f"{files.verdict}\nThe review is in {places}.")


def published(items: Sequence[Any]) -> RenderableType:
    """The modules that were published."""
    table = _table("module", "inputs", "outputs", "package", "next version")
    for item in items:
        table.add_row(item.name, str(item.inputs), str(item.outputs), item.package, item.next_version)
    notes = [Text(f"{item.name}: {change}", style="yellow") for item in items for change in item.changes]
    return Group(table, *notes)


def chart_rows(
    chosen: Sequence[Chart], offered: Mapping[str, NewerVersion], compared: Mapping[str, Comparison]
) -> list[dict[str, Any]]:
    """The locked charts, what their repositories offer, and what that means for the values that are set."""
    rows = []
    for chart in chosen:
        row: dict[str, Any] = {
            "name": chart.name,
            "chart": chart.chart,
            "version": chart.version,
            "app_version": chart.app_version,
            "repository": chart.repository,
        }
        if newer := offered.get(chart.name):
            row |= {
                "newest": newer.newest,
                "is_newer": newer.is_newer,
                "is_major": newer.is_major,
                "moved_to": newer.moved_to,
                "moved_version": newer.moved_version,
                "deprecated": newer.deprecated,
                "error": newer.error,
            }
        if comparison := compared.get(chart.name):
            row |= {
                "compared_with": comparison.title,
                "not_compared": comparison.error,
                "defaults_compared": comparison.defaults_known,
                "releases": {
                    place: [{"what": each.what, **each.problem.as_json()} for each in found]
                    for place, found in comparison.differences.items()
                },
            }
        rows.append(row)
    return rows


def charts(rows: Sequence[Mapping[str, Any]], *, newer: bool) -> RenderableType:
    """The locked charts."""
    table = _table("name", "version", "app", *(["newest"] if newer else []), "repository")
    for row in rows:
        said = (row.get("newest") or row.get("error", "")) + (" (major)" if row.get("is_major") else "")
        said += " (chart is deprecated)" if row.get("deprecated") else ""
        if row.get("moved_to"):
            said += f"; goes on as {row['moved_version']} in {row['moved_to']}"
        newest = Text(said, style="yellow" if row.get("is_newer") or row.get("deprecated") else "dim")
        table.add_row(row["name"], row["version"], row["app_version"], *([newest] if newer else []), row["repository"])
    return table


def compared_charts(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """What newer versions mean for the values that are set, each once for the releases that it is the same for."""
    lines: list[Text] = []
    for row in rows:
        if "compared_with" not in row:
            continue
        same: dict[tuple[str, str, str], list[str]] = {}
        for place, found in row["releases"].items():
            for each in found:
                same.setdefault((each["path"], each["message"], each["fix"]), []).append(place)
        if row["not_compared"]:
            said = row["not_compared"]
        elif not row["releases"]:
            said = "no release of the last plans has the locked version"
        else:
            values = "nothing is different for the values" if not same else "what is different for the values"
            said = f"{values} of {_counted(len(row['releases']), 'release')}"
        lines.append(Text(f"{row['name']} {row['version']} -> {row['compared_with']}: {said}"))
        if not row["defaults_compared"]:
            lines.append(Text("    defaults were not compared: the locked version could not be pulled", style="yellow"))
        for (path, message, fix), places in same.items():
            lines.append(Text(f"    {path}: {message}; {fix}"))
            lines.append(Text(f"        {', '.join(places)}", style="dim"))
    return Group(*lines)


def application_settings(title: str, settings: Sequence[ApplicationSetting]) -> RenderableType:
    """What an application takes below one key."""
    table = _table(title, "type", "default", "allowed")
    for each in settings:
        default = "" if each.default is None else json.dumps(each.default)
        notes = "; ".join(filter(None, (each.allowed, each.deprecated)))
        table.add_row(Text(each.path), Text(each.type), Text(default), Text(notes, style="dim"))
    return table


def pulled_charts(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """The archives that were pulled, and why others were not."""
    table = _table("name", "version", "archive")
    for row in rows:
        archive = Text(row["error"], style="red") if row["error"] else Text(row["digest"])
        table.add_row(row["name"], row["version"], archive)
    return table


def render_rows(renders: Renders) -> list[dict[str, Any]]:
    """What became of each release."""
    return [
        {
            "stack": stack,
            "address": outcome.release.address,
            "release": f"{outcome.release.namespace}/{outcome.release.name}",
            "chart": outcome.release.title,
            "objects": [] if outcome.objects is None else [one.title for one in outcome.objects],
            "unknown": list(outcome.unknown),
            "not_rendered": outcome.why,
        }
        for stack, outcomes in renders.stacks.items()
        for outcome in outcomes
    ]


def renders(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """The releases with the number of their objects, or why there are none."""
    table = _table("stack", "release", "chart", "objects")
    for row in rows:
        if row["not_rendered"]:
            told = Text(row["not_rendered"], style="red")
        else:
            told = Text(
                "; ".join([str(len(row["objects"])), *row["unknown"]]), style="yellow" if row["unknown"] else ""
            )
        table.add_row(row["stack"], row["release"], row["chart"], told)
    return table


_MOST_SHOWN = 20


def locked_chart(locked: Locked) -> RenderableType:
    """What a chart reads, and how that differs from what was locked before."""
    entry, changes = locked.entry, locked.changes
    version = f"{changes.before} -> {changes.now}" if changes.before not in ("", changes.now) else changes.now
    lines = [Text(f"{entry['name']} {version}: {len(entry['values'])} values, {len(entry['kinds'])} kinds of objects")]
    told: list[tuple[str, Iterable[str]]] = [
        ("values that are gone", changes.gone),
        ("values that are new", changes.new),
        (
            "values of another type",
            (f"{path}: {was} -> {now}" for path, (was, now) in sorted(changes.other_types.items())),
        ),
        ("shown by the chart, read by no template", entry["unread"]),
        ("custom resources that are gone", changes.custom_resources_gone),
        ("custom resources that are new", changes.custom_resources_new),
        ("definitions of custom resources that could not be read", entry.get("unread_definitions", ())),
        ("read without certainty", (f"{path or 'all values'}: {why}" for path, why in entry["doubts"].items())),
        ("differs from render to render", (f"{place}: {what}" for place, what in entry["random"].items())),
        ("asks the cluster", (f"{place}: {what}" for place, what in entry["lookups"].items())),
    ]
    lines += _told(told)
    if entry["deprecated"]:
        lines.append(Text("The chart is deprecated by its own word.", style="yellow"))
    return Group(*lines)


def _told(told: Iterable[tuple[str, Iterable[str]]]) -> Iterator[Text]:
    """What is to be said below its titles, as much as a person reads."""
    for title, each in told:
        shown = list(each)
        if shown:
            yield Text(f"{title} ({len(shown)})")
            yield from (Text(f"    {one}") for one in shown[:_MOST_SHOWN])
            if len(shown) > _MOST_SHOWN:
                yield Text(f"    and {len(shown) - _MOST_SHOWN} more: see --json")


def locked_definitions(locked: LockedDefinitions) -> RenderableType:
    """The kinds of which the fields are known now, and what is different."""
    changes = locked.changes

    def by_kind(found: Mapping[str, Iterable[str]]) -> Iterator[str]:
        return (f"{kind}: {path}" for kind, paths in found.items() for path in paths)

    types = (
        f"{kind}: {path}: {was} -> {now}"
        for kind, paths in changes.other_types.items()
        for path, (was, now) in paths.items()
    )
    told: list[tuple[str, Iterable[str]]] = [
        ("kinds that are gone", changes.gone),
        ("kinds that are new", changes.new),
        ("fields that are gone", by_kind(changes.fields_gone)),
        ("fields that are new", by_kind(changes.fields_new)),
        ("fields of another type", types),
        ("fields that must be set now", by_kind(changes.newly_required)),
        ("kept where they were", (f"{kind}: {name}" for kind, name in locked.known_elsewhere.items())),
    ]
    return Group(Text(f"custom resources of {locked.name}: {len(locked.kinds)} kinds"), *_told(told))


def rules(known: Sequence[Rule]) -> RenderableType:
    """The rules by severity and name."""
    order = list(Severity)
    table = _table("severity", "rule", "what it wants")
    for rule in sorted(known, key=lambda rule: (order.index(rule.severity), rule.id)):
        table.add_row(rule.severity.value, rule.id, rule.title)
    return table


def rego_test_rows(report: TestReport) -> dict[str, Any]:
    """The same, for machines."""
    return {
        "passed": len(report.tests) - len(report.failed),
        "failed": [{"name": test.name, "failure": test.failure} for test in report.failed],
        "covered_percent": report.covered_percent,
        "not_covered": {file: list(missed) for file, missed in sorted(report.not_covered.items()) if missed},
    }


def rego_tests(report: TestReport) -> RenderableType:
    """How the rules' own tests came out."""
    lines = [Text(f"{test.name}: {test.failure}", style="red") for test in report.failed]
    for file, missed in sorted(report.not_covered.items()):
        if missed:
            lines.append(Text(f"{file}: no test reaches line {', '.join(map(str, missed))}", style="yellow"))
    passed = len(report.tests) - len(report.failed)
    return Group(*lines, Text(f"{passed} of {len(report.tests)} tests passed, {report.covered_percent} % covered"))


def doctor(rows: Sequence[Row]) -> RenderableType:
    """What groundplan found here."""
    table = _table("", "what", "found")
    for row in rows:
        table.add_row(
            Text("ok" if row.fine else "missing", style="green" if row.fine else "red"), row.what, Text(row.found)
        )
    return table
