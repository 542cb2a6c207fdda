"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.cost.budgets import Anomalies, Budget, Budgets, BudgetsInputs, TagFilter, Threshold
from tests.modules.budgets.examples import SMALL
from tests.support.planning import refusals

LIMIT = Budget(limit_amount=100)
TEN = [f"team-{number}@example.com" for number in range(10)]


def only(**budgets: Budget) -> BudgetsInputs:
    return SMALL.but(budgets=budgets)


WRONG: dict[str, tuple[BudgetsInputs, str]] = {
    "no limit": (only(), "budgets: must have 1 or more entries, got 0"),
    "a limit of nothing": (
        only(account=LIMIT.but(limit_amount=0)),
        'budgets["account"].limit_amount: must be 1 to 1000000000, got 0',
    ),
    "nobody to tell": (
        only(account=LIMIT.but(thresholds=[])),
        'budgets["account"].thresholds: must have 1 to 5 items, got 0',
    ),
    "more thresholds than AWS keeps": (
        only(account=LIMIT.but(thresholds=[Threshold(percent=10 * number) for number in range(1, 7)])),
        'budgets["account"].thresholds: must have 1 to 5 items, got 6',
    ),
    "the same threshold twice": (
        only(account=LIMIT.but(thresholds=[Threshold(percent=80), Threshold(percent=80)])),
        'budgets["account"].thresholds: must each be there once: AWS takes no two notifications that are alike',
    ),
    "a forecast of a day": (
        only(account=LIMIT.but(time_unit="DAILY")),
        'budgets["account"].thresholds: must all be ACTUAL where time_unit is DAILY: AWS forecasts no single day, '
        'got time_unit = "DAILY"',
    ),
    "more addresses than AWS takes": (
        only(account=LIMIT.but(emails=["owner@example.com"])).but(emails=TEN),
        'budgets["account"].emails: must be at most 10 addresses with those of the module: AWS takes no more for a '
        'notification, a list of recipients takes many, got emails = ["owner@example.com"]',
    ),
    "an address twice": (
        only(account=LIMIT.but(emails=[TEN[0]])).but(emails=TEN[:2]),
        'budgets["account"].emails: must not repeat an address of the module\'s emails, which gets mail of every '
        'budget, got emails = ["team-0@example.com"]',
    ),
    "a tag that AWS keeps for itself": (
        only(account=LIMIT.but(tag=TagFilter(key="aws:createdBy", values=["x"]))),
        'budgets["account"].tag.key: must not begin with aws:, which AWS keeps for itself, got "aws:createdBy"',
    ),
    "a tag without a value": (
        only(account=LIMIT.but(tag=TagFilter(key="Service", values=[]))),
        'budgets["account"].tag.values: must have 1 or more items, got 0',
    ),
    "a share beyond measure": (
        only(account=LIMIT).but(anomalies=Anomalies(threshold_amount=1, threshold_percent=-1)),
        "anomalies.threshold_percent: must be 0 to 10000, got -1",
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Budgets, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}
