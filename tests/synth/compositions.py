"""Small compositions of real modules, for what is not about the platform's own."""

from __future__ import annotations

from environments.platform import Platform
from groundplan.synth.stack import Stack
from modules.backup.velero import Schedule, Velero, VeleroInputs


def velero(stack: Stack, env: Platform, name: str = "velero") -> Velero:
    """Velero with one schedule."""
    return Velero(
        stack,
        name,
        VeleroInputs(
            name=f"{env.name}-{name}",
            cluster=env.cluster,
            alarm_topic_arn=env.alarm_topic_arn,
            schedules={"daily": Schedule(cron="0 2 * * *", ttl_hours=48, alarm_after_hours=28)},
        ),
    )
