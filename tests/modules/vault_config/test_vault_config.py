"""What Terraform would have Vault serve: everything, little, and a root of its own."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from modules.secrets.vault_config import VaultConfig
from tests.modules.vault_config.examples import AUTHORITY, FULL, ROLES, ROOT, SMALL, TOPIC
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]


@pytest.fixture(scope="module")
def full(plan_module: Planner) -> ModulePlan:
    return plan_module(VaultConfig, FULL)


@pytest.fixture(scope="module")
def root(plan_module: Planner) -> ModulePlan:
    return plan_module(VaultConfig, ROOT)


def test_the_addresses_stay_as_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_nothing_is_made_that_nobody_asked_for(plan_module: Planner) -> None:
    # whatever else is left out, what Vault is asked is written down
    small = plan_module(VaultConfig, SMALL)
    assert small.addresses == ["vault_audit.file[0]", "vault_audit.stdout[0]"]
    assert small.outputs["kubernetes_auth_path"] is None
    assert small.outputs["database_paths"] == small.outputs["ca_certificates"] == {}


def test_no_secret_is_in_the_plan(full: ModulePlan) -> None:
    secrets = ("password", "password_wo", "secret_key", "access_key", "token_reviewer_jwt", "pem_bundle")
    found = []
    for address in full.addresses:
        planned = full.resource(address)
        blocks = [planned, full.unknown(address), *(planned.get("postgresql") or ())]
        found += [(address, name) for block in blocks for name in secrets if block.get(name)]
    assert found == []


# What is written down, who gets in


def test_vault_writes_down_what_it_is_asked_in_the_file_that_is_shipped_and_in_a_second_place(full: ModulePlan) -> None:
    assert full.resource("vault_audit.file[0]")["options"] == {"file_path": "/vault/audit/audit.log", "mode": "0640"}
    assert full.resource("vault_audit.stdout[0]")["options"] == {"file_path": "stdout"}


def test_policies_are_the_paths_that_were_given_and_no_more(full: ModulePlan) -> None:
    policies = {made["name"]: json.loads(made["policy"]) for made in full.resources("vault_policy").values()}
    assert policies == {
        "claims-api": {
            "path": {
                "database/creds/claims-reader": {"capabilities": ["read"]},
                "transit/decrypt/claims": {"capabilities": ["update"]},
                "transit/encrypt/claims": {"capabilities": ["update"]},
            }
        },
        "snapshots": {"path": {"sys/storage/raft/snapshot": {"capabilities": ["read"]}}},
    }


def test_a_login_is_bound_to_service_account_namespace_and_audience(full: ModulePlan) -> None:
    role = full.resource('vault_kubernetes_auth_backend_role.logins["claims-api"]')
    assert role["backend"] == "kubernetes"
    assert role["bound_service_account_names"] == ["claims-api"]
    assert role["bound_service_account_namespaces"] == ["claims"]
    assert (role["audience"], role["token_policies"]) == ("vault", ["claims-api"])
    assert (role["token_ttl"], role["token_max_ttl"]) == (600, 14_400)


# What is handed out


def test_a_user_of_a_database_ends_with_its_lease(full: ModulePlan) -> None:
    role = full.resource('vault_database_secret_backend_role.users["claims/reader"]')
    assert (role["name"], role["db_name"]) == ("claims-reader", "claims")
    assert (role["default_ttl"], role["max_ttl"]) == (3600, 28_800)
    assert full.outputs["database_paths"]["claims/reader"] == "database/creds/claims-reader"


def test_vault_verifies_the_database_and_sends_no_password_in_clear(full: ModulePlan) -> None:
    connection = full.resource('vault_database_secret_backend_connection.databases["claims"]')
    (postgresql,) = connection["postgresql"]
    assert postgresql["connection_url"] == (
        "postgresql://{{username}}:{{password}}@claims.abcdefghijkl.us-east-1.rds.amazonaws.com:5432/claims"
        "?sslmode=verify-full"
    )
    assert postgresql["tls_ca"].startswith("-----BEGIN CERTIFICATE-----")
    assert postgresql["password_authentication"] == "scram-sha-256"
    assert connection["allowed_roles"] == ["claims-reader"]


def test_a_root_is_rotated_once_for_each_number_and_not_before_there_is_a_password(full: ModulePlan) -> None:
    connections = full.resources("vault_database_secret_backend_connection")
    assert {made["name"]: made["verify_connection"] for made in connections.values()} == {
        "claims": True,
        "ledger": False,
    }
    (rotation,) = full.resources("vault_generic_endpoint").items()
    assert rotation[0] == 'vault_generic_endpoint.roots["claims/2"]'
    assert (rotation[1]["path"], rotation[1]["data_json"]) == ("database/rotate-root/claims", "{}")
    assert (rotation[1]["disable_read"], rotation[1]["disable_delete"]) == (True, True)


def test_aws_credentials_are_of_roles_alone_which_the_servers_may_take(full: ModulePlan) -> None:
    roles = full.resources("vault_aws_secret_backend_role").values()
    assert {made["name"]: made["role_arns"] for made in roles} == {
        "claims-export": [f"{ROLES}claims-export"],
        "partners": [f"{ROLES}claims-export", f"{ROLES}partner-a"],
    }
    assert {made["credential_type"] for made in roles} == {"assumed_role"}
    engine = full.resource("vault_aws_secret_backend.aws[0]")
    assert engine["sts_endpoint"] == "https://sts.us-east-1.amazonaws.com"
    policy = full.resource("aws_iam_role_policy.credentials[0]")
    assert policy["role"] == "prod-vault-server"
    (statement,) = json.loads(policy["policy"])["Statement"]
    assert statement["Resource"] == [f"{ROLES}claims-export", f"{ROLES}partner-a"]


def test_each_generation_of_the_ca_has_a_key_in_vault_and_is_signed_by_the_private_ca(full: ModulePlan) -> None:
    requests = full.resources("vault_pki_secret_backend_intermediate_cert_request").values()
    assert {(made["key_name"], made["type"], made["key_type"], made["key_bits"]) for made in requests} == {
        ("2026", "internal", "ec", 384),
        ("2030", "internal", "ec", 384),
    }
    signed = full.resource('aws_acmpca_certificate.pki["2026"]')
    assert signed["certificate_authority_arn"] == AUTHORITY
    assert signed["template_arn"] == "arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1"
    assert signed["validity"] == [{"type": "DAYS", "value": "1825"}]
    assert full.resources("vault_pki_secret_backend_root_cert") == {}
    assert full.unknown("vault_pki_secret_backend_config_issuers.pki[0]")["default"] is True


def test_a_role_signs_names_of_its_domain_alone(full: ModulePlan) -> None:
    role = full.resource('vault_pki_secret_backend_role.certificates["claims"]')
    assert role["allowed_domains"] == ["claims.internal.example.com"]
    assert (role["allow_subdomains"], role["allow_bare_domains"], role["enforce_hostnames"]) == (True, False, True)
    wide = ("allow_any_name", "allow_glob_domains", "allow_ip_sans", "allow_localhost", "allow_wildcard_certificates")
    assert [name for name in wide if role[name]] == []
    assert (role["ttl"], role["max_ttl"], role["key_type"], role["key_bits"]) == ("259200", "2592000", "ec", 256)


def test_without_a_private_ca_it_is_a_root(root: ModulePlan) -> None:
    made = root.resource('vault_pki_secret_backend_root_cert.pki["2026"]')
    assert (made["type"], made["common_name"], made["max_path_length"]) == ("internal", "Example Vault CA 1", 0)
    assert made["ttl"] == "43800h"
    assert root.resources("aws_acmpca_certificate") == {}
    assert root.resources("vault_pki_secret_backend_intermediate_cert_request") == {}


def test_keys_rotate_and_can_neither_be_deleted_nor_exported(full: ModulePlan) -> None:
    keys = full.resources("vault_transit_secret_backend_key").values()
    assert {made["name"]: (made["type"], made["auto_rotate_period"], made["key_size"]) for made in keys} == {
        "claims": ("aes256-gcm96", 2_592_000, 0),
        "documents": ("hmac", 7_776_000, 32),
    }
    open_to = ("deletion_allowed", "exportable", "allow_plaintext_backup")
    assert [name for made in keys for name in open_to if made[name]] == []


# What people are told


def test_what_an_engine_cannot_give_is_told_by_the_audit_log(full: ModulePlan) -> None:
    filters = full.resources("aws_cloudwatch_log_metric_filter")
    assert {made["log_group_name"] for made in filters.values()} == {"/vault/prod-vault/audit"}
    pattern = filters["aws_cloudwatch_log_metric_filter.database_failing[0]"]["pattern"]
    assert pattern == (
        '{ $.type = "response" && $.request.path = "database/creds/*" && '
        '(($.error = "*" && $.error != "*permission denied*") || '
        '($.response.data.error = "*" && $.error NOT EXISTS)) }'
    )
    alarms = full.resources("aws_cloudwatch_metric_alarm")
    assert len(alarms) == len(filters) == 4
    for made in alarms.values():
        assert made["alarm_actions"] == [TOPIC]
        assert (made["threshold"], made["period"]) == (5, 300)
