"""The expressions of PromQL among objects: those of PrometheusRules, and those of Grafana's dashboards."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.objects import KNOWN_AFTER_APPLY, KubernetesObject
from groundplan.problems import Problem

from . import errors
from .errors import Said
from .monitors import GROUP
from .promql import VARIABLE, NotPromql, parse
from .running import Running, all_objects, at, map_at, maps

__all__ = ["Expression", "dashboards_of", "rules_of", "with_variables"]

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`', re.DOTALL)
_VARIABLE = re.compile(r"\$\{[^}]*\}|\[\[[^\]]*\]\]|\$[A-Za-z_][A-Za-z0-9_]*")
# https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#global-variables
_NUMBERS = re.compile(r"\$\{?__(?:interval_ms|range_ms|range_s|from|to)\b(?::[^}]*)?\}?")
_DURATIONS = re.compile(r"\$\{?__(?:rate_interval|interval|range)\b\}?")
_IN_BRACKETS = re.compile(r"\[(?P<range>[^\[\]]*)\]")
_OFFSET = re.compile(r"(\boffset\s+-?\s*)(?:\$\{[^}]*\}|\$[A-Za-z_][A-Za-z0-9_]*)")
_LABEL_VALUES = re.compile(r"^\s*label_values\(\s*(?P<what>.+?)\s*,\s*[A-Za-z_$][^,()]*\)\s*$", re.DOTALL)
_QUERY_RESULT = re.compile(r"^\s*query_result\((?P<what>.*)\)\s*$", re.DOTALL)


@dataclass(frozen=True)
class Expression:
    """One expression and where it stands.

    `record` is the name that its rule records, `labels` those that its rule adds; `name` is the alert, the recorded
    name, or the panel, and `group` that of its rule, or the dashboard's title. `tree` is None for what is no PromQL,
    where `wrong` says so, or which nobody could look at, for which `unknown` has the words.
    """

    release: Running
    obj: KubernetesObject
    field: str
    group: str
    name: str
    text: str
    tree: Any = None
    record: str = ""
    labels: frozenset[str] = frozenset()
    wrong: Said | None = None
    unknown: str = ""
    is_of_dashboard: bool = False

    def problem(self, said: Said) -> Problem:
        """What was found in it, with its place."""
        if self.is_of_dashboard:
            return errors.dashboard_fault(self.release.place, self.obj.title, self.field, self.name, said)
        what = f"{'record' if self.record else 'alert'} {self.name}"
        return errors.rule_fault(
            self.release.place, self.obj.title, self.obj.template, self.field, self.group, what, said
        )


def _read(text: str, place: str, *, is_of_dashboard: bool) -> dict[str, Any]:
    """The tree of an expression, what is wrong with it, or why nobody looked."""
    bare = _QUOTED.sub('""', text)
    if KNOWN_AFTER_APPLY in bare:
        return {"unknown": errors.expression_not_looked_at(place, "parts of it are known only after apply")}
    if "|" in bare:
        # PromQL has no such sign: it is LogQL, which rules of Loki are kept as, or TraceQL
        return {"unknown": errors.expression_not_looked_at(place, "it is no PromQL, but LogQL or TraceQL")}
    why = ""
    for one in with_variables(text) if is_of_dashboard else (text,):
        try:
            return {"tree": parse(one)}
        except NotPromql as error:
            why = why or str(error)
        except RecursionError:
            return {"unknown": errors.expression_not_looked_at(place, "it is nested too deeply")}
    if is_of_dashboard and _VARIABLE.search(bare):
        return {"unknown": errors.expression_not_looked_at(place, "its variables stand where they may be anything")}
    return {"wrong": errors.syntax(text, why)}


def with_variables(text: str) -> list[str]:
    """A dashboard's expression with something in the place of its variables that a parser takes, likeliest first.

    What Grafana itself fills in is a number or a duration; others may be a name, a label, a number, or the text of a
    matcher, which needs nothing done.
    """
    text = _NUMBERS.sub("1", text)
    pieces, last = [], 0
    for quoted in _QUOTED.finditer(text):
        pieces += [text[last : quoted.start()], quoted[0]]
        last = quoted.end()
    pieces.append(text[last:])
    found = []
    for stand_in in (VARIABLE, "1"):
        told = [piece if index % 2 else _filled(piece, stand_in) for index, piece in enumerate(pieces)]
        found.append("".join(told))
    return list(dict.fromkeys(found))


def _filled(piece: str, stand_in: str) -> str:
    piece = re.sub(r"\[\[[^\]]*\]\]", stand_in, piece)
    piece = _IN_BRACKETS.sub(lambda match: f"[{_VARIABLE.sub('5m', _DURATIONS.sub('5m', match['range']))}]", piece)
    return _VARIABLE.sub(stand_in, _OFFSET.sub(r"\g<1>5m", _DURATIONS.sub("5m", piece)))


def rules_of(running: Sequence[Running]) -> Iterator[Expression]:
    """Every rule of every PrometheusRule, alerts and recordings."""
    for release, one in all_objects(running, "PrometheusRule", GROUP):
        for group_index, group in maps(at(one.document, "spec", "groups")):
            for index, rule in maps(group.get("rules")):
                text = rule.get("expr")
                record = str(rule.get("record") or "")
                name = record or str(rule.get("alert") or "")
                field = f"spec.groups[{group_index}].rules[{index}].expr"
                if isinstance(text, bool) or not isinstance(text, (str, int, float)):
                    continue
                place = f"{release.place}: {one.title}: {field}: {name}"
                yield Expression(
                    release,
                    one,
                    field,
                    str(group.get("name") or ""),
                    name,
                    str(text),
                    record=record,
                    labels=frozenset(map(str, map_at(rule, "labels"))),
                    **_read(str(text), place, is_of_dashboard=False),
                )


def dashboards_of(running: Sequence[Running]) -> Iterator[Expression]:
    """Every query for a Prometheus data source of every dashboard that stands in a ConfigMap."""
    for release, one in all_objects(running, "ConfigMap"):
        data = map_at(one.document, "data")
        is_said = "grafana_dashboard" in map_at(one.document, "metadata", "labels")
        for file in sorted(data, key=str):
            text = data[file]
            if not isinstance(text, str) or not str(file).endswith(".json"):
                continue
            try:
                dashboard = json.loads(text)
            except (ValueError, RecursionError) as error:
                if is_said:
                    said = errors.dashboard_unreadable(str(error))
                    yield Expression(release, one, str(file), "", "file", text, wrong=said, is_of_dashboard=True)
                continue
            if isinstance(dashboard, Mapping) and isinstance(dashboard.get("panels"), list):
                yield from _of_dashboard(release, one, str(file), dashboard)


def _of_dashboard(
    release: Running, one: KubernetesObject, file: str, dashboard: Mapping[str, Any]
) -> Iterator[Expression]:
    variables = {
        str(each.get("name")): str(each.get("query"))
        for _, each in maps(at(dashboard, "templating", "list"))
        if each.get("type") == "datasource"
    }
    title = str(dashboard.get("title") or file)
    for place, text in _queries(dashboard, variables):
        where = f"{release.place}: {one.title}: dashboard {file}: {place}"
        yield Expression(
            release, one, file, title, place, text, is_of_dashboard=True, **_read(text, where, is_of_dashboard=True)
        )


def _queries(dashboard: Mapping[str, Any], variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Where each expression stands, and itself."""
    waiting = [panel for _, panel in maps(dashboard.get("panels"))]
    while waiting:
        panel = waiting.pop(0)
        waiting = [inner for _, inner in maps(panel.get("panels"))] + waiting
        for index, target in maps(panel.get("targets")):
            source = target.get("datasource", panel.get("datasource"))
            if isinstance(target.get("expr"), str) and target["expr"].strip() and _is_prometheus(source, variables):
                place = f"panel {panel.get('title') or panel.get('id')}, query {target.get('refId') or index}"
                yield place, target["expr"]
    for _, each in maps(at(dashboard, "annotations", "list")):
        if isinstance(each.get("expr"), str) and _is_prometheus(each.get("datasource"), variables):
            yield f"annotation {each.get('name')}", each["expr"]
    for _, each in maps(at(dashboard, "templating", "list")):
        query = each.get("query")
        text = query.get("query") if isinstance(query, Mapping) else query
        if (
            each.get("type") != "query"
            or not isinstance(text, str)
            or not _is_prometheus(each.get("datasource"), variables)
        ):
            continue
        if found := _LABEL_VALUES.match(text) or _QUERY_RESULT.match(text):
            yield f"variable {each.get('name')}", found["what"]


def _is_prometheus(source: Any, variables: Mapping[str, str]) -> bool:
    """Whether a query goes to Prometheus, or to Mimir, which is one to Grafana; by its type, or by a variable's.

    Where a dashboard names no source, it is the default one, of which nobody here knows the kind.
    """
    if isinstance(source, Mapping):
        if source.get("type"):
            return bool(source["type"] == "prometheus")
        source = source.get("uid")
    name = str(source or "").strip("${}").partition(":")[0]
    return variables.get(name) == "prometheus"
