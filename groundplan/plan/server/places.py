"""Where made-up things stand in AWS, the regions that an account has, and the accounts of AWS's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from groundplan.grammars.partitions import partition_named, partition_of

__all__ = ["ACCOUNT_ID", "Place", "regions", "service_accounts"]

ACCOUNT_ID = "111122223333"

# An account has these only after somebody turned them on:
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
_OPT_IN = frozenset(
    (
        *("af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5"),
        *("ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2"),
        *("il-central-1", "me-central-1", "me-south-1", "mx-central-1"),
    )
)


@cache
def _data(name: str) -> dict[str, Any]:
    text = resources.files("groundplan.plan").joinpath("data", name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@dataclass(frozen=True)
class Place:
    """Where made-up things stand. Partition and names in DNS follow from the region."""

    account_id: str = ACCOUNT_ID
    region: str = "us-east-1"

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`, ..."""
        return partition_of(self.region).id

    @property
    def dns_suffix(self) -> str:
        """What the names of services end with: `amazonaws.com`, `amazonaws.com.cn`, ..."""
        return partition_of(self.region).dns_suffix

    @property
    def reverse_dns_prefix(self) -> str:
        """The same from its end: `com.amazonaws`."""
        return ".".join(reversed(self.dns_suffix.split(".")))

    @property
    def description(self) -> str:
        """The region's name for people: `Europe (Ireland)`; its own name where AWS has not published one."""
        return partition_of(self.region).regions.get(self.region, self.region)


def regions(partition: str, *, opt_in: bool) -> list[str]:
    """The regions of a partition, sorted; `opt_in` includes those that an account has to turn on."""
    known = partition_named(partition).regions
    return sorted(name for name in known if opt_in or name not in _OPT_IN)


def service_accounts() -> dict[str, dict[str, str]]:
    """AWS's own account ids by data source and region, from data/accounts.json, which names its source."""
    found: dict[str, dict[str, str]] = _data("accounts.json")["accounts"]
    return found
