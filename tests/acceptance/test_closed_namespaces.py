"""Namespaces of workloads are closed, and what must come through does."""

from __future__ import annotations

from typing import cast

import pytest

from environments import PLATFORM
from environments.families.cluster import ClusterFamily
from environments.families.mesh import MeshFamily
from environments.platform import Platform


@pytest.mark.parametrize("environment", PLATFORM.environments, ids=lambda each: each.name)
def test_the_mesh_opens_what_the_cluster_closes(environment: Platform) -> None:
    cluster = cast(ClusterFamily, PLATFORM.settings(environment, ClusterFamily, environment.name))
    mesh = cast(MeshFamily, PLATFORM.settings(environment, MeshFamily, environment.name))
    closed = {name for name, one in cluster.foundations.namespaces.items() if one.network_closed}
    meshed = mesh.istio.namespaces
    assert closed & meshed.keys()
    assert {name for name, one in meshed.items() if one.network_closed} == closed & meshed.keys()
