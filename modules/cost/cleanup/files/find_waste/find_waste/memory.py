"""What was found before, which grace periods are counted from: one object in the module's bucket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from botocore.exceptions import ClientError

from .findings import Seen

__all__ = ["recall", "remember"]

KEY = "state/seen.json"


def recall(s3: Any, bucket: str) -> dict[str, Seen]:
    """What the last run remembered; nothing before the first one."""
    try:
        said = json.loads(s3.get_object(Bucket=bucket, Key=KEY)["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return {}
        raise
    return {key: Seen(date.fromisoformat(one["found"]), _day(one.get("opted_in"))) for key, one in said.items()}


def remember(s3: Any, bucket: str, seen: Mapping[str, Seen]) -> None:
    """For the next run."""
    said = {
        key: {"found": one.found.isoformat(), "opted_in": one.opted_in.isoformat() if one.opted_in else None}
        for key, one in sorted(seen.items())
    }
    s3.put_object(Bucket=bucket, Key=KEY, Body=json.dumps(said).encode(), ContentType="application/json")


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
