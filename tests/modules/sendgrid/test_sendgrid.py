"""SendGrid: a queue of mails, two ways for them, and what hears of them, as a plan shows them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from modules.email.sendgrid import Sendgrid
from modules.email.sendgrid.module import LEASE_SECONDS
from tests.modules.sendgrid.examples import FULL, SMALL
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]


@pytest.fixture(scope="module")
def full(apply_module: Planner) -> ModulePlan:
    return apply_module(Sendgrid, FULL)


def test_the_addresses_stay_as_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_a_mail_is_taken_by_one_function_and_given_up_into_one_queue(full: ModulePlan) -> None:
    queue = full.resource("aws_sqs_queue.mail")
    function = full.resource("aws_lambda_function.dispatcher")
    letters = full.resource("aws_sqs_queue.dispatcher_dead_letters")
    variables = function["environment"][0]["variables"]
    assert json.loads(queue["redrive_policy"])["deadLetterTargetArn"] == letters["arn"]
    # what is refused goes there at once
    assert variables["DEAD_LETTERS_URL"] == f"https://sqs.us-east-1.amazonaws.com/111122223333/{letters['name']}"
    assert queue["visibility_timeout_seconds"] == 6 * function["timeout"]
    # nobody else takes a mail up while a function may still be at it, and it comes again before it is given up
    assert function["timeout"] < LEASE_SECONDS < queue["visibility_timeout_seconds"]
    assert (variables["CONFIGURATION_SET"], variables["SUPPRESSION_TABLE"]) == ("prod-ses", "prod-ses-suppression")
    assert (variables["SENDER"], variables["SENDGRID_URL"]) == ("claims@notify.example.com", "https://api.sendgrid.com")


def test_a_batch_ends_before_its_function_does(full: ModulePlan) -> None:
    function = full.resource("aws_lambda_function.dispatcher")
    mapping = full.resource("aws_lambda_event_source_mapping.mail")
    variables = function["environment"][0]["variables"]
    # the answer that a budget of waiting may begin with, the one after it, SES: as they are at their defaults
    one = 2 * int(variables["TIMEOUT_SECONDS"]) + int(variables["RATE_BUDGET_SECONDS"]) + 13
    assert mapping["batch_size"] * one <= 2 * function["timeout"]
    assert mapping["function_response_types"] == ["ReportBatchItemFailures"]


def test_the_domain_is_proved_by_the_records_that_sendgrid_asks_for(full: ModulePlan, plan_module: Planner) -> None:
    made = {each["name"]: each["records"] for each in full.resources("aws_route53_record").values()}
    host = "u1234567.wl123.sendgrid.net"
    assert made == {
        "em1234.notify.example.com": [host],
        "s1._domainkey.notify.example.com": [f"s1.domainkey.{host}"],
        "s2._domainkey.notify.example.com": [f"s2.domainkey.{host}"],
    }
    assert full.outputs["dns_records"][0] == f"em1234.notify.example.com. CNAME {host}."
    small = plan_module(Sendgrid, SMALL)
    assert small.resources("aws_route53_record") == {}
    assert "aws_sqs_queue_policy.mail[0]" not in small.addresses


def test_a_template_is_given_to_the_deploy_step_when_it_changes(full: ModulePlan) -> None:
    step = full.resource('aws_lambda_invocation.template["claim-received@2"]')
    assert json.loads(step["input"]) == {
        "name": "claim-received@2",
        **{part: getattr(FULL.templates["claim-received@2"], part) for part in ("subject", "html", "text")},
    }
    assert step["function_name"] == full.resource("aws_lambda_function.deploy")["function_name"]
    assert full.resource("aws_lambda_function.deploy")["handler"] == "dispatcher.handler.deploy"


def test_events_are_kept_where_athena_reads_them(full: ModulePlan) -> None:
    (target,) = full.resource("aws_kinesis_firehose_delivery_stream.events")["extended_s3_configuration"]
    bucket = full.resource("aws_s3_bucket.events")
    (described,) = full.resource("aws_glue_catalog_table.events")["storage_descriptor"]
    assert target["bucket_arn"] == bucket["arn"]
    assert described["location"] == f"s3://{bucket['bucket']}/{target['prefix']}"
    assert full.outputs["events_table"] == "prod_sendgrid_events.events"


def test_whoever_asks_the_webhook_is_counted_and_slowed_down(full: ModulePlan) -> None:
    stage = full.resource("aws_apigatewayv2_stage.webhook")
    assert stage["default_route_settings"][0]["throttling_rate_limit"] == 100
    assert stage["access_log_settings"][0]["destination_arn"] == full.resource("aws_cloudwatch_log_group.api")["arn"]
    route = full.resource("aws_apigatewayv2_route.webhook")
    assert route["route_key"] == "POST /events"
    assert full.outputs["webhook_url"].endswith("/events")


def test_people_hear_of_a_failover_and_of_mail_that_waits_or_was_given_up(full: ModulePlan) -> None:
    alarms = {
        address.split(".")[1]: (made["namespace"], made["metric_name"], made["dimensions"], made["threshold"])
        for address, made in full.resources("aws_cloudwatch_metric_alarm").items()
    }
    queue = {"QueueName": "prod-sendgrid-mail"}
    assert alarms["failover"] == ("Groundplan/Email", "CircuitOpened", {"service": "prod-sendgrid-dispatcher"}, 1)
    assert alarms["oldest_mail"] == ("AWS/SQS", "ApproximateAgeOfOldestMessage", queue, 1800)
    assert alarms["mail_dead_letters"][2] == {"QueueName": "prod-sendgrid-dispatcher-dlq"}
    assert alarms["denied_events"] == ("Groundplan/Email", "Denied", {"service": "prod-sendgrid-webhook"}, 10)
