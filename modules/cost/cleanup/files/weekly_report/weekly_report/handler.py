"""Where Lambda comes in, once a week."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

from . import costs, page, savings, settings

__all__ = ["handle", "kept", "reported", "sent"]

HUB_REGION = "us-east-1"
"""The one that Cost Optimization Hub has: https://docs.aws.amazon.com/general/latest/gr/billing.html."""

log = Logger()
metrics = Metrics()
tracer = Tracer()


@log.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler
def handle(_event: dict[str, Any], context: Any) -> str:
    """Asks, keeps the page, sends it; gives where it is kept."""
    given = settings.read(os.environ)
    account = str(context.invoked_function_arn).split(":")[4]
    s3 = boto3.client("s3")
    report = reported(
        given,
        account,
        datetime.now(UTC).date(),
        boto3.client("ce", region_name=given.region),
        boto3.client("cost-optimization-hub", region_name=HUB_REGION),
        s3,
    )
    where = kept(given, report, s3)
    if given.mail is not None:
        sent(given.mail, report, boto3.client("sesv2"))
    whole = report.costs.whole()
    metrics.add_metric("WeeklyCost", MetricUnit.NoUnit, whole.now)
    metrics.add_metric("MonthlySavings", MetricUnit.NoUnit, report.saved)
    log.info("Reported", extra={"where": where, "cost": whole.now, "difference": whole.difference})
    return where


def reported(given: settings.Settings, account: str, today: date, ce: Any, hub: Any, s3: Any) -> page.Report:
    """What a page is made of."""
    found = costs.read(ce, today)
    return page.Report(
        account=account,
        costs=found,
        families=found.grouped(lambda _, service: given.family_of(service)),
        environments=found.grouped(lambda environment, _: environment or "untagged"),
        recommended=savings.recommended(hub),
        waste=savings.waste(s3, given.bucket),
    )


def kept(given: settings.Settings, report: page.Report, s3: Any) -> str:
    """Keeps the page of the week and the newest one in the bucket."""
    body = page.page(report).encode()
    where = f"weekly/{report.costs.last.isoformat()}.html"
    for key in (where, "weekly/latest.html"):
        s3.put_object(Bucket=given.bucket, Key=key, Body=body, ContentType="text/html; charset=utf-8")
    return where


def sent(mail: settings.Mail, report: page.Report, ses: Any) -> None:
    """Sends the page by Amazon SES, a mail to each, so that nobody reads who else gets it."""
    for address in mail.recipients:
        ses.send_email(
            FromEmailAddress=mail.from_address,
            Destination={"ToAddresses": [address]},
            Content={
                "Simple": {
                    "Subject": {"Data": f"Costs of {report.account}, week to {report.costs.last:%d %b %Y}"},
                    "Body": {"Html": {"Data": page.page(report)}, "Text": {"Data": page.summary(report)}},
                }
            },
        )
