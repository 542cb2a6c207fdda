"""The module's two examples, applied offline once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from modules.mesh.istio import Istio
from tests.modules.istio.examples import FULL, SMALL
from tests.support.planning import ModulePlan


@pytest.fixture(scope="session")
def full(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Istio, FULL)


@pytest.fixture(scope="session")
def small(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(Istio, SMALL)
