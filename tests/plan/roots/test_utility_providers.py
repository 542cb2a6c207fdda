"""The small providers that public modules use: what they compute is known, what they make up is not."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from groundplan.plan.roots import plan_root, read_root
from groundplan.plan.schema.utility import UTILITIES, defaults_of, load_served
from groundplan.plan.server.utility import rendered
from groundplan.problems import BadInput

MAIN = """
terraform {
  required_providers {
    time = { source = "hashicorp/time", version = "~> 0.9" }
    http = { source = "registry.terraform.io/hashicorp/http" }
  }
}

resource "random_password" "one" {
  length = 20
}

resource "random_pet" "one" {
  prefix = "a"
}

resource "null_resource" "one" {
  triggers = { always = "b" }
}

resource "tls_private_key" "one" {
  algorithm = "RSA"
}

resource "tls_self_signed_cert" "one" {
  private_key_pem       = tls_private_key.one.private_key_pem
  validity_period_hours = 3
  allowed_uses          = ["server_auth"]
  subject {
    common_name = "example.com"
  }
}

resource "time_sleep" "one" {
  create_duration = "30s"
}

resource "local_file" "known" {
  filename = "x"
  content  = "hello"
}

resource "local_file" "unknown" {
  filename = "x"
  content  = random_pet.one.id
}

resource "cloudinit_config" "unknown" {
  part {
    content      = "a"
    content_type = random_pet.one.id
  }
}

data "local_file" "read" {
  filename = "read.txt"
}

data "archive_file" "one" {
  type        = "zip"
  source_file = "read.txt"
  output_path = "out.zip"
}

data "tls_certificate" "one" {
  url = "https://example.com"
}

data "cloudinit_config" "one" {
  part {
    content = "#!/bin/sh"
  }
}

output "told" {
  value = {
    cloudinit   = data.cloudinit_config.one.rendered
    content     = data.local_file.read.content
    fingerprint = data.tls_certificate.one.certificates[0].sha1_fingerprint
    output_path = data.archive_file.one.output_path
    sum         = data.archive_file.one.output_base64sha256
  }
}
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    folder = tmp_path_factory.mktemp("utilities")
    (folder / "main.tf").write_text(MAIN)
    (folder / "read.txt").write_text("what is read\n")
    report = plan_root(read_root(folder), folder / "out")
    (path,) = report.plans.values()
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def test_what_they_make_up_is_unknown_and_what_is_configured_or_by_default_is_known(plan: Mapping[str, Any]) -> None:
    changes = {each["address"]: each["change"] for each in plan["resource_changes"]}
    unknown = {
        address: {name for name, said in change["after_unknown"].items() if said is True}
        for address, change in changes.items()
    }
    password = changes["random_password.one"]
    assert unknown["random_password.one"] == {"bcrypt_hash", "id", "result"}
    assert password["after_sensitive"]["result"] is True
    assert (password["after"]["special"], password["after"]["min_upper"]) == (True, 0)
    assert (changes["random_pet.one"]["after"]["separator"], unknown["random_pet.one"]) == ("-", {"id"})
    assert changes["null_resource.one"]["after"]["triggers"] == {"always": "b"}
    assert {"private_key_pem", "public_key_openssh"} <= unknown["tls_private_key.one"]
    assert "cert_pem" in unknown["tls_self_signed_cert.one"]
    known = changes["local_file.known"]["after"]
    assert known["content_sha256"] == hashlib.sha256(b"hello").hexdigest()
    assert known["file_permission"] == "0777"
    assert {"content", "content_md5", "id"} <= unknown["local_file.unknown"]
    assert {"rendered", "id"} <= unknown["cloudinit_config.unknown"]


def test_data_sources_tell_what_can_be_told_without_a_network(plan: Mapping[str, Any]) -> None:
    told = plan["output_changes"]["told"]["after"]
    message = gzip.decompress(base64.b64decode(told["cloudinit"])).decode()
    assert message.endswith("Content-Type: text/plain\r\nMime-Version: 1.0\r\n\r\n#!/bin/sh\r\n--MIMEBOUNDARY--\r\n")
    assert told["content"] == "what is read\n"
    assert told["output_path"] == "out.zip"
    assert len(base64.b64decode(told["sum"])) == hashlib.sha256().digest_size
    assert re.fullmatch("[0-9a-f]{40}", told["fingerprint"])


def test_cloudinit_parts_are_rendered_as_the_provider_renders_them() -> None:
    parts = [
        {"content_type": "text/x-shellscript", "content": "foo1", "filename": "foo.txt", "merge_type": "list()"},
        {"content_type": "text/plain", "content": "bar", "filename": None, "merge_type": None},
    ]
    assert rendered(parts, "//", compressed=False, encoded=False) == (
        'Content-Type: multipart/mixed; boundary="//"\nMIME-Version: 1.0\r\n\r\n'
        '--//\r\nContent-Disposition: attachment; filename="foo.txt"\r\nContent-Transfer-Encoding: 7bit\r\n'
        "Content-Type: text/x-shellscript\r\nMime-Version: 1.0\r\nX-Merge-Type: list()\r\n\r\nfoo1"
        "\r\n--//\r\nContent-Transfer-Encoding: 7bit\r\nContent-Type: text/plain\r\nMime-Version: 1.0\r\n\r\nbar"
        "\r\n--//--\r\n"
    )


def test_every_default_is_of_an_attribute_that_the_provider_may_set() -> None:
    served = load_served({}, UTILITIES)
    assert set(UTILITIES) <= served.keys()
    assert not set(UTILITIES) & load_served({}).keys(), "what nobody asks for is not loaded"
    for provider in UTILITIES:
        for data, types in ((False, served[provider].resources), (True, served[provider].data_sources)):
            for name, block in types.items():
                for attribute in defaults_of(name, data=data):
                    assert block.attributes[attribute].computed, f"{name}.{attribute}"
                flags = [each.required + (each.optional or each.computed) for each in block.attributes.values()]
                assert set(flags) == {1}, name


def test_a_provider_that_is_not_served_and_a_file_that_is_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "google_storage_bucket" "one" {}\n')
    with pytest.raises(BadInput, match=r"(?s)google_storage_bucket.*--live") as refused:
        plan_root(read_root(tmp_path), tmp_path / "out")
    assert all(name in str(refused.value) for name in UTILITIES)
    (tmp_path / "main.tf").write_text('data "local_file" "one" {\n  filename = "gone.txt"\n}\n')
    with pytest.raises(BadInput, match=r"(?s)data\.local_file\.one.*gone\.txt cannot be read"):
        plan_root(read_root(tmp_path), tmp_path / "out")
