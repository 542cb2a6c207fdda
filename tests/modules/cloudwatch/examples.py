"""Inputs of the tests: a platform that watches and tells everything, and a small one that tells one person."""

from __future__ import annotations

from groundplan.building import Cluster
from modules.observability.cloudwatch import (
    Anomaly,
    Application,
    Channel,
    CloudwatchInputs,
    CompositeAlarm,
    ContainerInsights,
    Dashboard,
    GraphedMetric,
    Link,
    LogGroup,
    LogQuery,
    Metric,
    MetricAlarm,
    MetricFilter,
    MetricStream,
    Objective,
    Sink,
    Slack,
    Subscription,
    Teams,
    Widget,
)

ACCOUNT = "111122223333"
FIREHOSE = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/logs"
METRICS = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/metrics"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:lambda-promtail"
SINK = f"arn:aws:oam:us-east-1:{ACCOUNT}:sink/00000000-0000-4000-8000-000000000000"
PAGES = "https://runbooks.example.com/claims"
PROVIDER = "oidc.eks.us-east-1.amazonaws.com/id/A0B1C2D3E4F5A0B1C2D3E4F5A0B1C2D3"

BALANCER = {"LoadBalancer": "app/claims/50dc6c495c0c9188"}
ERRORS = Metric(namespace="AWS/ApplicationELB", metric_name="HTTPCode_Target_5XX_Count", dimensions=BALANCER)
REQUESTS = Metric(namespace="AWS/ApplicationELB", metric_name="RequestCount", dimensions=BALANCER)
LATENCY = Metric(
    namespace="AWS/ApplicationELB",
    metric_name="TargetResponseTime",
    dimensions=BALANCER,
    statistic="p99",
    period_seconds=60,
)
REFUSED = Metric(namespace="claims", metric_name="payments-refused")

