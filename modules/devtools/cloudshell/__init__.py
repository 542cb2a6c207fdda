"""CloudShell: who may use it and for what, what they get in it, and who is told."""

from .inputs import CloudshellInputs, CloudshellOutputs, Developers, Sessions, VpcEnvironment
from .module import Cloudshell

__all__ = ["Cloudshell", "CloudshellInputs", "CloudshellOutputs", "Developers", "Sessions", "VpcEnvironment"]
