"""The plan with real providers, credentials and backends: nothing is stood in for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from groundplan.synth.manifest import Manifest

from .diagnostics import to_problem
from .meta import PlanMeta
from .order import in_order
from .report import Planned, PlanReport, plan_bytes, refuse, replacements, summary, warning_text, write
from .stacks import Stack, made_of
from .terraform import live_environment, open_terraform
from .working import WorkingCopy

__all__ = ["plan_live"]


def plan_live(
    stacks: Mapping[str, Stack],
    manifest: Manifest | None,
    wanted: Sequence[str],
    order: Mapping[str, Sequence[str]],
    out_folder: Path,
    program: Path | None,
    jobs: int,
    say: Callable[[str], None],
) -> PlanReport:
    """Plans the wanted stacks with `terraform plan` as it is. Raises BadInput with the problems of all of them."""
    counted = count(1)

    def plan(name: str, _done: Mapping[str, Planned]) -> Planned:
        stack = stacks[name]
        if name not in wanted:
            return Planned()
        terraform = open_terraform(program, live_environment())
        try:
            with tempfile.TemporaryDirectory(prefix="groundplan-live-") as folder:
                copy = WorkingCopy(stack, Path(folder), terraform)
                found: dict[str, Any] = {}
                said = copy.init()
                if not said:
                    found, said = copy.plan(refresh=True)
                if said:
                    return Planned(problems=[to_problem(each, stack, manifest) for each in said])
        finally:
            terraform.close()
        say(f"{name}: {summary(found)} ({next(counted)} of {len(wanted)})")
        return Planned(found, warnings=tuple(sorted({warning_text(each) for each in copy.warnings})))

    with tempfile.TemporaryDirectory(prefix="groundplan-live-") as folder:
        asked = open_terraform(program, live_environment())
        try:
            version = asked.version(Path(folder))
        finally:
            asked.close()
    planned = in_order(order, plan, jobs)
    refuse([problem for name in sorted(planned) for problem in planned[name].problems])
    report = PlanReport({}, {}, (), (), version)
    for name in wanted:
        stack, result = stacks[name], planned[name]
        meta = PlanMeta(
            stack=name,
            environment=stack.environment,
            family=stack.family,
            mode="live",
            terraform=version,
            base=None,
            placeholders=(),
            replacements=replacements(result.plan),
            unchecked={},
            warnings=result.warnings,
            made_of=made_of(stacks, name),
        )
        write(out_folder, meta, plan_bytes(result.plan), report)
    return report
