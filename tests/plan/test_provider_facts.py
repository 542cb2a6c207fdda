"""What the provider refuses or fills in by itself, type by type."""

from __future__ import annotations

import pytest

from groundplan.plan.schema import provider_facts, schema_for


def test_facts_stand_by_path() -> None:
    name = provider_facts("aws_accessanalyzer_analyzer").at("analyzer_name")
    assert name["force_new"] is True
    assert name["length_between"] == [1, 255]
    whole = provider_facts("aws_vpc_security_group_ingress_rule").at("")
    assert whole["exactly_one_of"] == [["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]]


def test_resources_and_data_sources_are_told_apart() -> None:
    assert provider_facts("aws_iam_policy_document", data=True)
    assert not provider_facts("aws_iam_policy_document")


def test_vault_has_rules_of_its_own() -> None:
    connection = provider_facts("vault_database_secret_backend_connection")
    assert "mysql" in connection.at("postgresql")["conflicts_with"]
    assert connection.at("postgresql.password")["sensitive"] is True
    assert provider_facts("vault_aws_secret_backend_role").at("policy_document")["json"] is True
    assert provider_facts("vault_transit_secret_backend_key").at("name")["force_new"] is True


@pytest.mark.parametrize("name", ["aws_no_such_thing", "vault_no_such_thing", "gitlab_project", "nobodys_thing"])
def test_a_type_that_nobody_knows_has_no_facts(name: str) -> None:
    facts = provider_facts(name)
    assert not facts
    assert facts.paths == ()
    assert facts.at("name") == {}


def test_a_block_like_another_has_its_facts_and_names_its_own_neighbours() -> None:
    facts = provider_facts("aws_lexv2models_intent")
    inside = facts.at("closing_setting.conditional.default_branch.response.allow_interrupt")
    assert inside == facts.at("closing_setting.closing_response.allow_interrupt")
    deep = provider_facts("aws_wafv2_web_acl")
    statement = "rule.statement.and_statement.statement.not_statement.statement"
    assert deep.at(f"{statement}.geo_match_statement.country_codes") == deep.at(
        "rule.statement.geo_match_statement.country_codes"
    )


def test_what_the_published_schema_calls_secret_is_secret_here() -> None:
    assert schema_for("aws_kms_ciphertext").attributes["plaintext_wo"].write_only
    assert schema_for("aws_transfer_server").attributes["host_key"].sensitive
