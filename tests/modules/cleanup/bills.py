"""Answers of Cost Explorer and of Cost Optimization Hub, held to AWS's own description of what they may be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import boto3
from botocore.stub import Stubber

__all__ = ["FAMILIES", "TODAY", "answers", "cost_explorer", "hub", "hub_that_nobody_enrolled_in"]

TODAY = date(2026, 12, 1)
"""A Tuesday: the week that is reported is the one from Monday the 23rd to Sunday the 29th of November."""
FIRST = date(2026, 11, 16)

FAMILIES = {
    "gateway": ["kong"],
    "observability": ["buckets", "grafana", "loki", "mimir", "tempo"],
    "secrets": ["secrets_manager", "vault"],
    "registry": ["ecr"],
    "backup": ["aws_backup", "velero"],
}
# what a day costs by environment and service, in the week before and in the week
BY_TAGS = {
    ("prod", "loki"): (41.20, 62.85),
    ("prod", "mimir"): (55.10, 54.30),
    ("prod", "tempo"): (18.40, 18.95),
    ("prod", "kong"): (36.75, 36.75),
    ("prod", "vault"): (29.60, 29.60),
    ("prod", "aws_backup"): (22.05, 24.80),
    ("prod", "ecr"): (6.30, 6.45),
    ("staging", "loki"): (12.10, 12.60),
    ("staging", "kong"): (14.20, 14.20),
    ("staging", "vault"): (9.85, 0.0),
    ("dev", "kong"): (4.40, 4.55),
    ("dev", "<script>"): (0.0, 3.10),
    ("", ""): (31.50, 33.70),
}
BY_SERVICE = {
    "Amazon Elastic Compute Cloud - Compute": (98.40, 121.70),
    "Amazon Relational Database Service": (61.30, 58.10),
    "Amazon Simple Storage Service": (35.20, 39.75),
    "EC2 - Other": (42.10, 42.08),
    "AmazonCloudWatch": (19.60, 14.90),
    "AWS Backup": (24.85, 25.32),
}


def _day(number: int, groups: Mapping[tuple[str, ...], tuple[float, float]]) -> dict[str, Any]:
    start = FIRST + timedelta(days=number)
    return {
        "TimePeriod": {"Start": start.isoformat(), "End": (start + timedelta(days=1)).isoformat()},
        "Estimated": False,
        "Total": {},
        "Groups": [
            {"Keys": list(keys), "Metrics": {"UnblendedCost": {"Amount": f"{pair[number // 7]:.10f}", "Unit": "USD"}}}
            for keys, pair in groups.items()
        ],
    }


def cost_explorer(by_tags: Mapping[tuple[str, str], tuple[float, float]] | None = None) -> Any:
    """A client that answers as Cost Explorer would, once, the first question in two pages."""
    ce = boto3.client("ce", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    stub = Stubber(ce)
    tagged = {
        (f"Environment${environment}", f"Service${service}"): pair
        for (environment, service), pair in (BY_TAGS if by_tags is None else by_tags).items()
    }
    question = {
        "TimePeriod": {"Start": "2026-11-16", "End": "2026-11-30"},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "Filter": {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}},
    }
    tags = {**question, "GroupBy": [{"Type": "TAG", "Key": "Environment"}, {"Type": "TAG", "Key": "Service"}]}
    days = [_day(number, tagged) for number in range(14)]
    stub.add_response("get_cost_and_usage", {"ResultsByTime": days[:9], "NextPageToken": "more"}, tags)
    stub.add_response("get_cost_and_usage", {"ResultsByTime": days[9:]}, {**tags, "NextPageToken": "more"})
    services = {(service,): pair for service, pair in ({} if by_tags == {} else BY_SERVICE).items()}
    stub.add_response(
        "get_cost_and_usage",
        {"ResultsByTime": [_day(number, services) for number in range(14)]},
        {**question, "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}]},
    )
    stub.activate()
    return ce


RECOMMENDED = [
    ("PurchaseSavingsPlans", "", "", "Compute Savings Plan, 1 year, no upfront", 412.60),
    ("Rightsize", "prod-kong", "db.r6g.xlarge, Multi-AZ", "db.r6g.large, Multi-AZ", 186.15),
    ("MigrateToGraviton", "i-0a1b2c3d4e5f60001", "m6i.2xlarge", "m7g.2xlarge", 58.40),
    ("Delete", "vol-0a1b2c3d4e5f60001", "gp2, 500 GiB", "", 50.00),
    ("Upgrade", "vol-0a1b2c3d4e5f60002", "gp2, 400 GiB", "gp3, 400 GiB", 8.00),
]


def _hub() -> tuple[Any, Stubber]:
    client = boto3.client(
        "cost-optimization-hub", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    return client, Stubber(client)


def hub() -> Any:
    """A client that recommends five things, once."""
    client, stub = _hub()
    stub.add_response(
        "list_recommendation_summaries",
        {
            "estimatedTotalDedupedSavings": 707.15,
            "currencyCode": "USD",
            "groupBy": "ActionType",
            "items": [
                {"group": action, "estimatedMonthlySavings": monthly, "recommendationCount": 1}
                for action, *_, monthly in RECOMMENDED
            ],
        },
        {"groupBy": "ActionType"},
    )
    stub.add_response(
        "list_recommendations",
        {
            "items": [
                {
                    "recommendationId": f"id-{number}",
                    "actionType": action,
                    **({"resourceId": resource} if resource else {"currentResourceType": "ComputeSavingsPlans"}),
                    "currentResourceSummary": now,
                    "recommendedResourceSummary": then,
                    "estimatedMonthlySavings": monthly,
                    "currencyCode": "USD",
                }
                for number, (action, resource, now, then, monthly) in enumerate(RECOMMENDED)
            ]
        },
        {"orderBy": {"dimension": "EstimatedMonthlySavings", "order": "Desc"}, "maxResults": 8},
    )
    stub.activate()
    return client


def hub_that_nobody_enrolled_in() -> Any:
    """https://docs.aws.amazon.com/cost-management/latest/userguide/coh-getting-started.html"""
    client, stub = _hub()
    stub.add_client_error("list_recommendation_summaries", "AccessDeniedException", "The account is not enrolled")
    stub.activate()
    return client


def answers() -> str:
    """The other function's newest report."""
    return json.dumps(
        {
            "day": "2026-12-01",
            "monthly_cost": 131.86,
            "kinds": {
                "idle_nat_gateway": {"count": 2, "monthly_cost": 65.70},
                "idle_load_balancer": {"count": 2, "monthly_cost": 32.86},
                "unattached_volume": {"count": 2, "monthly_cost": 16.00},
                "old_snapshot": {"count": 2, "monthly_cost": 10.00},
                "unassociated_address": {"count": 2, "monthly_cost": 7.30},
                "stale_image": {"count": 2, "monthly_cost": 0.0},
                "log_group_without_retention": {"count": 2, "monthly_cost": 0.0},
            },
            "findings": [],
            "unsearched": {},
        }
    )
