"""Copies are refused in the region of what is copied, and left to Terraform where only that knows the regions."""

from __future__ import annotations

from groundplan.building import ServiceInputs, copied_onto_itself
from groundplan.framework.references import TextReference

TOPIC = "arn:aws:sns:eu-central-1:111122223333:prod-alarms"


def said(topic_arn: str, where: str) -> list[str]:
    given = ServiceInputs(name="prod-x", alarm_topic_arn=topic_arn)
    return [str(problem) for problem in copied_onto_itself(given, "dr.region", where)]


def test_the_region_of_the_alarm_topic_is_the_module_s_own() -> None:
    (problem,) = said(TOPIC, "eu-central-1")
    assert problem.startswith('dr.region: must be another region than the module\'s own, got "eu-central-1"')
    assert TOPIC in problem
    assert "Name the region that the copies go to" in problem
    assert said(TOPIC, "eu-west-1") == []


def test_a_service_s_logs_are_kept_for_a_year_where_nobody_says_how_long() -> None:
    given = ServiceInputs(name="prod-x", alarm_topic_arn=TOPIC)
    assert given.log_retention_days == 365


def test_what_only_terraform_knows_is_left_to_it() -> None:
    assert said(TextReference("aws_sns_topic.alarms.arn"), "eu-central-1") == []
    assert said(TOPIC, TextReference("local.region")) == []
