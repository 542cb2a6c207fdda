"""What the module makes: a queue of mails, what sends them by one way or the other, and what hears of them."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
    DynamodbTableTtl,
)
from cdktf_cdktf_provider_aws.lambda_event_source_mapping import LambdaEventSourceMapping
from cdktf_cdktf_provider_aws.lambda_invocation import LambdaInvocation
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy

from groundplan.building import Function, Key, account_id, dns_suffix, encryption_key, function, logs_use, region, tags
from groundplan.framework import Module, dependable, each, jsonencode, not_empty, part_id, text, when
from groundplan.iam import document

from . import access
from .alarms import alarms
from .dns import dns_records, records
from .events import kept_events, received_events
from .inputs import SendgridInputs, SendgridOutputs

__all__ = ["Sendgrid"]

NAMESPACE = "Groundplan/Email"
DISPATCHER_TIMEOUT_SECONDS = 120
BATCH = 5
"""Mails that one invocation takes: each may wait for SendGrid's limit, its answer, and SES."""
LEASE_SECONDS = 240
"""Longer than an invocation can be at a mail."""
TRIES = 20
"""Each waits for the visibility timeout: four hours, in which SES or SendGrid may be back."""


class Sendgrid(Module[SendgridInputs, SendgridOutputs]):
    """Sends mail by SendGrid, by SES when SendGrid does not take it, and each mail once."""

    def build(self, given: SendgridInputs) -> SendgridOutputs:
        """The records, the queue and what takes from it, the templates, what hears of events, who is told."""
        key = encryption_key(
            self,
            "mail",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"Mail of {given.name}, and what became of it",
            statements=[logs_use(self, "/aws/")],
        )
        records(self, given)
        ledger = DynamodbTable(
            self,
            "ledger",
            name=f"{given.name}-ledger",
            billing_mode="PAY_PER_REQUEST",
            hash_key="id",
            attribute=[DynamodbTableAttribute(name="id", type="S")],
            ttl=DynamodbTableTtl(attribute_name="expires_at", enabled=True),
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True, kms_key_arn=key.arn),
            deletion_protection_enabled=given.deletion_protection,
            tags=tags(self, given, {"BackupTier": "standard"}),
        )
        dispatcher, queue = self._dispatcher(given, key, ledger)
        self._templates(given, key, ledger)
        bucket, stream, table = kept_events(self, given, key)
        webhook = function(
            self,
            "webhook",
            given,
            folder="webhook",
            name=f"{given.name}-webhook",
            description="Takes the events that SendGrid signs",
            statements=access.receives(self, given, ledger.arn, stream.arn),
            key=key,
            timeout_seconds=30,
            environment={
                "LEDGER_TABLE": ledger.name,
                "SUPPRESSION_TABLE": _name_of(given.fallback.suppression_table_arn),
                "STREAM_NAME": stream.name,
                "WEBHOOK_PUBLIC_KEY": given.webhook_public_key,
                "TOLERANCE_SECONDS": f"{given.webhook_tolerance_seconds}",
            },
            metrics_namespace=NAMESPACE,
        )
        url = received_events(self, given, webhook, key)
        alarms(self, given, dispatcher, webhook, NAMESPACE)
        return SendgridOutputs(
            queue_url=queue.url,
            queue_arn=access.queue_arn(self, given),
            producer_policy=jsonencode(document(*access.produces(self, given, key.arn))),
            webhook_url=url,
            dns_records=dns_records(given),
            ledger_table_name=ledger.name,
            dispatcher_role_arn=dispatcher.role.arn,
            events_bucket_name=bucket.name,
            events_table=table,
            kms_key_arn=key.arn,
        )

    def _environment(self, given: SendgridInputs, ledger: DynamodbTable) -> dict[str, str]:
        """What the dispatcher reads, of one entry and of the other."""
        return {
            "API_KEY_SECRET": given.api_key.secret_arn,
            "CIRCUIT_COOLDOWN_SECONDS": f"{given.circuit.cooldown_seconds}",
            "CIRCUIT_FAILURES": f"{given.circuit.failures}",
            "CONFIGURATION_SET": _name_of(given.fallback.configuration_set_arn),
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "LEDGER_TABLE": ledger.name,
            "RATE_BUDGET_SECONDS": f"{given.rate_budget_seconds}",
            "RETENTION_DAYS": f"{given.ledger_retention_days}",
            "SENDER": given.sender,
            "SENDGRID_URL": given.api_url,
            "SUPPRESSION_TABLE": _name_of(given.fallback.suppression_table_arn),
            "TIMEOUT_SECONDS": f"{given.timeout_seconds}",
            "UNCERTAIN_SECONDS": f"{given.uncertain_seconds}",
        }

    def _dispatcher(self, given: SendgridInputs, key: Key, ledger: DynamodbTable) -> tuple[Function, SqsQueue]:
        """The queue of mails, and the function that takes from it."""
        made = function(
            self,
            "dispatcher",
            given,
            folder="dispatcher",
            handler="dispatcher.handler.handle",
            name=f"{given.name}-dispatcher",
            description="Sends mail by SendGrid, and by SES when SendGrid does not take it",
            statements=access.dispatches(self, given, ledger.arn),
            key=key,
            timeout_seconds=DISPATCHER_TIMEOUT_SECONDS,
            environment={
                **self._environment(given, ledger),
                "DEAD_LETTERS_URL": f"https://sqs.{region(self)}.{dns_suffix(self)}/{account_id(self)}/"
                f"{given.name}-dispatcher-dlq",
            },
            metrics_namespace=NAMESPACE,
        )
        queue = SqsQueue(
            self,
            part_id("queue", "mail"),
            name=f"{given.name}-mail",
            kms_master_key_id=key.arn,
            message_retention_seconds=1209600,
            # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
            visibility_timeout_seconds=6 * DISPATCHER_TIMEOUT_SECONDS,
            redrive_policy=jsonencode({"deadLetterTargetArn": made.dead_letters.arn, "maxReceiveCount": TRIES}),
            tags=tags(self, given),
        )
        when(not_empty(given.producer_role_arns))(
            SqsQueuePolicy,
            self,
            part_id("queue_policy", "mail"),
            queue_url=queue.url,
            policy=jsonencode(document(*access.queue_policy(self, given))),
        )
        LambdaEventSourceMapping(
            self,
            part_id("mapping", "mail"),
            event_source_arn=queue.arn,
            function_name=made.arn,
            batch_size=BATCH,
            function_response_types=["ReportBatchItemFailures"],
            tags=tags(self, given),
            depends_on=[dependable(made.role.policy)],
        )
        return made, queue

    def _templates(self, given: SendgridInputs, key: Key, ledger: DynamodbTable) -> None:
        """The deploy step: each template that is new is kept, and pushed to SendGrid."""
        deploy = function(
            self,
            "deploy",
            given,
            folder="dispatcher",
            handler="dispatcher.handler.deploy",
            name=f"{given.name}-deploy",
            description="Keeps new templates, and pushes them to SendGrid",
            statements=access.deploys(self, given, ledger.arn),
            key=key,
            timeout_seconds=60,
            environment=self._environment(given, ledger),
            metrics_namespace=NAMESPACE,
        )
        templates = each(given.templates)
        templates(
            LambdaInvocation,
            self,
            "template",
            function_name=deploy.name,
            input=jsonencode(
                {
                    "name": templates.key,
                    "subject": templates.value.subject,
                    "html": templates.value.html,
                    "text": templates.value.text,
                }
            ),
            depends_on=[dependable(deploy.role.policy)],
        )


def _name_of(arn: str) -> Any:
    """The name at the end of an ARN."""
    return text("element", f'${{split("/", {arn})}}', 1)
