"""Whether the signals of an environment arrive: who asks, who emits, who collects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.charts import chart
from groundplan.objects import KNOWN_AFTER_APPLY, KubernetesObject
from groundplan.signals import Environment, Judged, Running
from groundplan.signals import judge as judge_environment

VELERO = {"app.kubernetes.io/name": "velero"}


def judge(running: Sequence[Running], plans: Mapping[str, Any], **more: Any) -> Judged:
    return judge_environment(Environment.of(running, plans, **more))


def of(
    kind: str, name: str, content: Mapping[str, Any], *, labels: Mapping[str, str] | None = None, namespace: str = "b"
) -> KubernetesObject:
    group = {"PrometheusRule": "monitoring.coreos.com/v1", "ServiceMonitor": "monitoring.coreos.com/v1"}
    group |= {"PodMonitor": "monitoring.coreos.com/v1", "Deployment": "apps/v1"}
    document = {
        "apiVersion": group.get(kind, "v1"),
        "kind": kind,
        "metadata": {"name": name, "labels": dict(labels or {})},
        **content,
    }
    return KubernetesObject("helm_release.x", f"c/templates/{kind.lower()}.yaml", namespace, document)


def release(locked: str, *objects: KubernetesObject, stack: str = "prod-backup", known: bool = True) -> Running:
    """A release of a locked chart; of one in a module where `locked` is empty."""
    facts = chart(locked) if locked else None
    name, version = (facts.chart, facts.version) if facts else ("resources", "")
    return Running(stack, f"helm_release.{locked or 'own'}", name, version, facts is None, objects if known else None)


def rule(*exprs: str, **more: Any) -> KubernetesObject:
    rules = [{"alert": f"A{index}", "expr": expr, **more} for index, expr in enumerate(exprs)]
    return of("PrometheusRule", "backups", {"spec": {"groups": [{"name": "g", "rules": rules}]}})


SERVICE = of("Service", "velero", {"spec": {"ports": [{"name": "metrics", "port": 8085}]}}, labels=VELERO)
PODS = of(
    "Deployment",
    "velero",
    {
        "spec": {
            "template": {
                "metadata": {"labels": VELERO},
                "spec": {"containers": [{"name": "v", "ports": [{"name": "http", "containerPort": 8085}]}]},
            }
        }
    },
)


def monitor(kind: str = "ServiceMonitor", **spec: Any) -> KubernetesObject:
    word = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    port = "metrics" if kind == "ServiceMonitor" else "http"
    return of(kind, "velero", {"spec": {"selector": {"matchLabels": VELERO}, word: [{"port": port}], **spec}})


def lines(found: Judged) -> list[str]:
    told = [("error", each) for problems in found.problems.values() for each in problems]
    told += [("warning", each) for problems in found.warnings.values() for each in problems]
    return [f"{what}: {each.path}: {each.message}" for what, each in told]


def test_a_rule_that_asks_for_what_a_release_emits_and_a_monitor_collects_is_fine() -> None:
    running = [release("velero", SERVICE, PODS, monitor()), release("", rule("velero_backup_last_status == 0"))]
    assert judge(running, {}) == Judged({}, {}, ())


def test_a_rule_says_release_object_group_alert_and_the_nearest_name() -> None:
    found = judge([release("velero", SERVICE, monitor(), rule("up", "velero_backup_last_statuss == 0"))], {})
    [problem] = found.problems["prod-backup"]
    assert str(problem) == (
        "prod-backup: helm_release.velero: PrometheusRule b/backups of c/templates/prometheusrule.yaml: "
        "spec.groups[0].rules[1].expr: alert A1 in group g: none of velero emits velero_backup_last_statuss\n"
        "    Did you mean velero_backup_last_status?"
    )
    assert not found.warnings


def test_a_rule_that_prometheus_does_not_parse_is_an_error_and_what_nobody_can_look_at_is_said() -> None:
    asked = rule("sum(", f"x > {KNOWN_AFTER_APPLY}", '{app="x"} |= "error"', f'up{{job="{KNOWN_AFTER_APPLY}"}}')
    found = judge([release("", asked)], {})
    assert [line.partition("alert ")[2] for line in lines(found)] == [
        "A0 in group g: is no PromQL: unclosed left parenthesis, got sum("
    ]
    assert [each.rpartition(": ")[2] for each in found.unknown] == [
        "parts of it are known only after apply",
        "it is no PromQL, but LogQL or TraceQL",
    ]


@pytest.mark.parametrize("locked", ["velero", "tempo-distributed", "tempo-distributed-2x", "metrics-server"])
def test_facts_of_another_version_than_the_charts_make_warnings(locked: str) -> None:
    word = {"velero": "velero", "metrics-server": "metrics_server"}.get(locked, "tempo")
    running = [release(locked, rule(f"{word}_nothing_like_it"))]
    [line] = lines(judge(running, {}))
    # metrics-server's facts are of a newer version than its chart
    assert line.startswith("warning" if locked == "metrics-server" else "error")
    other = [Running("s", "a", each.chart, "0.0.1", False, each.objects) for each in running]
    assert lines(judge(other, {}))[0].startswith("warning")


def test_a_metric_of_one_version_of_a_component_is_none_of_another() -> None:
    asked = rule("tempo_ingester_live_traces")
    assert lines(judge([release("tempo-distributed-2x", asked)], {}))[0].startswith("warning: ")  # nobody collects it
    assert "emits tempo_ingester_live_traces" in lines(judge([release("tempo-distributed", asked)], {}))[0]


def test_what_a_chart_or_a_stack_that_nobody_knows_may_emit_is_no_error() -> None:
    asked = release("", rule("vault_core_unsealed"))
    stranger = Running("prod-x", "helm_release.claims", "claims", "1.0.0", False, (PODS,))
    for running, blind in (([asked, stranger], []), ([asked], ["prod-mesh"])):
        assert [line.partition(":")[0] for line in lines(judge(running, {}, blind=blind))] == ["warning"]
    assert [line.partition(":")[0] for line in lines(judge([asked], {}))] == ["error"]


def test_what_the_cluster_has_by_itself_by_an_add_on_or_by_the_environments_word_is_emitted() -> None:
    addon = {
        "resource_changes": [
            {
                "address": "aws_eks_addon.x",
                "mode": "managed",
                "type": "aws_eks_addon",
                "change": {"after": {"addon_name": "kube-state-metrics"}},
            }
        ]
    }
    asked = [release("", rule("kube_pod_info", "coredns_cache_entries", "istio_build"))]
    assert lines(judge(asked, {"prod-x": addon}, provides=["istiod"])) == []
    assert [line.partition(" emits ")[2].partition(":")[0] for line in lines(judge(asked, {}))] == [
        "kube_pod_info",
        "istio_build",
    ]


def test_recorded_names_are_emitted_with_the_labels_that_are_left() -> None:
    groups = [
        {"name": "r", "rules": [{"record": "job:bad:rate5m", "expr": "sum by (schedule) (velero_backup_last_status)"}]},
        {"name": "a", "rules": [{"alert": "Bad", "expr": 'job:bad:rate5m{schedule="x"} > 0'}]},
        {"name": "b", "rules": [{"alert": "Worse", "expr": 'job:bad:rate5m{tenant="x"} > 0'}]},
    ]
    objects = (of("PrometheusRule", "own", {"spec": {"groups": groups}}), SERVICE, monitor())
    [line] = lines(judge([release("velero", *objects)], {}))
    assert "alert Worse in group b: job:bad:rate5m has no label tenant" in line


MONITORS = {
    "a Service of its own": (monitor(), []),
    "pods of its own": (monitor("PodMonitor"), []),
    "any labels": (monitor(selector={}), []),
    "anywhere": (monitor(namespaceSelector={"any": True}), []),
    "other labels": (
        monitor(selector={"matchLabels": {"app": "velero"}}),
        ["error: ", "selects Services in b by app=velero, and no release of the environment makes such"],
    ),
    "other pods": (
        monitor("PodMonitor", selector={"matchExpressions": [{"key": "app", "operator": "Exists"}]}),
        ["error: ", "selects pods in b by app Exists, and no release of the environment makes such"],
    ),
    "another namespace": (
        monitor(namespaceSelector={"matchNames": ["c"]}),
        # what is there may be of others
        ["warning: ", "selects Services in c by app.kubernetes.io/name=velero"],
    ),
    "another port": (
        monitor(endpoints=[{"port": "http"}]),
        ["error: ", "asks for the port http, and velero has metrics: it collects nothing"],
    ),
    "what only an apply tells": (monitor(selector={"matchLabels": {"app": KNOWN_AFTER_APPLY}}), []),
    "what every cluster has": (
        monitor(selector={"matchLabels": {"k8s-app": "kube-dns"}}, namespaceSelector={"matchNames": ["kube-system"]}),
        [],
    ),
}


@pytest.mark.parametrize(("made", "told"), MONITORS.values(), ids=MONITORS)
def test_a_monitor_finds_what_it_selects(made: KubernetesObject, told: Sequence[str]) -> None:
    found = lines(judge([release("velero", SERVICE, PODS, made)], {}))
    assert [line for line in found if all(part in line for part in told)] == found
    assert len(found) == bool(told)


def test_what_a_webhook_labels_is_seen_by_nobody_here() -> None:
    injected = monitor(
        "PodMonitor",
        selector={"matchExpressions": [{"key": "service.istio.io/canonical-name", "operator": "Exists"}]},
        namespaceSelector={"any": True},
    )
    asked = rule("istio_requests_total")
    assert lines(judge([release("velero", PODS), release("istiod", injected, asked, stack="prod-mesh")], {})) == []
    # nothing labels pods
    assert len(lines(judge([release("velero", PODS, injected)], {}))) == 1


def test_a_monitor_that_finds_nothing_is_told_what_is_alike() -> None:
    lost = monitor(selector={"matchLabels": {"app.kubernetes.io/name": "veleros"}})
    [problem] = judge([release("velero", SERVICE, PODS, lost)], {}).problems["prod-backup"]
    assert problem.cure == "Select labels that they have. There are velero (app.kubernetes.io/name=velero)."


def test_where_a_release_was_not_rendered_a_monitor_may_find_something() -> None:
    lost = monitor(selector={"matchLabels": {"app": "velero"}})
    running = [release("velero", SERVICE, lost), release("vault", known=False)]
    assert [line.partition(":")[0] for line in lines(judge(running, {}))] == ["warning"]


def test_a_metric_that_nobody_collects_is_told_unless_an_annotation_has_it_scraped() -> None:
    annotated = json.loads(json.dumps(PODS.document))
    annotated["spec"]["template"]["metadata"]["annotations"] = {"prometheus.io/scrape": "true"}
    scraped = KubernetesObject("helm_release.x", "t", "b", annotated)
    asked = rule("velero_backup_last_status")
    assert [line.partition(":")[0] for line in lines(judge([release("velero", PODS, asked)], {}))] == ["warning"]
    assert lines(judge([release("velero", scraped, asked)], {})) == []


def test_labels_that_relabelings_and_collectors_add_may_be_asked_for() -> None:
    labels = ["team_of", "tier", "app_kubernetes_io_name", "site", "owner"]
    asked = rule(*(f'velero_backup_last_status{{{label}="x"}}' for label in labels))
    relabelled = monitor(
        targetLabels=["team-of"],
        endpoints=[
            {
                "port": "metrics",
                "relabelings": [
                    {"targetLabel": "tier"},
                    {"action": "labelmap", "regex": "__meta_kubernetes_service_label_(.+)"},
                ],
            }
        ],
    )
    config = 'rule { target_label = "site" }\nprometheus.remote_write "x" { external_labels = { owner = "claims" } }'
    collector = of("ConfigMap", "alloy", {"data": {"config.alloy": config}})
    assert lines(judge([release("velero", SERVICE, relabelled, asked, collector)], {})) == []
    assert len(lines(judge([release("velero", SERVICE, monitor(), asked)], {}))) == len(labels)


PROMETHEUS = {"type": "prometheus", "uid": "mimir"}


def dashboard(**panel: Any) -> dict[str, Any]:
    return {
        "title": "Backups",
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus"}]},
        "panels": [{"type": "row", "panels": [{"title": "Failures", "datasource": PROMETHEUS, **panel}]}],
    }


def shown(dashboards: Mapping[str, Any]) -> list[str]:
    data = {name: each if isinstance(each, str) else json.dumps(each) for name, each in dashboards.items()}
    made = of("ConfigMap", "dashboards", {"data": data}, labels={"grafana_dashboard": "1"})
    found = judge([release("velero", SERVICE, monitor(), made)], {})
    return [*lines(found), *found.unknown]


def test_dashboards_ask_for_what_is_there() -> None:
    rate = "sum by ($group) (rate(velero_backup_failure_total{schedule=~'$schedule'}[$__rate_interval]))"
    annotation = {"name": "a", "datasource": {"uid": "${source}"}, "expr": "velero_backup_last_status"}
    assert (
        shown(
            {
                "a.json": dashboard(targets=[{"expr": rate}, {"expr": "", "refId": "B"}]),
                "b.json": dashboard(targets=[{"expr": '{app="x"} |= "y"', "datasource": {"type": "loki"}}]),
                "c.json": dashboard(datasource={"uid": "unsaid"}, targets=[{"expr": "whatever"}]),
                "d.json": {**dashboard(), "annotations": {"list": [annotation]}},
                "e.json": {"panels": "none"},
                "notes.txt": "{",
            }
        )
        == []
    )


def test_a_dashboard_says_its_file_its_panel_and_its_query() -> None:
    variable = {"name": "s", "type": "query", "datasource": PROMETHEUS}
    assert shown(
        {
            "a.json": dashboard(targets=[{"expr": "rate(velero_backup_failures_total[$w])", "refId": "A"}]),
            "b.json": dashboard(datasource="$source", targets=[{"expr": "sum("}]),
            "c.json": {
                "panels": [],
                "templating": {
                    "list": [
                        {**variable, "query": "label_values(velero_backup_last_statuss, schedule)"},
                        {**variable, "query": {"query": "query_result(velero_nothing)"}},
                        {**variable, "query": {"query": "label_values(schedule)"}},
                    ]
                },
            },
            "d.json": "{",
            "e.json": dashboard(targets=[{"expr": "topk($a b, up)"}]),
        }
    ) == [
        "error: prod-backup: helm_release.velero: ConfigMap b/dashboards: dashboard a.json: panel Failures, query A: "
        "none of velero emits velero_backup_failures_total",
        "error: prod-backup: helm_release.velero: ConfigMap b/dashboards: dashboard b.json: panel Failures, query 0: "
        "is no PromQL: unclosed left parenthesis, got sum(",
        "error: prod-backup: helm_release.velero: ConfigMap b/dashboards: dashboard c.json: variable s: "
        "none of velero emits velero_backup_last_statuss",
        "error: prod-backup: helm_release.velero: ConfigMap b/dashboards: dashboard c.json: variable s: "
        "none of velero emits velero_nothing",
        "error: prod-backup: helm_release.velero: ConfigMap b/dashboards: dashboard d.json: file: is no JSON that "
        "Grafana loads: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        "prod-backup: helm_release.velero: ConfigMap b/dashboards: dashboard e.json: panel Failures, query 0: "
        "the expression was not looked at: its variables stand where they may be anything",
    ]


def test_a_dashboard_of_what_is_not_installed_is_told_once_and_stops_nothing() -> None:
    targets = [{"expr": "vault_core_unsealed / vault_core_active"}, {"expr": "vault_core_unsealed{whatever='x'}"}]
    assert shown({"a.json": dashboard(targets=[*targets, {"expr": "claims_total"}])}) == [
        "warning: prod-backup: helm_release.velero: ConfigMap b/dashboards: dashboard a.json: asks for metrics of "
        "vault, which nothing in the environment runs: vault_core_active, vault_core_unsealed",
        "warning: prod-backup: helm_release.velero: ConfigMap b/dashboards: dashboard a.json: panel Failures, query 2: "
        "no component of the environment emits claims_total",
    ]


def test_dashboards_and_services_that_a_plan_makes_without_a_release_count() -> None:
    def made(kind: str, **after: Any) -> dict[str, Any]:
        metadata = [{"name": "own", "namespace": "b", "labels": VELERO}]
        change = {"after": {"metadata": metadata, **after}, "after_unknown": {}}
        return {"address": f"{kind}.own", "type": kind, "mode": "managed", "change": change}

    board = json.dumps(dashboard(targets=[{"expr": "velero_nothing"}]))
    plan = {
        "resource_changes": [
            made("kubernetes_config_map_v1", data={"a.json": board}),
            made("kubernetes_service_v1", spec=[{"selector": VELERO, "port": [{"name": "metrics", "port": 8085}]}]),
        ]
    }
    found = judge([release("velero", monitor())], {"prod-backup": plan})
    assert lines(found) == [
        "error: prod-backup: kubernetes_config_map_v1.own: ConfigMap b/own: dashboard a.json: panel Failures, "
        "query 0: none of velero emits velero_nothing"
    ]


_PROMETHEUS_RULE = {"groups": [{"name": "g", "rules": [{"alert": "A", "expr": "up", "labels": {"a": "b"}}]}]}
_MONITOR = {
    "selector": {"matchLabels": VELERO, "matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]},
    "namespaceSelector": {"any": False, "matchNames": ["b"]},
    "endpoints": [{"port": "metrics", "relabelings": [{"action": "labelmap", "regex": "x", "targetLabel": "y"}]}],
    "targetLabels": ["a"],
}
_POD = {"metadata": {"labels": VELERO, "annotations": {}}, "spec": {"containers": [{"ports": [{"name": "http"}]}]}}
_BOARD = {
    "panels": [{"title": "t", "targets": [{"expr": "up", "datasource": {"type": "prometheus", "uid": "u"}}]}],
    "templating": {"list": [{"name": "n", "type": "query", "query": {"query": "up"}, "datasource": {"uid": "$n"}}]},
    "annotations": {"list": [{"name": "a", "expr": "up", "datasource": {"type": "prometheus"}}]},
}
_CONFIG_MAP = {"metadata": [{"name": "n", "labels": {}}], "data": {"a.json": "{}"}}
_ADDON = {"addon_name": "coredns"}
_ALARM = {"namespace": "AWS/SQS", "metric_name": "x", "dimensions": {"a": "b"}}
_CHANGES = [
    {"address": "a", "type": kind, "mode": "managed", "change": {"after": after, "after_unknown": {"dimensions": {}}}}
    for kind, after in (
        ("kubernetes_config_map_v1", _CONFIG_MAP),
        ("kubernetes_service_v1", {"metadata": [{}], "spec": [{"port": [{"name": "x"}]}]}),
        ("aws_eks_addon", _ADDON),
        ("aws_cloudwatch_metric_alarm", _ALARM),
        ("aws_cloudwatch_metric_alarm", {"metric_query": [{"id": "m", "metric": [_ALARM]}]}),
        ("aws_cloudwatch_log_metric_filter", {"metric_transformation": [{"namespace": "n", "name": "m"}]}),
    )
]
_WHOLE = {
    "rule": {"spec": _PROMETHEUS_RULE},
    "monitor": {"spec": _MONITOR},
    "pods": {"spec": {"template": _POD}},
    "service": {"spec": {"ports": [{"name": "metrics"}]}},
    "board": _BOARD,
    "plan": {"resource_changes": _CHANGES},
}


def ways(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in `value`."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(each for key, inner in pairs for each in ways(inner, (*way, key)))]


WAYS = [way for way in ways(_WHOLE) if len(way) > 1]


@settings(max_examples=80)
@given(st.sampled_from(WAYS), st.sampled_from([None, True, 7, "x", [], [None], ["x"], {}, {"x": "y"}, {"x": ["y"]}]))
def test_objects_and_plans_of_any_shape_are_read(way: tuple[Any, ...], wrong: Any) -> None:
    whole = json.loads(json.dumps(_WHOLE))
    inner = whole
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = wrong
    content = {name: whole[name] if isinstance(whole[name], dict) else {} for name in whole}
    objects = [
        of("PrometheusRule", "r", content["rule"]),
        of("ServiceMonitor", "m", content["monitor"]),
        of("PodMonitor", "p", content["monitor"]),
        of("Deployment", "d", content["pods"]),
        of("Service", "s", content["service"]),
        of("ConfigMap", "c", {"data": {"a.json": json.dumps(content["board"])}}),
        of("ConfigMap", "w", {"data": wrong}),
    ]
    judge([release("velero", *objects)], {"prod-backup": content["plan"]})
