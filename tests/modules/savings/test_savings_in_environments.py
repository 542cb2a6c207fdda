"""Where spot capacity is: in every environment, beside a Karpenter that makes it and jobs that ask for it."""

from __future__ import annotations

from typing import Any

import pytest

from environments import PLATFORM
from environments.dev import DEV
from environments.families.cluster import ClusterFamily
from environments.families.cost import CostFamily, _spot_nodes
from environments.families.workflow import WorkflowFamily
from environments.platform import Platform
from environments.prod import PROD
from environments.staging import STAGING


def settings(environment: Platform, family: Any) -> Any:
    return PLATFORM.settings(environment, family, environment.name)


@pytest.mark.parametrize("environment", [DEV, STAGING, PROD], ids=lambda environment: str(environment.name))
def test_jobs_that_ask_for_spot_capacity_have_pools_of_it_and_somebody_who_makes_nodes(environment: Platform) -> None:
    jobs = settings(environment, WorkflowFamily).kubernetes_jobs.cron_jobs
    assert any(job.given().get("spot") for job in jobs.values())
    spot = settings(environment, CostFamily).savings.spot_nodes
    assert list(spot.pools) == ["batch"]
    assert spot.ami_alias.startswith("al2023@v")
    assert settings(environment, ClusterFamily).foundations.karpenter is not None


def test_a_cluster_with_a_karpenter_of_its_own_gets_no_second_one_and_says_the_role_of_its_nodes() -> None:
    own = DEV.but(kubernetes=DEV.kubernetes.but(provides=["karpenter"]))
    assert settings(own, ClusterFamily).foundations.karpenter is None
    # what stands in no output of the cluster's stack, the settings must have
    assert set(_spot_nodes(own, None).given()) == {"cluster_name"}  # type: ignore[arg-type]
