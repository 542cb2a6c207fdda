"""The load balancer in front of Kong: what the AWS Load Balancer Controller is asked for, and where its logs go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes import ingress_v1 as ingress

from groundplan.building import Bucket, Key, account_id, partition, private_bucket, region
from groundplan.framework import (
    Module,
    choose,
    dependable,
    first_set,
    fitted,
    is_set,
    join,
    merged,
    negated,
    not_empty,
    part_id,
    present,
    text,
    unset,
    when,
    without_nulls,
)

from . import access
from .inputs import KongInputs

__all__ = [
    "STATUS_PORT",
    "access_logs",
    "access_logs_name",
    "application_balancer",
    "balancer_name",
    "service_annotations",
    "source_ranges",
]

STATUS_PORT = 8100
"""Where Kong says whether it is ready."""

BALANCER_NAME_CHARACTERS, BUCKET_NAME_CHARACTERS = 32, 63
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.3 and 1.2, of both kinds of load balancers.

https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""
_PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"
_INGRESS_PREFIX = "alb.ingress.kubernetes.io/"


def balancer_name(given: KongInputs) -> str:
    """Its name, which AWS limits to 32 characters."""
    return fitted(given.name, BALANCER_NAME_CHARACTERS)


def access_logs_name(scope: Module[Any, Any], given: KongInputs) -> str:
    """The name of the bucket of a network load balancer's access logs."""
    return fitted(f"{given.name}-access-logs-{account_id(scope)}", BUCKET_NAME_CHARACTERS)


def access_logs(scope: Module[Any, Any], given: KongInputs, key: Key) -> Bucket:
    """The bucket of its access logs, which only AWS's log delivery writes to; an application's are elsewhere."""
    name = access_logs_name(scope, given)
    return private_bucket(
        scope,
        "access_logs",
        given,
        name=name,
        key=key,
        statements=access.writes_access_logs(
            f"arn:{partition(scope)}:s3:::{name}", partition(scope), region(scope), account_id(scope)
        ),
        expire_after_days=given.load_balancer.access_log_days,
        force_destroy=negated(given.load_balancer.keep_logs),
        only_when=unset(given.load_balancer.application),
    )


def source_ranges(given: KongInputs) -> list[str]:
    """Who is let in: those that were named, or what can reach an internal one."""
    return given.load_balancer.allowed_cidrs


def service_annotations(given: KongInputs, log_bucket: str) -> dict[str, Any]:
    """Of the Service, for the controller.

    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
    """
    wanted = given.load_balancer
    protected = text("tostring", wanted.deletion_protection)
    attributes = [
        f"deletion_protection.enabled={protected}",
        "load_balancing.cross_zone.enabled=true",
        "access_logs.s3.enabled=true",
        f"access_logs.s3.bucket={log_bucket}",
    ]
    settings = {
        "name": balancer_name(given),
        "scheme": wanted.scheme,
        "nlb-target-type": "ip",
        "subnets": choose(not_empty(wanted.subnet_ids), join(",", wanted.subnet_ids), None),
        "ssl-cert": join(",", wanted.certificate_arns),
        "ssl-ports": "443",
        "ssl-negotiation-policy": TLS_POLICY,
        # TLS to the pods too
        "backend-protocol": "ssl",
        "proxy-protocol": "*",
        "attributes": ",".join(attributes),
        "target-group-attributes": "deregistration_delay.timeout_seconds=60,"
        "deregistration_delay.connection_termination.enabled=true",
        # by connecting: it sends the PROXY header to a port that is asked by HTTP, which the status API takes for noise
        "healthcheck-protocol": "TCP",
        "healthcheck-port": "traffic-port",
    }
    return without_nulls({f"{_PREFIX}{name}": value for name, value in settings.items()})


def application_balancer(
    scope: Module[Any, Any], given: KongInputs, web_acl_arn: str | None, *, after: Sequence[Any]
) -> Any:
    """The Ingress that an Application Load Balancer is made of: it leads everything to Kong's proxy, by TLS."""
    return when(is_set(given.load_balancer.application))(
        ingress.IngressV1,
        scope,
        part_id("ingress", "balancer"),
        metadata=ingress.IngressV1Metadata(
            name=f"{given.release_name}-proxy",
            namespace=given.namespace,
            annotations=_ingress_annotations(given, web_acl_arn),
        ),
        spec=ingress.IngressV1Spec(
            ingress_class_name=present(given.load_balancer.application).ingress_class,
            default_backend=ingress.IngressV1SpecDefaultBackend(
                service=ingress.IngressV1SpecDefaultBackendService(
                    name=f"{given.release_name}-proxy",
                    port=ingress.IngressV1SpecDefaultBackendServicePort(number=443),
                )
            ),
        ),
        # its name is asked for when it is there
        wait_for_load_balancer=True,
        depends_on=[dependable(element) for element in after],
    )


def _ingress_annotations(given: KongInputs, web_acl_arn: str | None) -> dict[str, Any]:
    """Of the Ingress, for the controller.

    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#load-balancer-attributes
    """
    wanted = given.load_balancer
    application = present(wanted.application)
    protected = text("tostring", wanted.deletion_protection)
    attributes = [
        f"deletion_protection.enabled={protected}",
        f"idle_timeout.timeout_seconds={text('tostring', application.idle_timeout_seconds)}",
        # a header whose name no standard allows may be another one to who answers
        "routing.http.drop_invalid_header_fields.enabled=true",
        "access_logs.s3.enabled=true",
        f"access_logs.s3.bucket={application.access_logs_bucket_name}",
    ]
    settings = {
        "load-balancer-name": balancer_name(given),
        "scheme": wanted.scheme,
        "target-type": "ip",
        "certificate-arn": join(",", wanted.certificate_arns),
        "listen-ports": '[{"HTTPS":443}]',
        "ssl-policy": TLS_POLICY,
        # TLS to the pods too
        "backend-protocol": "HTTPS",
        "wafv2-acl-arn": first_set(web_acl_arn, ""),
        "load-balancer-attributes": ",".join(attributes),
        "target-group-attributes": "deregistration_delay.timeout_seconds=60",
        "healthcheck-protocol": "HTTP",
        "healthcheck-port": str(STATUS_PORT),
        "healthcheck-path": "/status/ready",
    }
    prefixed = {f"{_INGRESS_PREFIX}{name}": value for name, value in settings.items()}
    named = [
        choose(not_empty(values), {f"{_INGRESS_PREFIX}{name}": join(",", values)}, {})
        for name, values in (("subnets", wanted.subnet_ids), ("inbound-cidrs", wanted.allowed_cidrs))
    ]
    return merged(prefixed, *named)
