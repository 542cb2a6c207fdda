"""A root in plain HCL is planned as it stands in its author's folder, and nothing is written there."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from groundplan.plan.roots import Given, plan_root, read_root
from groundplan.plan.seats import KeptSeats
from groundplan.plan.terraform import find_program
from groundplan.problems import BadInput

MAIN = """
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
  provider_meta "aws" {
    user_agent = ["example/1.0"]
  }
  backend "s3" {
    bucket = "states"
  }
}

variable "prefix" {
  type = string
}

variable "days" {
  type    = number
  default = 1
}

module "near" {
  source = "../modules/bucket"
  name   = "${var.prefix}-${var.days}-near"
}

module "far" {
  source  = "example/bucket/aws"
  version = "1.2.3"
  name    = "far"
}

import {
  to = aws_s3_bucket.old
  id = "old"
}

resource "aws_s3_bucket" "old" {
  bucket = trimspace(file("${path.root}/../texts/name.txt"))
}

data "terraform_remote_state" "network" {
  backend = "s3"
  config  = { bucket = "states", key = "network", region = "us-east-1" }
}

output "vpc" {
  value = data.terraform_remote_state.network.outputs.vpc_id
}
"""
BUCKET = 'variable "name" {}\nresource "aws_s3_bucket" "this" {\n  bucket = var.name\n}\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root in a repository, after `terraform init` and with a backend, a lock file and a state of its own."""
    folder = tmp_path / "repository" / "live"
    written = {
        "live/main.tf": MAIN,
        "live/terraform.tfvars": 'prefix = "first"\n',
        "live/more.tfvars": "days = 7\n",
        "live/.terraform.lock.hcl": 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.1.0"\n}\n',
        "live/terraform.tfstate": "{}",
        "live/.terraform/terraform.tfstate": '{"version": 3, "backend": {"type": "s3"}}',
        "live/.terraform/modules/far/main.tf": BUCKET,
        "live/.terraform/modules/modules.json": json.dumps(
            {
                "Modules": [
                    {"Key": "", "Source": "", "Dir": "."},
                    {
                        "Key": "far",
                        "Source": "registry.terraform.io/example/bucket/aws",
                        "Version": "1.2.3",
                        "Dir": ".terraform/modules/far",
                    },
                ]
            }
        ),
        "modules/bucket/main.tf": BUCKET,
        "texts/name.txt": "from-a-text\n",
        ".git/HEAD": "",
    }
    for name, text in written.items():
        (folder.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (folder.parent / name).write_text(text)
    return folder


def _all(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_root_is_planned_with_its_modules_its_variables_and_nothing_written(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_prefix", "of the environment, which a file outweighs")
    before = _all(root.parent)

    report = plan_root(
        read_root(root, environment="dev"),
        tmp_path / "out",
        given=Given([root / "more.tfvars"], ["prefix=given"]),
    )

    plan: dict[str, Any] = json.loads(report.plans["live"].read_bytes())
    names = {each["address"]: each["change"]["after"].get("bucket") for each in plan["resource_changes"]}
    assert names == {
        "module.near.aws_s3_bucket.this": "given-7-near",
        "module.far.aws_s3_bucket.this": "far",
        "aws_s3_bucket.old": "from-a-text",
    }
    assert all(each["change"]["actions"] == ["create"] for each in plan["resource_changes"])
    assert "groundplan-unknown" in plan["output_changes"]["vpc"]["after"]
    meta = report.metas["live"]
    assert (meta.environment, meta.mode) == ("dev", "offline")
    assert [each.partition(",")[0] for each in meta.warnings] == [
        "aws_s3_bucket.old: its import block is left out",
        "main.tf: asks for aws '~> 5.0'",
        "main.tf: its provider_meta of aws is taken and changes nothing in an offline plan: a provider adds it to the "
        "requests that it sends",
    ]
    assert _all(root.parent) == before


def test_a_live_root_is_planned_with_its_own_state_and_its_providers(tmp_path: Path) -> None:
    """terraform_data is in every core, so that nothing is fetched."""
    folder = tmp_path / "live"
    folder.mkdir()
    (folder / "main.tf").write_text(
        'variable "size" {}\n\nresource "terraform_data" "kept" {\n  input = var.size\n}\n\n'
        'resource "terraform_data" "new" {}\n'
    )
    kept = {
        "mode": "managed",
        "type": "terraform_data",
        "name": "kept",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [
            {
                "schema_version": 0,
                "attributes": {
                    "id": "1",
                    "input": {"value": "small", "type": "string"},
                    "output": {"value": "small", "type": "string"},
                    "triggers_replace": None,
                },
            }
        ],
    }
    state = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 1,
        "lineage": "x",
        "outputs": {},
        "resources": [kept],
    }
    (folder / "terraform.tfstate").write_text(json.dumps(state))
    before = _all(folder)

    report = plan_root(read_root(folder, live=True), tmp_path / "out", given=Given([], ["size=large"]))

    plan: dict[str, Any] = json.loads(report.plans["live"].read_bytes())
    changes = {each["address"]: each["change"] for each in plan["resource_changes"]}
    assert {address: change["actions"] for address, change in changes.items()} == {
        "terraform_data.kept": ["update"],
        "terraform_data.new": ["create"],
    }
    kept_change = changes["terraform_data.kept"]
    assert (kept_change["before"]["input"], kept_change["after"]["input"]) == ("small", "large")
    assert report.metas["live"].mode == "live"
    assert _all(folder) == before


def test_what_the_core_refuses_is_told_with_its_line_and_what_can_be_done(root: Path, tmp_path: Path) -> None:
    (root / "terraform.tfvars").unlink()
    (root / "main.tf").write_text(MAIN.replace(">= 1.5", ">= 99.0"))
    with pytest.raises(BadInput, match="Unsupported Terraform Core version") as refused:
        plan_root(read_root(root), tmp_path / "out")
    assert "--terraform" in str(refused.value)
    (root / "main.tf").write_text(MAIN)
    with pytest.raises(BadInput, match="No value for required variable") as refused:
        plan_root(read_root(root), tmp_path / "out")
    assert "main.tf:18" in str(refused.value)
    assert "--var-file" in str(refused.value)


def test_a_core_that_has_refused_a_root_is_there_for_the_next(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('variable "size" {}\n')
    with closing(KeptSeats()) as seats:
        with pytest.raises(BadInput, match="No value for required variable"):
            plan_root(read_root(tmp_path), tmp_path / "out", seats=seats)
        with seats.open({}, find_program(None), 1) as kept:
            assert kept.have_begun


def test_everything_that_is_not_at_hand_is_named_at_once(root: Path) -> None:
    (root / ".terraform/modules/modules.json").unlink()
    (root / "more.tf").write_text(
        'module "gone" {\n  source = "../modules/gone"\n}\n'
        'module "git" {\n  source = "git::https://git.example.com/m.git"\n}\n'
    )
    with pytest.raises(BadInput) as refused:
        read_root(root)
    said = {problem.path: f"{problem.message} {problem.cure}" for problem in refused.value.problems}
    assert said.keys() == {"module.far", "module.git", "module.gone"}
    assert "terraform init -backend=false" in said["module.far"]
    assert "../modules/gone" in said["module.gone"]
    (root / ".terraform/modules/modules.json").write_text("{")
    with pytest.raises(BadInput, match="not what terraform init writes"):
        read_root(root)
    for folder, word in ((root / "nowhere", "no folder"), (root.parent / "texts", r"no \.tf")):
        with pytest.raises(BadInput, match=word):
            read_root(folder)


def test_a_module_that_calls_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('module "again" {\n  source = "./"\n}\n')
    with pytest.raises(BadInput):
        read_root(tmp_path)


def test_variables_are_given_as_terraform_takes_them(tmp_path: Path) -> None:
    file = tmp_path / "a.tfvars"
    file.touch()
    assert Given([file], ["a=b=c", "e="]).options() == [f"-var-file={file}", "-var", "a=b=c", "-var", "e="]
    with pytest.raises(BadInput) as refused:
        Given([tmp_path / "gone"], ["novalue", "=x", ""]).options()
    assert [problem.path for problem in refused.value.problems] == ["--var-file", "--var", "--var", "--var"]
