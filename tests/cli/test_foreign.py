"""What others made is judged and reviewed alike: a root in plain HCL, and plans that terraform wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundplan.cli.foreign import NO_ENVIRONMENT, read_plans
from groundplan.problems import BadInput
from tests.cli.conftest import Groundplan

ROOT = """
variable "name" {
  type = string
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "files" {
  bucket = var.name
}
"""
PLAN = {"format_version": "1.2", "planned_values": {}, "resource_changes": []}
NO_PLANS = {
    "binary": (b"PK\x03\x04rest", "terraform show -json"),
    "cut.json": (json.dumps(PLAN).encode()[:40], "ends in the middle"),
    "cut_in_a_text.json": (b'{"format_version": "1.', "ends in the middle"),
    "empty.json": (b" \n", "is empty"),
    "errored.json": (json.dumps({**PLAN, "errored": True}).encode(), "stopped with an error"),
    "format.json": (json.dumps({**PLAN, "format_version": "2.0"}).encode(), "format_version 2.0"),
    "hcl.json": (b'resource "a" "b" {}', "no JSON"),
    "latin.json": (b"\xe9\xe8", "no JSON"),
    "list.json": (b"[1]", "no plan"),
    "log.json": (b'{"@level": "info"}\n{"@level": "info"}\n', "while it plans"),
    "schema.json": (b'{"format_version": "1.0", "provider_schemas": {}}', "no plan"),
    "shown_state.json": (b'{"format_version": "1.0", "values": {}}', "is a state"),
    "state.json": (b'{"version": 4, "lineage": "x"}', "is a state"),
    "windows.json": (json.dumps(PLAN).encode("utf-16"), "UTF-16"),
}


def test_every_file_that_is_no_plan_is_told_in_its_own_words_and_all_at_once(tmp_path: Path) -> None:
    for name, (content, _) in NO_PLANS.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as refused:
        read_plans([*(tmp_path / name for name in NO_PLANS), tmp_path / "gone.json"])
    said = {Path(problem.path).name: str(problem) for problem in refused.value.problems}
    assert said.keys() == {*NO_PLANS, "gone.json"}
    for name, (_, words) in NO_PLANS.items():
        assert words in said[name], name
        assert "\n    " in said[name], f"what to do about {name}"


def test_plans_are_called_by_their_files_and_by_folders_only_where_those_are_alike(tmp_path: Path) -> None:
    files = [tmp_path / "a" / "plan.json", tmp_path / "b" / "plan.json", tmp_path / "b" / "tfplan"]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(PLAN))
    assert list(read_plans(files[1:])) == ["plan", "tfplan"]
    assert list(read_plans([*files, files[0]])) == ["a-plan", "b-plan", "b-tfplan"]


def test_a_root_and_its_plan_file_are_judged_alike(groundplan: Groundplan, project: Path, tmp_path: Path) -> None:
    root = tmp_path / "bucket"
    root.mkdir()
    (root / "main.tf").write_text(ROOT)

    said = groundplan("review", "--root", str(root), "--var", "name=files", "--json")

    assert said.code == 1, said.err
    assert "judged as production" in said.err
    out = project / "out" / "roots" / "bucket"
    assert said.json["html"] == str(out / "review.html")
    assert NO_ENVIRONMENT in (out / "review.md").read_text()
    assert not (project / "out" / "findings.json").exists(), "the project's own review stays what it was"
    assert sorted(path.name for path in root.iterdir()) == ["main.tf"]
    denied = {each["rule"] for each in json.loads((out / "findings.json").read_bytes())["findings"]}
    assert "storage/bucket_versioned" in denied

    again = groundplan("check", "--plan", str(out / "plans" / "bucket.json"), "--environment", "live", "--json")
    assert again.code == 1, again.err
    assert {each["rule"] for each in again.json["findings"]} == denied
    assert "judged as production" not in again.err


def test_what_the_policies_call_a_secret_is_in_no_message_of_another_root(
    groundplan: Groundplan, tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text("""
        variable "admin_password" {
          type = string
          validation {
            condition     = length(var.admin_password) > 40
            error_message = "It is too short: ${var.admin_password}"
          }
        }
        """)
    said = groundplan("plan", "--root", str(tmp_path), "--var", "admin_password=tr0ub4dor-and-three")
    assert said.code == 2
    assert "It is too short: ..." in said.err
    assert "tr0ub4dor" not in said.out + said.err


def test_options_that_say_nothing_together_are_refused(groundplan: Groundplan) -> None:
    wrong = {
        ("check", "test", "--root", "x", "--only"): "--root: does not go with names of stacks, --only",
        ("check", "--root", "x", "--plan", "y"): "--root: does not go with --plan",
        ("check", "--plan", "y", "--var", "a=b"): "--plan: does not go with --var",
        ("plan", "--var", "a=b"): "--var: says something of --root only",
        ("review", "--environment", "live"): "--environment: says something of --root or --plan only",
        ("review", "--watch", "--root", "x"): "--watch: does not go with --root",
        ("check", "--root", ".", "--environment", "liev"): "Did you mean live?",
    }
    for arguments, words in wrong.items():
        said = groundplan(*arguments)
        assert said.code == 2, arguments
        assert words in said.err, arguments
