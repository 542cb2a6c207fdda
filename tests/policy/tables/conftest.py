"""What the tests of tables share: the bindings are read once for all of them."""

from __future__ import annotations

import pytest

from tests.policy.tables.provider import FOLDERS, read_once
from tests.support.once import once


@pytest.fixture(scope="session", autouse=True)
def _bindings_are_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    FOLDERS[:] = [once(tmp_path_factory, "bindings-of-tables", read_once)]
