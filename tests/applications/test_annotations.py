from __future__ import annotations

from typing import Any

import pytest

from groundplan.applications import judge_object, judge_resource, judge_values
from groundplan.charts import chart

NLB = "service.beta.kubernetes.io/aws-load-balancer-"
ALB = "alb.ingress.kubernetes.io/"
DNS = "external-dns.alpha.kubernetes.io/"

GOOD = {
    f"{NLB}type": "external",
    f"{NLB}scheme": "internet-facing",
    f"{NLB}nlb-target-type": "ip",
    f"{NLB}attributes": "load_balancing.cross_zone.enabled=true,deletion_protection.enabled=true",
    f"{NLB}healthcheck-interval": "10",
    f"{ALB}actions.redirect": '{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Port": "443"}}',
    f"{NLB}ssl-cert": "${aws_acm_certificate.api.arn}",
    f"{DNS}hostname": "api.example.com",
    f"{DNS}webhook-anything": "x",
    "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/example",
}


def _service(annotations: dict[str, Any], kind: str = "Service") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "proxy", "annotations": annotations}}


def test_annotations_that_controllers_read_are_let_be_wherever_they_are() -> None:
    found = judge_values(chart("kong"), {"proxy": {"annotations": GOOD}}, where="values")
    assert found.problems == found.warnings == []
    on_service = {name: value for name, value in GOOD.items() if not name.startswith(ALB)}
    assert judge_object(_service(on_service), where="object").problems == []
    attributes = {"metadata": [{"annotations": on_service}]}
    assert judge_resource("kubernetes_service_v1", attributes, where="x").problems == []


@pytest.mark.parametrize(
    ("annotation", "value", "message", "cure"),
    [
        (
            f"{NLB}nlb-target-typ",
            "ip",
            f"the AWS Load Balancer Controller 3.5.0 knows no {NLB}nlb-target-typ here: the controller ignores it "
            "without a word",
            f"did you mean {NLB}nlb-target-type?",
        ),
        (f"{NLB}scheme", "public", "must be one of internal, internet-facing, got 'public'", "use one of these"),
        (
            f"{NLB}attributes",
            "deletion_protection.enabled",
            "must be pairs with commas between them, such as key=value,other=value, got 'deletion_protection.enabled'",
            "give pairs with commas between them, such as key=value,other=value",
        ),
        (f"{NLB}healthcheck-interval", "ten", "must be a whole number, got 'ten'", "give a whole number"),
        (
            f"{ALB}listen-ports",
            '[{"HTTP": 80}, {"HTTTPS": 443}]',
            "the AWS Load Balancer Controller 3.5.0 knows no HTTTPS here: the controller ignores it without a word",
            "did you mean HTTPS?",
        ),
        (
            f"{ALB}actions.redirect",
            '{"type": "redirct"}',
            "must be one of fixed-response, forward, redirect, got 'redirct'",
            "did you mean redirect?",
        ),
        (f"{ALB}listen-ports", "[80", "is no JSON", "write a document that can be read"),
        (
            f"{DNS}hostnam",
            "api.example.com",
            f"external-dns 0.21.0 knows no {DNS}hostnam here: external-dns ignores it without a word",
            f"did you mean {DNS}hostname?",
        ),
        (
            "cert-manager.io/cluster-isuer",
            "letsencrypt",
            "cert-manager 1.21.1 knows no cert-manager.io/cluster-isuer here: cert-manager ignores it without a word",
            "did you mean cert-manager.io/cluster-issuer?",
        ),
        (
            "sidecar.istio.io/interceptionMode",
            "redirect",
            "must be one of REDIRECT, TPROXY, NONE, got 'redirect'",
            "did you mean REDIRECT?",
        ),
    ],
)
def test_an_annotation_that_a_controller_ignores_or_refuses_is_an_error_in_any_chart(
    annotation: str, value: str, message: str, cure: str
) -> None:
    values = {"ingress": {"annotations": {annotation: value}}}
    (problem,) = judge_values(chart("grafana"), values, where="values").problems
    assert problem.path.startswith("values.ingress.annotations.")
    assert problem.message.startswith(message)
    assert problem.cure == cure


def test_an_annotation_does_nothing_on_an_object_that_its_controller_does_not_look_at() -> None:
    on_service = _service({f"{ALB}scheme": "internal", f"{ALB}healthcheck-path": "/ready"})
    (problem,) = judge_object(on_service, where="object").problems
    assert problem.message == (
        "the AWS Load Balancer Controller 3.5.0 reads it on Ingress, and on Service it does nothing"
    )
    attributes = {"metadata": [{"annotations": {f"{NLB}scheme": "internal"}}]}
    (problem,) = judge_resource("kubernetes_service_account_v1", attributes, where="kubernetes_x.y").problems
    assert "on ServiceAccount it does nothing" in problem.message
    # of a pod's template the pods have it
    pods = {"metadata": {"annotations": {"sidecar.istio.io/proxyCPU": "100m"}}}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "spec": {"template": pods}}
    assert judge_object(deployment, where="object").problems == []


