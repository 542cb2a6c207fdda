"""What Terraform would make of the module: everything on, as little as there can be, and with kube-proxy in ipvs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan import charts
from groundplan.iam import evaluate
from modules.dns.service_discovery import (
    CoreDns,
    Mesh,
    MeshPort,
    MeshService,
    Rewrite,
    ServiceDiscovery,
    StubDomain,
)
from tests.modules.service_discovery.corefiles import Block, read
from tests.modules.service_discovery.examples import (
    BOUNDARY,
    FULL,
    IPVS,
    OTHER_ZONE,
    PRIVATE_ZONE,
    PUBLIC_ZONE,
    SMALL,
    TOPIC,
)
from tests.support.planning import ModulePlan

ZONE = "arn:aws:route53:::hostedzone/"


@pytest.fixture(scope="module")
def full(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(ServiceDiscovery, FULL)


@pytest.fixture(scope="module")
def small(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(ServiceDiscovery, SMALL)


@pytest.fixture(scope="module")
def ipvs(plan_module: Callable[..., ModulePlan]) -> ModulePlan:
    return plan_module(ServiceDiscovery, IPVS)


@pytest.fixture(scope="module")
def first_plan(plan_module: Callable[..., ModulePlan]) -> ModulePlan:
    return plan_module(ServiceDiscovery, FULL)


def addon(plan: ModulePlan) -> dict[str, Any]:
    return plan.document("aws_eks_addon.coredns[0]", "configuration_values")


def cache(plan: ModulePlan) -> tuple[dict[str, Any], dict[str, Block]]:
    """The container of the cache on every node, and its configuration."""
    (spec,) = plan.resource("kubernetes_daemon_set_v1.node_local_dns[0]")["spec"]
    (container,) = spec["template"][0]["spec"][0]["container"]
    return container, read(plan.resource("kubernetes_config_map_v1.node_local_dns[0]")["data"]["Corefile.base"])


def arguments(container: dict[str, Any]) -> dict[str, str]:
    return dict(zip(container["args"][::2], container["args"][1::2], strict=True))


def test_the_addresses_of_everything_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


# CoreDNS


def test_only_values_that_the_add_on_knows_are_given(full: ModulePlan, small: ModulePlan) -> None:
    # https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonConfiguration.html: the schema refuses others
    known = {
        "affinity",
        "autoScaling",
        "computeType",
        "corefile",
        "nodeSelector",
        "podAnnotations",
        "podDisruptionBudget",
        "podLabels",
        "replicaCount",
        "resources",
        "tolerations",
        "topologySpreadConstraints",
    }
    assert set(addon(full)) | set(addon(small)) <= known
    assert set(addon(full)["resources"]) == {"requests", "limits"}
    assert isinstance(addon(small)["replicaCount"], int)


def test_the_add_on_has_its_exact_version_and_takes_over_what_is_there(full: ModulePlan) -> None:
    made = full.resource("aws_eks_addon.coredns[0]")
    assert made["addon_version"] == "v1.12.4-eksbuild.1"
    assert made["resolve_conflicts_on_create"] == made["resolve_conflicts_on_update"] == "OVERWRITE"
    # DNS goes on when the module goes
    assert made["preserve"] is True


def test_coredns_is_scaled_by_eks_and_by_nobody_else(full: ModulePlan) -> None:
    assert addon(full)["autoScaling"] == {"enabled": True, "minReplicas": 3, "maxReplicas": 30}
    assert "replicaCount" not in addon(full)


def test_without_scaling_coredns_has_its_replicas(small: ModulePlan) -> None:
    assert addon(small)["replicaCount"] == 2
    assert addon(small)["autoScaling"]["enabled"] is False


def test_a_lost_zone_or_drained_nodes_leave_replicas_of_coredns(full: ModulePlan) -> None:
    values = addon(full)
    assert values["podDisruptionBudget"] == {"enabled": True, "maxUnavailable": 1}
    zones, nodes = values["topologySpreadConstraints"]
    assert (zones["topologyKey"], zones["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")
    assert nodes["topologyKey"] == "kubernetes.io/hostname"
    assert zones["labelSelector"] == nodes["labelSelector"] == {"matchLabels": {"k8s-app": "kube-dns"}}


def test_stub_domains_are_asked_from_their_own_servers(full: ModulePlan) -> None:
    servers = read(addon(full)["corefile"])
    assert set(servers) == {".:53", "ad.example.com:53", "corp.example.com:53"}
    corp = servers["corp.example.com:53"]
    assert corp.arguments("forward") == [". 10.0.0.2 10.0.0.3"]
    assert "force_tcp" in corp.block("forward").names
    assert "force_tcp" not in servers["ad.example.com:53"].block("forward").names
    assert servers["ad.example.com:53"].arguments("cache") == ["5"]


def test_answers_are_kept_as_long_as_given_and_longer_when_servers_are_away(full: ModulePlan) -> None:
    kept = read(addon(full)["corefile"])[".:53"].block("cache")
    assert kept.arguments("success") == ["9984 60"]
    assert kept.arguments("denial") == ["9984 10"]
    assert kept.arguments("serve_stale") == ["7200s"]


def test_the_corefile_keeps_what_eks_relies_on(small: ModulePlan) -> None:
    server = read(addon(small)["corefile"])[".:53"]
    assert {"errors", "health", "ready", "kubernetes", "prometheus", "forward", "cache", "loop", "reload"} <= set(
        server.names
    )
    assert server.arguments("kubernetes") == ["cluster.local in-addr.arpa ip6.arpa"]
    assert server.arguments("prometheus") == [":9153"]
    assert "rewrite" not in server.names
    assert "log" not in server.names


def test_mesh_names_are_looked_up_as_services_exact_ones_first(full: ModulePlan) -> None:
    rewrites = [inner.arguments("name")[0] for inner in read(addon(full)["corefile"])[".:53"].blocks("rewrite")]
    assert rewrites == [
        "exact rates.mesh.example.com istio-egressgateway.istio-system.svc.cluster.local",
        "suffix .mesh.example.com. .svc.cluster.local.",
        r"regex ^.+\.partner\.example\.com\.$ istio-egressgateway.istio-system.svc.cluster.local",
    ]
    pattern = rewrites[2].split()[1]
    assert re.search(pattern, "api.partner.example.com.")
    assert not re.search(pattern, "api.partner.example.com.evil.example.org.")
    assert not re.search(pattern, "apixpartner.example.com.")


def test_answers_to_rewritten_names_bear_the_name_that_was_asked_for(full: ModulePlan) -> None:
    for rewrite in read(addon(full)["corefile"])[".:53"].blocks("rewrite"):
        assert rewrite.arguments("answer") == ["auto"]


# NodeLocal DNSCache


def test_with_iptables_the_cache_takes_over_the_address_of_coredns(full: ModulePlan) -> None:
    container, servers = cache(full)
    assert arguments(container)["-localip"] == "169.254.20.10,172.20.0.10"
    assert {server.arguments("bind")[0] for server in servers.values()} == {"169.254.20.10 172.20.0.10"}
    # its own address leads to the cache on the nodes, so it reaches CoreDNS by another service
    assert servers["cluster.local:53"].arguments("forward") == [". __PILLAR__CLUSTER__DNS__"]
    upstream = full.resource("kubernetes_service_v1.coredns_upstream[0]")
    assert arguments(container)["-upstreamsvc"] == upstream["metadata"][0]["name"]
    assert upstream["spec"][0]["selector"] == {"k8s-app": "kube-dns"}
    assert full.outputs["kubelet_cluster_dns"] is None


def test_with_ipvs_kubelets_must_name_the_cache(ipvs: ModulePlan) -> None:
    container, servers = cache(ipvs)
    assert arguments(container)["-localip"] == "169.254.20.10"
    assert {server.arguments("bind")[0] for server in servers.values()} == {"169.254.20.10"}
    assert servers["cluster.local:53"].arguments("forward") == [". 10.100.0.10"]
    assert ipvs.outputs["kubelet_cluster_dns"] == "169.254.20.10"


def test_the_cache_asks_coredns_for_every_name_that_only_coredns_knows(full: ModulePlan) -> None:
    _, servers = cache(full)
    asked = {name for name, server in servers.items() if server.arguments("forward") == [". __PILLAR__CLUSTER__DNS__"]}
    coredns = FULL.coredns
    assert coredns is not None
    own = {"cluster.local", "in-addr.arpa", "ip6.arpa"}
    assert asked == {f"{zone}:53" for zone in own | set(coredns.stub_domains) | set(coredns.rewrites)}
    assert servers[".:53"].arguments("forward") == [". /etc/resolv.conf"]


def test_the_cache_runs_on_every_node_and_restarts_when_its_configuration_changes(full: ModulePlan) -> None:
    (spec,) = full.resource("kubernetes_daemon_set_v1.node_local_dns[0]")["spec"]
    template = spec["template"][0]
    pod = template["spec"][0]
    assert [toleration["operator"] for toleration in pod["toleration"]] == ["Exists"]
    assert (pod["host_network"], pod["dns_policy"]) == (True, "Default")
    assert pod["priority_class_name"] == "system-node-critical"
    assert len(template["metadata"][0]["annotations"]["checksum/corefile"]) == 64
    assert spec["strategy"][0]["rolling_update"][0]["max_unavailable"] == "10%"


def test_the_cache_is_healthy_where_its_probes_look(full: ModulePlan) -> None:
    container, servers = cache(full)
    (probe,) = container["liveness_probe"][0]["http_get"]
    assert servers["cluster.local:53"].arguments("health") == [f"{probe['host']}:{probe['port']}"]
    # one listener for all servers: a second one would fail to start
    assert sum("health" in server.names for server in servers.values()) == 1


# ExternalDNS


@pytest.mark.parametrize(
    ("instance", "mine", "others"),
    [("public", [PUBLIC_ZONE], [PRIVATE_ZONE, OTHER_ZONE]), ("private", [PRIVATE_ZONE, OTHER_ZONE], [PUBLIC_ZONE])],
)
def test_external_dns_can_change_only_the_named_zones(
    full: ModulePlan, instance: str, mine: list[str], others: list[str]
) -> None:
    policy = full.document(f'aws_iam_role_policy.external_dns["{instance}"]', "policy")
    for action in ("route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"):
        assert all(evaluate(policy, action, ZONE + zone) for zone in mine)
        assert not any(evaluate(policy, action, ZONE + zone) for zone in [*others, "Z0STRANGER0000000001"])
    assert evaluate(policy, "route53:ListHostedZones", "*")
    for action in ("route53:CreateHostedZone", "route53:DeleteHostedZone", "route53:AssociateVPCWithHostedZone"):
        assert not evaluate(policy, action, ZONE + mine[0])
    arguments = full.helm_values(f'helm_release.external_dns["{instance}"]')["extraArgs"]
    assert arguments["zone-id-filter"] == mine
    assert arguments["aws-zone-type"] == instance


def test_every_instance_takes_the_role_of_its_own_service_account(full: ModulePlan) -> None:
    for instance in ("public", "private"):
        role = full.resource(f'aws_iam_role.external_dns["{instance}"]')
        account = full.helm_values(f'helm_release.external_dns["{instance}"]')["serviceAccount"]
        assert account["annotations"] == {"eks.amazonaws.com/role-arn": role["arn"]}
        assert f"system:serviceaccount:external-dns:{account['name']}" in role["assume_role_policy"]
        assert role["permissions_boundary"] == BOUNDARY
        assert full.outputs["external_dns_role_arns"][instance] == role["arn"]


def test_with_pod_identity_the_association_names_the_service_account(small: ModulePlan) -> None:
    association = small.resource('aws_eks_pod_identity_association.external_dns["public"]')
    account = small.helm_values('helm_release.external_dns["public"]')["serviceAccount"]
    assert (association["namespace"], association["service_account"]) == ("external-dns", account["name"])
    assert account["annotations"] == {}


def test_no_record_is_deleted_unless_somebody_says_so(full: ModulePlan) -> None:
    assert full.helm_values('helm_release.external_dns["public"]')["policy"] == "upsert-only"
    assert full.helm_values('helm_release.external_dns["private"]')["policy"] == "sync"


def test_every_record_tells_its_owner_in_a_text_record_that_is_in_the_zone(full: ModulePlan) -> None:
    public = full.helm_values('helm_release.external_dns["public"]')
    private = full.helm_values('helm_release.external_dns["private"]')
    assert public["registry"] == private["registry"] == "txt"
    assert full.outputs["external_dns_owner_ids"] == {"public": "prod-dns-public", "private": "prod-private"}
    assert (public["txtOwnerId"], private["txtOwnerId"]) == ("prod-dns-public", "prod-private")
    # the dot makes a label of the prefix: the record of the zone's own name stays in the zone
    assert public["txtPrefix"] == "%{record_type}-externaldns."
    assert private["txtPrefix"] == "%{record_type}-owner."


def test_instances_look_at_what_they_are_told_to(full: ModulePlan) -> None:
    public = full.helm_values('helm_release.external_dns["public"]')
    assert public["sources"] == ["service", "ingress", "istio-gateway", "istio-virtualservice"]
    assert public["domainFilters"] == ["apps.example.com"]
    assert public["excludeDomains"] == ["legacy.apps.example.com"]
    assert public["annotationFilter"] == "alb.ingress.kubernetes.io/scheme in (internet-facing)"
    private = full.helm_values('helm_release.external_dns["private"]')
    assert (private["interval"], private["triggerLoopOnEvent"]) == ("120s", True)


def test_one_instance_writes_at_a_time(full: ModulePlan) -> None:
    # it elects no leader: a rollout ends the old one first, and the chart makes one replica
    values = full.helm_values('helm_release.external_dns["public"]')
    assert values["deploymentStrategy"] == {"type": "Recreate"}
    assert "replicaCount" not in values


def test_external_dns_alone_has_its_token_and_is_reached_by_who_asks_for_its_metrics(
    full: ModulePlan, plan_module: Callable[..., ModulePlan]
) -> None:
    for instance in ("public", "private"):
        values = full.helm_values(f'helm_release.external_dns["{instance}"]')
        assert values["automountServiceAccountToken"] is False
        assert values["extraVolumeMounts"][0]["name"] == values["extraVolumes"][0]["name"]
    (spec,) = full.resource("kubernetes_network_policy_v1.external_dns[0]")["spec"]
    assert spec["pod_selector"][0]["match_labels"] == {"app.kubernetes.io/name": "external-dns"}
    assert [port["port"] for port in spec["ingress"][0]["ports"]] == ["7979"]
    without = plan_module(ServiceDiscovery, SMALL.but(network_policies=False))
    assert without.resources("kubernetes_network_policy_v1") == {}


def test_the_chart_is_locked_and_knows_every_value(full: ModulePlan) -> None:
    made = full.resource('helm_release.external_dns["public"]')
    assert (made["chart"], made["version"]) == ("external-dns", "1.21.1")
    assert made["wait"] is made["atomic"] is True
    values = full.helm_values('helm_release.external_dns["public"]')
    assert charts.check_values(charts.chart("external-dns"), values, where="values") == []


def test_further_values_come_to_every_instance(full: ModulePlan) -> None:
    for instance in ("public", "private"):
        values = full.helm_values(f'helm_release.external_dns["{instance}"]')
        assert values["extraArgs"]["aws-batch-change-interval"] == "2s"
        assert values["nodeSelector"] == {"workload": "platform"}


def test_what_decides_can_be_read_before_anything_is_there(first_plan: ModulePlan) -> None:
    assert first_plan.helm_values('helm_release.external_dns["public"]')["policy"] == "upsert-only"
    assert addon(first_plan)["autoScaling"]["minReplicas"] == 3
    assert evaluate(
        first_plan.document('aws_iam_role_policy.external_dns["public"]', "policy"),
        "route53:ChangeResourceRecordSets",
        ZONE + PUBLIC_ZONE,
    )


def test_ids_of_zones_that_are_still_to_be_made_hide_nothing_else(full: ModulePlan) -> None:
    # Terraform knows a text as a whole or not at all
    texts = full.resource('helm_release.external_dns["public"]')["values"]
    (holds_ids,) = [text for text in texts if PUBLIC_ZONE in text]
    assert "policy" not in holds_ids
    assert "domainFilters" not in holds_ids


# Names inside the cluster and the mesh


def test_a_headless_service_gives_the_addresses_of_its_pods(full: ModulePlan) -> None:
    made = full.resource('kubernetes_service_v1.headless["claims-store"]')
    (spec,) = made["spec"]
    assert spec["cluster_ip"] == "None"
    assert spec["publish_not_ready_addresses"] is True
    assert spec["selector"] == {"app.kubernetes.io/name": "claims-store"}
    (port,) = spec["port"]
    assert (port["name"], port["port"], port["target_port"], port["app_protocol"]) == ("grpc", 7000, "grpc", "grpc")
    assert full.outputs["headless_service_names"] == {"claims-store": "claims-store.claims.svc.cluster.local"}


def test_services_of_the_mesh_are_service_entries_in_their_own_namespaces(full: ModulePlan) -> None:
    entries = full.helm_values("helm_release.mesh_services[0]")["objects"]
    assert set(entries) == {"partner", "rates"}
    rates = entries["rates"]
    assert (rates["apiVersion"], rates["kind"]) == ("networking.istio.io/v1", "ServiceEntry")
    assert rates["metadata"] == {"name": "rates", "namespace": "claims"}
    assert rates["spec"]["hosts"] == ["rates.mesh.example.com"]
    assert rates["spec"]["ports"] == [{"name": "https", "number": 443, "protocol": "TLS", "targetPort": 443}]
    (endpoint,) = rates["spec"]["endpoints"]
    assert (endpoint["address"], endpoint["weight"]) == ("10.8.0.4", 2)
    # seen by its own namespace, unless somebody says more
    assert rates["spec"]["exportTo"] == ["."]
    for entry in entries.values():
        assert charts.custom_resource_problems(entry, where="entry") == []


def test_a_service_that_pods_or_the_client_s_address_decide_has_no_endpoints_at_all(
    plan_module: Callable[..., ModulePlan],
) -> None:
    # the API server counts an empty list as given: beside a workloadSelector, and with resolution NONE, it refuses it
    port = {"db": MeshPort(number=5432, protocol="TCP")}
    services = {
        "chosen": MeshService(
            namespace="claims",
            hosts=["db.mesh.example.com"],
            ports=port,
            resolution="STATIC",
            location="MESH_INTERNAL",
            workload_selector={"app": "db"},
        ),
        "passed-through": MeshService(
            namespace="claims", hosts=["db.example.com"], ports=port, resolution="NONE", addresses=["10.8.0.0/24"]
        ),
    }
    plan = plan_module(ServiceDiscovery, SMALL.but(mesh=Mesh(services=services)))
    entries = plan.helm_values("helm_release.mesh_services[0]")["objects"]
    assert [entries[name]["spec"]["endpoints"] for name in ("chosen", "passed-through")] == [None, None]
    assert entries["chosen"]["spec"]["workloadSelector"] == {"labels": {"app": "db"}}
    assert entries["passed-through"]["spec"]["workloadSelector"] is None


def test_istiod_is_told_to_let_sidecars_answer(full: ModulePlan, small: ModulePlan) -> None:
    assert full.outputs["mesh_config"] == {"defaultConfig": {"proxyMetadata": {"ISTIO_META_DNS_CAPTURE": "true"}}}
    assert small.outputs["mesh_config"]["defaultConfig"]["proxyMetadata"] == {"ISTIO_META_DNS_CAPTURE": "false"}


# Watching


def test_what_is_cluster_wide_bears_the_name_of_its_call(full: ModulePlan, small: ModulePlan) -> None:
    for plan, name in ((full, "prod-dns-status"), (small, "dev-dns-status")):
        for kind in ("kubernetes_cluster_role_v1", "kubernetes_cluster_role_binding_v1", "kubernetes_cron_job_v1"):
            assert plan.resource(f"{kind}.status[0]")["metadata"][0]["name"] == name


def test_people_are_told_when_replicas_are_missing_or_nobody_says_that_they_are_not(full: ModulePlan) -> None:
    alarms = full.resources("aws_cloudwatch_metric_alarm").values()
    (container,) = full.resource("kubernetes_cron_job_v1.status[0]")["spec"][0]["job_template"][0]["spec"][0][
        "template"
    ][0]["spec"][0]["init_container"]
    told = {item["name"]: item["value"] for item in container["env"]}
    watched = set()
    for workload in told["WORKLOADS"].split():
        namespace, _, name = workload.split("/")
        watched.add(f"{namespace}/{name}")
    assert {alarm["dimensions"]["Workload"] for alarm in alarms} == watched
    assert watched == {
        "external-dns/external-dns-private",
        "external-dns/external-dns-public",
        "kube-system/coredns",
        "kube-system/node-local-dns",
    }
    for alarm in alarms:
        assert alarm["alarm_actions"] == [TOPIC]
        assert alarm["treat_missing_data"] == "breaching"
        assert alarm["period"] * alarm["evaluation_periods"] == 20 * 60
        assert alarm["dimensions"]["Cluster"] == told["CLUSTER"]
    assert len({alarm["alarm_name"] for alarm in alarms}) == len(alarms)


def test_the_status_report_reads_workloads_and_publishes_to_its_own_namespace(full: ModulePlan) -> None:
    rules = full.resource("kubernetes_cluster_role_v1.status[0]")["rule"]
    assert [(rule["resources"], sorted(rule["verbs"])) for rule in rules] == [
        (["daemonsets", "deployments"], ["get", "list"])
    ]
    policy = full.document("aws_iam_role_policy.status[0]", "policy")
    assert evaluate(policy, "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": full.outputs["metric_namespace"]})
    assert not evaluate(policy, "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/EKS"})


def test_prometheus_is_told_of_every_part(full: ModulePlan, small: ModulePlan) -> None:
    releases = {name for name in full.resources("helm_release") if "monitoring" in name}
    assert len(releases) == 3
    for name in releases:
        for item in full.helm_values(name)["objects"].values():
            assert charts.custom_resource_problems(item, where=name) == []
            assert item["metadata"]["labels"] == {"release": "monitoring"}
    (group,) = full.helm_values("helm_release.external_dns_monitoring[0]")["objects"]["rule"]["spec"]["groups"]
    late = [rule["expr"] for rule in group["rules"] if rule["alert"] == "ExternalDNSNotSynchronized"]
    assert any('job="external-dns-private"' in expression for expression in late)
    monitor = full.helm_values('helm_release.external_dns["public"]')["serviceMonitor"]
    assert monitor == {"enabled": True, "additionalLabels": {"release": "monitoring"}, "interval": "60s"}
    assert not [name for name in small.resources("helm_release") if "monitoring" in name]
    assert small.helm_values('helm_release.external_dns["public"]')["serviceMonitor"]["enabled"] is False


def test_a_name_with_nothing_special_reaches_the_corefile_as_it_is(plan_module: Callable[..., ModulePlan]) -> None:
    coredns = CoreDns(
        addon_version="v1.12.4-eksbuild.1",
        upstream_servers=["10.1.0.2", "10.1.0.3"],
        stub_domains={"a.example.com": StubDomain(servers=["10.0.0.2"])},
        rewrites={"b.example.com": Rewrite(to="b.payments.svc.cluster.local")},
    )
    plan = plan_module(ServiceDiscovery, SMALL.but(coredns=coredns, external_dns={}))
    server = read(addon(plan)["corefile"])[".:53"]
    assert server.arguments("forward") == [". 10.1.0.2 10.1.0.3"]
    assert json.loads(json.dumps(plan.outputs["corefile"])) == addon(plan)["corefile"]
    assert not plan.resources("aws_iam_role_policy") or list(plan.resources("aws_iam_role_policy")) == [
        "aws_iam_role_policy.status[0]"
    ]
