"""Small compositions of real modules, for what is not about the platform's own."""

from __future__ import annotations

from environments.platform import Platform
from groundplan.synth.families import Family, Project
from groundplan.synth.stack import Stack
from modules.backup.velero import Schedule, Velero, VeleroInputs


def only(project: Project[Platform], *families: type[Family]) -> Project[Platform]:
    """A project with these of its families, and those that they need: what is wrong in one is not looked for in all."""
    givers = {needs.given: family for family, needs in project._needs.items()}
    chosen: set[type[Family]] = set()
    todo = [*families]
    while todo:
        family = todo.pop()
        if family not in chosen:
            chosen.add(family)
            todo += [givers[kind] for kind in project._needs[family].wanted.values()]
    return Project(project.environments, chosen, project._differences)


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
