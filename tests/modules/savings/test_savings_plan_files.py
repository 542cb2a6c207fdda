"""How a savings plan is bought: what AWS recommends, the question, the answer, and exactly what was approved."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from buy_savings_plan import handler as buying  # type: ignore[import-not-found]
from recommend_savings_plan import handler as recommending  # type: ignore[import-not-found]

from groundplan.states import drawn, needs, problems
from modules.cost.savings.approval import approval
from tests.modules.step_functions.interpreter import Refused, Run, run
from tests.support.planning import PROJECT

GIVEN = recommending.Settings(
    bucket="prod-savings",
    topic_arn="arn:aws:sns:us-east-1:111122223333:prod-savings-questions",
    term="ONE_YEAR",
    payment="NO_UPFRONT",
    lookback="THIRTY_DAYS",
    most_hourly_commitment="2.50",
    least_monthly_savings="100",
)
OFFERING = "0d6c1c2e-0000-4000-8000-000000000000"
PLACE = "arn:aws:lambda:us-east-1:111122223333:function"
MACHINE = approval(f"{PLACE}:prod-savings-recommend", f"{PLACE}:prod-savings-buy")


def stubbed(service: str) -> tuple[Any, Stubber]:
    client = boto3.client(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    stub = Stubber(client)
    stub.activate()
    return client, stub


def recommended(commitment: str = "1.234", saves: str = "207.55", *, none: bool = False) -> Any:
    ce, stub = stubbed("ce")
    detail = {
        "SavingsPlansDetails": {"OfferingId": OFFERING},
        "HourlyCommitmentToPurchase": commitment,
        "EstimatedMonthlySavingsAmount": saves,
        "EstimatedSavingsPercentage": "27.1",
        "EstimatedAverageUtilization": "99.2",
        "CurrencyCode": "USD",
    }
    details = [] if none else [detail]
    stub.add_response(
        "get_savings_plans_purchase_recommendation",
        {"SavingsPlansPurchaseRecommendation": {"SavingsPlansPurchaseRecommendationDetails": details}},
        {
            "SavingsPlansType": "COMPUTE_SP",
            "TermInYears": "ONE_YEAR",
            "PaymentOption": "NO_UPFRONT",
            "LookbackPeriodInDays": "THIRTY_DAYS",
            "AccountScope": "LINKED",
        },
    )
    return recommending.recommend(GIVEN, ce)


def test_what_saves_enough_and_commits_to_no_more_than_it_may_is_worth_a_question() -> None:
    plan = recommended()
    assert plan.worth_it
    assert (plan.offering_id, plan.hourly_commitment, plan.monthly_savings) == (OFFERING, "1.234", "207.55")


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        ({"commitment": "2.501"}, "2.501 an hour is more than the 2.50 that may be committed"),
        ({"saves": "99.99"}, "it saves 99.99 a month, less than the 100 that are worth it"),
        ({"commitment": "0.0"}, "less than the 100 that are worth it"),
        ({"none": True}, "AWS recommends none"),
    ],
)
def test_nobody_is_asked_about_what_is_too_much_or_not_worth_it(plan: dict[str, Any], why: str) -> None:
    if plan.get("commitment") == "0.0":
        plan = {**plan, "saves": "0"}
    found = recommended(**plan)
    assert not found.worth_it
    assert why in found.why


def test_the_question_says_what_it_costs_and_how_to_answer() -> None:
    said: dict[str, str] = {}
    recommending.ask(GIVEN, recommended(), "the-token", SimpleNamespace(publish=lambda **message: said.update(message)))
    assert said["TopicArn"] == GIVEN.topic_arn
    assert len(said["Subject"]) <= 100
    assert "saves 207.55 USD a month (27.1 %)" in said["Message"]
    yes = next(line for line in said["Message"].splitlines() if "send-task-success" in line)
    assert "--task-token 'the-token'" in yes
    answer = json.loads(yes.split("--task-output '")[1].rstrip("'"))
    assert answer == {"offering_id": OFFERING, "hourly_commitment": "1.234"}
    assert "send-task-failure --task-token 'the-token' --error Refused" in said["Message"]


EVENT = {
    "plan": {"offering_id": OFFERING, "hourly_commitment": "1.234"},
    "approval": {"offering_id": OFFERING, "hourly_commitment": "1.234"},
    "execution": "2026-12-15",
}


def test_exactly_what_was_approved_is_bought_and_once_by_an_execution() -> None:
    client, stub = stubbed("savingsplans")
    stub.add_response(
        "create_savings_plan",
        {"savingsPlanId": "sp-1"},
        {
            "savingsPlanOfferingId": OFFERING,
            "commitment": "1.234",
            "clientToken": "2026-12-15",
            "tags": {"Service": "savings"},
        },
    )
    assert buying.buy(EVENT, Decimal("2.50"), {"Service": "savings"}, client) == "sp-1"
    stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("approved", "most"),
    [
        ({"hourly_commitment": "1.235"}, "2.50"),
        ({"offering_id": "another"}, "2.50"),
        ({"hourly_commitment": ""}, "2.50"),
        ({}, "1.233"),
    ],
)
def test_anything_else_is_not_bought(approved: dict[str, str], most: str) -> None:
    client, _ = stubbed("savingsplans")
    with pytest.raises(buying.NotApproved):
        buying.buy({**EVENT, "approval": {**EVENT["approval"], **approved}}, Decimal(most), {}, client)


# the machine


def lived(plan: Any, answer: Any) -> Run:
    """The machine with its functions: `answer` is what people say, or the error that they end it with."""

    def function(state: str, arguments: dict[str, Any]) -> Any:
        if state == "Recommend":
            return {"Payload": asdict(plan)}
        bought = {"savings_plan_id": "sp-1"}
        client = SimpleNamespace(create_savings_plan=lambda **_: {"savingsPlanId": bought["savings_plan_id"]})
        try:
            buying.buy(arguments["Payload"], Decimal("2.50"), {}, client)
        except buying.NotApproved as error:
            raise Refused("NotApproved", str(error)) from None
        return {"Payload": bought}

    def people(_: str, arguments: dict[str, Any]) -> Any:
        assert arguments["Payload"]["action"] == "ask"
        assert arguments["Payload"]["token"]
        if isinstance(answer, str):
            raise Refused(answer)
        return answer

    return run(MACHINE, {}, {"lambda:invoke": function, "lambda:invoke.waitForTaskToken": people})


def test_the_machine_is_sound_and_needs_its_two_functions_alone() -> None:
    assert problems(MACHINE) == []
    found, wrong = needs(MACHINE)
    assert wrong == []
    assert {(need.action, need.resource) for need in found} == {
        ("lambda:InvokeFunction", f"{PLACE}:prod-savings-recommend"),
        ("lambda:InvokeFunction", f"{PLACE}:prod-savings-buy"),
    }


def test_the_machine_is_drawn_in_the_readme() -> None:
    readme = (PROJECT / "modules/cost/savings/README.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{drawn(MACHINE)}```" in readme


def test_what_somebody_approves_is_bought() -> None:
    ran = lived(recommended(), {"offering_id": OFFERING, "hourly_commitment": "1.234"})
    assert (ran.status, ran.states) == ("SUCCEEDED", ["Recommend", "Ask people", "Buy"])
    assert ran.output == {"savings_plan_id": "sp-1"}


@pytest.mark.parametrize("answer", ["Refused", "States.Timeout"])
def test_a_no_and_no_answer_buy_nothing_and_are_no_failure(answer: str) -> None:
    ran = lived(recommended(), answer)
    assert (ran.status, ran.output) == ("SUCCEEDED", {"outcome": "not approved"})
    assert "Buy" not in ran.states


def test_nobody_is_asked_about_what_is_not_worth_it() -> None:
    ran = lived(replace(recommended(), worth_it=False, why="too little"), "never asked")
    assert (ran.status, ran.output) == ("SUCCEEDED", {"outcome": "not worth it", "why": "too little"})
    assert ran.states == ["Recommend"]


def test_an_approval_of_something_else_fails_loudly_and_buys_nothing() -> None:
    ran = lived(recommended(), {"offering_id": OFFERING, "hourly_commitment": "9.99"})
    assert (ran.status, ran.error) == ("FAILED", "NotBought")


def test_a_question_that_reached_nobody_fails_loudly() -> None:
    ran = lived(recommended(), "SNS.AuthorizationError")
    assert (ran.status, ran.error) == ("FAILED", "NobodyWasAsked")