def test_objects_and_annotations_that_terraform_makes_itself_are_looked_at() -> None:
    manifest = _plugin("rate-limiting", {"minuet": 60, "hour": 100})
    (problem,) = judge_resource(
        "kubernetes_manifest", {"manifest": manifest}, where="kubernetes_manifest.limits"
    ).problems
    assert problem.path == "kubernetes_manifest.limits.manifest.config.minuet"
    added = {"api_version": "v1", "kind": "ConfigMap", "annotations": {f"{NLB}scheme": "internal"}}
    (problem,) = judge_resource("kubernetes_annotations", added, where="kubernetes_annotations.x").problems
    assert "on ConfigMap it does nothing" in problem.message
    assert judge_resource("kubernetes_annotations", {**added, "kind": "Service"}, where="x").problems == []
    # the object may have the other one already
    added = {"kind": "Service", "annotations": {f"{DNS}aws-weight": "10"}}
    assert judge_resource("kubernetes_annotations", added, where="x").problems == []


def test_the_configuration_of_a_sidecar_is_read_in_its_annotation() -> None:
    def said(text: str) -> list[str]:
        values = {"podAnnotations": {"proxy.istio.io/config": text}}
        found = judge_values(chart("grafana"), values, where="values").problems
        return [f"{each.path.partition(', ')[2]}: {each.message}" for each in found]

    assert said("holdApplicationUntilProxyStarts: true\ndrainDuration: 45s\n") == []
    (unknown,) = said("holdApplicationUntilProxyStart: true\n")
    assert unknown.startswith("holdApplicationUntilProxyStart: Istio 1.30.3 knows no holdApplicationUntilProxyStart")
    (unreadable,) = said("a: [")
    assert "is no YAML" in unreadable


def test_annotations_of_one_object_must_go_together() -> None:
    (problem,) = judge_object(_service({f"{DNS}aws-weight": "10"}), where="object").problems
    assert problem.message.endswith("it must be set, and is not set")
    assert judge_object(_service({f"{DNS}aws-weight": "10", f"{DNS}set-identifier": "a"}), where="o").problems == []
    issuers = {"cert-manager.io/issuer": "a", "cert-manager.io/cluster-issuer": "b"}
    ingress = {**_service(issuers, "Ingress"), "apiVersion": "networking.k8s.io/v1"}
    (problem,) = judge_object(ingress, where="object").problems
    assert "cert-manager.io/issuer, cert-manager.io/cluster-issuer are set" in problem.message


