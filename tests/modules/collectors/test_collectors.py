"""Collectors: what is read, where it goes and as whom, what may reach them, who is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.applications import judge_values
from groundplan.applications.syntaxes.blocks import ALLOY, read
from groundplan.charts import chart
from groundplan.framework.checking import problems_of
from modules.observability.collectors import Collectors, TraceCollector
from tests.modules.collectors.examples import FULL, SMALL
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.support.planning import ModulePlan


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("collectors", tmp_path_factory)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    return plan_module(Collectors, SMALL)


def _values(plan: ModulePlan, release: str) -> dict[str, Any]:
    return plan.helm_values(f"helm_release.{release}[0]")


def _blocks(plan: ModulePlan, release: str) -> dict[str, Any]:
    """What Alloy is told to do, by the kinds and labels of its blocks."""
    return read(_values(plan, release)["alloy"]["configMap"]["content"], ALLOY).content


def _only(blocks: Any) -> Any:
    (one,) = blocks
    return one


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


@pytest.mark.parametrize("release", ["logs", "metrics", "traces"])
def test_alloy_takes_every_configuration_as_terraform_writes_it(full: ModulePlan, release: str) -> None:
    found = judge_values(chart("alloy"), _values(full, release), where="values")
    assert (found.problems, found.warnings, found.unchecked) == ([], [], {})


# Where it goes, and as whom


def test_all_of_it_belongs_to_one_tenant_whose_password_is_read_of_a_file(full: ModulePlan) -> None:
    logs = _only(_only(_blocks(full, "logs")["loki.write"]["loki"])["endpoint"])
    assert logs["url"] == FULL.loki.url if FULL.loki else None
    assert logs["tenant_id"] == "prod"
    assert _only(logs["basic_auth"]) == {"username": "prod", "password_file": "/etc/alloy-passwords/loki/password"}
    metrics = _only(_only(_blocks(full, "metrics")["prometheus.remote_write"]["mimir"])["endpoint"])
    assert metrics["headers"] == {"X-Scope-OrgID": "prod"}
    assert _only(metrics["basic_auth"])["password_file"] == "/etc/alloy-passwords/mimir/password"
    traces = _blocks(full, "traces")
    login = _only(_only(traces["otelcol.auth.basic"]["tempo"])["client_auth"])
    assert login == {"username": "prod", "password_file": "/etc/alloy-passwords/tempo/password"}
    assert _only(_only(traces["otelcol.exporter.otlphttp"]["tempo"])["client"])["headers"] == {"X-Scope-OrgID": "prod"}


@pytest.mark.parametrize(
    ("release", "stores"), [("logs", {"loki"}), ("metrics", {"loki", "mimir"}), ("traces", {"tempo"})]
)
def test_a_collector_has_the_passwords_that_it_needs_and_no_other(
    full: ModulePlan, release: str, stores: set[str]
) -> None:
    volumes = _values(full, release)["controller"]["volumes"]["extra"]
    secrets = {volume["secret"]["secretName"] for volume in volumes if "secret" in volume}
    assert secrets == {f"collectors-{store}" for store in stores}
    for store in stores:
        made = full.helm_values(f"helm_release.{store}_password[0]")["objects"][f"{store}_password"]
        assert made["spec"]["target"]["name"] == f"collectors-{store}"
        assert made["spec"]["data"][0]["remoteRef"] == {"key": f"prod/collectors/{store}", "property": "password"}


def test_everything_says_which_cluster_it_is_of(full: ModulePlan) -> None:
    labels = {"cluster": "prod", "environment": "prod"}
    assert _only(_blocks(full, "logs")["loki.write"]["loki"])["external_labels"] == labels
    assert _only(_blocks(full, "metrics")["prometheus.remote_write"]["mimir"])["external_labels"] == labels
    statements = _only(_only(_blocks(full, "traces")["otelcol.processor.transform"]["cluster"])["trace_statements"])
    assert statements["statements"] == ['set(attributes["k8s.cluster.name"], "prod")']


# Logs


def test_logs_are_read_of_files_by_root_without_any_capability(full: ModulePlan) -> None:
    values, blocks = _values(full, "logs"), _blocks(full, "logs")
    assert "loki.source.kubernetes" not in blocks
    assert blocks["loki.source.file"].keys() == {"pods"}
    assert "stage.cri" in _only(blocks["loki.process"]["kept"])
    assert _only(blocks["loki.source.journal"]["node"])["path"] == "/var/log/journal"
    context = values["alloy"]["securityContext"]
    assert (context["runAsUser"], context["capabilities"], context["allowPrivilegeEscalation"]) == (
        0,
        {"drop": ["ALL"]},
        False,
    )
    assert values["alloy"]["mounts"]["varlog"] is True
    # how far it has read is on the node, so a new pod goes on there
    storage = values["controller"]["volumes"]["extra"][0]
    assert storage["hostPath"] == {"path": "/var/lib/alloy-monitoring", "type": "DirectoryOrCreate"}
    level = full.resource("kubernetes_namespace.collectors[0]")["metadata"][0]["labels"]
    assert level == {"pod-security.kubernetes.io/enforce": "privileged"}


def test_logs_are_read_of_the_api_server_by_nobody_of_the_node_s(small: ModulePlan) -> None:
    values, blocks = _values(small, "logs"), _blocks(small, "logs")
    assert blocks["loki.source.kubernetes"].keys() == {"pods"}
    assert blocks.keys().isdisjoint({"loki.source.file", "local.file_match", "loki.source.journal"})
    assert "stage.cri" not in _only(blocks["loki.process"]["kept"])
    assert values["alloy"]["securityContext"]["runAsNonRoot"] is True
    assert values["alloy"]["mounts"]["varlog"] is False
    assert values["controller"]["volumes"]["extra"] == [{"name": "storage", "emptyDir": {}}]
    level = small.resource("kubernetes_namespace.collectors[0]")["metadata"][0]["labels"]
    assert level == {"pod-security.kubernetes.io/enforce": "restricted"}


def test_there_is_a_pod_on_every_node_whatever_it_is_tainted_with(full: ModulePlan) -> None:
    controller = _values(full, "logs")["controller"]
    assert (controller["type"], controller["tolerations"]) == ("daemonset", [{"operator": "Exists"}])
    assert _only(_only(_blocks(full, "logs")["discovery.kubernetes"]["pods"])["selectors"])["role"] == "pod"


# Metrics, rules, events


def test_monitors_and_rules_are_selected_by_the_labels_that_modules_give_them(full: ModulePlan) -> None:
    blocks = _blocks(full, "metrics")
    for kind in ("servicemonitors", "podmonitors", "probes"):
        selected = _only(blocks[f"prometheus.operator.{kind}"]["selected"])
        assert _only(selected["selector"]) == {"match_labels": {"release": "prometheus"}}
        # each target is read by one of the pods
        assert _only(selected["clustering"]) == {"enabled": True}
    rules = _only(blocks["mimir.rules.kubernetes"]["selected"])
    assert _only(rules["rule_selector"]) == {"match_labels": {"release": "prometheus"}}
    assert (rules["address"], rules["tenant_id"], rules["mimir_namespace_prefix"]) == (
        "http://mimir-gateway.mimir.svc.cluster.local:80",
        "prod",
        "prod-prod-collectors",
    )


def test_kubelets_containers_and_the_api_server_are_read_as_the_service_account(full: ModulePlan) -> None:
    scrapes = {label: _only(one) for label, one in _blocks(full, "metrics")["prometheus.scrape"].items()}
    assert {label: one.get("metrics_path", "/metrics") for label, one in scrapes.items()} == {
        "kubelet": "/metrics",
        "kubelet_cadvisor": "/metrics/cadvisor",
        "kubelet_probes": "/metrics/probes",
        "api_server": "/metrics",
    }
    for label, one in scrapes.items():
        assert _only(one["tls_config"]).keys() == {"ca_file"}, label
        assert one["bearer_token_file"].endswith("/serviceaccount/token"), label


def test_metrics_that_nobody_wants_are_dropped_before_they_are_paid_for(full: ModulePlan) -> None:
    rule = _only(_only(_blocks(full, "metrics")["prometheus.relabel"]["kept"])["rule"])
    assert (rule["action"], rule["regex"]) == ("drop", "apiserver_request_body_.*|go_gc_.*")


def test_what_mimir_has_not_taken_outlasts_a_pod(full: ModulePlan) -> None:
    controller = _values(full, "metrics")["controller"]
    assert (controller["type"], controller["replicas"]) == ("statefulset", 3)
    assert controller["podDisruptionBudget"] == {"enabled": True, "maxUnavailable": 1}
    claim = _only(controller["volumeClaimTemplates"])["spec"]
    assert (claim["storageClassName"], claim["resources"]) == ("gp3", {"requests": {"storage": "10Gi"}})


# Traces


def test_traces_come_in_the_forms_that_were_asked_for(full: ModulePlan, plan_module: Planner) -> None:
    def forms(plan: ModulePlan) -> tuple[set[str], set[int]]:
        receivers = {kind for kind in _blocks(plan, "traces") if kind.startswith("otelcol.receiver.")}
        return receivers, {port["port"] for port in _values(plan, "traces")["alloy"]["extraPorts"]}

    receivers = {f"otelcol.receiver.{name}" for name in ("jaeger", "otlp", "zipkin")}
    assert forms(full) == (receivers, {4317, 4318, 14250, 14268, 9411})
    # no password, and X-Ray alone
    wrong = 'otelcol.processor.batch "mine" {\n  timeoot = "5s"\n  output { }\n}\n'
    lone = plan_module(
        Collectors, SMALL.but(loki=None, xray=FULL.xray, traces=TraceCollector(extra_configuration=wrong))
    )
    assert forms(lone) == ({"otelcol.receiver.otlp"}, {4317, 4318})
    batch = _only(_blocks(lone, "traces")["otelcol.processor.batch"]["traces"])
    assert [each.references[0].names for each in _only(batch["output"])["traces"]] == [
        ("otelcol", "processor", "probabilistic_sampler", "xray", "input")
    ]
    # what its caller adds is looked at with the rest
    (problem,) = judge_values(chart("alloy"), _values(lone, "traces"), where="values").problems
    assert problem.path.startswith("values.alloy.configMap.content, line ")
    assert problem.path.endswith(": otelcol.processor.batch.mine.timeoot")
    assert lone.resources("helm_release").keys() == {"helm_release.traces[0]", "helm_release.xray[0]"}


def test_tempo_gets_every_trace_and_x_ray_as_many_as_it_is_paid_for(full: ModulePlan) -> None:
    blocks = _blocks(full, "traces")
    to = _only(_only(blocks["otelcol.processor.batch"]["traces"])["output"])["traces"]
    assert [each.references[0].names[1:3] for each in to] == [
        ("exporter", "otlphttp"),
        ("processor", "probabilistic_sampler"),
    ]
    assert _only(blocks["otelcol.processor.probabilistic_sampler"]["xray"])["sampling_percentage"] == 10
    sent = _only(_only(blocks["otelcol.exporter.otlp"]["xray"])["client"])
    assert sent["endpoint"] == "adot-xray.monitoring.svc.cluster.local:4317"


def test_adot_takes_traces_to_x_ray_and_nothing_else_anywhere(full: ModulePlan) -> None:
    values = _values(full, "xray")
    assert values["image"]["repository"] == "public.ecr.aws/aws-observability/aws-otel-collector"
    assert re.fullmatch(r"v\d+\.\d+\.\d+", values["image"]["tag"])
    assert values["config"]["exporters"]["awsxray"] == {"region": "us-east-1", "indexed_attributes": ["http.route"]}
    assert values["config"]["service"]["pipelines"] == {
        "logs": None,
        "metrics": None,
        "traces": {"receivers": ["otlp"], "processors": ["memory_limiter", "batch"], "exporters": ["awsxray"]},
    }
    assert values["serviceAccount"]["annotations"] == {
        "eks.amazonaws.com/role-arn": full.resource("aws_iam_role.xray[0]")["arn"]
    }


# Metrics in CloudWatch


def _published(plan: ModulePlan) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The values of the release, how pods are found and read, and what the exporter does."""
    values = _values(plan, "cloudwatch")
    (scrape,) = values["config"]["receivers"]["prometheus"]["config"]["scrape_configs"]
    return values, scrape, values["config"]["exporters"]["awsemf"]


