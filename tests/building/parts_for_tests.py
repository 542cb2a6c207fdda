"""A module of parts that are built alike everywhere, for their own tests."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.iam_role import IamRole

from groundplan import charts
from groundplan.building import AlarmInputs, custom_resources, event_alarm, release, tags
from groundplan.framework import Module, Outputs, field, jsonencode, output
from groundplan.framework.types import PassedThrough, Tags, TopicArn

TRUSTED = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = {"Version": "2012-10-17", "Statement": [TRUSTED]}
OWN = {"Name": "role", "Kind": "parts"}


class PartsInputs(AlarmInputs):
    """What the parts need."""

    name: str = field("prefix")
    replicas: int = field("how many", default=3)
    alarm_topic_arn: TopicArn = field("where alarms go", default="arn:aws:sns:us-east-1:111122223333:platform-alarms")
    extra_values: PassedThrough = field("further values", default={})
    tags: Tags = field("tags", default={})


class PartsOutputs(Outputs):
    """Nothing that matters."""

    name: str = output("the prefix")


class Parts(Module[PartsInputs, PartsOutputs]):
    """A release and two alarms."""

    def build(self, given: PartsInputs) -> PartsOutputs:
        role = IamRole(self, "role", name=given.name, assume_role_policy=jsonencode(TRUST), tags=tags(self, given, OWN))
        release(
            self,
            "server",
            charts.chart("cert-manager"),
            name=given.name,
            namespace="kube-system",
            values={
                "replicaCount": given.replicas,
                # a file's name is no attribute of a resource
                "podAnnotations": {"example.com/page": f"runbooks/server_down.md of {given.name}"},
                "serviceAccount": {"name": "server", "annotations": {"eks.amazonaws.com/role-arn": role.arn}},
            },
            extra=given.extra_values,
        )
        reading = {"detail-type": ["AWS API Call via CloudTrail"], "detail": {"readOnly": [True]}}
        for id, sees in (("reads", True), ("writes", False)):
            event_alarm(
                self,
                id,
                given,
                name=f"{given.name}-{id}",
                description="Somebody asked",
                pattern=reading,
                read_only_calls=sees,
            )
        return PartsOutputs(name=given.name)


class Misread(Module[PartsInputs, PartsOutputs]):
    """A release with a value that its chart does not read."""

    def build(self, given: PartsInputs) -> PartsOutputs:
        release(
            self,
            "server",
            charts.chart("cert-manager"),
            name=given.name,
            namespace="kube-system",
            values={"replicasCount": given.replicas},
            extra=given.extra_values,
        )
        return PartsOutputs(name=given.name)


class Misformed(Module[PartsInputs, PartsOutputs]):
    """A custom resource with a field that its kind does not have."""

    def build(self, given: PartsInputs) -> PartsOutputs:
        issuer = {"apiVersion": "cert-manager.io/v1", "kind": "ClusterIssuer", "spec": {"akme": {}}}
        custom_resources(self, "issuers", name=given.name, namespace="kube-system", after=[], objects={"wrong": issuer})
        return PartsOutputs(name=given.name)


class Misconfigured(Module[PartsInputs, PartsOutputs]):
    """A release whose chart hands on what the application does not know."""

    def build(self, given: PartsInputs) -> PartsOutputs:
        release(
            self,
            "server",
            charts.chart("loki"),
            name=given.name,
            namespace="kube-system",
            values={"loki": {"limits_config": {"retention_perod": "744h", "max_streams_per_user": given.replicas}}},
            extra=given.extra_values,
        )
        return PartsOutputs(name=given.name)


class Misannotated(Module[PartsInputs, PartsOutputs]):
    """A custom resource that its controller will refuse."""

    def build(self, given: PartsInputs) -> PartsOutputs:
        plugin = {
            "apiVersion": "configuration.konghq.com/v1",
            "kind": "KongClusterPlugin",
            "metadata": {"name": "limits"},
            "plugin": "rate-limiting",
            "config": {"minuet": 60, "hour": given.replicas},
        }
        custom_resources(
            self, "plugins", name=given.name, namespace="kube-system", after=[], objects={"limits": plugin}
        )
        return PartsOutputs(name=given.name)
