"""Plans of the module's two examples, applied offline, and a shell to run its script in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modules.certificates.cert_manager import CertManager
from tests.modules.cert_manager.examples import FULL, SMALL
from tests.support.planning import ModulePlan
from tests.support.shell import Shell


@pytest.fixture(scope="session")
def full(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(CertManager, FULL)


@pytest.fixture(scope="session")
def small(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(CertManager, SMALL)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)
