"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from groundplan.building import (
    Role,
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
from groundplan.framework import Module, Outputs, first_set, is_set, output, present, unrepeated

from . import access
from .alertmanagers import alertmanager_configuration, topics
from .chart import (
    ALERTMANAGER_ACCOUNT,
    CHART,
    INSTEAD,
    KAFKA_USER,
    MIMIR,
    ROLLOUT_CHART,
    ROLLOUT_OPERATOR,
    RULER_ACCOUNT,
    USERS,
    rollout_values,
    values,
    zoned,
)
from .inputs import MimirInputs
from .policies import network_policies
from .reporting import alarms, prometheus_rule, status

__all__ = ["Mimir", "MimirOutputs"]


class MimirOutputs(Outputs):
    """Where metrics go, where they are asked for, and where alerts are."""

    namespace: str = output("the namespace that Mimir runs in")
    url: str = output("address of the gateway in the cluster, without a path")
    push_url: str = output("address that collectors write metrics to, with the user and password of a tenant")
    query_url: str = output("address that PromQL is asked at, such as by Grafana")
    rules_url: str = output("address whose API takes rules, which is the gateway's own: clients add its path")
    alertmanager_url: str = output("address of the Alertmanager, for silences and for alerts of others")
    role_arns: dict[str, str] = output("ARNs of the roles: blocks of most components, ruler, alertmanager")
    retention_days: int = output("how long metrics are kept that no tenant says otherwise of, in days")
    metric_namespace: str = output("the CloudWatch namespace of the status report's metrics")


class Mimir(Module[MimirInputs, MimirOutputs]):
    """Keeps metrics in S3, answers PromQL, evaluates rules, and tells people of alerts."""

    def build(self, given: MimirInputs) -> MimirOutputs:
        """The roles, who gets in, Mimir itself, what rolls it by zone, who watches."""
        home = namespace(
            self,
            "mimir",
            name=given.namespace,
            labels={"pod-security.kubernetes.io/enforce": "restricted"},
            only_when=given.create_namespace,
        )
        roles = self._roles(given)
        admitted = gateway_users(self, given, service="mimir", secret=USERS, after=[home])
        # variables of all components, which Mimir puts into its configuration when it starts
        signs_in = external_secret(
            self,
            "kafka_user",
            name="mimir-kafka-user",
            namespace=given.namespace,
            secret=KAFKA_USER,
            source=present(given.kafka).secret,
            keys={f"MIMIR_KAFKA_{word.upper()}": word for word in ("username", "password")},
            after=[home],
            only_when=is_set(given.kafka),
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
        mimir = release(
            self,
            "mimir",
            CHART,
            name=MIMIR,
            namespace=given.namespace,
            values=values(
                given,
                region=where,
                s3_endpoint=f"s3.{where}.{dns_suffix(self)}",
                annotations={id: role.annotations for id, role in roles.items()},
                alerts=alertmanager_configuration(given, region=region(self)),
            ),
            extra=given.extra_values,
            instead=INSTEAD,
            timeout_seconds=1200,
            after=[home, admitted, signs_in, operator, *(ready for role in roles.values() for ready in role.ready)],
        )
        status(self, given, after=[mimir])
        alarms(self, given)
        prometheus_rule(self, given, after=[mimir])
        url = f"http://{MIMIR}-gateway.{given.namespace}.svc.cluster.local:80"
        return MimirOutputs(
            namespace=name_of(home, given.namespace),
            url=url,
            push_url=f"{url}/api/v1/push",
            query_url=f"{url}/prometheus",
            rules_url=url,
            alertmanager_url=f"{url}/alertmanager",
            role_arns={id: role.arn for id, role in roles.items()},
            retention_days=given.retention_days,
            metric_namespace=access.METRIC_NAMESPACE,
        )

    def _roles(self, given: MimirInputs) -> dict[str, Role]:
        """One for each service account that the chart knows."""
        stored = given.storage
        blocks, rules, silences = (
            f"arn:{partition(self)}:s3:::{bucket}"
            for bucket in (stored.blocks_bucket_name, stored.ruler_bucket_name, stored.alertmanager_bucket_name)
        )
        key = stored.kms_key_arn
        topic_arns = unrepeated(list(topics(given).values()))
        rights = {
            "blocks": (MIMIR, access.blocks(blocks, key)),
            "ruler": (RULER_ACCOUNT, access.ruler(blocks, rules, key)),
            "alertmanager": (
                ALERTMANAGER_ACCOUNT,
                access.alertmanager(silences, key, topic_arns, first_set(given.alerts.kms_key_arn, key)),
            ),
        }
        return {
            id: workload_role(
                self,
                id,
                given,
                name=f"{given.name}-{id}",
                cluster=given.cluster,
                namespace=given.namespace,
                service_account=account,
                statements=statements,
            )
            for id, (account, statements) in rights.items()
        }
