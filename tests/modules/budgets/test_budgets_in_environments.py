"""Which limits an environment has: each family has one, which counts all of its modules by the tag that they set."""

from __future__ import annotations

import pytest

from environments import PLATFORM
from environments.dev import DEV
from environments.families.cost import CostFamily, services
from environments.platform import Platform
from environments.prod import PROD
from environments.staging import STAGING
from groundplan.framework.checking import problems_of
from tests.modules.budgets.examples import SMALL
from tests.modules.cleanup.examples import SMALL as LOOKS
from tests.modules.complete import COMPLETE
from tests.modules.savings.examples import SMALL as WATCHES


def test_the_modules_of_all_families_are_all_modules_there_are() -> None:
    # each sets its own name as the tag Service: groundplan.building.tags
    assert sorted(name for names in services().values() for name in names) == sorted(
        complete.kind.name for complete in COMPLETE.values()
    )


@pytest.mark.parametrize("environment", [DEV, STAGING, PROD], ids=lambda environment: str(environment.name))
def test_every_family_has_a_limit_and_all_of_them_stay_below_that_of_the_account(environment: Platform) -> None:
    wanted = PLATFORM.settings(environment, CostFamily, environment.name)
    assert isinstance(wanted, CostFamily)
    assert set(wanted.family_limits) == set(services())
    account, own = wanted.budgets.budgets["account"], wanted.budgets.budgets["environment"]
    assert max(wanted.family_limits.values()) < own.limit_amount < account.limit_amount


def test_a_limit_of_a_family_that_there_is_not_is_refused() -> None:
    (problem,) = problems_of(CostFamily(budgets=SMALL, cleanup=LOOKS, savings=WATCHES, family_limits={"databases": 10}))
    assert problem.path == 'family_limits["databases"]'
    assert problem.message == "must be the name of a family, got databases"
    assert "observability" in problem.cure
