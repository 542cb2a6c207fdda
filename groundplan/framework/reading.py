"""Questions to inputs that Python answers by itself, wrongly and in silence, read from a module's source.

`given.secret is not None` is true whatever the caller sets, and no reference can say otherwise: Python asks it nothing.
While a module is built, every function of its that ends is looked at: which of these questions stand in its source, and
whether what they ask was a reference. So nothing is guessed about types, and what asks for a Python value is let be.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple, TypeGuard

import jsii

from groundplan.bindings import standins
from groundplan.bindings.packages import PREFIX

from . import errors
from .hcl import expression_of
from .references import MapReference, ObjectReference, Reference, reference
from .repetition import Each, EachPair, Element, Entry, Optional, Pair, Repeated
from .watching import unwatched, watched

__all__ = ["questions_refused"]

_NOTHING = object()
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NAMES = {
    ast.Lambda: "<lambda>",
    ast.ListComp: "<listcomp>",
    ast.SetComp: "<setcomp>",
    ast.DictComp: "<dictcomp>",
    ast.GeneratorExp: "<genexpr>",
}
# `%s` writes a reference as it should be
_NUMBER_FORMAT = re.compile(r"%(?!%)[^s%]*?[a-rt-zA-Z]")
_READERS = ("re", "json")


@dataclass(frozen=True)
class _Question:
    """A part of a function that asks one of the `operands`; `table` is what an operand is looked up in, if it is."""

    line: int
    part: ast.expr | str
    operands: tuple[ast.expr, ...]
    instead: str
    table: ast.expr | None = None

    @property
    def source(self) -> str:
        """As it is written: asked for where it is told, since most parts of a function ask no reference."""
        return self.part if isinstance(self.part, str) else ast.unparse(self.part)


class _Names(NamedTuple):
    """What a function can name, as far as a frame tells."""

    own: Mapping[str, Any]
    others: Mapping[str, Any]

    def held(self, name: str) -> Any:
        """What a name stands for; _NOTHING when it is none."""
        return self.own[name] if name in self.own else self.others.get(name, _NOTHING)


@dataclass(frozen=True)
class _Source:
    """What a function asks, and where its variables that are set once come from."""

    questions: tuple[_Question, ...]
    origins: Mapping[str, ast.expr]


@contextmanager
def questions_refused(*folders: Path) -> Iterator[None]:
    """While it is open, notes what functions below `folders` ask references; raises InputInspected at its end.

    What is raised inside goes out as it is.
    """
    beginnings = tuple(f"{folder}/" for folder in folders)
    # by identity, which the second of each keeps: the hash of a function's code is one of all that it consists of
    sources: dict[int, tuple[_Source, CodeType]] = {}
    found: dict[tuple[str, int, str], str] = {}

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event != "return":
            return
        code = frame.f_code
        known = sources.get(id(code))
        if known is None:
            below = code.co_filename.startswith(beginnings)
            known = sources[id(code)] = (_source(code) if below else _Source((), {}), code)
        source = known[0]
        if source.questions:
            names = _Names(frame.f_locals, frame.f_globals)
            for question in source.questions:
                # most are calls of what is no table
                if not _is_table(question.table, names):
                    continue
                for operand in question.operands:
                    asked = _asked(operand, names, source.origins)
                    if asked is not None:
                        where = errors.line_of(code.co_filename, question.line)
                        key = (code.co_filename, question.line, question.source)
                        found[key] = errors.answered_in_silence(
                            where, question.source, str(asked), question.instead.replace("{x}", ast.unparse(operand))
                        )

    with _let_be(), watched(note):
        yield
    if found:
        raise errors.inputs_asked_in_silence(found[key] for key in sorted(found))


@contextmanager
def _let_be() -> Iterator[None]:
    """While it is open, nobody looks at what jsii's kernel and the classes of the bindings do, or at their loading."""
    kernel: Any = jsii.kernel
    metaclass: Any = jsii.JSIIMeta
    stand_in: Any = standins.StandIn
    provider, make = kernel.provider, metaclass.__call__
    call, find = stand_in.__call__, standins.real
    made_quietly = unwatched(make)

    def made(cls: Any, *arguments: Any, **settings: Any) -> Any:
        # a construct of the module's own asks what it asks
        return (made_quietly if cls.__module__.startswith(PREFIX) else make)(cls, *arguments, **settings)

    kernel.provider, metaclass.__call__ = _Provider(provider), made
    # structs have another metaclass
    stand_in.__call__, standins.real = unwatched(call), unwatched(find)
    try:
        yield
    finally:
        kernel.provider, metaclass.__call__ = provider, make
        stand_in.__call__, standins.real = call, find


