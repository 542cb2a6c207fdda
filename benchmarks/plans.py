"""Plans and reviews of all environments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from . import projects
from .processes import run, surroundings
from .results import Measure

__all__ = ["measure"]

_SECONDS_PER_100_RESOURCES = 6.0
_REVIEW_SECONDS = 60.0
_REVIEW_GIGABYTES = 1.5
_FINE = (0, 1)  # findings that deny are an answer


def measure(place: Path, cache: Path, repeat: int, say: Callable[[str], None]) -> list[Measure]:
    """Measures them in a copy of the project: first with nothing planned before, then again, then after an edit."""
    project = projects.copy(place / "planned")
    environment = surroundings(cache)

    def groundplan(*arguments: str, memory: bool = False) -> tuple[float, int]:
        sample = run(["-m", "groundplan", *arguments], cwd=project, environment=environment, memory=memory, fine=_FINE)
        return sample.seconds, sample.peak_bytes or 0

    say("groundplan review, for the first time")
    first, peak = groundplan("review", memory=True)
    stacks, resources = projects.count_resources(project)
    say(f"groundplan plan of {stacks} stacks with {resources} resources, none reused")
    fresh = [groundplan("plan", "--only", "--fresh")[0] for _ in range(repeat)]
    say("groundplan review, nothing changed")
    again = [groundplan("review")[0] for _ in range(repeat)]
    say("groundplan review after an edit of one setting")
    edited = []
    for _ in range(repeat):
        projects.edit_setting(project)
        edited.append(groundplan("review")[0])
    return [
        Measure(f"plan {stacks} stacks with {resources} resources, none reused", "s", tuple(fresh)),
        Measure("plan, a stack", "s", tuple(seconds / stacks for seconds in fresh)),
        Measure("plan, resources a second", "", tuple(resources / seconds for seconds in fresh)),
        Measure(
            "plan, a stack of 100 resources",
            "s",
            tuple(seconds / resources * 100 for seconds in fresh),
            "at most",
            _SECONDS_PER_100_RESOURCES,
        ),
        Measure("groundplan review, for the first time", "s", (first,)),
        Measure("groundplan review, nothing changed", "s", tuple(again), "at most", _REVIEW_SECONDS),
        Measure("groundplan review, after an edit of one setting", "s", tuple(edited), "at most", _REVIEW_SECONDS),
        Measure("groundplan review, peak memory of all processes", "GB", (peak / 1e9,), "at most", _REVIEW_GIGABYTES),
    ]
