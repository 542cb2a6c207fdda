"""From a project's Python to Terraform JSON."""

from .manifest import MANIFEST, Manifest, ModuleRecord, StackRecord

__all__ = ["MANIFEST", "Manifest", "ModuleRecord", "StackRecord"]
