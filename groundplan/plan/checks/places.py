"""Whether a resource can be where its provider puts it: in a region of the partition, and of what that offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.grammars.availability import unavailable
from groundplan.grammars.partitions import partition_of
from groundplan.values import ConfigProblem

from . import errors

__all__ = ["check_place"]


def check_place(type_name: str, config: Mapping[str, Any], region: Any) -> list[ConfigProblem]:
    """What is wrong with where a resource would be; `region` is that of the aws provider which makes it.

    Nothing without a known region: another provider, one that is not configured yet, or one whose region only apply
    will know. A resource's own `region` is of the provider's partition, as the aws provider 6.25.0 demands it:
    https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/provider/framework/region.go
    """
    if not isinstance(region, str):
        return []
    found = unavailable(type_name, config, region)
    own = config.get("region")
    if type_name.startswith("aws_") and isinstance(own, str) and own and partition_of(own) != partition_of(region):
        found.append(errors.region_of_another_partition(own, partition_of(region).id, region))
    return found
