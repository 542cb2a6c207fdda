"""What came back of mail: recorded, and its addresses suppressed, against an emulator of DynamoDB, SES and SQS."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.validate import validate_parameters
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

HANDLER = Path(__file__).parents[3] / "modules/email/ses/files/feedback/handler.py"
REGIONS = ("us-east-1", "us-west-2")
TABLE = "prod-ses-suppression"
MAIL = {"messageId": "0100-mail", "timestamp": "2026-11-30T08:00:00.000Z", "destination": ["ann@example.com"]}
Lists = dict[str, set[tuple[str, str]]]
CONTEXT = SimpleNamespace(
    function_name="prod-ses-feedback",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:us-east-1:111122223333:function:prod-ses-feedback",
    aws_request_id="request",
)


@pytest.fixture(scope="module")
def program() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_SERVICE_NAME", "prod-ses-feedback")
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Groundplan/Email")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        found = importlib.util.spec_from_file_location("feedback_handler", HANDLER)
        assert found is not None
        assert found.loader is not None
        module = importlib.util.module_from_spec(found)
        patch.setitem(__import__("sys").modules, "feedback_handler", module)
        found.loader.exec_module(module)
        yield module


class SuppressionLists:
    """In place of SESv2, whose suppression lists the emulator has not; arguments are held against botocore's words."""

    def __init__(self) -> None:
        self.model = boto3.session.Session().client("sesv2", region_name="us-east-1").meta.service_model
        self.lists: Lists = {where: set() for where in REGIONS}

    def client(self, service: str, *, region_name: str) -> SimpleNamespace:
        assert service == "sesv2"

        def put_suppressed_destination(**said: str) -> None:
            shape = self.model.operation_model("PutSuppressedDestination").input_shape
            assert shape is not None
            validate_parameters(said, shape)
            assert said["Reason"] in shape.members["Reason"].enum
            self.lists[region_name].add((said["EmailAddress"], said["Reason"]))

        return SimpleNamespace(put_suppressed_destination=put_suppressed_destination)


