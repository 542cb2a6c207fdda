"""Helm charts, read: which values their templates use, what they can make, and how sure that is.

See docs/decisions/0030-charts-are-read.md.
"""

from .chart_files import Part, ReadChart, read_chart, read_defaults
from .locking import LockedValues
from .reads import Place, Reads

__all__ = ["LockedValues", "Part", "Place", "ReadChart", "Reads", "read_chart", "read_defaults"]
