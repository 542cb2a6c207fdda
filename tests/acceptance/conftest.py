"""What the acceptance tests share."""

from __future__ import annotations

from environments import PLATFORM
from environments.platform import Platform
from groundplan.synth.families import Family


def with_only(environment: Platform, *families: type[Family]) -> Platform:
    """The environment with these families alone, which must be all that one of them asks for: a third of the work."""
    return environment.but(without=[family.name() for family in PLATFORM.families if family not in families])
