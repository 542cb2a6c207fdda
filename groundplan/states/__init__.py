"""State machines of Step Functions as typed Python: written, read, checked, drawn, and what their roles need.

The words come at once; what judges a machine loads when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .model import (
    Catcher,
    Choice,
    ChoiceRule,
    Fail,
    ItemBatcher,
    ItemProcessor,
    ItemReader,
    Map,
    Parallel,
    Pass,
    ProcessorConfig,
    ReaderConfig,
    ResultWriter,
    Retrier,
    StateMachine,
    Succeed,
    Task,
    Wait,
    Workflow,
)

if TYPE_CHECKING:
    from .checks import problems
    from .drawing import drawn
    from .permissions import EXECUTIONS, MACHINE, MAP_RUNS, Need, access_problems, needs, statements
    from .reading import read

__all__ = [
    "EXECUTIONS",
    "MACHINE",
    "MAP_RUNS",
    "Catcher",
    "Choice",
    "ChoiceRule",
    "Fail",
    "ItemBatcher",
    "ItemProcessor",
    "ItemReader",
    "Map",
    "Need",
    "Parallel",
    "Pass",
    "ProcessorConfig",
    "ReaderConfig",
    "ResultWriter",
    "Retrier",
    "StateMachine",
    "Succeed",
    "Task",
    "Wait",
    "Workflow",
    "access_problems",
    "drawn",
    "needs",
    "problems",
    "read",
    "statements",
]

_LATER = {
    "EXECUTIONS": "permissions",
    "MACHINE": "permissions",
    "MAP_RUNS": "permissions",
    "Need": "permissions",
    "access_problems": "permissions",
    "drawn": "drawing",
    "needs": "permissions",
    "problems": "checks",
    "read": "reading",
    "statements": "permissions",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)
