"""Observability: logs, traces and metrics, what keeps them, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.observability.buckets import Buckets, BucketsInputs, Replica, Store

__all__ = ["ObservabilityFamily"]

CHUNKS, LOKI_RULES, TRACES = "loki-chunks", "loki-ruler", "tempo-traces"
BLOCKS, MIMIR_RULES, ALERTS = "mimir-blocks", "mimir-ruler", "mimir-alertmanager"
"""The buckets, by what is in them."""

NET_DAYS = 30
"""How long S3 still keeps what a compactor should have deleted: time to notice that it does not."""


class ObservabilityFamily(PlatformFamily):
    """What is kept of what the platform says of itself, for how long, and where."""

    buckets: BucketsInputs = field("where logs, traces and metrics are kept")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """A bucket for each thing, named after the environment: a name of S3's is taken in all accounts."""
        names = {
            CHUNKS: "loki-data",
            LOKI_RULES: "loki-ruler",
            TRACES: "tempo-traces",
            BLOCKS: "mimir-blocks",
            MIMIR_RULES: "mimir-ruler",
            ALERTS: "mimir-alertmanager",
        }
        stores = {store: Store(bucket_name=f"{env.name}-monitoring-{name}") for store, name in names.items()}
        stores[CHUNKS] = stores[CHUNKS].but(expire_after_days=env.log_retention_days + NET_DAYS)
        return cls(buckets=BucketsInputs(stores=stores))

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """Gone with the environment, and a day after they were deleted."""
        stores = {store: Store(keep_deleted_days=1) for store in (CHUNKS, TRACES, BLOCKS)}
        return cls(buckets=BucketsInputs(stores=stores, force_destroy=True))

    @classmethod
    def full(cls, env: Platform) -> Self:
        """Logs, metrics and rules in the other region too; traces are worth less than their transfer."""
        return cls(
            buckets=BucketsInputs(
                stores={
                    CHUNKS: Store(tier_after_days=30),
                    BLOCKS: Store(tier_after_days=30),
                    TRACES: Store(replicated=False),
                    **{store: Store(keep_deleted_days=90) for store in (LOKI_RULES, MIMIR_RULES, ALERTS)},
                },
                replica=Replica(region=env.dr_region),
                force_destroy=False,
            )
        )

    def made_once(self, _env: Platform) -> Iterable[Once]:
        """Buckets, whose names are one in the world."""
        for store, it in self.buckets.stores.items():
            yield Once(
                f'the bucket "{it.bucket_name}"',
                "",
                f'buckets.stores["{store}"].bucket_name',
                "Give the bucket of one of the two another name.",
            )

    def compose(self, stack: Stack, env: Platform) -> None:
        """The stack `<environment>-observability`."""
        named = BucketsInputs(name=f"{env.name}-monitoring")
        Buckets(stack, "buckets", stack.wired(self.buckets, named))
