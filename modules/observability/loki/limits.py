"""Limits in Loki's own words. https://grafana.com/docs/loki/latest/configure/#limits_config"""

from __future__ import annotations

from typing import Any

from groundplan.framework import calculated, choose, each, each_item, is_set, not_empty, without_nulls

from .inputs import LokiInputs
from .limit_inputs import Limits, Tenant

__all__ = ["limits_config", "overrides"]


def _hours(days: Any) -> str:
    return f"{calculated('{days} * 24', days=days)}h"


def limits_config(given: LokiInputs) -> dict[str, Any]:
    """The limits of every tenant. Sizes and rates are Loki's: a MB is 2^20 bytes."""
    limits: Limits = given.limits
    return {
        "retention_period": _hours(given.retention_days),
        "ingestion_rate_mb": limits.ingestion_rate_mb,
        "ingestion_burst_size_mb": limits.ingestion_burst_size_mb,
        "per_stream_rate_limit": f"{limits.per_stream_rate_limit_mb}MB",
        "per_stream_rate_limit_burst": f"{limits.per_stream_rate_limit_burst_mb}MB",
        "max_global_streams_per_user": limits.max_global_streams_per_user,
        "max_label_names_per_series": limits.max_label_names_per_series,
        "max_line_size": f"{limits.max_line_size_kb}KB",
        "max_entries_limit_per_query": limits.max_entries_limit_per_query,
        "max_query_series": limits.max_query_series,
        "max_query_parallelism": limits.max_query_parallelism,
        "max_query_length": _hours(limits.max_query_length_days),
        "query_timeout": f"{limits.query_timeout_seconds}s",
        "deletion_mode": choose(given.log_deletion, "filter-and-delete", "disabled"),
        # what TraceQL and derived fields find a line's trace by needs no label for every trace
        "allow_structured_metadata": True,
    }


def overrides(given: LokiInputs) -> dict[str, Any]:
    """What differs, by tenant: the file that Loki reads anew while it runs."""
    found: dict[str, Any] = each(given.tenants).document(_tenant)
    return found


def _tenant(_: str, tenant: Tenant) -> dict[str, Any]:
    streams = each_item(tenant.streams).documents(
        lambda one: {"selector": one.selector, "priority": one.priority, "period": _hours(one.days)}
    )
    return without_nulls(
        {
            "retention_period": choose(is_set(tenant.retention_days), _hours(tenant.retention_days), None),
            "retention_stream": choose(not_empty(tenant.streams), streams, None),
            "ingestion_rate_mb": tenant.ingestion_rate_mb,
            "ingestion_burst_size_mb": tenant.ingestion_burst_size_mb,
            "max_global_streams_per_user": tenant.max_global_streams_per_user,
            "max_query_parallelism": tenant.max_query_parallelism,
            "max_query_length": choose(
                is_set(tenant.max_query_length_days), _hours(tenant.max_query_length_days), None
            ),
        }
    )
