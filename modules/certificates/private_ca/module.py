"""What the module makes: authorities from the root down, who may use them, and what is reported about them."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.acmpca_permission import AcmpcaPermission
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.ram_principal_association import RamPrincipalAssociation
from cdktf_cdktf_provider_aws.ram_resource_association import RamResourceAssociation
from cdktf_cdktf_provider_aws.ram_resource_share import RamResourceShare

from groundplan.building import partition, tags
from groundplan.framework import (
    Module,
    all_of,
    choose,
    each_name,
    each_pair,
    expression_of,
    fitted,
    is_set,
    jsonencode,
    negated,
    not_empty,
    part_id,
    present,
)
from groundplan.framework.references import ListReference, MapReference
from groundplan.framework.shapes import Text
from groundplan.iam import document

from . import access
from .audit import Audit
from .authorities import Authority, Tier, root_authority, subordinate_authorities, tiers
from .inputs import PrivateCaInputs, PrivateCaOutputs
from .revocation import revocation_lists

POLICY_NAME_CHARACTERS = 128
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
SHARED_AS = {
    "root": "AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority",
    "subordinate": "AWSRAMDefaultPermissionCertificateAuthority",
}
"""A shared root signs authorities and nothing else. https://docs.aws.amazon.com/privateca/latest/userguide/pca-ram.html"""


class PrivateCa(Module[PrivateCaInputs, PrivateCaOutputs]):
    """AWS Private CA: a root, subordinates by name, revocation that clients can reach, audit reports and sharing."""

    def build(self, given: PrivateCaInputs) -> PrivateCaOutputs:
        """Where revocation is told, the authorities, who may use them, and what is reported, in this order."""
        lists = revocation_lists(self, given)
        above, below = tiers(given)
        root = root_authority(self, given, above, lists)
        subordinate = subordinate_authorities(self, given, below, lists, root)

        # without it ACM cannot renew what it issued
        below.only(lambda s: all_of(s.acm, negated(s.short_lived)))(
            AcmpcaPermission,
            self,
            part_id("permission", "acm"),
            certificate_authority_arn=subordinate.active.certificate_authority_arn,
            principal="acm.amazonaws.com",
            actions=["GetCertificate", "IssueCertificate", "ListPermissions"],
        )
        self._issuers(given, above, root)
        self._issuers(given, below, subordinate)
        self._share(given, above, root)
        self._share(given, below, subordinate)

        audit = Audit(self, given)
        audit.watch(above, root)
        audit.watch(below, subordinate)

        return PrivateCaOutputs(
            root_arn=choose(is_set(given.root), root.active.certificate_authority_arn, _parent(given).arn),
            root_certificate=root.certificate.certificate,
            authority_arns=_by_name(
                "aws_acmpca_certificate_authority_certificate.subordinate", "certificate_authority_arn"
            ),
            certificates=_by_name("aws_acmpca_certificate.subordinate", "certificate"),
            certificate_chains=_by_name("aws_acmpca_certificate.subordinate", "certificate_chain"),
            issue_policy_arns=_of_all("aws_iam_policy", "_issue", "arn"),
            audit_report_bucket=audit.bucket.name,
            crl_bucket=lists.bucket,
            crl_host=lists.host,
            share_arns=_of_all("aws_ram_resource_share", "", "arn"),
            kms_key_arn=audit.key.arn,
            event_rule_arns=ListReference(
                "concat("
                + ", ".join(
                    [
                        f"[{', '.join(expression_of(rule.arn) for rule in audit.rules)}]",
                        "aws_cloudwatch_event_rule.root_failure[*].arn",
                        "[for name, made in aws_cloudwatch_event_rule.subordinate_failure : made.arn]",
                    ]
                )
                + ")"
            ),
        )

    def _issuers(self, given: PrivateCaInputs, tier: Tier, authority: Authority) -> None:
        """The policy of those who issue from an authority; a root that signs authorities has none."""
        part = tier.every if tier.id == "subordinate" else tier.only(lambda root: root.short_lived)
        part(
            IamPolicy,
            self,
            part_id("policy", f"{tier.id}_issue"),
            name=fitted(f"{given.name}-issue-{tier.name}", POLICY_NAME_CHARACTERS),
            description=f"Issues certificates for workloads from {tier.name} of {given.name}",
            policy=jsonencode(document(*access.issue(authority.made.arn, partition(self)))),
            tags=tags(self, given),
        )

    def _share(self, given: PrivateCaInputs, tier: Tier, authority: Authority) -> None:
        """The share of an authority with those in the organization who may use it."""
        part = tier.only(lambda wanted: not_empty(wanted.share_with))
        share = part(
            RamResourceShare,
            self,
            part_id("share", tier.id),
            name=f"{given.name}-{tier.name}",
            allow_external_principals=False,
            permission_arns=[f"arn:{partition(self)}:ram::aws:permission/{SHARED_AS[tier.id]}"],
            tags=tags(self, given),
        )
        part(
            RamResourceAssociation,
            self,
            part_id("shared", tier.id),
            resource_share_arn=share.arn,
            resource_arn=authority.active.certificate_authority_arn,
        )
        if tier.id == "root":
            nobody: list[str] = []
            principals: Any = each_name(choose(is_set(given.root), tier.wanted.share_with, nobody))
            principal, owner = principals.key, share.arn
        else:
            principals = each_pair(given.subordinates, lambda s: s.share_with)
            principal = principals.value.inner_key
            owner = f"${{aws_ram_resource_share.subordinate[{expression_of(principals.value.outer_key)}].arn}}"
        principals(
            RamPrincipalAssociation,
            self,
            part_id("with", tier.id),
            principal=principal,
            resource_share_arn=owner,
        )


def _parent(given: PrivateCaInputs) -> Any:
    return present(given.parent)


def _by_name(address: str, attribute: str) -> Any:
    return MapReference(f"{{for name, made in {address} : name => made.{attribute}}}", Text())


def _of_all(kind: str, suffix: str, attribute: str) -> Any:
    """An attribute of the subordinates' by name, and of the root's, named root, where it is there."""
    return MapReference(
        f"merge({{for name, made in {kind}.subordinate{suffix} : name => made.{attribute}}}, "
        f'{{for made in {kind}.root{suffix} : "root" => made.{attribute}}})',
        Text(),
    )
