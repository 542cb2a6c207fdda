"""What rings: the alarms that are given, and those by which the module watches itself."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_composite_alarm import (
    CloudwatchCompositeAlarm,
    CloudwatchCompositeAlarmActionsSuppressor,
)
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm, CloudwatchMetricAlarmMetricQuery

from groundplan.building import account_id, metric_alarm, partition, region, tags, with_runbook
from groundplan.framework import (
    Module,
    choose,
    each,
    each_pair,
    equals,
    expression_of,
    fitted,
    hcl,
    is_set,
    part_id,
    present,
)
from groundplan.framework.references import ListReference, MapReference, TextReference
from groundplan.framework.shapes import Text

from .alarm_inputs import BAND, RESULT
from .channels import Topics
from .inputs import CloudwatchInputs
from .objectives import objectives

__all__ = ["alarm_arn", "alarms", "own_alarms"]

LONGEST_NAME = 255
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""
_DELIVERY_ERRORS = 'SELECT SUM(DeliveryErrors) FROM SCHEMA("AWS/Logs", DestinationType, FilterName, LogGroupName) WHERE'
_ANOMALOUS = {
    "above": "GreaterThanUpperThreshold",
    "below": "LessThanLowerThreshold",
    "outside": "LessThanLowerOrGreaterThanUpperThreshold",
}


def alarms(scope: Module[Any, Any], given: CloudwatchInputs, topics: Topics) -> dict[str, str]:
    """The alarms that are given; their ARNs, by their own names."""
    made = _metric_alarms(scope, given, topics)
    together = _composite_alarms(scope, given, topics, made)
    burning = objectives(scope, given, topics)
    arns = [
        f"{{for key, made in {address} : key => {hcl(alarm_arn(scope, '${made.alarm_name}'))}}}"
        for address in (made.address, together.address, burning.address)
    ]
    return MapReference(f"merge({', '.join(arns)})", Text())


def alarm_arn(scope: Module[Any, Any], name: str) -> str:
    """Of a metric's alarm or a composite one: made of its name, and known when Terraform plans."""
    return f"arn:{partition(scope)}:cloudwatch:{region(scope)}:{account_id(scope)}:alarm:{name}"


def _metric_alarms(scope: Module[Any, Any], given: CloudwatchInputs, topics: Topics) -> Any:
    """Every alarm is one of queries, so that a single metric, metric math and a band read alike."""
    every = each(given.alarms)
    it = every.value
    unusual: Any = present(it.anomaly)
    told = ListReference(f"{expression_of(it.severity)} == null ? [] : [{hcl(topics.arn(it.severity))}]")
    direction = f"{{{', '.join(f'{hcl(word)} = {hcl(said)}' for word, said in _ANOMALOUS.items())}}}"
    comparison = choose(
        is_set(it.anomaly), TextReference(f"{direction}[{expression_of(unusual.direction)}]"), it.comparison
    )
    made = every(
        CloudwatchMetricAlarm,
        scope,
        "metric",
        alarm_name=f"{given.name}-{every.key}",
        alarm_description=_described(it),
        comparison_operator=comparison,
        evaluation_periods=it.periods,
        datapoints_to_alarm=it.periods_to_alarm,
        threshold=it.threshold,
        threshold_metric_id=choose(is_set(it.anomaly), BAND, None),
        treat_missing_data=it.missing_data,
        alarm_actions=told,
        ok_actions=told,
        tags=tags(scope, given),
    )
    return made.having("metric_query", _queries(it), _query)


def _described(alarm: Any) -> str:
    """What happened, and the page that says what to do."""
    return f'${{trimsuffix({expression_of(alarm.description)}, ".")}}. Runbook: {alarm.runbook_url}'


def _queries(alarm: Any) -> list[Any]:
    """The queries of an alarm, all of one type: its metrics, what the expression makes of them, and the band."""
    metrics, expression, anomaly = (expression_of(each) for each in (alarm.metrics, alarm.expression, alarm.anomaly))
    watched = f'({expression} == null ? keys({metrics})[0] : "{RESULT}")'
    of_metrics = (
        f"[for id, it in {metrics} : "
        f"{{id = id, metric = it, expression = null, return_data = {expression} == null, label = it.metric_name}}]"
    )
    result = f'{{id = "{RESULT}", metric = null, expression = {expression}, return_data = true, label = "{RESULT}"}}'
    learnt = f'"ANOMALY_DETECTION_BAND(${{{watched}}}, ${{{anomaly}.standard_deviations}})"'
    band = (
        f'{{id = "{BAND}", metric = null, expression = {anomaly} == null ? null : {learnt}, '
        'return_data = true, label = "expected"}'
    )
    return ListReference(
        f"concat({of_metrics}, [for it in [{result}] : it if {expression} != null], "
        f"[for it in [{band}] : it if {anomaly} != null])"
    )


def _query(_: Any) -> dict[str, Any]:
    it = "metric_query.value"
    return {
        "id": f"${{{it}.id}}",
        "expression": f"${{{it}.expression}}",
        "label": f"${{{it}.label}}",
        "return_data": f"${{{it}.return_data}}",
        "account_id": f"${{try({it}.metric.account_id, null)}}",
        "dynamic": {
            "metric": {
                "for_each": f"${{{it}.metric[*]}}",
                "content": {
                    "namespace": "${metric.value.namespace}",
                    "metric_name": "${metric.value.metric_name}",
                    "dimensions": "${metric.value.dimensions}",
                    "stat": "${metric.value.statistic}",
                    "period": "${metric.value.period_seconds}",
                },
            }
        },
    }


