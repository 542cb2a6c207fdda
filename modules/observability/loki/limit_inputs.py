"""What tenants may send and ask for, and for how long their logs are kept: Loki's own limits, typed.

https://grafana.com/docs/loki/latest/configure/#limits_config
"""

from __future__ import annotations

from typing import Annotated

from groundplan.framework import Inputs, Rule, field, is_set, unset
from groundplan.framework.constraints import Pattern

__all__ = ["Limits", "StreamRetention", "Tenant"]

Selector = Annotated[
    str,
    Pattern(r"\{[^{}]*[=~][^{}]*\}", 'a selector of streams in braces, as LogQL has it, such as {namespace="claims"}'),
]


class StreamRetention(Inputs):
    """Streams that are kept for another time than the tenant's others."""

    selector: Selector = field("which streams, by their labels")
    days: int = field("how long they are kept, in days; whole days, as the index is by the day", ge=1, le=3650)
    priority: int = field("which of several that fit a stream counts: the higher one", default=1, ge=1, le=1000)


class Limits(Inputs):
    """Limits of every tenant that has none of its own."""

    ingestion_rate_mb: int = field("how much a tenant may send, in MB a second", default=10, ge=1, le=1000)
    ingestion_burst_size_mb: int = field("how much it may send at once, in MB", default=20, ge=1, le=2000)
    per_stream_rate_limit_mb: int = field("how much one stream may have, in MB a second", default=3, ge=1, le=500)
    per_stream_rate_limit_burst_mb: int = field(
        "how much one stream may have at once, in MB", default=15, ge=1, le=1000
    )
    max_global_streams_per_user: int = field(
        "how many streams a tenant may have that are written to", default=10000, ge=100, le=1000000
    )
    max_label_names_per_series: int = field("how many labels a stream may have", default=15, ge=1, le=60)
    max_line_size_kb: int = field("how long a line may be, in KB; a longer one is refused", default=256, ge=1, le=4096)
    max_entries_limit_per_query: int = field("how many lines a query gives", default=5000, ge=100, le=100000)
    max_query_series: int = field("how many series a query of metrics gives", default=500, ge=10, le=100000)
    max_query_parallelism: int = field("how many parts of a query run at once", default=32, ge=1, le=512)
    max_query_length_days: int = field("how long a time a query may be about, in days", default=31, ge=1, le=3650)
    query_timeout_seconds: int = field("how long a query may take, in seconds", default=300, ge=10, le=1800)

    rules = (
        Rule(
            "ingestion_burst_size_mb",
            lambda v: v.ingestion_burst_size_mb >= v.ingestion_rate_mb,
            "must be ingestion_rate_mb or more, or the rate is never reached",
            shows=("ingestion_burst_size_mb", "ingestion_rate_mb"),
        ),
        Rule(
            "per_stream_rate_limit_burst_mb",
            lambda v: v.per_stream_rate_limit_burst_mb >= v.per_stream_rate_limit_mb,
            "must be per_stream_rate_limit_mb or more, or the rate is never reached",
            shows=("per_stream_rate_limit_burst_mb", "per_stream_rate_limit_mb"),
        ),
    )


class Tenant(Inputs):
    """What differs for one tenant; left out, the limit of all."""

    retention_days: int | None = field(
        "how long its logs are kept, in days; left out, as long as all", default=None, ge=1, le=3650
    )
    streams: list[StreamRetention] = field("streams of it that are kept for another time", default=[])
    ingestion_rate_mb: int | None = field(
        "how much it may send, in MB a second; left out, as all", default=None, ge=1, le=1000
    )
    ingestion_burst_size_mb: int | None = field(
        "how much it may send at once, in MB; left out, as all", default=None, ge=1, le=2000
    )
    max_global_streams_per_user: int | None = field(
        "how many streams it may have that are written to; left out, as all", default=None, ge=100, le=1000000
    )
    max_query_parallelism: int | None = field(
        "how many parts of a query of it run at once; left out, as all", default=None, ge=1, le=512
    )
    max_query_length_days: int | None = field(
        "how long a time a query of it may be about, in days; left out, as all", default=None, ge=1, le=3650
    )

    rules = (
        Rule(
            "ingestion_burst_size_mb",
            lambda v: (
                unset(v.ingestion_burst_size_mb)
                | unset(v.ingestion_rate_mb)
                | (v.ingestion_burst_size_mb >= v.ingestion_rate_mb)
            ),
            "must be ingestion_rate_mb or more, or the rate is never reached",
            shows=("ingestion_burst_size_mb", "ingestion_rate_mb"),
        ),
        Rule(
            "ingestion_rate_mb",
            lambda v: unset(v.ingestion_rate_mb) | is_set(v.ingestion_burst_size_mb),
            "must come with ingestion_burst_size_mb: that of all might be smaller",
            shows=("ingestion_rate_mb",),
        ),
    )
