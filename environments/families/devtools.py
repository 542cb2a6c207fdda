"""Devtools: what its services are given in every environment, and how they are called."""

from __future__ import annotations

from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.synth.stack import Stack
from modules.devtools.cloudshell import Cloudshell, CloudshellInputs

__all__ = ["DevtoolsFamily"]


class DevtoolsFamily(PlatformFamily):
    """What the services of devtools are given."""

    cloudshell: CloudshellInputs = field("cloudshell, by its own inputs")

    def compose(self, stack: Stack, _env: Platform) -> None:
        """The stack `<environment>-devtools`."""
        Cloudshell(stack, "cloudshell", stack.wired(self.cloudshell))
