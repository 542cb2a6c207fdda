"""Who needs what in AWS."""

from __future__ import annotations

from tests.modules.uses import Use
from tests.modules.vault_config.examples import ROLES

POLICIES = {
    # https://developer.hashicorp.com/vault/docs/secrets/aws#sts-assumerole
    "aws_iam_role_policy.credentials[0]": [Use("sts:AssumeRole", [f"{ROLES}claims-export", f"{ROLES}partner-a"])],
}
