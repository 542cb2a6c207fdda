"""prod tells the channel of the platform's people in Slack too."""

from environments.families.alerting import AlertingFamily
from modules.observability.cloudwatch import Channel, CloudwatchInputs, Slack

ALERTING = AlertingFamily(
    cloudwatch=CloudwatchInputs(
        channels={
            "platform": Channel(
                severities=["critical", "warning"], slack=Slack(workspace_id="T0123456789", channel_id="C0123456789")
            )
        }
    )
)