class _Provider:
    """What answers the requests to jsii's kernel, each of its methods unwatched."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        self.__dict__[name] = unwatched(getattr(self._provider, name))
        return self.__dict__[name]


def _asked(operand: ast.expr, names: _Names, origins: Mapping[str, ast.expr]) -> Reference | None:
    """The reference to a setting or an attribute that an operand is; None when it is, or may be, anything else."""
    if isinstance(operand, ast.Name):
        # a variable that is set once is what it is set to; a parameter may be None for another caller
        return _asked(origins[operand.id], names, {}) if operand.id in origins else None
    if _is_present(operand):
        return _asked(operand.args[0], names, origins)
    if isinstance(operand, (ast.Attribute, ast.Subscript)):
        owner = _held(operand.value, names)
        if isinstance(owner, (ObjectReference, MapReference, Each, EachPair, Pair, Entry, Element)):
            found = _part(owner, operand)
            return found if isinstance(found, Reference) else None
    return None


def _is_present(node: ast.expr) -> TypeGuard[ast.Call]:
    """Whether it is `present(...)`, which answers with what it is given."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "present"
        and len(node.args) == 1
    )


def _held(node: ast.expr, names: _Names) -> Any:
    """What an expression stood for, as far as it can be told without running anything."""
    if isinstance(node, ast.Name):
        return names.held(node.id)
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return _part(_held(node.value, names), node)
    if _is_present(node):
        return _held(node.args[0], names)
    return _NOTHING


def _part(owner: Any, node: ast.Attribute | ast.Subscript) -> Any:
    """What an attribute or an entry of `owner` stood for."""
    if isinstance(node, ast.Subscript):
        if isinstance(owner, MapReference):
            return reference(owner.item, f"{expression_of(owner)}[{ast.unparse(node.slice)}]")
        return _NOTHING
    if isinstance(owner, (ObjectReference, Element, Repeated, Optional)):
        try:
            return getattr(owner, node.attr)
        except AttributeError:
            return _NOTHING
    return getattr(owner, "__dict__", {}).get(node.attr, _NOTHING)


def _is_table(table: ast.expr | None, names: _Names) -> bool:
    """Whether a look-up, if it is one, is in a Python value or by a function that reads texts."""
    if table is None:
        return True
    found = _held(table, names)
    if isinstance(table, ast.Name) and callable(found):
        return getattr(found, "__module__", "") in _READERS
    if isinstance(table, ast.Attribute) and isinstance(table.value, ast.Name) and callable(found):
        return getattr(found, "__module__", "") in _READERS
    return isinstance(found, (dict, list, tuple)) and not isinstance(found, Reference)


def _source(code: CodeType) -> _Source:
    questions: list[_Question] = []
    origins: dict[str, ast.expr] = {}
    for node in _functions(code.co_filename).get((code.co_firstlineno, code.co_name), ()):
        inside = list(_own(node))
        questions += [question for part in inside for question in _questions(part)]
        origins |= _origins(node, inside)
    return _Source(tuple(_of_references(questions, origins)), origins)


def _of_references(questions: Iterable[_Question], origins: Mapping[str, ast.expr]) -> Iterator[_Question]:
    """The questions that can ask a reference, with those of their operands that can be one: few, and asked often."""
    for question in questions:
        operands = tuple(each for each in question.operands if _may_be_asked(each, origins))
        if operands:
            yield replace(question, operands=operands)


