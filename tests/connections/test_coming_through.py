"""Who asks whom in a cluster, and whether it comes through."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.connections.asked import named_in
from groundplan.connections.pods import Service
from groundplan.objects import KubernetesObject
from groundplan.signals import Running
from tests.connections.clusters import closed, judged, namespace, network_policy, of, pods, running, service, told

WEB = pods("web", container={"env": [{"name": "BANK", "value": "http://ledger.bank.svc.cluster.local:80/accounts"}]})
BANK = (pods("ledger", namespace="bank"), service("ledger", namespace="bank"))
CLOSED = closed(namespace="bank")
SAID = (
    "error: prod-mesh: helm_release.own: Deployment shop/web cannot ask Service bank/ledger at port 80 (port 8080 of "
    "the pods): NetworkPolicy bank/closed closes it, and no NetworkPolicy lets it in; "
)


def test_a_pod_asks_the_service_that_its_template_names() -> None:
    where = "http://ledger.bank.svc.cluster.local:80 stands in its template"
    assert told(judged(WEB, *BANK, CLOSED)) == [SAID + where]
    assert told(judged(WEB, *BANK)) == []
    opened = network_policy("open", namespace="bank", ingress=[{"ports": [{"port": 8080}]}])
    assert told(judged(WEB, *BANK, CLOSED, opened)) == []
    # the Service's own port is nothing to a policy, which sees where it leads
    at_the_service = network_policy("open", namespace="bank", ingress=[{"ports": [{"port": 80}]}])
    assert told(judged(WEB, *BANK, CLOSED, at_the_service)) == [
        SAID.replace("bank/closed closes", "bank/closed and NetworkPolicy bank/open close") + where
    ]


TEXT = "targets:\n- ledger.bank.svc:80\n"


@pytest.mark.parametrize(
    ("holder", "use"),
    [
        (of("ConfigMap", "it", {"data": {"a.yaml": TEXT}}), {"volumes": [{"configMap": {"name": "it"}}]}),
        (
            of("Secret", "it", {"data": {"a": base64.b64encode(TEXT.encode()).decode()}}),
            {"volumes": [{"secret": {"secretName": "it"}}]},
        ),
        (
            of("Secret", "it", {"stringData": {"a": TEXT}}),
            {"volumes": [{"projected": {"sources": [{"secret": {"name": "it"}}]}}]},
        ),
        (
            of("ConfigMap", "it", {"data": {"a": TEXT}}),
            {"container": {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "it", "key": "a"}}}]}},
        ),
        (of("Secret", "it", {"stringData": {"a": TEXT}}), {"container": {"envFrom": [{"secretRef": {"name": "it"}}]}}),
        (
            of(
                "ExternalSecret",
                "other",
                {"spec": {"target": {"name": "it", "template": {"data": {"a": TEXT}}}}},
                api="external-secrets.io/v1",
            ),
            {"volumes": [{"secret": {"secretName": "it"}}]},
        ),
    ],
)
def test_a_pod_asks_what_stands_in_what_it_reads(holder: KubernetesObject, use: dict[str, Any]) -> None:
    (line,) = told(judged(pods("web", **use), holder, *BANK, CLOSED))
    assert line == SAID + f"ledger.bank.svc:80 stands in {holder.title}"
    # somebody else's is not read
    assert told(judged(pods("web"), holder, *BANK, CLOSED)) == []


def test_where_no_port_is_said_one_that_is_open_is_enough() -> None:
    ports = {
        "ports": [{"port": 80, "targetPort": 8080}, {"port": 90, "targetPort": 9090}],
        "selector": {"app": "ledger"},
    }
    bank = (pods("ledger", namespace="bank"), of("Service", "ledger", {"spec": ports}, namespace="bank"))
    asks = pods("web", container={"args": ["--bank=ledger.bank.svc"]})
    assert told(judged(asks, *bank, CLOSED)) != []
    opened = network_policy("open", namespace="bank", ingress=[{"ports": [{"port": 9090}]}])
    assert told(judged(asks, *bank, CLOSED, opened)) == []


def test_what_a_pod_is_called_itself_it_asks_only_at_a_port() -> None:
    called, gossips = (
        pods("ledger", namespace="bank", container={"args": [f"--name=ledger.bank.svc{port}"]}) for port in ("", ":80")
    )
    assert told(judged(called, BANK[1], CLOSED)) == []
    (line,) = told(judged(gossips, BANK[1], CLOSED))
    assert "Deployment bank/ledger cannot ask Service bank/ledger at port 80" in line


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("http://ledger.bank.svc", [80]),
        ("https://ledger.bank.svc.cluster.local.", [443]),
        ("dns+ledger.bank.svc.cluster.local:9095", [9095]),
        ("dnssrvnoa+_grpc._tcp.ledger.bank.svc", [None]),
        ("ledger-0.ledger.bank.svc:7946", [7946]),
        ("user:word@ledger.bank:5432, ledger.bank", [5432, None]),
        ("http://the.ledger.banks.svc my-ledger.bank.svc.example.com", []),
        ("", []),
    ],
)
def test_names_of_services_are_found_in_texts(text: str, found: list[int | None]) -> None:
    one = Service("s", BANK[1], {"app": "ledger"})
    assert [number for _, _, number in named_in(text, {("bank", "ledger"): one})] == found


def test_what_answers_for_a_class_of_ingresses_reaches_their_backends() -> None:
    gateway = "helm_release.gateway"
    serving = [
        pods("gate", namespace="gate", release=gateway),
        pods("migrations", namespace="gate", release=gateway, kind="Job"),
        of("IngressClass", "gate", {}, namespace="", api="networking.k8s.io/v1", release=gateway),
    ]
    backend = {"service": {"name": "ledger", "port": {"number": 80}}}
    rules = [{"http": {"paths": [{"path": "/", "backend": backend}]}}]
    spec = {"ingressClassName": "gate", "rules": rules}
    ingress = of("Ingress", "ledger", {"spec": spec}, namespace="bank", api="networking.k8s.io/v1")
    (line,) = told(judged(*serving, ingress, *BANK, CLOSED))
    assert line.startswith("error: prod-mesh: helm_release.own: Deployment gate/gate cannot ask Service bank/ledger at")
    assert line.endswith("Ingress bank/ledger leads there")
    assert told(judged(*serving, ingress, *BANK)) == []


HOOK = {"webhooks": [{"clientConfig": {"service": {"name": "ledger", "namespace": "bank", "port": 80}}}]}
SERVED = {"spec": {"service": {"name": "ledger", "namespace": "bank", "port": 80}}}


@pytest.mark.parametrize(
    "one",
    [
        of("ValidatingWebhookConfiguration", "it", HOOK, namespace="", api="admissionregistration.k8s.io/v1"),
        of("APIService", "it", SERVED, namespace="", api="apiregistration.k8s.io/v1"),
    ],
)
def test_the_api_server_reaches_what_answers_it(one: KubernetesObject) -> None:
    (line,) = told(judged(one, *BANK, CLOSED))
    assert "the API server cannot ask Service bank/ledger at port 80 (port 8080 of the pods)" in line
    # it is no pod, and has an address of the network
    pods_alone = network_policy("pods", namespace="bank", ingress=[{"from": [{"namespaceSelector": {}}]}])
    assert len(told(judged(one, *BANK, CLOSED, pods_alone))) == 1
    from_the_network = network_policy(
        "vpc", namespace="bank", ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/16"}}]}]
    )
    assert told(judged(one, *BANK, CLOSED, from_the_network)) == []


def test_a_load_balancer_reaches_the_pods_of_its_service() -> None:
    front = service("ledger", namespace="bank", type="LoadBalancer")
    (line,) = told(judged(BANK[0], front, CLOSED))
    assert "its load balancer cannot ask Service bank/ledger" in line
    assert told(judged(BANK[0], front)) == []


def test_every_pod_reaches_the_clusters_dns_and_whoever_has_a_role_reaches_aws() -> None:
    account = of(
        "ServiceAccount", "web", {}, annotations={"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/web"}
    )
    web, out = pods("web", serviceAccountName="web"), closed("Egress")
    assert [line.split(" cannot ask ")[1].split(":")[0] for line in told(judged(web, account, out))] == [
        "AWS at port 443",
        "the cluster's DNS at port 53",
    ]
    dns = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
    names = network_policy(
        "dns", policyTypes=["Egress"], egress=[{"to": [dns], "ports": [{"port": 53, "protocol": "UDP"}]}]
    )
    aws = network_policy("aws", policyTypes=["Egress"], egress=[{"ports": [{"port": 443}]}])
    assert told(judged(web, account, out, names, aws)) == []
    assert told(judged(web, account)) == []


# Metrics

ALLOY = """
prometheus.remote_write "it" { endpoint { url = "http://mimir.example.com/api/v1/push" } }
prometheus.operator.servicemonitors "it" { forward_to = [prometheus.remote_write.it.receiver] }
prometheus.operator.podmonitors "it" { forward_to = [prometheus.remote_write.it.receiver] }
"""
COLLECTOR = "helm_release.alloy"
ALLOY_OBJECTS = [
    pods("alloy", namespace="monitoring", kind="StatefulSet", release=COLLECTOR),
    of("ConfigMap", "alloy", {"data": {"config.alloy": ALLOY}}, namespace="monitoring", release=COLLECTOR),
]


def monitored(*objects: KubernetesObject, releases: Sequence[Running] = (), **more: Any) -> list[str]:
    every = [*ALLOY_OBJECTS, *objects]
    alloy = running("alloy", every, address=COLLECTOR)
    found = judged(*every, releases=[alloy, *releases], **more)
    return told(found)


def test_a_collector_reaches_what_monitors_have_it_collect() -> None:
    labelled = of(
        "Service",
        "ledger",
        {"spec": {"selector": {"app": "ledger"}, "ports": [{"name": "web", "port": 80, "targetPort": "http"}]}},
        namespace="bank",
        labels={"app": "ledger"},
    )
    spec = {"selector": {"matchLabels": {"app": "ledger"}}, "endpoints": [{"port": "web"}]}
    monitor = of("ServiceMonitor", "ledger", {"spec": spec}, namespace="bank", api="monitoring.coreos.com/v1")
    (line,) = monitored(BANK[0], labelled, monitor, CLOSED)
    assert line.startswith(
        "error: prod-mesh: helm_release.alloy: StatefulSet monitoring/alloy cannot ask Service bank/led"
    )
    assert line.endswith("ServiceMonitor bank/ledger has it collect from there")
    from_there = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    opened = network_policy("open", namespace="bank", ingress=[{"from": [from_there], "ports": [{"port": "http"}]}])
    assert monitored(BANK[0], labelled, monitor, CLOSED, opened) == []


def test_a_collector_reaches_pods_that_their_annotations_offer() -> None:
    configuration = """
