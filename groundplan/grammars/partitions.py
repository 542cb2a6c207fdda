"""Partitions: AWS's own, and those of China, GovCloud and others, each with its regions, its names and its ARNs.

They stand in data/partitions.json as AWS publishes them in botocore, which is named there. Nothing else of groundplan
writes down which partition a region is in, how the names of its services end, or where its global services are.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["Partition", "every_partition", "is_region", "partition_named", "partition_of"]

# Services whose principal ends like their partition's names, other than everywhere else:
# https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/meta/service_principal_data_source.go
_OWN_PRINCIPALS = {
    "aws-cn": frozenset({"codedeploy", "elasticmapreduce", "logs"}),
    "aws-iso": frozenset({"cloudhsm", "config", "logs", "workspaces"}),
    "aws-iso-b": frozenset({"dms", "logs"}),
}


@dataclass(frozen=True)
class Partition:
    """One partition. Accounts, ARNs and copies never reach from one into another.

    `regions` has their names for people by region; `global_region` is where services without regions have their
    metrics and their endpoint, such as Route 53: us-east-1, us-gov-west-1, cn-northwest-1.
    """

    id: str
    dns_suffix: str
    global_region: str
    region_regex: str
    regions: Mapping[str, str]

    def holds(self, region: str) -> bool:
        """Whether a region is one of the partition's, or will be by its name."""
        return region in self.regions or re.match(self.region_regex, region) is not None

    def principal_suffix(self, service: str) -> str:
        """What the principal of a service ends with: `amazonaws.com` nearly everywhere, whatever `dns_suffix` is."""
        return self.dns_suffix if service in _OWN_PRINCIPALS.get(self.id, ()) else "amazonaws.com"


@cache
def _partitions() -> dict[str, Partition]:
    text = resources.files("groundplan.grammars").joinpath("data", "partitions.json").read_text(encoding="utf-8")
    return {each["id"]: Partition(**each) for each in json.loads(text)["partitions"]}


def every_partition() -> tuple[Partition, ...]:
    """All that AWS has published, its own first."""
    return tuple(_partitions().values())


def partition_named(id: str) -> Partition:
    """The partition of an id such as `aws-us-gov`. Raises KeyError for one that AWS has not published."""
    return _partitions()[id]


@cache
def partition_of(region: str) -> Partition:
    """The partition of a region, `aws` for one that none claims, as Terraform's provider takes it."""
    return next((each for each in _partitions().values() if each.holds(region)), _partitions()["aws"])


def is_region(name: str) -> bool:
    """Whether AWS has published a region of this name."""
    return any(name in each.regions for each in _partitions().values())
