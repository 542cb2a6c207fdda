"""People are told by how bad it is, logs are kept and forwarded, alarms ring, and the cluster is measured."""

from __future__ import annotations

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.applications import check_values
from groundplan.charts import chart
from groundplan.framework.checking import problems_of
from groundplan.grammars.metric_math import MetricMath
from groundplan.signals.cloudwatch import Alarm, Published, alarm_faults
from modules.observability.cloudwatch import Cloudwatch
from tests.modules.cloudwatch.examples import ACCOUNT, FIREHOSE, FULL, FUNCTION, GIVEN_TOPICS, SMALL
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.support.planning import ModulePlan

TOPICS = f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-cloudwatch"
ELSEWHERE = f"arn:aws:sns:us-west-2:{ACCOUNT}:prod-cloudwatch"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("cloudwatch", tmp_path_factory)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    return plan_module(Cloudwatch, SMALL)


@pytest.fixture(scope="module")
def given_topics(plan_module: Planner) -> ModulePlan:
    return plan_module(Cloudwatch, GIVEN_TOPICS)


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


# Who is told


def test_each_severity_has_a_topic_in_each_region_encrypted_there(full: ModulePlan) -> None:
    here, there = full.resource("aws_kms_key.cloudwatch[0]"), full.resource('aws_kms_key.elsewhere["us-west-2"]')
    assert there["region"] == "us-west-2"
    topics = full.resources("aws_sns_topic")
    assert {address: (it["region"], it["kms_master_key_id"]) for address, it in topics.items()} == {
        'aws_sns_topic.severity["critical"]': ("us-east-1", here["arn"]),
        'aws_sns_topic.severity["warning"]': ("us-east-1", here["arn"]),
        'aws_sns_topic.severity["us-west-2/critical"]': ("us-west-2", there["arn"]),
        'aws_sns_topic.severity["us-west-2/warning"]': ("us-west-2", there["arn"]),
    }
    assert full.outputs["topic_arns"] == {one: f"{TOPICS}-{one}" for one in ("critical", "warning")}
    assert full.outputs["regional_topic_arns"] == {
        f"us-west-2/{one}": f"{ELSEWHERE}-{one}" for one in ("critical", "warning")
    }


def test_mail_and_pagerduty_hear_of_their_severities_in_every_region(full: ModulePlan) -> None:
    told = full.resources("aws_sns_topic_subscription").values()
    assert sorted((it["topic_arn"].split(":", 3)[3], it["protocol"], it["endpoint"][:24]) for it in told) == [
        *[(f"us-east-1:{ACCOUNT}:prod-cloudwatch-critical", *to) for to in (MAIL, PAGER)],
        (f"us-east-1:{ACCOUNT}:prod-cloudwatch-warning", *MAIL),
        *[(f"us-west-2:{ACCOUNT}:prod-cloudwatch-critical", *to) for to in (MAIL, PAGER)],
        (f"us-west-2:{ACCOUNT}:prod-cloudwatch-warning", *MAIL),
    ]
    assert {it["protocol"]: it["endpoint_auto_confirms"] for it in told} == {"email": False, "https": True}


MAIL, PAGER = ("email", "alarms@example.com"), ("https", "https://events.pagerduty")


def test_slack_and_teams_hear_of_their_severities_and_let_nobody_do_more_than_look(full: ModulePlan) -> None:
    slack = full.resource('aws_chatbot_slack_channel_configuration.channel["platform"]')
    teams = full.resource('aws_chatbot_teams_channel_configuration.channel["claims"]')
    assert (slack["slack_team_id"], slack["slack_channel_id"]) == ("T0123456789", "C0123456789")
    assert teams["channel_id"] == "19%3A0123456789abcdef%40thread.tacv2"
    assert sorted(slack["sns_topic_arns"]) == [
        f"{prefix}-{one}" for prefix in (TOPICS, ELSEWHERE) for one in ("critical", "warning")
    ]
    assert sorted(teams["sns_topic_arns"]) == [f"{TOPICS}-warning", f"{ELSEWHERE}-warning"]
    for chat in (slack, teams):
        # left out, the guardrail would be AdministratorAccess
        assert chat["guardrail_policy_arns"] == ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
        assert chat["user_authorization_required"] is True
        assert chat["iam_role_arn"] == f"arn:aws:iam::{ACCOUNT}:role/prod-cloudwatch-chat"


