"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from groundplan.building import crds_left_out, name_of, namespace, region, release, workload_role
from groundplan.framework import Module, Outputs, choose, first_set, is_set, output, present

from . import access
from .chart import (
    ALLOY,
    COLLECTOR,
    LOGS,
    LOGS_INSTEAD,
    METRICS,
    METRICS_INSTEAD,
    TRACES,
    TRACES_INSTEAD,
    XRAY,
    XRAY_INSTEAD,
    logs_values,
    metrics_values,
    receives_traces,
    traces_values,
    xray_values,
)
from .cloudwatch import CLOUDWATCH, CLOUDWATCH_INSTEAD, cloudwatch_values
from .configuration import (
    GRPC_PORT,
    HTTP_PORT,
    logs_configuration,
    metrics_configuration,
    on_nodes,
    traces_configuration,
)
from .inputs import CollectorsInputs
from .policies import network_policies
from .reporting import alarms, prometheus_rule, status
from .secrets import passwords

__all__ = ["Collectors", "CollectorsOutputs"]


class CollectorsOutputs(Outputs):
    """Where applications and proxies send traces."""

    namespace: str = output("the namespace that the collectors run in")
    otlp_grpc_endpoint: str | None = output(
        "host and port that applications and proxies send OTLP over gRPC to; null where no traces are collected"
    )
    otlp_http_url: str | None = output(
        "address that applications send OTLP over HTTP to; null where no traces are collected"
    )
    tracing_service: str | None = output(
        "DNS name of the service that takes traces, for a mesh; null where no traces are collected"
    )
    xray_role_arn: str | None = output("ARN of the role of what takes traces to X-Ray; null without xray")
    cloudwatch_role_arn: str | None = output(
        "ARN of the role of what takes metrics to CloudWatch; null without cloudwatch"
    )
    metric_namespace: str = output("the CloudWatch namespace of the status report's metrics")


class Collectors(Module[CollectorsInputs, CollectorsOutputs]):
    """Takes logs, metrics and traces of a cluster to where they are kept, and rules to who evaluates them."""

    def build(self, given: CollectorsInputs) -> CollectorsOutputs:
        """Who may read what, the passwords, a collector of each kind, who watches."""
        home = namespace(
            self,
            "collectors",
            name=given.namespace,
            # files of a node are more than the lower levels allow
            # https://kubernetes.io/docs/concepts/security/pod-security-standards/
            labels={"pod-security.kubernetes.io/enforce": choose(on_nodes(given), "privileged", "restricted")},
            only_when=given.create_namespace,
        )
        network_policies(self, given, after=[home])
        kept = passwords(self, given, after=[home])
        logs = release(
            self,
            "logs",
            ALLOY,
            name=LOGS,
            namespace=given.namespace,
            values=logs_values(given, logs_configuration(self, given)),
            extra=given.logs_extra_values,
            instead=LOGS_INSTEAD,
            crds=crds_left_out("crds.create"),
            after=[
                home,
                kept["loki"],
                *access.reads(self, "logs", given, service_account=LOGS, only_when=is_set(given.loki)),
            ],
            only_when=is_set(given.loki),
        )
        metrics = release(
            self,
            "metrics",
            ALLOY,
            name=METRICS,
            namespace=given.namespace,
            values=metrics_values(given, metrics_configuration(self, given)),
            extra=given.metrics_extra_values,
            instead=METRICS_INSTEAD,
            crds=crds_left_out("crds.create"),
            after=[
                home,
                kept["loki"],
                kept["mimir"],
                *access.reads(self, "metrics", given, service_account=METRICS, only_when=is_set(given.mimir)),
            ],
            only_when=is_set(given.mimir),
        )
        access.reads_secrets(self, given, service_account=METRICS)
        role = workload_role(
            self,
            "xray",
            given,
            name=f"{given.name}-xray",
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=XRAY,
            statements=access.traces(),
            only_when=is_set(given.xray),
        )
        xray = release(
            self,
            "xray",
            COLLECTOR,
            name=XRAY,
            namespace=given.namespace,
            values=xray_values(
                given,
                region=choose(is_set(given.xray), first_set(present(given.xray).region, region(self)), region(self)),
                annotations=role.annotations,
            ),
            extra=given.xray_extra_values,
            instead=XRAY_INSTEAD,
            after=[home, *role.ready],
            only_when=is_set(given.xray),
        )
        to_cloudwatch = is_set(given.cloudwatch)
        where = choose(to_cloudwatch, first_set(present(given.cloudwatch).region, region(self)), region(self))
        writer = workload_role(
            self,
            "cloudwatch",
            given,
            name=f"{given.name}-cloudwatch",
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=CLOUDWATCH,
            statements=access.records(self, present(given.cloudwatch).log_group_name, where),
            only_when=to_cloudwatch,
        )
        cloudwatch = release(
            self,
            "cloudwatch",
            COLLECTOR,
            name=CLOUDWATCH,
            namespace=given.namespace,
            values=cloudwatch_values(given, region=where, annotations=writer.annotations),
            extra=given.cloudwatch_extra_values,
            instead=CLOUDWATCH_INSTEAD,
            after=[
                home,
                *writer.ready,
                *access.reads(self, "cloudwatch", given, service_account=CLOUDWATCH, only_when=to_cloudwatch),
            ],
            only_when=to_cloudwatch,
        )
        host = f"{TRACES}.{given.namespace}.svc.cluster.local"
        traced = receives_traces(given)
        traces = release(
            self,
            "traces",
            ALLOY,
            name=TRACES,
            namespace=given.namespace,
            values=traces_values(
                given,
                traces_configuration(
                    self, given, xray_endpoint=f"{XRAY}.{given.namespace}.svc.cluster.local:{GRPC_PORT}"
                ),
            ),
            extra=given.traces_extra_values,
            instead=TRACES_INSTEAD,
            crds=crds_left_out("crds.create"),
            after=[
                home,
                kept["tempo"],
                xray,
                *access.reads(self, "traces", given, service_account=TRACES, only_when=traced),
            ],
            only_when=traced,
        )
        status(self, given, after=[logs, metrics, traces, xray, cloudwatch])
        alarms(self, given)
        prometheus_rule(self, given, after=[metrics])
        return CollectorsOutputs(
            namespace=name_of(home, given.namespace),
            otlp_grpc_endpoint=choose(traced, f"{host}:{GRPC_PORT}", None),
            otlp_http_url=choose(traced, f"http://{host}:{HTTP_PORT}", None),
            tracing_service=choose(traced, host, None),
            xray_role_arn=role.arn,
            cloudwatch_role_arn=writer.arn,
            metric_namespace=access.METRIC_NAMESPACE,
        )
