"""Everything this package says to a person, one function a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from groundplan.problems import Problem, cut, nearest

__all__ = [
    "Said",
    "alarm_fault",
    "base_name",
    "counter_as_gauge",
    "dashboard_fault",
    "dashboard_unreadable",
    "dimension_unknown",
    "dimensions_unlisted",
    "emitted_elsewhere",
    "expression_not_looked_at",
    "gauge_as_counter",
    "group_label_unknown",
    "label_unknown",
    "le_missing",
    "matchers_or",
    "metric_not_put",
    "metric_unknown",
    "metric_unknown_in",
    "monitor_collects_nothing",
    "monitor_fault",
    "monitor_port_unknown",
    "namespace_unknown",
    "namespace_without_emitter",
    "no_metric_like",
    "not_collected",
    "panels_empty",
    "read_by_nobody",
    "rule_fault",
    "syntax",
]


class Said(NamedTuple):
    """A message and its cure, before it is known where."""

    message: str
    cure: str = ""


def _listed(names: Iterable[str], most: int = 8) -> str:
    found = sorted(names)
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return f"{', '.join(found[:most])}{rest}"


def _did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    near = nearest(name, known)
    return f"Did you mean {near}?" if near else otherwise


# where


def rule_fault(path: str, title: str, template: str, field: str, group: str, rule: str, said: Said) -> Problem:
    return Problem(path, f"{title} of {template}: {field}: {rule} in group {group}: {said.message}", said.cure)


def monitor_fault(path: str, title: str, template: str, said: Said) -> Problem:
    return Problem(path, f"{title} of {template}: {said.message}", said.cure)


def dashboard_fault(path: str, title: str, file: str, place: str, said: Said) -> Problem:
    where = f"{place}: " if place else ""
    return Problem(path, f"{title}: dashboard {file}: {where}{said.message}", said.cure)


def alarm_fault(path: str, said: Said) -> Problem:
    return Problem(path, said.message, said.cure)


# PromQL


def syntax(expression: str, why: str) -> Said:
    return Said(f"is no PromQL: {why}, got {cut(expression, 300)}", "Write an expression that Prometheus can parse.")


def matchers_or() -> Said:
    return Said(
        "has `or` between matchers, which VictoriaMetrics alone understands",
        "Match by one regular expression, or write two selectors with `or` between them.",
    )


def expression_not_looked_at(place: str, why: str) -> str:
    return f"{place}: the expression was not looked at: {why}"


def metric_unknown(name: str, owners: Sequence[str], known: Iterable[str]) -> Said:
    of = f"none of {', '.join(owners)} emits" if owners else "no component of the environment emits"
    return Said(
        f"{of} {name}",
        _did_you_mean(name, known, "Ask for a metric that is there, or bring the component that emits it."),
    )


def emitted_elsewhere(name: str, components: Sequence[str]) -> Said:
    return Said(
        f"no component of the environment emits {name}: it is a metric of {_listed(components)}",
        "Install what emits it in this environment, or leave the rule out where it is not installed.",
    )


def no_metric_like(expression: str) -> Said:
    return Said(
        f"no component of the environment emits a metric whose name matches {expression}",
        "Ask for names that are there.",
    )


def label_unknown(label: str, metric: str, known: Iterable[str]) -> Said:
    labels = sorted(known)
    otherwise = f"It has {_listed(labels)}." if labels else "It has no labels but those of the scrape."
    return Said(f"{metric} has no label {label}: the selector finds nothing", _did_you_mean(label, labels, otherwise))


def group_label_unknown(label: str, word: str, known: Iterable[str]) -> Said:
    labels = sorted(known)
    otherwise = f"There are {_listed(labels)}." if labels else "There are no labels but those of the scrape."
    return Said(
        f"`{word}` names the label {label}, which none of the metrics there has",
        _did_you_mean(label, labels, otherwise),
    )


def base_name(name: str, kind: str) -> Said:
    return Said(
        f"{name} is a {kind}, of which only {name}_bucket, {name}_sum and {name}_count are kept",
        f"Ask for {name}_bucket in histogram_quantile, or for {name}_sum or {name}_count.",
    )


def gauge_as_counter(function: str, name: str) -> Said:
    return Said(
        f"{function} is of a counter, and {name} is a gauge: each time it falls is taken for a restart",
        f"Use {'delta' if function == 'increase' else 'deriv'}, or ask for the gauge itself.",
    )


def counter_as_gauge(function: str, name: str) -> Said:
    return Said(
        f"{function} is of a gauge, and {name} is a counter: it falls when its process restarts",
        f"Use {'increase' if function in ('delta', 'idelta') else 'rate'}.",
    )


def le_missing() -> Said:
    return Said(
        "histogram_quantile gets buckets that were added up without `le`: it gives nothing",
        "Keep the label: sum by (le, ...) (...).",
    )


# what collects


def monitor_collects_nothing(kind: str, namespaces: Sequence[str], selector: str, near: Sequence[str]) -> Said:
    where = f"in {', '.join(namespaces)}" if namespaces else "in any namespace"
    what = "Services" if kind == "ServiceMonitor" else "pods"
    there = f" There are {_listed(near, 4)}." if near else ""
    return Said(
        f"selects {what} {where} by {selector}, and no release of the environment makes such: it collects nothing",
        f"Select labels that they have.{there}",
    )


def monitor_port_unknown(asked: Sequence[str], targets: Sequence[str], there: Iterable[str]) -> Said:
    known = sorted(there)
    has = _listed(known) if known else "none by a name"
    return Said(
        f"asks for the port {_listed(asked)}, and {_listed(targets, 4)} has {has}: it collects nothing",
        _did_you_mean(asked[0], known, "Name a port that they have."),
    )


def not_collected(name: str, component: str, releases: Sequence[str]) -> Said:
    return Said(
        f"no ServiceMonitor or PodMonitor collects {name}, which {component} emits ({_listed(releases, 3)})",
        "Switch on the monitor of its chart, or make one.",
    )


def read_by_nobody(kind: str, asked: Sequence[str], labels: Sequence[str]) -> Said:
    effect = "its alerts never ring" if kind == "PrometheusRule" else "nothing of it is collected"
    has = f"it has {_listed(labels)}" if labels else "it has no labels"
    if not asked:
        return Said(
            f"no collector of the environment reads a {kind}: {effect}",
            "Let the collector of metrics read them, or leave it out where there is none.",
        )
    return Said(
        f"no collector of the environment selects it, and {effect}: {_listed(asked, 4)}; {has}",
        "Give it the labels that one of them asks for, by the input of its module or the value of its chart.",
    )


def panels_empty(components: Sequence[str], metrics: Sequence[str]) -> Said:
    return Said(
        f"asks for metrics of {_listed(components)}, which nothing in the environment runs: {_listed(metrics, 3)}",
        "Its panels stay empty: leave the dashboard out where the component is not installed, or install it.",
    )


def dashboard_unreadable(why: str) -> Said:
    return Said(f"is no JSON that Grafana loads: {why}", "Write the dashboard's JSON model.")


# CloudWatch


def namespace_unknown(name: str, known: Iterable[str]) -> Said:
    return Said(
        f"nothing is known of a namespace {name} of CloudWatch",
        _did_you_mean(name, known, "Look it up in the service's documentation."),
    )


def metric_unknown_in(namespace: str, metric: str, known: Iterable[str]) -> Said:
    return Said(
        f"CloudWatch has no metric {metric} in {namespace}: the alarm never gets a value",
        _did_you_mean(metric, known, "Look it up in the service's documentation."),
    )


def metric_not_put(namespace: str, metric: str) -> Said:
    return Said(
        f"somebody may publish to {namespace}, but no script, function or metric filter of the environment names "
        f"{metric}",
        "Name a metric that is published, or publish it.",
    )


def namespace_without_emitter(namespace: str, known: Iterable[str]) -> Said:
    names = sorted(known)
    otherwise = f"There are {_listed(names)}." if names else "No stack of the environment publishes metrics of its own."
    return Said(
        f"nobody emits to the namespace {namespace}: no role of the environment may, and no metric filter does",
        _did_you_mean(namespace, names, otherwise),
    )


def dimension_unknown(namespace: str, name: str, known: Iterable[str]) -> Said:
    names = sorted(known)
    otherwise = f"Its metrics have {_listed(names)}." if names else "Its metrics have no dimensions."
    return Said(
        f"no metric of {namespace} has the dimension {name}: the alarm never gets a value",
        _did_you_mean(name, names, otherwise),
    )


def dimensions_unlisted(namespace: str, metric: str, given: Sequence[str], sets: Sequence[Sequence[str]]) -> Said:
    said = ", ".join(given) or "no dimension"
    listed = "; ".join(", ".join(each) or "none" for each in sets[:6])
    return Said(
        f"CloudWatch keeps {metric} of {namespace} by other dimensions than {said}: an alarm finds nothing by them",
        f"Give all dimensions of one set: {listed}.",
    )
