"""Who needs what of the queue, the ledger, the key of SendGrid, SES, and where events are kept."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.sendgrid.examples import FULL
from tests.modules.uses import ACCOUNT, Use, administers, logs_encrypt, takes_role, tls_only

KEY, LEDGER = "<aws_kms_key.mail[0].arn>", "<aws_dynamodb_table.ledger.arn>"
QUEUE = "<aws_sqs_queue.mail.arn>"
BUCKET = "<aws_s3_bucket.events.arn>"
SEALS = ["kms:Decrypt", "kms:GenerateDataKey"]
GIVEN = FULL.fallback


def through(service: str) -> dict[str, str]:
    """KMS is asked by a service for somebody."""
    return {"kms:ViaService": f"{service}.us-east-1.amazonaws.com"}


def runs(function: str) -> list[Use]:
    """What every function of the module needs: its logs, its dead letters, its key, its traces."""
    return [
        Use(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/prod-sendgrid-{function}:log-stream:x",
        ),
        Use("sqs:SendMessage", f"<aws_sqs_queue.{function}_dead_letters.arn>", elsewhere=[QUEUE]),
        Use(SEALS, KEY),
        Use(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]),
    ]


READS_KEY = [
    Use("secretsmanager:GetSecretValue", FULL.api_key.secret_arn),
    Use("kms:Decrypt", FULL.api_key.kms_key_arn, given=through("secretsmanager")),
]


def suppressed(action: str) -> list[Use]:
    """The table of suppressed addresses, under another module's key."""
    return [
        Use(action, GIVEN.suppression_table_arn),
        Use("kms:Decrypt", GIVEN.kms_key_arn, given=through("dynamodb")),
    ]


POLICIES = {
    **{f"aws_iam_role.{name}": takes_role("lambda.amazonaws.com") for name in ("deploy", "dispatcher", "webhook")},
    "aws_iam_role.events": takes_role("firehose.amazonaws.com"),
    "aws_iam_role_policy.dispatcher": [
        Use(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], QUEUE),
        Use(["dynamodb:GetItem", "dynamodb:UpdateItem"], LEDGER),
        *READS_KEY,
        *suppressed("dynamodb:GetItem"),
        Use(
            "ses:SendEmail",
            [GIVEN.identity_arn, GIVEN.configuration_set_arn],
            given={"ses:FromAddress": "claims@notify.example.com"},
        ),
        *runs("dispatcher"),
    ],
    "aws_iam_role_policy.deploy": [
        Use(["dynamodb:GetItem", "dynamodb:PutItem"], LEDGER),
        *READS_KEY,
        *runs("deploy"),
    ],
    "aws_iam_role_policy.webhook": [
        Use(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], LEDGER),
        *suppressed("dynamodb:UpdateItem"),
        Use("firehose:PutRecordBatch", "<aws_kinesis_firehose_delivery_stream.events.arn>"),
        *runs("webhook"),
    ],
    # https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
    "aws_iam_role_policy.events": [
        Use(["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], BUCKET),
        Use(["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], f"{BUCKET}/x"),
        Use(SEALS, KEY),
        Use(
            "logs:PutLogEvents",
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/kinesisfirehose/prod-sendgrid-events:log-stream:errors",
        ),
    ],
    "aws_kms_key.mail[0]": [administers(), logs_encrypt("/aws/lambda/prod-sendgrid-dispatcher")],
    "aws_s3_bucket_policy.events": tls_only(f"prod-sendgrid-events-{ACCOUNT}"),
    "aws_sqs_queue_policy.mail[0]": [
        Use(
            "sqs:SendMessage",
            QUEUE,
            given={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/claims-api"},
            by=Principal.aws(f"arn:aws:iam::{ACCOUNT}:root"),
        )
    ],
}
