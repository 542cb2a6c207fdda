"""Which collector reads what: what none selects says so, and what one scrapes counts as collected."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.objects import KubernetesObject
from groundplan.signals import Environment, Running, describe, markdown
from groundplan.signals.discovering import discovered_by

from .test_arriving import PODS, SERVICE, VELERO, judge, lines, of, release, rule

ALLOY = """
prometheus.remote_write "mimir" { endpoint { url = "http://mimir/api/v1/push" } }
prometheus.operator.servicemonitors "selected" {
  forward_to = [prometheus.remote_write.mimir.receiver]
  %s
}
prometheus.scrape "kubelet" {
  job_name = "kubelet"
  targets = []
  forward_to = [prometheus.remote_write.mimir.receiver]
}
mimir.rules.kubernetes "selected" {
  address = "http://mimir"
  rule_selector { match_labels = {"release" = "prometheus"} }
}
"""
SELECTED = 'selector { match_labels = {"release" = "prometheus"} }'


def collector(configuration: str = ALLOY % SELECTED, stack: str = "prod-observability") -> Running:
    return release("alloy", of("ConfigMap", "alloy-metrics", {"data": {"config.alloy": configuration}}), stack=stack)


def monitored(**labels: str) -> KubernetesObject:
    spec = {"selector": {"matchLabels": VELERO}, "endpoints": [{"port": "metrics"}]}
    return of("ServiceMonitor", "velero", {"spec": spec}, labels=labels)


def ruled(**labels: str) -> KubernetesObject:
    document = dict(rule("velero_backup_last_status == 0").document)
    return of("PrometheusRule", "backups", {"spec": document["spec"]}, labels=labels)


def test_what_a_collector_selects_arrives() -> None:
    running = [collector(), release("velero", SERVICE, PODS, monitored(release="prometheus"))]
    assert lines(judge([*running, release("", ruled(release="prometheus"))], {})) == []


def test_a_monitor_and_a_rule_that_no_collector_selects_are_errors_with_what_is_asked_for() -> None:
    running = [collector(), release("velero", SERVICE, PODS, monitored(team="a")), release("", ruled())]
    assert lines(judge(running, {})) == [
        "error: prod-backup: helm_release.own: PrometheusRule b/backups of c/templates/prometheusrule.yaml: no "
        "collector of the environment selects it, and its alerts never ring: mimir.rules.kubernetes.selected of "
        "alloy-metrics (release=prometheus); it has no labels",
        "error: prod-backup: helm_release.velero: ServiceMonitor b/velero of c/templates/servicemonitor.yaml: no "
        "collector of the environment selects it, and nothing of it is collected: "
        "prometheus.operator.servicemonitors.selected of alloy-metrics (release=prometheus); it has team=a",
        "warning: prod-backup: helm_release.own: PrometheusRule b/backups of c/templates/prometheusrule.yaml: "
        "spec.groups[0].rules[0].expr: alert A0 in group g: no ServiceMonitor or PodMonitor collects "
        "velero_backup_last_status, which velero emits (prod-backup: helm_release.velero)",
    ]


def test_a_kind_that_no_component_reads_is_an_error_too() -> None:
    pods = of("PodMonitor", "velero", {"spec": {"selector": {"matchLabels": VELERO}, "podMetricsEndpoints": [{}]}})
    (said,) = lines(judge([collector(), release("velero", SERVICE, PODS, pods)], {}))
    assert said.endswith("no collector of the environment reads a PodMonitor: nothing of it is collected")


@pytest.mark.parametrize(
    "selector",
    [
        "",
        "selector { }",
        'selector { match_labels = {"release" = sys.env("RELEASE")} }',
        'selector { match_expression {\n key = "team"\n operator = "Exists"\n } }',
        'selector { match_expression {\n key = "team"\n operator = "In"\n values = ["a"]\n } }',
        'namespaces = ["b"]',
    ],
)
def test_all_ways_to_select_are_known_and_what_alloy_alone_can_tell_is_let_be(selector: str) -> None:
    running = [collector(ALLOY % selector), release("velero", SERVICE, PODS, monitored(team="a"))]
    assert lines(judge(running, {})) == []


@pytest.mark.parametrize(
    "selector",
    ['namespaces = ["other"]', 'selector { match_expression {\n key = "team"\n operator = "DoesNotExist"\n } }'],
)
def test_other_namespaces_and_expressions_leave_a_monitor_out(selector: str) -> None:
    (said,) = lines(judge([collector(ALLOY % selector), release("velero", SERVICE, PODS, monitored(team="a"))], {}))
    assert said.startswith("error: ")


def test_without_a_collector_of_metrics_or_with_stacks_that_nobody_saw_there_is_no_error() -> None:
    mine = release("velero", SERVICE, PODS, monitored(team="a"))
    assert lines(judge([mine], {})) == []
    # logs alone
    assert lines(judge([collector('loki.write "l" { endpoint { url = "http://l" } }'), mine], {})) == []
    (said,) = lines(judge([collector(), mine], {}, blind=["prod-mesh"]))
    assert said.startswith("warning: ")


@given(st.text(max_size=60))
def test_configurations_of_any_shape_are_read(text: str) -> None:
    judge([collector(text), collector(f'prometheus.operator.servicemonitors "a" {{ selector = {text} }}')], {})


def test_the_page_tells_what_collects_what_and_where_it_goes() -> None:
    running = [collector(), release("velero", SERVICE, PODS, monitored(release="prometheus"))]
    described: dict[str, Any] = describe({"prod": Environment.of(running, {})}, {"prod-backup": "backup"})
    assert described["collectors"] == [
        {
            "collector": "alloy-metrics",
            "takes": {"PrometheusRules": ["prod"], "ServiceMonitors": ["prod"], "targets of its own": ["prod"]},
            "reads": {"PrometheusRule: release=prometheus": ["prod"], "ServiceMonitor: release=prometheus": ["prod"]},
            "sends_to": {"http://mimir": ["prod"], "http://mimir/api/v1/push": ["prod"]},
        }
    ]
    components = {
        each["component"]: each["collected_by"]
        for family in described["families"].values()
        for each in family["components"]
    }
    assert components["kubelet"] == {"the scrapes of alloy-metrics": ["prod"]}
    assert components["velero"] == {"ServiceMonitor b/velero": ["prod"]}
    assert "| alloy-metrics | PrometheusRules, ServiceMonitors, targets of its own |" in markdown(described)


# Annotations

OFFERED = {"prometheus.io/scrape": "true", "prometheus.io/port": "8085"}
DISCOVERY = """
prometheus.remote_write "mimir" { endpoint { url = "http://mimir/api/v1/push" } }
discovery.relabel "pods" {
  targets = []
  rule {
    source_labels = ["__meta_kubernetes_pod_annotation_prometheus_io_scrape"]
    regex = "true"
    action = "keep"
  }
}
"""
TO_CLOUDWATCH = """
receivers: {prometheus: {config: {scrape_configs: [{job_name: pods, kubernetes_sd_configs: [{role: pod}],
  relabel_configs: [{source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape], action: keep}]}]}}}
