"""What holds for every test."""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol  # as pytest's own plugins of others do: there is no other way to it
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import none

from tests.support.ending import AT_THE_END

# A busy machine is no finding: how long an example takes says nothing about the code.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("default", **PATIENT)
# The same examples on every run, so that a pipeline fails for what a change did.
settings.register_profile("ci", derandomize=True, print_blob=True, **PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# These start programs: a file of theirs takes many times as long as any other. Synth's first file builds all modules
# from nothing: the first file of acceptance, which needs them too, is the next of the same worker, and finds them.
LONGEST = ("synth", "bindings", "acceptance", "cli")
# Single files of these take longer than what is left for another worker would be, if they came last.
LONG = ("examples", "publish")
FIRST_WORKER = "gw0"

# Until all is imported there is no garbage that is worth a search.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart() -> None:
    """Hypothesis makes its own random numbers now, with an example of nothing.

    It warns when it finds nobody who keeps them; once all is imported that one is set aside, where nobody is found.
    """

    @settings(max_examples=1, database=None)
    @given(none())
    def example(_: None) -> None: ...

    example()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Every worker but the first imports what there is from its end: each compiles what the other then finds."""
    report = yield
    if isinstance(collector, pytest.Directory) and os.environ.get("PYTEST_XDIST_WORKER", FIRST_WORKER) != FIRST_WORKER:
        report.result.reverse()
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first: the short ones then fill up whichever worker is free at the end.

    Of these a room's first file comes before any room's second: what it makes for its room is then made by the time
    that another worker comes to the second, which would wait for it.
    """
    longest = sorted({item.path for item in items if item.path.parent.name in LONGEST})
    places: defaultdict[Path, int] = defaultdict(int)
    turns: dict[Path, int] = {}
    for path in longest:
        turns[path] = places[path.parent]
        places[path.parent] += 1

    def place(item: pytest.Item) -> tuple[int, int, int, Path]:
        """By their paths in the end, so that all workers have them in one order."""
        turn = turns.get(item.path)
        if turn is None:
            return (1 if item.path.parent.name in LONG else 2), 0, 0, item.path
        return 0, turn, LONGEST.index(item.path.parent.name) if turn == 0 else 0, item.path

    items.sort(key=place)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """A worker tells of a test only what somebody reads: what it came to, and what went wrong before or after it.

    That all is well with the preparation and the end of each of them would be two reports of three, which cost the
    process that hears of them as much time as the workers take to make them. Who asks how long tests took has them all.
    """
    asked = item.config.option
    if "PYTEST_XDIST_WORKER" not in os.environ or asked.durations is not None or asked.xmlpath is not None:
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


def pytest_collection_finish() -> None:
    """What is imported stays until the end: no collection of garbage need look at it, nor as often as by default.

    It is not searched for garbage first, which takes a second of every worker for what there is little of.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()


def pytest_sessionfinish() -> None:
    """Servers and workers that tests share would keep the process from ending."""
    AT_THE_END.close()
    # pytest itself looks five times more: at what is new then, and no longer at everything that was ever imported
    gc.collect()
    gc.freeze()
