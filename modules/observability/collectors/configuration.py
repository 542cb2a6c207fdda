"""What each collector does, in Alloy's blocks.

https://grafana.com/docs/alloy/latest/reference/components/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import AlloyBlock, OnlyIf, Written, alloy_block, alloy_text
from groundplan.framework import (
    Module,
    all_of,
    any_of,
    choose,
    equals,
    is_set,
    join,
    merged,
    negated,
    not_empty,
    present,
    text,
)

from .inputs import CollectorsInputs, Destination

__all__ = [
    "GRPC_PORT",
    "HTTP_PORT",
    "JAEGER_GRPC_PORT",
    "JAEGER_HTTP_PORT",
    "LOGIN_FOLDER",
    "PASSWORDS",
    "ZIPKIN_PORT",
    "logs_configuration",
    "metrics_configuration",
    "on_nodes",
    "traces_configuration",
]

PASSWORDS = ("loki", "mimir", "tempo")
LOGIN_FOLDER = "/etc/alloy-passwords"
"""Where the passwords lie, a folder each: a rotated one is read when it is there."""
GRPC_PORT, HTTP_PORT = 4317, 4318
JAEGER_GRPC_PORT, JAEGER_HTTP_PORT = 14250, 14268
ZIPKIN_PORT = 9411

_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_KUBELET = {"": "/metrics", "cadvisor": "/metrics/cadvisor", "probes": "/metrics/probes"}
"""https://kubernetes.io/docs/reference/instrumentation/node-metrics/"""
_FROM_POD = [
    "k8s.namespace.name",
    "k8s.pod.name",
    "k8s.pod.uid",
    "k8s.deployment.name",
    "k8s.statefulset.name",
    "k8s.daemonset.name",
    "k8s.node.name",
    "k8s.pod.start_time",
]


def on_nodes(given: CollectorsInputs) -> Any:
    """Whether what reads logs needs files of its node."""
    return any_of(equals(given.logs.pods_by, "files"), given.logs.journal)


def _labels(given: CollectorsInputs) -> dict[str, str]:
    return merged({"cluster": given.cluster.name}, given.labels)


def _logging() -> AlloyBlock:
    return alloy_block("logging", level="info", format="json")


def _login(given: CollectorsInputs, store: str, where: Destination | None) -> AlloyBlock:
    return alloy_block(
        "basic_auth",
        username=given.tenant,
        password_file=f"{LOGIN_FOLDER}/{store}/password",
        only_when=all_of(is_set(where), is_set(present(where).password)),
    )


def _rule(*source: str, target: str = "", only_when: Any = None, **more: Any) -> AlloyBlock:
    """A rule of relabeling: https://grafana.com/docs/alloy/latest/reference/components/discovery/discovery.relabel/"""
    named = {"target_label": target} if target else {}
    return alloy_block("rule", only_when=only_when, source_labels=list(source), **named, **more)


def _to_loki(given: CollectorsInputs, only_when: Any = None) -> list[AlloyBlock]:
    return [
        alloy_block(
            "loki.write",
            "loki",
            alloy_block(
                "endpoint",
                "",
                _login(given, "loki", given.loki),
                url=choose(is_set(given.loki), present(given.loki).url, ""),
                tenant_id=given.tenant,
            ),
            only_when=only_when,
            external_labels=_labels(given),
        )
    ]


