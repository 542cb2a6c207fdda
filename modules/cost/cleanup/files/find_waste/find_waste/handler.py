"""Where Lambda comes in, once a day."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

from . import memory, settings, telling
from .search import Run, search

__all__ = ["NotEverythingWasSearched", "handle", "run"]

log = Logger()
metrics = Metrics()
tracer = Tracer()


class NotEverythingWasSearched(Exception):
    """Some kinds could not be looked at in some regions; what was found is told all the same."""


@log.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler
def handle(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Searches, tells, and fails when something could not be looked at, so that the function's alarm rings."""
    found = run(settings.read(os.environ), datetime.now(UTC))
    counted = {
        "found": len(found.told),
        "new": len(found.news),
        "deleted": sum(one.outcome == "deleted" for one in found.told),
    }
    metrics.add_metric("WasteFound", MetricUnit.Count, counted["found"])
    metrics.add_metric("WasteDeleted", MetricUnit.Count, counted["deleted"])
    metrics.add_metric("WasteMonthlyCost", MetricUnit.NoUnit, sum(one.finding.monthly_cost for one in found.told))
    log.info("Searched", extra={**counted, "unsearched": dict(found.unsearched)})
    if found.unsearched:
        raise NotEverythingWasSearched("; ".join(f"{place}: {why}" for place, why in found.unsearched.items()))
    return counted


def run(given: settings.Settings, now: datetime) -> Run:
    """One run with the clients of the account: remembers before it tells, so that who is told twice was found once."""
    # by a name that only the search knows, which the types of boto3 have no one answer to
    aws: Any = boto3
    s3 = boto3.client("s3")

    def client(service: str, region: str) -> Any:
        return aws.client(service, region_name=region)

    found = search(given, memory.recall(s3, given.bucket), client, now)
    memory.remember(s3, given.bucket, found.seen)
    telling.tell(found, given, now.date(), s3, boto3.client("sns"))
    return found
