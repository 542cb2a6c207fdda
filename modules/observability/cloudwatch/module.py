"""What the module makes: who is told, what is kept, what rings, what is shown, and what is measured."""

from __future__ import annotations

from groundplan.building import Key, account_id, encryption_key, logs_use
from groundplan.framework import Module, choose, each, is_set, jsonencode, present
from groundplan.iam import document

from . import access
from .alarms import alarms, own_alarms
from .channels import topics
from .container_insights import container_insights
from .dashboards import dashboards
from .inputs import Application, CloudwatchInputs, CloudwatchOutputs
from .log_groups import log_group_arn, log_groups
from .metric_stream import metric_stream
from .sink import sharing

__all__ = ["Cloudwatch"]


class Cloudwatch(Module[CloudwatchInputs, CloudwatchOutputs]):
    """Tells people what happened by how bad it is, keeps logs, rings on metrics, and measures a cluster."""

    def build(self, given: CloudwatchInputs) -> CloudwatchOutputs:
        """The key, the topics and their channels, log groups, alarms, dashboards, the cluster, and other accounts."""
        key = encryption_key(
            self,
            "cloudwatch",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"Topics and log groups of {given.name}",
            # log groups have the names that their writers want
            statements=[logs_use(self, ""), *access.topic_key_use(account_id(self))],
        )
        told = topics(self, given, key)
        groups = log_groups(self, given, key)
        alarm_arns = alarms(self, given, told)
        own_alarms(self, given, told)
        shown = dashboards(self, given)
        agent = container_insights(self, given, key)
        stream = metric_stream(self, given)
        sink = sharing(self, given)
        return CloudwatchOutputs(
            topic_arns=told.home,
            regional_topic_arns=told.elsewhere,
            publish_policies=_publishing(told.own, key),
            kms_key_arn=key.arn,
            log_group_names=groups.all("name"),
            alarm_arns=alarm_arns,
            dashboard_names=shown.list("dashboard_name"),
            application_policies=self._applications(given),
            container_insights_role_arn=agent.arn,
            metric_stream_name=stream.name,
            sink_arn=sink.arn,
        )

    def _applications(self, given: CloudwatchInputs) -> dict[str, str]:
        def needs(_: str, application: Application) -> str:
            arn = log_group_arn(self, present(application.emf_log_group))
            return choose(
                is_set(application.emf_log_group),
                jsonencode(document(*access.writes_embedded_metrics(arn))),
                jsonencode(document(*access.puts_metrics(application.namespace))),
            )

        policies: dict[str, str] = each(given.applications).document(needs)
        return policies


def _publishing(own: dict[str, str], key: Key) -> dict[str, str]:
    policies: dict[str, str] = each(own).document(lambda _, arn: jsonencode(document(*access.publisher(arn, key.arn))))
    return policies
