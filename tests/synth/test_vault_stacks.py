"""Stacks with Vault resources talk to the environment's Vault, log in by who a run is, and hold no token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cdktf_cdktf_provider_vault.mount import Mount
from cdktf_cdktf_provider_vault.transit_secret_backend_key import TransitSecretBackendKey

from environments.dev import DEV
from environments.platform import Platform
from groundplan.bindings import PROVIDERS
from groundplan.cli.workspaces import workspaces
from groundplan.framework import Inputs, Module, Outputs, each, field, output
from groundplan.framework.checking import problems_of
from groundplan.plan import plan_all
from groundplan.problems import BadInput
from groundplan.synth.environment import VaultServer
from groundplan.synth.manifest import Manifest
from groundplan.synth.project import synth
from groundplan.synth.stack import Stacks
from tests.support.planning import SEATS
from tests.synth.programs import PROJECT

SERVER = VaultServer(address="https://vault.dev.example.com:8200")


class KeysInputs(Inputs):
    """Keys of one engine."""

    keys: dict[str, str] = field("type of each key, by its name")


class KeysOutputs(Outputs):
    """Where they are."""

    path: str = output("path of the engine")


class Keys(Module[KeysInputs, KeysOutputs]):
    """Keys of the transit engine."""

    def build(self, given: KeysInputs) -> KeysOutputs:
        engine = Mount(self, "transit", path="transit", type="transit")
        keys = each(given.keys)
        keys(
            TransitSecretBackendKey,
            self,
            "key",
            backend=engine.path,
            name=keys.key,
            type=keys.value,
        )
        return KeysOutputs(path=engine.path)


def compose(stacks: Stacks[Platform], _env: Platform) -> None:
    Keys(stacks.family("vault_keys"), "keys", KeysInputs(keys={"claims": "aes256-gcm96", "ledger": "rsa-4096"}))


def test_a_stack_with_vault_logs_in_as_the_role_of_its_run_and_plans_what_the_provider_would(tmp_path: Path) -> None:
    out = tmp_path / "synth"
    synth(compose, [DEV.but(vault=SERVER)], project=PROJECT, out=out)

    root = json.loads((out / "stacks" / "dev-vault-keys" / "cdk.tf.json").read_bytes())
    assert root["provider"]["vault"] == [
        {
            "address": "https://vault.dev.example.com:8200",
            "max_lease_ttl_seconds": 1200,
            "auth_login_aws": [
                {
                    "mount": "aws",
                    "role": "groundplan",
                    "aws_region": DEV.region,
                    "header_value": "vault.dev.example.com",
                }
            ],
        }
    ]
    assert root["terraform"]["required_providers"]["vault"] == {
        "source": "hashicorp/vault",
        "version": PROVIDERS["vault"].version,
    }
    assert "kubernetes" not in root["provider"]
    (row,) = workspaces(Manifest.read(out), out, ["dev-vault-keys"])
    assert row.reaches_cluster
    assert {"VAULT_TOKEN", "TERRAFORM_VAULT_AUTH_JWT"}.isdisjoint(row.variables)
    assert "VAULT_CACERT" in row.variables

    report = plan_all(out, tmp_path / "out", stacks=["dev-vault-keys"], jobs=1, seats=SEATS)
    plan = json.loads(report.plans["dev-vault-keys"].read_bytes())
    planned = {change["address"]: change["change"]["after"] for change in plan["resource_changes"]}
    assert sorted(planned) == [
        "module.keys.vault_mount.transit",
        'module.keys.vault_transit_secret_backend_key.key["claims"]',
        'module.keys.vault_transit_secret_backend_key.key["ledger"]',
    ]
    ledger = planned['module.keys.vault_transit_secret_backend_key.key["ledger"]']
    assert (ledger["type"], ledger["deletion_allowed"], ledger["min_decryption_version"]) == ("rsa-4096", False, 1)
    unchecked = report.metas["dev-vault-keys"].unchecked["vault_transit_secret_backend_key"]
    assert unchecked[0] == "only the provider's own rules are checked: Vault was not asked"


def test_in_the_cluster_a_run_logs_in_as_its_service_account() -> None:
    server = VaultServer(address=SERVER.address, login="kubernetes", login_path="eks/dev", login_role="terraform")
    assert server.provider_block("eu-west-1") == {
        "address": "https://vault.dev.example.com:8200",
        "max_lease_ttl_seconds": 1200,
        "auth_login_jwt": [{"mount": "eks/dev", "role": "terraform"}],
    }


def test_a_stack_with_vault_in_an_environment_without_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        synth(compose, [DEV.but(vault=None)], project=PROJECT, out=tmp_path / "synth")

    (problem,) = refused.value.problems
    assert problem.path == "dev.vault"
    assert "must be given: the stack dev-vault-keys configures a Vault" in problem.message
    assert "VaultServer(address=...)" in problem.cure


@pytest.mark.parametrize(
    ("server", "place"),
    [
        (VaultServer(address="http://vault.dev.example.com:8200"), "address"),
        (VaultServer(address=SERVER.address, login_path="/aws/"), "login_path"),
        (VaultServer(address=SERVER.address, token_ttl_seconds=5), "token_ttl_seconds"),
    ],
)
def test_vault_is_not_talked_to_in_clear_nor_at_a_path_that_is_none(server: VaultServer, place: str) -> None:
    (problem,) = problems_of(DEV.but(vault=server), "dev")

    assert problem.path == f"dev.vault.{place}"
