"""The Terraform providers that there are bindings of, by the first part of their types' names."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PROVIDERS", "Provider"]


class Provider(NamedTuple):
    """A provider: its place in the public registry, the version that the bindings were made of, the next major."""

    source: str
    version: str
    next_major: str

    @property
    def versions(self) -> str:
        """The versions that a published module takes: what it needs, and no major that nobody has tried."""
        return f">= {self.version}, < {self.next_major}"


PROVIDERS = {
    "aws": Provider("hashicorp/aws", "6.25.0", "7.0.0"),
    "gitlab": Provider("gitlabhq/gitlab", "18.6.1", "19.0.0"),
    "helm": Provider("hashicorp/helm", "3.1.1", "4.0.0"),
    "kubernetes": Provider("hashicorp/kubernetes", "2.38.0", "3.0.0"),
    "vault": Provider("hashicorp/vault", "5.6.0", "6.0.0"),
}
