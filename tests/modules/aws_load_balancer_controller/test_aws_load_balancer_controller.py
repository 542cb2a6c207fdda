"""What Terraform would make of the module: everything switched on, and as little as there can be."""

from __future__ import annotations

from typing import Any

from syrupy.assertion import SnapshotAssertion

from groundplan import charts
from tests.modules.aws_load_balancer_controller.examples import BOUNDARY, CERTIFICATE, TOPIC, VPC, WEB_ACL
from tests.support.planning import ModulePlan

INLINE_POLICY_CHARACTERS = 10_240
"""Of all inline policies of a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


def values(plan: ModulePlan) -> dict[str, Any]:
    return plan.helm_values("helm_release.controller")


def parameters(plan: ModulePlan, name: str) -> dict[str, Any]:
    found: dict[str, Any] = plan.helm_values("helm_release.ingress_class_params[0]")["objects"][name]["spec"]
    return found


def attributes(plan: ModulePlan, name: str) -> dict[str, str]:
    return {each["key"]: each["value"] for each in parameters(plan, name)["loadBalancerAttributes"]}


def test_the_addresses_of_everything_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_the_chart_is_locked_and_knows_every_value(full: ModulePlan, small: ModulePlan) -> None:
    made = full.resource("helm_release.controller")
    facts = charts.chart("aws-load-balancer-controller")
    assert (made["chart"], made["version"]) == (facts.chart, facts.version) == (facts.chart, "3.5.0")
    assert (made["wait"], made["atomic"], made["create_namespace"]) == (True, True, False)
    for plan in (full, small):
        assert charts.check_values(facts, values(plan), where="values") == []


def test_it_asks_no_node_where_it_is(full: ModulePlan) -> None:
    made = values(full)
    assert (made["clusterName"], made["region"], made["vpcId"]) == ("prod", "us-east-1", VPC)


def test_the_webhooks_certificate_is_renewed_by_cert_manager_and_not_by_every_render(
    full: ModulePlan, small: ModulePlan
) -> None:
    for plan, valid, renewed in ((full, "720h0m0s", "240h0m0s"), (small, "2160h0m0s", "720h0m0s")):
        made = values(plan)
        assert made["enableCertManager"] is True
        assert made["certManager"] == {
            "duration": valid,
            "renewBefore": renewed,
            "issuerRef": {"name": "internal", "kind": "AWSPCAClusterIssuer", "group": "awspca.cert-manager.io"},
        }


def test_a_service_that_names_no_class_gets_an_internal_load_balancer_or_none_of_this_controller(
    full: ModulePlan, small: ModulePlan
) -> None:
    made = values(full)
    assert (made["enableServiceMutatorWebhook"], made["defaultLoadBalancerScheme"]) == (True, "internal")
    (selector,) = made["serviceMutatorWebhookConfig"]["namespaceSelectors"]
    assert (selector["operator"], selector["values"]) == ("NotIn", ["kube-system", "cert-manager"])
    without = values(small)
    assert (without["enableServiceMutatorWebhook"], without["serviceMutatorWebhookConfig"]) == (False, {})
    assert full.outputs["load_balancer_class"] == "service.k8s.aws/nlb"


def test_nobody_joins_the_load_balancer_of_another_team_by_an_annotation(full: ModulePlan) -> None:
    made = values(full)
    assert made["disableIngressGroupNameAnnotation"] is made["disableIngressClassAnnotation"] is True
    # an empty one would take Ingresses that name nobody
    assert made["ingressClass"] == "alb"


def test_a_drained_node_or_a_lost_zone_leaves_pods(full: ModulePlan) -> None:
    made = values(full)
    assert (made["replicaCount"], made["podDisruptionBudget"]) == (3, {"maxUnavailable": 1})
    assert [each["topologyKey"] for each in made["topologySpreadConstraints"]] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]
    assert made["priorityClassName"] == "system-cluster-critical"


def test_what_it_makes_has_the_tags_that_the_providers_do_not_reach(full: ModulePlan) -> None:
    assert values(full)["defaultTags"] == {
        "CostCenter": "4711",
        "Owner": "platform",
        "Service": "aws_load_balancer_controller",
    }


def test_web_acls_and_shield_are_switched_with_their_rights(full: ModulePlan, small: ModulePlan) -> None:
    # WAF Classic is no more, and nobody is given rights to it
    for plan, waf, shield in ((full, True, True), (small, False, False)):
        made = values(plan)
        assert (made["enableWaf"], made["enableWafv2"], made["enableShield"]) == (False, waf, shield)
        assert ("aws_iam_role_policy.web_acls[0]" in plan.addresses) is waf
        assert ("aws_iam_role_policy.shield[0]" in plan.addresses) is shield


def test_gateways_are_left_alone_unless_asked_for(full: ModulePlan, small: ModulePlan) -> None:
    for plan, wanted in ((full, True), (small, False)):
        gates = values(plan)["controllerConfig"]["featureGates"]
        assert [gates[gate] for gate in ("ALBGatewayAPI", "GatewayListenerSet", "NLBGatewayAPI")] == [wanted] * 3


def test_the_role_is_bounded_and_its_policies_fit_into_it(full: ModulePlan) -> None:
    role = full.resource("aws_iam_role.controller")
    assert role["permissions_boundary"] == BOUNDARY
    assert full.outputs["role_arn"] == role["arn"]
    assert values(full)["serviceAccount"]["annotations"] == {"eks.amazonaws.com/role-arn": role["arn"]}
    policies = [
        made["policy"] for made in full.resources("aws_iam_role_policy").values() if made["role"] == role["name"]
    ]
    assert len(policies) == 3
    assert sum(len(policy) for policy in policies) <= INLINE_POLICY_CHARACTERS


def test_with_pod_identity_the_association_names_the_service_account(small: ModulePlan) -> None:
    association = small.resource("aws_eks_pod_identity_association.controller[0]")
    account = values(small)["serviceAccount"]
    assert (association["namespace"], association["service_account"]) == (
        "aws-load-balancer-controller",
        account["name"],
    )
    assert account["annotations"] == {}


def test_it_is_confined_and_reached_at_its_webhooks_and_its_metrics_alone(full: ModulePlan, small: ModulePlan) -> None:
    made = values(full)
    assert made["serviceAccount"]["automountServiceAccountToken"] is False
    assert made["extraVolumeMounts"][0]["name"] == made["extraVolumes"][0]["name"] == "token"
    (spec,) = full.resource("kubernetes_network_policy_v1.controller[0]")["spec"]
    assert [port["port"] for port in spec["ingress"][0]["ports"]] == ["9443", "8080"]
    labels = full.resource("kubernetes_namespace.controller")["metadata"][0]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert small.resources("kubernetes_network_policy_v1") == {}


# Kinds of load balancers


def test_every_class_of_ingresses_has_its_parameters(full: ModulePlan) -> None:
    for name, default in (("internal", "true"), ("public", "false")):
        made = full.resource(f'kubernetes_ingress_class_v1.ingress_class["{name}"]')
        (spec,) = made["spec"]
        assert spec["controller"] == "ingress.k8s.aws/alb"
        assert (spec["parameters"][0]["kind"], spec["parameters"][0]["name"]) == ("IngressClassParams", name)
        assert made["metadata"][0]["annotations"] == {"ingressclass.kubernetes.io/is-default-class": default}
    for made in full.helm_values("helm_release.ingress_class_params[0]")["objects"].values():
        assert charts.custom_resource_problems(made, where="IngressClassParams") == []
    assert full.outputs["ingress_class_names"] == {"internal": "internal", "public": "public"}


def test_no_load_balancer_of_a_class_answers_in_clear(full: ModulePlan) -> None:
    for name in ("internal", "public"):
        made = parameters(full, name)
        assert (made["sslPolicy"], made["sslRedirectPort"]) == ("ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "443")


def test_what_an_ingress_may_not_change_is_said_by_its_class(full: ModulePlan) -> None:
    public = parameters(full, "public")
    assert (public["scheme"], public["targetType"], public["group"]) == ("internet-facing", "ip", {"name": "public"})
    assert public["namespaceSelector"] == {"matchLabels": {"exposure": "public"}}
    assert public["inboundCIDRs"] == ["203.0.113.0/24"]
    assert (public["certificateArn"], public["wafv2AclArn"]) == ([CERTIFICATE], WEB_ACL)
    internal = parameters(full, "internal")
    assert internal["scheme"] == "internal"
    # what is left out stays with the Ingress, or with the controller
    assert set(internal) == {"loadBalancerAttributes", "scheme", "sslPolicy", "sslRedirectPort", "targetType"}


def test_attributes_of_load_balancers_are_said_in_full(full: ModulePlan) -> None:
    public = attributes(full, "public")
    assert public["deletion_protection.enabled"] == "true"
    assert public["idle_timeout.timeout_seconds"] == "120"
    assert public["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert (public["access_logs.s3.bucket"], public["access_logs.s3.prefix"]) == ("prod-access-logs", "alb/public")
    internal = attributes(full, "internal")
    assert internal["access_logs.s3.enabled"] == "false"
    assert "access_logs.s3.bucket" not in internal


# Who is told


def test_missing_pods_and_waiting_load_balancers_ring(full: ModulePlan) -> None:
    missing = full.resource("aws_cloudwatch_metric_alarm.unavailable")
    waiting = full.resource("aws_cloudwatch_metric_alarm.waiting")
    for alarm, metric in ((missing, "MissingReplicas"), (waiting, "WaitingLoadBalancers")):
        assert (alarm["namespace"], alarm["metric_name"]) == ("Groundplan/LoadBalancerController", metric)
        assert (alarm["dimensions"], alarm["alarm_actions"]) == ({"Cluster": "prod"}, [TOPIC])
        assert (alarm["period"], alarm["evaluation_periods"]) == (300, 4)
        assert "kubectl" in alarm["alarm_description"]
    # silence is told once
    assert (missing["treat_missing_data"], waiting["treat_missing_data"]) == ("breaching", "ignore")


def test_prometheus_reads_it_where_it_is_asked_to(full: ModulePlan, small: ModulePlan) -> None:
    assert values(full)["serviceMonitor"] == {
        "enabled": True,
        "interval": "30s",
        "additionalLabels": {"release": "monitoring"},
    }
    rule = full.helm_values("helm_release.prometheus_rule[0]")["objects"]["rule"]
    assert charts.custom_resource_problems(rule, where="rule") == []
    assert rule["metadata"]["labels"] == {"release": "monitoring"}
    (group,) = rule["spec"]["groups"]
    # the release's name, by the chart's jobLabel app.kubernetes.io/instance
    assert all('job="aws-load-balancer-controller"' in each["expr"] for each in group["rules"])
    # what fails is tried again after 1,000 seconds at most: a shorter look back would find nothing in between
    assert all("[20m]" in each["expr"] for each in group["rules"])
    assert {each["annotations"]["runbook_url"].split()[0] for each in group["rules"]} == {
        "runbooks/reconciling_failed.md",
        "runbooks/not_allowed.md",
        "runbooks/throttled.md",
    }
    assert values(small)["serviceMonitor"] == {"enabled": False}
    assert "helm_release.prometheus_rule[0]" not in small.addresses
