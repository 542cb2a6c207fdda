"""What people read of a run: a file in the bucket, and a message when there is something new."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import Any

from .search import Run
from .settings import Settings

__all__ = ["message", "report", "tell"]

MOST_NAMED = 20
"""In a message: the whole is in the bucket."""


def report(run: Run, today: date) -> dict[str, Any]:
    """The run as the bucket keeps it, and as the weekly report reads it."""
    by_kind: dict[str, dict[str, float]] = defaultdict(lambda: {"count": 0, "monthly_cost": 0.0})
    for one in run.told:
        by_kind[one.finding.kind]["count"] += 1
        by_kind[one.finding.kind]["monthly_cost"] += one.finding.monthly_cost
    return {
        "day": today.isoformat(),
        "monthly_cost": round(sum(one.finding.monthly_cost for one in run.told), 2),
        "kinds": {kind: {**sums, "monthly_cost": round(sums["monthly_cost"], 2)} for kind, sums in by_kind.items()},
        "findings": [
            one.as_json() for one in sorted(run.told, key=lambda one: (-one.finding.monthly_cost, one.finding.key))
        ],
        "unsearched": dict(run.unsearched),
    }


def message(run: Run, where: str) -> str:
    """What is new, what was deleted and what will be, for people; empty when there is nothing of all that."""
    parts = [
        _listed("New", [one for one in run.told if one.finding.key in run.news]),
        _listed("Deleted, or tried to be", [one for one in run.told if one.outcome]),
        _listed("Would be deleted, were this no dry run", [one for one in run.told if one.action == "would_delete"]),
        "".join(f"Could not be looked at: {place}: {why}\n" for place, why in sorted(run.unsearched.items())),
    ]
    said = "\n".join(part for part in parts if part)
    return f"{said}\nAll of it: {where}\n" if said else ""


def _listed(title: str, some: list[Any]) -> str:
    if not some:
        return ""
    some.sort(key=lambda one: (-one.finding.monthly_cost, one.finding.key))
    cost = sum(one.finding.monthly_cost for one in some)
    lines = [f"{title}: {len(some)}, {cost:,.2f} USD a month at most"]
    for one in some[:MOST_NAMED]:
        found = one.finding
        outcome = f": {one.outcome}" if one.outcome else ""
        lines.append(f"  {found.region} {found.kind} {found.name}: {found.why}, {found.monthly_cost:,.2f} USD{outcome}")
    if len(some) > MOST_NAMED:
        lines.append(f"  and {len(some) - MOST_NAMED} more")
    return "\n".join(lines) + "\n"


def tell(run: Run, settings: Settings, today: date, s3: Any, sns: Any) -> None:
    """Keeps the report of the day and the newest one, and publishes what is new."""
    body = json.dumps(report(run, today), indent=1).encode()
    where = f"findings/{today.isoformat()}.json"
    for key in (where, "findings/latest.json"):
        s3.put_object(Bucket=settings.bucket, Key=key, Body=body, ContentType="application/json")
    said = message(run, f"s3://{settings.bucket}/{where}")
    if said:
        sns.publish(TopicArn=settings.topic_arn, Subject=f"Waste found on {today.isoformat()}", Message=said)
