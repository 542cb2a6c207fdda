"""Who is told: channels, and the severities that each hears of."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.framework import Inputs, Rule, count_set, field
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import EmailAddress

__all__ = ["Channel", "Severities", "Severity", "Slack", "Teams"]

Severity = Literal["critical", "warning", "info"]
"""Critical wakes somebody, a warning waits for the morning, the rest is for whoever looks."""
Severities = Annotated[list[Severity], Unique()]

_UUID = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
Uuid = Annotated[str, Pattern(_UUID, "a UUID, such as 00000000-0000-4000-8000-000000000000")]
SlackId = Annotated[str, Pattern("[0-9A-Z]{1,255}", "an id of Slack: capital letters and digits, such as C0123456789")]
# https://docs.aws.amazon.com/chatbot/latest/APIReference/API_CreateMicrosoftTeamsChannelConfiguration.html
TeamsChannelId = Annotated[
    str,
    Pattern(
        "[A-Za-z0-9_=+/.,-]*%3[aA][A-Za-z0-9_=+/.,-]*%40[A-Za-z0-9_=+/.,-]*",
        "the id of a channel of Teams as it stands in the channel's link, such as 19%3A0123abcd%40thread.tacv2",
    ),
]
# https://support.pagerduty.com/main/docs/amazon-cloudwatch-integration-guide
PagerDutyUrl = Annotated[
    str,
    Pattern(
        r"https://events\.(eu\.)?pagerduty\.com/(integration/[0-9A-Za-z]+/enqueue|x-ere/[0-9A-Za-z]+)",
        "an integration URL of PagerDuty, such as https://events.pagerduty.com/integration/<key>/enqueue",
    ),
]


class Slack(Inputs):
    """A channel of Slack, which Amazon Q Developer writes into.

    Somebody has to let it into the workspace before, once, in the console: AWS has no other way.
    https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html
    """

    workspace_id: SlackId = field("id of the workspace, beginning with T")
    channel_id: SlackId = field("id of the channel, at the end of its link; a private one must have invited @Amazon Q")


class Teams(Inputs):
    """A channel of Microsoft Teams, which Amazon Q Developer writes into; let in before, as for Slack.

    https://docs.aws.amazon.com/chatbot/latest/adminguide/teams-setup.html
    """

    tenant_id: Uuid = field("id of the tenant of Microsoft Entra")
    team_id: Uuid = field("id of the team, groupId in its link")
    channel_id: TeamsChannelId = field("id of the channel, as it is written in its link")


class Channel(Inputs):
    """One way to people, and what it is for."""

    severities: Severities = field("what it hears of: severities among the module's", min_length=1)
    email: EmailAddress | None = field(
        "address that mail goes to, once its owner has confirmed it by the link that SNS sends", default=None
    )
    slack: Slack | None = field("channel of Slack", default=None)
    teams: Teams | None = field("channel of Microsoft Teams", default=None)
    pagerduty_url: PagerDutyUrl | None = field(
        "integration URL of a service of PagerDuty. Its key lets its holder open incidents there and nothing else; SNS "
        "shows it to whoever may list subscriptions",
        default=None,
    )

    rules = (
        Rule(
            "email",
            lambda v: count_set(v.email, v.slack, v.teams, v.pagerduty_url) == 1,
            "must be given, or slack, teams or pagerduty_url in its place, and one of them alone",
        ),
    )
