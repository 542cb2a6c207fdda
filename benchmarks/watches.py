"""A watched review: from the edit to the page, and where the time goes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

from groundplan.cli.steps import Run
from groundplan.cli.warm import Warm
from groundplan.review.reloading import version_file

from . import projects
from .processes import run, surroundings
from .results import Measure

__all__ = ["measure"]

_SECONDS = 1.5
_PATIENCE_SECONDS = 300.0
_BETWEEN_LOOKS_SECONDS = 0.005
# the process of the next run imports meanwhile, as it does while somebody reads
_READING_SECONDS = 4.0
_STAGES = {"synthesizing": "synth", "planning": "plan", "judging": "judge", "writing the review": "write the page"}


def measure(place: Path, cache: Path, repeat: int, say: Callable[[str], None]) -> list[Measure]:
    """Measures it in copies of the project, of which everything was planned and judged before."""
    found = []
    for what, families in {"five families": projects.FIVE_FAMILIES, "all families": frozenset[str]()}.items():
        project = projects.copy(place / f"watched {what}", families)
        environment = surroundings(cache)
        say(f"groundplan review, before it is watched, {what}")
        run(["-m", "groundplan", "review"], cwd=project, environment=environment, fine=(0, 1))
        say("groundplan review --watch, and an edit of one setting")
        seconds = tuple(_edited(project, environment, repeat))
        measured = f"watched, {what}: from an edit of one setting to the page"
        # what is promised is promised of five
        found.append(Measure(measured, "s", seconds, "at most" if families else "", _SECONDS if families else 0.0))
        say("the same, stage by stage")
        clocks, used = _stages(project, cache, repeat)
        found += [Measure(f"watched, {what}: {stage}", "s", tuple(taken)) for stage, taken in clocks.items()]
        found.append(Measure(f"watched, {what}: processor time of groundplan's own process", "s", tuple(used)))
    return found


def _edited(project: Path, environment: Mapping[str, str], repeat: int) -> list[float]:
    version = version_file(project / "out" / "review.html")
    with subprocess.Popen(
        [sys.executable, "-m", "groundplan", "review", "--watch"],
        cwd=project,
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait(process, version, "")
            taken = []
            for _ in range(repeat + 1):
                time.sleep(_READING_SECONDS)
                before = version.read_text()
                began = time.perf_counter()
                projects.edit_setting(project)
                _wait(process, version, before)
                taken.append(time.perf_counter() - began)
        finally:
            process.terminate()
    # the first one prepares the rules' engine, which the remembered verdicts before it did not need
    return taken[1:]


def _wait(process: subprocess.Popen[bytes], version: Path, before: str) -> None:
    deadline = time.perf_counter() + _PATIENCE_SECONDS
    while not version.exists() or version.read_text() == before:
        if process.poll() is not None or time.perf_counter() > deadline:
            raise RuntimeError("groundplan review --watch does not write the page of an edit")
        time.sleep(_BETWEEN_LOOKS_SECONDS)


def _stages(project: Path, cache: Path, repeat: int) -> tuple[dict[str, list[float]], list[float]]:
    """What each stage takes by the clock, and the processor time of this process in all of them."""
    os.environ.update(GROUNDPLAN_CACHE_DIR=str(cache))
    clocks: dict[str, list[float]] = {stage: [] for stage in _STAGES.values()}
    used: list[float] = []
    with Warm(project) as warm:
        for number in range(repeat + 2):
            projects.edit_setting(project)
            marks: list[tuple[str, float]] = []

            def progress(text: str, marks: list[tuple[str, float]] = marks) -> None:
                if text in _STAGES:
                    marks.append((_STAGES[text], time.perf_counter()))

            began = _used()
            with Run(project, progress=progress, warm=warm, watched=True, first=["prod"]) as each:
                each.review()
            marks.append(("", time.perf_counter()))
            # the first starts everything, the second prepares the rules' engine
            if number > 1:
                used.append(_used() - began)
                for (stage, start), (_, end) in pairwise(marks):
                    clocks[stage].append(end - start)
            # the run of everything, which follows
            warm.standby.prepare()
            with Run(project, warm=warm, watched=True) as each:
                each.review()
            warm.memory.turn()
            warm.standby.prepare()
            time.sleep(_READING_SECONDS)
    return clocks, used


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
