"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from groundplan.building import (
    crd_upgrade,
    dns_suffix,
    external_secret,
    gateway_users,
    name_of,
    namespace,
    partition,
    region,
    release,
    workload_role,
)
from groundplan.framework import Module, Outputs, first_set, output, present

from . import access
from .chart import (
    CHART,
    INSTEAD,
    OTLP_PORT,
    ROLLOUT_CHART,
    ROLLOUT_OPERATOR,
    TEMPO,
    USERS,
    WRITER,
    rollout_values,
    signs_in_from_outside,
    values,
    zoned,
)
from .inputs import TempoInputs
from .policies import network_policies
from .reporting import alarms, prometheus_rule, status

__all__ = ["Tempo", "TempoOutputs"]


class TempoOutputs(Outputs):
    """Where traces go, and where they are asked for."""

    namespace: str = output("the namespace that Tempo runs in")
    url: str = output("address of the gateway in the cluster, for who reads, without a path")
    otlp_grpc_endpoint: str = output("host and port that collectors send OTLP to, with the user of a tenant")
    role_arn: str = output("ARN of the role of Tempo's service account")
    retention_days: int = output("how long traces are kept that no tenant says otherwise of, in days")
    metric_namespace: str = output("the CloudWatch namespace of the status report's metrics")


class Tempo(Module[TempoInputs, TempoOutputs]):
    """Keeps traces in S3, finds them again, makes metrics of them, and forgets them when their time is over."""

    def build(self, given: TempoInputs) -> TempoOutputs:
        """The role, who gets in, Tempo itself, what rolls it by zone, who watches."""
        home = namespace(
            self,
            "tempo",
            name=given.namespace,
            labels={"pod-security.kubernetes.io/enforce": "restricted"},
            only_when=given.create_namespace,
        )
        role = workload_role(
            self,
            "tempo",
            given,
            name=f"{given.name}-tempo",
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=TEMPO,
            statements=access.traces(
                f"arn:{partition(self)}:s3:::{given.storage.bucket_name}", given.storage.kms_key_arn
            ),
        )
        admitted = gateway_users(self, given, service="tempo", secret=USERS, after=[home])
        writer = external_secret(
            self,
            "writer",
            name="tempo-writer",
            namespace=given.namespace,
            secret=WRITER,
            source=present(present(present(given.metrics_generator).writer).external_secret),
            keys={"username": "username", "password": "password"},
            after=[home],
            only_when=signs_in_from_outside(given),
        )
        network_policies(self, given, after=[home])
        upgrade = crd_upgrade(
            self,
            "rollout_operator_crds",
            ROLLOUT_CHART,
            given.crd_upgrade,
            name=f"{ROLLOUT_OPERATOR}-crds",
            namespace=given.namespace,
            image=given.images.kubectl,
            after=[home],
            only_when=zoned(given),
        )
        operator = release(
            self,
            "rollout_operator",
            ROLLOUT_CHART,
            name=ROLLOUT_OPERATOR,
            namespace=given.namespace,
            values=rollout_values(),
            extra=given.rollout_operator_extra_values,
            crds=upgrade,
            after=[home],
            only_when=zoned(given),
        )
        where = first_set(given.storage.region, region(self))
        tempo = release(
            self,
            "tempo",
            CHART,
            name=TEMPO,
            namespace=given.namespace,
            values=values(
                given,
                region=where,
                s3_endpoint=f"s3.{where}.{dns_suffix(self)}",
                annotations=role.annotations,
            ),
            extra=given.extra_values,
            instead=INSTEAD,
            timeout_seconds=900,
            after=[home, admitted, writer, operator, *role.ready],
        )
        status(self, given, after=[tempo])
        alarms(self, given)
        prometheus_rule(self, given, after=[tempo])
        host = f"{TEMPO}-gateway.{given.namespace}.svc.cluster.local"
        return TempoOutputs(
            namespace=name_of(home, given.namespace),
            url=f"http://{host}:80",
            otlp_grpc_endpoint=f"{host}:{OTLP_PORT}",
            role_arn=role.arn,
            retention_days=given.retention_days,
            metric_namespace=access.METRIC_NAMESPACE,
        )