@pytest.fixture
def lists(program: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Lists:
    there = SuppressionLists()
    monkeypatch.setattr(program, "boto3", SimpleNamespace(resource=boto3.resource, client=there.client))
    return there.lists


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "TABLE_NAME": TABLE,
        "REGIONS": json.dumps(REGIONS),
        "RETENTION_DAYS": "400",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        names = ("address", "event")
        boto3.client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": n, "KeyType": k} for n, k in zip(names, ("HASH", "RANGE"), strict=True)],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        )
        yield boto3.resource("dynamodb").Table(TABLE)


def bounce(*addresses: str, kind: str = "Permanent", sub: str = "General", id: str = "b-1") -> dict[str, Any]:
    people = [{"emailAddress": each, "diagnosticCode": "smtp; 550 5.1.1 user unknown"} for each in addresses]
    told = {"bounceType": kind, "bounceSubType": sub, "feedbackId": id, "timestamp": "2026-11-30T08:00:01.000Z"}
    return {"eventType": "Bounce", "mail": MAIL, "bounce": {**told, "bouncedRecipients": people}}


def complaint(*addresses: str, **more: str) -> dict[str, Any]:
    told = {"feedbackId": "c-1", "timestamp": "2026-11-30T08:00:02.000Z", **more}
    people = [{"emailAddress": each} for each in addresses]
    return {"eventType": "Complaint", "mail": MAIL, "complaint": {**told, "complainedRecipients": people}}


def delivered(*bodies: dict[str, Any] | str) -> dict[str, Any]:
    """What Lambda gives the function of the queue."""
    return {
        "Records": [
            {
                "messageId": f"m-{number}",
                "receiptHandle": "r",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:111122223333:prod-ses-feedback",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def failed(answer: dict[str, Any]) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_hard_bounces_and_complaints_end_in_the_suppression_list_of_every_region(
    program: ModuleType, table: Any, lists: Lists, capsys: pytest.CaptureFixture[str]
) -> None:
    soft = bounce("full@example.com", kind="Transient", sub="MailboxFull", id="b-2")
    known = bounce("old@example.com", sub="OnAccountSuppressionList", id="b-3")
    trial = bounce("bounce@simulator.amazonses.com", id="b-4")
    friendly = complaint("fan@example.com", complaintFeedbackType="not-spam")
    reject = {"eventType": "Reject", "mail": MAIL, "reject": {"reason": "Bad content"}}
    answer = program.handle(
        delivered(
            "Successfully validated SNS topic for Amazon SES event publishing.",
            bounce("Gone@example.com", "away@example.com"),
            complaint("angry@example.com", complaintFeedbackType="abuse"),
            *(soft, known, trial, friendly, reject),
        ),
        CONTEXT,
    )

    assert failed(answer) == []
    wanted = {("Gone@example.com", "BOUNCE"), ("away@example.com", "BOUNCE"), ("angry@example.com", "COMPLAINT")}
    assert lists == dict.fromkeys(REGIONS, wanted)
    items = table.scan()["Items"]
    # who sends another way asks the table, by addresses in lower case
    assert {each["address"] for each in items if each["event"] == "suppressed"} == {a.lower() for a, _ in wanted}
    # all that came back is recorded, and goes after a time
    recorded = {each["address"]: each for each in items if each["event"] != "suppressed"}
    assert recorded.keys() == {a.lower() for a, _ in wanted} | {
        *("full@example.com", "old@example.com", "bounce@simulator.amazonses.com", "fan@example.com"),
        "ann@example.com",
    }
    assert recorded["full@example.com"]["detail"] == "Transient/MailboxFull: smtp; 550 5.1.1 user unknown"
    assert all("expires_at" in each for each in recorded.values())
    # lines of the log and metrics tell no address
    said = capsys.readouterr().out
    assert "@example.com" not in said
    assert '"Suppressed":[1.0,1.0,1.0]' in said.replace(" ", "")


def test_a_message_that_comes_twice_changes_nothing(program: ModuleType, table: Any, lists: Lists) -> None:
    program.handle(delivered(bounce("gone@example.com")), CONTEXT)
    once = {(each["address"], each["event"]): each.get("since") for each in table.scan()["Items"]}
    later = bounce("gone@example.com")
    later["bounce"]["timestamp"] = "2026-12-01T08:00:00.000Z"
    program.handle(delivered(later), CONTEXT)
    assert {(each["address"], each["event"]): each.get("since") for each in table.scan()["Items"]} == once


BROKEN = {
    "no JSON": "{",
    "another thing": "[1]",
    "nothing in it": {},
    "a bounce of nobody": {"eventType": "Bounce", "mail": MAIL, "bounce": {"bounceType": "Permanent"}},
    "an event that nobody asked for": {"eventType": "Open", "mail": MAIL},
}


def test_a_message_that_is_no_event_is_given_up_alone(program: ModuleType, table: Any, lists: Lists) -> None:
    answer = program.handle(delivered(*BROKEN.values(), bounce("gone@example.com")), CONTEXT)
    # each goes to the dead letters after its tries; the one beside them is taken
    assert failed(answer) == [f"m-{number}" for number in range(len(BROKEN))]
    assert lists["us-east-1"] == {("gone@example.com", "BOUNCE")}


def test_what_could_not_be_kept_comes_again(program: ModuleType, table: Any, lists: Lists) -> None:
    table.delete()
    answer = program.handle(delivered(bounce("gone@example.com"), "Successfully validated SNS topic."), CONTEXT)
    assert failed(answer) == ["m-0"]


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["eventType", "mail", "bounce", "Bounce", "messageId"]), inner, max_size=4
            )
        ),
        max_leaves=8,
    )
)
def test_no_message_is_read_as_what_it_is_not(program: ModuleType, value: Any) -> None:
    with pytest.raises(program.Malformed):
        list(program.feedback_of(json.dumps(value)))
