"""The authorities themselves: their keys, their certificates, and their activation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.acmpca_certificate import AcmpcaCertificate, AcmpcaCertificateValidity
from cdktf_cdktf_provider_aws.acmpca_certificate_authority import (
    AcmpcaCertificateAuthority,
    AcmpcaCertificateAuthorityCertificateAuthorityConfiguration,
    AcmpcaCertificateAuthorityCertificateAuthorityConfigurationSubject,
    AcmpcaCertificateAuthorityRevocationConfiguration,
    AcmpcaCertificateAuthorityRevocationConfigurationCrlConfiguration,
    AcmpcaCertificateAuthorityRevocationConfigurationOcspConfiguration,
)
from cdktf_cdktf_provider_aws.acmpca_certificate_authority_certificate import AcmpcaCertificateAuthorityCertificate

from groundplan.building import Part, maker, partition, tags
from groundplan.framework import (
    Module,
    all_of,
    choose,
    contains,
    each,
    equals,
    expression_of,
    first_set,
    hcl,
    is_set,
    part_id,
    present,
)
from groundplan.framework.references import TextReference

from .inputs import WITH_CRL, PrivateCaInputs
from .revocation import Lists

__all__ = ["Authority", "Tier", "root_authority", "subordinate_authorities", "tiers", "with_lists"]

WITH_OCSP = ["ocsp", "ocsp_and_crl"]
SIGNS_WITH = {
    "EC_prime256v1": "SHA256WITHECDSA",
    "EC_secp384r1": "SHA384WITHECDSA",
    "EC_secp521r1": "SHA512WITHECDSA",
    "RSA_2048": "SHA256WITHRSA",
    "RSA_3072": "SHA384WITHRSA",
    "RSA_4096": "SHA512WITHRSA",
}
"""The digest of each key's strength. https://docs.aws.amazon.com/privateca/latest/userguide/supported-algorithms.html"""

# Terraform revokes a certificate that it lets go: its successor must be at work by then
_SUCCESSOR_FIRST = TerraformResourceLifecycle(create_before_destroy=True)


@dataclass(frozen=True)
class Tier:
    """A level: `id` is part of the addresses, `name` the authority's own, `wanted` its settings."""

    id: str
    name: str
    wanted: Any
    only: Callable[[Callable[[Any], Any]], Part]
    """A part for those for which a condition holds."""

    @property
    def every(self) -> Part:
        """A part for all of them."""
        return self.only(lambda _: None)


def tiers(given: PrivateCaInputs) -> tuple[Tier, Tier]:
    """The root and the subordinates."""
    there = is_set(given.root)
    root = present(given.root)
    subordinates = each(given.subordinates)

    def of_root(condition: Callable[[Any], Any]) -> Part:
        holds = condition(root)
        return maker(there if holds is None else all_of(there, holds))

    def of_subordinates(condition: Callable[[Any], Any]) -> Part:
        if condition(subordinates.value) is None:
            return maker(subordinates)
        return maker(subordinates.where(condition))

    return (
        Tier("root", "root", root, of_root),
        Tier("subordinate", subordinates.key, subordinates.value, of_subordinates),
    )


@dataclass(frozen=True)
class Authority:
    """An authority, its certificate, and its activation: whoever refers to the last waits until it can sign."""

    made: Any
    certificate: Any
    active: Any


def root_authority(scope: Module[Any, Any], given: PrivateCaInputs, tier: Tier, lists: Lists) -> Authority:
    """The root, which signs itself."""
    made = _authority(scope, given, tier, lists, "ROOT")
    certificate = tier.every(
        AcmpcaCertificate,
        scope,
        part_id("certificate", tier.id),
        certificate_authority_arn=made.arn,
        certificate_signing_request=made.certificate_signing_request,
        signing_algorithm=_signs_with(tier.wanted),
        template_arn=_template(scope, "RootCACertificate/V1"),
        validity=_validity(tier),
        lifecycle=_SUCCESSOR_FIRST,
    )
    active = tier.every(
        AcmpcaCertificateAuthorityCertificate,
        scope,
        part_id("active", tier.id),
        certificate_authority_arn=made.arn,
        certificate=certificate.certificate,
    )
    return Authority(made, certificate, active)


