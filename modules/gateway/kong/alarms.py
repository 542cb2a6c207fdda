"""What people are told by AWS itself: the database that fills up, is overloaded, or fails over."""

from __future__ import annotations

from typing import Any, NamedTuple

from groundplan.building import event_alarm, metric_alarm
from groundplan.framework import Module

from .database import Postgres
from .inputs import KongInputs

__all__ = ["database_alarms"]

GIB = 1024**3
MIB = 1024**2


class Limit(NamedTuple):
    """A metric of RDS, and beyond what it rings."""

    metric: str
    comparison: Any
    threshold: float
    description: str


# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
LIMITS = {
    "cpu_high": Limit(
        "CPUUtilization",
        "GreaterThanThreshold",
        85,
        "uses more than 85% of its CPU for a quarter of an hour. Performance Insights names the statements; Kong asks "
        "little once it is warm. Take a larger database.instance_class if it stays so",
    ),
    "storage_low": Limit(
        "FreeStorageSpace",
        "LessThanThreshold",
        2 * GIB,
        "has less than 2 GiB left. At database.storage_limit_gib RDS grows it no further: raise it. Logs and tables of "
        "rate limits grow; policy local or redis keeps limits out of the database",
    ),
    "memory_low": Limit(
        "FreeableMemory",
        "LessThanThreshold",
        128 * MIB,
        "has less than 128 MiB of memory left for a quarter of an hour. Take a larger database.instance_class, or "
        "fewer connections: each replica of Kong holds some for every worker",
    ),
}


def database_alarms(scope: Module[Any, Any], given: KongInputs, database: Postgres) -> None:
    """Alarms on what can run out, and on what RDS tells of the instance."""
    dimensions = {"DBInstanceIdentifier": database.identifier}
    for id, limit in LIMITS.items():
        metric_alarm(
            scope,
            id,
            given,
            name=f"{given.name}-database-{id.replace('_', '-')}",
            description=f"The database of the API gateway {given.name} {limit.description}.",
            namespace="AWS/RDS",
            metric=limit.metric,
            dimensions=dimensions,
            statistic="Average",
            periods=3,
            comparison=limit.comparison,
            threshold=limit.threshold,
        )
    metric_alarm(
        scope,
        "connections_high",
        given,
        name=f"{given.name}-database-connections-high",
        description=(
            f"The database of the API gateway {given.name} has {given.database.connections_alarm} connections or more. "
            "At max_connections of its class it refuses new ones, and new replicas of Kong do not start: fewer "
            "replicas, or a larger database.instance_class."
        ),
        namespace="AWS/RDS",
        metric="DatabaseConnections",
        dimensions=dimensions,
        statistic="Maximum",
        periods=3,
        threshold=given.database.connections_alarm,
    )
    event_alarm(
        scope,
        "database",
        given,
        name=f"{given.name}-database",
        description=(
            f"RDS tells that the database of {given.name} failed, failed over, runs out of storage, or is being "
            "restored or deleted. Kong serves what it knows meanwhile."
        ),
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-cloud-watch-events.html
        pattern={
            "source": ["aws.rds"],
            "detail-type": ["RDS DB Instance Event"],
            "detail": {
                "SourceIdentifier": [database.identifier],
                "EventCategories": ["deletion", "failover", "failure", "low storage", "restoration", "recovery"],
            },
        },
    )
