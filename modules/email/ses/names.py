"""Questions about ARNs and addresses that the rules ask, in Python and in Terraform alike."""

from __future__ import annotations

from typing import Any

from groundplan.framework import Term, computed, expression_of

__all__ = ["domain_of", "region_of"]


def region_of(arn: Any) -> Term:
    """The region of an ARN, empty where there is none."""
    return Term(
        f'try(split(":", {expression_of(arn)})[3], "")',
        lambda: [*str(computed(arn)).split(":"), "", "", "", ""][3],
    )


def domain_of(address: Any) -> Term:
    """What stands behind the @ of an address."""
    return Term(
        f'element(split("@", {expression_of(address)}), 1)',
        lambda: str(computed(address)).rpartition("@")[2],
    )
