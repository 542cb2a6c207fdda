"""Copies in another region, which must be another one than that of what is copied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundplan.framework.hcl import expression_of
from groundplan.framework.module import Module
from groundplan.framework.references import is_opaque
from groundplan.problems import Problem

from . import errors
from .account import region
from .settings import ServiceInputs

__all__ = ["copied_onto_itself", "refuse_own_region"]


def copied_onto_itself(given: ServiceInputs, path: str, where: Any) -> Iterator[Problem]:
    """The problem of a region of copies that is the module's own, for a declaration's `checks`.

    The module is where its alarm topic is, since alarms reach no topic of another region. Regions and topics that only
    Terraform knows are left to the validation of the module, which asks the provider: `refuse_own_region` is one.
    """
    topic_arn = given.alarm_topic_arn
    if not is_opaque(where) and not is_opaque(topic_arn) and topic_arn.split(":")[3] == where:
        yield errors.copied_onto_itself(path, where, topic_arn)


def refuse_own_region(scope: Module[Any, Any], setting: str) -> None:
    """Has Terraform refuse the optional `setting` when the region in it is the provider's."""
    here = region(scope)
    scope.validate(
        setting,
        condition=f"${{var.{setting} == null ? true : var.{setting}.region != {expression_of(here)}}}",
        message=f"{setting}.region: must be another region than the module's own, got {here} for both",
    )
