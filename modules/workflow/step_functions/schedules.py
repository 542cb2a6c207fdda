"""When machines are started by themselves: EventBridge Scheduler, its role, and what becomes of a start that failed."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetDeadLetterConfig,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.scheduler_schedule_group import SchedulerScheduleGroup
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

from groundplan.building import Key, maker, metric_alarm, service_role, tags
from groundplan.framework import (
    Module,
    choose,
    dependable,
    each,
    each_pair,
    equals,
    fitted,
    is_set,
    length,
    negated,
    not_empty,
    part_id,
)

from .access import alias_arn, starts_on_time
from .inputs import StepFunctionsInputs

__all__ = ["schedules"]

SCHEDULE_NAME_CHARACTERS = 64
"""https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html"""
QUEUE_NAME_CHARACTERS = 80
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"""
KEPT_SECONDS = 1_209_600
"""14 days, the longest that SQS keeps a message."""


def schedules(module: Module[Any, Any], given: StepFunctionsInputs, key: Key, aliases: Any) -> None:
    """Makes the schedules of all machines, and what they share where there is one."""
    scheduled = each(given.machines).where(lambda machine: not_empty(machine.schedules))
    part = maker(negated(equals(length(scheduled.entries()), 0)))
    group = part(
        SchedulerScheduleGroup,
        module,
        part_id("group", "schedules"),
        name=fitted(given.name, SCHEDULE_NAME_CHARACTERS),
        tags=tags(module, given),
    )
    queue = part(
        SqsQueue,
        module,
        part_id("queue", "schedules"),
        name=fitted(f"{given.name}-starts-dlq", QUEUE_NAME_CHARACTERS),
        kms_master_key_id=key.arn,
        message_retention_seconds=KEPT_SECONDS,
        tags=tags(module, given),
    )
    role = service_role(
        module,
        "schedules",
        given,
        name=f"{given.name}-schedules",
        service="scheduler.amazonaws.com",
        statements=starts_on_time(
            scheduled.documents(lambda name, _: alias_arn(module, f"{given.name}-{name}")),
            queue.arn,
            key.arn,
        ),
        only_when=part,
    )
    every = each_pair(given.machines, lambda machine: machine.schedules)
    start, name = every.value.inner, f"{given.name}-{every.value.outer_key}-{every.value.inner_key}"
    flexible = is_set(start.flexible_minutes)
    every(
        SchedulerSchedule,
        module,
        part_id("schedule", "start"),
        name=fitted(name, SCHEDULE_NAME_CHARACTERS),
        group_name=group.name,
        description=f"Starts the state machine {given.name}-{every.value.outer_key}",
        schedule_expression=start.expression,
        schedule_expression_timezone=start.time_zone,
        kms_key_arn=key.arn,
        flexible_time_window=SchedulerScheduleFlexibleTimeWindow(
            mode=choose(flexible, "FLEXIBLE", "OFF"), maximum_window_in_minutes=start.flexible_minutes
        ),
        target=SchedulerScheduleTarget(
            arn=alias_arn(module, f"{given.name}-{every.value.outer_key}"),
            role_arn=role.arn,
            input=start.input,
            dead_letter_config=SchedulerScheduleTargetDeadLetterConfig(arn=queue.arn),
            # an execution an hour late is worth more than none; a second one is not started
            retry_policy=SchedulerScheduleTargetRetryPolicy(
                maximum_event_age_in_seconds=3600, maximum_retry_attempts=10
            ),
        ),
        depends_on=[dependable(aliases)],
    )
    metric_alarm(
        module,
        "not_started",
        given,
        name=f"{given.name}-not-started",
        description="A machine was not started at its time: the message in the queue tells which one, and why",
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": queue.name},
        statistic="Maximum",
        only_when=part,
    )
