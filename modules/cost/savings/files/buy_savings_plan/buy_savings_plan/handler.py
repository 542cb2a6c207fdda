"""Where Lambda comes in, after somebody approved: buys exactly what was approved, once, and never more than may be."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Tracer

__all__ = ["NotApproved", "buy", "handle"]

log = Logger()
tracer = Tracer()


class NotApproved(Exception):
    """What was approved is not what would be bought, or more than may be committed."""


@log.inject_lambda_context
@tracer.capture_lambda_handler
def handle(event: dict[str, Any], _context: Any) -> dict[str, str]:
    """`{"plan": ..., "approval": ..., "execution": ...}` of the state machine; gives the id of what was bought."""
    said = json.loads(os.environ["SETTINGS"])
    # its API has one address, which signs by this region: https://docs.aws.amazon.com/general/latest/gr/savingsplans.html
    client = boto3.client("savingsplans", region_name="us-east-1")
    bought = buy(event, Decimal(said["most_hourly_commitment"]), said["tags"], client)
    log.info("Bought", extra={"savings_plan_id": bought, "approval": event["approval"]})
    return {"savings_plan_id": bought}


def buy(event: dict[str, Any], most: Decimal, tags: dict[str, str], savingsplans: Any) -> str:
    """Buys the plan; asked twice by one execution, AWS buys once: the execution is the client token.

    https://docs.aws.amazon.com/savingsplans/latest/APIReference/API_CreateSavingsPlan.html
    """
    plan, approval = event["plan"], event["approval"]
    for what in ("offering_id", "hourly_commitment"):
        if not approval.get(what) or approval[what] != plan[what]:
            raise NotApproved(f"{what}: {approval.get(what)!r} was approved, and {plan[what]!r} would be bought")
    if Decimal(plan["hourly_commitment"]) > most:
        raise NotApproved(
            f"hourly_commitment: {plan['hourly_commitment']} is more than the {most} that may be committed"
        )
    answer = savingsplans.create_savings_plan(
        savingsPlanOfferingId=plan["offering_id"],
        commitment=plan["hourly_commitment"],
        clientToken=event["execution"],
        tags=tags,
    )
    return str(answer["savingsPlanId"])
