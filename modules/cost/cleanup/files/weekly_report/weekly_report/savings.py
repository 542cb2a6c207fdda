"""What could be saved: what AWS recommends, and the waste that the other function found.

https://docs.aws.amazon.com/cost-management/latest/userguide/cost-optimization-hub.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

__all__ = ["Recommendation", "Recommended", "Waste", "recommended", "waste"]

MOST = 8
"""Recommendations that are shown one by one."""


@dataclass(frozen=True)
class Recommendation:
    """One thing that AWS would do, and what it would save in a month."""

    action: str
    resource: str
    now: str
    then: str
    monthly: float


@dataclass(frozen=True)
class Recommended:
    """What Cost Optimization Hub says; `missing` is why it says nothing."""

    monthly: float
    by_action: Mapping[str, tuple[int, float]]
    greatest: tuple[Recommendation, ...]
    missing: str = ""


@dataclass(frozen=True)
class Waste:
    """What is paid for and not used: by kind how many, and what they cost a month at most; `day` is the search's."""

    day: str
    monthly: float
    by_kind: Mapping[str, tuple[int, float]]


def recommended(hub: Any) -> Recommended:
    """What the account's hub recommends. One that nobody enrolled in, or that does not answer, is no reason to fail."""
    try:
        summary = hub.list_recommendation_summaries(groupBy="ActionType")
        listed = hub.list_recommendations(
            orderBy={"dimension": "EstimatedMonthlySavings", "order": "Desc"}, maxResults=MOST
        )
    except (BotoCoreError, ClientError) as error:
        return Recommended(0.0, {}, (), f"Cost Optimization Hub does not answer: {error}")
    return Recommended(
        summary.get("estimatedTotalDedupedSavings", 0.0),
        {
            item["group"]: (item.get("recommendationCount", 0), item.get("estimatedMonthlySavings", 0.0))
            for item in summary.get("items", ())
        },
        tuple(
            Recommendation(
                item.get("actionType", ""),
                item.get("resourceId") or item.get("currentResourceType", ""),
                item.get("currentResourceSummary", ""),
                item.get("recommendedResourceSummary", ""),
                item.get("estimatedMonthlySavings", 0.0),
            )
            for item in listed.get("items", ())
        ),
    )


def waste(s3: Any, bucket: str) -> Waste | None:
    """The newest report of what is wasted; None before there is one."""
    try:
        said = json.loads(s3.get_object(Bucket=bucket, Key="findings/latest.json")["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise
    kinds = {kind: (int(sums["count"]), float(sums["monthly_cost"])) for kind, sums in said["kinds"].items()}
    return Waste(said["day"], said["monthly_cost"], kinds)
