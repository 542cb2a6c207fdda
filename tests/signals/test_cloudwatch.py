"""Alarms of CloudWatch look at metrics that somebody emits, by dimensions that they have."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.signals import Environment
from groundplan.signals import judge as judge_environment


def resource(kind: str, name: str = "x", unknown: dict[str, Any] | None = None, **after: Any) -> dict[str, Any]:
    change = {"after": after, "after_unknown": unknown or {}}
    return {"address": f"{kind}.{name}", "type": kind, "mode": "managed", "change": change}


def alarm(
    namespace: str, metric: str, *dimensions: str, late: tuple[str, ...] | bool = (), **more: Any
) -> dict[str, Any]:
    unknown = {"dimensions": late if isinstance(late, bool) else dict.fromkeys(late, True)}
    values = dict.fromkeys(dimensions, "x") or None
    return resource(
        "aws_cloudwatch_metric_alarm",
        unknown=unknown,
        namespace=namespace,
        metric_name=metric,
        dimensions=values,
        **more,
    )


def told(*resources: dict[str, Any], blind: tuple[str, ...] = ()) -> list[str]:
    plans = {"prod-x": {"resource_changes": list(resources)}}
    found = judge_environment(Environment.of([], plans, blind=blind))
    errors = [f"error: {each.message}. {each.cure}" for each in found.problems.get("prod-x", ())]
    return errors + [f"warning: {each.message}. {each.cure}" for each in found.warnings.get("prod-x", ())]


def policy(namespaces: Any, *, action: Any = "cloudwatch:PutMetricData") -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": "*"}
    if namespaces is not None:
        statement["Condition"] = {"StringEquals": {"cloudwatch:namespace": namespaces}}
    return resource("aws_iam_role_policy", policy=json.dumps({"Statement": [statement]}))


SCRIPT = resource("kubernetes_config_map_v1", data={"report.sh": '{"MetricName":"FailedBackups"}'})
FUNCTION = resource(
    "aws_lambda_function", environment=[{"variables": {"POWERTOOLS_METRICS_NAMESPACE": "Groundplan/Email"}}]
)
EXPORTER = resource(
    "helm_release",
    values=[
        "mode: statefulset",
        """
config:
  exporters:
    debug:
    awsemf/mesh:
      namespace: Mesh
      metric_declarations:
        - dimensions: [[ClusterName, response_code]]
          metric_name_selectors: ["^(?:istio_requests_total)$"]
        - dimensions: [[ClusterName]]
          metric_name_selectors: ["^istio_tcp_"]
