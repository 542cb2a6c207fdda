"""What Terraform would make of the module: everything switched on, and as little as there can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan import charts
from modules.certificates.cert_manager import CertManager
from tests.modules.cert_manager.examples import CA, CODE_CA, FULL, ROOT, SMALL
from tests.support.planning import ModulePlan, waited_for

Planner = Callable[..., ModulePlan]
FILES = Path(__file__).parents[3] / "modules/certificates/cert_manager/files"
CHARTS = {
    "cert_manager": "cert-manager",
    "istio_csr[0]": "cert-manager-istio-csr",
    "private_ca[0]": "aws-privateca-issuer",
}
CUSTOM = ("acme_issuers[0]", "private_ca_issuers[0]", "certificates[0]", "prometheus_rule[0]")


def values(plan: ModulePlan, release: str) -> dict[str, Any]:
    return plan.helm_values(f"helm_release.{release}")


def objects(plan: ModulePlan, release: str) -> dict[str, Any]:
    found: dict[str, Any] = values(plan, f"{release}[0]")["objects"]
    return found


def alarm(plan: ModulePlan, name: str) -> dict[str, Any]:
    return plan.resource(f"aws_cloudwatch_metric_alarm.{name}")


def pod(plan: ModulePlan) -> dict[str, Any]:
    (spec,) = plan.resource("kubernetes_cron_job_v1.status")["spec"]
    found: dict[str, Any] = spec["job_template"][0]["spec"][0]["template"][0]["spec"][0]
    return found


@pytest.fixture(scope="module")
def after() -> dict[str, set[str]]:
    """What each resource waits for, by depends_on."""
    return waited_for(CertManager)


def test_the_addresses_of_everything_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


# The releases


def test_releases_are_exact_and_set_only_values_that_their_charts_read(full: ModulePlan, small: ModulePlan) -> None:
    for name, locked in CHARTS.items():
        release = full.resource(f"helm_release.{name}")
        facts = charts.chart(locked)
        assert (release["chart"], release["version"]) == (facts.chart, facts.version)
        assert (release["wait"], release["atomic"], release["create_namespace"]) == (True, True, False)
        assert charts.check_values(facts, values(full, name), where="values") == []
    small_values = values(small, "cert_manager")
    assert charts.check_values(charts.chart("cert-manager"), small_values, where="values") == []


def test_every_custom_resource_has_only_fields_that_its_definition_knows(full: ModulePlan) -> None:
    made = [made for release in CUSTOM for made in values(full, release)["objects"].values()]
    assert len(made) == 8
    for resource in made:
        assert charts.custom_resource_problems(resource, where=resource["metadata"]["name"]) == []


def test_definitions_come_first_then_issuers_then_certificates(full: ModulePlan, after: dict[str, set[str]]) -> None:
    def waits(address: str, for_what: str) -> bool:
        return any(found == for_what or waits(found, for_what) for found in after.get(address, ()))

    assert values(full, "cert_manager")["crds"] == {"enabled": True, "keep": True}
    assert waits("helm_release.acme_issuers", "helm_release.cert_manager")
    assert waits("helm_release.private_ca", "helm_release.cert_manager")
    assert waits("helm_release.private_ca_issuers", "helm_release.private_ca")
    for issuers in ("acme_issuers", "private_ca_issuers"):
        assert waits("helm_release.certificates", f"helm_release.{issuers}")
        assert waits("helm_release.istio_csr", f"helm_release.{issuers}")


def test_pods_start_after_what_gives_them_a_role_and_nothing_before_the_namespace(after: dict[str, set[str]]) -> None:
    assert {"aws_iam_role_policy.dns", "aws_eks_pod_identity_association.dns"} <= after["helm_release.cert_manager"]
    assert "aws_iam_role_policy.private_ca" in after["helm_release.private_ca"]

    def waits(address: str) -> bool:
        return address == "kubernetes_namespace.cert_manager" or any(map(waits, after.get(address, ())))

    inside = [address for address in after if address.startswith(("helm_release", "kubernetes_"))]
    parts = ("cluster_role_v1", "cluster_role_binding_v1")
    outside = {f"kubernetes_{part}.{name}" for part in parts for name in ("status", "private_ca_crds")}
    assert len(inside) == 21
    assert {address for address in inside if not waits(address)} == outside


def test_three_of_everything_that_may_be_evicted_one_at_a_time_over_zones_and_nodes(full: ModulePlan) -> None:
    served = values(full, "cert_manager")
    parts = [served, served["webhook"], served["cainjector"]]
    for part in [*parts, values(full, "private_ca[0]"), values(full, "istio_csr[0]")]:
        assert part["replicaCount"] == 3
        assert part["podDisruptionBudget"]["maxUnavailable"] == 1
        assert [spread["topologyKey"] for spread in part["topologySpreadConstraints"]] == [
            "topology.kubernetes.io/zone",
            "kubernetes.io/hostname",
        ]
        assert set(part["resources"]["requests"]) == {"cpu", "memory"}
        assert part["resources"]["limits"].get("cpu") is None
    assert {part["podDisruptionBudget"]["enabled"] for part in parts} == {True}
    assert served["global"]["priorityClassName"] == "system-cluster-critical"


def test_a_small_cluster_has_one_of_each_and_nothing_that_it_did_not_ask_for(small: ModulePlan) -> None:
    served = values(small, "cert_manager")
    assert [served["replicaCount"], served["webhook"]["replicaCount"], served["cainjector"]["replicaCount"]] == [
        1,
        1,
        1,
    ]
    assert set(small.resources("helm_release")) == {"helm_release.cert_manager", "helm_release.acme_issuers[0]"}
    assert served["config"]["gatewayAPI"] == {"enabled": False}
    assert served["prometheus"]["servicemonitor"]["enabled"] is False
    assert small.outputs["istio_ca_address"] is None


def test_leaders_are_elected_in_the_module_s_own_namespace_which_admits_restricted_pods_only(full: ModulePlan) -> None:
    (metadata,) = full.resource("kubernetes_namespace.cert_manager")["metadata"]
    assert metadata["labels"] == {"pod-security.kubernetes.io/enforce": "restricted"}
    assert values(full, "cert_manager")["global"]["leaderElection"]["namespace"] == metadata["name"]
    assert values(full, "istio_csr[0]")["app"]["controller"]["leaderElectionNamespace"] == metadata["name"]


def test_no_program_runs_as_an_account_of_its_node_or_shares_its_token_with_a_container_beside_it(
    full: ModulePlan,
) -> None:
    served = values(full, "cert_manager")
    for part in (served, served["webhook"], served["cainjector"], served["startupapicheck"]):
        assert part["securityContext"]["runAsUser"] >= 10_000
        assert part["automountServiceAccountToken"] is False
        (volume,) = part["volumes"]
        (mount,) = part["volumeMounts"]
        assert mount["name"] == volume["name"]
        assert mount["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount"
        found = [next(iter(source)) for source in volume["projected"]["sources"]]
        assert found == ["serviceAccountToken", "configMap", "downwardAPI"]


def test_nothing_reaches_a_pod_but_the_ports_that_it_serves(full: ModulePlan, plan_module: Planner) -> None:
    served = values(full, "cert_manager")
    assert served["networkPolicy"] == {"enabled": True, "egress": [{}]}
    for part in (served["webhook"], served["cainjector"]):
        assert part["networkPolicy"]["enabled"] is True
        assert {port["port"] for port in part["networkPolicy"]["egress"][0]["ports"]} == {53, 443}
    reached = {
        address.partition(".")[2]: [port["port"] for rule in policy["spec"][0]["ingress"] for port in rule["ports"]]
        for address, policy in full.resources("kubernetes_network_policy_v1").items()
    }
    assert reached == {"startup_check[0]": [], "private_ca[0]": ["8080"], "istio_csr[0]": ["6443", "9402"]}
    without = plan_module(CertManager, FULL.but(network_policies=False))
    assert without.resources("kubernetes_network_policy_v1") == {}
    for part in (values(without, "cert_manager"), values(without, "cert_manager")["webhook"]):
        assert part["networkPolicy"] == {"enabled": False}


# Who issues


def test_controllers_start_anew_when_what_they_read_at_their_start_changes(
    full: ModulePlan, small: ModulePlan, plan_module: Planner
) -> None:
    further = plan_module(CertManager, SMALL.but(extra_values={"config": {"logging": {"format": "json"}}}))
    found = [values(plan, "cert_manager") for plan in (full, small, further)]
    assert [one["config"]["gatewayAPI"] for one in found] == [{"enabled": True}, {"enabled": False}, {"enabled": False}]
    assert found[2]["config"]["logging"] == {"format": "json"}
    assert len({one["podAnnotations"]["checksum/config"] for one in found}) == 3


def test_staging_and_production_of_lets_encrypt_have_accounts_of_their_own(full: ModulePlan) -> None:
    acme = {name: issuer["spec"]["acme"] for name, issuer in objects(full, "acme_issuers").items()}
    assert acme["letsencrypt-staging"]["server"] == "https://acme-staging-v02.api.letsencrypt.org/directory"
    assert acme["letsencrypt-production"]["server"] == "https://acme-v02.api.letsencrypt.org/directory"
    assert len({issuer["privateKeySecretRef"]["name"] for issuer in acme.values()}) == len(acme) == 3
    assert acme["letsencrypt-production"]["profile"] == "tlsserver"


def test_names_of_the_zones_are_proved_by_dns_and_others_by_http_where_an_issuer_says_so(full: ModulePlan) -> None:
    acme = {name: issuer["spec"]["acme"]["solvers"] for name, issuer in objects(full, "acme_issuers").items()}
    zones = {
        solver["selector"]["dnsZones"][0]: solver["dns01"]["route53"]["hostedZoneID"]
        for solver in acme["letsencrypt-staging"]
    }
    assert zones == FULL.hosted_zones
    assert [list(solver) for solver in acme["letsencrypt-production"]][2:] == [["http01"]]
    assert acme["letsencrypt-production"][2]["http01"]["ingress"]["ingressClassName"] == "kong"
    (only,) = acme["letsencrypt-partners"]
    (parent,) = only["http01"]["gatewayHTTPRoute"]["parentRefs"]
    assert (parent["kind"], parent["name"], parent["namespace"]) == ("Gateway", "public", "gateways")
    assert values(full, "cert_manager")["config"]["gatewayAPI"] == {"enabled": True}


def test_no_issuer_holds_an_access_key(full: ModulePlan) -> None:
    assert "accesskey" not in str(values(full, "acme_issuers[0]")).lower()
    assert "secretref" not in str(values(full, "private_ca_issuers[0]")).lower()


def test_a_private_ca_is_asked_in_the_region_that_it_is_in(full: ModulePlan) -> None:
    found = {name: issuer["spec"] for name, issuer in objects(full, "private_ca_issuers").items()}
    assert found == {
        "internal": {"arn": CA, "region": "us-east-1"},
        "code": {
            "arn": CODE_CA,
            "region": "us-west-2",
            "pcaTemplate": {"defaultTemplateName": "CodeSigningCertificate/V1"},
        },
    }


def test_requests_to_the_module_s_issuers_alone_are_approved_and_to_those_that_were_named(full: ModulePlan) -> None:
    approved = values(full, "cert_manager")["approveSignerNames"]
    assert sorted(approved) == [
        "awspcaclusterissuers.awspca.cert-manager.io/code",
        "awspcaclusterissuers.awspca.cert-manager.io/internal",
        "clusterissuers.cert-manager.io/letsencrypt-partners",
        "clusterissuers.cert-manager.io/letsencrypt-production",
        "clusterissuers.cert-manager.io/letsencrypt-staging",
        "issuers.cert-manager.io/payments.vault",
    ]
    assert values(full, "cert_manager")["disableAutoApproval"] is False
    assert values(full, "private_ca[0]")["approverRole"] == {"enabled": False}
    assert values(full, "private_ca[0]")["disableApprovedCheck"] is False
    assert full.outputs["approved_signers"] == approved


def test_cert_manager_approves_nothing_where_something_else_does(small: ModulePlan) -> None:
    assert values(small, "cert_manager")["disableAutoApproval"] is True


# What is ordered


def test_a_certificate_is_renewed_in_time_and_with_a_new_key(full: ModulePlan) -> None:
    spec = objects(full, "certificates")["payments-internal"]["spec"]
    assert (spec["duration"], spec["renewBefore"]) == ("168h", "72h")
    assert spec["privateKey"] == {"algorithm": "RSA", "size": 3072, "rotationPolicy": "Always"}
    assert spec["usages"] == ["client auth", "server auth"]
    assert spec["secretName"] == "payments-tls"


@pytest.mark.parametrize(
    ("name", "kind", "group"),
    [
        ("claims-api", "ClusterIssuer", "cert-manager.io"),
        ("payments-internal", "AWSPCAClusterIssuer", "awspca.cert-manager.io"),
    ],
)
def test_a_certificate_names_its_issuer_by_kind_and_group(full: ModulePlan, name: str, kind: str, group: str) -> None:
    made = objects(full, "certificates")[name]
    reference = made["spec"]["issuerRef"]
    assert (reference["kind"], reference["group"]) == (kind, group)
    assert full.outputs["issuers"][reference["name"]] == reference
    assert made["metadata"]["namespace"] == FULL.certificates[name].namespace


def test_the_outputs_tell_where_certificates_lie(full: ModulePlan) -> None:
    assert full.outputs["certificate_secrets"] == {
        "claims-api": "claims/claims-api-tls",
        "payments-internal": "payments/payments-tls",
    }


# The mesh


def test_the_mesh_is_signed_by_the_private_ca_and_trusts_a_root_that_was_given(full: ModulePlan) -> None:
    made = values(full, "istio_csr[0]")
    issuer = made["app"]["certmanager"]["issuer"]
    assert (issuer["name"], issuer["kind"]) == ("internal", "AWSPCAClusterIssuer")
    (volume,) = made["volumes"]
    (mount,) = made["volumeMounts"]
    assert made["app"]["tls"]["rootCAFile"] == f"{mount['mountPath']}/ca.pem"
    config_map = full.resource("kubernetes_config_map_v1.istio_csr[0]")
    assert config_map["metadata"][0]["name"] == volume["configMap"]["name"]
    assert config_map["data"] == {"ca.pem": ROOT}
    assert made["app"]["server"]["maxCertificateDuration"] == "24h"
    assert made["app"]["tls"]["istiodCertificateRenewBefore"] == "720m"
    assert full.outputs["istio_ca_address"] == f"{made['app']['tls']['certificateDNSNames'][0]}:443"


# Who hears of it


def test_a_certificate_that_is_not_ready_raises_an_alarm_and_so_does_silence(full: ModulePlan) -> None:
    not_ready = alarm(full, "certificates_not_ready")
    assert (not_ready["metric_name"], not_ready["threshold"]) == ("NotReadyCertificates", 1)
    assert not_ready["treat_missing_data"] == "breaching"
    assert not_ready["alarm_actions"] == [FULL.alarm_topic_arn]


def test_each_certificate_raises_an_alarm_of_its_own_before_it_expires(full: ModulePlan) -> None:
    expires = alarm(full, 'certificate_expires["payments-internal"]')
    assert (expires["metric_name"], expires["comparison_operator"], expires["threshold"]) == (
        "DaysToExpiry",
        "LessThanThreshold",
        1.5,
    )
    assert expires["treat_missing_data"] == "breaching"
    assert expires["dimensions"] == {"Cluster": "prod", "Namespace": "payments", "Certificate": "payments-internal"}
    assert alarm(full, 'certificate_expires["claims-api"]')["threshold"] == 14


def test_every_metric_that_an_alarm_watches_is_one_that_the_script_publishes(full: ModulePlan) -> None:
    script = (FILES / "status/status.sh").read_text()
    watched = {made["metric_name"] for made in full.resources("aws_cloudwatch_metric_alarm").values()}
    assert watched == {"DaysToExpiry", "LateCertificates", "NotReadyCertificates", "NotReadyIssuers"}
    assert {name for name in watched if f'metric("{name}"' not in script} == set()


def test_the_report_runs_confined_often_enough_and_never_twice_at_once(full: ModulePlan) -> None:
    (spec,) = full.resource("kubernetes_cron_job_v1.status")["spec"]
    assert (spec["schedule"], spec["concurrency_policy"]) == ("*/15 * * * *", "Forbid")
    made = pod(full)
    assert made["security_context"][0]["run_as_non_root"] is True
    assert made["security_context"][0]["seccomp_profile"][0]["type"] == "RuntimeDefault"
    for container in (*made["init_container"], *made["container"]):
        (confined,) = container["security_context"]
        assert confined["read_only_root_filesystem"] is True
        assert confined["allow_privilege_escalation"] is False
        assert confined["capabilities"][0]["drop"] == ["ALL"]


def test_the_report_is_told_what_to_look_for(full: ModulePlan, small: ModulePlan) -> None:
    told = [{item["name"]: item["value"] for item in pod(plan)["init_container"][0]["env"]} for plan in (full, small)]
    assert told[0]["CERTIFICATES"] == "claims/claims-api payments/payments-internal"
    assert (told[0]["PRIVATE_CA"], told[0]["NOT_READY_MINUTES"]) == ("true", "30")
    assert not told[1]["CERTIFICATES"]
    assert not told[1]["PRIVATE_CA"]


def test_prometheus_raises_alarms_of_its_own_when_it_is_there(full: ModulePlan) -> None:
    rule = objects(full, "prometheus_rule")["rule"]
    assert rule["metadata"]["labels"] == {"release": "prometheus"}
    (group,) = rule["spec"]["groups"]
    alerts = {alert["alert"]: alert for alert in group["rules"]}
    assert 'certmanager_certificate_ready_status{condition!="True"}' in alerts["CertificateNotReady"]["expr"]
    assert alerts["CertificateNotReady"]["for"] == "30m"
    assert "certmanager_certificate_expiration_timestamp_seconds" in alerts["CertificateExpiresSoon"]["expr"]
    monitor = values(full, "cert_manager")["prometheus"]["servicemonitor"]
    assert (monitor["enabled"], monitor["honorLabels"], monitor["labels"]) == (True, True, {"release": "prometheus"})
    assert values(full, "private_ca[0]")["serviceMonitor"]["create"] is True


def test_the_module_is_of_the_family_of_certificates() -> None:
    assert (CertManager.family, CertManager.name) == ("certificates", "cert_manager")
