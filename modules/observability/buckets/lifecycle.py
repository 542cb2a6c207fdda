"""What becomes of objects by their age, beside what every bucket does with old versions and abandoned uploads."""

from __future__ import annotations

from typing import Any

from groundplan.building import Bucket
from groundplan.framework import any_of, dependable, dynamic, expression_of, is_set

from .inputs import Store

__all__ = ["ages"]


def ages(bucket: Bucket, store: Store) -> None:
    """A rule of the bucket for `tier_after_days` and `expire_after_days`, where one of them is given.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    """
    dynamic(
        dependable(bucket.lifecycle),
        "rule",
        any_of(is_set(store.tier_after_days), is_set(store.expire_after_days)),
        lambda _: {
            "id": "age",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "dynamic": {
                "transition": _where(
                    is_set(store.tier_after_days),
                    {"days": store.tier_after_days, "storage_class": "INTELLIGENT_TIERING"},
                ),
                "expiration": _where(is_set(store.expire_after_days), {"days": store.expire_after_days}),
            },
        },
    )


def _where(condition: Any, content: dict[str, Any]) -> dict[str, Any]:
    return {"for_each": f"${{{expression_of(condition)} ? [true] : []}}", "content": content}
