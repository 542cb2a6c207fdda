"""The status report: what the controller misses and what waits for it, from what kubectl says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.shell import Shell

SCRIPT = Path(__file__).parents[3] / "modules/mesh/aws_load_balancer_controller/files/status.sh"
KUBECTL = r"""
case "$*" in
*deployment*) cat "$HERE/deployment" ;;
*ingresses*) cat "$HERE/ingresses" ;;
*services*) [ ! -f "$HERE/down" ] || { echo "connection refused" >&2; exit 1; }; cat "$HERE/services" ;;
esac
"""
NLB = "service.k8s.aws/nlb"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    made.fake("kubectl", KUBECTL)
    for file in ("deployment", "ingresses", "services"):
        (tmp_path / file).write_text("")
    return made


def report(shell: Shell, **said: str) -> dict[str, int]:
    """What is published when kubectl says this."""
    for file, content in said.items():
        (shell.folder / file).write_text(content)
    metrics = shell.folder / "metrics.json"
    done = shell.run(
        SCRIPT,
        CLUSTER="prod",
        DEPLOYMENT="lb/controller",
        INGRESS_CLASSES="internal public",
        LOAD_BALANCER_CLASS=NLB,
        METRICS_FILE=str(metrics),
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(metrics.read_text())
    assert all(each["Dimensions"] == [{"Name": "Cluster", "Value": "prod"}] for each in found)
    return {each["MetricName"]: each["Value"] for each in found}


@pytest.mark.parametrize(("said", "expected"), [("3 3", 0), ("3 1", 2), ("3 ", 3), ("2 3", 0), ("0 ", 1), ("", 1)])
def test_the_controller_misses_what_it_wants_and_has_not(shell: Shell, said: str, expected: int) -> None:
    assert report(shell, deployment=said)["MissingReplicas"] == expected


def test_ingresses_and_services_of_the_controller_wait_until_they_have_an_address(shell: Shell) -> None:
    told = report(
        shell,
        deployment="1 1",
        # without an address; with one; of another controller; being deleted
        ingresses="public||\ninternal|a.elb.amazonaws.com|\nnginx||\npublic||2026-11-30T00:00:00Z\n",
        # of no class; of the controller; of Kubernetes itself
        services=f"||\n{NLB}||\n{NLB}|b.elb.amazonaws.com|\neks.amazonaws.com/nlb||\n",
    )
    assert told == {"MissingReplicas": 0, "WaitingLoadBalancers": 2}


def test_a_cluster_that_does_not_answer_fails_the_report_instead_of_half_of_it(shell: Shell) -> None:
    (shell.folder / "down").touch()
    metrics = shell.folder / "metrics.json"
    done = shell.run(
        SCRIPT, CLUSTER="prod", DEPLOYMENT="lb/controller", LOAD_BALANCER_CLASS=NLB, METRICS_FILE=str(metrics)
    )
    assert done.returncode != 0
    assert "connection refused" in done.stderr
    assert not metrics.exists()
