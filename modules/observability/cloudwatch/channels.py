"""A topic of each severity, in each region that has alarms, and who hears of it."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.chatbot_slack_channel_configuration import ChatbotSlackChannelConfiguration
from cdktf_cdktf_provider_aws.chatbot_teams_channel_configuration import ChatbotTeamsChannelConfiguration
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription

from groundplan.building import Key, account_id, encryption_key, partition, region, service_role, tags
from groundplan.framework import (
    Module,
    choose,
    each,
    each_name,
    equals,
    expression_of,
    hcl,
    is_set,
    jsonencode,
    merged,
    part_id,
    present,
    some,
)
from groundplan.framework.references import ListReference, MapReference, TextReference
from groundplan.framework.repetition import Each
from groundplan.framework.shapes import MapOf, Text
from groundplan.iam import document

from . import access
from .inputs import CloudwatchInputs

__all__ = ["Topics", "topics"]


class Topics:
    """The topics, whether they were made here or given. Each ARN is made of names, and known when Terraform plans."""

    def __init__(self, scope: Module[Any, Any], given: CloudwatchInputs) -> None:
        own = _arns(scope, 'length(split("/", key)) == 1')
        self.own: dict[str, str] = MapReference(own, Text())
        given_arns: Any = given.topic_arns
        self.home: dict[str, str] = MapReference(expression_of(merged(given_arns, self.own)), Text())
        self.elsewhere: dict[str, str] = MapReference(_arns(scope, 'length(split("/", key)) == 2'), Text())
        self.made: Each[dict[str, str]] = Each(_wanted(given), MapOf(item=Text()))
        self._every = _arns(scope, "true")

    def arn(self, severity: Any) -> str:
        """The topic of a severity in the module's region."""
        return TextReference(f"{hcl(self.home)}[{expression_of(severity)}]")

    def arn_beside(self, topic: Any, severity: Any) -> str:
        """The topic of a severity in the region of another topic, which is at hand."""
        beside = f'{expression_of(topic["region"])} == "" ? {hcl(severity)} : '
        beside += f'"${{{expression_of(topic["region"])}}}/${{{hcl(severity)}}}"'
        return TextReference(f"({self._every})[{beside}]")

    def heard_by(self, channel: Any) -> list[str]:
        """The topics of a channel's severities, everywhere."""
        severities = expression_of(channel.severities)
        return ListReference(
            f'[for key, arn in {self._every} : arn if contains({severities}, element(reverse(split("/", key)), 0))]'
        )


def _arns(scope: Module[Any, Any], condition: str) -> str:
    """The ARNs of the topics that the module makes, by their keys: `<severity>`, or `<region>/<severity>`."""
    where = f'length(split("/", key)) == 2 ? split("/", key)[0] : {expression_of(region(scope))}'
    arn = hcl(f"arn:{partition(scope)}:sns:${{{where}}}:{account_id(scope)}:${{made.name}}")
    return f"{{for key, made in aws_sns_topic.severity : key => {arn} if {condition}}}"


def _wanted(given: CloudwatchInputs) -> str:
    """Region (empty for the module's own) and severity of each topic, by its key: none where topics are given."""
    regions, severities = expression_of(given.topic_regions), expression_of(given.severities)
    key = '(pair[0] == "" ? pair[1] : "${pair[0]}/${pair[1]}")'
    return (
        f'{{for pair in setproduct(concat([""], {regions}), {severities}) : {key} => '
        f"{{region = pair[0], severity = pair[1]}} if length({expression_of(given.topic_arns)}) == 0}}"
    )


