"""Query logs: a log group for each public zone that wants one, where Route 53 may write."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from cdktf_cdktf_provider_aws.route53_query_log import Route53QueryLog

from groundplan.building import account_id, encryption_key, global_region, log_group, logs_use, maker, partition
from groundplan.framework import Module, choose, dependable, each, flag, jsonencode
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import Text
from groundplan.iam import document

from . import access
from .inputs import Route53Inputs
from .zones import Zones

__all__ = ["query_logs"]

LOG_PREFIX = "/aws/route53/"


def query_logs(module: Module[Any, Any], given: Route53Inputs, made: Zones) -> tuple[Any, Any]:
    """Logs the queries of the public zones that want it; gives the logs' key and their ARNs."""
    wanted = flag("anytrue", each(given.public_zones).documents(lambda _, zone: zone.query_logging))
    prefix = f"{LOG_PREFIX}{given.name}/"
    key = encryption_key(
        module,
        "logs",
        given,
        existing=given.kms_key,
        name=f"{given.name}-logs",
        purpose=f"Encrypts the query logs of {given.name}",
        statements=[logs_use(module, prefix, in_region=global_region(module))],
        region=global_region(module),
        only_when=wanted,
    )
    part = maker(wanted)
    writing = access.write_query_logs(account_id(module), partition(module), global_region(module), prefix)
    allowed = part(
        CloudwatchLogResourcePolicy,
        module,
        "query_logs",
        policy_name=f"{given.name}-query-logs",
        policy_document=jsonencode(document(*writing)),
        region=global_region(module),
    )
    logged = each(given.public_zones).where(lambda zone: zone.query_logging)
    group: Any = log_group(
        module,
        "queries",
        given,
        name=f"{prefix}{logged.value.domain}",
        key=key,
        in_region=global_region(module),
        only_when=logged,
    )
    logged(
        Route53QueryLog,
        module,
        "queries",
        zone_id=made.public.at(logged.key).zone_id,
        cloudwatch_log_group_arn=group.arn,
        depends_on=[dependable(allowed)],
    )
    arns = MapReference("{for name, made in aws_cloudwatch_log_group.queries : name => made.arn}", Text())
    return choose(wanted, key.arn, None), arns