def test_a_small_platform_tells_one_person_by_mail_and_makes_nothing_else(small: ModulePlan) -> None:
    assert small.addresses == [
        'aws_cloudwatch_metric_alarm.notifications_undelivered["warning"]',
        "aws_kms_alias.cloudwatch[0]",
        "aws_kms_key.cloudwatch[0]",
        'aws_sns_topic.severity["warning"]',
        'aws_sns_topic_policy.severity["warning"]',
        'aws_sns_topic_subscription.channel["warning/owner"]',
    ]
    # known when Terraform plans, so that the rules see whom an alarm calls
    assert small.outputs["topic_arns"] == {"warning": f"arn:aws:sns:us-east-1:{ACCOUNT}:dev-cloudwatch-warning"}


def test_topics_of_another_call_are_used_and_none_are_made(given_topics: ModulePlan) -> None:
    assert not given_topics.resources("aws_sns_topic")
    alarm = given_topics.resource('aws_cloudwatch_metric_alarm.metric["errors"]')
    assert alarm["alarm_actions"] == alarm["ok_actions"] == [GIVEN_TOPICS.topic_arns["warning"]]
    assert given_topics.outputs["topic_arns"] == GIVEN_TOPICS.topic_arns
    assert given_topics.outputs["publish_policies"] == {}


# Logs


def test_log_groups_are_encrypted_and_kept_as_long_as_each_says(full: ModulePlan) -> None:
    groups = full.resources("aws_cloudwatch_log_group").values()
    assert {it["kms_key_id"] for it in groups} == {full.resource("aws_kms_key.cloudwatch[0]")["arn"]}
    assert {it["name"]: it["retention_in_days"] for it in groups} == {
        "/platform/claims": 400,
        "/platform/claims/metrics": 400,
        "/platform/debug": 7,
        "/aws/application-signals/data": 400,
        **{f"/aws/containerinsights/prod/{of}": 400 for of in ("application", "dataplane", "host", "performance")},
    }


def test_what_is_sensitive_is_hidden_and_counted(full: ModulePlan) -> None:
    policy = full.document('aws_cloudwatch_log_data_protection_policy.group["/platform/claims"]', "policy_document")
    audit, mask = policy["Statement"]
    wanted = [f"arn:aws:dataprotection::aws:data-identifier/{one}" for one in ("CreditCardNumber", "EmailAddress")]
    # CloudWatch Logs wants the same list in both
    assert audit["DataIdentifier"] == mask["DataIdentifier"] == wanted
    assert (audit["Operation"], mask["Operation"]) == (
        {"Audit": {"FindingsDestination": {}}},
        {"Deidentify": {"MaskConfig": {}}},
    )


def test_records_are_counted_and_measured(full: ModulePlan) -> None:
    made = {
        address.rpartition("/")[2][:-2]: it["metric_transformation"][0]
        for address, it in full.resources("aws_cloudwatch_log_metric_filter").items()
    }
    assert (made["refused"]["default_value"], made["refused"]["dimensions"]) == ("0", None)
    assert (made["slow"]["default_value"], made["slow"]["dimensions"]) == (None, {"Route": "$.route"})
    assert made["slow"]["value"] == "$.duration_ms"


def test_records_go_to_a_firehose_by_a_role_and_to_a_function_by_its_permission(full: ModulePlan) -> None:
    archive = full.resource('aws_cloudwatch_log_subscription_filter.subscription["/platform/claims/archive"]')
    assert archive["destination_arn"] == FIREHOSE
    assert archive["role_arn"] == f"arn:aws:iam::{ACCOUNT}:role/prod-cloudwatch-log-forwarder"
    loki = full.resource('aws_cloudwatch_log_subscription_filter.subscription["/platform/claims/loki"]')
    assert (loki["destination_arn"], loki["filter_pattern"]) == (FUNCTION, '{ $.level = "error" }')
    permission = full.resource(f'aws_lambda_permission.subscription["{FUNCTION}"]')
    assert (permission["principal"], permission["source_account"]) == ("logs.amazonaws.com", ACCOUNT)


