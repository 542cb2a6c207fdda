"""The `groundplan` command.

Exit codes: 0 fine, 1 findings that deny, 2 bad input, 3 a tool failed.
"""

from .app import app, main

__all__ = ["app", "main"]
