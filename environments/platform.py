"""The facts of an environment: account, regions, cluster, network, owners. What its families want stands elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal, Self

from groundplan.framework import field
from groundplan.framework.references import is_opaque
from groundplan.framework.types import Domain, HttpsUrl, PolicyArn, RegionName, TopicArn
from groundplan.grammars.partitions import is_region
from groundplan.problems import Problem
from groundplan.synth.environment import Environment
from groundplan.synth.families import Family
from groundplan.synth.stack import Stack

__all__ = ["Platform", "PlatformFamily"]


SEVERITIES: tuple[Literal["critical", "warning"], ...] = ("critical", "warning")
"""How bad things may be, in every environment: the one wakes somebody, the other waits for the morning."""


def _alarms_stay_in_their_region(platform: Platform) -> Iterator[Problem]:
    for region, arn in platform.alarm_topics.items():
        if not arn.startswith(f"arn:{platform.partition.id}:sns:{region}:"):
            yield Problem(
                f"alarm_topics[{json.dumps(region)}]",
                f"must be a topic in {region}, with an ARN of the partition {platform.partition.id}, "
                f"got {json.dumps(arn)}",
                "Alarms reach only topics of their own region.",
            )
    for region in (platform.region, platform.dr_region) if platform.alarm_topics else ():
        if region not in platform.alarm_topics:
            yield _no_topic(region, "what the environment has there rings")


def _no_topic(region: str, why: str) -> Problem:
    return Problem(
        "alarm_topics",
        f"must have a topic in {region}: {why}, and an alarm reaches only topics of its own region",
        f'Make an SNS topic there, and give its ARN as alarm_topics["{region}"].',
    )


def _no_own_topic(region: str, why: str) -> Problem:
    return Problem(
        "further_regions",
        f"must have {region}: {why}, and an alarm reaches only topics of its own region",
        f"Add {region} to further_regions: the family alerting makes topics in each of the environment's regions.",
    )


class Platform(Environment):
    """One environment of the platform."""

    checks = (*Environment.checks, _alarms_stay_in_their_region)

    tier: Literal["small", "full"] = field("whether the environment is small and cheap, or of the shape of production")
    public_domain: Domain = field("domain of what the environment serves to the internet")
    private_domain: Domain = field("domain of what only its VPC can ask for")
    alarm_topics: dict[RegionName, TopicArn] = field(
        "ARN of the SNS topic that alarms go to, by region, where others make the topics: those of region and "
        "dr_region, and every other that one of the families has alarms in; left out, alarms go to the topic critical "
        "of each region, which the family alerting makes",
        default={},
    )
    permissions_boundary_arn: PolicyArn = field("ARN of the policy that bounds every role")
    log_retention_days: Literal[30, 90, 365, 400] = field("how long logs are kept, in days")
    runbooks_url: HttpsUrl = field(
        "address below which the pages of docs/runbooks are, which alarms link to",
        default="https://gitlab.example.com/platform/groundplan/-/blob/main/docs/runbooks",
    )

    def role_arn(self, name: str) -> str:
        """The ARN of a role of the environment's account that was made elsewhere."""
        return f"arn:{self.partition.id}:iam::{self.account_id}:role/{name}"

    @property
    def alarm_topic_arn(self) -> str:
        """The topic of the primary region, which nearly every module takes."""
        return self._topic(self.region)

    @property
    def dr_alarm_topic_arn(self) -> str:
        """The topic of the disaster recovery region."""
        return self._topic(self.dr_region)

    @property
    def alarms_name(self) -> str:
        """What the topics of the family alerting are called, before their severity."""
        return f"{self.name}-alarms"

    @property
    def topic_regions(self) -> list[str]:
        """The regions that have topics of the family alerting, the primary one first."""
        return list(dict.fromkeys([self.region, self.dr_region, *self.further_regions]))

    @property
    def topics_by_severity(self) -> dict[Literal["critical", "warning", "info"], str]:
        """The topics of the primary region: where others make topics, one for all severities."""
        return {
            severity: self.alarm_topics.get(self.region) or self._own_topic(self.region, severity)
            for severity in SEVERITIES
        }

    def _own_topic(self, region: str, severity: str) -> str:
        return f"arn:{self.partition.id}:sns:{region}:{self.account_id}:{self.alarms_name}-{severity}"

    def _topic(self, region: str) -> str:
        """One that is missing is told as a problem; what stands for it meanwhile is never written."""
        return self.alarm_topics.get(region) or self._own_topic(region, "critical")

    def steps_to(self, name: str) -> tuple[str | int, ...]:
        """The topic that modules get is that of the region."""
        return ("alarm_topics", self.region) if name == "alarm_topic_arn" else super().steps_to(name)

    wired: ClassVar[tuple[str, ...]] = (
        *Environment.wired,
        "alarm_topic_arn",
        "log_retention_days",
        "permissions_boundary_arn",
        "runbooks_url",
    )


class PlatformFamily(Family):
    """A family of this platform: what every environment has in common, then what those of its tier have."""

    @staticmethod
    def topic_in(region: str, stack: Stack, env: Platform, why: str) -> str:
        """The topic for alarms that a family has in `region`; `why` says what rings there, for who has to make one.

        A topic that the environment does not have is a problem of its alarm_topics, or of its regions. What is given
        for it then lets the composition go on, and is never written.
        """
        # a region that is wrong is told as such: it has no topic to ask for, nor says which ones there are
        wrong = is_opaque(region) or not all(map(is_region, env.topic_regions))
        if not wrong and region not in (env.alarm_topics or env.topic_regions):
            stack.refuse(_no_topic(region, why) if env.alarm_topics else _no_own_topic(region, why))
        return env._topic(region)

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
