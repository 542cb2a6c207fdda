"""Signals: the metrics that components emit, what collects them, and who asks for them.

Which component a chart runs, and what a component emits, are facts in `data/`; nothing of them is in the code.
"""

from .judging import Environment, Judged, judge
from .page import describe, markdown
from .running import Running

__all__ = ["Environment", "Judged", "Running", "describe", "judge", "markdown"]
