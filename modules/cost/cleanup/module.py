"""What the module makes: the bucket and the topic of its reports, the search for waste, the weekly report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from groundplan.building import (
    Bucket,
    Function,
    Key,
    account_id,
    encryption_key,
    function,
    logs_use,
    maker,
    metric_alarm,
    partition,
    private_bucket,
    service_role,
    tags,
)
from groundplan.framework import (
    Module,
    Outputs,
    all_of,
    choose,
    dependable,
    equals,
    is_set,
    jsonencode,
    negated,
    output,
    part_id,
    present,
)
from groundplan.iam import Statement, document

from . import access
from .inputs import CleanupInputs

__all__ = ["Cleanup", "CleanupOutputs"]

METRICS = "Platform/Cleanup"


class CleanupOutputs(Outputs):
    """Where reports are, and what makes them."""

    bucket_name: str = output(
        "name of the bucket: findings/latest.json is the newest search, weekly/latest.html the page"
    )
    topic_arn: str = output("ARN of the topic that is told of what is new, for whoever wants to hear")
    kms_key_arn: str = output("ARN of the key that encrypts reports, messages, logs and settings")
    search_function_name: str = output("name of the function that looks for waste, to be invoked by hand")
    report_function_name: str | None = output("name of the function that makes the weekly report; null without it")


class Cleanup(Module[CleanupInputs, CleanupOutputs]):
    """Finds what is paid for and not used, deletes what its owners opted in for, and reports what a week cost."""

    def build(self, given: CleanupInputs) -> CleanupOutputs:
        """The key, the bucket, the topic, the search with its schedule, the weekly report with its own."""
        key = encryption_key(
            self,
            "reports",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"Reports, messages and logs of {given.name}",
            statements=[logs_use(self, f"/aws/lambda/{given.name}-")],
        )
        bucket = private_bucket(
            self,
            "reports",
            given,
            name=given.bucket_name,
            key=key,
            refuse_other_keys=True,
            expire_after_days=given.keep_reports_days,
        )
        topic = SnsTopic(self, "topic", name=given.name, kms_master_key_id=key.arn, tags=tags(self, given))
        search = self._search(given, key, bucket, topic)
        report = self._report(given, key, bucket)
        return CleanupOutputs(
            bucket_name=bucket.name,
            topic_arn=topic.arn,
            kms_key_arn=key.arn,
            search_function_name=search.name,
            report_function_name=report.name,
        )

    def _search(self, given: CleanupInputs, key: Key, bucket: Bucket, topic: Any) -> Function:
        deletion = present(given.deletion)
        here = {"partition": partition(self), "account_id": account_id(self)}
        made = function(
            self,
            "find_waste",
            given,
            folder="find_waste",
            name=f"{given.name}-find-waste",
            description="Looks for what is paid for and not used",
            statements=access.searches(bucket.arn, topic.arn, **here),
            key=key,
            handler="find_waste.handler.handle",
            # of every region one after the other; CloudWatch and ECR are asked most, a page at a time
            timeout_seconds=900,
            memory_megabytes=512,
            environment={
                "SETTINGS": jsonencode(
                    {
                        "bucket": bucket.name,
                        "topic_arn": topic.arn,
                        "regions": given.regions,
                        "kinds": given.kinds,
                        "idle_days": given.idle_days,
                        "snapshot_age_days": given.snapshot_age_days,
                        "image_age_days": given.image_age_days,
                        "newest_images": given.newest_images,
                        "keep_tag_key": given.keep_tag_key,
                        "deletion": given.deletion,
                    }
                )
            },
            metrics_namespace=METRICS,
        )
        may_delete = all_of(is_set(given.deletion), negated(deletion.dry_run))
        self._more("find_waste_deletes", made, access.deletes(deletion.tag_key, deletion.tag_value, **here), may_delete)
        self._schedule("find_waste", given, key, made, given.schedule)
        metric_alarm(
            self,
            "find_waste_missed",
            given,
            name=f"{given.name}-find-waste-missed",
            description=(
                f"Nobody looked for waste for {given.missed_after_days} days. See whether the schedule is there, is "
                "enabled, and may invoke the function."
            ),
            # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
            namespace="AWS/Lambda",
            metric="Invocations",
            dimensions={"FunctionName": made.name},
            period_seconds=86_400,
            periods=given.missed_after_days,
            comparison="LessThanThreshold",
            missing_data="breaching",
        )
        return made

    def _report(self, given: CleanupInputs, key: Key, bucket: Bucket) -> Function:
        wanted, report = is_set(given.report), present(given.report)
        made = function(
            self,
            "weekly_report",
            given,
            folder="weekly_report",
            name=f"{given.name}-weekly-report",
            description="Reports what a week cost, and what could be saved",
            statements=access.reports(bucket.arn),
            key=key,
            handler="weekly_report.handler.handle",
            timeout_seconds=120,
            environment={
                "SETTINGS": jsonencode(
                    {
                        "bucket": bucket.name,
                        # https://docs.amazonaws.cn/en_us/aws/latest/userguide/billing-and-payment.html
                        "region": choose(equals(partition(self), "aws-cn"), "cn-northwest-1", "us-east-1"),
                        "families": report.families,
                        "mail": report.mail,
                    }
                )
            },
            metrics_namespace=METRICS,
            only_when=wanted,
        )
        mail = present(report.mail)
        self._more(
            "weekly_report_mails",
            made,
            access.mails(mail.identity_arn, mail.from_address),
            all_of(wanted, is_set(report.mail)),
        )
        self._schedule("weekly_report", given, key, made, report.schedule, only_when=wanted)
        return made

    def _more(self, id: str, made: Function, statements: Sequence[Statement], condition: Any) -> None:
        """A further policy of a function's role, which is there when something is switched on."""
        maker(condition)(
            IamRolePolicy,
            self,
            part_id("access", id),
            name=id.rpartition("_")[2],
            role=made.role.name,
            policy=jsonencode(document(*statements)),
        )

    def _schedule(
        self, id: str, given: CleanupInputs, key: Key, made: Function, schedule: str, only_when: Any = None
    ) -> None:
        name = f"{given.name}-{id.replace('_', '-')}"
        role = service_role(
            self,
            f"{id}_schedule",
            given,
            name=f"{name}-schedule",
            service="scheduler.amazonaws.com",
            statements=access.invokes(made.arn, key.arn),
            only_when=only_when,
        )
        maker(only_when)(
            SchedulerSchedule,
            self,
            part_id("schedule", id),
            name=name,
            description=f"Runs the function {name}",
            schedule_expression=schedule,
            schedule_expression_timezone="UTC",
            kms_key_arn=key.arn,
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(
                arn=made.arn,
                role_arn=role.arn,
                # Lambda tries again itself, and keeps in its queue what fails
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=3
                ),
            ),
            depends_on=[dependable(role.policy)],
        )
