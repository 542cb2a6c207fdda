"""What the function is told: SETTINGS, which the module writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

__all__ = ["Deletion", "Settings", "read"]


@dataclass(frozen=True)
class Deletion:
    """What is deleted: resources with the tag `tag_key` = `tag_value`, `grace_days` after they were found with it.

    With `dry_run` it is only told what would be. `most` is how many go in one run. Log groups are not deleted but kept
    for `log_retention_days`.
    """

    tag_key: str
    tag_value: str
    grace_days: int
    dry_run: bool
    most: int
    log_retention_days: int


@dataclass(frozen=True)
class Settings:
    """Where is looked for what, and where it is told. `idle_days` and ages are in days."""

    bucket: str
    topic_arn: str
    regions: tuple[str, ...]
    kinds: tuple[str, ...]
    idle_days: int
    snapshot_age_days: int
    image_age_days: int
    newest_images: int
    keep_tag_key: str
    deletion: Deletion | None


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of a function's environment; ValueError with what is missing in it or not known."""
    said: dict[str, Any] = json.loads(environment["SETTINGS"])
    deletion = said.pop("deletion", None)
    made = None if deletion is None else Deletion(**_known(Deletion, deletion))
    whole = _known(Settings, {**said, "deletion": made})
    return Settings(**{**whole, "regions": tuple(whole["regions"]), "kinds": tuple(whole["kinds"])})


def _known(kind: Any, said: dict[str, Any]) -> dict[str, Any]:
    wanted = {field.name for field in fields(kind)}
    if set(said) != wanted:
        wrong = ", ".join(sorted(set(said) ^ wanted))
        raise ValueError(f"SETTINGS: {wrong}: missing or unknown. The module writes SETTINGS: apply it.")
    return said
