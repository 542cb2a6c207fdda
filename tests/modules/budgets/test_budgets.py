"""Who is told of costs, and when: each limit counts what it says, and nobody can do more than tell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.framework.checking import problems_of
from modules.cost.budgets import Anomalies, Budget, Budgets, GivenMonitor
from tests.modules.budgets.examples import FREEZE, FULL, SMALL, TOPIC
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.support.planning import ModulePlan

OWN_TOPIC = "arn:aws:sns:us-east-1:111122223333:prod-budgets"
MONITOR = "arn:aws:ce::111122223333:anomalymonitor/0d6c1c2e-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("budgets", tmp_path_factory)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    # its name sorts before all others, where it could take something over from them
    more = {"aaa": Budget(limit_amount=1), **SMALL.budgets}
    return plan_module(
        Budgets,
        SMALL.but(budgets=more, anomalies=Anomalies(threshold_amount=50, service_monitor=GivenMonitor(arn=MONITOR))),
    )


def budget(plan: ModulePlan, name: str) -> dict[str, Any]:
    return plan.resource(f'aws_budgets_budget.budget["{name}"]')


def counted(made: dict[str, Any]) -> dict[str, list[str]]:
    return {each["name"]: each["values"] for each in made["cost_filter"]}


def told(made: dict[str, Any]) -> set[tuple[str, int]]:
    return {(each["notification_type"], each["threshold"]) for each in made["notification"]}


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_each_budget_counts_what_it_says_and_nothing_is_said_of_the_rest(full: ModulePlan) -> None:
    assert {name: counted(budget(full, name)) for name in FULL.budgets} == {
        "account": {},
        "environment": {"TagKeyValue": ["user:Environment$prod"]},
        "observability": {"TagKeyValue": ["user:Service$loki", "user:Service$tempo"]},
        "databases": {"Service": ["Amazon Relational Database Service"], "LinkedAccount": ["444455556666"]},
    }


def test_a_limit_is_told_as_aws_writes_it(full: ModulePlan) -> None:
    made = budget(full, "databases")
    assert (made["name"], made["limit_amount"], made["limit_unit"]) == ("prod-budgets-databases", "200", "USD")
    assert made["time_unit"] == "DAILY"
    assert full.outputs["budget_names"]["databases"] == "prod-budgets-databases"


def test_credits_and_refunds_hide_no_usage(full: ModulePlan) -> None:
    for name, amortized in {"environment": True, "account": False}.items():
        (types,) = budget(full, name)["cost_types"]
        assert (types["include_credit"], types["include_refund"]) == (False, False)
        assert types["use_amortized"] is amortized


def test_people_are_told_on_the_way_to_the_limit_at_it_and_before_it_is_forecast_to_be_reached(
    full: ModulePlan,
) -> None:
    assert told(budget(full, "account")) == {("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)}
    assert told(budget(full, "observability")) == {("ACTUAL", 90), ("FORECASTED", 110)}


def test_each_notification_reaches_the_topic_the_modules_addresses_and_the_budgets_own(full: ModulePlan) -> None:
    for notification in budget(full, "environment")["notification"]:
        assert notification["subscriber_sns_topic_arns"] == [OWN_TOPIC]
        assert sorted(notification["subscriber_email_addresses"]) == [
            "cto@example.com",
            "finance@example.com",
            "platform@example.com",
        ]


def test_without_an_address_the_topic_alone_is_told(small: ModulePlan) -> None:
    for notification in budget(small, "account")["notification"]:
        assert notification["subscriber_email_addresses"] == []
        assert len(notification["subscriber_sns_topic_arns"]) == 1


def test_the_topic_is_encrypted_and_a_failed_delivery_rings(full: ModulePlan) -> None:
    topic = full.resource("aws_sns_topic.topic")
    assert topic["kms_master_key_id"] == full.resource("aws_kms_key.topic[0]")["arn"]
    alarm = full.resource("aws_cloudwatch_metric_alarm.undelivered")
    assert alarm["dimensions"] == {"TopicName": topic["name"]}
    assert (alarm["metric_name"], alarm["alarm_actions"]) == ("NumberOfNotificationsFailed", [TOPIC])


def test_an_action_attaches_one_policy_and_waits_for_somebody_to_approve_it(full: ModulePlan) -> None:
    (action,) = full.resources("aws_budgets_budget_action").values()
    assert action["budget_name"] == "prod-budgets-observability"
    assert (action["approval_model"], action["action_type"]) == ("MANUAL", "APPLY_IAM_POLICY")
    (definition,) = action["definition"][0]["iam_action_definition"]
    assert (definition["policy_arn"], definition["roles"]) == (FREEZE, ["claims-api", "sandbox"])
    assert action["action_threshold"] == [{"action_threshold_type": "PERCENTAGE", "action_threshold_value": 120}]


def test_whoever_writes_in_the_channel_of_slack_can_do_nothing(full: ModulePlan) -> None:
    channel = full.resource("aws_chatbot_slack_channel_configuration.slack[0]")
    assert channel["guardrail_policy_arns"] == ["arn:aws:iam::aws:policy/AWSDenyAll"]
    assert channel["sns_topic_arns"] == [OWN_TOPIC]
    assert not any(address.startswith("aws_iam_role_policy.slack") for address in full.addresses)


def test_an_anomaly_is_told_at_once_and_once_a_day_by_mail(full: ModulePlan) -> None:
    at_once = full.resource("aws_ce_anomaly_subscription.topic[0]")
    daily = full.resource("aws_ce_anomaly_subscription.emails[0]")
    monitors = {full.outputs["service_monitor_arn"], full.resource('aws_ce_anomaly_monitor.tag["payments"]')["arn"]}
    for made in (at_once, daily):
        assert set(made["monitor_arn_list"]) == monitors
        asked = [part["dimension"][0] for part in made["threshold_expression"][0]["and"]]
        assert {part["key"]: part["values"] for part in asked} == {
            "ANOMALY_TOTAL_IMPACT_ABSOLUTE": ["100"],
            "ANOMALY_TOTAL_IMPACT_PERCENTAGE": ["20"],
        }
    assert (at_once["frequency"], at_once["subscriber"]) == ("IMMEDIATE", [{"type": "SNS", "address": OWN_TOPIC}])
    assert daily["frequency"] == "DAILY"
    assert {each["address"] for each in daily["subscriber"]} == set(FULL.emails)


def test_a_monitor_of_a_tag_watches_what_carries_it(full: ModulePlan) -> None:
    made = full.resource('aws_ce_anomaly_monitor.tag["payments"]')
    said = json.loads(made["monitor_specification"])
    assert said["Tags"] == {"Key": "CostCenter", "MatchOptions": None, "Values": ["4711"]}
    assert {value for key, value in said.items() if key != "Tags"} == {None}


def test_the_monitor_that_the_account_has_is_used_and_none_is_made(small: ModulePlan) -> None:
    assert not small.resources("aws_ce_anomaly_monitor")
    assert small.resource("aws_ce_anomaly_subscription.topic[0]")["monitor_arn_list"] == [MONITOR]
    assert not any("emails" in address for address in small.addresses)
    assert small.outputs["service_monitor_arn"] == MONITOR


def test_one_more_budget_is_one_more_resource(small: ModulePlan) -> None:
    assert sorted(small.resources("aws_budgets_budget")) == [
        'aws_budgets_budget.budget["aaa"]',
        'aws_budgets_budget.budget["account"]',
    ]
    assert not small.resources("aws_budgets_budget_action")
    assert not small.resources("aws_chatbot_slack_channel_configuration")


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []
