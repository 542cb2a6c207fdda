"""One region of an account, as the searches see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from .settings import Settings

__all__ = ["Region", "named", "tags_of"]


@dataclass(frozen=True)
class Region:
    """Clients of a region by the service's name in boto3, and when the search began (in UTC)."""

    name: str
    settings: Settings
    now: datetime
    client: Callable[[str], Any]

    @cached_property
    def ec2(self) -> Any:
        """EC2."""
        return self.client("ec2")

    @cached_property
    def cloudwatch(self) -> Any:
        """CloudWatch."""
        return self.client("cloudwatch")

    @property
    def idle_since(self) -> datetime:
        """What was made after this had no time yet to be idle."""
        return self.now - timedelta(days=self.settings.idle_days)

    def older_than(self, days: int) -> datetime:
        """So many days ago."""
        return self.now - timedelta(days=days)

    def kept(self, tags: Mapping[str, str]) -> bool:
        """Whether somebody said that it stays, whatever it looks like."""
        return self.settings.keep_tag_key in tags


def tags_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """The tags of an answer of EC2 or Elastic Load Balancing."""
    return {tag["Key"]: tag.get("Value", "") for tag in answer.get("Tags") or ()}


def named(tags: Mapping[str, str], otherwise: str) -> str:
    """What people call it."""
    return tags.get("Name") or otherwise
