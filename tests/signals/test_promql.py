"""Expressions of PromQL are held against what is emitted, with the nearest name where one is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.signals.emitted import Emitted, Emitter
from groundplan.signals.expressions import with_variables
from groundplan.signals.facts import component, component_names, emitters
from groundplan.signals.promql import LONGEST, VARIABLE, NotPromql, faults, labels_of, metrics_of, parse

VELERO = Emitted([Emitter(component("velero"), ("prod-backup: helm_release.velero",), is_collected=True)])
INEXACT = Emitted([Emitter(component("velero"), is_exact=False)])
BLIND = Emitted([Emitter(component("velero"))], blind="prod-mesh")


def said(text: str, emitted: Emitted = VELERO) -> list[str]:
    """What is told of an expression, warnings with a word before them."""
    found = faults(parse(text), emitted)
    return [f"{'warning: ' if one.is_warning else ''}{one.said.message}. {one.said.cure}" for one in found]


GOOD = {
    "a counter, its rate": "rate(velero_backup_failure_total[5m]) > 0",
    "a gauge, and an older one": "velero_backup_last_status == 0 and velero_backup_last_status offset 1h == 1",
    "its own label": 'velero_backup_last_status{schedule="daily"}',
    "a label of the scrape": 'velero_backup_last_status{namespace="velero", cluster=~"prod|staging"}',
    "a label that the scrape moved": 'velero_backup_last_status{exported_namespace="velero"}',
    "every series of a histogram": (
        "velero_backup_duration_seconds_bucket{le='+Inf'} - velero_backup_duration_seconds_count "
        "> velero_backup_duration_seconds_sum"
    ),
    "a quantile": "histogram_quantile(0.9, sum by (le, schedule) (rate(velero_backup_duration_seconds_bucket[1h])))",
    "what every scrape has": 'absent(up{job="velero"} == 1)',
    "what the runtime has": "go_goroutines > 1000 or process_open_fds / process_max_fds > 0.9",
    "a quantile of a summary": 'go_gc_duration_seconds{quantile="1"}',
    "every series of a summary": "rate(go_gc_duration_seconds_sum[5m]) / rate(go_gc_duration_seconds_count[5m])",
    "the labels of what is left": "sum by (schedule) (limitk(2, topk(3, velero_backup_last_status)))",
    "a label that is made": (
        'sum by (kind) (label_replace(velero_backup_last_status, "kind", "$1", "schedule", "(.*)-.*"))'
    ),
    "names by an expression": '{__name__=~"velero_backup_.+_total"}',
    "a name as a matcher": '{__name__="velero_backup_last_status", schedule="daily"}',
    "labels of one side": "velero_backup_last_status * on (instance) group_left (goversion) go_info{}",
    "no metric at all": "vector(1)",
    "counted values": 'count_values("status", velero_backup_last_status)',
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_is_emitted_may_be_asked_for(text: str) -> None:
    assert said(text) == []


WRONG = {
    "a misspelt name": (
        "increase(velero_backup_failures_total[1h]) > 0",
        "none of velero emits velero_backup_failures_total. Did you mean velero_backup_failure_total?",
    ),
    "a metric of something that is not there": (
        "vault_core_unsealed == 0",
        "no component of the environment emits vault_core_unsealed: it is a metric of vault. "
        "Install what emits it in this environment, or leave the rule out where it is not installed.",
    ),
    "a name that nobody has": (
        "claims_total",
        # of an application that the platform does not install
        "warning: no component of the environment emits claims_total. "
        "Ask for a metric that is there, or bring the component that emits it.",
    ),
    "a label that it does not have": (
        'velero_backup_last_status{schedul="daily"}',
        "velero_backup_last_status has no label schedul: the selector finds nothing. Did you mean schedule?",
    ),
    "a histogram's own name": (
        "rate(velero_backup_duration_seconds[5m])",
        "velero_backup_duration_seconds is a histogram, of which only velero_backup_duration_seconds_bucket, "
        "velero_backup_duration_seconds_sum and velero_backup_duration_seconds_count are kept. Ask for "
        "velero_backup_duration_seconds_bucket in histogram_quantile, or for velero_backup_duration_seconds_sum or "
        "velero_backup_duration_seconds_count.",
    ),
    "the rate of a gauge": (
        "rate(velero_backup_last_status[5m])",
        "warning: rate is of a counter, and velero_backup_last_status is a gauge: each time it falls is taken for a "
        "restart. Use deriv, or ask for the gauge itself.",
    ),
    "the difference of a counter": (
        "delta(velero_backup_failure_total[5m])",
        "warning: delta is of a gauge, and velero_backup_failure_total is a counter: it falls when its process "
        "restarts. Use increase.",
    ),
    "a group by what is not there": (
        "sum by (tenant) (velero_backup_last_status)",
        "`by` names the label tenant, which none of the metrics there has. There are schedule.",
    ),
    "a group by what was added up before": (
        "max by (schedule) (sum by (namespace) (velero_backup_last_status))",
        "`by` names the label schedule, which none of the metrics there has. "
        "There are no labels but those of the scrape.",
    ),
    "a match by what is not there": (
        "velero_backup_last_status / on (tenant) velero_backup_items_total",
        "`on` names the label tenant, which none of the metrics there has. There are schedule.",
    ),
    "buckets of what is no histogram": (
        "go_gc_duration_seconds_bucket",
        "none of go-runtime emits go_gc_duration_seconds_bucket. Did you mean go_gc_duration_seconds_count?",
    ),
    "a quantile without its buckets": (
        "histogram_quantile(0.9, sum(rate(velero_backup_duration_seconds_bucket[5m])))",
        "histogram_quantile gets buckets that were added up without `le`: it gives nothing. "
        "Keep the label: sum by (le, ...) (...).",
    ),
    "an alternative of matchers": (
        'velero_backup_last_status{schedule="a" or schedule="b"}',
        "has `or` between matchers, which VictoriaMetrics alone understands. "
        "Match by one regular expression, or write two selectors with `or` between them.",
    ),
    "an expression that no name matches": (
        '{__name__=~"valero_.*"}',
        "warning: no component of the environment emits a metric whose name matches valero_.*. "
        "Ask for names that are there.",
    ),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_what_finds_nothing_is_told_with_the_nearest_name(text: str, message: str) -> None:
    assert said(text) == [message]


def test_where_facts_are_not_exact_a_miss_is_no_error() -> None:
    for text in ("velero_backup_failures_total", 'velero_backup_last_status{schedul="daily"}'):
        assert [one.startswith("warning: ") for one in said(text, INEXACT)] == [True]


def test_a_kind_that_was_only_guessed_is_held_against_nobody() -> None:
    emitted = Emitted([Emitter(component("alloy"))])
    guessed = component("alloy").series("cluster_node_info")
    assert guessed is not None
    assert (guessed.metric.type, guessed.type) == ("gauge", "unknown")
    assert said("rate(cluster_node_info[5m])", emitted) == []


def test_where_not_all_of_an_environment_was_looked_at_only_what_its_own_component_would_emit_is_an_error() -> None:
    assert said("vault_core_unsealed", BLIND)[0].startswith("warning: ")
    assert said("velero_backup_failures_total", BLIND)[0].startswith("none of velero emits")


def test_a_name_that_begins_as_anothers_is_told_with_the_component_that_it_is_of() -> None:
    # both have names that begin with node
    emitted = Emitted([Emitter(component("kubelet"), is_exact=False)])
    [line] = said("node_memory_MemAvailable_bytes", emitted)
    assert line.startswith("warning: no component of the environment emits node_memory_MemAvailable_bytes")
    assert "it is a metric of node-exporter" in line


def test_what_nobody_collects_is_told() -> None:
    emitted = Emitted([Emitter(component("velero"), ("prod-backup: helm_release.velero",), is_collected=False)])
    assert said("velero_backup_last_status", emitted) == [
        "warning: no ServiceMonitor or PodMonitor collects velero_backup_last_status, which velero emits "
        "(prod-backup: helm_release.velero). Switch on the monitor of its chart, or make one."
    ]
    assert said("up", emitted) == []


def test_what_a_rule_records_and_a_monitor_adds_may_be_asked_for() -> None:
    emitted = Emitted([], recorded={"job:errors:rate5m": frozenset({"route"}), "any": None}, extra_labels=["team"])
    assert said('sum by (route, team) (job:errors:rate5m{team="claims"}) > any{whatever="x"}', emitted) == []
    assert said('job:errors:rate5m{code="500"}', emitted) == [
        "job:errors:rate5m has no label code: the selector finds nothing. It has route."
    ]


SYNTAX = ["", "rate(velero_backup_failure_total)", "sum(", "velero_backup_last_status{", "a b", "foo(1)", "x[5x]"]


@pytest.mark.parametrize("text", SYNTAX)
def test_what_prometheus_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(NotPromql):
        parse(text)


def test_an_expression_that_would_end_the_parser_is_refused() -> None:
    with pytest.raises(NotPromql, match="more than 10,000 characters"):
        parse("(" * LONGEST + "up")


@settings(max_examples=60)
@given(st.text(max_size=20) | st.text("(){}[]=~!\"',:+-*/<> abz019_$\\ \n", max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        tree = parse(text)
    except NotPromql:
        return
    assert isinstance(faults(tree, BLIND), list)


@st.composite
def of_facts(draw: st.DrawFn) -> tuple[str, str]:
    """A component and an expression about one of its series, by labels that it has."""
    name = draw(st.sampled_from(["coredns", "kong", "vault", "velero", "ztunnel"]))
    facts = component(name)
    series = facts.series(draw(st.sampled_from(facts.names))) if facts.names else None
    if series is None:
        return name, "sum by () (up)"
    labels = sorted((series.labels or frozenset()) | {"job"})
    matched = draw(st.lists(st.sampled_from(labels), unique=True))
    matchers = ", ".join(f'{label}=~"a|b"' for label in matched)
    selector = f"{series.metric.name}{series.suffix}{{{matchers}}}"
    grouped = draw(st.lists(st.sampled_from(labels), unique=True))
    inner = f"rate({selector}[5m])" if series.type == "counter" else selector
    return name, f"sum by ({', '.join(grouped)}) ({inner})"


@settings(max_examples=50)
@given(of_facts())
def test_whatever_the_facts_have_may_be_asked_for(pair: tuple[str, str]) -> None:
    name, text = pair
    emitted = Emitted([Emitter(component(name))])
    assert said(text, emitted) == []
    labels = labels_of(parse(text), emitted)
    assert labels is not None
    assert labels >= set(parse(text).modifier.labels)


@settings(max_examples=50)
@given(of_facts())
def test_a_name_with_a_letter_more_is_never_taken_for_right(pair: tuple[str, str]) -> None:
    name, text = pair
    emitted = Emitted([Emitter(component(name))])
    [metric] = metrics_of(parse(text))
    assert len(faults(parse(f"{metric}zzz"), emitted)) == (0 if component(name).series(f"{metric}zzz") else 1)


VARIABLES = {
    "a duration of Grafana's": ("rate(x_total[$__rate_interval])", "rate(x_total[5m])"),
    "a duration in braces": ("rate(x_total[${__interval}:${step:raw}])", "rate(x_total[5m:5m])"),
    "a duration of the user's": ("rate(x_total[$window] offset $back)", "rate(x_total[5m] offset 5m)"),
    "a number": ("x_total / $__range_s", "x_total / 1"),
    "a label": ("sum by ($group) (x)", f"sum by ({VARIABLE}) (x)"),
    "an older way": ("sum by ([[group]]) (x)", f"sum by ({VARIABLE}) (x)"),
    "the text of a matcher": ('x{cluster=~"$cluster", a="[[b]]"}', 'x{cluster=~"$cluster", a="[[b]]"}'),
}


@pytest.mark.parametrize(("text", "likeliest"), VARIABLES.values(), ids=VARIABLES)
def test_variables_of_a_dashboard_are_filled_in(text: str, likeliest: str) -> None:
    assert with_variables(text)[0] == likeliest
    parse(likeliest)


@settings(max_examples=50)
@given(st.text("abc{}()=\"'`[]0.5m, \\"))
def test_a_text_without_variables_stays(text: str) -> None:
    if "[[" not in text:
        assert with_variables(text) == [text]


def test_facts_say_where_they_are_from_and_every_emitter_has_them() -> None:
    said = emitters()
    entries = [*said["charts"].values(), *said["addons"].values(), said["cluster"]]
    named = {name for one in entries for word in ("components", "one_of") for name in one.get(word, ())}
    included = {name for one in component_names() for name in component(one).includes}
    assert named | included <= set(component_names())
    for name in component_names():
        facts = component(name)
        assert facts.sources
        assert facts.version
        assert set().union(*facts.only_if.values()) <= set(facts.texts) if facts.only_if else True


def test_every_chart_of_the_lock_is_known_to_emit_or_to_run_nothing() -> None:
    from groundplan.charts import chart, list_charts

    bring_kinds_alone = {"base", "karpenter-crd", "prometheus-operator-crds"}
    assert {chart(name).chart for name in list_charts()} - bring_kinds_alone == set(emitters()["charts"])
