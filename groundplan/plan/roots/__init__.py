"""A root module in plain HCL, planned as it stands in somebody's folder."""

from __future__ import annotations

from .planning import Given, plan_root
from .reading import Root, read_root

__all__ = ["Given", "Root", "plan_root", "read_root"]
