"""A provider's own block is checked like a resource, and unknown values are nobody's fault."""

from __future__ import annotations

from typing import Any

import pytest

from groundplan.plan.schema import load
from groundplan.plan.server.configuration import provider_problems
from groundplan.plan.server.wire import schema_response
from groundplan.values import UNKNOWN


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("aws", {}),
        ("aws", {"region": "eu-west-1", "allowed_account_ids": ["111122223333"], "retry_mode": "adaptive"}),
        ("aws", {"region": "xx-new-1", "skip_region_validation": True}),
        ("aws", {"region": UNKNOWN, "allowed_account_ids": UNKNOWN, "default_tags": [{"tags": UNKNOWN}]}),
        ("aws", {"assume_role": [{"role_arn": UNKNOWN, "duration": "1h30m"}, {"role_arn": "arn:aws:iam::1:role/x"}]}),
        ("aws", {"default_tags": [{"tags": {"team": "claims", "cost": UNKNOWN}}]}),
        ("aws", {"assume_role_with_web_identity": [{"web_identity_token_file": "/token"}]}),
        ("aws", {"endpoints": [{"s3": "http://localhost:4566", "sts": None}]}),
        ("helm", {"kubernetes": {"config_path": "x", "exec": {"api_version": "v1", "command": "aws"}}}),
        ("helm", {"kubernetes": UNKNOWN, "registries": None}),
        ("kubernetes", {"host": UNKNOWN, "config_paths": ["a"], "exec": [{}]}),
        ("gitlab", {"base_url": "https://gitlab.example.com/api/v4/"}),
        ("vault", {"address": "https://vault.example.com:8200", "auth_login_aws": [{"role": "x"}], "auth_login": []}),
    ],
)
def test_what_a_provider_takes_is_taken(name: str, config: dict[str, Any]) -> None:
    assert provider_problems(name, config) == []


@pytest.mark.parametrize(
    ("name", "config", "path", "message"),
    [
        ("aws", {"region": "eu-west-9"}, ("region",), "'eu-west-9' is no region of AWS"),
        ("aws", {"sts_region": "aws-global"}, ("sts_region",), "is no region"),
        ("aws", {"forbidden_account_ids": ["1"]}, ("forbidden_account_ids",), "'1' is no account id"),
        (
            "aws",
            {"allowed_account_ids": ["111122223333"], "forbidden_account_ids": ["444455556666"]},
            ("allowed_account_ids",),
            "allowed_account_ids and forbidden_account_ids exclude each other",
        ),
        ("aws", {"retry_mode": "often"}, ("retry_mode",), "'often' is not allowed"),
        ("aws", {"default_tags": [{}, {}]}, ("default_tags",), "it is there 2 times"),
        ("aws", {"assume_role": [{"role_arn": "deploy"}]}, ("assume_role", 0, "role_arn"), "'deploy' is no ARN"),
        ("aws", {"assume_role": [{"policy_arns": ["x"]}]}, ("assume_role", 0, "policy_arns"), "'x' is no ARN"),
        ("aws", {"assume_role": [{"duration": "13h"}]}, ("assume_role", 0, "duration"), "'13h' is no duration"),
        ("aws", {"assume_role": [{"duration": "900"}]}, ("assume_role", 0, "duration"), "'900' is no duration"),
        ("aws", {"assume_role": [{"session_name": "a b"}]}, ("assume_role", 0, "session_name"), "is not allowed"),
        (
            "aws",
            {"assume_role_with_web_identity": [{}]},
            ("assume_role_with_web_identity", 0),
            "none of web_identity_token and web_identity_token_file is set",
        ),
        ("aws", {"default_tags": [{"tags": {"AWS:x": "y"}}]}, ("default_tags", 0, "tags", "AWS:x"), "AWS's own"),
        ("aws", {"default_tags": [{"tags": {"": "y"}}]}, ("default_tags", 0, "tags", ""), "has 0 characters"),
        ("aws", {"default_tags": [{"tags": {"x": "y" * 257}}]}, ("default_tags", 0, "tags", "x"), "257 characters"),
        ("aws", {"default_tags": [{"tags": {str(n): "" for n in range(51)}}]}, ("default_tags", 0, "tags"), "51 tags"),
        ("aws", {"endpoints": [{"s3": "localhost"}]}, ("endpoints", 0, "s3"), "'localhost' is no URL"),
        ("helm", {"kubernetes": {"config_path": "a", "config_paths": ["b"]}}, ("kubernetes", "config_path"), "exclude"),
        ("helm", {"kubernetes": {"exec": {"command": "x"}}}, ("kubernetes", "exec", "api_version"), "is required"),
        ("helm", {"registries": [{"url": "x", "username": "y"}]}, ("registries", 0, "password"), "is required"),
        ("kubernetes", {"config_path": "a", "config_paths": ["b"]}, ("config_path",), "exclude each other"),
        ("kubernetes", {"exec": [{}, {}]}, ("exec",), "it is there 2 times"),
        ("gitlab", {"base_url": "gitlab.example.com"}, ("base_url",), "is no URL"),
        ("vault", {"address": "vault.example.com:8200"}, ("address",), "is no URL"),
        ("vault", {"auth_login_jwt": [{}], "auth_login_aws": [{}]}, ("auth_login_aws",), "exclude each other"),
    ],
)
def test_what_a_provider_refuses_is_told_at_its_path(
    name: str, config: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    (problem,) = provider_problems(name, config)
    assert problem.attribute_path == path
    assert message in problem.message
    assert problem.cure


def test_modules_may_tell_the_aws_provider_of_themselves() -> None:
    schemas = load({})
    (attribute,) = schema_response(schemas["aws"]).provider_meta.block.attributes
    assert (attribute.name, attribute.type, attribute.optional) == ("user_agent", b'["list","string"]', True)
    assert not schema_response(schemas["helm"]).HasField("provider_meta")
