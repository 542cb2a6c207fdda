"""Whole programs: what they write must not depend on how the bindings were loaded, nor on who else runs."""

from __future__ import annotations

import hashlib
import json
import shutil
from importlib import metadata
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("program.py")
STOCK = Path(__file__).with_name("stock")
"""What the stock bindings make of the program, and `of.json`: the program and the versions that this was."""
PACKAGES = ("cdktf", "constructs", "jsii", *(f"cdktf-cdktf-provider-{name}" for name in ("aws", "helm", "kubernetes")))
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

HELM = """
import os
from groundplan import bindings
bindings.install()
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_helm.release import Release
from groundplan.bindings.imports import loaded
app = App(outdir="out-" + os.environ["RUN"], skip_validation=True)
Release(TerraformStack(app, "small"), "release", name="example", chart="example")
app.synth()
print(sorted(loaded()["helm"]))
"""


def everything_below(folder: Path) -> dict[str, bytes]:
    """What the files hold, by their paths; the local backend's one tells where the project is."""
    where = str(folder.parent).encode()
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes().replace(where, b"<project>") for file in files}


def what_decides() -> dict[str, str]:
    """All that the stock bindings' output comes from."""
    program = hashlib.sha256(PROGRAM.read_bytes()).hexdigest()
    return {"program": program, **{name: metadata.version(name) for name in PACKAGES}}


def test_the_cut_bindings_write_the_same_bytes_as_the_stock_ones(run, project, tmp_path, unpacked):
    shutil.copy(PROGRAM, project / "program.py")
    first = run(MAIN, cache=tmp_path / "cache", **unpacked)
    assert first.returncode == 0, first.stderr
    cut = everything_below(project / "cdktf.out")
    held = json.loads(first.stdout)
    assert "s3_bucket" in held["aws"]
    assert "sqs_queue" in held["aws"]
    assert len(held["aws"]) == 13, "what the program imports, and nothing else"
    assert "Preparing the aws bindings for" in first.stderr
    assert len(json.loads(cut["stacks/all/cdk.tf.json"])["resource"]) >= 12
    assert cut == everything_below(STOCK / "written")


def test_what_the_stock_bindings_write_is_recorded_for_the_versions_that_are_installed(
    run, project, tmp_path, pytestconfig
):
    """They take twenty seconds to load, and write the same each time: they are asked when anything of them is new."""
    if json.loads((STOCK / "of.json").read_bytes()) == what_decides():
        return
    shutil.copy(PROGRAM, project / "program.py")
    whole = run(MAIN, cache=tmp_path / "cache", GROUNDPLAN_BINDINGS="full")
    assert whole.returncode == 0, whole.stderr
    assert json.loads(whole.stdout) == {"aws": ["*"], "gitlab": [], "helm": ["*"], "kubernetes": ["*"], "vault": []}
    assert "Preparing" not in whole.stderr
    if not pytestconfig.option.update_snapshots:
        assert everything_below(project / "cdktf.out") == everything_below(STOCK / "written")
        pytest.fail("the bindings are others than those that were recorded: run this test with --snapshot-update")
    shutil.rmtree(STOCK, ignore_errors=True)
    for name, content in everything_below(project / "cdktf.out").items():
        (STOCK / "written" / name).parent.mkdir(parents=True, exist_ok=True)
        (STOCK / "written" / name).write_bytes(content)
    (STOCK / "of.json").write_text(json.dumps(what_decides(), indent=2) + "\n", encoding="utf-8")


def test_bindings_are_loaded_whole_where_that_is_asked_for(run, project):
    # of helm, the smallest of them
    cut = run(HELM, RUN="cut")
    whole = run(HELM, RUN="whole", GROUNDPLAN_BINDINGS="full")
    assert (cut.returncode, whole.returncode) == (0, 0), cut.stderr + whole.stderr
    assert (cut.stdout, whole.stdout) == ("['release']\n", "['*']\n")
    assert everything_below(project / "out-whole") == everything_below(project / "out-cut") != {}


def test_four_first_runs_at_once_share_one_preparation_and_the_next_run_says_nothing(start, run, project, tmp_path):
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

    after = run(SMALL, cache=cache, RUN="next")
    assert (after.returncode, after.stderr) == (0, "")
