"""What CloudWatch measured: of many resources at once, over the days in which they should have been used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

__all__ = ["totals"]

MOST_QUERIES = 500
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html"""
DAY_SECONDS = 86_400


def totals(
    cloudwatch: Any, namespace: str, metric: str, dimension: str, values: Iterable[str], days: int, now: datetime
) -> dict[str, float | None]:
    """The sum of a metric in the last `days`, by the dimension's value; None where CloudWatch has no point of it."""
    asked = list(values)
    found: dict[str, float | None] = dict.fromkeys(asked)
    for start in range(0, len(asked), MOST_QUERIES):
        some = asked[start : start + MOST_QUERIES]
        queries = [
            {
                "Id": f"m{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": namespace,
                        "MetricName": metric,
                        "Dimensions": [{"Name": dimension, "Value": value}],
                    },
                    "Period": DAY_SECONDS,
                    "Stat": "Sum",
                },
            }
            for number, value in enumerate(some)
        ]
        pages = cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=now - timedelta(days=days), EndTime=now
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                if result["Values"]:
                    value = some[int(result["Id"][1:])]
                    found[value] = (found[value] or 0.0) + sum(result["Values"])
    return found
