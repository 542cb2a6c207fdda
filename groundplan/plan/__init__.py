"""The plan: the real Terraform core, offline by default, against providers served from the bindings' schemas."""

from .meta import Placeholder, PlanMeta, Replacement, plan_paths
from .report import PlanReport
from .run import plan_all
from .schema import Attribute, Block, schema_for

__all__ = [
    "Attribute",
    "Block",
    "Placeholder",
    "PlanMeta",
    "PlanReport",
    "Replacement",
    "plan_all",
    "plan_paths",
    "schema_for",
]
