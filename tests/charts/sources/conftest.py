"""A server for all, whose answers each test gives, and a cache and settings of a test's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan.charts import facts, tree
from groundplan.charts.sources import web
from tests.charts.sources.serving import Served, forget_lock, serving


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def served(server: Served) -> Iterator[Served]:
    server.was_asked.clear()
    yield server
    server.answers.clear()
    server.asked.clear()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of the machine's own settings: no proxy, no netrc, no carried folder."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("GROUNDPLAN_CHARTS"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(web, "_WAITS_SECONDS", (0.0, 0.0))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "charts"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A lock of its own."""
    (tmp_path / "data" / "charts").mkdir(parents=True)
    for module in (tree, facts):
        monkeypatch.setattr(module, "data_folder", lambda: tmp_path / "data")
    forget_lock()
    yield tmp_path / "data"
    forget_lock()
