"""Cloud9: editors in the browser on instances of EC2, for accounts that have had it before AWS closed it."""

from .inputs import Cloud9Inputs, Cloud9Outputs, DevelopmentEnvironment, Member, NamedService
from .module import Cloud9

__all__ = ["Cloud9", "Cloud9Inputs", "Cloud9Outputs", "DevelopmentEnvironment", "Member", "NamedService"]
