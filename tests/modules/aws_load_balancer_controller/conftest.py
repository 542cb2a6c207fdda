"""The module's two examples, applied offline once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from modules.mesh.aws_load_balancer_controller import AwsLoadBalancerController
from tests.modules.aws_load_balancer_controller.examples import FULL, SMALL
from tests.support.planning import ModulePlan


@pytest.fixture(scope="session")
def full(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(AwsLoadBalancerController, FULL)


@pytest.fixture(scope="session")
def small(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(AwsLoadBalancerController, SMALL)