def _composite_alarms(scope: Module[Any, Any], given: CloudwatchInputs, topics: Topics, made: Any) -> Any:
    """Their rules name the metric alarms, and so come after them.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    """
    every = each(given.composite_alarms)
    it = every.value
    quiet: Any = present(it.quiet_while)
    told = [topics.arn(it.severity)]
    together = every(
        CloudwatchCompositeAlarm,
        scope,
        "composite",
        alarm_name=f"{given.name}-{every.key}",
        alarm_description=_described(it),
        alarm_rule=_rule(it, made.address),
        alarm_actions=told,
        ok_actions=told,
        tags=tags(scope, given),
    )
    return together.having(
        "actions_suppressor",
        ListReference(f"{expression_of(quiet)}[*]"),
        lambda _: CloudwatchCompositeAlarmActionsSuppressor(
            alarm=made.at(quiet).alarm_name,
            wait_period=it.quiet_wait_seconds,
            extension_period=it.quiet_extension_seconds,
        ),
    )


def _rule(alarm: Any, address: str) -> str:
    def asked(names: Any, word: str) -> str:
        return f'[for name in {expression_of(names)} : "{word}(\\"${{{address}[name].alarm_name}}\\")"]'

    any_of = asked(alarm.any_of, "ALARM")
    either = f'[for asked in [join(" OR ", {any_of})] : "(${{asked}})" if asked != ""]'
    return TextReference(
        f'join(" AND ", concat({either}, {asked(alarm.all_of, "ALARM")}, {asked(alarm.none_of, "NOT ALARM")}))'
    )


def own_alarms(scope: Module[Any, Any], given: CloudwatchInputs, topics: Topics) -> None:
    """That what tells people tells them, and that what is measured arrives."""
    _undelivered(scope, given, topics)
    _not_forwarded(scope, given, topics)
    cluster: Any = present(given.cluster)
    metric_alarm(
        scope,
        "container_insights_silent",
        given,
        name=f"{given.name}-container-insights-silent",
        description=(
            f"Container Insights of the cluster {cluster.name} tells nothing any more: alarms on its metrics are blind."
        ),
        namespace="ContainerInsights",
        metric="cluster_node_count",
        dimensions={"ClusterName": cluster.name},
        statistic="Maximum",
        periods=3,
        comparison="LessThanThreshold",
        threshold=1,
        missing_data="breaching",
        topic_arn=topics.arn(given.own_severity),
        only_when=is_set(given.container_insights),
    )
    metric_alarm(
        scope,
        "metric_stream_fails",
        given,
        name=f"{given.name}-metric-stream-fails",
        description=f"Metrics do not reach the Firehose of the stream {given.name}: they are not sent again.",
        namespace="AWS/CloudWatch/MetricStreams",
        metric="PublishErrorRate",
        dimensions={"MetricStreamName": given.name},
        statistic="Average",
        periods=3,
        threshold=0.01,
        topic_arn=topics.arn(given.own_severity),
        only_when=is_set(given.metric_stream),
    )


def _undelivered(scope: Module[Any, Any], given: CloudwatchInputs, topics: Topics) -> None:
    """One for each topic, in its region; it rings in the same channels, of which others may still work."""
    it = topics.made.value
    metric_alarm(
        scope,
        "notifications_undelivered",
        given,
        name=f"{given.name}-{it['severity']}-undelivered",
        description=(
            f"SNS could not deliver alarms of the topic {given.name}-{it['severity']} to one of its channels, such as "
            "PagerDuty: somebody is not told."
        ),
        namespace="AWS/SNS",
        metric="NumberOfNotificationsFailed",
        dimensions={"TopicName": f"{given.name}-{it['severity']}"},
        topic_arn=topics.arn_beside(it, given.own_severity),
        in_region=choose(equals(it["region"], ""), None, it["region"]),
        only_when=topics.made,
    )


def _not_forwarded(scope: Module[Any, Any], given: CloudwatchInputs, topics: Topics) -> None:
    """One for each subscription. A query, since the metric has a dimension whose values AWS does not list.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-alarms.html
    """
    every = each_pair(given.log_groups, lambda group: group.subscriptions)
    group, own = every.value.outer_key, every.value.inner_key
    told = [topics.arn(given.own_severity)]
    every(
        CloudwatchMetricAlarm,
        scope,
        part_id("alarm", "records_not_forwarded"),
        alarm_name=fitted(f"{given.name}-{own}-of-{group}-not-forwarded", LONGEST_NAME),
        alarm_description=with_runbook(
            f"CloudWatch Logs cannot deliver records of {group} by its subscription {own}: what it cannot deliver for "
            "24 hours is gone for whoever waits for it.",
            given,
            scope.name,
            "records_not_forwarded",
        ),
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=1,
        evaluation_periods=1,
        treat_missing_data="notBreaching",
        metric_query=[
            CloudwatchMetricAlarmMetricQuery(
                id="errors",
                expression=f"{_DELIVERY_ERRORS} LogGroupName = '{group}' AND FilterName = '{given.name}-{own}'",
                period=300,
                return_data=True,
            )
        ],
        alarm_actions=told,
        ok_actions=told,
        tags=tags(scope, given),
    )
