"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from groundplan.building import (
    Role,
    crd_upgrade,
    external_secret,
    gateway_users,
    ingress_policy,
    name_of,
    namespace,
    partition,
    region,
    release,
    workload_role,
)
from groundplan.framework import Module, Outputs, all_of, choose, equals, first_set, is_set, output, present

from . import access
from .chart import (
    ALERTMANAGER_USER,
    CHART,
    GATEWAY_PORT,
    INSTEAD,
    LOKI,
    ROLLOUT_CHART,
    ROLLOUT_LABELS,
    ROLLOUT_METRICS,
    ROLLOUT_OPERATOR,
    USERS,
    WITH_A_ROLE,
    rollout_values,
    values,
)
from .inputs import LokiInputs
from .reporting import alarms, prometheus_rule, status

__all__ = ["Loki", "LokiOutputs"]


class LokiOutputs(Outputs):
    """Where logs go, and where they are asked for."""

    namespace: str = output("the namespace that Loki runs in")
    url: str = output("address of the gateway in the cluster, for who writes and who reads, without a path")
    push_url: str = output("address that collectors push logs to, with the user and password of a tenant")
    role_arns: dict[str, str] = output("ARNs of the roles of Loki's service accounts, by component")
    retention_days: int = output("how long logs are kept that no tenant says otherwise of, in days")
    metric_namespace: str = output("the CloudWatch namespace of the status report's metrics")


class Loki(Module[LokiInputs, LokiOutputs]):
    """Keeps logs in S3, finds them again, and forgets them when their time is over."""

    def build(self, given: LokiInputs) -> LokiOutputs:
        """The roles, who gets in, Loki itself, what rolls it by zone, who watches."""
        home = namespace(
            self,
            "loki",
            name=given.namespace,
            labels={"pod-security.kubernetes.io/enforce": "restricted"},
            only_when=given.create_namespace,
        )
        distributed = equals(given.mode, "distributed")
        roles = self._roles(given)
        admitted = gateway_users(self, given, service="loki", secret=USERS, after=[home])
        rings_as = present(given.ruler.alertmanager_user)
        ringer = external_secret(
            self,
            "alertmanager_user",
            name="loki-alertmanager-user",
            namespace=given.namespace,
            secret=ALERTMANAGER_USER,
            source=present(rings_as.external_secret),
            keys={"username": "username", "password": "password"},
            after=[home],
            only_when=choose(is_set(given.ruler.alertmanager_user), is_set(rings_as.external_secret), False),
        )
        upgrade = crd_upgrade(
            self,
            "rollout_operator_crds",
            ROLLOUT_CHART,
            given.crd_upgrade,
            name=f"{ROLLOUT_OPERATOR}-crds",
            namespace=given.namespace,
            image=given.images.kubectl,
            after=[home],
            only_when=distributed,
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
            only_when=distributed,
        )
        ingress_policy(
            self,
            "rollout_operator",
            name=f"{ROLLOUT_OPERATOR}-allow-ingress",
            namespace=given.namespace,
            pods=ROLLOUT_LABELS,
            ports=[ROLLOUT_METRICS],
            after=[home],
            only_when=all_of(distributed, given.network_policies),
        )
        loki = release(
            self,
            "loki",
            CHART,
            name=LOKI,
            namespace=given.namespace,
            values=values(
                given,
                region=first_set(given.storage.region, region(self)),
                annotations={component: role.annotations for component, role in roles.items()},
                # of the account that has a role in one mode alone
                monolith_annotations=choose(distributed, {}, roles["monolith"].annotations),
            ),
            extra=given.extra_values,
            instead=INSTEAD,
            timeout_seconds=900,
            after=[home, admitted, ringer, operator, *(ready for role in roles.values() for ready in role.ready)],
        )
        status(self, given, after=[loki])
        alarms(self, given)
        prometheus_rule(self, given, after=[loki])
        url = f"http://{LOKI}-gateway.{given.namespace}.svc.cluster.local:{GATEWAY_PORT}"
        return LokiOutputs(
            namespace=name_of(home, given.namespace),
            url=url,
            push_url=f"{url}/loki/api/v1/push",
            role_arns=choose(
                distributed,
                {WITH_A_ROLE[component]: roles[component].arn for component in WITH_A_ROLE},
                {"monolith": roles["monolith"].arn},
            ),
            retention_days=given.retention_days,
            metric_namespace=access.METRIC_NAMESPACE,
        )

    def _roles(self, given: LokiInputs) -> dict[str, Role]:
        """A role for each component that has to do with S3, or the one of all of them."""
        logs = f"arn:{partition(self)}:s3:::{given.storage.bucket_name}"
        rules = f"arn:{partition(self)}:s3:::{given.storage.ruler_bucket_name}"
        key = given.storage.kms_key_arn
        distributed = equals(given.mode, "distributed")
        rights = {
            "compactor": access.compactor(logs, key),
            "index_gateway": access.reader(logs, key),
            "ingester": access.ingester(logs, key),
            "querier": access.reader(logs, key),
            "ruler": access.ruler(logs, rules, key),
            "monolith": access.everything(logs, rules, key),
        }
        return {
            component: workload_role(
                self,
                component,
                given,
                name=f"{given.name}-{WITH_A_ROLE.get(component, 'monolith')}",
                cluster=given.cluster,
                namespace=given.namespace,
                service_account=f"{LOKI}-{WITH_A_ROLE[component]}" if component in WITH_A_ROLE else LOKI,
                statements=statements,
                only_when=distributed if component in WITH_A_ROLE else equals(given.mode, "monolithic"),
            )
            for component, statements in rights.items()
        }
