"""Who needs what of the buckets' keys, policies and roles."""

from __future__ import annotations

from typing import Any

from groundplan.iam import Principal
from tests.modules.buckets.examples import FULL
from tests.modules.uses import ACCOUNT, Refusal, Use, administers, takes_role, tls_only

KEY, COPIES_KEY = "<aws_kms_key.stores[0].arn>", "<aws_kms_key.copies[0].arn>"
OTHER_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000009"
KMS, KMS_KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
LOKI = Principal.aws(f"arn:aws:iam::{ACCOUNT}:role/prod-loki")
NAMES = {store: it.bucket_name for store, it in FULL.stores.items()}
COPIED = [store for store, it in FULL.stores.items() if it.replicated]


def _own_key(bucket: str) -> list[Refusal]:
    put = ("s3:PutObject", f"arn:aws:s3:::{bucket}/chunk")
    return [
        Refusal(*put, {KMS: "AES256", KMS_KEY: KEY}, [{KMS: "aws:kms"}], by=LOKI),
        Refusal(*put, {KMS: "aws:kms", KMS_KEY: OTHER_KEY}, [{KMS_KEY: KEY}], by=LOKI),
    ]


def _copies(bucket: str) -> list[Use]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html"""
    return [
        Use(["s3:GetReplicationConfiguration", "s3:ListBucket"], f"arn:aws:s3:::{bucket}"),
        Use(
            ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
            f"arn:aws:s3:::{bucket}/chunk",
        ),
        Use("kms:Decrypt", KEY, given={"kms:ViaService": "s3.us-east-1.amazonaws.com"}),
        Use(
            ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
            f"arn:aws:s3:::{bucket}-copies/chunk",
            elsewhere=[f"arn:aws:s3:::{bucket}/chunk"],
        ),
        Use(
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
            COPIES_KEY,
            given={"kms:ViaService": "s3.us-west-2.amazonaws.com"},
        ),
    ]


POLICIES: dict[str, list[Any]] = {
    "aws_kms_key.stores[0]": [administers()],
    "aws_kms_key.copies[0]": [administers()],
    **{f'aws_s3_bucket_policy.store["{store}"]': [*tls_only(name), *_own_key(name)] for store, name in NAMES.items()},
    **{f'aws_s3_bucket_policy.copy["{store}"]': tls_only(f"{NAMES[store]}-copies") for store in COPIED},
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html: no account is named
    **{f'aws_iam_role.replication["{store}"]': takes_role("s3.amazonaws.com", for_account=False) for store in COPIED},
    **{f'aws_iam_role_policy.replication["{store}"]': _copies(NAMES[store]) for store in COPIED},
}
