"""From a project's Python to Terraform JSON."""

from .manifest import MANIFEST, Line, Manifest, ModuleRecord, StackRecord

__all__ = ["MANIFEST", "Line", "Manifest", "ModuleRecord", "StackRecord"]
