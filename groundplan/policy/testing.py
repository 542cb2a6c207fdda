"""Runs the rules' own tests, `test_...` in `<rule>_test.rego`, in the embedded engine."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from groundplan.problems import ToolFailed

from .embedded import Embedded
from .library import load_library

__all__ = ["RegoTest", "TestReport", "run_rego_tests"]

_TEST = re.compile(r"^(test_\w+)\b", re.MULTILINE)
_PACKAGE = re.compile(r"^package (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class RegoTest:
    """One test: its path (`storage/bucket_versioned_test.rego`), its name, and why it failed, "" when it passed."""

    path: str
    name: str
    failure: str = ""


@dataclass(frozen=True)
class TestReport:
    """All tests, and for each rule file the lines that no test reached; empty when coverage was not asked for."""

    __test__ = False

    tests: tuple[RegoTest, ...]
    not_covered: dict[str, tuple[int, ...]]
    covered_percent: float | None

    @property
    def failed(self) -> tuple[RegoTest, ...]:
        """The tests that did not come out true."""
        return tuple(test for test in self.tests if test.failure)


def run_rego_tests(policies: Path, *, coverage: bool = False) -> TestReport:
    """Runs every Rego test below `policies`. A test that is undefined or false has failed, as in `opa test`.

    Raises BadInput when there is no main.rego, ToolFailed when a file cannot be parsed, or the engine is
    not installed.
    """
    library = load_library(policies, tests=True)
    engine = Embedded()
    for path, text in library.sources.items():
        engine.add_policy(path, text)
    engine.add_data(json.dumps(library.data))
    if coverage:
        engine.watch_coverage()
    tests = []
    for path, text in library.sources.items():
        package = _PACKAGE.search(text)
        if path.endswith("_test.rego") and package:
            tests += [_run(engine, path, package[1], name) for name in dict.fromkeys(_TEST.findall(text))]
    missed, percent = _coverage(engine) if coverage else ({}, None)
    return TestReport(tuple(tests), missed, percent)


def _run(engine: Embedded, path: str, package: str, name: str) -> RegoTest:
    try:
        result = engine.ask(f"data.{package}.{name}", of="{}", label=path)
    except ToolFailed as failed:
        return RegoTest(path, name, failed.output)
    if result.strip() == "true":
        return RegoTest(path, name)
    return RegoTest(path, name, "it is not true: the rule said otherwise")


def _coverage(engine: Embedded) -> tuple[dict[str, tuple[int, ...]], float]:
    report = json.loads(engine.coverage())
    missed: dict[str, tuple[int, ...]] = {}
    reached = total = 0
    for file in report["files"]:
        path = file["path"]
        if path.endswith("_test.rego") or path.startswith("testing/"):
            continue
        open_lines = tuple(sorted(file["not_covered"]))
        reached += len(file["covered"])
        total += len(file["covered"]) + len(open_lines)
        if open_lines:
            missed[path] = open_lines
    return missed, round(100 * reached / total, 1) if total else 100.0