def logs_configuration(scope: Module[Any, Any], given: CollectorsInputs) -> str:
    """Logs of the pods of a node, and its journal, to Loki."""
    by_files = equals(given.logs.pods_by, "files")
    meta = "__meta_kubernetes"
    written = alloy_text(
        scope,
        "logs",
        [
            _logging(),
            *_to_loki(given),
            alloy_block(
                "loki.process",
                "kept",
                # as containerd writes them: when, of which output, and whether a line goes on
                alloy_block("stage.cri", only_when=by_files),
                forward_to=[Written("loki.write.loki.receiver")],
            ),
            alloy_block(
                "discovery.kubernetes",
                "pods",
                # of its own node alone
                alloy_block("selectors", role="pod", field=Written('"spec.nodeName=" + sys.env("K8S_NODE_NAME")')),
                role="pod",
            ),
            alloy_block(
                "discovery.relabel",
                "pods",
                _rule(f"{meta}_namespace", target="namespace"),
                _rule(f"{meta}_pod_name", target="pod"),
                _rule(f"{meta}_pod_container_name", target="container"),
                _rule(f"{meta}_pod_label_app_kubernetes_io_name", target="app"),
                _rule(f"{meta}_namespace", f"{meta}_pod_container_name", target="job", separator="/"),
                _rule(
                    f"{meta}_namespace",
                    only_when=not_empty(given.logs.excluded_namespaces),
                    regex=join("|", given.logs.excluded_namespaces),
                    action="drop",
                ),
                _rule(
                    f"{meta}_pod_uid",
                    f"{meta}_pod_container_name",
                    target="__path__",
                    only_when=by_files,
                    separator="/",
                    replacement="/var/log/pods/*$1/*.log",
                ),
                targets=Written("discovery.kubernetes.pods.targets"),
            ),
            alloy_block(
                "loki.source.kubernetes",
                "pods",
                only_when=negated(by_files),
                targets=Written("discovery.relabel.pods.output"),
                forward_to=[Written("loki.process.kept.receiver")],
            ),
            alloy_block(
                "local.file_match",
                "pods",
                only_when=by_files,
                path_targets=Written("discovery.relabel.pods.output"),
            ),
            alloy_block(
                "loki.source.file",
                "pods",
                only_when=by_files,
                targets=Written("local.file_match.pods.targets"),
                forward_to=[Written("loki.process.kept.receiver")],
            ),
            *_journal(given),
        ],
    )
    return f"{written}{given.logs.extra_configuration}"


def _journal(given: CollectorsInputs) -> list[AlloyBlock]:
    """What services of the node say: its unit becomes a label."""
    return [
        alloy_block(
            "loki.relabel",
            "journal",
            _rule("__journal__systemd_unit", target="unit"),
            _rule("__journal__hostname", target="node"),
            only_when=given.logs.journal,
            forward_to=[],
        ),
        alloy_block(
            "loki.source.journal",
            "node",
            only_when=given.logs.journal,
            path="/var/log/journal",
            max_age="12h",
            relabel_rules=Written("loki.relabel.journal.rules"),
            labels={"job": "node/journal"},
            # no lines of containers, which the stages of those would take apart
            forward_to=[Written("loki.write.loki.receiver")],
        ),
    ]


def metrics_configuration(scope: Module[Any, Any], given: CollectorsInputs) -> str:
    """What monitors select, kubelets and the API server to Mimir; rules to its ruler; events to Loki.

    The pods are a cluster, and each target is read by one of them; rules and events are one pod's at a time.
    https://grafana.com/docs/alloy/latest/get-started/clustering/ and https://github.com/grafana/alloy/pull/6027
    """
    mimir = present(given.mimir)
    receiver = [Written("prometheus.relabel.kept.receiver")]
    interval = f"{given.metrics.interval_seconds}s"
    ruled = all_of(is_set(given.mimir), is_set(mimir.ruler_url))
    evented = all_of(is_set(given.loki), given.metrics.events)
    written = alloy_text(
        scope,
        "metrics",
        [
            _logging(),
            alloy_block(
                "prometheus.remote_write",
                "mimir",
                alloy_block(
                    "endpoint",
                    "",
                    _login(given, "mimir", given.mimir),
                    url=choose(is_set(given.mimir), mimir.url, ""),
                    headers={"X-Scope-OrgID": given.tenant},
                ),
                external_labels=_labels(given),
            ),
            alloy_block(
                "prometheus.relabel",
                "kept",
                _rule(
                    "__name__",
                    only_when=not_empty(given.metrics.dropped_metrics),
                    regex=join("|", given.metrics.dropped_metrics),
                    action="drop",
                ),
                forward_to=[Written("prometheus.remote_write.mimir.receiver")],
            ),
            *(
                alloy_block(
                    f"prometheus.operator.{kind}",
                    "selected",
                    _shared(),
                    alloy_block("scrape", default_scrape_interval=interval),
                    alloy_block("selector", match_labels=given.metrics.monitor_labels),
                    forward_to=receiver,
                    **({"kubernetes_role": "endpointslice"} if kind == "servicemonitors" else {}),
                )
                for kind in ("servicemonitors", "podmonitors", "probes")
            ),
            *_kubelets(given, receiver, interval),
            *_api_server(given, receiver, interval),
            alloy_block(
                "mimir.rules.kubernetes",
                "selected",
                alloy_block("rule_selector", match_labels=given.metrics.monitor_labels),
                _login(given, "mimir", given.mimir),
                only_when=ruled,
                address=choose(ruled, text("trimsuffix", mimir.ruler_url, "/"), ""),
                tenant_id=given.tenant,
                # a tenant may have rules of other collectors, and each takes away what it does not know of its own
                mimir_namespace_prefix=f"{given.cluster.name}-{given.name}",
            ),
            alloy_block(
                "loki.source.kubernetes_events",
                "events",
                _shared(),
                only_when=evented,
                job_name="kubernetes/events",
                log_format="json",
                forward_to=[Written("loki.write.loki.receiver")],
            ),
            *_to_loki(given, only_when=evented),
        ],
    )
    return f"{written}{given.metrics.extra_configuration}"