def _may_be_asked(operand: ast.expr, origins: Mapping[str, ast.expr]) -> bool:
    """Whether `_asked` can find a reference in it, whatever the names in it stand for."""
    if isinstance(operand, ast.Name):
        return operand.id in origins and _may_be_asked(origins[operand.id], {})
    if _is_present(operand):
        return _may_be_asked(operand.args[0], origins)
    return isinstance(operand, (ast.Attribute, ast.Subscript))


@cache
def _functions(file: str) -> dict[tuple[int, str], list[ast.AST]]:
    """The functions of a file by the line and the name that their code objects have."""
    found: dict[tuple[int, str], list[ast.AST]] = {}
    for node in ast.walk(ast.parse(Path(file).read_bytes())):
        if isinstance(node, _SCOPES):
            decorators: list[ast.expr] = getattr(node, "decorator_list", [])
            line = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            name = str(_NAMES.get(type(node)) or getattr(node, "name", ""))
            found.setdefault((line, name), []).append(node)
    return found


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function itself, not in one inside it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from _own(child)


def _origins(function: ast.AST, inside: Iterable[ast.AST]) -> dict[str, ast.expr]:
    """The variables that a function sets in one place, and what it sets them to."""
    arguments = getattr(function, "args", None)
    parameters = {part.arg for part in ast.walk(arguments) if isinstance(part, ast.arg)} if arguments else set()
    times: dict[str, int] = {}
    origins: dict[str, ast.expr] = {}
    for node in inside:
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            times[node.id] = times.get(node.id, 0) + 1
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            origins[node.targets[0].id] = node.value
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and isinstance(node.target, ast.Name) and node.value:
            origins[node.target.id] = node.value
    return {name: value for name, value in origins.items() if times.get(name) == 1 and name not in parameters}


def _questions(node: ast.AST) -> Iterator[_Question]:
    if isinstance(node, ast.Compare):
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, (ast.Is, ast.IsNot)):
                yield _question(node, (left, right), "is_set({x}) inside when(...) or choose(...)")
            elif isinstance(operator, (ast.In, ast.NotIn)):
                yield _question(node, (left,), "contains([...], {x}) inside when(...) or choose(...)")
            left = right
    elif isinstance(node, ast.Match):
        line = f"match {ast.unparse(node.subject)}"
        yield _Question(node.lineno, line, (node.subject,), 'choose(equals({x}, "one"), ..., ...) for every case')
    elif isinstance(node, ast.FormattedValue) and node.conversion in (ord("r"), ord("a")):
        source = f"{ast.unparse(node.value)}!{chr(node.conversion)}"
        yield _Question(node.lineno, source, (node.value,), 'text("jsonencode", {x})')
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
        if isinstance(node.left.value, str) and _NUMBER_FORMAT.search(node.left.value):
            operands = tuple(node.right.elts) if isinstance(node.right, ast.Tuple) else (node.right,)
            yield _question(node, operands, f'text("format", {ast.unparse(node.left)}, {{x}})')
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield _question(
            node, (node.slice,), 'any_value("lookup", ..., {x}), or choose(equals({x}, ...), ..., ...)', node.value
        )
    elif isinstance(node, ast.Call):
        yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[_Question]:
    if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        instead = 'any_value("lookup", ..., {x}, ...), or choose(equals({x}, ...), ..., ...)'
        yield _question(node, (node.args[0],), instead, node.func.value)
    elif isinstance(node.func, ast.Name) and node.func.id == "isinstance" and node.args:
        yield _question(node, (node.args[0],), "it for what its declaration says it is")
    operands = tuple(node.args)
    if operands:
        instead = 'jsonencode(...), or text("regex", ..., {x}) and the like, with Terraform\'s own functions'
        yield _question(node, operands, instead, node.func)


def _question(node: ast.expr, operands: tuple[ast.expr, ...], instead: str, table: ast.expr | None = None) -> _Question:
    return _Question(node.lineno, node, operands, instead, table)
