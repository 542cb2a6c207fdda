"""A root module in plain HCL, planned as it stands in somebody's folder."""

from __future__ import annotations

from .planning import plan_root
from .reading import Root, read_root

__all__ = ["Root", "plan_root", "read_root"]
