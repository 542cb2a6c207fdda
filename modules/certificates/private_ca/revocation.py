"""Lists of revoked certificates: a private bucket, and a distribution that clients reach over plain HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistribution,
    CloudfrontDistributionDefaultCacheBehavior,
    CloudfrontDistributionDefaultCacheBehaviorForwardedValues,
    CloudfrontDistributionDefaultCacheBehaviorForwardedValuesCookies,
    CloudfrontDistributionOrigin,
    CloudfrontDistributionRestrictions,
    CloudfrontDistributionRestrictionsGeoRestriction,
    CloudfrontDistributionViewerCertificate,
)
from cdktf_cdktf_provider_aws.cloudfront_origin_access_control import CloudfrontOriginAccessControl

from groundplan.building import account_id, dns_suffix, encryption_key, maker, partition, private_bucket, region, tags
from groundplan.framework import Module, all_of, choose, first_set, fitted, is_set, negated, part_id, present
from groundplan.framework.references import TextReference

from . import access
from .inputs import PrivateCaInputs

__all__ = ["BUCKET_NAME_CHARACTERS", "Lists", "revocation_lists"]

BUCKET_NAME_CHARACTERS = 63
CONTROL_NAME_CHARACTERS = 64
CACHE_SECONDS = 300
"""How long a distribution may keep a list: what is revoked is known half an hour later at most anyway."""


@dataclass(frozen=True)
class Lists:
    """Where lists are written, and the host name that certificates name; null without lists."""

    bucket: str
    host: str
    expiration_days: float


def revocation_lists(scope: Module[Any, Any], given: PrivateCaInputs) -> Lists:
    """The bucket of the lists, its key, and the distribution that serves them.

    Clients fetch a list without credentials and over plain HTTP, since a list is signed and the certificate that TLS
    would need might itself be the one in question. https://datatracker.ietf.org/doc/html/rfc5280#section-4.2.1.13
    """
    wanted: Any = present(given.crl)
    there = is_set(given.crl)
    name = fitted(f"{given.name}-crl-{account_id(scope)}", BUCKET_NAME_CHARACTERS)
    bucket_arn = f"arn:{partition(scope)}:s3:::{name}"
    distributions = f"arn:{partition(scope)}:cloudfront::{account_id(scope)}:distribution/*"
    key = encryption_key(
        scope,
        "crl",
        given,
        existing=given.kms_key,
        name=f"{given.name}-crl",
        purpose=f"Encrypts the lists of revoked certificates of {given.name}",
        statements=[*access.encrypts_objects(bucket_arn), *access.cloudfront_decrypts(distributions)],
        only_when=there,
    )
    bucket = private_bucket(
        scope,
        "crl",
        given,
        name=name,
        key=key,
        statements=[
            *access.authority_writes(bucket_arn, account_id(scope)),
            *access.cloudfront_reads(bucket_arn, distributions),
        ],
        only_when=there,
    )
    part = maker(all_of(there, negated(is_set(wanted.served_at))))
    control = part(
        CloudfrontOriginAccessControl,
        scope,
        part_id("access_control", "crl"),
        name=fitted(f"{given.name}-crl", CONTROL_NAME_CHARACTERS),
        description=f"Reads the lists of revoked certificates of {given.name}",
        origin_access_control_origin_type="s3",
        signing_behavior="always",
        signing_protocol="sigv4",
    )
    distribution = part(
        CloudfrontDistribution,
        scope,
        part_id("distribution", "crl"),
        enabled=True,
        comment=f"Lists of revoked certificates of {given.name}",
        is_ipv6_enabled=True,
        price_class="PriceClass_100",
        origin=[
            CloudfrontDistributionOrigin(
                origin_id="crl",
                domain_name=f"{bucket.name}.s3.{region(scope)}.{dns_suffix(scope)}",
                origin_access_control_id=control.id,
            )
        ],
        default_cache_behavior=CloudfrontDistributionDefaultCacheBehavior(
            target_origin_id="crl",
            allowed_methods=["GET", "HEAD"],
            cached_methods=["GET", "HEAD"],
            viewer_protocol_policy="allow-all",
            min_ttl=0,
            default_ttl=CACHE_SECONDS,
            max_ttl=CACHE_SECONDS,
            forwarded_values=CloudfrontDistributionDefaultCacheBehaviorForwardedValues(
                query_string=False,
                cookies=CloudfrontDistributionDefaultCacheBehaviorForwardedValuesCookies(forward="none"),
            ),
        ),
        restrictions=CloudfrontDistributionRestrictions(
            geo_restriction=CloudfrontDistributionRestrictionsGeoRestriction(restriction_type="none")
        ),
        viewer_certificate=CloudfrontDistributionViewerCertificate(cloudfront_default_certificate=True),
        tags=tags(scope, given),
    )
    return Lists(
        # of the policy: an authority tries the bucket when it is made
        bucket=TextReference("one(aws_s3_bucket_policy.crl[*].bucket)"),
        host=choose(there, first_set(wanted.served_at, distribution.domain_name), None),
        expiration_days=choose(there, wanted.expiration_days, None),
    )
