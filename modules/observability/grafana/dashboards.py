"""The dashboards that come with the module: one ConfigMap each, which the sidecar beside Grafana finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata

from groundplan.framework import Module, all_of, contains, dependable, is_set, part_id, when

from .chart import DASHBOARD_LABEL
from .inputs import GrafanaInputs

__all__ = ["FOLDER", "dashboards"]

FOLDER = "Platform"
"""The folder of Grafana that they are in."""


def dashboards(scope: Module[Any, Any], given: GrafanaInputs, *, after: Sequence[Any]) -> None:
    """They ask Mimir, so they are there only with it."""
    for path in sorted((scope.folder() / "files" / "dashboards").glob("*.json")):
        name = path.stem
        when(all_of(is_set(given.data_sources.mimir), contains(given.dashboards, name)))(
            ConfigMapV1,
            scope,
            part_id("dashboard", name.replace("-", "_")),
            metadata=ConfigMapV1Metadata(
                name=f"{given.release_name}-dashboard-{name}",
                namespace=given.namespace,
                labels={DASHBOARD_LABEL: "1"},
                annotations={"grafana_folder": FOLDER},
            ),
            data={f"{name}.json": scope.shipped_text(f"dashboards/{name}.json")},
            depends_on=[dependable(element) for element in after],
        )
