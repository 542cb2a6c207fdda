"""What was found, what it costs by list prices, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal

from .settings import Deletion

__all__ = ["Action", "Finding", "Seen", "Told", "decide", "remembered"]

Action = Literal["tell", "wait", "would_delete", "delete"]


@dataclass(frozen=True)
class Finding:
    """A resource that is paid for and not used. `monthly_cost` is in USD by the list prices of us-east-1."""

    kind: str
    region: str
    id: str
    name: str
    why: str
    monthly_cost: float
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What it is remembered by."""
        return f"{self.region}/{self.kind}/{self.id}"


@dataclass(frozen=True)
class Seen:
    """Since when something is found, without a run in between that did not find it, and since when with the opt-in."""

    found: date
    opted_in: date | None = None


@dataclass(frozen=True)
class Told:
    """A finding, since when it is one, and what is done about it; `until` is the first day on which it may go."""

    finding: Finding
    since: date
    action: Action
    until: date | None = None
    outcome: str = ""

    def done(self, outcome: str) -> Told:
        """The same, with what came of it."""
        return replace(self, outcome=outcome)

    def as_json(self) -> dict[str, Any]:
        """As the report has it."""
        return {
            **asdict(self.finding),
            "since": self.since.isoformat(),
            "action": self.action,
            "until": self.until.isoformat() if self.until else None,
            "outcome": self.outcome,
        }


def opts_in(finding: Finding, deletion: Deletion | None) -> bool:
    """Whether its owner said that it may be deleted."""
    return deletion is not None and finding.tags.get(deletion.tag_key) == deletion.tag_value


def remembered(finding: Finding, before: Seen | None, deletion: Deletion | None, today: date) -> Seen:
    """Since when it is found and opted in for; who takes the tag off and puts it on again, begins anew."""
    found = before.found if before else today
    if not opts_in(finding, deletion):
        return Seen(found)
    return Seen(found, before.opted_in if before and before.opted_in else today)


def decide(finding: Finding, seen: Seen, deletion: Deletion | None, today: date) -> Told:
    """Nothing is deleted but what carries the opt-in, has done so for the grace period, and outside of a dry run."""
    if deletion is None or seen.opted_in is None or not opts_in(finding, deletion):
        return Told(finding, seen.found, "tell")
    until = seen.opted_in + timedelta(days=deletion.grace_days)
    if today < until:
        return Told(finding, seen.found, "wait", until)
    return Told(finding, seen.found, "would_delete" if deletion.dry_run else "delete", until)
