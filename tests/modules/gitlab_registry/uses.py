"""Who needs what of the key of the pull tokens."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Use, administers

POLICIES = {
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    "aws_kms_key.tokens[0]": [
        administers(),
        Use(
            ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"],
            given={"kms:CallerAccount": ACCOUNT, "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"},
            caller=Principal.aws(f"arn:aws:iam::{ACCOUNT}:role/somebody"),
        ),
    ]
}
