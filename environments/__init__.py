"""Where the platform is built: its environments, and what each is composed of."""

from groundplan.synth.stack import Stacks

from .backup import backup
from .dev import DEV
from .prod import PROD
from .secrets import secrets
from .settings import Platform
from .staging import STAGING

__all__ = ["ENVIRONMENTS", "platform"]

ENVIRONMENTS = (DEV, STAGING, PROD)


def platform(stacks: Stacks[Platform], env: Platform) -> None:
    """Every family of an environment, in the order that one needs the other."""
    secret = secrets(stacks.family("secrets"), env)
    backup(stacks.family("backup"), env, secrets=secret)
