"""moto's interpreter without moto's services: what chooses among them loads all of EC2, and no state here asks any."""

from __future__ import annotations

import sys
from types import ModuleType

SERVICES = "moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_factory"
"""interpreter.py loads the rest, puts its own services in the place of these, and takes this out again."""

_INTERPRETER = "tests.modules.step_functions.interpreter"


def without_services() -> None:
    """To be called by the conftest.py of whoever imports the interpreter: of several, the first one counts."""
    if not {SERVICES, _INTERPRETER} & set(sys.modules):
        sys.modules[SERVICES] = ModuleType(SERVICES)
        sys.modules[SERVICES].__dict__["state_task_service_for"] = None


without_services()
