"""Metrics that leave CloudWatch as they come."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_metric_stream import (
    CloudwatchMetricStream,
    CloudwatchMetricStreamIncludeFilter,
)

from groundplan.building import service_role, tags
from groundplan.framework import Module, dependable, is_set, part_id, present, when

from . import access
from .inputs import CloudwatchInputs

__all__ = ["metric_stream"]


def metric_stream(scope: Module[Any, Any], given: CloudwatchInputs) -> Any:
    """The stream and its role; null without one."""
    wanted = is_set(given.metric_stream)
    stream: Any = present(given.metric_stream)
    role = service_role(
        scope,
        "metric_stream",
        given,
        name=f"{given.name}-metric-stream",
        service="streams.metrics.cloudwatch.amazonaws.com",
        statements=access.streaming(stream.firehose_arn),
        only_when=wanted,
    )
    made = when(wanted)(
        CloudwatchMetricStream,
        scope,
        part_id("stream", "metric_stream"),
        name=given.name,
        firehose_arn=stream.firehose_arn,
        role_arn=role.arn,
        output_format=stream.output_format,
        include_linked_accounts_metrics=stream.linked_accounts,
        tags=tags(scope, given),
        depends_on=[dependable(role.policy)],
    )
    made.having(
        "include_filter",
        stream.namespaces,
        lambda entry: CloudwatchMetricStreamIncludeFilter(namespace=entry.key, metric_names=entry.value),
    )
    return made.one
