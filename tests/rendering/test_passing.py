"""What a plan tells of applications' settings that no synthesis could see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from groundplan.charts import chart, write_local_chart
from groundplan.rendering import render_all

LOKI = chart("loki")
WRONG = "loki:\n  limits_config:\n    retention_perod: 744h\n    ingestion_rate_mb: lots\n"


def _resource(kind: str, after: dict[str, Any], **change: Any) -> dict[str, Any]:
    return {
        "address": f"module.logs.{kind}.this",
        "mode": "managed",
        "type": kind,
        "change": {"before": None, "after": after, "after_unknown": {}, **change},
    }


def _release(*values: str | None, **change: Any) -> dict[str, Any]:
    after = {
        "name": "loki",
        "namespace": "monitoring",
        "repository": LOKI.repository,
        "chart": LOKI.chart,
        "version": LOKI.version,
        "values": list(values),
    }
    return _resource("helm_release", after, **change)


def _rendered(tmp_path: Path, *resources: dict[str, Any]) -> Any:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"resource_changes": list(resources)}))
    return render_all({"prod-logs": plan}, {}, None, prove=False)


def test_values_that_terraform_has_filled_in_are_held_against_what_the_application_takes(tmp_path: Path) -> None:
    found = _rendered(tmp_path, _release("{}\n", WRONG))

    assert [str(each).splitlines()[0] for each in found.problems["prod-logs"]] == [
        "prod-logs: module.logs.helm_release.this: values.loki.limits_config.retention_perod: Loki 3.7.6 knows no "
        "retention_perod here: Loki refuses it and does not start",
        "prod-logs: module.logs.helm_release.this: values.loki.limits_config.ingestion_rate_mb: must be a number, got "
        "'lots'",
    ]


def test_what_is_secret_stays_so_and_what_only_an_apply_tells_is_counted(tmp_path: Path) -> None:
    found = _rendered(tmp_path, _release(WRONG, after_sensitive={"values": [True]}))
    assert "lots" not in str(found.problems)

    late = "loki:\n  server:\n    log_level: ${LEVEL}\n    http_listen_port: 3100\n"
    found = _rendered(tmp_path, _release(late, None, after_unknown={"values": [False, True]}))
    assert found.problems == {}
    assert [each for each in found.unknown if "Loki" in each] == [
        "prod-logs: a setting for Loki, known only after apply, printed by a template or free by name"
    ]


def test_objects_that_are_resources_are_looked_at_too(tmp_path: Path) -> None:
    service = {
        "metadata": [{"name": "x", "annotations": {"service.beta.kubernetes.io/aws-load-balancer-schem": "internal"}}]
    }
    (problem,) = _rendered(tmp_path, _resource("kubernetes_service_v1", service)).problems["prod-logs"]
    assert problem.path.startswith("prod-logs: module.logs.kubernetes_service_v1.this.metadata[0].annotations.")
    assert problem.cure == "did you mean service.beta.kubernetes.io/aws-load-balancer-scheme?"


def test_objects_of_releases_are_looked_at_when_they_are_made(tmp_path: Path) -> None:
    write_local_chart(tmp_path / "charts" / "resources")
    plugin = {
        "apiVersion": "configuration.konghq.com/v1",
        "kind": "KongClusterPlugin",
        "metadata": {"name": "limits"},
        "plugin": "rate-limiting",
        "config": {"minute": 0},
    }
    release = _release(yaml.safe_dump({"objects": {"limits": plugin}}))
    release["change"]["after"] |= {"chart": "charts/resources", "repository": None, "version": None}
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"resource_changes": [release]}))

    found = render_all({"prod-logs": plan}, {"prod-logs": tmp_path}, None, prove=False)
    said = [each for each in found.problems["prod-logs"] if each.path.endswith("config.minute")]
    assert [(each.path, each.message) for each in said] == [
        (
            "prod-logs: module.logs.helm_release.this: KongClusterPlugin limits.config.minute",
            "must be more than 0, got 0",
        )
    ]
