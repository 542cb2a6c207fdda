"""Where a setting was written: in which file, at which line, however many layers lie over each other.

A declaration notes the call that made it, which costs next to nothing. Which line of that call said a setting is read
from the source, and only when somebody asks.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, TypeAlias

from groundplan.problems import Line, Problem

from .constraints import as_json

if TYPE_CHECKING:
    from .inputs import Declaration

__all__ = ["Origin", "Step", "line_of", "lines_of", "located", "steps_of"]

Step: TypeAlias = str | int
"""A setting's name, an entry's name or an item's index."""

_STEP = re.compile(r'\.?([A-Za-z_][A-Za-z0-9_-]*)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]')


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a declaration comes from: the call that made it, the layers that lie over each other, the lowest first,
    or a setting of another declaration each.

    `borrowed` names for a setting the declaration that gave its value, and the steps to it there.
    """

    code: CodeType | None = None
    instruction: int = 0
    layers: tuple[Declaration, ...] = ()
    borrowed: Mapping[str, tuple[Declaration, tuple[Step, ...]]] | None = None

    @classmethod
    def of_caller(cls) -> Origin:
        """The call of the function that calls this one."""
        frame = sys._getframe(2)
        return cls(frame.f_code, frame.f_lasti)


def line_of(declaration: Declaration, steps: Sequence[Step], project: Path) -> Line | None:
    """The line of the project that said the setting at `steps`, or the nearest around it; None when none did."""
    return _line(declaration, steps, project, _Calls())


def _line(declaration: Declaration, steps: Sequence[Step], project: Path, calls: _Calls) -> Line | None:
    for length in range(len(steps), -1, -1):
        found = _place(declaration, tuple(steps[:length]), calls)
        if found is not None and found[0].startswith(f"{project}/"):
            # thousands of times in a synth: a Path takes as long as all the rest of this
            return Line(file=found[0].removeprefix(f"{project}/"), line=found[1])
    return None


def located(problems: Iterable[Problem], declaration: Declaration, path: str, project: Path) -> list[Problem]:
    """The problems of a declaration that stands at `path`, each with the line that said what is wrong."""
    found = []
    for problem in problems:
        inside = problem.path.removeprefix(path)
        line = line_of(declaration, steps_of(inside), project) if inside != problem.path or not path else None
        found.append(problem.said_at(line))
    return found


def lines_of(declaration: Declaration, project: Path) -> dict[str, Line]:
    """For every value that was written, by its path inside the declaration, the line of the project that said it.

    A list is one value unless objects are in it, and a map unless its names are known. What no line of the project said
    is left out.
    """
    found = {}
    calls = _Calls()
    for path, steps in _leaves(declaration, "", ()):
        line = _line(declaration, steps, project, calls)
        if line is not None:
            found[path] = line
    return found


def _leaves(value: Any, path: str, steps: tuple[Step, ...]) -> Iterator[tuple[str, tuple[Step, ...]]]:
    if hasattr(value, "given") and value.given():
        for name, inner in value.given().items():
            yield from _leaves(inner, f"{path}.{name}" if path else name, (*steps, name))
    elif isinstance(value, dict) and value and not any("TfToken[" in name for name in value):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}[{as_json(name)}]", (*steps, name))
    elif isinstance(value, list) and any(isinstance(item, dict) or hasattr(item, "given") for item in value):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{index}]", (*steps, index))
    else:
        yield path, steps


def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of a path as problems write it: `schedules["daily"].cron`, `subnet_ids[2]`."""
    return tuple(_steps(path))


def _steps(path: str) -> Iterator[Step]:
    for name, key, index in _STEP.findall(path):
        if index:
            yield int(index)
        else:
            yield name or re.sub(r"\\(.)", r"\1", key)


_Place: TypeAlias = tuple[str, int]


def _place(declaration: Declaration, steps: tuple[Step, ...], calls: _Calls) -> _Place | None:
    origin = declaration._origin
    if origin.layers:
        for layer in reversed(origin.layers):
            if _holds(layer, steps):
                return _place(layer, steps, calls)
        return None
    if origin.borrowed is not None:
        if not steps or steps[0] not in origin.borrowed:
            return None
        owner, within = origin.borrowed[str(steps[0])]
        return _place(owner, (*within, *steps[1:]), calls)
    if origin.code is None:
        return None
    call = calls.of(origin, origin.code)
    file = origin.code.co_filename
    if call is None:
        return None if steps else (file, _first_line(origin.code, origin.instruction))
    return _inside(declaration, call, (file, call.lineno), steps, calls)


