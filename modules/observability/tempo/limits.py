"""Limits in Tempo's own words. https://grafana.com/docs/tempo/latest/configuration/#overrides"""

from __future__ import annotations

from typing import Any

from groundplan.framework import calculated, choose, each, is_set, merged, present

from .inputs import Limits, TempoInputs, Tenant

__all__ = ["defaults", "hours", "overrides"]


def hours(days: Any) -> str:
    """A number of days as Tempo takes it."""
    return f"{calculated('{days} * 24', days=days)}h"


def _bytes(megabytes: Any) -> float:
    return calculated("{megabytes} * 1000000", megabytes=megabytes)


def _limits(limits: Limits) -> dict[str, Any]:
    return {
        "ingestion": {
            "rate_limit_bytes": _bytes(limits.rate_limit_mb),
            "burst_size_bytes": _bytes(limits.burst_size_mb),
            "max_traces_per_user": limits.max_traces_per_user,
        },
        "global": {"max_bytes_per_trace": _bytes(limits.max_mb_per_trace)},
        "read": {"max_search_duration": f"{limits.max_search_hours}h"},
    }


def _generated(given: TempoInputs) -> dict[str, Any]:
    wanted = is_set(given.metrics_generator)
    processors = {"metrics_generator": {"processors": present(given.metrics_generator).processors}}
    return choose(wanted, processors, {})


def defaults(given: TempoInputs) -> dict[str, Any]:
    """The limits of every tenant, and what is made of its traces."""
    return merged(_limits(given.limits), _generated(given))


def overrides(given: TempoInputs) -> dict[str, Any]:
    """Tenants with limits of their own, whole: Tempo takes nothing of the defaults for them."""

    def of(_: str, tenant: Tenant) -> dict[str, Any]:
        kept = {"compaction": {"block_retention": hours(tenant.retention_days)}}
        return merged(_limits(tenant), kept, _generated(given))

    found: dict[str, Any] = each(given.tenants).document(of)
    return found
