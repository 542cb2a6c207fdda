"""Takes what SendGrid tells of mail: that it was taken, delivered, refused, complained about.

    SendGrid --signed POST--> API Gateway -> here -> ledger of mails, suppressed addresses, Firehose, metrics

Each request is signed (ECDSA over P-256 with SHA-256) over its timestamp and its body. One that is not, is too old, or
was here before is refused. What cannot be kept is answered with 500, and SendGrid sends it again.
https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
import os
import time
from collections.abc import Mapping
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
TAKEN = ("processed", "deferred", "delivered", "bounce", "open", "click", "spamreport")
"""What only a mail has that SendGrid took; `dropped` is of one that it took and will not send."""
SUPPRESSING = {"bounce": "BOUNCE", "spamreport": "COMPLAINT"}
FIREHOSE_RECORDS = 500
DAY = 86_400

logger = Logger()
metrics = Metrics()
tracer = Tracer()


class Denied(Exception):
    """Not SendGrid's, or not now; says why to us, and nothing to who asked."""


@functools.cache
def public_key(text: str) -> ec.EllipticCurvePublicKey:
    """The key that SendGrid shows, base64 of its DER."""
    key = load_der_public_key(base64.b64decode(text))
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("WEBHOOK_PUBLIC_KEY is no key of ECDSA: copy it from SendGrid's event webhook settings")
    return key


def verify(headers: Mapping[str, str], body: bytes, key: str, tolerance_seconds: float, now: float) -> str:
    """The signature, once it is known to be SendGrid's and young. Raises Denied."""
    signature, timestamp = headers.get(SIGNATURE, ""), headers.get(TIMESTAMP, "")
    if not signature or not timestamp:
        raise Denied("no signature, or no timestamp")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        raise Denied("the timestamp is no number")
    try:
        decoded = base64.b64decode(signature, validate=True)
        public_key(key).verify(decoded, timestamp.encode() + body, ec.ECDSA(SHA256()))
    except (binascii.Error, InvalidSignature) as wrong:
        raise Denied(f"the signature is wrong: {type(wrong).__name__}") from wrong
    if abs(now - int(timestamp)) > tolerance_seconds:
        raise Denied("signed too long ago, or in the future")
    return signature


def events_of(body: bytes) -> list[dict[str, Any]]:
    """The events of a body. Raises ValueError."""
    events = json.loads(body)
    if not isinstance(events, list) or not all(isinstance(each, dict) and "event" in each for each in events):
        raise ValueError("the body is no list of events")
    return events


def keep(events: list[dict[str, Any]], ledger: Any, suppression: Any, firehose: Any, stream: str) -> None:
    """Each step may be done again."""
    for event in events:
        kind, mail_id = str(event["event"]), event.get("mail_id")
        if mail_id and kind in (*TAKEN, "dropped"):
            _taken(ledger, str(mail_id))
        if kind in SUPPRESSING and event.get("type") != "blocked" and event.get("email"):
            suppression.update_item(
                Key={"address": str(event["email"]).lower(), "event": "suppressed"},
                UpdateExpression="SET reason = if_not_exists(reason, :reason), since = if_not_exists(since, :since), "
                "detail = if_not_exists(detail, :detail)",
                ExpressionAttributeValues={
                    ":reason": SUPPRESSING[kind],
                    ":since": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(float(event.get("timestamp", 0)))),
                    ":detail": f"SendGrid: {event.get('reason', kind)}",
                },
            )
        metrics.add_metric(name=f"SendGrid_{kind}", unit=MetricUnit.Count, value=1)
    for begin in range(0, len(events), FIREHOSE_RECORDS):
        records = [{"Data": (json.dumps(each) + "\n").encode()} for each in events[begin : begin + FIREHOSE_RECORDS]]
        answer = firehose.put_record_batch(DeliveryStreamName=stream, Records=records)
        if answer["FailedPutCount"]:
            raise RuntimeError(f"the stream did not take {answer['FailedPutCount']} of {len(records)} events")


def _taken(ledger: Any, mail_id: str) -> None:
    """SendGrid has the mail: whoever does not know it yet sends it to nobody else."""
    try:
        ledger.update_item(
            Key={"id": mail_id},
            UpdateExpression="SET #status = :sent",
            ConditionExpression="#status IN (:sending, :uncertain) AND way = :way",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":sent": "sent",
                ":sending": "sending",
                ":uncertain": "uncertain",
                ":way": "sendgrid",
            },
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise


def _seen(signature: str) -> str:
    return f"webhook#{hashlib.sha256(signature.encode()).hexdigest()}"


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handle(event: dict[str, Any], _context: Any) -> dict[str, int]:
    """A request of the HTTP API, as version 2.0 of its payload has it."""
    metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
    text = event.get("body") or ""
    body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    resource = boto3.resource("dynamodb")
    ledger = resource.Table(os.environ["LEDGER_TABLE"])
    tolerance = float(os.environ["TOLERANCE_SECONDS"])
    try:
        signature = verify(headers, body, os.environ["WEBHOOK_PUBLIC_KEY"], tolerance, time.time())
        seen = _seen(signature)
        if "Item" in ledger.get_item(Key={"id": seen}, ConsistentRead=True):
            raise Denied("was here before")
    except Denied as denied:
        metrics.add_metric(name="Denied", unit=MetricUnit.Count, value=1)
        logger.warning("Denied", extra={"why": str(denied)})
        return {"statusCode": 403}
    try:
        events = events_of(body)
    except ValueError as wrong:
        logger.error("Not read", extra={"why": str(wrong)})
        return {"statusCode": 400}
    suppression = resource.Table(os.environ["SUPPRESSION_TABLE"])
    keep(events, ledger, suppression, boto3.client("firehose"), os.environ["STREAM_NAME"])
    # last: what failed in between is sent again under the same signature
    ledger.put_item(Item={"id": seen, "expires_at": int(time.time()) + DAY})
    return {"statusCode": 204}
