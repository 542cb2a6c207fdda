"""The `groundplan` command.

Exit codes: 0 fine, 1 denied and nothing else, 2 bad input, 3 a tool or the system failed, 70 a fault of groundplan,
130 stopped by Ctrl-C, 143 stopped by SIGTERM.
"""

from .app import app
from .running import main

__all__ = ["app", "main"]
