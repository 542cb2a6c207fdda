"""What the dashboard of backups asks for is collected, wherever metrics are."""

from __future__ import annotations

from typing import cast

import pytest

from environments import PLATFORM
from environments.families.backup import BackupFamily
from environments.families.cluster import ClusterFamily
from environments.families.observability import ObservabilityFamily
from environments.platform import Platform


@pytest.mark.parametrize("environment", PLATFORM.environments, ids=lambda each: each.name)
def test_velero_is_collected_from_where_monitors_are_read(environment: Platform) -> None:
    cluster = cast(ClusterFamily, PLATFORM.settings(environment, ClusterFamily, environment.name))
    backup = cast(BackupFamily, PLATFORM.settings(environment, BackupFamily, environment.name))
    observed = cast(ObservabilityFamily, PLATFORM.settings(environment, ObservabilityFamily, environment.name))
    metrics = backup.velero.metrics
    # there are kinds for monitors only where the cluster brings them
    assert (metrics is not None) is bool(cluster.foundations.prometheus_operator_crds)
    if metrics is not None:
        assert observed.collectors.metrics.monitor_labels.items() <= metrics.labels.items()
