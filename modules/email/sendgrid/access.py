"""Who may do what: who puts mail into the queue, the dispatcher, the webhook, and the stream of events."""

from __future__ import annotations

from typing import Any

from groundplan.building import account_id, partition, region, service_name
from groundplan.framework import Module
from groundplan.iam import Principal, Statement, allow

from .inputs import SendgridInputs

__all__ = ["deploys", "dispatches", "produces", "queue_arn", "queue_policy", "receives", "streams"]


def queue_arn(scope: Module[Any, Any], given: SendgridInputs) -> str:
    """The queue of mails; made of its name, so that it is known when Terraform plans."""
    return f"arn:{partition(scope)}:sqs:{region(scope)}:{account_id(scope)}:{given.name}-mail"


def produces(scope: Module[Any, Any], given: SendgridInputs, key_arn: str) -> list[Statement]:
    """Puts mail into the queue.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    return [
        allow("sqs:GetQueueUrl", "sqs:SendMessage", on=queue_arn(scope, given), sid="PutMail"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="EncryptMail"),
    ]


def queue_policy(scope: Module[Any, Any], given: SendgridInputs) -> list[Statement]:
    """The named roles put mail into it."""
    return [
        allow(
            "sqs:SendMessage",
            on=queue_arn(scope, given),
            principals=Principal.aws(f"arn:{partition(scope)}:iam::{account_id(scope)}:root"),
            when={"ArnEquals": {"aws:PrincipalArn": given.producer_role_arns}},
            sid="MailOfProducers",
        )
    ]


def dispatches(scope: Module[Any, Any], given: SendgridInputs, ledger_arn: str) -> list[Statement]:
    """Takes mail, knows what became of it, reads the key, asks who is suppressed, and sends by SES."""
    fallback = given.fallback
    return [
        allow(
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            on=queue_arn(scope, given),
            sid="TakeMail",
        ),
        allow("dynamodb:GetItem", "dynamodb:UpdateItem", on=ledger_arn, sid="KeepLedger"),
        *_reads_key(scope, given),
        *_asks(scope, given, "dynamodb:GetItem"),
        allow(
            "ses:SendEmail",
            on=[fallback.identity_arn, fallback.configuration_set_arn],
            when={"StringEquals": {"ses:FromAddress": given.sender}},
            sid="SendBySes",
        ),
    ]


def deploys(scope: Module[Any, Any], given: SendgridInputs, ledger_arn: str) -> list[Statement]:
    """Keeps templates, and reads the key to push them."""
    return [
        allow("dynamodb:GetItem", "dynamodb:PutItem", on=ledger_arn, sid="KeepTemplates"),
        *_reads_key(scope, given),
    ]


def _reads_key(scope: Module[Any, Any], given: SendgridInputs) -> list[Statement]:
    return [
        allow("secretsmanager:GetSecretValue", on=given.api_key.secret_arn, sid="ReadKey"),
        allow(
            "kms:Decrypt",
            on=given.api_key.kms_key_arn,
            when={"StringEquals": {"kms:ViaService": service_name(scope, "secretsmanager")}},
            sid="DecryptKey",
        ),
    ]


def _asks(scope: Module[Any, Any], given: SendgridInputs, action: str) -> list[Statement]:
    return [
        allow(action, on=given.fallback.suppression_table_arn, sid="SuppressedAddresses"),
        allow(
            "kms:Decrypt",
            on=given.fallback.kms_key_arn,
            when={"StringEquals": {"kms:ViaService": service_name(scope, "dynamodb")}},
            sid="DecryptSuppressedAddresses",
        ),
    ]


def receives(scope: Module[Any, Any], given: SendgridInputs, ledger_arn: str, stream_arn: str) -> list[Statement]:
    """Tells the ledger what was taken, suppresses addresses, and hands events on."""
    return [
        allow("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", on=ledger_arn, sid="KeepLedger"),
        *_asks(scope, given, "dynamodb:UpdateItem"),
        allow("firehose:PutRecordBatch", on=stream_arn, sid="HandOnEvents"),
    ]


def streams(bucket_arn: str, key_arn: str, log_group_arn: str) -> list[Statement]:
    """Puts events into the bucket, and says what went wrong.

    https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
    """
    return [
        allow("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads", on=bucket_arn, sid="SeeBucket"),
        allow("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject", on=f"{bucket_arn}/*", sid="KeepEvents"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key_arn, sid="EncryptEvents"),
        allow("logs:PutLogEvents", on=f"{log_group_arn}:*", sid="Logs"),
    ]
