"""Plans of modules, for the tests of every module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groundplan.framework.inputs import Inputs
from groundplan.framework.module import Module
from tests.support import planning
from tests.support.schemas import derive_every_schema

Planner = Callable[..., planning.ModulePlan]


@pytest.fixture(scope="session", autouse=True)
def schemas_at_hand(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No plan of a module has to derive the schemas of its own."""
    derive_every_schema(tmp_path_factory)


@pytest.fixture(scope="session")
def plan_module(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    """`plan_module(Velero, VeleroInputs(...), region="us-east-1")`: what Terraform would make, with no cloud asked."""

    def plan(kind: type[Module[Any, Any]], inputs: Inputs, **settings: Any) -> planning.ModulePlan:
        return planning.plan_module(kind, inputs, tmp_path_factory.mktemp(kind.name), **settings)

    return plan


@pytest.fixture(scope="session")
def apply_module(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    """The same applied offline: what then is there, every value known, made up where only a cloud would know."""

    def apply(kind: type[Module[Any, Any]], inputs: Inputs, **settings: Any) -> planning.ModulePlan:
        return planning.apply_module(kind, inputs, tmp_path_factory.mktemp(kind.name), **settings)

    return apply
