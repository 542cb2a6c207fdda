"""Where Lambda comes in: asks Cost Explorer what to commit to, or asks people whether to buy it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

__all__ = ["Plan", "Settings", "ask", "handle", "recommend"]

log = Logger()
metrics = Metrics()
tracer = Tracer()


@dataclass(frozen=True)
class Settings:
    """What is asked for, and what is worth asking people about; money in USD."""

    bucket: str
    topic_arn: str
    term: str
    payment: str
    lookback: str
    most_hourly_commitment: str
    least_monthly_savings: str


@dataclass(frozen=True)
class Plan:
    """A plan that could be bought; amounts are texts, as AWS gives them, so that none is rounded on its way."""

    offering_id: str
    hourly_commitment: str
    monthly_savings: str
    savings_percent: str
    utilization_percent: str
    currency: str
    worth_it: bool
    why: str


@log.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """`{"action": "recommend"}` gives the plan; `{"action": "ask", "plan": ..., "token": ...}` asks people."""
    given = Settings(**json.loads(os.environ["SETTINGS"]))
    if event["action"] == "recommend":
        plan = recommend(given, boto3.client("ce", region_name="us-east-1"))
        metrics.add_metric("SavingsPlanMonthlySavings", MetricUnit.NoUnit, float(plan.monthly_savings))
        now = datetime.now(UTC)
        body = json.dumps({"day": now.date().isoformat(), **asdict(plan)}, indent=1).encode()
        key = f"savings-plans/{now.date().isoformat()}.json"
        boto3.client("s3").put_object(Bucket=given.bucket, Key=key, Body=body, ContentType="application/json")
        log.info("Recommended", extra={"plan": asdict(plan)})
        return asdict(plan)
    if event["action"] == "ask":
        ask(given, Plan(**event["plan"]), event["token"], boto3.client("sns"))
        return {}
    raise ValueError(
        f"action: must be recommend or ask, got {event['action']!r}: the state machine starts this function."
    )


def recommend(given: Settings, ce: Any) -> Plan:
    """What Cost Explorer would commit to for the account, and whether people should be asked about it.

    https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetSavingsPlansPurchaseRecommendation.html
    """
    answer = ce.get_savings_plans_purchase_recommendation(
        SavingsPlansType="COMPUTE_SP",
        TermInYears=given.term,
        PaymentOption=given.payment,
        LookbackPeriodInDays=given.lookback,
        AccountScope="LINKED",
    )
    details = answer.get("SavingsPlansPurchaseRecommendation", {}).get("SavingsPlansPurchaseRecommendationDetails", [])
    if not details:
        return Plan("", "0", "0", "0", "0", "USD", False, "AWS recommends none")
    # of an account there is one
    best = max(details, key=lambda one: Decimal(one["EstimatedMonthlySavingsAmount"]))
    worth_it, why = _worth_it(given, best)
    return Plan(
        offering_id=best["SavingsPlansDetails"]["OfferingId"],
        hourly_commitment=best["HourlyCommitmentToPurchase"],
        monthly_savings=best["EstimatedMonthlySavingsAmount"],
        savings_percent=best.get("EstimatedSavingsPercentage", "0"),
        utilization_percent=best.get("EstimatedAverageUtilization", "0"),
        currency=best.get("CurrencyCode", "USD"),
        worth_it=worth_it,
        why=why,
    )


def _worth_it(given: Settings, found: dict[str, Any]) -> tuple[bool, str]:
    commitment, saves = Decimal(found["HourlyCommitmentToPurchase"]), Decimal(found["EstimatedMonthlySavingsAmount"])
    if commitment > Decimal(given.most_hourly_commitment):
        return False, f"{commitment} an hour is more than the {given.most_hourly_commitment} that may be committed"
    if commitment <= 0 or saves < Decimal(given.least_monthly_savings):
        return False, f"it saves {saves} a month, less than the {given.least_monthly_savings} that are worth it"
    return True, f"it saves {saves} a month"


def ask(given: Settings, plan: Plan, token: str, sns: Any) -> None:
    """Tells people what would be bought, and the two commands of which one answers. The token is the right to answer.

    Whoever reads the topic gets the token, and still needs a role that may answer.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
    """
    approved = json.dumps({"offering_id": plan.offering_id, "hourly_commitment": plan.hourly_commitment})
    answer = f"aws stepfunctions send-task-%s --task-token '{token}'"
    sns.publish(
        TopicArn=given.topic_arn,
        Subject=f"Approve a savings plan of {plan.hourly_commitment} {plan.currency} an hour?",
        Message=(
            f"A Compute Savings Plan, {given.term} and {given.payment}, of {plan.hourly_commitment} {plan.currency} "
            f"an hour\nsaves {plan.monthly_savings} {plan.currency} a month ({plan.savings_percent} %), at "
            f"{plan.utilization_percent} % utilization. It cannot be given back.\n\n"
            f"Buy it:   {answer % 'success'} --task-output '{approved}'\n"
            f"Leave it: {answer % 'failure'} --error Refused --cause 'who and why'\n"
        ),
    )
