"""Plans that several files of these tests read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from modules.dns.route53 import Route53
from tests.modules.route53.examples import FULL, SMALL
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]


@pytest.fixture(scope="session")
def full(apply_module: Planner) -> ModulePlan:
    """Production, called from another region than the one that Route 53's keys and logs are in."""
    return apply_module(Route53, FULL, region="us-west-2")


@pytest.fixture(scope="session")
def small(apply_module: Planner) -> ModulePlan:
    """One zone and one record."""
    return apply_module(Route53, SMALL)
