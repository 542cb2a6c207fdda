"""SES: a domain in two regions, what it is believed by, who sends, and what takes what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from modules.email.ses import Ses
from tests.modules.ses.examples import FULL, SMALL
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]
EAST, WEST = '["us-east-1"]', '["us-west-2"]'


@pytest.fixture(scope="module")
def full(apply_module: Planner) -> ModulePlan:
    return apply_module(Ses, FULL)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    return plan_module(Ses, SMALL)


def test_the_addresses_stay_as_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_a_domain_is_signed_with_long_keys_and_sent_over_tls_alone(full: ModulePlan) -> None:
    for where in (EAST, WEST):
        identity = full.resource(f"aws_sesv2_email_identity.domain{where}")
        assert identity["dkim_signing_attributes"][0]["next_signing_key_length"] == "RSA_2048_BIT"
        assert identity["configuration_set_name"] == "prod-ses"
        mail = full.resource(f"aws_sesv2_configuration_set.mail{where}")
        assert mail["delivery_options"][0]["tls_policy"] == "REQUIRE"
        assert mail["delivery_options"][0]["max_delivery_seconds"] == 50400
        assert mail["reputation_options"][0]["reputation_metrics_enabled"] is True
        assert sorted(mail["suppression_options"][0]["suppressed_reasons"]) == ["BOUNCE", "COMPLAINT"]
        # the topic tells of bounces, not mail to whoever sent
        forwarding = full.resource(f"aws_sesv2_email_identity_feedback_attributes.domain{where}")
        assert forwarding["email_forwarding_enabled"] is False
        account = full.resource(f"aws_sesv2_account_suppression_attributes.account{where}")
        assert sorted(account["suppressed_reasons"]) == ["BOUNCE", "COMPLAINT"]


def test_mail_is_believed_by_records_of_each_region(full: ModulePlan) -> None:
    found = {
        (made["type"], made["name"]): made["records"]
        for address, made in full.resources("aws_route53_record").items()
        if not address.startswith("aws_route53_record.dkim_")
    }
    spf = ["v=spf1 include:amazonses.com -all"]
    logo = "https://www.example.com/mail/logo"
    assert found == {
        ("MX", "bounces.notify.example.com"): ["10 feedback-smtp.us-east-1.amazonses.com"],
        ("MX", "bounces-west.notify.example.com"): ["10 feedback-smtp.us-west-2.amazonses.com"],
        ("TXT", "bounces.notify.example.com"): spf,
        ("TXT", "bounces-west.notify.example.com"): spf,
        ("TXT", "_dmarc.notify.example.com"): ["v=DMARC1; p=reject; adkim=s; aspf=r; rua=mailto:dmarc@example.com"],
        ("TXT", "default._bimi.notify.example.com"): [f"v=BIMI1; l={logo}.svg; a={logo}.pem"],
    }
    # https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
    for where, label in ((EAST, "bounces"), (WEST, "bounces-west")):
        mail_from = full.resource(f"aws_sesv2_email_identity_mail_from_attributes.domain{where}")
        assert mail_from["mail_from_domain"] == f"{label}.notify.example.com"
        assert mail_from["behavior_on_mx_failure"] == "REJECT_MESSAGE"


def test_each_region_has_the_three_names_of_its_signatures(full: ModulePlan) -> None:
    for where in (EAST, WEST):
        tokens = full.resource(f"aws_sesv2_email_identity.domain{where}")["dkim_signing_attributes"][0]["tokens"]
        for number, token in enumerate(tokens):
            record = full.resource(f"aws_route53_record.dkim_{number}{where}")
            assert (record["type"], record["name"], record["records"]) == (
                "CNAME",
                f"{token}._domainkey.notify.example.com",
                [f"{token}.dkim.amazonses.com"],
            )
        assert len(tokens) == 3


def test_a_region_with_a_domain_of_its_own_for_keys_has_its_names_there(plan_module: Planner) -> None:
    cape = FULL.regions["us-east-1"].but(firehose_stream_arn=None)
    topic = "arn:aws:sns:af-south-1:111122223333:alarms"
    plan = plan_module(Ses, SMALL.but(alarm_topic_arn=topic, regions={"af-south-1": cape}), region="af-south-1").json[
        "configuration"
    ]
    assert "dkim.af-south-1.amazonses.com" in json.dumps(plan)


def test_without_a_zone_the_records_are_told_to_whoever_makes_them(small: ModulePlan, full: ModulePlan) -> None:
    assert small.resources("aws_route53_record") == {}
    assert full.outputs["dns_records"][-3:] == [
        'bounces-west.notify.example.com. TXT "v=spf1 include:amazonses.com -all"',
        '_dmarc.notify.example.com. TXT "v=DMARC1; p=reject; adkim=s; aspf=r; rua=mailto:dmarc@example.com"',
        'default._bimi.notify.example.com. TXT "v=BIMI1; l=https://www.example.com/mail/logo.svg; '
        'a=https://www.example.com/mail/logo.pem"',
    ]
    assert len(full.outputs["dns_records"]) == 12


def test_what_comes_back_in_any_region_ends_in_one_queue(full: ModulePlan) -> None:
    queue = full.resource("aws_sqs_queue.feedback")
    for where in (EAST, WEST):
        destination = full.resource(f"aws_sesv2_configuration_set_event_destination.feedback{where}")
        (event,) = destination["event_destination"]
        topic = full.resource(f"aws_sns_topic.feedback{where}")
        assert event["sns_destination"] == [{"topic_arn": topic["arn"]}]
        assert sorted(event["matching_event_types"]) == ["BOUNCE", "COMPLAINT", "REJECT"]
        subscription = full.resource(f"aws_sns_topic_subscription.feedback{where}")
        assert (subscription["topic_arn"], subscription["endpoint"]) == (topic["arn"], queue["arn"])
        # the function reads what SES says, without an envelope around it
        assert subscription["raw_message_delivery"] is True
    letters = full.resource("aws_sqs_queue.feedback_dead_letters")
    assert json.loads(queue["redrive_policy"]) == {"deadLetterTargetArn": letters["arn"], "maxReceiveCount": 5}
    function = full.resource("aws_lambda_function.feedback")
    assert queue["visibility_timeout_seconds"] == 6 * function["timeout"]
    mapping = full.resource("aws_lambda_event_source_mapping.feedback")
    assert mapping["function_response_types"] == ["ReportBatchItemFailures"]
    variables = function["environment"][0]["variables"]
    assert json.loads(variables["REGIONS"]) == ["us-east-1", "us-west-2"]
    assert variables["TABLE_NAME"] == full.resource("aws_dynamodb_table.suppression")["name"]


def test_events_go_to_the_bus_of_each_region_and_to_the_stream_where_one_is(full: ModulePlan) -> None:
    (stream,) = full.resource(f"aws_sesv2_configuration_set_event_destination.stream{EAST}")["event_destination"]
    assert {"BOUNCE", "COMPLAINT", "DELIVERY", "REJECT", "SEND"} < set(stream["matching_event_types"])
    # an image and other links would be put into mail for these
    assert not {"CLICK", "OPEN"} & set(stream["matching_event_types"])
    assert f"aws_sesv2_configuration_set_event_destination.stream{WEST}" not in full.addresses
    (bus,) = full.resource(f"aws_sesv2_configuration_set_event_destination.bus{WEST}")["event_destination"]
    assert bus["event_bridge_destination"] == [
        {"event_bus_arn": "arn:aws:events:us-west-2:111122223333:event-bus/default"}
    ]


def test_people_are_told_before_aws_stops_the_account(full: ModulePlan) -> None:
    told = {
        (address.split(".")[1], made["metric_name"], made["threshold"], made["alarm_actions"][0].split(":")[3])
        for address, made in full.resources("aws_cloudwatch_metric_alarm").items()
        if made["namespace"] == "AWS/SES"
    }
    assert told == {
        (f"bounce_rate{EAST}", "Reputation.BounceRate", 0.05, "us-east-1"),
        (f"bounce_rate{WEST}", "Reputation.BounceRate", 0.05, "us-west-2"),
        (f"complaint_rate{EAST}", "Reputation.ComplaintRate", 0.001, "us-east-1"),
        (f"complaint_rate{WEST}", "Reputation.ComplaintRate", 0.001, "us-west-2"),
    }


def test_a_sender_sends_as_its_own_addresses_alone(full: ModulePlan) -> None:
    policy = json.loads(full.outputs["sender_policies"]["claims"])
    arns = [f"arn:aws:ses:{where}:111122223333:" for where in ("us-east-1", "us-west-2")]
    identity, configuration = policy["Statement"]
    assert identity["Resource"] == [f"{arn}identity/notify.example.com" for arn in arns]
    assert configuration["Resource"] == [f"{arn}configuration-set/prod-ses" for arn in arns]
    for statement in (identity, configuration):
        assert statement["Condition"] == {"StringLike": {"ses:FromAddress": ["claims@notify.example.com"]}}


def test_who_is_suppressed_is_kept(full: ModulePlan) -> None:
    table = full.resource("aws_dynamodb_table.suppression")
    assert (table["hash_key"], table["range_key"]) == ("address", "event")
    assert table["deletion_protection_enabled"] is True
    assert table["point_in_time_recovery"][0]["enabled"] is True
    assert table["server_side_encryption"][0]["kms_key_arn"] == full.outputs["kms_key_arn"]
    assert table["ttl"] == [{"attribute_name": "expires_at", "enabled": True}]


def test_nothing_is_made_that_nobody_asked_for(small: ModulePlan) -> None:
    kinds = {address.partition("[")[0] for address in small.addresses}
    assert "aws_sesv2_configuration_set_event_destination.stream" not in kinds
    assert "aws_iam_role.streams" not in kinds
    assert "aws_sesv2_account_vdm_attributes.account" not in kinds
    assert "aws_iam_policy.sender" not in kinds
