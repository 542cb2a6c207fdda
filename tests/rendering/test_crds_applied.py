"""Whether something of a plan applies the definitions of a release that Helm leaves as they are."""

from __future__ import annotations

from typing import Any

import pytest

from groundplan.charts import chart
from groundplan.rendering.run import _applies_crds

from .charts import release

KONG = chart("kong")
RELEASE = release(None, name="kong", namespace="kong", chart=KONG.chart, version=KONG.version)
HEAD = {"name": "kong-crds", "namespace": "kong", "labels": {"helm.sh/chart": f"kong-{KONG.version}"}}


def _job(head: Any = HEAD, **changes: Any) -> dict[str, Any]:
    after = None if head is None else {"metadata": [head]}
    job = {"address": "module.kong.kubernetes_job_v1.crds[0]", "mode": "managed", "type": "kubernetes_job_v1"}
    return {**job, "change": {"after": after}, **changes}


def test_the_job_of_the_releases_chart_and_version_is_found() -> None:
    plan = {"resource_changes": [_job(type="kubernetes_config_map_v1"), _job()]}
    assert _applies_crds(plan, RELEASE) == "module.kong.kubernetes_job_v1.crds[0]"
    older = _job({**HEAD, "labels": {"helm.sh/chart": "web-1.0_3"}}, type="kubernetes_job")
    web = release(None, name="web", namespace="kong", chart="web", version="1.0+3")
    assert _applies_crds({"resource_changes": [older]}, web)


@pytest.mark.parametrize(
    "job",
    [
        _job(None),
        _job({**HEAD, "labels": None}),
        _job({**HEAD, "labels": {"helm.sh/chart": "kong-0.1.0"}}),
        _job({**HEAD, "namespace": "other"}),
        _job(type="kubernetes_cron_job_v1"),
        _job(mode="data"),
    ],
)
def test_another_job_is_not_taken_for_it(job: dict[str, Any]) -> None:
    assert _applies_crds({"resource_changes": [job]}, RELEASE) == ""
