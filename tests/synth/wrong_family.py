"""A family that no order can be found for, for programs that import nothing else of the tests."""

from __future__ import annotations

from groundplan.synth.environment import Environment
from groundplan.synth.families import Family
from groundplan.synth.stack import Stack


class Wrong(Family):
    """Asks for what only Ring gives."""

    def compose(self, _stack: Stack, _env: Environment, ring: int) -> str:
        """Nothing."""
        return str(ring)

    @classmethod
    def name(cls) -> str:
        """Its name."""
        return "wrong"
