"""Takes what came back of mail that SES sent, and keeps its addresses from getting more.

    SES -> SNS topic of a region -> SQS queue -> here -> DynamoDB table, suppression list of each region

A hard bounce or a complaint suppresses its address: in the account's suppression lists, which SES asks before it sends,
and in the table, which whoever sends by another way asks. Every event is recorded, what is no reason to suppress too.
Each step may be done again: SQS gives a message more than once.

The table has items by address, in lower case: `event` is "suppressed" for why it gets no mail, which stays, or the
event's id for what came back, which goes at `expires_at`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

SUPPRESSED = "suppressed"
ALREADY = ("OnAccountSuppressionList", "Suppressed")
"""Kinds of what SES did not send at all, as the address was suppressed before."""
NOT_SPAM = "not-spam"
SIMULATOR = "@simulator.amazonses.com"
"""Addresses to try things with. https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html"""
VALIDATION = "Successfully validated SNS topic"
"""How the text begins that SES sends once, when the topic becomes a destination."""
DAY = 86_400

logger = Logger()
metrics = Metrics()
tracer = Tracer()
# what failed comes again by itself, also when everything did: an error of the function is one of the program
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


class Malformed(ValueError):
    """A message that no event of SES looks like; says what is missing. It is given up, into the dead letters."""


@dataclass(frozen=True)
class Feedback:
    """What came back of one address. `reason` is BOUNCE or COMPLAINT where the address gets no more mail, else None."""

    address: str
    event_id: str
    kind: str
    detail: str
    message_id: str
    at: str
    reason: str | None


@dataclass(frozen=True)
class Store:
    """Where feedback goes: the table, and the suppression list of each region by its SESv2 client."""

    table: Any
    lists: Sequence[Any]
    retention_days: int

    def keep(self, feedback: Feedback) -> None:
        """Suppresses first, so that a try that is cut off is one that is done again."""
        address = feedback.address.lower()
        if feedback.reason:
            self.table.update_item(
                Key={"address": address, "event": SUPPRESSED},
                UpdateExpression="SET reason = if_not_exists(reason, :reason), since = if_not_exists(since, :since), "
                "detail = if_not_exists(detail, :detail)",
                ExpressionAttributeValues={
                    ":reason": feedback.reason,
                    ":since": feedback.at,
                    ":detail": feedback.detail,
                },
            )
            for suppression_list in self.lists:
                suppression_list.put_suppressed_destination(EmailAddress=feedback.address, Reason=feedback.reason)
        self.table.put_item(
            Item={
                "address": address,
                "event": feedback.event_id,
                "kind": feedback.kind,
                "detail": feedback.detail,
                "message_id": feedback.message_id,
                "at": feedback.at,
                "expires_at": int(time.time()) + self.retention_days * DAY,
            }
        )


def feedback_of(body: str) -> Iterator[Feedback]:
    """What a message tells of each address: none of it for what is told of no address.

    https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
    """
    try:
        event = json.loads(body)
        kind, mail = event["eventType"], event["mail"]
        message_id = mail["messageId"]
        if kind == "Bounce":
            told = event["bounce"]
            hard = told["bounceType"] == "Permanent" and told["bounceSubType"] not in ALREADY
            for recipient in told["bouncedRecipients"]:
                address = recipient["emailAddress"]
                detail = f"{told['bounceType']}/{told['bounceSubType']}: {recipient.get('diagnosticCode', '')}"
                reason = "BOUNCE" if hard and not address.endswith(SIMULATOR) else None
                yield Feedback(address, told["feedbackId"], kind, detail, message_id, told["timestamp"], reason)
        elif kind == "Complaint":
            told = event["complaint"]
            kept = told.get("complaintSubType") in ALREADY or told.get("complaintFeedbackType") == NOT_SPAM
            for recipient in told["complainedRecipients"]:
                address = recipient["emailAddress"]
                detail = str(told.get("complaintFeedbackType") or told.get("complaintSubType") or "")
                reason = None if kept or address.endswith(SIMULATOR) else "COMPLAINT"
                yield Feedback(address, told["feedbackId"], kind, detail, message_id, told["timestamp"], reason)
        elif kind == "Reject":
            for address in mail["destination"]:
                detail = str(event["reject"]["reason"])
                yield Feedback(address, message_id, kind, detail, message_id, mail["timestamp"], None)
        else:
            raise Malformed(f"{kind} is no event that the destination asks for: see its matching_event_types")
    except KeyError as missing:
        raise Malformed(f"the event has no {missing}: it is not what SES publishes") from missing
    except (TypeError, json.JSONDecodeError) as wrong:
        raise Malformed(f"the message is no event of SES: {wrong}") from wrong


@tracer.capture_method(capture_response=False)
def take(body: str, store: Store) -> None:
    """Keeps what one message tells."""
    if body.startswith(VALIDATION):
        logger.info("SES has the topic as its destination now")
        return
    # read as a whole before any of it is kept
    for feedback in list(feedback_of(body)):
        store.keep(feedback)
        metrics.add_metric(name=f"{feedback.kind}s", unit=MetricUnit.Count, value=1)
        if feedback.reason:
            metrics.add_metric(name="Suppressed", unit=MetricUnit.Count, value=1)
        # no address in the logs: the table has it, and fewer people read that
        logger.info(
            "Recorded what came back",
            extra={"kind": feedback.kind, "event_id": feedback.event_id, "suppressed": bool(feedback.reason)},
        )


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handle(event: dict[str, Any], context: Any) -> Any:
    """Where Lambda comes in, with up to ten messages of the queue; those that failed are told, and come again."""
    store = Store(
        table=boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"]),
        lists=[boto3.client("sesv2", region_name=each) for each in json.loads(os.environ["REGIONS"])],
        retention_days=int(os.environ["RETENTION_DAYS"]),
    )

    metrics.add_metric(name="Messages", unit=MetricUnit.Count, value=len(event["Records"]))

    def take_record(record: SQSRecord) -> None:
        take(record.body, store)

    return process_partial_response(event=event, record_handler=take_record, processor=processor, context=context)
