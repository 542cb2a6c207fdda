"""Questions about addresses that the rules ask, in Python and in Terraform alike."""

from __future__ import annotations

from typing import Any

from groundplan.framework import Term, computed, expression_of

__all__ = ["domain_of"]


def domain_of(address: Any) -> Term:
    """What stands behind the @ of an address."""
    return Term(
        f'element(split("@", {expression_of(address)}), 1)',
        lambda: str(computed(address)).rpartition("@")[2],
    )
