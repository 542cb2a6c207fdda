"""Whole programs: what they write must not depend on how the bindings were loaded, nor on who else runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

PROGRAM = Path(__file__).with_name("program.py")
MAIN = "from groundplan import bindings\nbindings.install()\nimport program\n"
SMALL = """
import os
from groundplan import bindings
bindings.install()
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_helm.release import Release
from cdktf_cdktf_provider_kubernetes.namespace_v1 import NamespaceV1
app = App(outdir="out-" + os.environ["RUN"], skip_validation=True)
stack = TerraformStack(app, "small")
Release(stack, "release", name="example", chart=NamespaceV1(stack, "namespace", metadata={"name": "example"}).id)
app.synth()
"""


def everything_below(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_the_cut_bindings_write_the_same_bytes_as_the_stock_ones(run, project, tmp_path):
    cache = tmp_path / "cache"
    shutil.copy(PROGRAM, project / "program.py")
    first = run(MAIN, cache=cache)
    assert first.returncode == 0, first.stderr
    cut = everything_below(project / "cdktf.out")
    held = json.loads(first.stdout)
    assert "s3_bucket" in held["aws"]
    assert "sqs_queue" in held["aws"]
    assert len(held["aws"]) == 13, "what the program imports, and nothing else"
    assert "Preparing the aws bindings for" in first.stderr
    # The archives are done with, and the stock ones are unpacked elsewhere.
    shutil.rmtree(cache)
    shutil.rmtree(project / "cdktf.out")

    whole = run(MAIN, cache=cache, GROUNDPLAN_BINDINGS="full")
    shutil.rmtree(cache)
    assert whole.returncode == 0, whole.stderr
    assert json.loads(whole.stdout) == {"aws": ["*"], "gitlab": [], "helm": ["*"], "kubernetes": ["*"]}
    assert "Preparing" not in whole.stderr
    assert everything_below(project / "cdktf.out") == cut
    assert len(json.loads(cut["stacks/all/cdk.tf.json"])["resource"]) >= 12


def test_four_first_runs_at_once_share_one_preparation(start, project, tmp_path):
    cache = tmp_path / "cache"
    processes = [start(SMALL, cache=cache, RUN=str(number)) for number in range(4)]
    ends = [(*process.communicate(timeout=120), process.returncode) for process in processes]
    assert [code for _, _, code in ends] == [0, 0, 0, 0], ends
    messages = "".join(err for _, err, _ in ends)
    assert messages.count("Preparing the kubernetes bindings") == 1, "the others must wait and use what one made"
    assert messages.count("Preparing the helm bindings") == 1
    outputs = [everything_below(project / f"out-{number}") for number in range(4)]
    assert outputs[0]
    assert outputs.count(outputs[0]) == 4


def test_the_second_run_says_nothing(run):
    run(SMALL, RUN="1")
    second = run(SMALL, RUN="2")
    assert (second.returncode, second.stderr) == (0, "")
