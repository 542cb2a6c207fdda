"""A second opinion, where `groundplan charts pull --to` has filled a folder: what the modules' real charts make."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from groundplan.charts import write_local_chart
from groundplan.rendering import render_all
from groundplan.synth.manifest import ClusterFacts, Manifest, StackRecord
from tests.modules.complete import COMPLETE, applied

from .charts import needs_helm

pytestmark = pytest.mark.skipif(
    not os.environ.get("GROUNDPLAN_CHARTS"), reason="GROUNDPLAN_CHARTS names no folder of real charts"
)


@needs_helm
def test_every_value_of_the_modules_complete_examples_acts_and_every_object_is_what_the_api_server_takes(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = {}
    for name in COMPLETE:
        plan = applied(name, tmp_path_factory).json
        releases = [each for each in plan["resource_changes"] if each["type"] == "helm_release"]
        if releases:
            plans[name] = tmp_path / f"{name}.json"
            plans[name].write_text(json.dumps(plan))
        for each in releases:
            if not each["change"]["after"].get("repository"):
                write_local_chart(tmp_path / name / each["change"]["after"]["chart"])
    records = [
        StackRecord(
            name=name,
            environment=name,
            family="",
            folder="",
            depends_on=(),
            calls={},
            call_modules={},
            answers={},
        )
        for name in plans
    ]
    provided = ("cert-manager", "aws-privateca-issuer", "istio-base", "prometheus-operator-crds", "snapshot-controller")
    facts = {name: ClusterFacts(kubernetes_version="1.34", provides=provided) for name in plans}
    folders = {name: tmp_path / name for name in plans}
    renders = render_all(plans, folders, Manifest(stacks=tuple(records), modules=(), clusters=facts))

    outcomes = [each for found in renders.stacks.values() for each in found]
    rendered = [each for each in outcomes if each.objects is not None]
    with capsys.disabled():
        values = sum(1 for each in rendered for _ in each.objects or ())
        print(f"{len(rendered)} of {len(outcomes)} releases were rendered: {values} objects")
    assert [str(problem) for found in renders.problems.values() for problem in found] == []
    assert rendered == outcomes
