"""An error quotes what it refuses, and never a value that nobody may see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundplan.plan import plan_all
from groundplan.plan.hidden import without_secrets
from groundplan.plan.schema import load
from groundplan.plan.stacks import read_stacks
from groundplan.problems import BadInput, ToolFailed
from groundplan.secrets import Detector
from tests.plan.conftest import module, stack, write_synth

PASSWORD = "Invented-Horse-4711"
TOKEN = "gl" + "pat-" + "x4Kq9mZt2vBn7wRs5yLd"
CONTENT: dict[str, Any] = {
    "variable": {
        "master": {
            "type": "string",
            "validation": {
                "condition": "${length(var.master) < 8}",
                "error_message": "too long: ${var.master}",
            },
        }
    },
    "resource": {
        "aws_db_instance": {"this": {"instance_class": "db.t3.micro", "password": "${var.master}"}},
        "aws_s3_bucket": {"this": {"bucket": TOKEN}},
    },
}


@pytest.fixture
def synthesized(tmp_path: Path) -> Path:
    """A stack whose one module call holds both."""
    root = stack("hidden", module={"box": {"source": "./modules/hidden", "master": PASSWORD}})
    return write_synth(tmp_path / "cdktf.out", {"hidden": root}, {"hidden": {**module(), **CONTENT}})


def test_an_error_repeats_neither_a_sensitive_value_nor_what_looks_like_a_secret(
    synthesized: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadInput) as refused:
        plan_all(synthesized, tmp_path / "out")

    said = json.dumps([problem.as_json() for problem in refused.value.problems])
    assert "too long: ..." in said
    assert PASSWORD not in said
    assert TOKEN not in said


def test_neither_does_what_a_broken_terraform_printed(synthesized: Path, tmp_path: Path) -> None:
    stacks, _ = read_stacks(synthesized)
    schemas = load({"resources": CONTENT["resource"]})
    error = ToolFailed(f"failed with {TOKEN}", output=f"panic: {PASSWORD} and {TOKEN}")

    hidden = without_secrets(error, stacks.values(), schemas, Detector(tmp_path, tmp_path / "harmless"))

    assert PASSWORD not in str(hidden)
    assert TOKEN not in str(hidden)
    assert "panic: ... and ..." in str(hidden)
