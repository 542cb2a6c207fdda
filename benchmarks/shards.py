"""What one machine of several has to do: shards of a plan of many environments."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from . import projects
from .processes import run, surroundings
from .results import ShardRun

__all__ = ["measure"]


def measure(
    place: Path, cache: Path, environments: int, shards: Sequence[str], say: Callable[[str], None]
) -> list[ShardRun]:
    """Plans these shards of so many copies of prod, one after the other and every plan anew."""
    environment = surroundings(cache)
    project = projects.many(place / f"shards-{environments}", environments)
    say(f"synthesizing {environments} copies of prod")
    run(["-m", "groundplan", "synth"], cwd=project, environment=environment)
    found = []
    for shard in shards:
        say(f"shard {shard}")
        arguments = ["-m", "groundplan", "plan", "--only", "--fresh", "--json", "--shard", shard]
        sample = run(arguments, cwd=project, environment=environment, memory=True)
        found.append(
            ShardRun(
                environments=environments,
                shard=shard,
                stacks=len(json.loads(sample.out)),
                seconds=sample.seconds,
                cpu_seconds=sample.cpu_seconds,
                peak_bytes=sample.peak_bytes or 0,
            )
        )
    return found
