"""Where Lambda comes in: mails of the queue, and templates of the deploy step."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
import sending

CONTEXT = SimpleNamespace(
    function_name="dispatcher", memory_limit_in_mb=256, invoked_function_arn="arn", aws_request_id="request"
)
TEMPLATE = {"name": "claim@1", "subject": "{{number}}", "html": "<p>{{number}}</p>", "text": "{{number}}"}


@pytest.fixture(scope="module")
def server() -> sending.Server:
    return sending.Server(0, lambda: False)


@pytest.fixture(scope="module")
def program(server: sending.Server) -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch, sending.aws(), server.running() as url:
        sending.tables()
        for name, value in {
            "POWERTOOLS_SERVICE_NAME": "dispatcher",
            "POWERTOOLS_METRICS_NAMESPACE": "Groundplan/Email",
            "API_KEY_SECRET": "prod/sendgrid",
            "CIRCUIT_COOLDOWN_SECONDS": "60",
            "CIRCUIT_FAILURES": "5",
            "CONFIGURATION_SET": "prod-ses",
            "DEAD_LETTERS_URL": boto3.client("sqs").create_queue(QueueName="dead")["QueueUrl"],
            "LEASE_SECONDS": "240",
            "LEDGER_TABLE": sending.LEDGER,
            "RATE_BUDGET_SECONDS": "0",
            "RETENTION_DAYS": "30",
            "SENDER": sending.SENDER,
            "SENDGRID_URL": url,
            "SUPPRESSION_TABLE": sending.SUPPRESSION,
            "TIMEOUT_SECONDS": "5",
            "UNCERTAIN_SECONDS": "900",
        }.items():
            patch.setenv(name, value)
        yield importlib.import_module("dispatcher.handler")


def delivered(*bodies: str) -> dict[str, Any]:
    source = {"eventSource": "aws:sqs", "receiptHandle": "r", "attributes": {}, "messageAttributes": {}}
    return {"Records": [{**source, "messageId": f"m-{number}", "body": body} for number, body in enumerate(bodies)]}


def test_templates_are_kept_and_pushed_and_mail_goes_by_them(
    program: ModuleType, server: sending.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    # there is no key yet: the template is kept all the same
    assert program.deploy(TEMPLATE, CONTEXT) == {"template": "claim@1", "pushed": False}
    boto3.client("secretsmanager").create_secret(Name="prod/sendgrid", SecretString='{"api_key": "SG.key"}')
    assert program.deploy(TEMPLATE, CONTEXT) == {"template": "claim@1", "pushed": True}
    assert program.deploy(TEMPLATE, CONTEXT) == {"template": "claim@1", "pushed": True}
    assert [each["path"] for each in server.pushed] == ["/v3/templates", "/v3/templates/d-1/versions"]
    with pytest.raises(ValueError, match="has another content already: give the new one another version"):
        program.deploy({**TEMPLATE, "text": "other"}, CONTEXT)
    with pytest.raises(ValueError, match="only #if and #each are"):
        program.deploy({**TEMPLATE, "name": "claim@2", "text": "{{#with a}}{{/with}}"}, CONTEXT)

    mail = {"id": "mail-1", "template": "claim@1", "to": "ann@example.com", "data": {"number": "C-1"}}
    answer = program.handle(
        delivered(json.dumps(mail), "no mail", json.dumps({**mail, "id": "mail-2", "data": {}})), CONTEXT
    )

    assert answer == {"batchItemFailures": []}
    assert server.accepted == {"mail-1": 1}
    # what is refused is not tried again, and says why
    dead = boto3.client("sqs").receive_message(
        QueueUrl=boto3.client("sqs").get_queue_url(QueueName="dead")["QueueUrl"],
        MaxNumberOfMessages=10,
        MessageAttributeNames=["why"],
    )["Messages"]
    why = {each["MessageAttributes"]["why"]["StringValue"].split(":")[0].split(",")[0] for each in dead}
    assert why == {"the message is no mail", "the data has no 'number'"}
    said = capsys.readouterr().out
    assert "ann@example.com" not in said
    assert "SG.key" not in said


def test_a_mail_that_waits_comes_again(program: ModuleType) -> None:
    ledger = boto3.resource("dynamodb").Table(sending.LEDGER)
    ledger.put_item(Item={"id": "mail-9", "status": "sending", "way": "sendgrid", "until": 2**40})
    mail = {"id": "mail-9", "template": "claim@1", "to": "ann@example.com", "data": {"number": "C-1"}}
    assert program.handle(delivered(json.dumps(mail)), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m-0"}]}
