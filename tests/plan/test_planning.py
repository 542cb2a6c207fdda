"""What is planned where nobody wrote anything, and what replaces a resource, are the aws provider's own answers."""

from __future__ import annotations

from typing import Any

import pytest

from groundplan.plan.report import possible_replacements
from groundplan.plan.schema import Attribute, Block, NestedBlock, load
from groundplan.plan.server.planning import plan_change, replaced_paths
from groundplan.values import UNKNOWN

TYPES = (
    "aws_cloudfront_distribution",
    "aws_cognito_user_pool_client",
    "aws_eks_pod_identity_association",
    "aws_instance",
    "aws_lambda_function",
    "aws_lex_bot_alias",
    "aws_security_group",
    "aws_security_group_rule",
    "aws_sqs_queue",
)


WORDS = ("permit", "forbid")


@pytest.fixture(scope="module")
def schemas() -> dict[str, Block]:
    return load({"resources": TYPES})["aws"].resources


def _config(block: Block, **given: Any) -> dict[str, Any]:
    empty = dict.fromkeys(block.attributes) | {name: [] for name in block.blocks}
    return empty | given


def _planned(block: Block, prior: Any = None, /, **given: Any) -> dict[str, Any]:
    config = _config(block, **given)
    return dict(plan_change(block, prior, config, config, settings={"region": "eu-west-1"}))


def _replaced(block: Block, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str | int, ...]]:
    prior, config = _config(block, **before), _config(block, **after)
    return replaced_paths(block, prior, config, config, lambda each: each.force_new)


def test_defaults_are_planned_as_their_types(schemas: dict[str, Block]) -> None:
    queue = _planned(schemas["aws_sqs_queue"])
    assert queue["visibility_timeout_seconds"] == 30
    assert queue["fifo_queue"] is False
    assert _planned(schemas["aws_sqs_queue"], delay_seconds=UNKNOWN)["delay_seconds"] is UNKNOWN
    assert _planned(schemas["aws_sqs_queue"], delay_seconds=7)["delay_seconds"] == 7


def test_defaults_are_in_blocks_that_are_there_and_in_no_other(schemas: dict[str, Block]) -> None:
    block = schemas["aws_cloudfront_distribution"]
    assert _planned(block)["viewer_certificate"] == []
    certificate = _config(block.blocks["viewer_certificate"].block, cloudfront_default_certificate=True)
    planned = _planned(block, viewer_certificate=[certificate])["viewer_certificate"]
    assert planned[0]["minimum_protocol_version"] == "TLSv1"
    written = certificate | {"minimum_protocol_version": "TLSv1.2_2021"}
    assert _planned(block, viewer_certificate=[written])["viewer_certificate"] == [written]


def test_a_default_that_is_computed_too_wins_over_what_was_there(schemas: dict[str, Block]) -> None:
    block = schemas["aws_eks_pod_identity_association"]
    assert _planned(block)["disable_session_tags"] is False
    prior = _planned(block, disable_session_tags=True)
    config = _config(block)
    planned = plan_change(block, prior, prior, config, settings={})
    assert planned["disable_session_tags"] is False


def test_the_older_sdk_plans_no_empty_text(schemas: dict[str, Block]) -> None:
    assert _planned(schemas["aws_lex_bot_alias"])["description"] is None


def test_a_default_stands_beside_what_conflicts_with_it(schemas: dict[str, Block]) -> None:
    planned = _planned(schemas["aws_security_group_rule"], cidr_blocks=["10.0.0.0/8"])
    assert (planned["self"], planned["cidr_blocks"]) == (False, ["10.0.0.0/8"])


def test_a_rule_inside_an_attribute_has_its_default(schemas: dict[str, Block]) -> None:
    rule = {"from_port": 443, "to_port": 443, "protocol": "tcp", "self": None}
    assert _planned(schemas["aws_security_group"], ingress=[rule])["ingress"] == [rule | {"self": False}]


def test_an_unchanged_resource_stays_as_it_was_whatever_the_order_of_its_sets(schemas: dict[str, Block]) -> None:
    block = schemas["aws_cloudfront_distribution"]
    origins = [
        _config(block.blocks["origin"].block, domain_name=f"{name}.example.com", origin_id=name) for name in ("a", "b")
    ]
    prior = _planned(block, origin=origins)
    known = {name: "made-up" if value is UNKNOWN else value for name, value in prior.items()}
    known["origin"] = [
        {name: 30 if value is UNKNOWN else value for name, value in each.items()} for each in reversed(prior["origin"])
    ]
    config = _config(block, origin=origins)
    # the core does not recognize a member of a set whose default it did not see, and hands on what is configured
    assert plan_change(block, known, known | {"origin": origins}, config, settings={}) == known
    more = [*origins, _config(block.blocks["origin"].block, domain_name="c.example.com", origin_id="c")]
    planned = plan_change(block, known, known | {"origin": more}, _config(block, origin=more), settings={})
    assert [each["response_completion_timeout"] for each in planned["origin"]] == [30, 30, UNKNOWN]


