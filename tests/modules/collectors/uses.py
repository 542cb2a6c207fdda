"""Who needs what of the collectors' policies and roles."""

from __future__ import annotations

from tests.modules.uses import Can, Use, pod, publishes

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
LOG_GROUP = "arn:aws:logs:us-east-1:111122223333:log-group:/prod/mesh"

POLICIES = {
    "aws_iam_role.xray[0]": pod("monitoring", "adot-xray", OIDC),
    "aws_iam_role.status": pod("monitoring", "prod-collectors-status", OIDC),
    # https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html
    "aws_iam_role_policy.xray[0]": [Use(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*")],
    "aws_iam_role.cloudwatch[0]": pod("monitoring", "adot-cloudwatch", OIDC),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Generation_PutLogEvents.html
    "aws_iam_role_policy.cloudwatch[0]": [
        Use(["logs:CreateLogStream"], f"{LOG_GROUP}:*"),
        Use(["logs:PutLogEvents"], f"{LOG_GROUP}:log-stream:adot-cloudwatch-0"),
    ],
    "aws_iam_role_policy.status": publishes("Groundplan/Collectors"),
}

_READ = "get list watch"
RBAC = {
    # https://grafana.com/docs/alloy/latest/reference/components/loki/loki.source.kubernetes/
    "kubernetes_cluster_role_v1.logs[0]": [Can(_READ, "pods"), Can("get", "pods/log")],
    # https://grafana.com/docs/alloy/latest/reference/components/prometheus/prometheus.operator.servicemonitors/
    "kubernetes_cluster_role_v1.metrics[0]": [
        *(Can(_READ, kind) for kind in ("events", "namespaces", "nodes", "pods", "services")),
        Can(_READ, "endpointslices.discovery.k8s.io"),
        Can(_READ, "ingresses.networking.k8s.io"),
        *(
            Can(_READ, f"{kind}.monitoring.coreos.com")
            for kind in ("podmonitors", "probes", "prometheusrules", "servicemonitors")
        ),
        Can("get", "nodes/metrics"),
        Can("get", "/metrics"),
    ],
    # https://grafana.com/docs/alloy/latest/reference/components/otelcol/otelcol.processor.k8sattributes/
    "kubernetes_cluster_role_v1.traces[0]": [
        Can(_READ, "namespaces"),
        Can(_READ, "pods"),
        Can(_READ, "replicasets.apps"),
    ],
    # https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod
    "kubernetes_cluster_role_v1.cloudwatch[0]": [Can(_READ, "pods")],
    'kubernetes_role_v1.monitors["grafana"]': [Can("get", "secrets", "grafana-metrics")],
    "kubernetes_role_v1.status": [
        Can("get", "daemonsets.apps"),
        Can("get", "deployments.apps"),
        Can("get", "statefulsets.apps"),
    ],
}
