"""Where a module runs: account, partition, region, looked up once a module."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformLocal
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_partition import DataAwsPartition
from cdktf_cdktf_provider_aws.data_aws_region import DataAwsRegion

from groundplan.framework import choose, equals, jsonencode, merged, text, texts
from groundplan.framework.module import Module, part_id
from groundplan.framework.references import TextReference
from groundplan.grammars.partitions import every_partition, partition_named

__all__ = ["account_id", "dns_suffix", "global_region", "partition", "region", "service_name", "service_names", "tags"]


def _once(scope: Module[Any, Any], kind: type, name: str) -> None:
    if scope.is_first(part_id(name, "current")):
        kind(scope, part_id(name, "current"))


def account_id(scope: Module[Any, Any]) -> str:
    """The account that the module's resources are in."""
    _once(scope, DataAwsCallerIdentity, "account")
    return "${data.aws_caller_identity.current.account_id}"


def partition(scope: Module[Any, Any]) -> str:
    """The partition of ARNs: `aws`, `aws-us-gov`, `aws-cn`."""
    _once(scope, DataAwsPartition, "partition")
    return "${data.aws_partition.current.partition}"


def dns_suffix(scope: Module[Any, Any]) -> str:
    """What the names of services' hosts end with: `amazonaws.com`, in China `amazonaws.com.cn`.

    The principals of services end with `amazonaws.com` in China too, but for those that
    `groundplan.grammars.partitions` names.
    """
    _once(scope, DataAwsPartition, "partition")
    return "${data.aws_partition.current.dns_suffix}"


def global_region(scope: Module[Any, Any]) -> str:
    """Where services without regions have their metrics, and want their keys and logs: us-east-1 of AWS's partition."""
    if scope.is_first("global_region"):
        usual = partition_named("aws")
        others = {each.id: each.global_region for each in every_partition() if each != usual}
        TerraformLocal(scope, "global_region", text("lookup", others, partition(scope), usual.global_region))
    return TextReference("local.global_region")


def service_names(scope: Module[Any, Any], *services: str, where: str | None = None) -> list[str]:
    """Services as `kms:ViaService` names them, in a region, the provider's when left out.

    In China with either suffix: AWS documents the form for its own partition only, and neither names another service.
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    there = region(scope) if where is None else where
    ends = ("amazonaws.com", dns_suffix(scope))
    return texts("distinct", [f"{service}.{there}.{end}" for end in ends for service in services])


def service_name(scope: Module[Any, Any], service: str, *, where: str | None = None) -> str:
    """One service of those: a text, and a list where there are two names for it."""
    there = region(scope) if where is None else where
    usual = f"{service}.{there}.amazonaws.com"
    both = jsonencode([usual, f"{service}.{there}.{dns_suffix(scope)}"])
    return text("jsondecode", choose(equals(dns_suffix(scope), "amazonaws.com"), jsonencode(usual), both))


def region(scope: Module[Any, Any]) -> str:
    """The region of the provider."""
    _once(scope, DataAwsRegion, "region")
    return "${data.aws_region.current.region}"


def tags(scope: Module[Any, Any], given: Any, own: dict[str, Any] | None = None) -> dict[str, str]:
    """The tags of a module's resources: which service it is and what else the module says, unless the caller says it.

    A tag that something is found by is merged over these, and refused among the caller's: `kept_tag`.
    """
    return merged({"Service": type(scope).name, **(own or {})}, given.tags)
