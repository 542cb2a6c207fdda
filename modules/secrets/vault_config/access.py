"""What Vault's servers may do in AWS for this: take the roles whose credentials they hand out."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Statement, allow

__all__ = ["take_roles"]


def take_roles(role_arns: Sequence[str]) -> list[Statement]:
    """The servers' role takes others, those that the engine has and no more. Each must trust it, too.

    https://developer.hashicorp.com/vault/docs/secrets/aws#sts-assumerole
    """
    return [allow("sts:AssumeRole", on=role_arns, sid="HandOutCredentials")]