def test_records_that_do_not_arrive_ring_for_their_own_subscription(full: ModulePlan) -> None:
    alarms = [it for key, it in full.resources("aws_cloudwatch_metric_alarm").items() if "records_not" in key]
    assert len({it["alarm_name"] for it in alarms}) == len(alarms) == 2
    asked = [it["metric_query"][0]["expression"].partition(" WHERE ")[2] for it in alarms]
    assert sorted(asked) == [
        f"LogGroupName = '/platform/claims' AND FilterName = 'prod-cloudwatch-{one}'" for one in ("archive", "loki")
    ]


# What rings


def queries(full: ModulePlan, alarm: str) -> dict[str, Any]:
    found = full.resource(f'aws_cloudwatch_metric_alarm.metric["{alarm}"]')["metric_query"]
    return {it["id"]: it for it in found}


def test_metric_math_is_compared_and_its_metrics_are_not(full: ModulePlan) -> None:
    found = queries(full, "errors")
    assert {key: it["return_data"] for key, it in found.items()} == {
        "errors": False,
        "requests": False,
        "result": True,
    }
    assert found["result"]["expression"] == "100 * errors / FILL(requests, 1)"
    (metric,) = found["errors"]["metric"]
    assert (metric["stat"], metric["period"]) == ("Sum", 300)


def test_a_single_metric_is_compared_itself(full: ModulePlan) -> None:
    (only,) = queries(full, "refused").values()
    assert only["return_data"] is True
    assert only["metric"][0]["metric_name"] == "payments-refused"


def test_what_is_unusual_rings_by_a_band(full: ModulePlan) -> None:
    alarm = full.resource('aws_cloudwatch_metric_alarm.metric["latency"]')
    assert (alarm["comparison_operator"], alarm["threshold_metric_id"]) == ("GreaterThanUpperThreshold", "band")
    assert alarm["threshold"] is None
    found = queries(full, "latency")
    assert found["band"]["expression"] == "ANOMALY_DETECTION_BAND(latency, 3)"
    assert found["latency"]["return_data"] is found["band"]["return_data"] is True


def test_several_alarms_ring_once_together(full: ModulePlan) -> None:
    alarm = full.resource('aws_cloudwatch_composite_alarm.composite["claims-down"]')
    assert alarm["alarm_rule"] == (
        '(ALARM("prod-cloudwatch-errors") OR ALARM("prod-cloudwatch-refused")) AND ALARM("prod-cloudwatch-latency") '
        'AND NOT ALARM("prod-cloudwatch-deploying")'
    )
    assert alarm["alarm_actions"] == [f"{TOPICS}-critical"]
    (quiet,) = alarm["actions_suppressor"]
    assert quiet == {"alarm": "prod-cloudwatch-deploying", "wait_period": 120, "extension_period": 180}
    # what it asks tells nobody by itself
    assert not full.resource('aws_cloudwatch_metric_alarm.metric["errors"]')["alarm_actions"]


def test_every_alarm_that_is_given_ends_with_its_page(full: ModulePlan) -> None:
    given = {**FULL.alarms, **FULL.composite_alarms}
    for type_name in ("aws_cloudwatch_metric_alarm.metric[", "aws_cloudwatch_composite_alarm.composite["):
        for address, it in full.resources(type_name.partition(".")[0]).items():
            if address.startswith(type_name):
                wanted = given[address.split('"')[1]]
                assert it["alarm_description"] == f"{wanted.description.rstrip('.')}. Runbook: {wanted.runbook_url}"


