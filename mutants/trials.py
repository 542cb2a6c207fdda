"""Whether a test notices a change: the rules' own tests in the embedded engine, then the tests of the tables."""

from __future__ import annotations

import copy
import importlib.util
import inspect
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import regorus

from groundplan.documents import SCHEMA
from groundplan.policy.library import Library, load_library

from .changes import Change

__all__ = ["Outcome", "Trials"]

_TEST = re.compile(r"^(test_\w+)\b", re.MULTILINE)
_PACKAGE = re.compile(r"^package (\S+)$", re.MULTILINE)
# These read every rule.
_ALL = "main_test.rego"
_READ = re.compile(r"\bdata((?:\.\w+)+)")


@dataclass(frozen=True)
class Outcome:
    """`verdict` is killed, survived or, for what does not compile, broken; `by` is the test that noticed."""

    change: Change
    verdict: str
    by: str = ""


class Trials:
    """Everything below `policies` loaded once. `tables` are Python files of tests that read their LIBRARY."""

    def __init__(self, policies: Path, tables: Sequence[Path] = (), kills: dict[str, list[str]] | None = None) -> None:
        self.policies = policies
        self.library: Library = load_library(policies, tests=True)
        self.packages = {path: found[1] for path, text in self.sources.items() if (found := _PACKAGE.search(text))}
        self.tests = {
            path: list(dict.fromkeys(_TEST.findall(text)))
            for path, text in self.sources.items()
            if path.endswith("_test.rego")
        }
        self.reads = {path: {item[1:] for item in _READ.findall(text)} for path, text in self.sources.items()}
        self.kills = {path: Counter(tests) for path, tests in (kills or {}).items()}
        self._tables = _Tables(tables, self.library)
        self._engines: dict[str, Any] = {}

    @property
    def sources(self) -> dict[str, str]:
        """The Rego files by their path, tests included."""
        return self.library.sources

    def run(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """What becomes of each change; those of one file together, for they share an engine without that file."""
        by_file: dict[str, list[Change]] = {}
        for change in changes:
            by_file.setdefault(change.path, []).append(change)
        rego = [path for path in by_file if path in self.sources]
        engine = regorus.Engine()
        for path, text in self.sources.items() if rego else ():
            if path not in rego:
                engine.add_policy(path, text)
        for path, without in self._each_left_out(engine, rego):
            without.add_data_json(json.dumps(self.library.data))
            without.set_input_json("{}")
            first = self._small(path)
            for change in by_file[path]:
                yield self._with_rule(first, without, change)
        rest = [change for path, items in by_file.items() if path not in self.sources for change in items]
        for change in rest:
            yield self._with_data(change)

    def _each_left_out(self, engine: Any, paths: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """An engine without each file, by halves: an engine cannot forget a file, and to read all takes seconds."""
        if len(paths) <= 1:
            yield from ((path, engine.clone()) for path in paths)
            return
        middle = len(paths) // 2
        for mine, others in ((paths[:middle], paths[middle:]), (paths[middle:], paths[:middle])):
            half = engine.clone()
            for path in others:
                half.add_policy(path, self.sources[path])
            yield from self._each_left_out(half, mine)

    def _small(self, path: str) -> tuple[str, Any] | None:
        """The test that most likely notices a change of the file, and an engine with no more than it reads.

        What an engine prepares for all rules takes longer than most tests.
        """
        noticing = [test for test in self._in_order(path, self.packages[path]) if test != _ALL]
        if not noticing:
            return None
        engine = regorus.Engine()
        for each in self._reached_by(noticing[0]):
            if each != path:
                engine.add_policy(each, self.sources[each])
        engine.add_data_json(json.dumps(self.library.data))
        engine.set_input_json("{}")
        return noticing[0], engine

    def _reached_by(self, test: str) -> set[str]:
        """The files that a file of tests reads, through others too."""
        found = {test}
        left = [test]
        while left:
            reads = self.reads[left.pop()]
            more = {path for path, package in self.packages.items() if any(_within(read, package) for read in reads)}
            left += more - found
            found |= more
        return found

    def _with_rule(self, first: tuple[str, Any] | None, without: Any, change: Change) -> Outcome:
        tests = self._in_order(change.path, self.packages[change.path])
        try:
            if first:
                test, small = first
                engine = small.clone()
                engine.add_policy(change.path, change.text)
                engine.eval_query("true")
                if by := self._noticed(engine, change.path, test):
                    return Outcome(change, "killed", by)
                tests.remove(test)
            engine = without.clone()
            engine.add_policy(change.path, change.text)
            engine.eval_query("true")
        except Exception:  # whatever it is, no test is needed to see it
            return Outcome(change, "broken")
        return self._tried(engine, change, tests)

    def _with_data(self, change: Change) -> Outcome:
        home = change.path.rpartition("/")[0]
        if not self._fits_schema(home, change.data):
            return Outcome(change, "killed", f"{home}/{SCHEMA}")
        data = copy.deepcopy(self.library.data)
        place = data
        steps = home.split("/")
        for step in steps[:-1]:
            place = place[step]
        # files of folders below stand beside the content of this one
        own = self.library.documents[home].content
        below = {name: value for name, value in place[steps[-1]].items() if name not in own}
        place[steps[-1]] = {**change.data, **below}
        # those in Python have read what they compare with, and take less than any engine
        if by := self._tables.notice(data):
            return Outcome(change, "killed", by)
        text = json.dumps(data)
        for test in self._in_order(change.path, home.replace("/", ".")):
            engine = self._reading(test)
            engine.add_data_json(text)
            if by := self._noticed(engine, change.path, test):
                return Outcome(change, "killed", by)
        return Outcome(change, "survived")

    def _reading(self, test: str) -> Any:
        """An engine with no more than a file of tests reads, and no data: adding some makes it prepare all it has."""
        if test not in self._engines:
            engine = regorus.Engine()
            for each in self._reached_by(test):
                engine.add_policy(each, self.sources[each])
            engine.set_input_json("{}")
            self._engines[test] = engine
        return self._engines[test].clone()

    def _fits_schema(self, home: str, content: Any) -> bool:
        from jsonschema import Draft202012Validator, FormatChecker

        schema = json.loads((self.policies / home / SCHEMA).read_text(encoding="utf-8"))
        return Draft202012Validator(schema, format_checker=FormatChecker(["date", "regex"])).is_valid(content)

    def _tried(self, engine: Any, change: Change, tests: Sequence[str]) -> Outcome:
        for test in tests:
            if by := self._noticed(engine, change.path, test):
                return Outcome(change, "killed", by)
        return Outcome(change, "survived")

    def _noticed(self, engine: Any, path: str, test: str) -> str:
        kills = self.kills.setdefault(path, Counter())
        for name in sorted(self.tests[test], key=lambda name: -kills[f"{test}:{name}"]):
            if not _holds(engine, f"data.{self.packages[test]}.{name}"):
                kills[f"{test}:{name}"] += 1
                return f"{test}:{name}"
        return ""

    def _in_order(self, path: str, place: str) -> list[str]:
        """The files of tests that may notice a change, the likeliest first."""
        kills = self.kills.setdefault(path, Counter())
        own = path.replace(".rego", "_test.rego")
        before: Counter[str] = Counter()
        for test, times in kills.items():
            before[test.partition(":")[0]] += times
        near = self._of_its_readers(place)
        return sorted(
            self._that_may_notice(place),
            key=lambda test: (test != own, -before[test], test == _ALL, test not in near, test),
        )

    def _of_its_readers(self, place: str) -> set[str]:
        """The tests beside what reads a place itself."""
        readers = {path for path, reads in self.reads.items() if any(_within(read, place) for read in reads)}
        return readers | {path.replace(".rego", "_test.rego") for path in readers}

    def _that_may_notice(self, changed: str) -> list[str]:
        """The files of tests that read what was changed, or read what reads it."""
        reached = {changed}
        found: set[str] = set()
        while True:
            more = {
                path
                for path, reads in self.reads.items()
                if path not in found and any(_within(read, item) for read in reads for item in reached)
            }
            if not more:
                return sorted(path for path in found if path in self.tests)
            found |= more
            reached = {self.packages[path] for path in more}


def _within(one: str, other: str) -> bool:
    """Whether one of two places of the data document holds the other."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _holds(engine: Any, rule: str) -> bool:
    try:
        return bool(engine.eval_rule_as_json(rule).strip() == "true")
    except Exception:  # an engine that stops has noticed
        return False


class _Tables:
    """The tests of tables in Python files: every function `test_...` that takes nothing."""

    def __init__(self, paths: Sequence[Path], library: Library) -> None:
        self.library = library
        self.modules: list[ModuleType] = [_loaded(path) for path in paths]
        self.tests: list[tuple[str, Callable[[], None]]] = [
            (f"{path.name}:{name}", item)
            for path, module in zip(paths, self.modules, strict=True)
            for name, item in vars(module).items()
            if name.startswith("test_") and inspect.isfunction(item) and not inspect.signature(item).parameters
        ]

    def notice(self, data: dict[str, Any]) -> str:
        """The first test that fails with this data, "" when none does."""
        for module in self.modules:
            vars(module)["LIBRARY"] = replace(self.library, data=data)
        for name, test in self.tests:
            try:
                test()
            except Exception:  # any failure of a test is one, KeyError as well
                self.tests.remove((name, test))
                self.tests.insert(0, (name, test))
                return name
        return ""


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"mutants_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