def _shared() -> AlloyBlock:
    return alloy_block("clustering", enabled=True)


def _scraped(job: str, label: str, targets: str, receiver: Sequence[Any], interval: str, **more: Any) -> AlloyBlock:
    """A scrape of what the API server's authority vouches for, as the pod's service account."""
    return alloy_block(
        "prometheus.scrape",
        label,
        _shared(),
        alloy_block("tls_config", ca_file=f"{_ACCOUNT}/ca.crt"),
        job_name=job,
        targets=Written(targets),
        forward_to=receiver,
        scheme="https",
        bearer_token_file=f"{_ACCOUNT}/token",
        scrape_interval=interval,
        **more,
    )


def _kubelets(given: CollectorsInputs, receiver: Sequence[Any], interval: str) -> list[AlloyBlock]:
    """https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/"""
    wanted = given.metrics.kubelet
    found = [alloy_block("discovery.kubernetes", "nodes", only_when=wanted, role="node")]
    for what, path in _KUBELET.items():
        label = f"kubelet_{what}" if what else "kubelet"
        found += [
            alloy_block(
                "discovery.relabel",
                label,
                _rule("__meta_kubernetes_node_name", target="node"),
                # dashboards and rules tell them apart by it
                alloy_block("rule", target_label="metrics_path", replacement=path),
                only_when=wanted,
                targets=Written("discovery.kubernetes.nodes.targets"),
            ),
            _scraped(
                "kubelet",
                label,
                f"discovery.relabel.{label}.output",
                receiver,
                interval,
                metrics_path=path,
                # a container's own labels win over those of the node
                honor_labels=True,
                only_when=wanted,
            ),
        ]
    return found


def _api_server(given: CollectorsInputs, receiver: Sequence[Any], interval: str) -> list[AlloyBlock]:
    wanted = given.metrics.api_server
    meta = "__meta_kubernetes"
    return [
        alloy_block(
            "discovery.kubernetes",
            "api_server",
            alloy_block("namespaces", names=["default"]),
            only_when=wanted,
            role="endpointslice",
        ),
        alloy_block(
            "discovery.relabel",
            "api_server",
            _rule(
                f"{meta}_service_name",
                f"{meta}_endpointslice_port_name",
                separator="/",
                regex="kubernetes/https",
                action="keep",
            ),
            only_when=wanted,
            targets=Written("discovery.kubernetes.api_server.targets"),
        ),
        _scraped(
            "apiserver",
            "api_server",
            "discovery.relabel.api_server.output",
            receiver,
            interval,
            only_when=wanted,
        ),
    ]


def _output(*receivers: Any) -> AlloyBlock:
    return alloy_block("output", traces=list(receivers))