""",
        None,
        "awsemf: [",
    ],
)
FILTER = resource(
    "aws_cloudwatch_log_metric_filter", metric_transformation=[{"namespace": "Groundplan/Vault", "name": "sealed"}]
)
QUERY = {"id": "m1", "metric": [{"namespace": "AWS/SQS", "metric_name": "NumberOfMessagesSent"}]}

GOOD = {
    "a whole set": [alarm("AWS/Lambda", "Errors", "FunctionName")],
    "a set that an apply completes": [alarm("AWS/Route53", "HealthCheckStatus", late=("HealthCheckId",))],
    "dimensions that only an apply tells": [alarm("AWS/Lambda", "Errors", late=True)],
    "a metric whose sets nobody said": [alarm("AWS/Logs", "IncomingLogEvents", "LogGroupName")],
    "a namespace whose dimensions nobody said": [alarm("AWS/ACMPrivateCA", "MisconfiguredCRLBucket", "PrivateCAArn")],
    "one that a role publishes and a script names": [
        alarm("Groundplan/Velero", "FailedBackups", "Cluster"),
        policy(["Groundplan/Velero"]),
        SCRIPT,
    ],
    "one of many that a role may publish to": [alarm("Groundplan/Velero", "FailedBackups"), policy(None), SCRIPT],
    "one that a filter makes": [alarm("Groundplan/Vault", "sealed"), FILTER],
    "one that a function's program puts": [
        alarm("Groundplan/Email", "Failovers", "service"),
        FUNCTION,
    ],
    "one that a collector exports": [
        alarm("Mesh", "istio_requests_total", "ClusterName", "response_code"),
        alarm("Mesh", "istio_tcp_sent_bytes_total", "ClusterName"),
        EXPORTER,
    ],
    "one of another account": [
        resource(
            "aws_cloudwatch_metric_alarm",
            metric_query=[
                {"id": "m", "account_id": "444455556666", "metric": [{"namespace": "Own", "metric_name": "x"}]}
            ],
        )
    ],
    "an expression": [
        resource("aws_cloudwatch_metric_alarm", metric_query=[{"id": "e", "expression": "m1 * 2", "metric": []}])
    ],
}


@pytest.mark.parametrize("resources", GOOD.values(), ids=GOOD)
def test_an_alarm_on_what_is_there_is_fine(resources: list[dict[str, Any]]) -> None:
    assert told(*resources) == []


WRONG = {
    "a metric that CloudWatch does not have": (
        [alarm("AWS/Lambda", "Error", "FunctionName")],
        "error: CloudWatch has no metric Error in AWS/Lambda: the alarm never gets a value. Did you mean Errors?",
    ),
    "a dimension that it does not have": (
        [alarm("AWS/Lambda", "Errors", "Function")],
        "error: no metric of AWS/Lambda has the dimension Function: the alarm never gets a value. "
        "Did you mean FunctionName?",
    ),
    "half a set": (
        [alarm("AWS/S3", "BucketSizeBytes", "BucketName")],
        "warning: CloudWatch keeps BucketSizeBytes of AWS/S3 by other dimensions than BucketName: an alarm finds "
        "nothing by them. Give all dimensions of one set: BucketName, StorageType.",
    ),
    "a namespace that nobody knows": (
        [alarm("AWS/SQSs", "NumberOfMessagesSent")],
        "warning: nothing is known of a namespace AWS/SQSs of CloudWatch. Did you mean AWS/SQS?",
    ),
    "one of a query": (
        [
            resource(
                "aws_cloudwatch_metric_alarm",
                unknown={"metric_query": [{"metric": [{"dimensions": {"Queue": True}}]}]},
                metric_query=[QUERY],
            )
        ],
        "error: no metric of AWS/SQS has the dimension Queue: the alarm never gets a value. Did you mean QueueName?",
    ),
    "one that nobody may publish": (
        [alarm("Groundplan/Veleros", "FailedBackups"), policy("Groundplan/Velero"), SCRIPT],
        "error: nobody emits to the namespace Groundplan/Veleros: no role of the environment may, and no metric filter "
        "does. Did you mean Groundplan/Velero?",
    ),
    "one that a role may publish and no script names": (
        [alarm("Groundplan/Velero", "Failures"), policy("Groundplan/Velero"), SCRIPT],
        "warning: somebody may publish to Groundplan/Velero, but no script, function or metric filter of the "
        "environment names Failures. Name a metric that is published, or publish it.",
    ),
    "one that a collector exports with other dimensions": (
        [alarm("Mesh", "istio_requests_total", "ClusterName"), EXPORTER],
        "warning: CloudWatch keeps istio_requests_total of Mesh by other dimensions than ClusterName: an alarm finds "
        "nothing by them. Give all dimensions of one set: ClusterName, response_code.",
    ),
    "one that a collector leaves out": (
        [alarm("Mesh", "istio_requests"), EXPORTER],
        "warning: somebody may publish to Mesh, but no script, function or metric filter of the environment names "
        "istio_requests. Name a metric that is published, or publish it.",
    ),
    "one of a role that may do something else": (
        [alarm("Groundplan/Velero", "FailedBackups"), policy("Groundplan/Velero", action=["cloudwatch:GetMetricData"])],
        "error: nobody emits to the namespace Groundplan/Velero: no role of the environment may, and no metric filter "
        "does. No stack of the environment publishes metrics of its own.",
    ),
    "one where a policy is known only after apply": (
        [alarm("Groundplan/Velero", "FailedBackups"), resource("aws_iam_role_policy", unknown={"policy": True})],
        "warning: nobody emits to the namespace Groundplan/Velero: no role of the environment may, and no metric "
        "filter does. No stack of the environment publishes metrics of its own.",
    ),
}


@pytest.mark.parametrize(("resources", "message"), WRONG.values(), ids=WRONG)
def test_an_alarm_that_never_gets_a_value_is_told(resources: list[dict[str, Any]], message: str) -> None:
    assert told(*resources) == [message]


def test_where_a_stack_was_not_looked_at_somebody_may_publish() -> None:
    assert [each.partition(":")[0] for each in told(alarm("Own", "x"), blind=("prod-y",))] == ["warning"]
    assert told(alarm("Own", "x"), policy("Own"), blind=("prod-y",)) == []


@settings(max_examples=50)
@given(
    st.recursive(
        st.none() | st.text(max_size=4) | st.sampled_from(["Allow", "cloudwatch:*"]),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["Statement", "Effect", "Action", "Condition", "StringLike", "cloudwatch:namespace"]),
                inner,
                max_size=3,
            )
        ),
        max_leaves=8,
    )
)
def test_policies_of_any_shape_are_read(document: Any) -> None:
    texts = [json.dumps(document), json.dumps({"Statement": document}), str(document)]
    told(*(resource("aws_iam_policy", policy=text) for text in texts), alarm("Own", "x"))


@given(
    st.recursive(
        st.none() | st.integers() | st.sampled_from(["Mesh", "(", "x"]),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["config", "exporters", "awsemf", "namespace", "metric_declarations", "dimensions"]),
                inner,
                max_size=3,
            )
        ),
        max_leaves=8,
    )
)
def test_values_of_any_shape_are_read(document: Any) -> None:
    texts = [json.dumps(each) for each in (document, {"config": {"exporters": {"awsemf": document}}})]
    told(resource("helm_release", values=texts), alarm("Mesh", "x"))


PROGRAM = """
metrics.add_metric(name="Denied", unit="Count", value=1)
metrics.add_metric(name=f"SendGrid_{kind}", unit="Count", value=1)
print(f"{kind}", f"{kind}: {why}", "*", "Denied events")
"""


@pytest.mark.parametrize(
    ("metric", "program", "is_named"),
    [
        ("Denied", PROGRAM, True),
        ("SendGrid_bounce", PROGRAM, True),
        ("Denyed", PROGRAM, False),
        ("SendGrid", PROGRAM, False),
        # what cannot be read may name whatever is asked of it
        ("Denyed", "metrics.add_metric(", True),
        ("Denyed", None, True),
    ],
)
def test_an_alarm_on_a_function_s_metric_asks_for_one_that_its_program_names(
    tmp_path: Path, metric: str, program: str | None, is_named: bool
) -> None:
    function = resource(
        "aws_lambda_function",
        environment=[{"variables": {"POWERTOOLS_METRICS_NAMESPACE": "Groundplan/Email"}}],
        filename="modules/mail/files/webhook.zip",
    )
    package = tmp_path / "modules" / "mail" / "files" / "webhook.zip"
    package.parent.mkdir(parents=True)
    if program is not None:
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("webhook/handler.py", program)
    plans = {"prod-x": {"resource_changes": [alarm("Groundplan/Email", metric, "service"), function]}}
    found = judge_environment(Environment.of([], plans, folders={"prod-x": tmp_path}))
    assert found.problems == {}
    assert [each.message.rpartition(" ")[2] for each in found.warnings.get("prod-x", ())] == (
        [] if is_named else [metric]
    )
