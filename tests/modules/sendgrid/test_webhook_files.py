"""The webhook believes what SendGrid signed, and keeps what it tells."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
import sending
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

PRIVATE = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
CONTEXT = SimpleNamespace(
    function_name="webhook", memory_limit_in_mb=256, invoked_function_arn="arn", aws_request_id="request"
)
EVENTS = [
    {"event": "processed", "email": "ann@example.com", "mail_id": "mail-1", "timestamp": 1764489600},
    {"event": "bounce", "type": "bounce", "email": "Gone@example.com", "timestamp": 1764489600, "reason": "550"},
    {"event": "bounce", "type": "blocked", "email": "busy@example.com", "timestamp": 1764489600},
    {"event": "spamreport", "email": "angry@example.com", "timestamp": 1764489600},
]


@pytest.fixture(scope="module")
def program() -> Iterator[ModuleType]:
    der = PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.MonkeyPatch.context() as patch, sending.aws():
        for name, value in {
            "POWERTOOLS_SERVICE_NAME": "webhook",
            "POWERTOOLS_METRICS_NAMESPACE": "Groundplan/Email",
            "LEDGER_TABLE": sending.LEDGER,
            "SUPPRESSION_TABLE": sending.SUPPRESSION,
            "STREAM_NAME": "events",
            "TOLERANCE_SECONDS": "600",
            "WEBHOOK_PUBLIC_KEY": base64.b64encode(der).decode(),
        }.items():
            patch.setenv(name, value)
        sending.tables()
        boto3.client("s3").create_bucket(Bucket="kept")
        boto3.client("firehose").create_delivery_stream(
            DeliveryStreamName="events",
            S3DestinationConfiguration={
                "RoleARN": "arn:aws:iam::111122223333:role/events",
                "BucketARN": "arn:aws:s3:::kept",
            },
        )
        yield sending._webhook()


def request(body: str, *, key: Any = PRIVATE, ago: float = 0, encoded: bool = False, **headers: str) -> dict[str, Any]:
    """What API Gateway gives the function."""
    timestamp = str(int(time.time() - ago))
    signature = key.sign(timestamp.encode() + body.encode(), ec.ECDSA(SHA256()))
    said = {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        **headers,
    }
    sent = base64.b64encode(body.encode()).decode() if encoded else body
    return {"headers": said, "body": sent, "isBase64Encoded": encoded}


def answer(program: ModuleType, asked: dict[str, Any]) -> int:
    return int(program.handle(asked, CONTEXT)["statusCode"])


@pytest.mark.parametrize("encoded", [False, True])
def test_what_sendgrid_tells_is_kept(program: ModuleType, encoded: bool) -> None:
    ledger = boto3.resource("dynamodb").Table(sending.LEDGER)
    ledger.put_item(Item={"id": "mail-1", "status": "uncertain", "way": "sendgrid"})

    assert answer(program, request(json.dumps(EVENTS), encoded=encoded)) == 204

    assert ledger.get_item(Key={"id": "mail-1"})["Item"]["status"] == "sent"
    suppressed = {
        each["address"]: each["reason"]
        for each in boto3.resource("dynamodb").Table(sending.SUPPRESSION).scan()["Items"]
    }
    # a server that was busy is no reason to write to nobody there again
    assert suppressed == {"gone@example.com": "BOUNCE", "angry@example.com": "COMPLAINT"}
    kept = [
        json.loads(line)
        for each in boto3.client("s3").list_objects_v2(Bucket="kept")["Contents"]
        for line in boto3.client("s3").get_object(Bucket="kept", Key=each["Key"])["Body"].read().splitlines()
    ]
    assert all(event in kept for event in EVENTS)


def test_an_event_of_a_mail_that_ses_has_changes_nothing(program: ModuleType) -> None:
    ledger = boto3.resource("dynamodb").Table(sending.LEDGER)
    ledger.put_item(Item={"id": "mail-2", "status": "sending", "way": "ses"})
    told = [{"event": "processed", "mail_id": "mail-2"}, {"event": "delivered", "mail_id": "nobody's"}]
    assert answer(program, request(json.dumps(told))) == 204
    assert ledger.get_item(Key={"id": "mail-2"})["Item"]["status"] == "sending"


def test_what_is_not_signed_by_sendgrid_or_not_now_is_refused(program: ModuleType) -> None:
    body = json.dumps(EVENTS[:1])
    good = request(body)
    signature = good["headers"]["X-Twilio-Email-Event-Webhook-Signature"]
    refused = {
        "another key": request(body, key=OTHER),
        "another body": {**good, "body": body + " "},
        "too old": request(body, ago=700),
        "in the future": request(body, ago=-700),
        "no signature": {**good, "headers": {}},
        "no base64": request(body, **{"X-Twilio-Email-Event-Webhook-Signature": "%%%"}),
        "no signature in it": request(body, **{"X-Twilio-Email-Event-Webhook-Signature": "AAAA"}),
        "cut off": request(body, **{"X-Twilio-Email-Event-Webhook-Signature": signature[:-8]}),
        "another time": request(body, **{"X-Twilio-Email-Event-Webhook-Timestamp": str(int(time.time()) - 1)}),
        "no time": request(body, **{"X-Twilio-Email-Event-Webhook-Timestamp": "soon"}),
        "a long time": request(body, **{"X-Twilio-Email-Event-Webhook-Timestamp": "9" * 400}),
    }
    assert {name: answer(program, asked) for name, asked in refused.items()} == dict.fromkeys(refused, 403)
    # the same request once more is a replay
    assert [answer(program, good), answer(program, good)] == [204, 403]


@pytest.mark.parametrize("body", ["", "{", "{}", '["x"]', "[{}]"])
def test_what_is_signed_and_no_list_of_events_is_told_as_such(program: ModuleType, body: str) -> None:
    assert answer(program, request(body)) == 400


def test_what_could_not_be_kept_may_come_again(program: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = request(json.dumps(EVENTS[:1]))
    with monkeypatch.context() as patch:
        patch.setenv("STREAM_NAME", "gone")
        with pytest.raises(Exception, match="not found"):
            answer(program, asked)
    assert answer(program, asked) == 204


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(["signature", "timestamp"]), st.text(max_size=80)), st.binary(max_size=40))
def test_no_header_opens_the_door(program: ModuleType, said: dict[str, str], body: bytes) -> None:
    headers = {f"x-twilio-email-event-webhook-{name}": value for name, value in said.items()}
    with pytest.raises(program.Denied):
        program.verify(headers, body, os.environ["WEBHOOK_PUBLIC_KEY"], 600, time.time())
