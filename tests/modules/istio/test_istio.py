"""What Terraform would make of the module: everything switched on, and as little as there can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan import charts
from modules.mesh.istio import ControlPlane, Istio
from tests.modules.istio.examples import BOUNDARY, FULL, TOPIC
from tests.support.planning import ModulePlan

NLB = "service.beta.kubernetes.io/aws-load-balancer"


def istiod(plan: ModulePlan, revision: str = "1-30-3") -> dict[str, Any]:
    return plan.helm_values(f'helm_release.istiod["{revision}"]')


def gateway(plan: ModulePlan, name: str) -> dict[str, Any]:
    return plan.helm_values(f'helm_release.gateway["{name}"]')


def objects(plan: ModulePlan, release: str) -> dict[str, Any]:
    found: dict[str, Any] = plan.helm_values(f"helm_release.{release}")["objects"]
    return found


def test_the_addresses_of_everything_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_charts_are_locked_and_know_every_value(full: ModulePlan, small: ModulePlan) -> None:
    for plan in (full, small):
        for address, made in plan.resources("helm_release").items():
            if made["chart"] in {"base", "istiod", "gateway"}:
                facts = charts.chart({"base": "istio-base", "gateway": "istio-gateway"}.get(made["chart"], "istiod"))
                assert (made["version"], made["wait"], made["atomic"]) == (facts.version, True, True)
                assert charts.check_values(facts, plan.helm_values(address), where=address) == []


def test_every_custom_resource_has_only_fields_that_its_definition_knows(full: ModulePlan) -> None:
    made = [
        one
        for address, found in full.resources("helm_release").items()
        if "charts/resources" in found["chart"]
        for one in full.helm_values(address)["objects"].values()
    ]
    assert len(made) == 24
    for one in made:
        assert charts.custom_resource_problems(one, where=one["kind"]) == []


# Control planes


def test_every_revision_has_a_control_plane_of_its_own_version(full: ModulePlan) -> None:
    for revision, version in (("1-30-3", "1.30.3"), ("canary", "1.30.2")):
        made = istiod(full, revision)
        assert full.resource(f'helm_release.istiod["{revision}"]')["name"] == f"istiod-{revision}"
        assert (made["revision"], made["global"]["tag"]) == (revision, version)
        assert (made["global"]["hub"], made["global"]["variant"]) == ("registry.istio.io/release", "distroless")
    # the webhook that looks at Istio's objects is of the one that everybody has
    assert full.helm_values("helm_release.base")["defaultRevision"] == "1-30-3"


def test_a_canary_of_the_control_plane_is_one_more_of_it_and_one_changed_label(
    full: ModulePlan, apply_module: Callable[..., ModulePlan]
) -> None:
    # two lines: one more revision, and a namespace that has it
    planes = {**FULL.revisions, "1-31-0": ControlPlane(version="1.30.3")}
    spaces = {**FULL.namespaces, "payments": FULL.namespaces["payments"].but(revision="1-31-0")}
    more = apply_module(Istio, FULL.but(revisions=planes, namespaces=spaces))
    assert sorted(set(more.addresses) - set(full.addresses)) == [
        'aws_cloudwatch_metric_alarm.control_plane["1-31-0"]',
        'helm_release.istiod["1-31-0"]',
    ]
    changed = {
        address for address in full.addresses if more.changes[address]["after"] != full.changes[address]["after"]
    }
    # the report asks for the new one too
    assert changed == {'kubernetes_labels.namespace_labels["payments"]', "kubernetes_cron_job_v1.status"}


def test_a_control_plane_outlives_a_zone_and_grows_with_its_work(full: ModulePlan, small: ModulePlan) -> None:
    made = istiod(full)
    assert (made["autoscaleEnabled"], made["autoscaleMin"], made["autoscaleMax"]) == (True, 3, 9)
    assert (made["pdb"]["maxUnavailable"], made["global"]["defaultPodDisruptionBudget"]) == (1, {"enabled": True})
    assert [each["topologyKey"] for each in made["topologySpreadConstraints"]] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]
    steady = istiod(full, "canary")
    assert (steady["autoscaleEnabled"], steady["replicaCount"], steady["cpu"]) == (False, 2, {})
    alone = istiod(small)
    # a budget for one would keep its node from being drained
    assert (alone["replicaCount"], alone["global"]["defaultPodDisruptionBudget"]) == (1, {"enabled": False})


def test_proxies_speak_tls_to_each_other_and_reach_what_the_mesh_knows(full: ModulePlan, small: ModulePlan) -> None:
    mesh = istiod(full)["meshConfig"]
    assert (mesh["enableAutoMtls"], mesh["meshMTLS"], mesh["tlsDefaults"]) == (
        True,
        {"minProtocolVersion": "TLSV1_2"},
        {"minProtocolVersion": "TLSV1_2"},
    )
    assert mesh["outboundTrafficPolicy"] == {"mode": "REGISTRY_ONLY"}
    assert (mesh["accessLogFile"], mesh["accessLogEncoding"]) == ("/dev/stdout", "JSON")
    assert mesh["defaultConfig"]["proxyMetadata"] == {"ISTIO_META_DNS_CAPTURE": "true"}
    less = istiod(small)["meshConfig"]
    assert (less["outboundTrafficPolicy"], less["accessLogFile"]) == ({"mode": "ALLOW_ANY"}, "")


def test_others_sign_certificates_instead_of_istiod_not_beside_it(full: ModulePlan, small: ModulePlan) -> None:
    made = istiod(full)
    assert made["global"]["caAddress"] == "cert-manager-istio-csr.cert-manager.svc:443"
    assert made["env"]["ENABLE_CA_SERVER"] == "false"
    own = istiod(small)
    assert (own["global"]["caAddress"], own["env"]["ENABLE_CA_SERVER"]) == ("", "true")


def test_traces_go_to_the_collector_as_often_as_asked(full: ModulePlan, small: ModulePlan) -> None:
    mesh = istiod(full)["meshConfig"]
    assert mesh["enableTracing"] is True
    assert mesh["extensionProviders"][0] == {
        "name": "opentelemetry",
        "opentelemetry": {"service": "collector.observability.svc.cluster.local", "port": 4317},
    }
    (told,) = objects(full, "tracing[0]")["tracing"]["spec"]["tracing"]
    assert told == {"providers": [{"name": "opentelemetry"}], "randomSamplingPercentage": 5}
    assert (istiod(small)["meshConfig"]["enableTracing"], istiod(small)["meshConfig"]["extensionProviders"]) == (
        False,
        [],
    )
    assert "helm_release.tracing[0]" not in small.addresses


# What it demands


def test_the_whole_mesh_is_strict_and_refuses_what_nobody_allows(full: ModulePlan, small: ModulePlan) -> None:
    for plan in (full, small):
        strict = objects(plan, "strict_mtls")["strict"]
        assert (strict["metadata"], strict["spec"]) == (
            {"name": "default", "namespace": "istio-system"},
            {"mtls": {"mode": "STRICT"}},
        )
    nothing = objects(full, "default_deny[0]")["nothing"]
    assert nothing["metadata"]["namespace"] == "istio-system"
    # it allows what its rules say, and has none
    assert nothing["spec"] == {"action": "ALLOW"}
    assert "helm_release.default_deny[0]" not in small.addresses


def test_gateways_are_allowed_their_hosts_alone(full: ModulePlan, small: ModulePlan) -> None:
    made = objects(full, "gateway_policies[0]")
    assert set(made) == {"public"}
    assert made["public"]["spec"] == {
        "selector": {"matchLabels": {"app": "public", "istio": "public"}},
        "action": "ALLOW",
        "rules": [
            {"to": [{"operation": {"hosts": ["claims.example.com", "*.claims.example.com", "partners.example.com"]}}]},
            {"when": [{"key": "connection.sni", "values": ["vault.example.com"]}]},
        ],
    }
    assert "helm_release.gateway_policies[0]" not in small.addresses


# Gateways


def test_gateways_answer_by_tls_alone_and_send_others_there(full: ModulePlan) -> None:
    made = objects(full, "gateway_servers[0]")["public"]["spec"]
    assert made["selector"] == {"app": "public", "istio": "public"}
    clear, *servers = made["servers"]
    assert (clear["port"]["protocol"], clear["tls"]) == ("HTTP", {"httpsRedirect": True})
    assert {server["name"]: server["tls"] for server in servers} == {
        "claims": {"mode": "SIMPLE", "credentialName": "claims-tls", "minProtocolVersion": "TLSV1_2"},
        "partners": {"mode": "MUTUAL", "credentialName": "partners-tls", "minProtocolVersion": "TLSV1_2"},
        # who answers behind it decides
        "vault": {"mode": "PASSTHROUGH"},
    }
    assert {server["port"]["number"] for server in servers} == {443}
    names = [server["port"]["name"] for server in servers]
    assert len(set(names)) == len(names)


def test_certificates_of_gateways_are_ordered_where_gateways_find_them(full: ModulePlan) -> None:
    (made,) = objects(full, "gateway_certificates[0]").values()
    assert (made["metadata"]["namespace"], made["spec"]["secretName"]) == ("istio-ingress", "claims-tls")
    assert (made["spec"]["duration"], made["spec"]["renewBefore"]) == ("2160h", "720h")
    assert made["spec"]["issuerRef"]["kind"] == "AWSPCAClusterIssuer"


def test_a_load_balancer_hands_connections_to_pods_of_every_zone(full: ModulePlan) -> None:
    service = gateway(full, "public")["service"]
    assert (service["type"], service["loadBalancerClass"]) == ("LoadBalancer", "service.k8s.aws/nlb")
    assert service["loadBalancerSourceRanges"] == ["203.0.113.0/24"]
    told = service["annotations"]
    assert told[f"{NLB}-scheme"] == "internet-facing"
    assert told[f"{NLB}-nlb-target-type"] == "ip"
    assert told[f"{NLB}-subnets"] == "subnet-0a1b2c3d4e5f60001"
    assert told[f"{NLB}-attributes"] == "load_balancing.cross_zone.enabled=true,deletion_protection.enabled=true"
    assert (told[f"{NLB}-healthcheck-port"], told[f"{NLB}-healthcheck-path"]) == ("15021", "/healthz/ready")
    # it would listen for whoever asks for health
    assert [port["port"] for port in service["ports"]] == [80, 443]


def test_without_a_load_balancer_a_gateway_is_reached_inside_the_cluster(full: ModulePlan, small: ModulePlan) -> None:
    for service in (gateway(full, "egress")["service"], gateway(small, "inside")["service"]):
        assert service["type"] == "ClusterIP"
        assert not service.get("loadBalancerClass")
        assert service["annotations"] == {}


def test_gateways_follow_the_default_revision_and_are_no_root(full: ModulePlan) -> None:
    for name, scaled in (("public", True), ("egress", False)):
        made = gateway(full, name)
        assert made["revision"] == "1-30-3"
        assert made["autoscaling"]["enabled"] is scaled
        assert made["podDisruptionBudget"] == {"maxUnavailable": 1}
        assert made["securityContext"]["runAsNonRoot"] is True
        assert full.outputs["gateway_services"][name] == f"{name}.istio-ingress.svc.cluster.local"
    assert gateway(full, "egress")["replicaCount"] == 2
    for namespace in ("gateways", "istio"):
        labels = full.resource(f"kubernetes_namespace.{namespace}")["metadata"][0]["labels"]
        assert labels == {"pod-security.kubernetes.io/enforce": "restricted"}


def test_network_policies_are_the_charts_own_unless_somebody_else_makes_them(
    full: ModulePlan, small: ModulePlan
) -> None:
    for plan, made in ((full, True), (small, False)):
        assert istiod(plan)["global"]["networkPolicy"] == {"enabled": made}
    assert gateway(full, "public")["global"]["networkPolicy"] == {"enabled": True}


# Services


def test_versions_share_requests_by_their_weights_and_testers_choose(full: ModulePlan) -> None:
    made = objects(full, "service_routes[0]")["claims-api"]
    assert made["metadata"] == {"name": "claims-api", "namespace": "claims"}
    assert made["spec"]["hosts"] == ["claims-api.claims.svc.cluster.local", "claims.example.com"]
    assert made["spec"]["gateways"] == ["mesh", "istio-ingress/public"]
    by_header, by_weight = made["spec"]["http"]
    assert by_header["match"] == [{"headers": {"x-canary": {"exact": "yes"}}}]
    assert [each["destination"]["subset"] for each in by_header["route"]] == ["v2"]
    assert {each["destination"]["subset"]: each["weight"] for each in by_weight["route"]} == {"v1": 90, "v2": 10}
    assert all(each["destination"]["port"] == {"number": 8080} for each in by_weight["route"])
    subsets = objects(full, "service_destinations[0]")["claims-api"]["spec"]["subsets"]
    assert subsets == [{"name": name, "labels": {"version": name}} for name in ("v1", "v2")]


def test_every_route_has_its_time_and_its_retries(full: ModulePlan) -> None:
    for route in objects(full, "service_routes[0]")["claims-api"]["spec"]["http"]:
        assert route["timeout"] == "3000ms"
        assert route["retries"] == {
            "attempts": 2,
            "perTryTimeout": "1000ms",
            "retryOn": "connect-failure,5xx",
            "retryRemoteLocalities": False,
        }


def test_a_service_of_which_nothing_is_said_is_asked_as_istio_does(full: ModulePlan) -> None:
    (route,) = objects(full, "service_routes[0]")["documents"]["spec"]["http"]
    host = "documents.claims.svc.cluster.local"
    assert route == {"name": "by-weight", "route": [{"destination": {"host": host}}]}
    assert objects(full, "service_destinations[0]")["documents"]["spec"]["trafficPolicy"] == {
        "tls": {"mode": "ISTIO_MUTUAL"}
    }


def test_ill_pods_are_left_alone_and_nobody_asks_for_too_much(full: ModulePlan) -> None:
    policy = objects(full, "service_destinations[0]")["claims-api"]["spec"]["trafficPolicy"]
    assert policy["outlierDetection"] == {
        "consecutive5xxErrors": 3,
        "interval": "10s",
        "baseEjectionTime": "30s",
        "maxEjectionPercent": 50,
    }
    assert policy["connectionPool"] == {
        "tcp": {"maxConnections": 100, "connectTimeout": "1000ms"},
        "http": {"http1MaxPendingRequests": 1024, "http2MaxRequests": 1024},
    }
    assert policy["retryBudget"] == {"percent": 25, "minRetryConcurrency": 5}


def test_pods_are_chosen_by_an_algorithm_or_by_what_is_equal(full: ModulePlan) -> None:
    made = objects(full, "service_destinations[0]")
    assert made["claims-api"]["spec"]["trafficPolicy"]["loadBalancer"] == {
        "simple": "LEAST_REQUEST",
        "localityLbSetting": {"enabled": True},
        "warmup": {"duration": "60s"},
    }
    assert made["sessions"]["spec"]["trafficPolicy"]["loadBalancer"] == {
        "consistentHash": {"httpCookie": {"name": "session", "ttl": "3600s"}},
        "localityLbSetting": {"enabled": False},
    }


# Who may ask whom


def test_only_who_is_named_may_ask_and_only_for_what_is_named(full: ModulePlan) -> None:
    made = objects(full, "allowed[0]")["portal-reads-claims"]["spec"]
    assert (made["action"], made["selector"]) == ("ALLOW", {"matchLabels": {"app": "claims-api"}})
    (rule,) = made["rules"]
    token = ["https://login.example.com/*"]
    assert [each["source"] for each in rule["from"]] == [
        {
            "principals": [
                "claims.example.com/ns/portal/sa/portal",
                "claims.example.com/ns/payments/sa/worker",
                "claims.example.com/ns/istio-ingress/sa/public",
            ],
            "requestPrincipals": token,
        },
        {"namespaces": ["reporting"], "requestPrincipals": token},
    ]
    assert rule["to"] == [{"operation": {"methods": ["GET", "HEAD"], "paths": ["/claims/*"], "ports": ["8080"]}}]


def test_what_is_left_out_of_a_policy_is_not_asked_for(full: ModulePlan) -> None:
    made = objects(full, "allowed[0]")
    assert made["batch-asks-documents"]["spec"] == {
        "action": "ALLOW",
        "rules": [{"from": [{"source": {"namespaces": ["batch"]}}]}],
    }
    (rule,) = made["whoever-has-a-token"]["spec"]["rules"]
    assert rule == {"from": [{"source": {"requestPrincipals": ["https://login.example.com/*"]}}]}


def test_tokens_are_looked_at_and_asked_for(full: ModulePlan) -> None:
    made = objects(full, "jwt[0]")
    assert made["login"]["spec"] == {
        "selector": {"matchLabels": {"app": "claims-api"}},
        "jwtRules": [
            {
                "issuer": "https://login.example.com",
                "jwksUri": "https://login.example.com/keys",
                "audiences": ["claims"],
                "forwardOriginalToken": True,
            }
        ],
    }
    assert "jwksUri" not in made["partners"]["spec"]["jwtRules"][0]
    # a RequestAuthentication alone lets a request without a token pass
    required = objects(full, "jwt_required[0]")
    assert set(required) == {"login"}
    assert required["login"]["spec"]["action"] == "DENY"
    assert required["login"]["spec"]["rules"] == [{"from": [{"source": {"notRequestPrincipals": ["*"]}}]}]


def test_others_are_asked_about_requests_and_nothing_passes_while_they_do_not_answer(full: ModulePlan) -> None:
    providers = {each["name"]: each for each in istiod(full)["meshConfig"]["extensionProviders"]}
    assert providers["opa"]["envoyExtAuthzGrpc"] == {
        "service": "opa.identity.svc.cluster.local",
        "port": 9191,
        "timeout": "0.25s",
        "failOpen": False,
    }
    by_http = providers["legacy"]["envoyExtAuthzHttp"]
    assert (by_http["includeRequestHeadersInCheck"], by_http["headersToUpstreamOnAllow"]) == (
        ["authorization"],
        ["x-user"],
    )
    checks = objects(full, "external_checks[0]")
    # an Allowed of the same name is another policy of the same namespace
    assert checks["payments"]["metadata"] == {"name": "payments-checked", "namespace": "payments"}
    assert checks["payments"]["spec"] == {
        "action": "CUSTOM",
        "provider": {"name": "opa"},
        "rules": [{"to": [{"operation": {"notPaths": ["/healthz"]}}]}],
    }
    assert checks["claims"]["spec"]["rules"] == [{}]


# Namespaces


def test_namespaces_have_the_label_of_their_revision(full: ModulePlan) -> None:
    made = full.resource('kubernetes_namespace.namespace["claims"]')["metadata"][0]
    assert (made["name"], made["labels"]) == ("claims", {"istio.io/rev": "1-30-3"})
    for name, labels in (("payments", {"istio.io/rev": "canary"}), ("batch", {"istio-injection": "disabled"})):
        labelled = full.resource(f'kubernetes_labels.namespace_labels["{name}"]')
        assert (labelled["kind"], labelled["metadata"][0]["name"], labelled["labels"]) == ("Namespace", name, labels)
    assert full.outputs["namespace_revisions"] == {"claims": "1-30-3", "payments": "canary"}


# The plugin on each node


def test_with_the_plugin_no_pod_of_the_mesh_asks_for_rights_of_the_network(full: ModulePlan, small: ModulePlan) -> None:
    made = full.helm_values("helm_release.cni[0]")
    assert charts.check_values(charts.chart("istio-cni"), made, where="cni") == []
    # it must not wait for itself, nor keep the cluster's own pods waiting
    assert made["excludeNamespaces"] == ["istio-cni", "kube-system", "velero"]
    assert made["seccompProfile"] == {"type": "RuntimeDefault"}
    planes = [full.helm_values(f'helm_release.istiod["{each}"]') for each in FULL.revisions]
    assert [plane["cni"] for plane in planes] == [{"enabled": True}, {"enabled": True}]
    assert small.helm_values('helm_release.istiod["1-30-3"]')["cni"] == {"enabled": False}
    assert "helm_release.cni[0]" not in small.addresses


def test_the_plugin_has_a_namespace_of_its_own_whose_level_lets_it_in(full: ModulePlan) -> None:
    levels = {
        name: full.resource(address)["metadata"][0]["labels"]["pod-security.kubernetes.io/enforce"]
        for name, address in {"cni": "kubernetes_namespace.cni[0]", "planes": "kubernetes_namespace.istio"}.items()
    }
    assert levels == {"cni": "privileged", "planes": "restricted"}


# Kiali


def test_people_see_the_mesh_and_change_nothing_by_it(full: ModulePlan, small: ModulePlan) -> None:
    made = full.helm_values("helm_release.kiali[0]")
    assert charts.check_values(charts.chart("kiali-server"), made, where="kiali") == []
    assert made["deployment"]["view_only_mode"] is True
    assert (made["auth"]["strategy"], made["auth"]["openid"]["issuer_uri"]) == ("openid", "https://login.example.com")
    assert (made["deployment"]["replicas"], made["deployment"]["pod_disruption_budget"]) == (
        3,
        {"spec": {"maxUnavailable": 1}},
    )
    assert "helm_release.kiali[0]" not in small.addresses


def test_what_kiali_shows_comes_from_the_platforms_own_sources(full: ModulePlan) -> None:
    sources = full.helm_values("helm_release.kiali[0]")["external_services"]
    assert sources["prometheus"] == {
        "url": "http://mimir-gateway.observability.svc.cluster.local/prometheus",
        "custom_headers": {"X-Scope-OrgID": "platform"},
        "auth": {"type": "basic", "username": "platform", "password": "secret:kiali:prometheus-password"},
    }
    assert sources["tracing"]["auth"]["password"] == "secret:kiali:tempo-password"
    assert (sources["tracing"]["enabled"], sources["tracing"]["provider"]) == (True, "tempo")
    assert (sources["grafana"]["enabled"], sources["istio"]) == (True, {"root_namespace": "istio-system"})


def test_browsers_reach_kiali_where_its_issuer_sends_them_back_to(full: ModulePlan) -> None:
    made = full.helm_values("helm_release.kiali[0]")
    assert made["server"] == {
        "web_fqdn": "kiali.example.com",
        "web_schema": "https",
        "web_port": "443",
        "web_root": "/",
    }
    ingress = made["deployment"]["ingress"]
    assert ingress["enabled"] is True
    spec = ingress["override_yaml"]["spec"]
    assert spec["tls"] == [{"hosts": ["kiali.example.com"], "secretName": "kiali-tls"}]
    assert (spec["ingressClassName"], [rule["host"] for rule in spec["rules"]]) == ("kong", ["kiali.example.com"])


def test_kialis_secrets_are_in_no_value_and_its_sessions_outlive_a_render(full: ModulePlan) -> None:
    assert full.helm_values("helm_release.kiali[0]")["login_token"] == {"signing_key": "secret:kiali:signing-key"}
    secret = objects(full, "kiali_secret[0]")["secret"]
    assert secret["spec"]["target"] == {"name": "kiali"}
    assert secret["spec"]["dataFrom"] == [{"extract": {"key": "prod/kiali"}}]


# Who is told


@pytest.mark.parametrize(
    ("address", "workload"),
    [
        ('control_plane["canary"]', "istio-system/istiod-canary"),
        ('gateway["public"]', "istio-ingress/public"),
        ("kiali[0]", "kiali/kiali"),
        ("cni[0]", "istio-cni/istio-cni-node"),
    ],
)
def test_missing_pods_ring_with_what_to_do(full: ModulePlan, address: str, workload: str) -> None:
    alarm = full.resource(f"aws_cloudwatch_metric_alarm.{address}")
    assert (alarm["namespace"], alarm["metric_name"]) == ("Groundplan/Istio", "MissingReplicas")
    assert (alarm["dimensions"], alarm["alarm_actions"]) == ({"Cluster": "prod", "Workload": workload}, [TOPIC])
    assert (alarm["period"], alarm["evaluation_periods"], alarm["treat_missing_data"]) == (300, 4, "breaching")
    assert "kubectl" in alarm["alarm_description"]


def test_the_report_asks_for_every_control_plane_and_gateway(full: ModulePlan) -> None:
    (spec,) = full.resource("kubernetes_cron_job_v1.status")["spec"]
    pod = spec["job_template"][0]["spec"][0]["template"][0]["spec"][0]
    (asked,) = (
        each["value"] for container in pod["init_container"] for each in container["env"] if each["name"] == "WORKLOADS"
    )
    assert asked.split() == [
        "istio-system/deployment/istiod-1-30-3",
        "istio-system/deployment/istiod-canary",
        "istio-ingress/deployment/egress",
        "istio-ingress/deployment/public",
        "kiali/deployment/kiali",
        "istio-cni/daemonset/istio-cni-node",
    ]
    assert full.resource("aws_iam_role.status")["permissions_boundary"] == BOUNDARY


def test_prometheus_reads_istiod_and_every_proxy(full: ModulePlan, small: ModulePlan) -> None:
    made = objects(full, "monitoring[0]")
    assert {one["kind"] for one in made.values()} == {"ServiceMonitor", "PodMonitor", "PrometheusRule"}
    assert all(one["metadata"]["labels"] == {"release": "monitoring"} for one in made.values())
    assert made["proxies"]["spec"]["namespaceSelector"] == {"any": True}
    assert "helm_release.monitoring[0]" not in small.addresses
