"""Schemas that come from the bindings say what the providers' own schemas say."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.plan import schema_for
from groundplan.plan.schema import Block, load
from groundplan.plan.schema.model import has_dynamic
from groundplan.problems import BadInput


def test_required_optional_and_computed_are_told_apart() -> None:
    bucket = schema_for("aws_s3_bucket_versioning")
    assert bucket.attributes["bucket"].required
    assert bucket.attributes["mfa"].optional
    assert not bucket.attributes["mfa"].computed
    arn = schema_for("aws_s3_bucket").attributes["arn"]
    assert arn.computed_only


def test_a_required_block_of_one_is_a_list_with_both_bounds() -> None:
    block = schema_for("aws_s3_bucket_versioning").blocks["versioning_configuration"]
    assert (block.nesting, block.min_items, block.max_items) == ("list", 1, 1)
    assert block.block.attributes["status"].required


def test_an_optional_argument_that_the_provider_fills_is_computed_too() -> None:
    assert schema_for("aws_s3_bucket").attributes["bucket"].computed
    assert schema_for("aws_s3_bucket").attributes["region"].computed


def test_secrets_are_marked() -> None:
    version = schema_for("aws_secretsmanager_secret_version").attributes
    assert version["secret_string"].sensitive
    assert version["secret_string_wo"].write_only


def test_an_attribute_that_looks_like_a_block_is_an_attribute() -> None:
    group = schema_for("aws_security_group")
    assert "ingress" not in group.blocks
    assert group.attributes["ingress"].type[:1] == ["set"]
    release = schema_for("helm_release")
    assert release.attributes["set"].nested is not None
    assert release.attributes["set"].nested.attributes["name"].required


def test_a_set_that_holds_anything_is_served_as_a_list() -> None:
    rule = schema_for("aws_wafv2_web_acl").blocks["rule"]
    assert rule.nesting == "list"
    assert has_dynamic(rule.block.cty())


def test_struct_files_beside_the_main_one_are_read() -> None:
    spec = schema_for("kubernetes_deployment_v1").blocks["spec"].block.blocks["template"].block.blocks["spec"].block
    assert "container" in spec.blocks
    assert spec.blocks["container"].block.attributes["name"].required


def test_a_data_source_has_its_own_schema() -> None:
    assert "state" in schema_for("aws_vpc", data=True).attributes
    secret = schema_for("kubernetes_secret_v1", data=True).attributes["data"]
    assert (secret.type, secret.sensitive) == (["map", "string"], True)


def test_provider_configurations_have_no_alias() -> None:
    for provider in load({}).values():
        assert "alias" not in provider.provider.attributes
    assert "default_tags" in load({})["aws"].provider.blocks


def test_a_type_that_is_not_there_is_named_with_the_nearest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> None:
        raise AssertionError("the archive was read, which takes a second")

    monkeypatch.setattr("groundplan.plan.schema.store.tarfile.open", opened)
    with pytest.raises(BadInput, match="did you mean aws_s3_bucket"):
        schema_for("aws_s3_bukcet")
    with pytest.raises(BadInput, match="did you mean aws_caller_identity"):
        schema_for("aws_caller_identify", data=True)
    with pytest.raises(BadInput):
        schema_for("random_id")


@pytest.mark.parametrize("name", ["gitlab_project", "helm_release", "vault_mount"])
def test_a_derived_schema_is_kept_whole(own_cache: Path, name: str) -> None:
    first = schema_for(name)
    files = [path for path in own_cache.rglob(f"resources.{name}.json") if path.is_file()]
    assert len(files) == 1
    assert schema_for(name) == first == Block.from_json(first.to_json())
    files[0].write_text("{ half a fi")
    assert schema_for(name) == first


def test_gitlab_types_come_with_their_secrets_marked() -> None:
    token = schema_for("gitlab_project_deploy_token").attributes
    assert token["token"].sensitive
    assert token["token"].computed_only
    assert token["scopes"].type == ["set", "string"]
    assert load({})["gitlab"].provider.attributes["token"].sensitive


def test_vault_types_are_those_of_its_provider() -> None:
    connection = schema_for("vault_database_secret_backend_connection").blocks["postgresql"]
    assert (connection.nesting, connection.max_items) == ("list", 1)
    secret = connection.block.attributes
    assert (secret["password"].sensitive, secret["password_wo"].write_only) == (True, True)
    key = schema_for("vault_transit_secret_backend_key").attributes
    assert (key["deletion_allowed"].default, key["type"].default) == (False, "aes256-gcm96")
    assert [key[name].force_new for name in ("name", "type", "deletion_allowed")] == [True, True, False]
    assert (key["auto_rotate_period"].optional, key["auto_rotate_period"].computed) == (True, True)
    login = load({})["vault"].provider.blocks["auth_login_aws"]
    assert (login.nesting, login.block.attributes["role"].required) == ("list", True)


def test_an_optional_gitlab_attribute_stays_merely_optional_where_nothing_more_is_known() -> None:
    username = schema_for("gitlab_project_deploy_token").attributes["username"]
    assert (username.optional, username.computed) == (True, False)
    policy = schema_for("gitlab_project").blocks["container_expiration_policy"]
    assert policy.max_items == 1
    assert policy.block.attributes["next_run_at"].computed_only


def test_a_cache_that_cannot_be_written_is_replaced_for_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("a file where a folder should be")
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "file" / "cache"))
    found = load({"resources": {"helm_release"}})
    assert found["helm"].resources["helm_release"].attributes["chart"].required
    assert "GROUNDPLAN_CACHE_DIR" in capsys.readouterr().err
