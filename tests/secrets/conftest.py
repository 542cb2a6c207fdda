"""What the tests of secrets share with those of the policies."""

from tests.policy.conftest import engine

__all__ = ["engine"]
