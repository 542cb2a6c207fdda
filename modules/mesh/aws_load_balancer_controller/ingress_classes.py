"""The kinds of application load balancers that Ingresses choose from, and what of them they cannot change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes.ingress_class_v1 import (
    IngressClassV1,
    IngressClassV1Metadata,
    IngressClassV1Spec,
    IngressClassV1SpecParameters,
)

from groundplan.building import custom_resources
from groundplan.framework import (
    Module,
    all_of,
    choose,
    concat,
    dependable,
    each,
    is_set,
    not_empty,
    present,
    text,
    without_nulls,
)

from .chart import CONTROLLER
from .inputs import AwsLoadBalancerControllerInputs, IngressClass

__all__ = ["ingress_classes"]

_GROUP = "elbv2.k8s.aws"


def ingress_classes(
    scope: Module[Any, Any], given: AwsLoadBalancerControllerInputs, *, after: Sequence[Any]
) -> dict[str, str]:
    """An IngressClass and its parameters for each; gives the names by name.

    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/guide/ingress/ingress_class.md
    """
    parameters = custom_resources(
        scope,
        "ingress_class_params",
        name="aws-load-balancer-ingress-classes",
        namespace=given.namespace,
        after=after,
        entries=given.ingress_classes,
        make=lambda name, wanted: _parameters(given, name, wanted),
    )
    classes = each(given.ingress_classes)
    classes(
        IngressClassV1,
        scope,
        "ingress_class",
        metadata=IngressClassV1Metadata(
            name=classes.key,
            annotations={
                "ingressclass.kubernetes.io/is-default-class": choose(classes.value.is_default, "true", "false")
            },
        ),
        spec=IngressClassV1Spec(
            controller="ingress.k8s.aws/alb",
            parameters=[
                IngressClassV1SpecParameters(
                    api_group=_GROUP, kind="IngressClassParams", name=classes.key, scope="Cluster"
                )
            ],
        ),
        depends_on=[dependable(parameters)],
    )
    names: dict[str, str] = classes.document(lambda name, _: name)
    return names


def _parameters(given: AwsLoadBalancerControllerInputs, name: str, wanted: IngressClass) -> dict[str, Any]:
    """One IngressClassParams.

    With sslRedirectPort an Ingress has a listener of HTTPS on 443 or no load balancer at all, and what asks in clear is
    sent there.
    """
    return {
        "apiVersion": f"{_GROUP}/v1beta1",
        "kind": "IngressClassParams",
        "metadata": {
            "name": name,
            # the controller's webhook leaves alone what has its own name, and so may be absent when this is made
            "labels": {"app.kubernetes.io/name": CONTROLLER},
        },
        "spec": without_nulls(
            {
                "scheme": wanted.scheme,
                "targetType": "ip",
                "sslPolicy": given.tls_policy,
                "sslRedirectPort": "443",
                "group": choose(is_set(wanted.group), {"name": present(wanted.group)}, None),
                "namespaceSelector": choose(
                    not_empty(wanted.namespace_labels), {"matchLabels": wanted.namespace_labels}, None
                ),
                "subnets": choose(not_empty(wanted.subnet_ids), {"ids": wanted.subnet_ids}, None),
                "inboundCIDRs": choose(not_empty(wanted.inbound_cidrs), wanted.inbound_cidrs, None),
                "certificateArn": choose(not_empty(wanted.certificate_arns), wanted.certificate_arns, None),
                "wafv2AclArn": wanted.web_acl_arn,
                "loadBalancerAttributes": _attributes(wanted),
            }
        ),
    }


def _attributes(wanted: IngressClass) -> Any:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#load-balancer-attributes"""
    logs = present(wanted.access_logs)
    logged = is_set(wanted.access_logs)
    return concat(
        [
            {"key": "deletion_protection.enabled", "value": choose(wanted.deletion_protection, "true", "false")},
            {"key": "idle_timeout.timeout_seconds", "value": text("tostring", wanted.idle_timeout_seconds)},
            # a header whose name no standard allows may be another one to who answers
            {"key": "routing.http.drop_invalid_header_fields.enabled", "value": "true"},
            {"key": "routing.http.desync_mitigation_mode", "value": "defensive"},
            {"key": "access_logs.s3.enabled", "value": choose(logged, "true", "false")},
        ],
        choose(logged, [{"key": "access_logs.s3.bucket", "value": logs.bucket_name}], []),
        choose(
            all_of(logged, is_set(logs.prefix)),
            [{"key": "access_logs.s3.prefix", "value": present(logs.prefix)}],
            [],
        ),
    )
