"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.mesh.aws_load_balancer_controller import (
    AwsLoadBalancerController,
    AwsLoadBalancerControllerInputs,
    IngressClass,
    Workload,
)
from tests.modules.aws_load_balancer_controller.examples import FULL, PUBLIC, SMALL
from tests.support.planning import refusals


def public(**settings: object) -> AwsLoadBalancerControllerInputs:
    return FULL.but(ingress_classes={"public": PUBLIC.but(**settings)})


WRONG: dict[str, tuple[AwsLoadBalancerControllerInputs, str]] = {
    "TLS of old": (
        FULL.but(tls_policy="ELBSecurityPolicy-2016-08"),
        "tls_policy: must be a security policy of TLS 1.2 or later, such as ELBSecurityPolicy-TLS13-1-2-Res-2021-06, "
        'got "ELBSecurityPolicy-2016-08"',
    ),
    "a VPC by its name": (
        FULL.but(vpc_id="prod"),
        'vpc_id: must be the id of a VPC, such as vpc-0123456789abcdef0, got "prod"',
    ),
    "a web ACL of CloudFront": (
        public(web_acl_arn="arn:aws:wafv2:us-east-1:111122223333:global/webacl/cdn/0a1b"),
        'ingress_classes["public"].web_acl_arn: must be the ARN of a wafv2 resource',
    ),
    "a web ACL that the controller does not put anywhere": (
        FULL.but(waf_enabled=False),
        'ingress_classes["public"].web_acl_arn: must be left out when waf_enabled is false: the controller would put '
        "no web ACL there",
    ),
    "two defaults": (
        FULL.but(ingress_classes={"a": IngressClass(is_default=True), "b": IngressClass(is_default=True)}),
        'ingress_classes["a"].is_default: must be false: another class is the default too, and Kubernetes would choose '
        "the newer one",
    ),
    "one load balancer of two kinds": (
        FULL.but(ingress_classes={"a": IngressClass(group="shared"), "b": PUBLIC.but(group="shared")}),
        'ingress_classes["a"].group: is the group of another class too: one load balancer cannot be of two kinds, got '
        'group = "shared"',
    ),
    "no pod": (
        FULL.but(controller=Workload(replicas=0)),
        "controller.replicas: must be 1 to 9, got 0",
    ),
    "the tag by which the controller knows its own": (
        FULL.but(load_balancer_tags={"elbv2.k8s.aws/cluster": "dev"}),
        'load_balancer_tags["elbv2.k8s.aws/cluster"]: must have another name: the controller sets it itself, and knows '
        "by it what it made",
    ),
    "a tag that would be two": (
        FULL.but(load_balancer_tags={"Owner": "platform,claims"}),
        'load_balancer_tags["Owner"]: must have no comma, and no = in its name: the controller takes all tags in one '
        "argument",
    ),
    "a tag of all that would be two": (
        FULL.but(tags={"Owner": "platform,claims"}),
        'tags["Owner"]: must have no comma, and no = in its name: the controller takes all tags in one argument',
    ),
    "namespaces that are left alone when all are": (
        SMALL.but(unclassed_services_left_in=["claims"]),
        "unclassed_services_left_in: must be empty without takes_unclassed_services: then every namespace is left "
        "alone",
    ),
    "a connection that is never closed": (
        public(idle_timeout_seconds=4001),
        'ingress_classes["public"].idle_timeout_seconds: must be 1 to 4000, got 4001',
    ),
}
IN_TERRAFORM_ONLY = {
    "a value that the module keeps": (
        FULL.but(extra_values={"enableServiceMutatorWebhook": False}),
        "takes_unclassed_services",
    ),
    "a feature that an input switches": (
        FULL.but(extra_values={"controllerConfig": {"featureGates": {"NLBGatewayAPI": False}}}),
        "gateway_api",
    ),
}


@pytest.mark.parametrize("inputs", [FULL, SMALL])
def test_what_is_right_is_taken(inputs: AwsLoadBalancerControllerInputs) -> None:
    assert problems_of(inputs) == []


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    told = [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]
    assert any(each.startswith(message) for each in told), told


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    wrong = WRONG | IN_TERRAFORM_ONLY
    told = refusals(AwsLoadBalancerController, {name: inputs for name, (inputs, _) in wrong.items()}, tmp_path)
    assert {name: message for name, (_, message) in wrong.items() if message not in told[name]} == {}