FULL = CloudwatchInputs(
    name="prod-cloudwatch",
    severities=["critical", "warning"],
    channels={
        "on-call": Channel(
            severities=["critical"],
            pagerduty_url="https://events.pagerduty.com/integration/00000000000000000000000000000000/enqueue",
        ),
        "platform": Channel(
            severities=["critical", "warning"], slack=Slack(workspace_id="T0123456789", channel_id="C0123456789")
        ),
        "claims": Channel(
            severities=["warning"],
            teams=Teams(
                tenant_id="00000000-0000-4000-8000-000000000001",
                team_id="00000000-0000-4000-8000-000000000002",
                channel_id="19%3A0123456789abcdef%40thread.tacv2",
            ),
        ),
        "archive": Channel(severities=["critical", "warning"], email="alarms@example.com"),
    },
    topic_regions=["us-west-2"],
    log_groups={
        "/platform/claims": LogGroup(
            retention_days=400,
            masked=["CreditCardNumber", "EmailAddress"],
            metric_filters={
                "refused": MetricFilter(
                    pattern='{ $.event = "payment.refused" }',
                    namespace="claims",
                    metric_name="payments-refused",
                    default_value=0,
                    unit="Count",
                ),
                "slow": MetricFilter(
                    pattern="{ $.duration_ms > 1000 }",
                    namespace="claims",
                    metric_name="slow-requests",
                    value="$.duration_ms",
                    dimensions={"Route": "$.route"},
                    unit="Milliseconds",
                ),
            },
            subscriptions={
                "archive": Subscription(firehose_arn=FIREHOSE),
                "loki": Subscription(function_arn=FUNCTION, pattern='{ $.level = "error" }'),
            },
        ),
        "/platform/claims/metrics": LogGroup(),
        "/platform/debug": LogGroup(retention_days=7, log_group_class="INFREQUENT_ACCESS"),
    },
    alarms={
        "errors": MetricAlarm(
            description="More than one request to claims in twenty fails.",
            runbook_url=f"{PAGES}/errors.md",
            metrics={"errors": ERRORS, "requests": REQUESTS},
            expression="100 * errors / FILL(requests, 1)",
            threshold=5,
            periods=3,
            periods_to_alarm=2,
        ),
        "latency": MetricAlarm(
            severity="warning",
            description="Claims answers unusually slowly",
            runbook_url=f"{PAGES}/latency.md",
            metrics={"latency": LATENCY},
            anomaly=Anomaly(standard_deviations=3, direction="above"),
            periods=5,
        ),
        "refused": MetricAlarm(
            severity="critical",
            description="Payments are refused.",
            runbook_url=f"{PAGES}/refused.md",
            metrics={"refused": REFUSED},
            threshold=10,
        ),
        "deploying": MetricAlarm(
            description="Claims is being deployed.",
            runbook_url=f"{PAGES}/deploying.md",
            metrics={
                "pods": Metric(
                    namespace="ContainerInsights",
                    metric_name="pod_number_of_container_restarts",
                    dimensions={"ClusterName": "prod", "Namespace": "claims", "PodName": "claims-api"},
                    statistic="Maximum",
                    period_seconds=60,
                )
            },
            threshold=1,
        ),
    },
    composite_alarms={
        "claims-down": CompositeAlarm(
            severity="critical",
            description="Claims fails for its users.",
            runbook_url=f"{PAGES}/down.md",
            any_of=["errors", "refused"],
            all_of=["latency"],
            none_of=["deploying"],
            quiet_while="deploying",
        )
    },
    objectives={
        "claims-answers": Objective(
            description="Claims fails for its users.",
            runbook_url=f"{PAGES}/answers.md",
            target_percent=99.9,
            failed=ERRORS,
            all=REQUESTS,
            minimum_count=100,
        )
    },
    dashboards={
        "claims": Dashboard(
            widgets=[
                Widget(title="What this is", markdown="# Claims", width=24, height=2),
                Widget(title="State", alarms=["errors", "claims-down"]),
                Widget(
                    title="Requests",
                    metrics=[
                        GraphedMetric(
                            namespace="AWS/ApplicationELB",
                            metric_name="RequestCount",
                            dimensions=BALANCER,
                            label="requests",
                        ),
                        GraphedMetric(
                            namespace="AWS/ApplicationELB",
                            metric_name="TargetResponseTime",
                            dimensions=BALANCER,
                            statistic="p99",
                            right_axis=True,
                        ),
                    ],
                ),
                Widget(
                    title="Nodes",
                    view="gauge",
                    minimum=0,
                    maximum=100,
                    metrics=[
                        GraphedMetric(
                            namespace="ContainerInsights",
                            metric_name="node_cpu_utilization",
                            dimensions={"ClusterName": "prod"},
                            statistic="Average",
                        )
                    ],
                ),
                Widget(
                    title="Errors",
                    log_query=LogQuery(
                        log_group_names=["/platform/claims"], query="fields @timestamp, @message | limit 20"
                    ),
                ),
            ]
        )
    },
    applications={
        "claims-api": Application(namespace="claims", emf_log_group="/platform/claims/metrics"),
        "claims-batch": Application(namespace="claims/batch"),
    },
    cluster=Cluster(
        name="prod",
        oidc_provider_arn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/{PROVIDER}",
        identity="pod_identity",
    ),
    container_insights=ContainerInsights(addon_version="v6.2.0-eksbuild.1", application_signals=True),
    metric_stream=MetricStream(firehose_arn=METRICS, namespaces={"AWS/RDS": [], "AWS/EC2": ["CPUUtilization"]}),
    sink=Sink(organization_id="o-exampleorg0"),
    link=Link(sink_arn=SINK),
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/workload-boundary",
    log_retention_days=400,
)

SMALL = CloudwatchInputs(
    name="dev-cloudwatch",
    severities=["warning"],
    own_severity="warning",
    channels={"owner": Channel(severities=["warning"], email="platform@example.com")},
)

GIVEN_TOPICS = CloudwatchInputs(
    name="dev-claims",
    channels={},
    topic_arns={"warning": f"arn:aws:sns:us-east-1:{ACCOUNT}:dev-alarms-warning"},
    own_severity="warning",
    alarms={
        "errors": MetricAlarm(
            severity="warning",
            description="Claims fails.",
            runbook_url=f"{PAGES}/errors.md",
            metrics={"errors": ERRORS},
            threshold=1,
        )
    },
)
