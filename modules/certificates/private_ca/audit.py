"""What is reported: audit reports on a schedule, reminders before an authority runs out, failures, and changes."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.data_aws_acmpca_certificate_authority import DataAwsAcmpcaCertificateAuthority
from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetDeadLetterConfig,
    SchedulerScheduleTargetEventbridgeParameters,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

from groundplan.building import (
    Key,
    account_id,
    encryption_key,
    event_alarm,
    maker,
    metric_alarm,
    partition,
    private_bucket,
    region,
    service_role,
    tags,
)
from groundplan.framework import Module, expression_of, fitted, jsonencode, part_id
from groundplan.framework.references import ListReference, TextReference

from . import access
from .authorities import Authority, Tier, with_lists
from .inputs import PrivateCaInputs
from .revocation import BUCKET_NAME_CHARACTERS

__all__ = ["Audit"]

SCHEDULE_NAME_CHARACTERS = 64
"""https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html"""
QUEUE_NAME_CHARACTERS = 80
RULE_NAME_CHARACTERS = 64
REMINDER = "Certificate authority runs out"
CHANGES = [
    "CreatePermission",
    "DeleteCertificateAuthority",
    "DeletePermission",
    "ImportCertificateAuthorityCertificate",
    "UpdateCertificateAuthority",
]
"""Calls that nobody but Terraform has a reason for."""


class Audit:
    """The bucket of the reports, and the schedules and rules of every authority."""

    def __init__(self, scope: Module[Any, Any], given: PrivateCaInputs) -> None:
        self._scope, self._given = scope, given
        name = fitted(f"{given.name}-audit-{account_id(scope)}", BUCKET_NAME_CHARACTERS)
        bucket_arn = f"arn:{partition(scope)}:s3:::{name}"
        self.key: Key = encryption_key(
            scope,
            "audit",
            given,
            existing=given.kms_key,
            name=f"{given.name}-audit",
            purpose=f"Encrypts the audit reports of {given.name}, their schedules and their queue",
            statements=access.encrypts_objects(bucket_arn),
        )
        self.bucket = private_bucket(
            scope,
            "audit",
            given,
            name=name,
            key=self.key,
            statements=access.authority_writes(bucket_arn, account_id(scope)),
            expire_after_days=given.audit_report_retention_days,
        )
        self._queue = maker(None)(
            SqsQueue,
            scope,
            part_id("queue", "audit"),
            name=fitted(f"{given.name}-audit-dlq", QUEUE_NAME_CHARACTERS),
            kms_master_key_id=self.key.arn,
            message_retention_seconds=1209600,
            tags=tags(scope, given),
        )
        self._arns = ListReference(
            "concat(aws_acmpca_certificate_authority.root[*].arn, "
            "[for name, made in aws_acmpca_certificate_authority.subordinate : made.arn])"
        )
        self._bus = f"arn:{partition(scope)}:events:{region(scope)}:{account_id(scope)}:event-bus/default"
        self._role = service_role(
            scope,
            "schedules",
            given,
            name=f"{given.name}-schedules",
            service="scheduler.amazonaws.com",
            statements=access.audit_schedule(self._arns, self.bucket.arn, self._bus, self._queue.arn, self.key.arn),
        )
        self.rules = [self._reminded(), self._changed()]
        metric_alarm(
            scope,
            "schedules",
            given,
            name=f"{given.name}-schedules",
            description=(
                "An audit report was not asked for, or a reminder not sent: the message in the queue tells why. See "
                "the README for how to ask for a report by hand."
            ),
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": self._queue.name},
            statistic="Maximum",
        )

    def watch(self, tier: Tier, authority: Authority) -> Any:
        """Reports, a reminder and alarms of each authority of a level; gives the rule of its failures."""
        scope, given = self._scope, self._given
        self._schedule(
            tier,
            "audit",
            f"Asks {tier.name} for a report of all that it issued and revoked",
            given.audit_report_schedule,
            # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
            arn=f"arn:{partition(scope)}:scheduler:::aws-sdk:acmpca:createCertificateAuthorityAuditReport",
            input=jsonencode(
                {
                    "AuditReportResponseFormat": "JSON",
                    "CertificateAuthorityArn": authority.active.certificate_authority_arn,
                    # of the policy, without which the first report would fail
                    "S3BucketName": TextReference("aws_s3_bucket_policy.audit.bucket"),
                }
            ),
        )
        status = tier.every(
            DataAwsAcmpcaCertificateAuthority,
            scope,
            part_id("status", tier.id),
            # of the activation: before it there is no date
            arn=authority.active.certificate_authority_arn,
        )
        hours = f"${{{expression_of(given.renewal_reminder_days)} * 24}}"
        when = f'timeadd({expression_of(status.not_after)}, "-{hours}h")'
        self._schedule(
            tier,
            "reminder",
            f"Reminds of {tier.name}, whose own certificate runs out",
            f"at(${{formatdate(\"YYYY-MM-DD'T'hh:mm:ss\", {when})}})",
            arn=self._bus,
            input=jsonencode(
                {
                    "authority": authority.made.arn,
                    "name": f"{given.name}-{tier.name}",
                    "notAfter": status.not_after,
                }
            ),
            eventbridge_parameters=SchedulerScheduleTargetEventbridgeParameters(
                detail_type=REMINDER, source=given.name
            ),
        )
        metric_alarm(
            scope,
            f"{tier.id}_crl",
            given,
            name=f"{given.name}-{tier.name}-crl",
            description=(
                f"The authority {tier.name} cannot write its list of revoked certificates: clients will refuse all of "
                "its certificates when the last list runs out. Look at the bucket's policy and at its key's."
            ),
            namespace="AWS/ACMPrivateCA",
            metric="MisconfiguredCRLBucket",
            dimensions={"PrivateCAArn": authority.made.arn},
            only_when=tier.only(with_lists),
        )
        return event_alarm(
            scope,
            f"{tier.id}_failure",
            given,
            name=fitted(f"{given.name}-{tier.name}-failure", RULE_NAME_CHARACTERS),
            description=f"The authority {tier.name} failed to issue, to revoke, to write a list or a report",
            pattern={
                "source": ["aws.acm-pca"],
                "resources": [authority.made.arn],
                "detail": {"result": ["failure"]},
            },
            only_when=tier.every,
        )

    def _schedule(self, tier: Tier, kind: str, description: str, expression: str, **target: Any) -> None:
        given = self._given
        tier.every(
            SchedulerSchedule,
            self._scope,
            part_id(kind, f"{tier.id}_{kind}"),
            name=fitted(f"{given.name}-{tier.name}-{kind}", SCHEDULE_NAME_CHARACTERS),
            description=description,
            schedule_expression=expression,
            schedule_expression_timezone="UTC",
            kms_key_arn=self.key.arn,
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(
                role_arn=self._role.arn,
                dead_letter_config=SchedulerScheduleTargetDeadLetterConfig(arn=self._queue.arn),
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=3
                ),
                **target,
            ),
        )

    def _reminded(self) -> Any:
        return event_alarm(
            self._scope,
            "reminder",
            self._given,
            name=fitted(f"{self._given.name}-reminder", RULE_NAME_CHARACTERS),
            description="An authority's own certificate runs out: make its successor, see the module's README",
            pattern={"source": [self._given.name], "detail-type": [REMINDER]},
        )

    def _changed(self) -> Any:
        return event_alarm(
            self._scope,
            "change",
            self._given,
            name=fitted(f"{self._given.name}-change", RULE_NAME_CHARACTERS),
            description="An authority was changed, disabled or deleted: was that Terraform?",
            pattern={
                "source": ["aws.acm-pca"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {
                    "eventName": CHANGES,
                    "requestParameters": {"certificateAuthorityArn": self._arns},
                },
            },
        )