def topics(scope: Module[Any, Any], given: CloudwatchInputs, key: Key) -> Topics:
    """Makes topics, their policies, the keys of other regions, and every channel."""
    regions = each_name(given.topic_regions)
    encryption_key(
        scope,
        "elsewhere",
        given,
        name=f"{given.name}-topics",
        purpose=f"Topics of {given.name} in this region",
        statements=access.topic_key_use(account_id(scope)),
        region=regions.key,
        only_when=regions,
    )
    found = Topics(scope, given)
    where, severity = found.made.value["region"], found.made.value["severity"]
    is_home = equals(where, "")
    elsewhere = TextReference(f"aws_kms_key.elsewhere[{expression_of(where)}].arn")
    topic = found.made(
        SnsTopic,
        scope,
        "severity",
        name=f"{given.name}-{severity}",
        display_name=f"{given.name} {severity}",
        kms_master_key_id=choose(is_home, key.arn, elsewhere),
        # a signature of 2 is of SHA-256: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
        signature_version=2,
        region=choose(is_home, None, where),
        tags=tags(scope, given),
    )
    found.made(
        SnsTopicPolicy,
        scope,
        part_id("policy", "severity"),
        arn=topic.here.arn,
        policy=jsonencode(
            document(*access.topic_policy(found.arn_beside(found.made.value, severity), account_id(scope)))
        ),
        region=choose(is_home, None, where),
    )
    _subscriptions(scope, given)
    _chat(scope, given, found)
    return found


def _subscriptions(scope: Module[Any, Any], given: CloudwatchInputs) -> None:
    """Mail and PagerDuty: a subscription for each topic that they hear of, by `<topic>/<channel>`."""
    subscription = (
        "{region = topic.region, topic = key, "
        'protocol = channel.email != null ? "email" : "https", '
        "endpoint = channel.email != null ? channel.email : channel.pagerduty_url}"
    )
    of_topic = (
        f'{{for name, channel in {expression_of(given.channels)} : "${{key}}/${{name}}" => {subscription} '
        "if contains(channel.severities, topic.severity) && (channel.email != null || channel.pagerduty_url != null)}"
    )
    every: Each[dict[str, str]] = Each(
        f"merge([for key, topic in {_wanted(given)} : {of_topic}]...)", MapOf(item=Text())
    )
    it = every.value
    every(
        SnsTopicSubscription,
        scope,
        "channel",
        topic_arn=TextReference(f"aws_sns_topic.severity[{expression_of(it['topic'])}].arn"),
        protocol=it["protocol"],
        endpoint=it["endpoint"],
        # PagerDuty answers SNS's question by itself; who gets mail clicks on a link
        endpoint_auto_confirms=equals(it["protocol"], "https"),
        region=choose(equals(it["region"], ""), None, it["region"]),
    )


def _chat(scope: Module[Any, Any], given: CloudwatchInputs, found: Topics) -> None:
    """Slack and Teams, by Amazon Q Developer in chat applications, formerly AWS Chatbot.

    Whoever writes commands there does it by a role of their own, and nobody more than the guardrail lets through: left
    out, it would be AdministratorAccess.
    https://docs.aws.amazon.com/chatbot/latest/adminguide/understanding-permissions.html
    """
    channels = each(given.channels)
    role = service_role(
        scope,
        "chat",
        given,
        name=f"{given.name}-chat",
        service="chatbot.amazonaws.com",
        statements=access.chat(),
        says_for_whom=False,
        only_when=some(given.channels, lambda _, channel: is_set(channel.slack) | is_set(channel.teams)),
    )
    common: dict[str, Any] = {
        "configuration_name": f"{given.name}-{channels.key}",
        "iam_role_arn": role.arn,
        "guardrail_policy_arns": [f"arn:{partition(scope)}:iam::aws:policy/CloudWatchReadOnlyAccess"],
        "logging_level": "ERROR",
        "sns_topic_arns": found.heard_by(channels.value),
        "user_authorization_required": True,
        "tags": tags(scope, given),
    }
    slack: Any = present(channels.value.slack)
    channels.where(lambda channel: is_set(channel.slack))(
        ChatbotSlackChannelConfiguration,
        scope,
        part_id("slack", "channel"),
        slack_team_id=slack.workspace_id,
        slack_channel_id=slack.channel_id,
        **common,
    )
    teams: Any = present(channels.value.teams)
    channels.where(lambda channel: is_set(channel.teams))(
        ChatbotTeamsChannelConfiguration,
        scope,
        part_id("teams", "channel"),
        tenant_id=teams.tenant_id,
        team_id=teams.team_id,
        channel_id=teams.channel_id,
        **common,
    )