def test_a_topic_that_reaches_nobody_rings_in_its_own_region(full: ModulePlan) -> None:
    alarms = {
        address: it
        for address, it in full.resources("aws_cloudwatch_metric_alarm").items()
        if "notifications_undelivered" in address
    }
    assert {(it["region"], *it["alarm_actions"], it["dimensions"]["TopicName"]) for it in alarms.values()} == {
        (where, f"{prefix}-critical", f"prod-cloudwatch-{one}")
        for where, prefix in (("us-east-1", TOPICS), ("us-west-2", ELSEWHERE))
        for one in ("critical", "warning")
    }


def test_an_objective_rings_while_its_budget_burns_over_a_long_and_a_short_window(full: ModulePlan) -> None:
    composites = full.resources("aws_cloudwatch_composite_alarm")
    told = {address.rpartition("/")[2][:-2]: it for address, it in composites.items() if ".objective[" in address}
    assert {name: it["alarm_actions"] for name, it in told.items()} == {
        "fast": [f"{TOPICS}-critical"],
        "slow": [f"{TOPICS}-critical"],
        "steady": [f"{TOPICS}-warning"],
    }
    assert told["fast"]["alarm_rule"] == (
        'ALARM("prod-cloudwatch-claims-answers/fast/long") AND ALARM("prod-cloudwatch-claims-answers/fast/short")'
    )
    assert told["fast"]["alarm_description"] == (
        "Claims fails for its users: 14.4 times more failed than a target of 99.9 % bears within 60 minutes, and "
        "within the last 5. Runbook: https://runbooks.example.com/claims/answers.md"
    )
    assert full.outputs["alarm_arns"]["claims-answers/fast"].endswith(":alarm:prod-cloudwatch-claims-answers/fast")
    for window, seconds in (("long", 3600), ("short", 300)):
        alarm = full.resource(f'aws_cloudwatch_metric_alarm.objective_{window}["claims-answers/fast"]')
        # 0.1 % may fail, and 14.4 times as much does
        assert alarm["threshold"] == pytest.approx(1.44)
        assert not alarm["alarm_actions"]
        asked = {it["id"]: it for it in alarm["metric_query"]}
        assert asked["failing"]["expression"] == "IF(asked >= 100, 100 * FILL(failed, 0) / asked, 0)"
        assert MetricMath.read(asked["failing"]["expression"]).names == {"asked", "failed"}
        assert {asked[one]["metric"][0]["period"] for one in ("asked", "failed")} == {seconds}
        assert asked["asked"]["metric"][0]["metric_name"] == "RequestCount"


def test_an_objective_looks_as_googles_workbook_does(full: ModulePlan) -> None:
    burns = FULL.objectives["claims-answers"].burn_rates
    # of a budget of 30 days, in percent: https://sre.google/workbook/alerting-on-slos
    spent = {name: burn.factor * burn.long_minutes * 100 / (30 * 24 * 60) for name, burn in burns.items()}
    assert spent == pytest.approx({"fast": 2, "slow": 5, "steady": 10})
    assert all(burn.long_minutes == 12 * burn.short_minutes for burn in burns.values())
    for address, alarm in full.resources("aws_cloudwatch_metric_alarm").items():
        if ".objective_" in address:
            (seconds,) = {one["period"] for query in alarm["metric_query"] for one in query["metric"]}
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
            assert seconds * alarm["evaluation_periods"] <= (604_800 if seconds >= 3600 else 86_400)


# What is shown


def widgets(full: ModulePlan) -> list[dict[str, Any]]:
    body = full.document('aws_cloudwatch_dashboard.dashboard["claims"]', "dashboard_body")
    found: list[dict[str, Any]] = body["widgets"]
    return found


def test_a_dashboard_shows_what_was_given_in_cloudwatchs_own_words(full: ModulePlan) -> None:
    text, state, requests, nodes, errors = widgets(full)
    assert [it["type"] for it in (text, state, requests, nodes, errors)] == ["text", "alarm", "metric", "metric", "log"]
    assert text == {"type": "text", "width": 24, "height": 2, "properties": {"markdown": "# Claims"}}
    assert state["properties"]["alarms"] == [
        f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:prod-cloudwatch-{one}" for one in ("errors", "claims-down")
    ]
    first, second = requests["properties"]["metrics"]
    assert first[:4] == ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", "app/claims/50dc6c495c0c9188"]
    assert first[4]["label"] == "requests"
    assert (second[4]["stat"], second[4]["yAxis"]) == ("p99", "right")
    assert nodes["properties"]["yAxis"] == {"left": {"min": 0, "max": 100}}
    assert errors["properties"]["query"] == "SOURCE '/platform/claims' | fields @timestamp, @message | limit 20"


