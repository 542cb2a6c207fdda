"""Who needs what of SES, of its topics, of the queue and the table of what came back."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Use, administers, logs_encrypt, takes_role

SES, SNS = Principal.service("ses.amazonaws.com"), Principal.service("sns.amazonaws.com")
REGIONS = ("us-east-1", "us-west-2")
FUNCTION = "prod-ses-feedback"
KEY = "<aws_kms_key.email[0].arn>"
QUEUE, LETTERS = "<aws_sqs_queue.feedback.arn>", "<aws_sqs_queue.feedback_dead_letters.arn>"
SEALS = ["kms:Decrypt", "kms:GenerateDataKey"]


def named(kind: str, name: str) -> list[str]:
    """A thing of SES in each region."""
    return [f"arn:aws:ses:{where}:{ACCOUNT}:{kind}/{name}" for where in REGIONS]


def sends(address: str, other: str) -> list[Use]:
    """Mail as one address, of the domain and by its configuration set, and not as another."""
    things = [*named("identity", "notify.example.com"), *named("configuration-set", "prod-ses")]
    others = [*named("identity", "example.com"), *named("configuration-set", "dev-ses")]
    mails = ["ses:SendBulkEmail", "ses:SendEmail"]
    sent = {"ses:FromAddress": address}
    return [Use(mails, things, also=sent, elsewhere=others, refused_with=[{"ses:FromAddress": other}])]


POLICIES = {
    'aws_iam_policy.sender["claims"]': sends("claims@notify.example.com", "payments@notify.example.com"),
    'aws_iam_policy.sender["dispatcher"]': sends("anybody@notify.example.com", "anybody@example.com"),
    "aws_iam_role.feedback": takes_role("lambda.amazonaws.com"),
    "aws_iam_role.streams[0]": takes_role("ses.amazonaws.com"),
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    "aws_iam_role_policy.feedback": [
        Use(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], QUEUE, elsewhere=[LETTERS]),
        Use(["dynamodb:PutItem", "dynamodb:UpdateItem"], "<aws_dynamodb_table.suppression.arn>"),
        *(Use("ses:PutSuppressedDestination", given={"aws:RequestedRegion": where}) for where in REGIONS),
        Use(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/{FUNCTION}:log-stream:x",
        ),
        Use("sqs:SendMessage", LETTERS, elsewhere=[QUEUE]),
        # its queues and its settings
        Use(SEALS, KEY),
        Use(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]),
    ],
    "aws_iam_role_policy.streams[0]": [
        Use("firehose:PutRecordBatch", f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/prod-mail"),
    ],
    "aws_kms_key.email[0]": [
        administers(),
        Use(SEALS, by=SNS, given={"aws:SourceAccount": ACCOUNT}),
        logs_encrypt(f"/aws/lambda/{FUNCTION}"),
    ],
    **{
        f'aws_kms_key.topics["{where}"]': [administers(), Use(SEALS, by=SES, given={"aws:SourceAccount": ACCOUNT})]
        for where in REGIONS
    },
    **{
        f'aws_sns_topic_policy.feedback["{where}"]': [
            Use(
                "sns:Publish",
                f'<aws_sns_topic.feedback["{where}"].arn>',
                by=SES,
                given={
                    "aws:SourceAccount": ACCOUNT,
                    "aws:SourceArn": f"arn:aws:ses:{where}:{ACCOUNT}:configuration-set/prod-ses",
                },
            )
        ]
        for where in REGIONS
    },
    "aws_sqs_queue_policy.feedback": [
        Use("sqs:SendMessage", QUEUE, by=SNS, given={"aws:SourceArn": f'<aws_sns_topic.feedback["{where}"].arn>'})
        for where in REGIONS
    ],
}