def _plugin(name: str, config: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    return {
        "apiVersion": "configuration.konghq.com/v1",
        "kind": "KongClusterPlugin",
        "metadata": {"name": name},
        "plugin": name,
        **({} if config is None else {"config": config}),
        **more,
    }


@pytest.mark.parametrize(
    "plugin",
    [
        _plugin("rate-limiting", {"minute": 60, "hour": 1000, "policy": "local", "limit_by": "ip"}),
        _plugin("jwt", {"claims_to_verify": ["exp"], "maximum_expiration": 3600}),
        _plugin("ip-restriction", {"allow": ["10.0.0.0/8", "192.0.2.1"]}),
        _plugin("prometheus", None),
        _plugin("request-transformer", {"add": {"headers": ["x-request-from:kong"]}}),
        _plugin("http-log", {"http_endpoint": "{vault://aws/endpoint}"}),
        # the rest comes from a Secret
        _plugin("rate-limiting", None, configFrom={"secretKeyRef": {"name": "limits", "key": "config"}}),
        _plugin("rate-limiting", {"minute": "${var.per_minute}"}),
    ],
    ids=lambda plugin: plugin["plugin"],
)
def test_settings_that_a_plugin_takes_are_let_be(plugin: dict[str, Any]) -> None:
    found = judge_object(plugin, where="object")
    assert [str(each) for each in (*found.problems, *found.warnings)] == []


@pytest.mark.parametrize(
    ("plugin", "path", "message"),
    [
        (
            _plugin("rate-limiting", {"minuet": 60, "hour": 10}),
            "object.config.minuet",
            "Kong 3.9.3 knows no minuet here: Kong refuses the plugin",
        ),
        (
            _plugin("rate-limiting", {"policy": "local"}),
            "object.config",
            "Kong 3.9.3 takes at least one of day, hour, minute, month, second, year here, and none is set",
        ),
        (_plugin("rate-limiting", None), "object.config", "Kong 3.9.3 takes at least one of day, hour"),
        (
            _plugin("rate-limiting", {"minute": 100, "hour": 50}),
            "object.config.hour",
            "must be at least the minute, which is 100, got 50",
        ),
        (
            _plugin("rate-limiting", {"minute": 1, "policy": "redis"}),
            "object.config.redis.host",
            "where policy is redis, it must be set, and is not set",
        ),
        (_plugin("rate-limiting", {"minute": "60"}), "object.config.minute", "must be a number, got '60'"),
        (_plugin("rate-limiting", {"minute": 0}), "object.config.minute", "must be more than 0, got 0"),
        (
            _plugin("jwt", {"maximum_expiration": 60, "claims_to_verify": ["nbf"]}),
            "object.config.claims_to_verify",
            "where maximum_expiration is more than 0, it must contain exp, and is ['nbf']",
        ),
        (
            _plugin("ip-restriction", {"allow": ["10.0.0.0/33"]}),
            "object.config.allow[0]",
            "must be an IP address or a CIDR block, got '10.0.0.0/33'",
        ),
        (
            _plugin("http-log", {"http_endpoint": "logs.example.com"}),
            "object.config.http_endpoint",
            "must be of the form ^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+, got 'logs.example.com'",
        ),
        (
            _plugin("rate-limiting", {"minute": 1, "limit_by": "header", "header_name": "X Request"}),
            "object.config.header_name",
            "must be of the form ^[a-zA-Z0-9_-]+$, got 'X Request'",
        ),
        (
            _plugin("request-termination", {"message": "closed", "body": "{}"}),
            "object.config",
            "Kong 3.9.3 takes at most one of message, body here, and message, body are set",
        ),
        (
            _plugin("acl", {"allow": ["a"], "deny": ["b"]}),
            "object.config",
            "Kong 3.9.3 takes exactly one of allow, deny here, and allow, deny are set",
        ),
    ],
)
def test_settings_that_a_plugin_refuses_are_an_error(plugin: dict[str, Any], path: str, message: str) -> None:
    (problem,) = judge_object(plugin, where="object").problems
    assert problem.path == path
    assert problem.message.startswith(message)


def test_what_may_do_nothing_is_a_warning_that_says_why() -> None:
    (warning,) = judge_object(
        _plugin("acl", {"allow": ["a"], "include_consumer_groups": True}), where="object"
    ).warnings
    assert warning.message == "Kong 3.9.3 may do nothing with it: only Kong Enterprise has it"
    (warning,) = judge_object(_service({f"{NLB}access-log-enabled": "true"}), where="object").warnings
    assert warning.message == "the AWS Load Balancer Controller 3.5.0 calls this key deprecated"
    assert warning.cure == "use aws-load-balancer-attributes"


def test_a_plugin_that_is_not_bundled_may_be_installed_besides() -> None:
    found = judge_object(_plugin("rate-limitin", {"minute": 1}), where="object")
    assert found.problems == []
    (warning,) = found.warnings
    assert (warning.path, warning.cure) == ("object.plugin", "did you mean rate-limiting?")


def _pool(*requirements: dict[str, Any]) -> dict[str, Any]:
    template = {"spec": {"requirements": list(requirements)}}
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": "a"},
        "spec": {"template": template},
    }


def test_requirements_of_a_node_pool_that_karpenter_knows_are_let_be() -> None:
    pool = _pool(
        {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot", "on-demand"]},
        {"key": "karpenter.k8s.aws/instance-category", "operator": "In", "values": ["c", "m"], "minValues": 2},
        {"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gt", "values": ["3"]},
        {"key": "kubernetes.io/arch", "operator": "In", "values": ["${var.arch}"]},
        {"key": "example.com/team", "operator": "Exists"},
    )
    found = judge_object(pool, where="object")
    assert [str(each) for each in (*found.problems, *found.warnings)] == []


@pytest.mark.parametrize(
    ("requirement", "path", "message"),
    [
        (
            {"key": "karpenter.k8s.aws/instance-catgory", "operator": "Exists"},
            "key",
            "must be one of karpenter.k8s.aws/capacity-reservation-id, ",
        ),
        ({"key": "karpenter.sh/nodepool", "operator": "Exists"}, "key", "must be one of karpenter.sh/capacity-type"),
        (
            {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spott"]},
            "values[0]",
            "must be one of on-demand, spot, reserved, got 'spott'",
        ),
        ({"key": "a", "operator": "Gt", "values": ["3", "4"]}, "values", "must have at most 1 items, got 2"),
        ({"key": "a", "operator": "Gt", "values": ["many"]}, "values[0]", "must be of the form ^[0-9]+$, got 'many'"),
        ({"key": "a", "operator": "In", "values": []}, "values", "must have at least 1 items, got 0"),
        (
            {"key": "a", "operator": "in"},
            "operator",
            "must be one of DoesNotExist, Exists, Gt, Gte, In, Lt, Lte, NotIn",
        ),
    ],
)
def test_requirements_that_karpenter_refuses_are_an_error(requirement: dict[str, Any], path: str, message: str) -> None:
    problems = judge_object(_pool(requirement), where="object").problems
    assert problems[0].path == f"object.spec.template.spec.requirements[0].{path}"
    assert problems[0].message.startswith(message)
