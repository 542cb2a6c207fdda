"""The embedded engine, regorus. Only the thread that made one of its engines may touch it, and drop it."""

from __future__ import annotations

import importlib
import itertools
import os
import threading
from collections import deque
from types import ModuleType
from typing import TYPE_CHECKING, Final

from groundplan.problems import ToolFailed

from . import errors

if TYPE_CHECKING:
    import regorus

__all__ = ["NAME", "Embedded", "is_installed"]

NAME: Final = "regorus"


def is_installed() -> bool:
    """Whether this machine has it."""
    try:
        _package()
    except ToolFailed:
        return False
    return True


class Embedded:
    """An engine, with rules and data. Raises ToolFailed where the package is not installed, and for what it refuses.

    Whoever lets go of it last may do so in any thread: a frame of a failure holds its engine until Python looks for
    garbage, which it does in whatever thread needs memory. The engine itself stays with the thread that made it, which
    drops it when it makes the next, or ends.
    """

    def __init__(self, copied: Embedded | None = None) -> None:
        self._number = next(_NUMBERS)
        self._left = _HERE.left
        while _HERE.left:
            _HERE.engines.pop(_HERE.left.popleft(), None)
        _HERE.engines[self._number] = copied._engine.clone() if copied else _package().Engine()

    def __del__(self) -> None:
        self._left.append(self._number)

    @property
    def _engine(self) -> regorus.Engine:
        return _HERE.engines[self._number]

    def clone(self) -> Embedded:
        """One with the same rules and data, which both then add to for themselves."""
        return Embedded(self)

    def add_policy(self, path: str, text: str) -> None:
        """Reads a file of rules."""
        try:
            self._engine.add_policy(path, text)
        except Exception as error:
            raise errors.engine_failed(NAME, path, str(error)) from error

    def add_data(self, document: str) -> None:
        """Adds an object, in JSON: the engine then analyzes every rule anew when it is next asked."""
        try:
            self._engine.add_data_json(document)
        except Exception as error:
            raise errors.engine_failed(NAME, "the rules", str(error)) from error

    def get_ready(self) -> None:
        """Analyzes the rules now, instead of when it is first asked."""
        try:
            self._engine.eval_query("true")
        except Exception as error:
            raise errors.engine_failed(NAME, "the rules", str(error)) from error

    def ask(self, rule: str, *, of: str, label: str) -> str:
        """What `rule` (`data.main.answer`) says of the input `of`, both in JSON. `label` names the input in errors."""
        try:
            self._engine.set_input_json(of)
            return str(self._engine.eval_rule_as_json(rule))
        except Exception as error:
            raise errors.engine_failed(NAME, label, str(error)) from error

    def watch_coverage(self) -> None:
        """From now on it counts the lines that it evaluates."""
        self._engine.set_enable_coverage(True)

    def coverage(self) -> str:
        """Which lines it has evaluated, in JSON: `files`, each with `path`, `covered` and `not_covered`."""
        return str(self._engine.get_coverage_report_as_json())


class _Here(threading.local):
    """The engines of one thread, and the numbers of those that nobody holds any more."""

    def __init__(self) -> None:
        self.engines: dict[int, regorus.Engine] = {}
        self.left: deque[int] = deque()


_HERE = _Here()
_NUMBERS = itertools.count()


def _package() -> ModuleType:
    # its parser tries one reading after another and throws errors away: where RUST_BACKTRACE is set, each would get a
    # stack first, and the rules would be read ten times as slowly
    os.environ.setdefault("RUST_LIB_BACKTRACE", "0")
    try:
        return importlib.import_module("regorus")
    except ImportError:
        raise errors.regorus_missing() from None
