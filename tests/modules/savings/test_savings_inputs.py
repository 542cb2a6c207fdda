"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.cost.savings import ReservedInstances, ReservedNodes, Savings, SavingsInputs, SavingsPlans, Watch
from modules.cost.savings.inputs import CONFIRMED
from tests.modules.savings.examples import FULL, SMALL
from tests.support.planning import refusals

INSTANCES = ReservedInstances(
    instance_class="db.r7g.large",
    product_description="postgresql",
    count=1,
    i_understand_that_this_cannot_be_given_back=True,
)
NODES = ReservedNodes(
    node_type="cache.r7g.large",
    product_description="valkey",
    count=1,
    i_understand_that_this_cannot_be_given_back=True,
)
PLANS = SavingsPlans(bucket_name="prod-savings", most_hourly_commitment="1")

WRONG: dict[str, tuple[SavingsInputs, str]] = {
    "instances that nobody decided to buy": (
        SMALL.but(reserved_instances={"kong": INSTANCES.but(i_understand_that_this_cannot_be_given_back=False)}),
        f'reserved_instances["kong"].i_understand_that_this_cannot_be_given_back: {CONFIRMED}',
    ),
    "nodes that nobody decided to buy": (
        SMALL.but(reserved_nodes={"sessions": NODES.but(i_understand_that_this_cannot_be_given_back=False)}),
        f'reserved_nodes["sessions"].i_understand_that_this_cannot_be_given_back: {CONFIRMED}',
    ),
    "three years that RDS sells otherwise": (
        SMALL.but(reserved_instances={"kong": INSTANCES.but(term_years=3)}),
        'reserved_instances["kong"].payment: must be All Upfront or Partial Upfront for 3 years: RDS offers no other, '
        'got payment = "No Upfront", term_years = 3',
    ),
    "no instance": (
        SMALL.but(reserved_instances={"kong": INSTANCES.but(count=0)}),
        'reserved_instances["kong"].count: must be 1 to 100, got 0',
    ),
    "a commitment in words": (
        SMALL.but(savings_plans=PLANS.but(most_hourly_commitment="two")),
        'savings_plans.most_hourly_commitment: must be an amount of USD, such as 2.50, got "two"',
    ),
    "reservations of nothing": (
        SMALL.but(watches={"databases": Watch(kind="RI_UTILIZATION")}),
        'watches["databases"].service: must be given for RI_COVERAGE and RI_UTILIZATION, and left out for savings '
        'plans, got kind = "RI_UTILIZATION", service = null',
    ),
    "watches that nobody hears": (SMALL.but(emails=[]), "watches: tell nobody: give topic_arn or emails"),
    "nodes that change by themselves": (
        SMALL.but(spot_nodes=FULL.spot_nodes.but(ami_alias="al2023@latest") if FULL.spot_nodes else None),
        "spot_nodes.ami_alias: must be an image of Amazon Linux 2023 and its exact version, such as al2023@v20261110, "
        'got "al2023@latest"',
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Savings, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}
