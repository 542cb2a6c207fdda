"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.observability.cloudwatch import (
    Anomaly,
    Application,
    BurnRate,
    Channel,
    Cloudwatch,
    CloudwatchInputs,
    CompositeAlarm,
    ContainerInsights,
    Dashboard,
    LogGroup,
    Metric,
    MetricAlarm,
    MetricFilter,
    Objective,
    Sink,
    Slack,
    Subscription,
    Widget,
)
from tests.modules.cloudwatch.examples import ERRORS, FIREHOSE, FUNCTION, GIVEN_TOPICS, REQUESTS, SMALL
from tests.support.planning import refusals

MAIL = Channel(severities=["warning"], email="platform@example.com")
ERROR = MetricAlarm(
    severity="warning",
    description="Claims fails.",
    runbook_url="https://runbooks.example.com/claims.md",
    metrics={"errors": ERRORS},
    threshold=1,
)
TOGETHER = CompositeAlarm(
    severity="warning",
    description="Claims is down.",
    runbook_url="https://runbooks.example.com/claims.md",
    any_of=["errors"],
)
BURN = BurnRate(severity="warning", factor=14.4, long_minutes=60, short_minutes=5)
FILTER = MetricFilter(pattern="", namespace="claims", metric_name="records")


def alarm(**changes: object) -> CloudwatchInputs:
    return SMALL.but(alarms={"errors": ERROR.but(**changes)})


def group(**changes: object) -> CloudwatchInputs:
    return SMALL.but(log_groups={"/claims": LogGroup().but(**changes)})


def objective(**changes: object) -> CloudwatchInputs:
    given = Objective(
        description="Claims fails.",
        runbook_url="https://runbooks.example.com/claims.md",
        target_percent=99,
        failed=ERRORS,
        all=REQUESTS,
        burn_rates={"fast": BURN},
    )
    return SMALL.but(objectives={"answers": given.but(**changes)})


