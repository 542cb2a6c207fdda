"""What data sources find is wholly known, looks right, and is the environment's own where that says so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from groundplan.plan.cty import plain
from groundplan.plan.schema import load
from groundplan.plan.server import Maker, Place
from groundplan.plan.server.answers import read_data
from groundplan.values import wholly_known
from tests.plan.conftest import ANSWERS

TYPES = (
    "aws_availability_zones",
    "aws_caller_identity",
    "aws_ecr_authorization_token",
    "aws_ecr_repository",
    "aws_eks_cluster",
    "aws_eks_cluster_auth",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_organizations_organization",
    "aws_partition",
    "aws_region",
    "aws_route53_zone",
    "aws_secretsmanager_secret",
    "aws_serverlessapplicationrepository_application",
    "aws_subnets",
    "aws_vpc",
)


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    return load({"data_sources": TYPES})["aws"].data_sources


def _read(schemas: dict[str, Any], type_name: str, /, **config: Any) -> dict[str, Any]:
    block = schemas[type_name]
    empty = {each: "given" if attribute.required else None for each, attribute in block.attributes.items()}
    empty |= {nested: [] for nested in block.blocks}
    found = plain(read_data(type_name, block, empty | config, ANSWERS, "eu-west-1"))
    assert set(found) == set(empty)
    return dict(found)


@pytest.mark.parametrize("name", TYPES)
def test_everything_in_it_is_known_and_the_same_each_time(name: str, schemas: dict[str, Any]) -> None:
    found = _read(schemas, name)
    assert wholly_known(found)
    assert found == _read(schemas, name)
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
