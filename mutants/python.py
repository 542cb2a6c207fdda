"""The small changes of Python, a module's or groundplan's own, and whether the tests that belong to it notice them.

A named argument, an entry of a mapping or an item of a list left out; a number, a switch or a name made another. Prose
is left as it is: docstrings, and every text with a blank in it, which is a description or a message.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PythonChange", "PythonOutcome", "PythonTrials", "changes_of_python", "python_files", "scratch_folder"]

_UNTOUCHED = ("__all__",)
_EXPORTS = "__init__.py"
_ALIKE = (
    "tests/modules/test_planned_values.py",
    "tests/publish/test_this_project.py",
    "tests/modules/test_uses.py",
    "tests/modules/test_every_module.py",
)
# What a room of groundplan makes and no test of its own shows whole.
_SHOWN_BY = {
    "building": ("tests/modules/test_planned_values.py", "tests/publish/test_this_project.py"),
    "documents": ("tests/policy/test_documents.py",),
    "framework": ("tests/modules/test_planned_values.py", "tests/publish/test_this_project.py"),
}
_LEFT_BEHIND = shutil.ignore_patterns(
    "*.pyc", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", "__pycache__", "node_modules", "out"
)
# What tests run and no change is made in: too large to be copied.
_LINKED = "node_modules"
_LONGEST_SECONDS = 600
_LONG_AGO = 1_000_000_000
# what pytest ends with where it finds no test: nothing is noticed then
_NO_TESTS = 5


@dataclass(frozen=True)
class PythonChange:
    """One change of the file `path`, relative to the project; `text` is what then stands in it.

    `before` is what is changed and `after` what stands there instead; `lines` are the lines that it is in, both ways.
    """

    path: str
    line: int
    before: str
    after: str
    text: str
    lines: tuple[str, str]

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is called in the list of equivalent changes: lines move, what they say stays."""
        return self.path, *self.lines


def python_files(project: Path) -> list[str]:
    """The Python of all modules, without the programs that ship with them, which make no plan, and groundplan's own."""
    found = (
        path.relative_to(project)
        for pattern in ("modules/*/*/**/*.py", "groundplan/**/*.py")
        for path in sorted(project.glob(pattern))
    )
    return [path.as_posix() for path in found if "files" not in path.parts and path.name != _EXPORTS]


