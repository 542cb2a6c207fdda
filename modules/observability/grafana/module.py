"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1,
    NetworkPolicyV1Metadata,
    NetworkPolicyV1Spec,
    NetworkPolicyV1SpecIngress,
    NetworkPolicyV1SpecIngressFrom,
    NetworkPolicyV1SpecIngressFromPodSelector,
    NetworkPolicyV1SpecIngressPorts,
    NetworkPolicyV1SpecPodSelector,
)
from cdktf_cdktf_provider_kubernetes.role_binding_v1 import (
    RoleBindingV1,
    RoleBindingV1Metadata,
    RoleBindingV1RoleRef,
    RoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1, RoleV1Metadata, RoleV1Rule

from groundplan.building import (
    Database,
    Role,
    custom_resources,
    encryption_key,
    name_of,
    namespace,
    postgres_database,
    postgres_key_use,
    region,
    release,
    workload_role,
)
from groundplan.framework import (
    Module,
    Outputs,
    choose,
    concat,
    dependable,
    each,
    each_name,
    is_set,
    jsonencode,
    not_empty,
    output,
    part_id,
    present,
    when,
)
from groundplan.iam import Statement, document

from . import access
from .chart import CHART, GOSSIP_PORT, INSTEAD, PORT, pod_labels, values
from .dashboards import dashboards
from .inputs import GrafanaInputs
from .reporting import alarms, prometheus_rule, report
from .secrets import external_secrets, kept_secrets
from .sources import data_sources

__all__ = ["Grafana", "GrafanaOutputs"]


class GrafanaOutputs(Outputs):
    """Where Grafana is, and what others have to let it do."""

    url: str = output("the address that people open")
    service_address: str = output("the address within the cluster")
    namespace: str = output("the namespace that Grafana runs in, and that ConfigMaps with dashboards belong in")
    dashboard_label: str = output('the label that a ConfigMap with dashboards has, with the value "1"')
    role_arn: str = output("ARN of Grafana's role, which roles of other accounts must trust")
    database_address: str | None = output("host of the module's database; null without one")
    database_secret_arn: str | None = output(
        "ARN of the secret with the database's user and password, which the External Secrets operator must be allowed "
        "to read; null without the module's database"
    )
    database_security_group_id: str | None = output("security group of the module's database; null without one")
    kms_key_arn: str | None = output(
        "ARN of the key of the module's database and its secret, which whoever reads that needs; null without either"
    )


class Grafana(Module[GrafanaInputs, GrafanaOutputs]):
    """Shows metrics, logs and traces, linked with one another, to people who sign in with their own account."""

    def build(self, given: GrafanaInputs) -> GrafanaOutputs:
        """The database, who may ask what, the secrets, Grafana itself, its dashboards, what tells when it is down."""
        database, key_arn = self._database(given)
        role, granted = self._role(given)
        home = namespace(
            self,
            "grafana",
            name=given.namespace,
            labels={"pod-security.kubernetes.io/enforce": "restricted"},
            only_when=given.create_namespace,
        )
        kept = kept_secrets(given)
        secrets = external_secrets(self, given, kept, database_secret_arn=database.secret_arn, after=[home])
        readers = self._dashboard_reader(given, after=[home])
        self._network_policy(given, after=[home])
        server = release(
            self,
            "grafana",
            CHART,
            name=given.release_name,
            namespace=given.namespace,
            values=values(
                given,
                annotations=role.annotations,
                database=database,
                kept=kept,
                sources=data_sources(given, region=region(self)),
            ),
            extra=given.extra_values,
            instead=INSTEAD,
            after=[home, *role.ready, *granted, *secrets, readers, database.resource],
        )
        dashboards(self, given, after=[home])
        custom_resources(
            self,
            "prometheus_rule",
            name=f"{given.release_name}-prometheus-rule",
            namespace=given.namespace,
            after=[server],
            objects={"rule": prometheus_rule(given, self.name)},
            only_when=is_set(given.metrics),
        )
        report(self, given, after=[server])
        alarms(self, given)
        return GrafanaOutputs(
            url=f"https://{given.domain}",
            service_address=f"http://{given.release_name}.{given.namespace}.svc",
            namespace=name_of(home, given.namespace),
            dashboard_label="grafana_dashboard",
            role_arn=role.arn,
            database_address=database.address,
            database_secret_arn=database.secret_arn,
            database_security_group_id=database.security_group_id,
            kms_key_arn=key_arn,
        )

    def _database(self, given: GrafanaInputs) -> tuple[Database, str]:
        """The instance, when the module makes one, and the key's ARN."""
        wanted = is_set(given.database)
        key = encryption_key(
            self,
            "database",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"Grafana's database in {given.cluster.name}, its password and its logs",
            statements=[postgres_key_use(self, given.name)],
            only_when=wanted,
        )
        made = postgres_database(
            self,
            "grafana",
            given,
            identifier=given.name,
            wanted=present(given.database),
            database="grafana",
            username="grafana",
            key=key,
            only_when=wanted,
        )
        return made, key.arn

    def _role(self, given: GrafanaInputs) -> tuple[Role, list[Any]]:
        """Grafana's role, and policies of what it may ask AWS for; without a source of CloudWatch it may nothing."""
        role = workload_role(
            self,
            "grafana",
            given,
            name=given.name,
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=given.release_name,
            statements=[],
        )
        asked = is_set(given.data_sources.cloudwatch)
        source = present(given.data_sources.cloudwatch)
        accounts = choose(asked, source.accounts, {})
        role_arns = each(accounts).documents(lambda _, account: account.role_arn)

        def may(id: str, condition: Any, statements: Sequence[Statement]) -> Any:
            return when(condition)(
                IamRolePolicy,
                self,
                part_id("policy", id),
                name=id.replace("_", "-"),
                role=role.name,
                policy=jsonencode(document(*statements)),
            )

        log_groups = choose(asked, source.log_group_arns, [])
        granted = [
            may("metrics", asked, access.metrics()),
            may("logs", not_empty(log_groups), access.logs(log_groups)),
            may("other_accounts", not_empty(accounts), access.other_accounts(role_arns)),
        ]
        return role, granted

    def _dashboard_reader(self, given: GrafanaInputs, *, after: Sequence[Any]) -> Any:
        """The sidecar may read ConfigMaps of its own namespace and of those that are named, and nothing else."""
        name = f"{given.namespace}-{given.release_name}-dashboards"
        places = each_name(concat([given.namespace], given.dashboard_namespaces))
        places(
            RoleV1,
            self,
            part_id("role_in_cluster", "dashboards"),
            metadata=RoleV1Metadata(name=name, namespace=places.value),
            rule=[RoleV1Rule(api_groups=[""], resources=["configmaps"], verbs=["get", "list", "watch"])],
            depends_on=[dependable(element) for element in after],
        )
        return places(
            RoleBindingV1,
            self,
            part_id("binding", "dashboards"),
            metadata=RoleBindingV1Metadata(name=name, namespace=places.value),
            role_ref=RoleBindingV1RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name=name),
            subject=[RoleBindingV1Subject(kind="ServiceAccount", name=given.release_name, namespace=given.namespace)],
            depends_on=[dependable(element) for element in after],
        )

    def _network_policy(self, given: GrafanaInputs, *, after: Sequence[Any]) -> None:
        """From everywhere to Grafana's port, and from one replica to another to the port of alerts."""
        own = pod_labels(given)
        when(given.network_policies)(
            NetworkPolicyV1,
            self,
            part_id("ingress_policy", "grafana"),
            metadata=NetworkPolicyV1Metadata(name=given.release_name, namespace=given.namespace),
            spec=NetworkPolicyV1Spec(
                pod_selector=NetworkPolicyV1SpecPodSelector(match_labels=own),
                policy_types=["Ingress"],
                ingress=[
                    NetworkPolicyV1SpecIngress(ports=[NetworkPolicyV1SpecIngressPorts(port=str(PORT), protocol="TCP")]),
                    NetworkPolicyV1SpecIngress(
                        from_=[
                            NetworkPolicyV1SpecIngressFrom(
                                pod_selector=NetworkPolicyV1SpecIngressFromPodSelector(match_labels=own)
                            )
                        ],
                        ports=[
                            NetworkPolicyV1SpecIngressPorts(port=str(GOSSIP_PORT), protocol=protocol)
                            for protocol in ("TCP", "UDP")
                        ],
                    ),
                ],
            ),
            depends_on=[dependable(element) for element in after],
        )
