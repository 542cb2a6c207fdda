"""What was measured, and whether it is within its bound."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rich.table import Table
from rich.text import Text

__all__ = ["Measure", "Point", "ShardRun", "curve", "measures", "shard_runs", "slope", "write"]


@dataclass(frozen=True)
class Measure:
    """One number per repetition. `bound` is `at most` or `at least` a limit on the smallest of them."""

    what: str
    unit: str
    values: tuple[float, ...]
    bound: Literal["at most", "at least", ""] = ""
    limit: float = 0.0

    @property
    def least(self) -> float:
        """The smallest value: the one that other programs on the machine disturbed least."""
        return min(self.values)

    @property
    def fine(self) -> bool:
        """Whether it is within its bound; without one it always is."""
        return {"at most": self.least <= self.limit, "at least": self.least >= self.limit, "": True}[self.bound]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {**asdict(self), "least": self.least, "median": statistics.median(self.values), "fine": self.fine}


@dataclass(frozen=True)
class Point:
    """What one number of environments costs."""

    environments: int
    stacks: int
    resources: int
    synth_seconds: float
    plan_seconds: float
    review_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class ShardRun:
    """What one shard of a plan costs: `stacks` are its own, without those that they read."""

    environments: int
    shard: str
    stacks: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int


def slope(points: Sequence[Point], name: str) -> float:
    """How much one environment more costs, by least squares."""
    return statistics.linear_regression([p.environments for p in points], [getattr(p, name) for p in points]).slope


def measures(found: Sequence[Measure]) -> Table:
    """The measures with their verdicts."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "what", "least", "median", "bound"):
        table.add_column(column, justify="right" if column in ("least", "median") else "left")
    for each in found:
        verdict = Text("ok", style="green") if each.fine else Text("MISSED", style="bold red")
        bound = f"{each.bound} {each.limit:g} {each.unit}" if each.bound else ""
        table.add_row(
            verdict if each.bound else Text(""),
            each.what,
            f"{each.least:.2f} {each.unit}",
            f"{statistics.median(each.values):.2f} {each.unit}",
            bound,
        )
    return table


def curve(points: Sequence[Point]) -> Table:
    """How cost grows with the environments, and what one more costs."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("environments", "stacks", "resources", "synth s", "plan s", "judge and review s", "peak MB"):
        table.add_column(column, justify="right")
    for p in points:
        seconds = (f"{value:.1f}" for value in (p.synth_seconds, p.plan_seconds, p.review_seconds))
        table.add_row(str(p.environments), str(p.stacks), str(p.resources), *seconds, f"{p.peak_bytes / 1e6:.0f}")
    if len(points) > 1:
        names = ("stacks", "resources", "synth_seconds", "plan_seconds", "review_seconds")
        table.add_row(
            "one more", *(f"{slope(points, name):.2f}" for name in names), f"{slope(points, 'peak_bytes') / 1e6:.1f}"
        )
    return table


def shard_runs(runs: Sequence[ShardRun]) -> Table:
    """What each shard costs."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("environments", "shard", "stacks", "clock s", "processor s", "peak MB"):
        table.add_column(column, justify="right")
    for r in runs:
        costs = (f"{r.seconds:.0f}", f"{r.cpu_seconds:.0f}", f"{r.peak_bytes / 1e6:.0f}")
        table.add_row(str(r.environments), r.shard, str(r.stacks), *costs)
    return table


def write(
    file: Path,
    machine: Mapping[str, str],
    found: Sequence[Measure],
    points: Sequence[Point],
    shards: Sequence[ShardRun],
) -> None:
    """Writes everything as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "machine": dict(machine),
        "measures": [each.as_json() for each in found],
        "growth": [asdict(point) for point in points],
        "shards": [asdict(shard) for shard in shards],
    }
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
