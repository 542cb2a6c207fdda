"""What more environments cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from . import projects
from .processes import Sample, run, surroundings
from .results import Point

__all__ = ["measure"]


def measure(place: Path, cache: Path, counts: Sequence[int], say: Callable[[str], None]) -> list[Point]:
    """Measures projects of so many copies of prod, every plan anew."""
    environment = surroundings(cache)
    points = []
    # modules and bindings are prepared once, however many environments there are
    run(["-m", "groundplan", "synth"], cwd=projects.many(place / "first", 1), environment=environment)
    for count in counts:
        say(f"{count} copies of prod")
        project = projects.many(place / f"many-{count}", count)

        def groundplan(*arguments: str, cwd: Path = project) -> Sample:
            return run(["-m", "groundplan", *arguments], cwd=cwd, environment=environment, memory=True, fine=(0, 1))

        synth = groundplan("synth")
        plan = groundplan("plan", "--only", "--fresh")
        review = groundplan("review", "--only")
        stacks, resources = projects.count_resources(project)
        points.append(
            Point(
                environments=count,
                stacks=stacks,
                resources=resources,
                synth_seconds=synth.seconds,
                plan_seconds=plan.seconds,
                review_seconds=review.seconds,
                peak_bytes=max(sample.peak_bytes or 0 for sample in (synth, plan, review)),
            )
        )
    return points
