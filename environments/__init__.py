"""Where the platform is built: its environments, and what each is composed of."""

from groundplan.synth.stack import Stacks

from .backup import backup
from .certificates import certificates
from .dev import DEV
from .dns import dns
from .prod import PROD
from .registry import registry
from .secrets import secrets
from .settings import Platform
from .staging import STAGING

__all__ = ["ENVIRONMENTS", "platform"]

ENVIRONMENTS = (DEV, STAGING, PROD)


def platform(stacks: Stacks[Platform], env: Platform) -> None:
    """Every family of an environment, in the order that one needs the other."""
    names = dns(stacks.family("dns"), env)
    trust = certificates(stacks.family("certificates"), env, dns=names)
    secret = secrets(stacks.family("secrets"), env, certificates=trust)
    backup(stacks.family("backup"), env, secrets=secret)
    registry(stacks.family("registry"), env)