def _relabeled(rules: list[dict[str, Any]], labels: dict[str, str]) -> dict[str, str] | None:
    """What Prometheus makes of a target by these rules, after the collector has read its configuration.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
    """
    found = dict(labels)
    for rule in rules:
        source = ";".join(found.get(name, "") for name in rule.get("source_labels", []))
        match = re.fullmatch(rule.get("regex", "(.*)"), source, re.DOTALL)
        action = rule.get("action", "replace")
        if (action == "keep" and match is None) or (action == "drop" and match is not None):
            return None
        if action == "replace" and match is not None:
            template = rule.get("replacement", "$$1").replace("$$", "$")
            found[rule["target_label"]] = match.expand(re.sub(r"\$(\d)", r"\\\1", template))
    return found


@pytest.mark.parametrize(("address", "there"), [("10.1.2.3", "10.1.2.3:15020"), ("fd00::1:2", "[fd00::1:2]:15020")])
def test_a_pod_is_read_where_it_says_that_its_metrics_are(full: ModulePlan, address: str, there: str) -> None:
    _, scrape, _ = _published(full)
    rules = [rule for rule in scrape["relabel_configs"] if "__tmp_shard" not in str(rule)]
    said = {
        "__meta_kubernetes_namespace": "claims",
        "__meta_kubernetes_pod_name": "api-0",
        "__meta_kubernetes_pod_ip": address,
        "__meta_kubernetes_pod_phase": "Running",
        "__meta_kubernetes_pod_annotation_prometheus_io_scrape": "true",
        "__meta_kubernetes_pod_annotation_prometheus_io_path": "/stats/prometheus",
        "__meta_kubernetes_pod_annotation_prometheus_io_port": "15020",
        "__address__": f"{address}:8080",
    }
    found = _relabeled(rules, said)
    assert found is not None
    read = {name: value for name, value in found.items() if not name.startswith("__meta_")}
    assert read == {
        "__address__": there,
        "__metrics_path__": "/stats/prometheus",
        "namespace": "claims",
        "pod": "api-0",
        "ClusterName": "prod",
    }
    # a pod that says nothing, and one that has ended
    assert _relabeled(rules, said | {"__meta_kubernetes_pod_annotation_prometheus_io_scrape": ""}) is None
    assert _relabeled(rules, said | {"__meta_kubernetes_pod_phase": "Succeeded"}) is None
    assert scrape["kubernetes_sd_configs"] == [{"role": "pod", "namespaces": {"names": ["claims", "payments"]}}]