def test_a_change_of_what_the_provider_cannot_change_replaces(schemas: dict[str, Block]) -> None:
    function = schemas["aws_lambda_function"]
    assert _replaced(function, {"function_name": "a"}, {"function_name": "b"}) == [("function_name",)]
    assert _replaced(function, {"timeout": 3}, {"timeout": 4}) == []
    assert _replaced(function, {"region": "eu-west-1"}, {"region": "eu-west-2"}) == [("region",)]
    assert replaced_paths(function, None, _config(function), _config(function), lambda each: each.force_new) == []


def test_what_forces_inside_a_block_is_found_at_its_place(schemas: dict[str, Block]) -> None:
    instance = schemas["aws_instance"]
    disk = instance.blocks["root_block_device"].block
    before = {"root_block_device": [_config(disk, encrypted=False, volume_size=8)]}
    assert _replaced(instance, before, {"root_block_device": [_config(disk, encrypted=True, volume_size=8)]}) == [
        ("root_block_device", 0, "encrypted")
    ]
    assert _replaced(instance, before, {"root_block_device": [_config(disk, encrypted=False, volume_size=9)]}) == []
    assert _replaced(instance, before, {}) == [("root_block_device",)]


def test_a_member_of_a_set_that_came_or_went_is_told_at_the_set() -> None:
    inner = Block({"name": Attribute("string", optional=True, force_new=True), "size": Attribute("number")})
    block = Block(blocks={"disk": NestedBlock("set", inner)})
    small, large = {"name": "a", "size": 1}, {"name": "b", "size": 1}
    assert _replaced(block, {"disk": [small, large]}, {"disk": [large, small]}) == []
    assert _replaced(block, {"disk": [small]}, {"disk": [small, large]}) == [("disk",)]
    assert _replaced(block, {"disk": []}, {"disk": [{"name": None, "size": 1}]}) == []


def test_what_nobody_configured_does_not_replace(schemas: dict[str, Block]) -> None:
    block = schemas["aws_instance"]
    prior = _config(block, availability_zone="eu-west-1a")
    planned = prior | {"availability_zone": UNKNOWN}
    assert replaced_paths(block, prior, planned, _config(block), lambda each: each.force_new) == []
    found = replaced_paths(
        block, prior, planned, _config(block, availability_zone=UNKNOWN), lambda each: each.force_new
    )
    assert found == [("availability_zone",)]


def test_a_block_of_which_there_must_be_more_than_one_says_how_many(schemas: dict[str, Block]) -> None:
    groups = schemas["aws_cloudfront_distribution"].blocks["origin_group"]
    assert groups.block.blocks["member"].min_items == 2


def test_where_the_providers_code_decides_the_change_may_replace() -> None:
    def change(before: dict[str, Any], after: dict[str, Any], **more: Any) -> dict[str, Any]:
        values = {"actions": ["update"], "before": before, "after": after, **more}
        return {"address": "aws_x.y", "mode": "managed", "type": "aws_neptunegraph_graph", "change": values}

    def told(*changes: dict[str, Any]) -> list[tuple[str, ...]]:
        return [each.attributes for each in possible_replacements({"resource_changes": list(changes)})]

    assert told(change({"replica_count": 1}, {"replica_count": 2})) == [("replica_count",)]
    assert told(change({"replica_count": 1}, {}, after_unknown={"replica_count": True})) == [("replica_count",)]
    assert told(change({"replica_count": 1, "tags": {}}, {"replica_count": 1, "tags": {"a": "b"}})) == []
    assert told(change({"replica_count": 1}, {"replica_count": 2}) | {"type": "aws_sqs_queue"}) == []
    # of what lies in blocks, the block is named
    policies = [
        {"definition": [{"static": [{"statement": f"{word}(principal, action, resource);"}]}]} for word in WORDS
    ]
    assert told(change(*policies) | {"type": "aws_verifiedpermissions_policy"}) == [("definition",)]
    assert told(change(*policies[:1] * 2) | {"type": "aws_verifiedpermissions_policy"}) == []
    replaced = change({"replica_count": 1}, {"replica_count": 2})
    replaced["change"]["actions"] = ["delete", "create"]
    assert told(replaced) == []
