"""What one run of a command that goes on leaves for the next one."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from groundplan.plan.seats import KeptSeats
from groundplan.remembering import Memory
from groundplan.rendering.engines import helm
from groundplan.rendering.rendering import Sessions

from .standby import Standby

__all__ = ["Warm"]


class Warm:
    """What one run after the other goes on with: processes that wait, Terraforms, and what was computed before."""

    def __init__(self, project: Path) -> None:
        self.standby = Standby(project)
        self.seats = KeptSeats()
        self.memory = Memory()
        found = helm()
        self.sessions = Sessions(found) if found else None

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the processes."""
        with ExitStack() as both:
            both.callback(self.seats.close)
            both.callback(self.standby.close)
            if self.sessions is not None:
                both.callback(self.sessions.close)
