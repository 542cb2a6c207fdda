"""The map of signals, as docs/signals.md and `--json` have it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from groundplan.signals import Environment, describe, markdown

from .test_arriving import PODS, PROMETHEUS, SERVICE, dashboard, monitor, of, release, rule
from .test_cloudwatch import FILTER, FUNCTION, SCRIPT, alarm, policy

PROJECT = Path(__file__).parents[2]


def test_the_map_says_who_emits_who_collects_and_who_asks_in_which_environment() -> None:
    board = of("ConfigMap", "boards", {"data": {"a.json": dashboard_of("velero_backup_last_status")}})
    plan = {
        "resource_changes": [
            alarm("Groundplan/Velero", "FailedBackups", "Cluster"),
            alarm("AWS/SQS", "NumberOfMessagesSent", "QueueName"),
            alarm("Groundplan/Email", "Denied", "service"),
            FUNCTION,
            policy("Groundplan/Velero"),
            SCRIPT,
            FILTER,
        ]
    }
    prod = [
        release("velero", SERVICE, monitor(), rule("velero_backup_last_status == 0", "up == 0", "sum(")),
        release("", board),
    ]
    dev = [release("velero", PODS, stack="dev-backup")]
    environments = {"prod": Environment.of(prod, {"prod-backup": plan}), "dev": Environment.of(dev, {})}
    described = describe(environments, {"prod-backup": "backup", "dev-backup": "backup"})

    [velero] = described["families"]["backup"]["components"]
    assert velero | {"metrics": 0} == {
        "component": "velero",
        "version": "1.18.1",
        "exact": True,
        "metrics": 0,
        "endpoints": [":8085/metrics"],
        "emitted_by": {"helm_release.velero": ["dev", "prod"]},
        "collected_by": {"ServiceMonitor b/velero": ["prod"]},
        "asked": [
            {
                "metric": "velero_backup_last_status",
                "type": "gauge",
                "by": {"alert A0": ["prod"], "dashboard Backups": ["prod"]},
            }
        ],
    }
    text = markdown(described)
    for line in (
        "42 metrics (facts of 1.18.1) at :8085/metrics, emitted by `helm_release.velero`. "
        "Collected by `ServiceMonitor b/velero` (prod).",
        "| `velero_backup_last_status` | gauge | alert A0 (prod), dashboard Backups (prod) |",
        "| `up` | gauge | alert A1 (prod) |",
        "| `aws_cloudwatch_metric_alarm.x` (prod) | `AWS/SQS NumberOfMessagesSent`, `Groundplan/Email Denied`, "
        "`Groundplan/Velero FailedBackups` | Cluster, QueueName, service | AWS, a function, a job |",
    ):
        assert line in text.splitlines()


def dashboard_of(expr: str) -> str:
    return json.dumps(dashboard(targets=[{"expr": expr, "datasource": PROMETHEUS}]))


@pytest.mark.skipif(not os.environ.get("GROUNDPLAN_CHARTS"), reason="GROUNDPLAN_CHARTS names no folder of real charts")
def test_the_page_of_signals_is_current() -> None:
    from groundplan.cli.steps import Run

    with Run(project=PROJECT) as run:
        renders, manifest = run.render()
    assert manifest is not None
    assert not renders.not_rendered()
    described = describe(renders.signals, {one.name: one.family for one in manifest.stacks})
    assert (PROJECT / "docs" / "signals.md").read_text("utf-8") == markdown(described)