def traces_configuration(scope: Module[Any, Any], given: CollectorsInputs, *, xray_endpoint: str) -> str:
    """Traces of applications and proxies, with what is known of their pods, to Tempo and to the collector of X-Ray."""
    tempo, xray = is_set(given.tempo), is_set(given.xray)
    locked = all_of(tempo, is_set(present(given.tempo).password))
    first = Written("otelcol.processor.memory_limiter.traces.input")
    written = alloy_text(
        scope,
        "traces",
        [
            _logging(),
            alloy_block(
                "otelcol.receiver.otlp",
                "traces",
                alloy_block("grpc", endpoint=f"0.0.0.0:{GRPC_PORT}"),
                alloy_block("http", endpoint=f"0.0.0.0:{HTTP_PORT}"),
                _output(first),
            ),
            alloy_block(
                "otelcol.receiver.jaeger",
                "traces",
                alloy_block(
                    "protocols",
                    "",
                    alloy_block("grpc", endpoint=f"0.0.0.0:{JAEGER_GRPC_PORT}"),
                    alloy_block("thrift_http", endpoint=f"0.0.0.0:{JAEGER_HTTP_PORT}"),
                ),
                _output(first),
                only_when=given.traces.jaeger,
            ),
            alloy_block(
                "otelcol.receiver.zipkin",
                "traces",
                _output(first),
                only_when=given.traces.zipkin,
                endpoint=f"0.0.0.0:{ZIPKIN_PORT}",
            ),
            # what does not fit is refused, and sent again by who can
            alloy_block(
                "otelcol.processor.memory_limiter",
                "traces",
                _output(Written("otelcol.processor.k8sattributes.traces.input")),
                check_interval="1s",
                limit_percentage=80,
                spike_limit_percentage=20,
            ),
            alloy_block(
                "otelcol.processor.k8sattributes",
                "traces",
                alloy_block("extract", metadata=_FROM_POD),
                alloy_block(
                    "pod_association",
                    "",
                    alloy_block("source", **{"from": "resource_attribute", "name": "k8s.pod.uid"}),
                ),
                alloy_block(
                    "pod_association", "", alloy_block("source", **{"from": "resource_attribute", "name": "k8s.pod.ip"})
                ),
                alloy_block("pod_association", "", alloy_block("source", **{"from": "connection"})),
                _output(Written("otelcol.processor.transform.cluster.input")),
            ),
            alloy_block(
                "otelcol.processor.transform",
                "cluster",
                alloy_block(
                    "trace_statements",
                    context="resource",
                    statements=[f'set(attributes["k8s.cluster.name"], "{given.cluster.name}")'],
                ),
                _output(Written("otelcol.processor.batch.traces.input")),
                error_mode="ignore",
            ),
            alloy_block(
                "otelcol.processor.batch",
                "traces",
                _output(
                    OnlyIf(tempo, Written("otelcol.exporter.otlphttp.tempo.input")),
                    OnlyIf(xray, Written("otelcol.processor.probabilistic_sampler.xray.input")),
                ),
            ),
            alloy_block(
                "otelcol.auth.basic",
                "tempo",
                alloy_block(
                    "client_auth",
                    username=given.tenant,
                    password_file=f"{LOGIN_FOLDER}/tempo/password",
                ),
                only_when=locked,
            ),
            # by HTTP: a password over gRPC needs TLS, which the gateway inside the cluster has not
            # https://pkg.go.dev/google.golang.org/grpc/credentials#PerRPCCredentials
            alloy_block(
                "otelcol.exporter.otlphttp",
                "tempo",
                alloy_block(
                    "client",
                    endpoint=choose(tempo, text("trimsuffix", present(given.tempo).url, "/"), ""),
                    headers={"X-Scope-OrgID": given.tenant},
                    auth=OnlyIf(locked, Written("otelcol.auth.basic.tempo.handler")),
                ),
                only_when=tempo,
            ),
            alloy_block(
                "otelcol.processor.probabilistic_sampler",
                "xray",
                _output(Written("otelcol.exporter.otlp.xray.input")),
                only_when=xray,
                sampling_percentage=choose(xray, present(given.xray).sampling_percent, 100),
            ),
            alloy_block(
                "otelcol.exporter.otlp",
                "xray",
                alloy_block("client", "", alloy_block("tls", insecure=True), endpoint=xray_endpoint),
                only_when=xray,
            ),
        ],
    )
    return f"{written}{given.traces.extra_configuration}"
