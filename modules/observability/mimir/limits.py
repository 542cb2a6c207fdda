"""Limits in Mimir's own words. https://grafana.com/docs/mimir/latest/configure/configuration-parameters/#limits"""

from __future__ import annotations

from typing import Any

from groundplan.framework import calculated, choose, each, is_set, without_nulls

from .inputs import MimirInputs
from .limit_inputs import Limits, Tenant

__all__ = ["limits", "overrides"]


def _hours(days: Any) -> str:
    return f"{calculated('{days} * 24', days=days)}h"


def limits(given: MimirInputs) -> dict[str, Any]:
    """The limits of every tenant."""
    limits: Limits = given.limits
    return {
        "compactor_blocks_retention_period": _hours(given.retention_days),
        "ingestion_rate": limits.ingestion_rate,
        "ingestion_burst_size": limits.ingestion_burst_size,
        "max_global_series_per_user": limits.max_global_series_per_user,
        "max_label_names_per_series": limits.max_label_names_per_series,
        "max_global_exemplars_per_user": limits.max_global_exemplars_per_user,
        "out_of_order_time_window": f"{limits.out_of_order_minutes}m",
        "max_total_query_length": _hours(limits.max_query_length_days),
        "max_query_parallelism": limits.max_query_parallelism,
        "max_fetched_series_per_query": limits.max_fetched_series_per_query,
        "ruler_max_rule_groups_per_tenant": limits.ruler_max_rule_groups_per_tenant,
        "ruler_max_rules_per_rule_group": limits.ruler_max_rules_per_rule_group,
    }


def overrides(given: MimirInputs) -> dict[str, Any]:
    """What differs, by tenant: the file that Mimir reads anew while it runs."""
    found: dict[str, Any] = each(given.tenants).document(_tenant)
    return found


def _tenant(_: str, tenant: Tenant) -> dict[str, Any]:
    return without_nulls(
        {
            "compactor_blocks_retention_period": choose(
                is_set(tenant.retention_days), _hours(tenant.retention_days), None
            ),
            "ingestion_rate": tenant.ingestion_rate,
            "ingestion_burst_size": tenant.ingestion_burst_size,
            "max_global_series_per_user": tenant.max_global_series_per_user,
            "max_total_query_length": choose(
                is_set(tenant.max_query_length_days), _hours(tenant.max_query_length_days), None
            ),
            "max_fetched_series_per_query": tenant.max_fetched_series_per_query,
        }
    )