def changes_of_python(path: str, text: str) -> list[PythonChange]:
    """Every change of a file, in the order of its lines."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    whole = text.encode()
    found = []
    for node, start, end, instead in _edits(ast.parse(text), whole, starts):
        changed = (whole[:start] + instead.encode() + whole[end:]).decode()
        first, last = whole.rfind(b"\n", 0, start) + 1, whole.find(b"\n", end) % (len(whole) + 1)
        lines = whole[first:last], whole[first:start] + instead.encode() + whole[end:last]
        before, after = (" ".join(text.decode().split()) for text in lines)
        said = whole[start:end].decode().strip()
        found.append(PythonChange(path, node.lineno, said, instead, changed, (before, after)))
    return sorted(found, key=lambda change: (change.line, change.before, change.after))


Edit = tuple[ast.expr | ast.keyword, int, int, str]


def _edits(tree: ast.Module, whole: bytes, starts: Sequence[int]) -> Iterator[Edit]:
    def span(node: ast.expr | ast.keyword) -> tuple[int, int]:
        return (
            starts[node.lineno - 1] + node.col_offset,
            starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0),
        )

    for node in _changed(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "strict":
                    continue
                yield keyword, *_with_comma(whole, *span(keyword)), ""
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None:
                    yield key, *_with_comma(whole, span(key)[0], span(value)[1]), ""
        elif isinstance(node, (ast.List, ast.Set, ast.Tuple)) and isinstance(
            getattr(node, "ctx", ast.Load()), ast.Load
        ):
            for item in node.elts if len(node.elts) > 1 else ():
                yield item, *_with_comma(whole, *span(item)), ""
        elif isinstance(node, ast.Constant):
            for instead in _instead(node.value):
                yield node, *span(node), instead


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that do something: no docstring, annotation or part of an f-string, nor that a dataclass is frozen.

    What keeps the ids of two constructs apart stands in no address, and is none of them either.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Assign) and any(getattr(each, "id", "") in _UNTOUCHED for each in child.targets):
            continue
        if isinstance(child, (ast.AnnAssign, ast.arg)):
            value = getattr(child, "value", None)
            if value is not None:
                yield value
                yield from _changed(value)
            continue
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") == "dataclass":
            continue
        # that two sequences must be of one length is asked in case of a mistake elsewhere
        if isinstance(child, ast.keyword) and child.arg == "strict":
            continue
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") == "part_id":
            for name in child.args[1:]:
                yield name
                yield from _changed(name)
            continue
        if isinstance(child, (ast.JoinedStr, ast.Subscript, ast.Import, ast.ImportFrom)):
            continue
        yield child
        yield from _changed(child)


def _with_comma(whole: bytes, start: int, end: int) -> tuple[int, int]:
    """The span with the comma that goes with it, the one behind it first."""
    if behind := re.match(rb"\s*,", whole[end:]):
        return start, end + behind.end()
    before = re.search(rb",\s*$", whole[:start])
    return (before.start() if before else start), end


def _instead(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int):
        yield str(value + 1)
    elif isinstance(value, str) and value and not re.search(r"\s", value):
        yield repr(f"{value}-changed")


@dataclass(frozen=True)
class PythonOutcome:
    """`verdict` is killed, survived, broken for what is no Python, or red where tests fail without a change too.

    `by` is the test that noticed, or the one that fails.
    """

    change: PythonChange
    verdict: str
    by: str = ""


class PythonTrials:
    """Changes tried in a copy of the project, one after another, with the tests that take the least time first.

    `alike` are the files of tests that look at every module, each test once for each, named by it.
    """

    def __init__(self, project: Path, scratch: Path, *, alike: Sequence[str] = _ALIKE) -> None:
        self._copy = scratch / "project"
        shutil.copytree(project, self._copy, ignore=_LEFT_BEHIND)
        if (project / _LINKED).is_dir():
            (self._copy / _LINKED).symlink_to(project / _LINKED)
        self._alike = alike
        self._tried = 0
        self._anyway: dict[tuple[str, ...], str] = {}

    def run(self, changes: Sequence[PythonChange]) -> Iterator[PythonOutcome]:
        """What becomes of each change."""
        for change in changes:
            yield self._outcome(change)

    def _outcome(self, change: PythonChange) -> PythonOutcome:
        try:
            compile(change.text, change.path, "exec")
        except SyntaxError:
            return PythonOutcome(change, "broken")
        file = self._copy / change.path
        original = file.read_text(encoding="utf-8")
        for tests in self.tests_of(change.path):
            if self._anyway.get(tests):
                return PythonOutcome(change, "red", self._anyway[tests])
            try:
                self._write(file, change.text)
                by = self._failing(tests)
            finally:
                self._write(file, original)
            if by:
                if tests not in self._anyway:
                    self._anyway[tests] = self._failing(tests)
                if self._anyway[tests]:
                    return PythonOutcome(change, "red", self._anyway[tests])
                return PythonOutcome(change, "killed", by)
        return PythonOutcome(change, "survived")

    def tests_of(self, path: str) -> Iterator[tuple[str, ...]]:
        """The tests that belong to a file, as pytest is asked for them."""
        first, *within = Path(path).parent.parts
        if first == "modules":
            for name in self._alike:
                yield name, "-k", f"[{within[1]}]"
            yield (f"tests/modules/{within[1]}",)
            return
        room = Path("tests", *within[:1])
        has_room = bool(within) and (self._copy / room).is_dir()
        naming = self._naming(path, room if has_room else Path("tests"))
        if naming:
            yield naming
        if has_room:
            yield (room.as_posix(),)
        for shown in _SHOWN_BY.get(room.name, ()):
            if (shown,) != naming:
                yield (shown,)

    def _naming(self, path: str, below: Path) -> tuple[str, ...]:
        """The files of tests that import a file of groundplan, or the package that it is of.

        That is the package below its room, or its room itself where that has none in tests/.
        """
        package, name = path.removesuffix(".py").replace("/", ".").rsplit(".", 1)
        imports = [rf"{re.escape(package)}\.{name}\b", rf"from {re.escape(package)} import [^\n]*\b{name}\b"]
        if package.count(".") > (1 if below.name != "tests" else 0):
            imports.append(rf"{re.escape(package)}\b")
        asked = re.compile("|".join(imports))
        tests = sorted((self._copy / below).rglob("test_*.py"))
        return tuple(
            test.relative_to(self._copy).as_posix() for test in tests if asked.search(test.read_text(encoding="utf-8"))
        )

    def _write(self, file: Path, text: str) -> None:
        """Writes a file with a time of its own: Python takes a compiled file for up to date by its second and size."""
        self._tried += 1
        file.write_text(text, encoding="utf-8")
        os.utime(file, (_LONG_AGO + self._tried, _LONG_AGO + self._tried))

    def _failing(self, tests: Sequence[str]) -> str:
        """The first test that fails, "" when none does."""
        # in the folder that all runs share pytest first deletes what earlier ones have left
        options = ["-q", "-x", "-n0", "-pno:cacheprovider", "--tb=no", f"--basetemp={self._copy.parent / 'tmp'}"]
        command = [sys.executable, "-m", "pytest", *options, *tests]
        try:
            ended = subprocess.run(
                command, cwd=self._copy, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return f"no end after {_LONGEST_SECONDS} s"
        if ended.returncode in (0, _NO_TESTS):
            return ""
        failed = re.search(r"^(?:FAILED|ERROR) (\S+)", ended.stdout, re.MULTILINE)
        return failed[1] if failed else (ended.stdout or ended.stderr).strip()[-200:]


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """Where a copy of the project stands while changes are tried."""
    return tempfile.TemporaryDirectory(prefix="groundplan-mutants-")