receivers:
  prometheus:
    config:
      scrape_configs:
        - job_name: pods
          kubernetes_sd_configs: [{role: pod, namespaces: {names: [bank]}}]
          relabel_configs:
            - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
              regex: "true"
              action: keep
"""
    reads = pods("adot", namespace="monitoring", volumes=[{"configMap": {"name": "adot"}}])
    configured = of("ConfigMap", "adot", {"data": {"it": configuration}}, namespace="monitoring")
    offered = {"prometheus.io/scrape": "true", "prometheus.io/port": "9102"}
    (line,) = told(judged(reads, configured, pods("ledger", namespace="bank", annotations=offered), CLOSED))
    assert "Deployment monitoring/adot cannot ask Deployment bank/ledger (port 9102 of the pods)" in line
    # without annotations, or elsewhere, nothing is collected
    assert told(judged(reads, configured, pods("ledger", namespace="bank"), CLOSED)) == []
    assert told(judged(reads, configured, pods("web", annotations=offered), closed())) == []


# A mesh

PLANE = "helm_release.istiod"
REVISION = {"istio.io/rev": "1-30"}
MESH = of(
    "ConfigMap",
    "istio-1-30",
    {"data": {"mesh": "tracing: zipkin.tracing.svc"}},
    namespace="istio-system",
    release=PLANE,
)
ISTIOD = [
    pods("istiod", namespace="istio-system", labels=REVISION, release=PLANE, port=15012),
    of(
        "Service",
        "istiod-1-30",
        {"spec": {"selector": {"app": "istiod"}, "ports": [{"port": 15012}]}},
        namespace="istio-system",
        release=PLANE,
    ),
    MESH,
]
TRACING = [
    pods("zipkin", namespace="tracing"),
    of(
        "Service",
        "zipkin",
        {"spec": {"selector": {"app": "zipkin"}, "ports": [{"port": 9411, "targetPort": 8080}]}},
        namespace="tracing",
    ),
]


def in_a_mesh(*objects: KubernetesObject, **more: Any) -> list[str]:
    every = [*ISTIOD, *TRACING, *objects]
    return told(judged(*every, releases=[running("istiod", every, address=PLANE)], **more))


def test_proxies_of_pods_that_no_stack_makes_reach_their_control_plane_and_what_it_names() -> None:
    out = closed("Egress", namespace="claims")
    assert in_a_mesh(namespace("claims", **REVISION), out) == [
        "error: prod-mesh: helm_release.istiod: pods of namespace claims cannot ask Service istio-system/istiod-1-30 "
        "at port 15012: NetworkPolicy claims/closed closes it, and no NetworkPolicy lets it out; its proxy gets all "
        "that it knows there",
        "error: prod-mesh: helm_release.istiod: pods of namespace claims cannot ask Service tracing/zipkin (port 8080 "
        "of the pods): NetworkPolicy claims/closed closes it, and no NetworkPolicy lets it out; ConfigMap "
        "istio-system/istio-1-30 tells the proxies of zipkin.tracing.svc",
    ]
    # pods of a namespace that is not in the mesh, or in that of another revision, have none of its proxies
    assert in_a_mesh(namespace("claims"), out) == []
    assert in_a_mesh(namespace("claims", **{"istio.io/rev": "1-31"}), out) == []


def test_a_namespace_that_another_resource_labels_is_in_the_mesh() -> None:
    after = {"api_version": "v1", "kind": "Namespace", "metadata": [{"name": "claims"}], "labels": REVISION}
    labelled = {
        "address": "kubernetes_labels.it",
        "type": "kubernetes_labels",
        "mode": "managed",
        "change": {"after": after},
    }
    plan = {"resource_changes": [labelled]}
    assert len(in_a_mesh(namespace("claims"), closed("Egress", namespace="claims"), plan=plan)) == 2


def allowed(*principals: str, **spec: Any) -> KubernetesObject:
    rules = [{"from": [{"source": {"principals": list(principals)}}]}]
    content = {"spec": {"rules": rules, **spec}}
    return of("AuthorizationPolicy", "who", content, namespace="claims", api="security.istio.io/v1")


def test_whoever_a_policy_of_the_mesh_allows_comes_through() -> None:
    of_gateway = allowed("cluster.local/ns/gate/sa/inside")
    gateway = pods("inside", namespace="gate", serviceAccountName="inside")
    inward = closed("Ingress", namespace="claims")
    (line,) = in_a_mesh(gateway, of_gateway, inward)
    assert "Deployment gate/inside cannot ask pods of namespace claims: NetworkPolicy claims/closed closes it" in line
    named = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gate"}}}
    opened = network_policy("open", namespace="claims", ingress=[{"from": [named]}])
    assert in_a_mesh(gateway, of_gateway, inward, opened) == []
    # what is refused is not meant to come
    assert in_a_mesh(gateway, allowed("cluster.local/ns/gate/sa/inside", action="DENY"), inward) == []


def test_what_holds_for_the_whole_mesh_names_no_pods() -> None:
    everywhere = of(
        "AuthorizationPolicy",
        "who",
        {"spec": allowed("cluster.local/ns/gate/sa/inside").document["spec"]},
        namespace="istio-system",
        api="security.istio.io/v1",
    )
    gateway = pods("inside", namespace="gate", serviceAccountName="inside")
    assert in_a_mesh(gateway, everywhere, closed("Ingress", namespace="istio-system")) == []


# What was not looked at


def test_what_was_not_looked_at_may_open_it() -> None:
    (line,) = told(judged(WEB, *BANK, CLOSED, blind=["prod-cluster"]))
    assert line.startswith("warning: ")
    unknown = Running("prod-mesh", "helm_release.other", "other", "1.0.0", False, None)
    (line,) = told(judged(WEB, *BANK, CLOSED, releases=[unknown]))
    assert line.startswith("warning: ")


FIELDS = ["spec", "podSelector", "ingress", "from", "ports", "port", "template", "containers", "env", "metadata"]
FIELDS += ["matchLabels", "namespaceSelector", "selector", "webhooks", "rules", "policyTypes", "labels", "volumes"]
wrong = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just("ledger.bank.svc:80"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)
KINDS = [
    ("v1", "ConfigMap"),
    ("v1", "Namespace"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("apps/v1", "Deployment"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("security.istio.io/v1", "AuthorizationPolicy"),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.dictionaries(st.just("spec"), wrong), wrong), max_size=4))
def test_objects_of_any_shape_are_read(given: list[tuple[tuple[str, str], dict[str, Any], Any]]) -> None:
    made = [
        of(kind, f"n{index}", {**content, "data": data}, namespace="bank", api=api)
        for index, ((api, kind), content, data) in enumerate(given)
    ]
    assert isinstance(told(judged(WEB, *BANK, CLOSED, *made)), list)