exporters: {awsemf: {}}
"""


def offering() -> KubernetesObject:
    document = json.loads(json.dumps(PODS.document))
    document["spec"]["template"]["metadata"]["annotations"] = OFFERED
    return KubernetesObject("helm_release.x", "t", "b", document)


def test_pods_that_offer_themselves_are_collected_from_where_a_collector_looks_for_such() -> None:
    asked = release("velero", offering(), ruled(release="prometheus"))
    (line,) = lines(judge([collector(), asked], {}))
    assert "no ServiceMonitor or PodMonitor collects velero_backup_last_status" in line
    discovering = release(
        "alloy", of("ConfigMap", "more", {"data": {"config.alloy": DISCOVERY}}), stack="prod-observability"
    )
    assert lines(judge([collector(), discovering, asked], {})) == []
    # what goes to CloudWatch is found by no query of Prometheus
    elsewhere = release("", of("ConfigMap", "adot", {"data": {"relay": TO_CLOUDWATCH}}))
    assert len(lines(judge([collector(), elsewhere, asked], {}))) == 1


PODS_TOO = """
prometheus.operator.podmonitors "selected" { forward_to = [prometheus.remote_write.mimir.receiver] }
"""


def test_a_monitor_of_all_pods_collects_from_those_that_have_its_port() -> None:
    spec = {"selector": {}, "podMetricsEndpoints": [{"port": "http-envoy-prom"}]}
    everybody = of("PodMonitor", "proxies", {"spec": spec}, labels={"release": "prometheus"})
    asked = release("velero", PODS, ruled(release="prometheus"))
    told = " ".join(lines(judge([collector(ALLOY % SELECTED + PODS_TOO), release("", everybody), asked], {})))
    assert "no ServiceMonitor or PodMonitor collects velero_backup_last_status" in told
    spec = {"selector": {}, "podMetricsEndpoints": [{"port": "http"}]}
    everybody = of("PodMonitor", "pods", {"spec": spec}, labels={"release": "prometheus"})
    told = " ".join(lines(judge([collector(ALLOY % SELECTED + PODS_TOO), release("", everybody), asked], {})))
    assert "collects velero_backup_last_status" not in told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TO_CLOUDWATCH, [()]),
        (TO_CLOUDWATCH.replace("role: pod}", "role: pod, namespaces: {names: [a, b]}}"), [("a", "b")]),
        (TO_CLOUDWATCH.replace("role: pod}", "role: node}"), []),
        (DISCOVERY, [()]),
        ("__meta_kubernetes_pod_annotation_prometheus_io_scrape: [", [()]),
        ("kubernetes_sd_configs: [{role: pod}]", []),
    ],
)
def test_where_a_configuration_looks_for_pods_that_offer_themselves(text: str, found: list[tuple[str, ...]]) -> None:
    assert list(discovered_by(text)) == found


@given(st.text() | st.text().map(lambda text: f"__meta_kubernetes_pod_annotation_prometheus_io_scrape {text}"))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(list(discovered_by(text)), list)
