"""The load balancer in front of Kong: what the AWS Load Balancer Controller is asked for, and where its logs go."""

from __future__ import annotations

from typing import Any

from groundplan.building import Bucket, Key, account_id, partition, private_bucket, region
from groundplan.framework import Module, choose, fitted, join, negated, not_empty, text, without_nulls

from . import access
from .inputs import KongInputs

__all__ = ["access_logs", "balancer_name", "service_annotations", "source_ranges"]

BALANCER_NAME_CHARACTERS, BUCKET_NAME_CHARACTERS = 32, 63
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.3 and 1.2: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html"""
_PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"


def balancer_name(given: KongInputs) -> str:
    """Its name, which AWS limits to 32 characters."""
    return fitted(given.name, BALANCER_NAME_CHARACTERS)


def access_logs(scope: Module[Any, Any], given: KongInputs, key: Key) -> Bucket:
    """The bucket of its access logs, which only AWS's log delivery writes to."""
    name = fitted(f"{given.name}-access-logs-{account_id(scope)}", BUCKET_NAME_CHARACTERS)
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
