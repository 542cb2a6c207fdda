"""Alerting: a topic of each severity, which the alarms of every other family go to, and who hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from environments.platform import SEVERITIES, Platform, PlatformFamily
from groundplan.framework import field
from groundplan.synth.stack import Stack
from modules.observability.cloudwatch import Channel, Cloudwatch, CloudwatchInputs

__all__ = ["Alerting", "AlertingFamily"]


@dataclass(frozen=True)
class Alerting:
    """Topics that are there. Whoever has alarms names them by their ARNs, which `Platform` knows; it waits for this.

    Their key has no name to know it by. Who publishes to a topic itself, as Mimir's Alertmanager does, may use the key.
    """

    kms_key_arn: str


class AlertingFamily(PlatformFamily):
    """Who is told of what."""

    cloudwatch: CloudwatchInputs = field("topics and channels")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """Mail to the owners, whose mailbox somebody reads in the morning."""
        owner = Channel(severities=[*SEVERITIES], email=f"{env.owner}@example.com")
        return cls(cloudwatch=CloudwatchInputs(severities=[*SEVERITIES], channels={"owner": owner}))

    @classmethod
    def full(cls, env: Platform) -> Self:
        """Whoever is on call is woken, by mail to the pager: its address holds no key, as its URL does."""
        pager = Channel(severities=["critical"], email=f"{env.name}@example.pagerduty.com")
        return cls(cloudwatch=CloudwatchInputs(channels={"on-call": pager}))

    def compose(self, stack: Stack, env: Platform) -> Alerting:
        """The stack `<environment>-alerting`: it waits for nothing."""
        named = CloudwatchInputs(name=env.alarms_name, topic_regions=env.topic_regions[1:])
        cloudwatch = Cloudwatch(stack, "cloudwatch", stack.wired(self.cloudwatch, named))
        stack.tell(cloudwatch.outputs, "topic_arns", "regional_topic_arns")
        return Alerting(cloudwatch.outputs.kms_key_arn)
