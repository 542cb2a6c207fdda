"""Log groups, what is hidden in them, what is counted of them, and where their records go."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_log_data_protection_policy import CloudwatchLogDataProtectionPolicy
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from cdktf_cdktf_provider_aws.cloudwatch_log_subscription_filter import CloudwatchLogSubscriptionFilter
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission

from groundplan.building import Key, Role, account_id, partition, region, service_role, tags
from groundplan.framework import (
    Module,
    choose,
    dependable,
    each,
    each_item,
    each_name,
    each_pair,
    expression_of,
    first_set,
    is_set,
    jsonencode,
    not_empty,
    part_id,
    text,
)
from groundplan.framework.references import ListReference

from . import access
from .inputs import CloudwatchInputs

__all__ = ["log_group_arn", "log_groups"]


def log_group_arn(scope: Module[Any, Any], name: str) -> str:
    """Made of names, and so known when Terraform plans."""
    return f"arn:{partition(scope)}:logs:{region(scope)}:{account_id(scope)}:log-group:{name}"


def log_groups(scope: Module[Any, Any], given: CloudwatchInputs, key: Key) -> Any:
    """Makes the log groups and what hangs on them."""
    groups = each(given.log_groups)
    made = groups(
        CloudwatchLogGroup,
        scope,
        part_id("log", "group"),
        name=groups.key,
        kms_key_id=key.arn,
        retention_in_days=first_set(groups.value.retention_days, given.log_retention_days),
        log_group_class=groups.value.log_group_class,
        tags=tags(scope, given),
    )
    _masks(scope, given, made)
    _metric_filters(scope, given, made)
    _subscriptions(scope, given, made)
    return made


def _masks(scope: Module[Any, Any], given: CloudwatchInputs, made: Any) -> None:
    """What is hidden, and counted too: LogEventsWithFindings of AWS/Logs.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data-start.html
    """
    masked = each(given.log_groups).where(lambda group: not_empty(group.masked))
    identifiers = each_item(masked.value.masked).documents(
        lambda name: f"arn:{partition(scope)}:dataprotection::aws:data-identifier/{name}"
    )
    masked(
        CloudwatchLogDataProtectionPolicy,
        scope,
        part_id("mask", "group"),
        log_group_name=made.here.name,
        policy_document=jsonencode(
            {
                "Name": "masked",
                "Version": "2021-06-01",
                "Statement": [
                    {
                        "Sid": "audit",
                        "DataIdentifier": identifiers,
                        "Operation": {"Audit": {"FindingsDestination": {}}},
                    },
                    {"Sid": "mask", "DataIdentifier": identifiers, "Operation": {"Deidentify": {"MaskConfig": {}}}},
                ],
            }
        ),
    )


def _metric_filters(scope: Module[Any, Any], given: CloudwatchInputs, made: Any) -> None:
    filters = each_pair(given.log_groups, lambda group: group.metric_filters)
    it = filters.value.inner
    filters(
        CloudwatchLogMetricFilter,
        scope,
        part_id("filter", "group"),
        name=f"{given.name}-{filters.value.inner_key}",
        log_group_name=made.at(filters.value.outer_key).name,
        pattern=it.pattern,
        metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
            name=it.metric_name,
            namespace=it.namespace,
            value=it.value,
            default_value=choose(is_set(it.default_value), text("tostring", it.default_value), None),
            dimensions=choose(not_empty(it.dimensions), it.dimensions, None),
            unit=it.unit,
        ),
    )


def _subscriptions(scope: Module[Any, Any], given: CloudwatchInputs, made: Any) -> None:
    role = _forwarder(scope, given)
    of_functions = _all(given, "function_arn")
    functions = each_name(of_functions)
    permission = functions(
        LambdaPermission,
        scope,
        part_id("permission", "subscription"),
        action="lambda:InvokeFunction",
        function_name=functions.key,
        principal="logs.amazonaws.com",
        source_account=account_id(scope),
        source_arn=f"{log_group_arn(scope, '*')}:*",
    )
    subscriptions = each_pair(given.log_groups, lambda group: group.subscriptions)
    it = subscriptions.value.inner
    subscriptions(
        CloudwatchLogSubscriptionFilter,
        scope,
        "subscription",
        name=f"{given.name}-{subscriptions.value.inner_key}",
        log_group_name=made.at(subscriptions.value.outer_key).name,
        filter_pattern=it.pattern,
        destination_arn=first_set(it.firehose_arn, it.function_arn),
        role_arn=choose(is_set(it.firehose_arn), role.arn, None),
        # CloudWatch Logs sends a record to try, when a subscription is made
        depends_on=[dependable(permission), *([dependable(role.policy)] if role.policy is not None else [])],
    )


def _forwarder(scope: Module[Any, Any], given: CloudwatchInputs) -> Role:
    firehoses = _all(given, "firehose_arn")
    return service_role(
        scope,
        "forwarder",
        given,
        name=f"{given.name}-log-forwarder",
        service="logs.amazonaws.com",
        statements=access.forwarding(firehoses),
        only_when=not_empty(firehoses),
    )


def _all(given: CloudwatchInputs, setting: str) -> list[str]:
    """What all subscriptions have of one setting, each once."""
    groups = expression_of(given.log_groups)
    every = f"flatten([for group in {groups} : [for it in group.subscriptions : it.{setting} if it.{setting} != null]])"
    return ListReference(f"distinct({every})")
