"""How long AWS Backup keeps a recovery point, warm and cold.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.values import ConfigProblem

from . import errors

__all__ = ["COLD_DAYS", "problems"]

COLD_DAYS = 90
"""What is moved to cold storage stays there for so long at the least."""


def problems(lifecycle: Mapping[str, Any]) -> list[ConfigProblem]:
    """What AWS Backup would refuse in a lifecycle of `cold_storage_after` and `delete_after`, both in days.

    None, 0 and less say nothing: never.
    """
    cold, delete = lifecycle.get("cold_storage_after"), lifecycle.get("delete_after")
    if not isinstance(cold, int) or not isinstance(delete, int) or cold < 1 or delete < 1:
        return []
    if delete >= cold + COLD_DAYS:
        return []
    return [errors.deleted_too_early(("delete_after",), delete, cold, COLD_DAYS)]
