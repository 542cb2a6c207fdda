"""The facts of an environment: account, regions, cluster, network, owners. What its families want stands elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal, Self

from groundplan.framework import field
from groundplan.framework.types import Domain, PolicyArn, TopicArn
from groundplan.problems import Problem
from groundplan.synth.environment import Environment
from groundplan.synth.families import Family

__all__ = ["Platform", "PlatformFamily"]


def _alarms_stay_in_their_region(platform: Platform) -> Iterator[Problem]:
    for topic, region in (("alarm_topic_arn", "region"), ("dr_alarm_topic_arn", "dr_region")):
        arn, name = getattr(platform, topic), getattr(platform, region)
        if arn.split(":")[3] != name:
            yield Problem(
                topic,
                f"must be a topic in {region} {name}, got {json.dumps(arn)}",
                "Alarms reach only topics of their own region.",
            )


class Platform(Environment):
    """One environment of the platform."""

    checks = (*Environment.checks, _alarms_stay_in_their_region)

    tier: Literal["small", "full"] = field("whether the environment is small and cheap, or of the shape of production")
    public_domain: Domain = field("domain of what the environment serves to the internet")
    private_domain: Domain = field("domain of what only its VPC can ask for")
    alarm_topic_arn: TopicArn = field("ARN of the SNS topic that alarms go to")
    dr_alarm_topic_arn: TopicArn = field("ARN of the SNS topic in the disaster recovery region")
    permissions_boundary_arn: PolicyArn = field("ARN of the policy that bounds every role")
    log_retention_days: Literal[30, 90, 365, 400] = field("how long logs are kept, in days")

    def role_arn(self, name: str) -> str:
        """The ARN of a role of the environment's account that was made elsewhere."""
        return f"arn:aws:iam::{self.account_id}:role/{name}"

    wired: ClassVar[tuple[str, ...]] = (
        *Environment.wired,
        "alarm_topic_arn",
        "log_retention_days",
        "permissions_boundary_arn",
    )


class PlatformFamily(Family):
    """A family of this platform: what every environment has in common, then what those of its tier have."""

    @classmethod
    def everywhere(cls, _env: Platform) -> Self:
        """What holds in every environment."""
        return cls()

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """What holds in small environments beyond that."""
        return cls()

    @classmethod
    def full(cls, _env: Platform) -> Self:
        """What holds beyond that in environments of the shape of production."""
        return cls()

    @classmethod
    def layers(cls, env: Platform, /) -> Iterable[Self]:
        """Both, the lower first."""
        return cls.everywhere(env), cls.full(env) if env.tier == "full" else cls.small(env)
