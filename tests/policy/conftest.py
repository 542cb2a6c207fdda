"""What the policy tests share."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groundplan.policy import Findings, judge
from groundplan.policy.engines import available_engines
from groundplan.remembering import Memory

POLICIES = Path(__file__).parents[2] / "policies"
TODAY = date(2026, 6, 30)
RULES = Memory()
"""Rules, as long as they are the same, are read and prepared once, and judge one plan after another."""


@pytest.fixture(params=available_engines())
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine that can judge on this machine."""
    return str(request.param)


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., Findings]:
    """Judges plans given as data."""

    def run(plans: dict[str, Any], **options: Any) -> Findings:
        paths = {}
        for stack, plan in plans.items():
            paths[stack] = tmp_path / f"{stack}.json"
            paths[stack].write_text(json.dumps(plan), encoding="utf-8")
        return judge(paths, **{"policies": POLICIES, "manifest": None, "today": TODAY, "memory": RULES, **options})

    return run
