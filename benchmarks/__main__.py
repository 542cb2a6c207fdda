"""Measures, prints, writes out/benchmarks.json, and ends with 1 when a bound is missed."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rich.console import Console

from . import growth, plans, results, shards, synths, watches
from .machine import facts
from .processes import PROJECT

_OUT = PROJECT / "out" / "benchmarks.json"


def main() -> int:
    """Runs everything, or the parts that are named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="synth|plan|watch|growth|shards",
        help="what to measure; all but shards when left out",
    )
    parser.add_argument("--repeat", type=int, default=3, help="how often each is measured (%(default)s)")
    parser.add_argument("--environments", type=int, nargs="+", default=[1, 10, 50], help="copies of prod (%(default)s)")
    parser.add_argument(
        "--shards",
        nargs="+",
        default=["1/1", "1/2", "1/4", "1/8"],
        help="shards of the largest number of environments (%(default)s)",
    )
    options = parser.parse_args()
    chosen = options.parts or ["synth", "plan", "watch", "growth"]
    if unknown := set(chosen) - {"synth", "plan", "watch", "growth", "shards"}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    console = Console(highlight=False)
    machine = facts()
    console.print("\n".join(f"{name}: {value}" for name, value in machine.items()), end="\n\n")
    found: list[results.Measure] = []
    points: list[results.Point] = []
    parts: list[results.ShardRun] = []
    with tempfile.TemporaryDirectory(prefix="groundplan-benchmarks-") as scratch:
        place = Path(scratch)
        cache = place / "cache"
        for name, measure in (("synth", synths.measure), ("plan", plans.measure), ("watch", watches.measure)):
            if name in chosen:
                part = measure(place, cache, options.repeat, console.log)
                console.print(results.measures(part), end="\n\n")
                found += part
        if "growth" in chosen:
            points = growth.measure(place, cache, options.environments, console.log)
            console.print(results.curve(points), end="\n\n")
        if "shards" in chosen:
            parts = shards.measure(place, cache, max(options.environments), options.shards, console.log)
            console.print(results.shard_runs(parts), end="\n\n")
    results.write(_OUT, machine, found, points, parts)
    console.print(f"written to {_OUT.relative_to(PROJECT)}")
    return 0 if all(each.fine for each in found) else 1


raise SystemExit(main())
