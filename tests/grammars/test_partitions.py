"""Partitions: which a region is in, how its services are named, and what it does not have."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.grammars.availability import gaps, offers, unavailable
from groundplan.grammars.partitions import every_partition, is_region, partition_named, partition_of
from groundplan.plan.checks import check_place
from groundplan.values import UNKNOWN

REGIONS = [(partition, region) for partition in every_partition() for region in partition.regions]


@given(st.sampled_from(REGIONS))
def test_every_region_is_in_the_partition_that_lists_it(case: tuple[Any, str]) -> None:
    partition, region = case
    assert partition_of(region) == partition
    assert is_region(region)


def test_a_region_that_is_not_published_yet_is_told_by_its_name() -> None:
    assert partition_of("cn-south-9").id == "aws-cn"
    assert partition_of("us-gov-central-9").id == "aws-us-gov"
    assert partition_of("mars-north-1").id == "aws"
    assert not is_region("cn-south-9")


def test_every_partition_has_its_global_region_among_its_own() -> None:
    for partition in every_partition():
        assert partition.holds(partition.global_region), partition.id


def test_few_principals_end_as_their_partition_does() -> None:
    china = partition_named("aws-cn")

    assert (china.principal_suffix("logs"), china.principal_suffix("backup")) == ("amazonaws.com.cn", "amazonaws.com")
    assert partition_named("aws-us-gov").principal_suffix("logs") == "amazonaws.com"
    for name, services in {
        "aws-cn": "codedeploy elasticmapreduce logs",
        "aws-iso": "cloudhsm config logs workspaces",
        "aws-iso-b": "dms logs",
    }.items():
        partition = partition_named(name)
        assert {partition.principal_suffix(each) for each in services.split()} == {partition.dns_suffix}


CHINA, GOVERNMENT = "cn-north-1", "us-gov-west-1"
AUTHORITY = "aws_acmpca_certificate_authority"
STORED = {"key_storage_security_standard": "CCPC_LEVEL_1_OR_HIGHER"}
OCSP = {**STORED, "revocation_configuration": [{"ocsp_configuration": [{"enabled": True}]}]}

REFUSED: list[tuple[str, dict[str, Any], str, tuple[str, ...], str]] = [
    ("aws_route53_zone", {"name": "example.com", "vpc": []}, GOVERNMENT, (), "public hosted zones of Route 53"),
    ("aws_route53_zone", {"name": "example.com"}, GOVERNMENT, (), "public hosted zones of Route 53"),
    ("aws_route53_key_signing_key", {}, CHINA, (), "DNSSEC signing by Route 53"),
    ("aws_route53_traffic_policy", {"document": UNKNOWN}, "cn-northwest-1", (), "traffic policies of Route 53"),
    (
        "aws_route53_record",
        {"latency_routing_policy": [{"region": GOVERNMENT}]},
        GOVERNMENT,
        ("latency_routing_policy",),
        "latency routing",
    ),
    ("aws_ecr_pull_through_cache_rule", {}, CHINA, (), "pull through caches of ECR"),
    (AUTHORITY, OCSP, CHINA, ("revocation_configuration",), "OCSP of AWS Private CA"),
    (AUTHORITY, {"key_storage_security_standard": None}, CHINA, (), "key storage of AWS Private CA"),
    (
        AUTHORITY,
        {"key_storage_security_standard": "FIPS_140_2_LEVEL_3_OR_HIGHER"},
        CHINA,
        ("key_storage_security_standard",),
        "key storage of AWS Private CA",
    ),
    ("aws_cloudfront_distribution", {}, "us-gov-east-1", (), "CloudFront"),
    ("aws_cloud9_environment_ec2", {}, GOVERNMENT, (), "AWS Cloud9"),
    ("aws_cloud9_environment_membership", {}, CHINA, (), "AWS Cloud9"),
    ("aws_cloudhsm_v2_cluster", {}, CHINA, (), "AWS CloudHSM"),
]


@pytest.mark.parametrize(("type_name", "config", "region", "path", "what"), REFUSED)
def test_what_a_partition_does_not_have_is_refused_with_what_to_do(
    type_name: str, config: dict[str, Any], region: str, path: tuple[str, ...], what: str
) -> None:
    (problem,) = unavailable(type_name, config, region)

    assert problem.attribute_path == path
    assert problem.message.startswith(f"needs {what}")
    assert problem.message.endswith(f"does not offer in the partition {partition_of(region).id}")
    assert " See https://docs.a" in problem.cure
    assert unavailable(type_name, config, "eu-central-1") == []


@pytest.mark.parametrize(
    ("type_name", "config", "region"),
    [
        ("aws_route53_zone", {"vpc": [{"vpc_id": "vpc-0"}]}, GOVERNMENT),
        ("aws_route53_zone", {"vpc": UNKNOWN}, GOVERNMENT),
        ("aws_route53_zone", {"vpc": []}, CHINA),
        ("aws_route53_record", {"latency_routing_policy": [], "weighted_routing_policy": [{"weight": 1}]}, GOVERNMENT),
        (AUTHORITY, STORED, CHINA),
        (AUTHORITY, {**STORED, "revocation_configuration": [{"ocsp_configuration": [{"enabled": UNKNOWN}]}]}, CHINA),
        (AUTHORITY, {"key_storage_security_standard": UNKNOWN}, CHINA),
        ("aws_ecr_pull_through_cache_rule", {}, GOVERNMENT),
        ("aws_never_heard_of", {}, CHINA),
        ("aws_cloudhsm_v2_hsm", {}, GOVERNMENT),
        ("aws_cloudfront_distribution", {}, "eusc-de-east-1"),
    ],
)
def test_what_it_has_or_nobody_claims_passes(type_name: str, config: dict[str, Any], region: str) -> None:
    assert unavailable(type_name, config, region) == []


def test_compositions_ask_by_name() -> None:
    assert not offers(CHINA, "ecr_pull_through_cache")
    assert offers(GOVERNMENT, "ecr_pull_through_cache")
    # which is no resource that a plan could show
    assert not offers(CHINA, "cloudshell")
    assert offers(GOVERNMENT, "cloudshell")
    with pytest.raises(KeyError):
        offers(CHINA, "teleportation")


def test_every_gap_says_where_and_when_it_was_read_and_names_partitions_that_are() -> None:
    known = {partition.id for partition in every_partition()}
    for name, gap in gaps().items():
        assert gap.source.startswith("https://"), name
        assert len(gap.read) == len("2026-11-29"), name
        assert set(gap.partitions) <= known - {"aws"}, name


def test_a_resource_stays_in_the_partition_of_its_provider() -> None:
    (problem,) = check_place("aws_kms_key", {"region": "us-east-1"}, CHINA)

    assert problem.attribute_path == ("region",)
    assert problem.message == (
        "must be a region of the partition aws-cn, as that of the provider, cn-north-1, is; got 'us-east-1'"
    )
    for region, provider in ((None, CHINA), (UNKNOWN, CHINA), ("cn-northwest-1", CHINA), ("us-east-1", None)):
        assert check_place("aws_kms_key", {"region": region}, provider) == []
    assert check_place("aws_kms_key", {"region": "us-east-1"}, UNKNOWN) == []
