"""Where Lambda comes in: mails of the queue, and templates of the deploy step."""

from __future__ import annotations

import functools
import os
from typing import Any

import boto3
import urllib3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.config import Config

from .dispatch import Dispatcher, Mail
from .errors import NotAccepted, Refused, Uncertain, Waits
from .ledger import Circuit, Ledger
from .rendering import parse
from .sendgrid import SendGrid

logger = Logger()
metrics = Metrics()
tracer = Tracer()
# what waits comes again by itself, also when everything does
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def tell(metric: str, **details: str) -> None:
    """Counts it, and writes it down: never with an address in it."""
    metrics.add_metric(name=metric, unit=MetricUnit.Count, value=1)
    logger.info(metric, extra=details)


def key(anew: bool) -> str:
    """The API key, believed for five minutes. Raises NotAccepted where there is none yet."""
    name = os.environ["API_KEY_SECRET"]
    try:
        value: Any = parameters.get_secret(name, transform="json", max_age=300, force_fetch=anew)
        return str(value["api_key"])
    except (parameters.exceptions.GetParameterError, parameters.exceptions.TransformParameterError, KeyError) as error:
        raise NotAccepted(f"there is no key of SendGrid: {type(error).__name__}") from error


@functools.cache
def sendgrid() -> SendGrid:
    """SendGrid, as the environment says."""
    return SendGrid(
        url=os.environ["SENDGRID_URL"],
        key=key,
        total_seconds=float(os.environ["TIMEOUT_SECONDS"]),
        rate_budget_seconds=float(os.environ["RATE_BUDGET_SECONDS"]),
        pool=urllib3.PoolManager(),
    )


@functools.cache
def dispatcher() -> Dispatcher:
    """Made once for all invocations of a function's instance."""
    table = boto3.resource("dynamodb").Table(os.environ["LEDGER_TABLE"])
    ledger = Ledger(
        table,
        lease_seconds=float(os.environ["LEASE_SECONDS"]),
        uncertain_seconds=float(os.environ["UNCERTAIN_SECONDS"]),
        retention_days=int(os.environ["RETENTION_DAYS"]),
    )
    circuit = Circuit(
        table,
        failures=int(os.environ["CIRCUIT_FAILURES"]),
        cooldown_seconds=float(os.environ["CIRCUIT_COOLDOWN_SECONDS"]),
        believed_seconds=1,
    )
    # a second try of botocore's own could be a second mail
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=3, read_timeout=10)
    return Dispatcher(
        ledger=ledger,
        circuit=circuit,
        sendgrid=sendgrid(),
        ses=boto3.client("sesv2", config=once),
        suppression=boto3.resource("dynamodb").Table(os.environ["SUPPRESSION_TABLE"]),
        sender=os.environ["SENDER"],
        configuration_set=os.environ["CONFIGURATION_SET"],
        tell=tell,
    )


def give_up(body: str, why: str) -> None:
    """Puts a message where nobody tries it again, with why."""
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["DEAD_LETTERS_URL"],
        MessageBody=body,
        MessageAttributes={"why": {"DataType": "String", "StringValue": why[:1000]}},
    )


@tracer.capture_method(capture_response=False)
def take(record: SQSRecord) -> None:
    """One mail. What waits is raised, and comes again; what is refused is given up at once."""
    try:
        dispatcher().deliver(Mail.of(record.body))
    except Waits as waits:
        logger.info("Waits", extra={"why": str(waits)})
        raise
    except Refused as refused:
        metrics.add_metric(name="RefusedMails", unit=MetricUnit.Count, value=1)
        logger.error("Refused", extra={"why": str(refused)})
        give_up(record.body, str(refused))


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handle(event: dict[str, Any], context: Any) -> Any:
    """Mails of the queue."""
    metrics.add_metric(name="Mails", unit=MetricUnit.Count, value=len(event["Records"]))
    return process_partial_response(event=event, record_handler=take, processor=processor, context=context)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def deploy(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Keeps a template of the deploy step, and pushes it to SendGrid as a template of its own: `{"pushed": bool}`.

    Terraform invokes it for every template that changed. One that cannot be pushed, as there is no key yet, is kept:
    mail of it is filled in here, and not by SendGrid. A version that is there stays what it is: another content needs
    another version.
    """
    name = str(event["name"])
    content = {part: str(event[part]) for part in ("subject", "html", "text")}
    for part in content.values():
        parse(part)
    ledger = dispatcher().ledger
    known = ledger.item(f"template#{name}")
    if known and {part: known[part] for part in content} != content:
        raise ValueError(f"the template {name} has another content already: give the new one another version")
    pushed = known.get("sendgrid_id")
    if not pushed:
        try:
            pushed = sendgrid().push_template(name, **content)
        except (NotAccepted, Uncertain) as error:
            logger.warning("Template not pushed", extra={"template": name, "why": str(error)})
    item = {"id": f"template#{name}", **content} | ({"sendgrid_id": pushed} if pushed else {})
    ledger.table.put_item(Item=item)
    logger.info("Template kept", extra={"template": name, "pushed": bool(pushed)})
    return {"template": name, "pushed": bool(pushed)}
