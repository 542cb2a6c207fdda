"""Log groups with a retention and a customer managed key."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup

from groundplan.framework.module import Module, part_id
from groundplan.iam import Principal, Statement, allow

from .account import account_id, dns_suffix, partition, region, tags
from .encryption import Key
from .parts import maker

__all__ = ["log_group", "logs_use"]


def log_group(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    name: str,
    key: Key,
    in_region: str | None = None,
    only_when: Any = None,
) -> CloudwatchLogGroup:
    """A log group, kept as long as the module's `log_retention_days` says, in the provider's region or `in_region`."""
    return maker(only_when)(
        CloudwatchLogGroup,
        scope,
        part_id("logs", id),
        name=name,
        kms_key_id=key.arn,
        retention_in_days=given.log_retention_days,
        region=in_region,
        tags=tags(scope, given),
    )


def logs_use(scope: Module[Any, Any], prefix: str, *, in_region: str | None = None) -> Statement:
    """A key statement that lets CloudWatch Logs encrypt the log groups whose names begin with `prefix`.

    CloudWatch Logs of the provider's region, or of `in_region`.

    Its principal is one of the few that end like their partition's names.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    there = region(scope) if in_region is None else in_region
    where = f"arn:{partition(scope)}:logs:{there}:{account_id(scope)}:log-group:{prefix}*"
    return allow(
        "kms:Encrypt*",
        "kms:Decrypt*",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:Describe*",
        on="*",
        principals=Principal.service(f"logs.{there}.{dns_suffix(scope)}"),
        when={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": where}},
        sid="CloudWatchLogs",
    )
