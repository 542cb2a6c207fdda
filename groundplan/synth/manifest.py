"""What synth leaves beside the Terraform JSON for plan, check and review: cdktf.out/groundplan.json.

It is never shipped: neither `cdktf deploy` nor the published modules read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from groundplan.problems import BadInput, Line, Problem

__all__ = ["MANIFEST", "ClusterFacts", "EnvironmentFacts", "Manifest", "ModuleRecord", "StackRecord"]

MANIFEST = "groundplan.json"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StackRecord(_Record):
    """One stack: an environment's part of one service family, and one Terraform Cloud workspace.

    `folder` is relative to cdktf.out and holds cdk.tf.json and modules/. `depends_on` names the
    stacks whose outputs it reads. `calls` maps `module.<name>` to the line in environments/ that
    calls it, and `call_modules` the same name to the module's own name. `answers` is what data
    sources would find in this environment: account id, regions, cluster, VPC and zones. `settings`
    maps for each call the paths of the values that it is given, such as `schedules["daily"].cron`,
    to the lines that said them.
    """

    name: str
    environment: str
    family: str
    folder: str
    depends_on: tuple[str, ...]
    calls: dict[str, Line]
    call_modules: dict[str, str]
    answers: dict[str, Any]
    settings: dict[str, dict[str, Line]] = {}


class ModuleRecord(_Record):
    """One module: `lines` maps an address inside it (`aws_kms_key.unseal`) to the statement that made it."""

    name: str
    family: str
    lines: dict[str, Line]


class EnvironmentFacts(_Record):
    """What policies know of an environment: whether it is production, and the regions that it may use, sorted."""

    production: bool
    allowed_regions: tuple[str, ...]


class ClusterFacts(_Record):
    """An environment's cluster: its version of Kubernetes, and the charts whose kinds are there without a stack."""

    kubernetes_version: str
    provides: tuple[str, ...] = ()


class Manifest(_Record):
    """Everything synth knows that Terraform does not need to.

    `environments` are all that the project declares, those included of which `stacks` has none yet; `facts` and
    `clusters` are theirs.
    """

    stacks: tuple[StackRecord, ...]
    modules: tuple[ModuleRecord, ...]
    environments: tuple[str, ...] = ()
    facts: dict[str, EnvironmentFacts] = {}
    clusters: dict[str, ClusterFacts] = {}

    @classmethod
    def read(cls, synth_folder: Path) -> Manifest:
        """The manifest of a synthesized folder (`cdktf.out`); FileNotFoundError when nothing is synthesized there.

        Raises BadInput when it is damaged, or of another version of groundplan.
        """
        try:
            return cls.model_validate_json((synth_folder / MANIFEST).read_bytes())
        except ValueError:
            raise BadInput(
                Problem(
                    f"{synth_folder.name}/{MANIFEST}",
                    "is damaged, or another version of groundplan wrote it",
                    "Synthesize again: groundplan synth.",
                )
            ) from None

    def write(self, synth_folder: Path) -> None:
        """Writes it, sorted, so that equal projects give equal bytes."""
        (synth_folder / MANIFEST).write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")

    def beside(
        self, others: Sequence[StackRecord], modules: Iterable[ModuleRecord], environments: Sequence[str]
    ) -> Manifest:
        """A manifest of these stacks and those of other environments, which were made earlier with those modules.

        In the order of `environments`, as if all had been made at once; what is none of them comes last.
        """
        order = {name: index for index, name in enumerate(environments)}
        stacks = sorted((*others, *self.stacks), key=lambda stack: order.get(stack.environment, len(order)))
        called = {name for stack in others for name in stack.call_modules.values()}
        known = {module.name: module for module in modules if module.name in called}
        known |= {module.name: module for module in self.modules}
        return Manifest(
            stacks=tuple(stacks),
            modules=tuple(known[name] for name in sorted(known)),
            environments=tuple(environments),
            facts=self.facts,
            clusters=self.clusters,
        )

    def stack(self, name: str) -> StackRecord:
        """The record of the stack called `name`; KeyError when there is none."""
        for record in self.stacks:
            if record.name == name:
                return record
        raise KeyError(name)
