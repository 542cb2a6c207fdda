"""Every message of the checks beyond the schema."""

from __future__ import annotations

from groundplan.problems import ToolFailed

__all__ = ["schemas_missing"]


def schemas_missing() -> ToolFailed:
    return ToolFailed(
        "AWS's resource schemas are missing",
        cure="Install groundplan's locked requirements: cfn-lint is one of them.",
    )
