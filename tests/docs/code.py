"""What tests of the house ask of Python files, each of which is read once for all of them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

__all__ = ["Code", "From", "code_of", "read"]


@dataclass(frozen=True)
class From:
    """An import statement, wherever it stands: `from <dots><module> import <names>`, or `import <names>`."""

    line: int
    names: tuple[str, ...]
    module: str | None = None
    level: int = 0
    plain: bool = False


@dataclass
class Code:
    """What a file imports, makes and names."""

    imports: list[From] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    """Its own functions and classes, not those inside of them."""
    names: set[str] = field(default_factory=set)
    """The names that stand in its code by themselves."""
    of_errors: set[str] = field(default_factory=set)
    """The names that it takes as `errors.<name>`."""


def read(source: str) -> Code:
    """What a text says as Python."""
    tree, found = ast.parse(source), Code()
    found.made = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.names.add(node.id)
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id == "errors":
                found.of_errors.add(node.attr)
        elif isinstance(node, ast.Import):
            found.imports.append(From(node.lineno, tuple(each.name for each in node.names), plain=True))
        elif isinstance(node, ast.ImportFrom):
            names = tuple(each.name for each in node.names)
            found.imports.append(From(node.lineno, names, node.module, node.level))
    return found


@cache
def code_of(path: Path) -> Code:
    """What a file says, which no test changes."""
    return read(path.read_text("utf-8"))
