"""What may be set."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.framework import Inputs, Outputs, Rule, field, output, unset
from groundplan.framework.constraints import Unique
from groundplan.framework.types import Cron, KmsKeyArn, NamespaceName, OddNumber, PassedThrough, ResourceName


class Expiry(Inputs):
    """When an archive goes."""

    after_days: int = field("how old it gets, in days", default=30, ge=1, le=3650)
    cold_after_days: int | None = field("when it moves to cold storage; left out, it never does", default=None, ge=1)

    rules = (
        Rule(
            "after_days",
            lambda v: unset(v.cold_after_days) | (v.after_days >= v.cold_after_days + 90),
            "must be at least 90 days after cold_after_days",
            shows=("cold_after_days", "after_days"),
        ),
    )


class Archive(Inputs):
    """One archive."""

    kind: Literal["daily", "yearly"] = field("how often it is written")
    readers: Annotated[list[NamespaceName], Unique()] = field("namespaces that read it", default=[], max_length=3)
    labels: dict[str, str] = field("labels of it", default={})
    expiry: Expiry | None = field("when it goes; left out, it stays", default=None)


class ArchiveStoreInputs(Inputs):
    """An archive store's settings."""

    name: ResourceName = field("prefix of names, by custom <environment>-archive_store", max_length=20)
    archives: dict[NamespaceName, Archive] = field("archives by name", default={}, max_length=4)
    notice: bool = field("whether somebody is told; see @daily | weekly", default=True)
    voters: OddNumber = field("how many agree", default=3, ge=1, le=7)
    share: float = field("how much is kept", default=0.5, ge=0, le=1)
    cron: Cron = field("when it is written, in UTC", default="0 2 * * *")
    key_arn: KmsKeyArn | None = field("key that encrypts it; left out, AWS's own does", default=None)
    sizes: list[int] = field("sizes of its parts", default=[1, 2])
    password: str = field("word that opens it", default="open sesame", min_length=8, sensitive=True)
    extra_values: dict[str, PassedThrough] = field("further values", default={})


class ArchiveStoreOutputs(Outputs):
    """An archive store's results."""

    archive_arns: dict[str, str] = output("ARNs of the archives by name")
    topic_arn: str | None = output("ARN of the topic, null without notice")
