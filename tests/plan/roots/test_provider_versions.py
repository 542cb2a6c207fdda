"""Constraints of providers' versions that refuse what is served, as terraform init would refuse it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundplan.plan.roots import read_root
from groundplan.plan.roots.versions import excludes, served_version

# what terraform 1.11.4 init said of each with nothing but 6.25.0 in a filesystem mirror
TAKEN = [
    *["~> 6", "~> 6.0", "~> 6.25", "~> 6.25.0", "6.25", "= 6.25.0", "=6.25.0", "> 6", "> 6.24", ">= 6", "> 5", "!= 6"],
    *[">= 6.25", "< 7", "<= 6.25", ">= 6.25.0-beta1", "~> 6.25.0-beta1", "> 6.25.0-beta1", "!= 6.25.0-beta1"],
    "<= 6.26.0-beta1",
]
REFUSED = [
    *[
        "~> 5",
        "~> 5.0",
        "~> 6.24.0",
        "~> 6.24.5",
        "~> 6.26",
        "6",
        ">= 5.0, < 6.0",
        "> 6.25",
        "<= 6",
        "!= 6.25.0",
        "< 6",
    ],
    *["= 6.25.0-beta1", ">= 6.26.0-beta1", "~> 6.0, != 6.25.0", "= 6.25.0+x"],
]
NO_CONSTRAINTS = ["v6.25.0", "6.x", "^6.0", "", ">= 6.0,", ">=6.0 <7.0"]


def test_a_constraint_refuses_what_terraform_init_refuses() -> None:
    assert [each for each in TAKEN if excludes(each, "6.25.0")] == []
    assert [each for each in REFUSED if not excludes(each, "6.25.0")] == []
    assert [each for each in NO_CONSTRAINTS if excludes(each, "6.25.0")] == [], "the core tells these"


@pytest.mark.parametrize(
    ("source", "served"),
    [
        ("aws", True),
        ("registry.terraform.io/hashicorp/aws", True),
        ("registry.opentofu.org/GitLabHQ/gitlab", True),
        ("hashicorp/random", True),
        ("hashicorp/gitlab", False),
        ("example.com/own/aws", False),
    ],
)
def test_what_is_served_has_a_version(source: str, served: bool) -> None:
    assert (served_version(source) is not None) is served


def test_a_root_names_every_constraint_that_refuses_what_is_served_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "versions.tf.json").write_text(
        json.dumps(
            {"terraform": [{"required_providers": {"gitlab": {"source": "gitlabhq/gitlab", "version": "< 18"}}}]}
        )
    )
    (tmp_path / "main.tf").write_text("""
terraform {
  required_providers {
    aws = {
      # version = "~> 4.0"
      source  = "hashicorp/aws"
      version = ">= 5.0, < 7.0"
    }
    random     = "< 3.0"
    kubernetes = { source = "hashicorp/kubernetes", version = ">= 3.0" }
    elsewhere  = { source = "example/elsewhere", version = "~> 1.0" }
  }
}
provider "aws" {
  version = "~> 5.1"
}
provider "kubernetes" {}
module "near" {
  source = "./near"
}
""")

    found = {(file, name, constraint) for file, name, constraint, _served in read_root(tmp_path).versions_set_aside()}

    assert found == {
        ("main.tf", "random", "< 3.0"),
        ("main.tf", "kubernetes", ">= 3.0"),
        ("main.tf", "aws", "~> 5.1"),
        ("near/versions.tf.json", "gitlab", "< 18"),
    }