def test_each_replica_reads_its_own_share_of_the_pods(full: ModulePlan) -> None:
    values, scrape, exporter = _published(full)
    shared, kept = scrape["relabel_configs"][-2:]
    assert (shared["action"], shared["modulus"], shared["source_labels"]) == ("hashmod", 3, ["__address__"])
    assert (kept["action"], kept["regex"], kept["source_labels"]) == ("keep", "${env:SHARD}", [shared["target_label"]])
    assert (values["mode"], values["replicaCount"]) == ("statefulset", 3)
    fields = {each["name"]: each["valueFrom"]["fieldRef"]["fieldPath"] for each in values["extraEnvs"]}
    assert fields == {"POD_NAME": "metadata.name", "SHARD": "metadata.labels['apps.kubernetes.io/pod-index']"}
    # two writers of one stream would wait for each other
    assert exporter["log_stream_name"] == "${env:POD_NAME}"


def test_what_is_not_asked_for_never_gets_to_cloudwatch(full: ModulePlan) -> None:
    _, scrape, exporter = _published(full)
    (kept,) = scrape["metric_relabel_configs"]
    read = "istio_requests_total istio_request_duration_milliseconds_bucket istio_request_duration_milliseconds_sum"
    assert [_relabeled([kept], {"__name__": name}) is None for name in read.split()] == [False, False, False]
    for name in ("istio_requests", "istio_request_bytes_sum", "my_istio_requests_total", "up"):
        assert _relabeled([kept], {"__name__": name}) is None
    of = {
        name: one["dimensions"]
        for one in exporter["metric_declarations"]
        for name in ("istio_requests_total", "istio_request_duration_milliseconds", "istio_request_bytes")
        if any(re.search(selector, name) for selector in one["metric_name_selectors"])
    }
    assert of == {
        "istio_requests_total": [["ClusterName", "destination_workload_namespace", "response_code"]],
        "istio_request_duration_milliseconds": [["ClusterName", "destination_workload_namespace"]],
    }
    # nothing is published again without its dimensions, which would be paid for too
    assert exporter["dimension_rollup_option"] == "NoDimensionRollup"


