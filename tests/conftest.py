"""What holds for every test."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

from tests.support.ending import AT_THE_END

# A busy machine is no finding: how long an example takes says nothing about the code.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("default", **PATIENT)
# The same examples on every run, so that a pipeline fails for what a change did.
settings.register_profile("ci", derandomize=True, print_blob=True, **PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# These start programs: a file of theirs takes many times as long as any other.
LONGEST = frozenset({"acceptance", "bindings", "cli", "synth"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first: the short ones then fill up whichever worker is free at the end."""
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)


def pytest_collection_finish() -> None:
    """What is imported stays until the end: no collection of garbage need look at it, nor as often as by default."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_sessionfinish() -> None:
    """Servers and workers that tests share would keep the process from ending."""
    AT_THE_END.close()
