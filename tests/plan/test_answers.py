"""What data sources find is wholly known, looks right, and is the environment's own where that says so."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from groundplan.plan.cty import plain
from groundplan.plan.schema import load
from groundplan.plan.server import Maker, Place
from groundplan.plan.server.answers import DataProblem, read_data
from groundplan.plan.server.shapes import UNKNOWN_DOCUMENT
from groundplan.values import wholly_known
from tests.plan.conftest import ANSWERS

TYPES = (
    "aws_ami",
    "aws_arn",
    "aws_availability_zones",
    "aws_billing_service_account",
    "aws_caller_identity",
    "aws_canonical_user_id",
    "aws_cloudfront_log_delivery_canonical_user_id",
    "aws_cloudtrail_service_account",
    "aws_default_tags",
    "aws_ecr_authorization_token",
    "aws_ecr_repository",
    "aws_eks_cluster",
    "aws_eks_cluster_auth",
    "aws_elb_service_account",
    "aws_iam_policy",
    "aws_iam_policy_document",
    "aws_iam_role",
    "aws_ip_ranges",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_lambda_function",
    "aws_organizations_organization",
    "aws_partition",
    "aws_region",
    "aws_regions",
    "aws_route53_zone",
    "aws_s3_bucket",
    "aws_secretsmanager_secret",
    "aws_service",
    "aws_service_principal",
    "aws_serverlessapplicationrepository_application",
    "aws_subnets",
    "aws_vpc",
)

# What the provider cannot do without.
NEEDED = {"aws_arn": {"arn": "arn:aws:s3:::claims"}, "aws_service": {"service_id": "s3"}}


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    return load({"data_sources": TYPES})["aws"].data_sources


def _read(schemas: dict[str, Any], type_name: str, /, **config: Any) -> dict[str, Any]:
    block = schemas[type_name]
    found = _in(schemas, type_name, "eu-west-1", **config)
    assert set(found) == {*block.attributes, *block.blocks}
    return found


def _in(schemas: dict[str, Any], type_name: str, region: str, /, **config: Any) -> dict[str, Any]:
    block = schemas[type_name]
    empty = {each: "given" if attribute.required else None for each, attribute in block.attributes.items()}
    empty |= {nested: [] for nested in block.blocks}
    return dict(plain(read_data(type_name, block, empty | config, ANSWERS, {"region": region})))


@pytest.mark.parametrize("name", TYPES)
def test_everything_in_it_is_known_and_the_same_each_time(name: str, schemas: dict[str, Any]) -> None:
    found = _read(schemas, name, **NEEDED.get(name, {}))
    assert wholly_known(found)
    assert found == _read(schemas, name, **NEEDED.get(name, {}))
    unset = [each for each, attribute in schemas[name].attributes.items() if attribute.computed and found[each] is None]
    assert unset == []


def test_the_environment_is_believed(schemas: dict[str, Any]) -> None:
    assert _read(schemas, "aws_caller_identity")["account_id"] == "111122223333"
    assert _read(schemas, "aws_vpc")["id"] == ANSWERS["vpc_id"]
    assert _read(schemas, "aws_vpc", id="vpc-other")["id"] == "vpc-other"
    assert _read(schemas, "aws_subnets")["ids"] == ANSWERS["subnet_ids"]
    assert _read(schemas, "aws_availability_zones")["names"] == ANSWERS["availability_zones"]
    assert _read(schemas, "aws_organizations_organization")["id"] == ANSWERS["organization_id"]
    cluster = _read(schemas, "aws_eks_cluster", name="dev")
    assert cluster["endpoint"] == ANSWERS["cluster"]["endpoint"]
    assert cluster["version"] == "1.33"
    assert cluster["vpc_config"][0]["vpc_id"] == ANSWERS["vpc_id"]


def test_gitlab_groups_and_projects_are_told_apart_by_their_paths() -> None:
    schemas = load({"data_sources": ["gitlab_group", "gitlab_project"]})["gitlab"].data_sources
    claims = _read(schemas, "gitlab_group", full_path="insurance/claims")
    assert (claims["full_path"], claims["path"]) == ("insurance/claims", "claims")
    assert claims["id"].isdigit()
    assert claims["id"] != _read(schemas, "gitlab_group", full_path="insurance/policies")["id"]
    assert _read(schemas, "gitlab_project", path_with_namespace="insurance/api")["path"] == "api"
    assert wholly_known(claims)


def test_another_region_has_its_own_zones(schemas: dict[str, Any]) -> None:
    zones = _read(schemas, "aws_availability_zones", region="us-west-2")
    assert zones["names"] == ["us-west-2a", "us-west-2b", "us-west-2c"]


def test_a_managed_policy_has_its_well_known_arn(schemas: dict[str, Any]) -> None:
    policy = _read(schemas, "aws_iam_policy", name="AmazonEKSWorkerNodePolicy")
    assert policy["arn"] == "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"


@pytest.mark.parametrize(
    ("type_name", "path", "expected"),
    [
        ("aws_s3_bucket", "arn", "arn:aws:s3:::thing"),
        ("aws_iam_role", "arn", "arn:aws:iam::111122223333:role/thing"),
        ("aws_sqs_queue", "url", "https://sqs.eu-west-1.amazonaws.com/111122223333/thing"),
        ("aws_ecr_repository", "repository_url", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/thing"),
        ("aws_ssm_parameter", "arn", "arn:aws:ssm:eu-west-1:111122223333:parameter/thing"),
        ("aws_grafana_role_association", "arn", "arn:aws:grafana:eu-west-1:111122223333:role_association/thing"),
    ],
)
def test_a_made_up_value_has_the_form_of_its_type(type_name: str, path: str, expected: str) -> None:
    known = {"name": "/thing" if "parameter" in type_name else "thing", "bucket": "thing"}
    assert Maker(type_name, "seed", Place(region="eu-west-1"), known).text((path,)) == expected


@given(some.text(min_size=1, max_size=20), some.sampled_from(["aws_kms_key", "aws_vpc", "aws_lb", "helm_release"]))
def test_a_made_up_value_follows_from_its_seed_alone(seed: str, type_name: str) -> None:
    first, again = (Maker(type_name, seed, Place(), {}).text(("id",)) for _ in range(2))
    assert first == again
    assert first != Maker(type_name, seed + "x", Place(), {}).text(("id",))


def test_a_certificate_has_a_proof_for_each_of_its_names_and_a_wildcard_shares_its_domains() -> None:
    member = {"domain_name": "string", "resource_record_name": "string", "resource_record_type": "string"}
    configured = {"domain_name": "example.com", "subject_alternative_names": ["*.example.com", "www.example.com"]}
    maker = Maker("aws_acm_certificate", "seed", Place(), configured)
    apex, wildcard, www = maker.value(["set", ["object", member]], ("domain_validation_options",))
    assert [made["domain_name"] for made in (apex, wildcard, www)] == [
        "example.com",
        "*.example.com",
        "www.example.com",
    ]
    assert apex["resource_record_name"] == wildcard["resource_record_name"] != www["resource_record_name"]
    assert apex["resource_record_name"].endswith(".example.com.")
    assert apex["resource_record_type"] == "CNAME"


def test_a_list_that_a_service_always_makes_as_long_is_as_long() -> None:
    maker = Maker("aws_sesv2_email_identity", "seed", Place(), {"email_identity": "example.com"})
    tokens = maker.value(["list", "string"], ("dkim_signing_attributes", "tokens"))
    # https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html
    assert len(set(tokens)) == 3


def test_what_only_aws_knows_of_a_document_is_never_taken_for_one(schemas: dict[str, Any]) -> None:
    policy = _read(schemas, "aws_iam_policy", name="ReadOnlyAccess")["policy"]
    assert policy == UNKNOWN_DOCUMENT
    assert "Statement" not in json.loads(policy)
    merged = _read(schemas, "aws_iam_policy_document", source_policy_documents=[policy])
    assert merged["json"] == UNKNOWN_DOCUMENT


def test_the_role_of_a_function_is_an_arn(schemas: dict[str, Any]) -> None:
    found = _read(schemas, "aws_lambda_function", function_name="claims")["role"]
    assert re.fullmatch(r"arn:aws:iam::111122223333:role/\w+", found)


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ("xx-nowhere-1", "aws", "amazonaws.com"),
    ],
)
def test_partition_and_names_follow_the_region(
    region: str, partition: str, suffix: str, schemas: dict[str, Any]
) -> None:
    found = plain(_in(schemas, "aws_partition", region))
    assert (found["partition"], found["dns_suffix"]) == (partition, suffix)
    assert _in(schemas, "aws_region", region)["endpoint"] == f"ec2.{region}.{suffix}"
    repository = _in(schemas, "aws_ecr_repository", region, name="claims")
    assert repository["repository_url"] == f"111122223333.dkr.ecr.{region}.{suffix}/claims"
    assert repository["arn"].startswith(f"arn:{partition}:ecr:{region}:")
    assert (
        Maker("aws_sqs_queue", "seed", Place(region=region), {})
        .text(("url",))
        .startswith(f"https://sqs.{region}.{suffix}/")
    )


def test_what_the_provider_has_in_a_table_is_exact(schemas: dict[str, Any]) -> None:
    assert _read(schemas, "aws_elb_service_account")["arn"] == "arn:aws:iam::156460612806:root"
    china = _read(schemas, "aws_cloudtrail_service_account", region="cn-north-1")
    assert china["arn"] == "arn:aws-cn:iam::193415116832:root"
    assert _read(schemas, "aws_billing_service_account")["arn"] == "arn:aws:iam::386209384616:root"
    assert _read(schemas, "aws_region")["description"] == "Europe (Ireland)"
    assert "eu-south-1" not in _read(schemas, "aws_regions")["names"]
    assert "eu-south-1" in _read(schemas, "aws_regions", all_regions=True)["names"]
    with pytest.raises(DataProblem, match=r"knows no account for aws_elb_service_account in region 'mx-central-1'"):
        _read(schemas, "aws_elb_service_account", region="mx-central-1")


def test_principals_of_services_are_global_but_for_a_few(schemas: dict[str, Any]) -> None:
    assert _read(schemas, "aws_service_principal", service_name="s3")["id"] == "s3.eu-west-1.amazonaws.com"
    assert _in(schemas, "aws_service_principal", "cn-north-1", service_name="s3")["name"] == "s3.amazonaws.com"
    assert _in(schemas, "aws_service_principal", "cn-north-1", service_name="logs")["name"] == "logs.amazonaws.com.cn"


def test_a_service_is_found_by_any_of_its_names(schemas: dict[str, Any]) -> None:
    by_id = _read(schemas, "aws_service", service_id="s3")
    assert by_id["dns_name"] == "s3.eu-west-1.amazonaws.com"
    assert by_id["reverse_dns_name"] == "com.amazonaws.eu-west-1.s3"
    other = _read(schemas, "aws_service", dns_name="ec2.cn-north-1.amazonaws.com.cn")
    assert (other["service_id"], other["region"], other["partition"]) == ("ec2", "cn-north-1", "aws-cn")
    for config, message in (
        ({}, "no service is named"),
        ({"dns_name": "s3"}, "fewer than the four parts"),
        ({"reverse_dns_name": "com.s3"}, "fewer than the four parts"),
    ):
        with pytest.raises(DataProblem, match=message):
            _read(schemas, "aws_service", **config)


def test_an_arn_is_taken_apart_and_a_text_that_is_none_is_refused(schemas: dict[str, Any]) -> None:
    found = _read(schemas, "aws_arn", arn="arn:aws:rds:eu-west-1:111122223333:db:claims:1")
    assert (found["service"], found["region"], found["resource"]) == ("rds", "eu-west-1", "db:claims:1")
    with pytest.raises(DataProblem, match="'claims' is no ARN"):
        _read(schemas, "aws_arn", arn="claims")


def test_default_tags_are_the_providers_own(schemas: dict[str, Any]) -> None:
    found = read_data(
        "aws_default_tags",
        schemas["aws_default_tags"],
        {"id": None, "tags": None},
        ANSWERS,
        {"region": "eu-west-1", "default_tags": {"team": "claims"}},
    )
    assert found == {"id": "aws", "tags": {"team": "claims"}}


def test_a_default_of_a_data_source_is_found(schemas: dict[str, Any]) -> None:
    assert _read(schemas, "aws_ami", owners=["self"])["most_recent"] is False
