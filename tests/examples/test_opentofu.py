"""A second opinion where OpenTofu is at hand, on PATH or named by GROUNDPLAN_TOFU: it plans and is judged alike."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groundplan.plan import plan_all
from groundplan.policy import judge
from groundplan.publish.modules import find_modules
from groundplan.synth.definitions import Definitions
from tests.plan.conftest import stack, write_synth
from tests.support.planning import PROJECT
from tests.support.roots import plan_root

TOFU = shutil.which(os.environ.get("GROUNDPLAN_TOFU") or "tofu")
EXAMPLES = sorted(path.parts[-3] for path in PROJECT.glob("examples/*/complete/main.tf"))
_CALLED = re.compile(r'"\.\./\.\./\.\./out/modules/(\w+)"')

pytestmark = pytest.mark.skipif(TOFU is None, reason="neither tofu on PATH nor GROUNDPLAN_TOFU")


def _changes(plan: dict[str, Any]) -> dict[str, Any]:
    """What becomes of every address, without the name of the registry."""
    found = {}
    for change in plan["resource_changes"]:
        assert change["provider_name"].startswith(("registry.terraform.io/", "registry.opentofu.org/"))
        rest = {key: value for key, value in change.items() if key not in ("address", "provider_name")}
        found[change["address"]] = rest | {"provider": change["provider_name"].partition("/")[2]}
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_plans_and_is_judged_alike(name: str, tmp_path: Path) -> None:
    root = PROJECT / "examples" / name / "complete"
    names = sorted(set(_CALLED.findall((root / "main.tf").read_text())))
    definitions = Definitions(PROJECT)
    folders = {kind.name: definitions.folder(kind) for kind in find_modules(PROJECT, names)}
    place = f"examples/{name}/complete"
    ours = plan_root(root, folders, place).json
    theirs = plan_root(root, folders, place, Path(str(TOFU))).json
    assert {change["provider_name"].partition("/")[0] for change in theirs["resource_changes"]} == {
        "registry.opentofu.org"
    }
    assert _changes(theirs) == _changes(ours)
    assert theirs.get("output_changes") == ours.get("output_changes")
    findings = []
    for plan in (ours, theirs):
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(plan))
        findings.append(judge({name: path}, policies=PROJECT / "policies", manifest=None, today=date(2026, 6, 30)))
    assert findings[0].findings == findings[1].findings


def test_a_base_that_opentofu_applied_shows_what_changes(tmp_path: Path) -> None:
    bucket = {"aws_s3_bucket": {"one": {"bucket": "one"}}}
    key = {"aws_kms_key": {"one": {"description": "for the bucket"}}}
    base = write_synth(tmp_path / "base", {"dev-a": stack("dev-a", resource=bucket)})
    head = write_synth(tmp_path / "head", {"dev-a": stack("dev-a", resource=bucket | key)})
    report = plan_all(head, tmp_path / "out", terraform=TOFU, base=base)
    plan = json.loads(report.plans["dev-a"].read_text())
    assert {change["address"]: change["change"]["actions"] for change in plan["resource_changes"]} == {
        "aws_s3_bucket.one": ["no-op"],
        "aws_kms_key.one": ["create"],
    }