AT = 'alarms["errors"]'
NO_TOPIC = "must be a severity that has a topic: one of severities, or of topic_arns where these are given"
WRONG: dict[str, tuple[CloudwatchInputs, str]] = {
    "a severity that nobody hears of": (
        SMALL.but(severities=["critical", "warning"]),
        'channels: must have one for each severity: an alarm of the others would tell nobody, got ["critical"]',
    ),
    "nobody at all": (
        SMALL.but(channels={}),
        'channels: must have one for each severity: an alarm of the others would tell nobody, got ["warning"]',
    ),
    "a channel for what there is not": (
        SMALL.but(channels={"owner": MAIL.but(severities=["warning", "info"])}),
        'channels["owner"].severities: must be among the module\'s severities, got severities = ["warning","info"], '
        'severities = ["warning"]',
    ),
    "two ways in one channel": (
        SMALL.but(channels={"owner": MAIL.but(slack=Slack(workspace_id="T01", channel_id="C01"))}),
        'channels["owner"].email: must be given, or slack, teams or pagerduty_url in its place, and one of them alone',
    ),
    "channels of topics that others made": (
        GIVEN_TOPICS.but(channels={"owner": MAIL}),
        "channels: must be left out with topic_arns, and topic_regions too: who made those topics says who hears of "
        "them",
    ),
    "a page on the internet for pagerduty": (
        SMALL.but(channels={"owner": Channel(severities=["warning"], pagerduty_url="https://example.com/enqueue")}),
        'channels["owner"].pagerduty_url: must be an integration URL of PagerDuty, such as '
        'https://events.pagerduty.com/integration/<key>/enqueue, got "https://example.com/enqueue"',
    ),
    "an alarm of a severity without a topic": (
        alarm(severity="critical"),
        f'{AT}.severity: {NO_TOPIC}, got severity = "critical"',
    ),
    "an alarm that tells nobody": (
        SMALL.but(alarms={"errors": ERROR, "silent": ERROR.but(severity=None)}, composite_alarms={"down": TOGETHER}),
        "composite_alarms: must ask each alarm of alarms that has no severity of its own: else it tells nobody, got "
        '["silent"]',
    ),
    "own alarms that tell nobody": (
        SMALL.but(own_severity="critical"),
        f'own_severity: {NO_TOPIC}, got own_severity = "critical"',
    ),
    "neither a threshold nor a band": (
        alarm(threshold=None),
        f"{AT}.threshold: must be given, or anomaly in its place, and not both, got threshold = null",
    ),
    "several metrics and nothing made of them": (
        alarm(metrics={"errors": ERRORS, "requests": REQUESTS}),
        f"{AT}.expression: must say what becomes of the metrics, as there are several",
    ),
    "more periods than are looked at": (
        alarm(periods=2, periods_to_alarm=3),
        f"{AT}.periods_to_alarm: must not be more than periods, got periods_to_alarm = 3, periods = 2",
    ),
    "a window of more than a day": (
        alarm(periods=289),
        f'{AT}.metrics["errors"].period_seconds: must end within a day when multiplied by periods, and within a week '
        "from 3600 on, got period_seconds = 300, periods = 289",
    ),
    "a band of seconds": (
        alarm(threshold=None, anomaly=Anomaly(), metrics={"errors": ERRORS.but(period_seconds=10)}),
        f'{AT}.metrics["errors"].period_seconds: must be 60 or more for anomaly: no band is learnt of shorter ones, '
        "got period_seconds = 10",
    ),
    "a statistic that is none": (
        alarm(metrics={"errors": ERRORS.but(statistic="p999")}),
        f'{AT}.metrics["errors"].statistic: must be a statistic of CloudWatch, such as Sum, Average or p99.9, got '
        '"p999"',
    ),
    "an id that the module uses": (
        alarm(metrics={"band": ERRORS}),
        f'{AT}.metrics["band"]: its name must differ from band and result, which the module has for its own, got '
        '"band"',
    ),
    "a composite of strangers": (
        alarm().but(composite_alarms={"down": TOGETHER.but(all_of=["latency"])}),
        'composite_alarms["down"]: must name alarms of the input alarms alone, got ["latency"]',
    ),
    "a composite of nothing": (
        alarm().but(composite_alarms={"down": TOGETHER.but(any_of=[], none_of=["errors"])}),
        'composite_alarms["down"].any_of: must name an alarm, or all_of must',
    ),
    "two alarms of one name": (
        alarm().but(composite_alarms={"errors": TOGETHER}),
        'composite_alarms["errors"]: must have another name than one of alarms: both would be called alike',
    ),
    "a widget of a stranger": (
        SMALL.but(dashboards={"claims": Dashboard(widgets=[Widget(title="State", alarms=["errors"])])}),
        'dashboards["claims"].widgets: must show alarms of the inputs alarms and composite_alarms alone',
    ),
    "a widget of nothing": (
        SMALL.but(dashboards={"claims": Dashboard(widgets=[Widget(title="Nothing")])}),
        'dashboards["claims"].widgets[0].metrics: must be given, or alarms, log_query or markdown in their place, and '
        "one of them alone",
    ),
    "a cheap log group that is counted": (
        group(log_group_class="INFREQUENT_ACCESS", metric_filters={"all": FILTER}),
        'log_groups["/claims"].log_group_class: must be STANDARD with masked, metric_filters or subscriptions, got '
        'log_group_class = "INFREQUENT_ACCESS"',
    ),
    "a default of nobody knows which dimension": (
        group(metric_filters={"all": FILTER.but(default_value=0, dimensions={"Route": "$.route"})}),
        'log_groups["/claims"].metric_filters["all"].default_value: must be left out with dimensions: CloudWatch would '
        "not know of which, got default_value = 0",
    ),
    "records that go two ways by one subscription": (
        group(subscriptions={"all": Subscription(firehose_arn=FIREHOSE, function_arn=FUNCTION)}),
        'log_groups["/claims"].subscriptions["all"].firehose_arn: must be given, or function_arn in its place, and not '
        f'both, got firehose_arn = "{FIREHOSE}", function_arn = "{FUNCTION}"',
    ),
    "a retention that CloudWatch does not have": (
        group(retention_days=31),
        'log_groups["/claims"].retention_days: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, '
        "545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 31",
    ),
    "embedded metrics of a log group that is not there": (
        SMALL.but(applications={"claims": Application(namespace="claims", emf_log_group="/claims")}),
        'applications["claims"].emf_log_group: must be one of log_groups, of the class STANDARD: CloudWatch makes no '
        'metrics of others, got emf_log_group = "/claims"',
    ),
    "a namespace of aws": (
        SMALL.but(applications={"claims": Application(namespace="AWS/Claims")}),
        'applications["claims"].namespace: must not begin with AWS/, which is for AWS\'s own, got namespace = '
        '"AWS/Claims"',
    ),
    "insights of no cluster": (
        SMALL.but(container_insights=ContainerInsights(addon_version="v6.2.0-eksbuild.1")),
        "container_insights: must be left out without cluster: it is what is measured",
    ),
    "more failures than there can be": (
        objective(target_percent=90),
        'objectives["answers"].burn_rates["fast"].factor: must be less than 100 when multiplied by what may fail, '
        "which is 100 less target_percent: more than everything cannot fail, got factor = 14.4, target_percent = 90",
    ),
    "a short window that is long": (
        objective(burn_rates={"fast": BURN.but(short_minutes=60)}),
        'objectives["answers"].burn_rates["fast"].short_minutes: must be less than long_minutes, got short_minutes = '
        "60, long_minutes = 60",
    ),
    "a window that is longer than CloudWatch looks back": (
        objective(burn_rates={"fast": BURN.but(long_minutes=10_081)}),
        'objectives["answers"].burn_rates["fast"].long_minutes: must be 10 to 10080, got 10081',
    ),
    "an objective that tells nobody": (
        objective(burn_rates={"fast": BURN.but(severity="critical"), "slow": BURN}),
        'objectives["answers"].burn_rates: must have a topic for each severity: one of severities, or of topic_arns '
        'where these are given, got ["fast"]',
    ),
    "a sink for nobody": (
        SMALL.but(sink=Sink()),
        "sink.account_ids: must have an account, or organization_id must be given",
    ),
}
# what Terraform has no words for
MATH: dict[str, tuple[MetricAlarm, str]] = {
    "an id that no metric has": (
        ERROR.but(expression="erors / errors"),
        'expression: must ask for ids of metrics, which "erors" is none of, got "erors / errors"',
    ),
    "a metric that decides nothing": (
        ERROR.but(metrics={"errors": ERRORS, "requests": REQUESTS}, expression="RATE(errors)"),
        'metrics["requests"]: must be asked for by expression, which does not name "requests", got "RATE(errors)"',
    ),
    "a function that is none": (
        ERROR.but(expression="RAET(errors)"),
        'expression: must call functions of metric math, which RAET is none of, got "RAET(errors)"',
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert message in [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]


@pytest.mark.parametrize("wrong", sorted(MATH))
def test_wrong_metric_math_is_refused_before_anything_is_planned(wrong: str) -> None:
    given, message = MATH[wrong]
    (problem,) = problems_of(SMALL.but(alarms={"errors": given}))
    assert f"{problem.path}: {problem.message}" == f"{AT}.{message}"
    assert problem.cure


def test_all_metrics_may_be_asked_for_at_once() -> None:
    summed = ERROR.but(metrics={"errors": ERRORS, "requests": REQUESTS}, expression="SUM(METRICS())")
    assert problems_of(SMALL.but(alarms={"errors": summed})) == []


def test_a_metric_of_another_account_and_a_trimmed_mean_are_taken() -> None:
    elsewhere = Metric(namespace="AWS/RDS", metric_name="CPUUtilization", account_id="444455556666", statistic="tm99")
    assert problems_of(alarm(metrics={"load": elsewhere})) == []


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Cloudwatch, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}