def test_adot_counts_what_came_since_the_last_time_and_writes_to_its_log_group_alone(full: ModulePlan) -> None:
    values, _, exporter = _published(full)
    assert values["config"]["service"]["pipelines"] == {
        "logs": None,
        "traces": None,
        "metrics": {
            "receivers": ["prometheus"],
            "processors": ["memory_limiter", "cumulativetodelta", "batch"],
            "exporters": ["awsemf"],
        },
    }
    assert (exporter["namespace"], exporter["log_group_name"], exporter["region"]) == (
        "Mesh",
        "/prod/mesh",
        "us-east-1",
    )
    assert values["serviceAccount"]["annotations"] == {
        "eks.amazonaws.com/role-arn": full.resource("aws_iam_role.cloudwatch[0]")["arn"]
    }
    found = judge_values(chart("opentelemetry-collector"), values, where="values")
    assert (found.problems, found.warnings) == ([], [])


def test_what_takes_traces_comes_and_goes_with_its_work(full: ModulePlan) -> None:
    values = _values(full, "traces")
    (scaler,) = values["extraObjects"]
    # the chart's own would name a kind that there is not
    assert values["controller"]["autoscaling"] == {"horizontal": {"externalHPA": True}}
    assert scaler["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "alloy-traces"}
    assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (3, 9)


# What may reach them, and who is told


def test_applications_reach_the_ports_of_traces_alone(full: ModulePlan) -> None:
    def reached(what: str) -> dict[str, str]:
        (spec,) = full.resource(f"kubernetes_network_policy_v1.{what}[0]")["spec"]
        return {
            port["port"]: rule["from"][0]["pod_selector"][0]["match_labels"]["app.kubernetes.io/instance"]
            if rule["from"]
            else "everybody"
            for rule in spec["ingress"]
            for port in rule["ports"]
        }

    assert reached("logs") == reached("metrics") == {"12345": "alloy-metrics"}
    traces = dict.fromkeys(("4317", "4318", "14250", "14268", "9411"), "everybody")
    assert reached("traces") == {"12345": "alloy-metrics", **traces}
    assert reached("xray") == {"4317": "alloy-traces", "8888": "alloy-metrics"}
    assert reached("cloudwatch") == {"8888": "alloy-metrics"}


def test_a_collector_that_is_missing_rings_and_one_that_is_not_wanted_does_not(
    full: ModulePlan, small: ModulePlan
) -> None:
    def watched(plan: ModulePlan) -> set[str]:
        return {alarm["dimensions"]["Workload"] for alarm in plan.resources("aws_cloudwatch_metric_alarm").values()}

    names = ("adot-cloudwatch", "adot-xray", "alloy-logs", "alloy-metrics", "alloy-traces")
    assert watched(full) == {f"monitoring/{name}" for name in names}
    assert watched(small) == {"monitoring/alloy-logs"}
    (spec,) = small.resource("kubernetes_cron_job_v1.status")["spec"]
    assert "monitoring/daemonset/alloy-logs" in str(spec)
    assert "alloy-metrics" not in str(spec)


def test_alerts_name_metrics_of_this_namespace_alone(full: ModulePlan) -> None:
    (group,) = full.helm_values("helm_release.prometheus_rule[0]")["objects"]["rule"]["spec"]["groups"]
    for rule in group["rules"]:
        selectors = re.findall(r"\{[^}]*\}", rule["expr"])
        assert selectors, rule["alert"]
        assert all('namespace="monitoring"' in selector for selector in selectors), rule["alert"]


def test_as_little_as_there_can_be_reads_logs_and_nothing_else(small: ModulePlan) -> None:
    assert small.resources("helm_release").keys() == {"helm_release.logs[0]"}
    assert small.resources("kubernetes_cluster_role_v1").keys() == {"kubernetes_cluster_role_v1.logs[0]"}
    assert _values(small, "logs")["serviceMonitor"] == {"enabled": False}
