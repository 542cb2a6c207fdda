"""Which Python statement made which resource, so that a finding can point at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsii
from cdktf import TerraformDataSource, TerraformResource

from groundplan.problems import Line

from . import errors
from .places import remember_place
from .repetition import address_of

__all__ = ["line_below", "recorded_lines"]


def line_below(folder: Path, project: Path) -> Line | None:
    """The innermost statement of the current call stack that stands in a file below `folder`."""
    prefix = f"{folder}/"
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith(prefix):
            return Line(file=str(Path(frame.f_code.co_filename).relative_to(project)), line=frame.f_lineno)
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return None


@contextmanager
def recorded_lines(folder: Path, project: Path) -> Iterator[dict[str, Line]]:
    """While it is open, notes for every resource the statement below `folder` that made it, by the resource's address.

    Every bindings class is made through jsii's metaclass: that is the one place that sees them all.
    """
    found: dict[str, Line] = {}
    metaclass: Any = jsii.JSIIMeta
    original = metaclass.__call__

    def recording(cls: Any, *arguments: Any, **settings: Any) -> Any:
        made = original(cls, *arguments, **settings)
        remember_place(made, arguments)
        if isinstance(made, (TerraformResource, TerraformDataSource)) and (line := line_below(folder, project)):
            address = address_of(made)
            if address in found:
                raise errors.duplicate_address(address, found[address], line)
            found[address] = line
        return made

    metaclass.__call__ = recording
    try:
        yield found
    finally:
        metaclass.__call__ = original
