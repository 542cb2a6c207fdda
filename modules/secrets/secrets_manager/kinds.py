"""Which secrets are made, owned and rotated by whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from groundplan.framework import all_of, each, equals, is_set, negated
from groundplan.iam import Statement

__all__ = [
    "made_here",
    "managed_by_rds",
    "only_if",
    "rotated_by_aws",
    "rotated_by_key_ring",
    "rotated_by_provider",
    "there",
]

T = TypeVar("T")


def there(value: T | None) -> T:
    """An optional setting, where a condition sees to it that it was given."""
    return cast(T, value)


def managed_by_rds(secret: Any) -> bool:
    """A secret that RDS owns: its access is ours, nothing else."""
    return all_of(is_set(secret.rds), is_set(secret.rds.managed_secret))


def made_here(secret: Any) -> bool:
    """A secret that the module makes."""
    return negated(managed_by_rds(secret))


def rotated_by_aws(secret: Any) -> bool:
    """A database user's password that one of AWS's rotation functions renews."""
    return all_of(is_set(secret.rotation), is_set(secret.rds), made_here(secret))


def rotated_by_provider(secret: Any) -> bool:
    """A key that a third party renews."""
    return is_set(secret.provider)


def rotated_by_key_ring(secret: Any) -> bool:
    """An encryption key that KMS generates."""
    return all_of(equals(secret.kind, "encryption_key"), is_set(secret.rotation))


def only_if(condition: Any, statements: Sequence[Statement]) -> list[Any]:
    """Statements that are there only when a flag is true, for `concat`."""
    entries = {f"s{position}": statement.as_json() for position, statement in enumerate(statements)}
    found: list[Any] = each(entries).where(lambda _: condition).documents(lambda _, statement: statement)
    return found
