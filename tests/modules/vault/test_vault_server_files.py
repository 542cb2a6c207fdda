"""The server's configuration, rendered by Terraform's own function, and the audit shipper's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.support.planning import evaluated_outputs

FILES = Path(__file__).parents[3] / "modules/secrets/vault/files"

VARIABLES = {
    "cluster_name": "prod",
    "release": "vault",
    "replicas": 5,
    "tls_folder": "/vault/userconfig/vault-tls",
    "region": "us-east-1",
    "kms_key_id": "arn:aws:kms:us-east-1:111122223333:key/1",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `templatefile` makes of the template."""
    template = json.dumps(str(FILES / "server.hcl.tftpl"))
    inputs = {name: {"default": value} for name, value in VARIABLES.items()}
    call = f"${{templatefile({template}, {{{', '.join(f'{name} = var.{name}' for name in VARIABLES)}}})}}"
    root = {"variable": inputs, "output": {"server": {"value": call}}}
    return str(evaluated_outputs(root, tmp_path_factory.mktemp("render"))["server"])


def test_every_server_can_find_every_other(server: str) -> None:
    addresses = re.findall(r'leader_api_addr\s+= "([^"]+)"', server)
    assert addresses == [f"https://vault-{n}.vault-internal:8200" for n in range(5)]


def test_every_server_checks_the_others_certificate_by_name(server: str) -> None:
    assert len(re.findall(r'leader_ca_cert_file\s+= "/vault/userconfig/vault-tls/ca.crt"', server)) == 5
    assert re.findall(r'leader_tls_servername = "([^"]+)"', server)[4] == "vault-4.vault-internal"


def test_the_key_that_unseals_is_the_given_one(server: str) -> None:
    seal = server[server.index('seal "awskms"') :]
    assert 'kms_key_id = "arn:aws:kms:us-east-1:111122223333:key/1"' in seal
    assert 'region     = "us-east-1"' in seal


def test_nothing_is_served_without_tls(server: str) -> None:
    assert "tls_disable" not in server
    assert 'tls_min_version = "tls12"' in server


def test_the_blocks_are_closed_and_nothing_of_the_template_is_left(server: str) -> None:
    assert server.count("{") == server.count("}")
    assert not re.search(r"[$%]\{", server)


def test_no_word_that_the_chart_replaces_is_in_the_text(server: str) -> None:
    # https://github.com/hashicorp/vault-helm/blob/v0.34.1/templates/_helpers.tpl, "vault.args"
    assert not re.search("HOST_IP|POD_IP|HOSTNAME|API_ADDR|TRANSIT_ADDR|RAFT_ADDR", server)


def test_helm_finds_nothing_to_render_in_the_text(server: str) -> None:
    assert "{{" not in server


def test_the_shipper_sends_vaults_own_lines_and_gives_none_up() -> None:
    pipeline = yaml.safe_load((FILES / "audit/fluent-bit.yaml").read_text())["pipeline"]
    ((tail,), (cloudwatch,)) = (pipeline["inputs"], pipeline["outputs"])
    assert cloudwatch["match"] == tail["tag"]
    assert cloudwatch["log_key"] == "log"
    assert cloudwatch["retry_limit"] == "no_limits"
    assert tail["storage.type"] == "filesystem"
    assert tail["db"].startswith("/fluent-bit/state/")


def test_the_shipper_makes_no_log_group_of_its_own() -> None:
    (cloudwatch,) = yaml.safe_load((FILES / "audit/fluent-bit.yaml").read_text())["pipeline"]["outputs"]
    assert cloudwatch["auto_create_group"] is False
    assert cloudwatch["log_group_name"] == "${LOG_GROUP_NAME}"