def subordinate_authorities(
    scope: Module[Any, Any], given: PrivateCaInputs, tier: Tier, lists: Lists, root: Authority
) -> Authority:
    """The subordinates, which the root signs, or the parent that was given."""
    here = is_set(given.root)
    made = _authority(scope, given, tier, lists, "SUBORDINATE")
    certificate = tier.every(
        AcmpcaCertificate,
        scope,
        part_id("certificate", tier.id),
        certificate_authority_arn=choose(here, root.active.certificate_authority_arn, _parent(given).arn),
        certificate_signing_request=made.certificate_signing_request,
        signing_algorithm=choose(here, _signs_with(given.root), _parent(given).signing_algorithm),
        template_arn=_template(scope, f"SubordinateCACertificate_PathLen{tier.wanted.path_length}/V1"),
        validity=_validity(tier),
        lifecycle=_SUCCESSOR_FIRST,
    )
    active = tier.every(
        AcmpcaCertificateAuthorityCertificate,
        scope,
        part_id("active", tier.id),
        certificate_authority_arn=made.arn,
        certificate=certificate.certificate,
        certificate_chain=certificate.certificate_chain,
    )
    return Authority(made, certificate, active)


def with_lists(wanted: Any) -> Any:
    """Whether an authority writes lists of what is revoked."""
    return contains(WITH_CRL, _revocation(wanted))


def _authority(scope: Module[Any, Any], given: PrivateCaInputs, tier: Tier, lists: Lists, kind: str) -> Any:
    wanted, subject = tier.wanted, given.subject
    listed = with_lists(wanted)
    return tier.every(
        AcmpcaCertificateAuthority,
        scope,
        part_id("authority", tier.id),
        type=kind,
        usage_mode=choose(wanted.short_lived, "SHORT_LIVED_CERTIFICATE", "GENERAL_PURPOSE"),
        enabled=wanted.enabled,
        permanent_deletion_time_in_days=given.permanent_deletion_days,
        # the only standard in China: https://docs.amazonaws.cn/en_us/aws/latest/userguide/privateca.html
        key_storage_security_standard=choose(equals(partition(scope), "aws-cn"), "CCPC_LEVEL_1_OR_HIGHER", None),
        certificate_authority_configuration=AcmpcaCertificateAuthorityCertificateAuthorityConfiguration(
            key_algorithm=wanted.key_algorithm,
            signing_algorithm=_signs_with(wanted),
            subject=AcmpcaCertificateAuthorityCertificateAuthorityConfigurationSubject(
                common_name=wanted.common_name,
                organization=subject.organization,
                organizational_unit=subject.organizational_unit,
                country=subject.country,
                state=subject.state,
                locality=subject.locality,
            ),
        ),
        revocation_configuration=AcmpcaCertificateAuthorityRevocationConfiguration(
            crl_configuration=AcmpcaCertificateAuthorityRevocationConfigurationCrlConfiguration(
                enabled=listed,
                expiration_in_days=choose(listed, lists.expiration_days, None),
                s3_bucket_name=choose(listed, lists.bucket, None),
                # the bucket takes no other, and nobody but CloudFront reads it
                s3_object_acl=choose(listed, "BUCKET_OWNER_FULL_CONTROL", None),
                custom_cname=choose(listed, lists.host, None),
            ),
            ocsp_configuration=AcmpcaCertificateAuthorityRevocationConfigurationOcspConfiguration(
                enabled=contains(WITH_OCSP, _revocation(wanted))
            ),
        ),
        tags=tags(scope, given, {"Name": f"{given.name}-{tier.name}"}),
    )


def _revocation(wanted: Any) -> str:
    by_mode: str = choose(wanted.short_lived, "none", "ocsp")
    given: str = wanted.revocation
    return first_set(given, by_mode)


def _parent(given: PrivateCaInputs) -> Any:
    return present(given.parent)


def _signs_with(wanted: Any) -> str:
    return TextReference(f"{hcl(SIGNS_WITH)}[{expression_of(wanted.key_algorithm)}]")


def _template(scope: Module[Any, Any], name: str) -> str:
    """https://docs.aws.amazon.com/privateca/latest/userguide/template-definitions.html"""
    return f"arn:{partition(scope)}:acm-pca:::template/{name}"


def _validity(tier: Tier) -> AcmpcaCertificateValidity:
    return AcmpcaCertificateValidity(type="YEARS", value=f"{tier.wanted.validity_years}")