def _inside(
    declaration: Declaration, call: ast.Call, place: _Place, steps: tuple[Step, ...], calls: _Calls
) -> _Place | None:
    """Follows the steps through the literal that a call was written with, as far as it is one."""
    value: Any = declaration
    node: ast.expr | None = call
    for index, step in enumerate(steps):
        if index and hasattr(value, "_origin"):
            return _place(value, steps[index:], calls) or place
        node = _part(node, step)
        if node is not None:
            place = (place[0], node.lineno)
        try:
            value = value.given()[step] if hasattr(value, "given") else value[step]
        except (LookupError, TypeError):
            return None
        if isinstance(node, (ast.keyword, _Entry)):
            node = node.value
    return place


class _Entry(ast.expr):
    """An entry of a dictionary display: the line is its name's, the value what stands behind it."""

    def __init__(self, name: ast.expr, value: ast.expr) -> None:
        super().__init__()
        self.lineno, self.value = name.lineno, value


def _part(node: ast.AST | None, step: Step) -> Any:
    if isinstance(node, ast.Call):
        return next((keyword for keyword in node.keywords if keyword.arg == step), None)
    if isinstance(node, ast.Dict):
        for name, value in zip(node.keys, node.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == step:
                return _Entry(name, value)
    if isinstance(node, (ast.List, ast.Tuple)) and isinstance(step, int) and step < len(node.elts):
        before = node.elts[: step + 1]
        return None if any(isinstance(item, ast.Starred) for item in before) else node.elts[step]
    return None


def _holds(value: Any, steps: Sequence[Step]) -> bool:
    """Whether a layer says something at `steps`."""
    for step in steps:
        try:
            value = value.given()[step] if hasattr(value, "given") else value[step]
        except (LookupError, TypeError):
            return False
    return True


class _Calls:
    """The calls that made declarations, as they are written: looked up once each while a declaration's lines are
    found, in files that are as they are now.
    """

    def __init__(self) -> None:
        # by where an origin is: what holds it is held by the declaration that is asked about
        self._known: dict[int, ast.Call | None] = {}

    def of(self, origin: Origin, code: CodeType) -> ast.Call | None:
        """The call that an origin notes, and that stands in `code`; None when its file cannot be read."""
        if id(origin) not in self._known:
            self._known[id(origin)] = _call(code, origin.instruction)
        return self._known[id(origin)]


def _call(code: CodeType, instruction: int) -> ast.Call | None:
    try:
        written = os.stat(code.co_filename).st_mtime_ns  # noqa: PTH116 - as above
    except OSError:
        return None
    return _calls(code.co_filename, written).get(_span(code, instruction))


_Span: TypeAlias = tuple[int | None, int | None, int | None, int | None]


def _span(code: CodeType, instruction: int) -> _Span:
    """Of the statement's part that runs at `instruction`: first and last line, first and last column."""
    spans = _spans(code)
    return spans[instruction // 2] if instruction // 2 < len(spans) else (None, None, None, None)


@lru_cache(maxsize=4096)
def _spans(code: CodeType) -> tuple[_Span, ...]:
    return tuple(code.co_positions())


def _first_line(code: CodeType, instruction: int) -> int:
    return _span(code, instruction)[0] or code.co_firstlineno


_WITHOUT_CALLS = frozenset({ast.Constant, ast.Load, ast.Name, ast.Store, int, str, type(None)})
"""What most of a file is made of."""


@lru_cache(maxsize=1024)
def _calls(file: str, _written: int) -> dict[_Span, ast.Call]:
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}
    found: dict[_Span, ast.Call] = {}
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if type(node) in _WITHOUT_CALLS:
            continue
        if type(node) is list:
            waiting += node
        elif isinstance(node, ast.AST):
            if type(node) is ast.Call:
                found[node.lineno, node.end_lineno, node.col_offset, node.end_col_offset] = node
            # ast.walk asks for fields by their names, and takes twice as long
            waiting += vars(node).values()
    return found
