"""The script of status reports: how many replicas every workload misses, from what kubectl says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundplan.building import MISSING_REPLICAS as SCRIPT
from tests.support.shell import Shell

COREDNS = "kube-system/deployment/coredns"
CACHE = "kube-system/daemonset/node-local-dns"

KUBECTL = r"""
if [ -f "$HERE/down" ]; then echo "connection refused" >&2; exit 1; fi
# --namespace <namespace> get <kind> <name> ...
cat "$HERE/$2.$4.$5" 2>/dev/null || true
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def missing(shell: Shell, workloads: dict[str, str], *, ask: str | None = None) -> dict[str, int]:
    """What is published when kubectl says this of the workloads."""
    shell.fake("kubectl", KUBECTL)
    for workload, replicas in workloads.items():
        (shell.folder / workload.replace("/", ".")).write_text(replicas)
    file = shell.folder / "metrics.json"
    done = shell.run(SCRIPT, CLUSTER="prod", WORKLOADS=ask or " ".join(workloads), METRICS_FILE=str(file))
    assert done.returncode == 0, done.stderr
    found = json.loads(file.read_text())
    assert {metric["MetricName"] for metric in found} == {"MissingReplicas"}
    assert all(metric["Dimensions"][0] == {"Name": "Cluster", "Value": "prod"} for metric in found)
    return {metric["Dimensions"][1]["Value"]: metric["Value"] for metric in found}


@pytest.mark.parametrize(("said", "expected"), [("3 3", 0), ("3 1", 2), ("3 ", 3), ("3", 3), ("2 3", 0), ("0 ", 1)])
def test_a_deployment_misses_what_it_wants_and_has_not(shell: Shell, said: str, expected: int) -> None:
    assert missing(shell, {COREDNS: said}) == {"kube-system/coredns": expected}


def test_a_workload_that_is_gone_is_missing_and_the_others_are_told_all_the_same(shell: Shell) -> None:
    ask = "external-dns/deployment/external-dns-public kube-system/deployment/coredns"
    assert missing(shell, {COREDNS: "2 2"}, ask=ask) == {
        "external-dns/external-dns-public": 1,
        "kube-system/coredns": 0,
    }


def test_a_stateful_set_is_counted_as_a_deployment_is(shell: Shell) -> None:
    server = "grafana/statefulset/grafana"
    assert missing(shell, {server: "3 2"}) == {"grafana/grafana": 1}
    assert missing(shell, {server: "0 "}) == {"grafana/grafana": 1}


def test_a_daemon_set_without_nodes_misses_nothing(shell: Shell) -> None:
    assert missing(shell, {CACHE: "0 "}) == {"kube-system/node-local-dns": 0}


def test_a_daemon_set_is_asked_for_its_nodes(shell: Shell) -> None:
    assert missing(shell, {CACHE: "12 11"}) == {"kube-system/node-local-dns": 1}
    assert any("desiredNumberScheduled" in call for call in shell.calls)


@given(wanted=st.integers(1, 500), available=st.integers(0, 500))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_missing_below_zero(shell: Shell, wanted: int, available: int) -> None:
    assert missing(shell, {COREDNS: f"{wanted} {available}"}) == {"kube-system/coredns": max(0, wanted - available)}


def test_a_cluster_that_does_not_answer_fails_the_report_instead_of_half_of_it(shell: Shell) -> None:
    shell.fake("kubectl", KUBECTL)
    (shell.folder / "down").touch()
    file = shell.folder / "metrics.json"
    done = shell.run(SCRIPT, CLUSTER="prod", WORKLOADS=COREDNS, METRICS_FILE=str(file))
    assert done.returncode != 0
    assert not file.exists()
    assert "connection refused" in done.stderr


def test_a_kind_that_is_not_known_fails_the_report(shell: Shell) -> None:
    shell.fake("kubectl", KUBECTL)
    done = shell.run(SCRIPT, CLUSTER="prod", WORKLOADS="a/replicaset/b", METRICS_FILE=str(shell.folder / "m"))
    assert done.returncode != 0
    assert "replicaset" in done.stderr
