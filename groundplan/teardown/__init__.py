"""What becomes of an environment when it is taken down: in which order, what must go first, and what stays.

Which objects make something that somebody pays for, and which resources stay or refuse to go, are facts in `data/`.
"""

from .deriving import Found, Step, Teardown, teardown

__all__ = ["Found", "Step", "Teardown", "teardown"]