def faults(alarms: list[Alarm]) -> list[str]:
    published = Published(filters={"claims": {"payments-refused", "slow-requests"}})
    return [problem.message for it in alarms for problem, _ in alarm_faults(it, published, is_whole=True)]


def test_dashboards_and_alarms_ask_for_metrics_that_aws_has(full: ModulePlan) -> None:
    shown = [metric for it in widgets(full) for metric in it["properties"].get("metrics", [])]
    asked = [Alarm("", "", "", it[0], it[1], frozenset(it[2:-1:2])) for it in shown]
    asked += [
        Alarm("", address, "", metric["namespace"], metric["metric_name"], frozenset(metric["dimensions"] or {}))
        for address, it in full.resources("aws_cloudwatch_metric_alarm").items()
        for query in it["metric_query"] or []
        for metric in query["metric"]
    ]
    asked += [
        Alarm("", address, "", it["namespace"], it["metric_name"], frozenset(it["dimensions"]))
        for address, it in full.resources("aws_cloudwatch_metric_alarm").items()
        if it["metric_name"]
    ]
    assert len(asked) > 10
    assert faults(asked) == []
    assert faults([Alarm("", "", "", "AWS/SNS", "NumberOfNotificationsFaild", frozenset({"TopicName"}))]) != []


# What is measured of the cluster


def test_the_agent_reads_what_it_is_told(full: ModulePlan) -> None:
    addon = full.resource("aws_eks_addon.container_insights[0]")
    assert (addon["addon_name"], addon["addon_version"]) == ("amazon-cloudwatch-observability", "v6.2.0-eksbuild.1")
    told = json.loads(addon["configuration_values"])
    collected = told["agent"]["config"]["logs"]["metrics_collected"]
    assert collected["kubernetes"] == {
        "cluster_name": "prod",
        "enhanced_container_insights": True,
        "metrics_collection_interval": 60,
    }
    assert collected["application_signals"] == {"hosted_in": "prod"}
    # the chart of the same software, and the agent itself, know every key of it
    software = chart("amazon-cloudwatch-observability")
    assert check_values(software, told, where="told") == []
    collected["kubernetes"]["metrics_collection_interval"] = "often"
    (wrong,) = check_values(software, told, where="told")
    assert wrong.path.endswith("kubernetes.metrics_collection_interval")


def test_the_agent_has_its_role_by_pod_identity(full: ModulePlan) -> None:
    association = full.resource("aws_eks_pod_identity_association.agent[0]")
    assert (association["namespace"], association["service_account"]) == ("amazon-cloudwatch", "cloudwatch-agent")
    assert association["role_arn"] == full.outputs["container_insights_role_arn"]


def test_an_agent_that_falls_silent_rings(full: ModulePlan) -> None:
    alarm = full.resource("aws_cloudwatch_metric_alarm.container_insights_silent[0]")
    assert alarm["treat_missing_data"] == "breaching"
    assert alarm["dimensions"] == {"ClusterName": "prod"}


# What leaves


def test_metrics_leave_by_the_stream_as_named(full: ModulePlan) -> None:
    stream = full.resource("aws_cloudwatch_metric_stream.metric_stream[0]")
    assert {it["namespace"]: it["metric_names"] for it in stream["include_filter"]} == {
        "AWS/EC2": ["CPUUtilization"],
        "AWS/RDS": [],
    }
    assert stream["output_format"] == "opentelemetry1.0"


def test_accounts_of_the_organization_may_link_and_no_other(full: ModulePlan) -> None:
    (statement,) = full.document("aws_oam_sink_policy.sink[0]", "policy")["Statement"]
    assert statement["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": ["o-exampleorg0"]}


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == problems_of(GIVEN_TOPICS) == []
