"""What the tests of tables share: the bindings are read once for all of them."""

from __future__ import annotations

import pytest

from tests.policy.tables.provider import FOLDERS, read_once
from tests.support.once import once
from tests.support.schemas import derive_every_schema


@pytest.fixture(scope="session", autouse=True)
def _bindings_are_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    derive_every_schema(tmp_path_factory)
    FOLDERS[:] = [once(tmp_path_factory, "bindings-of-tables", read_once)]
