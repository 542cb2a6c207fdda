"""Access as data: IAM statements, the documents they render to, and what is wrong with them before AWS is asked.

Statements come at once; the rest loads when it is first used, so that a module's access.py costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .statements import Condition, Principal, Statement, When, allow, deny, deny_all_but, document

if TYPE_CHECKING:
    from .checks import Kind, check_document, problems
    from .evaluation import Context, evaluate

__all__ = [
    "Condition",
    "Context",
    "Kind",
    "Principal",
    "Statement",
    "When",
    "allow",
    "check_document",
    "deny",
    "deny_all_but",
    "document",
    "evaluate",
    "problems",
]

_LATER = {
    "Context": "evaluation",
    "Kind": "checks",
    "check_document": "checks",
    "evaluate": "evaluation",
    "problems": "checks",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)
