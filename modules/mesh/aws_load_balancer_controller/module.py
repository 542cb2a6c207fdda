"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy

from groundplan.building import (
    Role,
    account_id,
    crd_upgrade,
    ingress_policy,
    name_of,
    namespace,
    partition,
    region,
    release,
    tags,
    workload_role,
)
from groundplan.framework import Module, Outputs, choose, equals, jsonencode, merged, output, when
from groundplan.iam import Statement, document

from . import access, chart
from .ingress_classes import ingress_classes
from .inputs import AwsLoadBalancerControllerInputs
from .reporting import alarms, prometheus_rules, status

__all__ = ["AwsLoadBalancerController", "AwsLoadBalancerControllerOutputs"]


class AwsLoadBalancerControllerOutputs(Outputs):
    """What others need to get a load balancer."""

    namespace: str = output("namespace of the controller")
    load_balancer_class: str = output("what a Service names as its loadBalancerClass to get a network load balancer")
    ingress_class_names: dict[str, str] = output("names of the IngressClasses, by name")
    role_arn: str = output("ARN of the controller's role")
    service_account_name: str = output("service account of the controller")
    metric_namespace: str = output("the CloudWatch namespace of the status report's metrics")


class AwsLoadBalancerController(Module[AwsLoadBalancerControllerInputs, AwsLoadBalancerControllerOutputs]):
    """Makes load balancers of AWS for a cluster's Ingresses and Services, and keeps them to its pods."""

    def build(self, given: AwsLoadBalancerControllerInputs) -> AwsLoadBalancerControllerOutputs:
        """Makes the controller, then the kinds of load balancers, and what watches over them."""
        home = namespace(
            self,
            "controller",
            name=given.namespace,
            labels={"pod-security.kubernetes.io/enforce": "restricted"},
        )
        ingress_policy(
            self,
            "controller",
            name="aws-load-balancer-controller-allow-ingress",
            namespace=given.namespace,
            pods=chart.POD_LABELS,
            ports=[chart.WEBHOOK_PORT, chart.METRICS_PORT],
            after=[home],
            only_when=given.network_policies,
        )
        role, ready = self._role(given)
        upgrade = crd_upgrade(
            self,
            "crds",
            chart.CHART,
            given.crd_upgrade,
            name=f"{chart.CONTROLLER}-crds",
            namespace=given.namespace,
            image=given.images.kubectl,
            after=[home],
        )
        server = release(
            self,
            "controller",
            chart.CHART,
            name=chart.CONTROLLER,
            namespace=given.namespace,
            values=chart.values(
                given,
                region=region(self),
                tags=merged(tags(self, given), given.load_balancer_tags),
                annotations=role.annotations,
            ),
            extra=given.extra_values,
            instead=chart.INSTEAD,
            crds=upgrade,
            after=[home, *ready],
        )
        classes = ingress_classes(self, given, after=[server])
        status(self, given, after=[home])
        alarms(self, given)
        prometheus_rules(self, given, after=[home])
        return AwsLoadBalancerControllerOutputs(
            namespace=name_of(home, given.namespace),
            # of the release, so that whoever takes it comes after the controller, and its webhooks answer
            load_balancer_class=choose(equals(server.name, chart.CONTROLLER), chart.LOAD_BALANCER_CLASS, ""),
            ingress_class_names=classes,
            role_arn=role.arn,
            service_account_name=chart.CONTROLLER,
            metric_namespace=access.METRIC_NAMESPACE,
        )

    def _role(self, given: AwsLoadBalancerControllerInputs) -> tuple[Role, list[Any]]:
        """The controller's role, and what pods must start after."""
        account, parts, here = account_id(self), partition(self), region(self)
        role = workload_role(
            self,
            "controller",
            given,
            name=given.name,
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=chart.CONTROLLER,
            statements=access.controller(
                partition=parts,
                region=here,
                account_id=account,
                cluster_name=given.cluster.name,
                vpc_id=given.vpc_id,
            ),
        )

        def part(id: str, wanted: bool, statements: list[Statement]) -> Any:
            return when(wanted)(
                IamRolePolicy,
                self,
                id,
                name=id.replace("_", "-"),
                role=role.name,
                policy=jsonencode(document(*statements)),
            )

        web_acls = part(
            "web_acls",
            given.waf_enabled,
            access.web_acls(partition=parts, region=here, account_id=account),
        )
        shield = part("shield", given.shield_enabled, access.shield(partition=parts, account_id=account))
        return role, [*role.ready, web_acls, shield]
