"""The script of status reports: how many replicas each part of a service misses, from what kubectl says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundplan.building import MISSING_BY_PART as SCRIPT
from tests.support.shell import Shell

KUBECTL = r"""
if [ -f "$HERE/down" ]; then echo "connection refused" >&2; exit 1; fi
# --namespace <namespace> get <kind>/<name> ...
cat "$HERE/$(echo "$4" | tr / .)" 2>/dev/null || true
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    made.fake("kubectl", KUBECTL)
    return made


def missing(shell: Shell, parts: str, **said: str) -> dict[str, int]:
    for workload, replicas in said.items():
        (shell.folder / workload.replace("__", ".")).write_text(replicas)
    file = shell.folder / "metrics.json"
    done = shell.run(SCRIPT, CLUSTER="prod", NAMESPACE="loki", PARTS=parts, METRICS_FILE=str(file))
    assert done.returncode == 0, done.stderr
    found = json.loads(file.read_text())
    assert {metric["MetricName"] for metric in found} == {"MissingReplicas"}
    assert all(metric["Dimensions"][0] == {"Name": "Cluster", "Value": "prod"} for metric in found)
    return {metric["Dimensions"][1]["Value"]: metric["Value"] for metric in found}


@pytest.mark.parametrize(("said", "expected"), [("3 3", 0), ("3 1", 2), ("3 ", 3), ("2 3", 0), ("0 ", 1)])
def test_a_part_misses_what_its_workload_wants_and_has_not(shell: Shell, said: str, expected: int) -> None:
    assert missing(shell, "writing=deployment/d", deployment__d=said) == {"loki/writing": expected}


def test_a_part_misses_what_all_its_workloads_miss_and_what_is_not_there(shell: Shell) -> None:
    parts = "writing=deployment/d,statefulset/a,statefulset/gone reading=deployment/q"
    said = {"deployment__d": "3 2", "statefulset__a": "1 ", "deployment__q": "2 2"}
    assert missing(shell, parts, **said) == {"loki/writing": 3, "loki/reading": 0}


def test_a_cluster_that_does_not_answer_is_told_by_no_report(shell: Shell) -> None:
    (shell.folder / "down").write_text("")
    file = shell.folder / "metrics.json"
    done = shell.run(SCRIPT, CLUSTER="prod", NAMESPACE="loki", PARTS="a=deployment/d", METRICS_FILE=str(file))
    assert done.returncode != 0
    assert not file.exists()
