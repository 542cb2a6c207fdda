"""What tenants may send and ask for, and for how long their metrics are kept: Mimir's own limits, typed.

https://grafana.com/docs/mimir/latest/configure/configuration-parameters/#limits
"""

from __future__ import annotations

from groundplan.framework import Inputs, Rule, field, is_set, unset

__all__ = ["Limits", "Tenant"]


class Limits(Inputs):
    """Limits of every tenant that has none of its own."""

    ingestion_rate: int = field(
        "how many samples a tenant may send in a second, over all distributors", default=50000, ge=100, le=100000000
    )
    ingestion_burst_size: int = field(
        "how many samples it may send at once, to one distributor", default=500000, ge=100, le=100000000
    )
    max_global_series_per_user: int = field(
        "how many series a tenant may have in ingesters, each counted once", default=1000000, ge=1000, le=1000000000
    )
    max_label_names_per_series: int = field("how many labels a series may have", default=40, ge=1, le=200)
    max_global_exemplars_per_user: int = field(
        "how many exemplars, which lead from a metric to a trace, ingesters hold for a tenant; 0: none",
        default=100000,
        ge=0,
        le=10000000,
    )
    out_of_order_minutes: int = field(
        "how much older than the newest sample of its series one may be, in minutes; 0: not at all",
        default=10,
        ge=0,
        le=1440,
    )
    max_query_length_days: int = field("how long a time a query may be about, in days", default=400, ge=1, le=3650)
    max_query_parallelism: int = field("how many parts of a query run at once", default=240, ge=1, le=1000)
    max_fetched_series_per_query: int = field(
        "how many series a query may read; a larger one is refused", default=200000, ge=1000, le=10000000
    )
    ruler_max_rule_groups_per_tenant: int = field("how many groups of rules a tenant may have", default=500, ge=1)
    ruler_max_rules_per_rule_group: int = field("how many rules a group may have", default=100, ge=1)

    rules = (
        Rule(
            "ingestion_burst_size",
            lambda v: v.ingestion_burst_size >= v.ingestion_rate,
            "must be ingestion_rate or more, or the rate is never reached",
            shows=("ingestion_burst_size", "ingestion_rate"),
        ),
    )


class Tenant(Inputs):
    """What differs for one tenant; left out, the limit of all."""

    retention_days: int | None = field(
        "how long its metrics are kept, in days; left out, as long as all", default=None, ge=1, le=3650
    )
    ingestion_rate: int | None = field(
        "how many samples it may send in a second; left out, as all", default=None, ge=100, le=100000000
    )
    ingestion_burst_size: int | None = field(
        "how many samples it may send at once; left out, as all", default=None, ge=100, le=100000000
    )
    max_global_series_per_user: int | None = field(
        "how many series it may have in ingesters; left out, as all", default=None, ge=1000, le=1000000000
    )
    max_query_length_days: int | None = field(
        "how long a time a query of it may be about, in days; left out, as all", default=None, ge=1, le=3650
    )
    max_fetched_series_per_query: int | None = field(
        "how many series a query of it may read; left out, as all", default=None, ge=1000, le=10000000
    )

    rules = (
        Rule(
            "ingestion_burst_size",
            lambda v: (
                unset(v.ingestion_burst_size) | unset(v.ingestion_rate) | (v.ingestion_burst_size >= v.ingestion_rate)
            ),
            "must be ingestion_rate or more, or the rate is never reached",
            shows=("ingestion_burst_size", "ingestion_rate"),
        ),
        Rule(
            "ingestion_rate",
            lambda v: unset(v.ingestion_rate) | is_set(v.ingestion_burst_size),
            "must come with ingestion_burst_size: that of all might be smaller",
            shows=("ingestion_rate",),
        ),
    )
