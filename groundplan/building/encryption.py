"""Customer managed keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey

from groundplan.framework import choose, is_set, jsonencode, negated
from groundplan.framework.module import Module, part_id
from groundplan.iam import Principal, Statement, allow, document

from .account import account_id, partition, service_name, tags
from .parts import Part, maker

__all__ = ["Key", "encryption_key", "service_use", "volumes_use"]


@dataclass(frozen=True)
class Key:
    """A key, whether it was given or made.

    `alias_or_arn` names it for whoever takes either: the own key's alias is known when Terraform plans, its ARN is not.
    """

    arn: str
    alias_or_arn: str


def encryption_key(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    existing: Any = None,
    name: str,
    purpose: str,
    statements: Sequence[Statement] = (),
    administration: Sequence[Statement] = (),
    multi_region: bool = False,
    region: str | None = None,
    only_when: Any = None,
) -> Key:
    """The existing key (a `GivenKey | None` input) or one of the module's own, rotated every year, deleted in 30 days.

    `statements` go into the own key's policy beside the account's administration; a key policy that does not name the
    account could lock everyone out: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html.
    Without `existing` a key is always made: one that must belong to its purpose alone. `administration` replaces the
    account's `kms:*`, for a key that no policy elsewhere in the account may open; it must leave somebody the right to
    change the key's policy. `multi_region` lets replicas of the key be made, and is fixed for its life. `region` is
    where it lives, the provider's when left out. `given` are the module's inputs.
    """
    part: Part = maker(only_when)
    if existing is not None:
        part = part.also(negated(is_set(existing)))
    account_wide = allow(
        "kms:*",
        on="*",
        principals=Principal.aws(f"arn:{partition(scope)}:iam::{account_id(scope)}:root"),
        sid="AccountAdministration",
    )
    made = part(
        KmsKey,
        scope,
        part_id("key", id),
        description=purpose,
        enable_key_rotation=True,
        deletion_window_in_days=30,
        policy=jsonencode(document(*(administration or [account_wide]), *statements)),
        multi_region=multi_region or None,
        region=region,
        tags=tags(scope, given),
    )
    alias = part(KmsAlias, scope, part_id("alias", id), name=f"alias/{name}", target_key_id=made.key_id, region=region)
    if existing is None:
        return Key(made.arn, alias.name)
    given_key = is_set(existing)
    return Key(choose(given_key, existing.arn, made.arn), choose(given_key, existing.arn, alias.name))


def service_use(scope: Module[Any, Any], service: str, *actions: str, sid: str = "") -> Statement:
    """A key statement that lets an AWS service, in this account's name only, use the key.

    https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html#conditions-aws
    """
    return allow(
        *(actions or ("kms:Decrypt", "kms:GenerateDataKey*")),
        on="*",
        principals=Principal.service(service),
        when={"StringEquals": {"aws:SourceAccount": account_id(scope)}},
        sid=sid,
    )


def volumes_use(scope: Module[Any, Any]) -> list[Statement]:
    """Key statements by which EBS encrypts volumes with it, for whoever in this account may make volumes.

    The EBS CSI driver needs no policy of its own for the key, as with AWS's own key for EBS.

    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html#ebs-encryption-permissions
    """
    through_ebs = {"kms:CallerAccount": account_id(scope), "kms:ViaService": service_name(scope, "ec2")}
    return [
        allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
            on="*",
            principals=Principal.everyone(),
            when={"StringEquals": through_ebs},
            sid="EncryptVolumes",
        ),
        allow(
            "kms:CreateGrant",
            on="*",
            principals=Principal.everyone(),
            when={"StringEquals": through_ebs, "Bool": {"kms:GrantIsForAWSResource": "true"}},
            sid="AttachVolumes",
        ),
    ]
