"""Where the platform is built: its environments and families are found in their folders."""

from groundplan.synth.families import project_of

from .platform import Platform

__all__ = ["PLATFORM"]

PLATFORM = project_of(__name__, Platform)
