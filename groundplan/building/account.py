"""Where a module runs: account, partition, region, looked up once a module."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_partition import DataAwsPartition
from cdktf_cdktf_provider_aws.data_aws_region import DataAwsRegion

from groundplan.framework import merged
from groundplan.framework.module import Module, part_id

__all__ = ["account_id", "partition", "region", "tags"]


def _once(scope: Module[Any, Any], kind: type, name: str) -> None:
    # a construct's id with a slash in it is kept with two hyphens
    if scope.node.try_find_child(f"_{name}--current") is None:
        kind(scope, part_id(name, "current"))


def account_id(scope: Module[Any, Any]) -> str:
    """The account that the module's resources are in."""
    _once(scope, DataAwsCallerIdentity, "account")
    return "${data.aws_caller_identity.current.account_id}"


def partition(scope: Module[Any, Any]) -> str:
    """The partition of ARNs: `aws`, `aws-us-gov`, `aws-cn`."""
    _once(scope, DataAwsPartition, "partition")
    return "${data.aws_partition.current.partition}"


def region(scope: Module[Any, Any]) -> str:
    """The region of the provider."""
    _once(scope, DataAwsRegion, "region")
    return "${data.aws_region.current.region}"


def tags(scope: Module[Any, Any], given: Any) -> dict[str, str]:
    """The tags of a module's resources: which service it is, and what the caller adds or changes."""
    return merged({"Service": type(scope).name}, given.tags)
