"""Who may do what: SES to its topics and streams, the topics to the queue, the function to the table, and senders."""

from __future__ import annotations

from typing import Any

from groundplan.building import account_id, service_use
from groundplan.framework import Module, each, is_set
from groundplan.iam import Principal, Statement, allow

from . import places
from .inputs import Sender, SesInputs

__all__ = ["feedback", "key_policy", "queue_policy", "sends", "streams", "topic_key_policy", "topic_policy"]


def key_policy(scope: Module[Any, Any]) -> list[Statement]:
    """SNS puts into the queue what is encrypted with the key.

    https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
    """
    return [service_use(scope, "sns.amazonaws.com", sid="TopicsToQueue")]


def topic_key_policy(scope: Module[Any, Any]) -> list[Statement]:
    """SES publishes to topics that are encrypted with the key.

    https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html
    """
    return [service_use(scope, "ses.amazonaws.com", sid="EventsToTopics")]


def topic_policy(scope: Module[Any, Any], given: SesInputs, where: str) -> list[Statement]:
    """SES publishes what comes back of the module's own mail, and nobody else publishes anything."""
    return [
        allow(
            "sns:Publish",
            on=places.topic_arn(scope, given, where),
            principals=Principal.service("ses.amazonaws.com"),
            when={
                "StringEquals": {
                    "aws:SourceAccount": account_id(scope),
                    "aws:SourceArn": places.configuration_set_arn(scope, given, where),
                }
            },
            sid="EventsOfMail",
        )
    ]


def queue_policy(scope: Module[Any, Any], given: SesInputs) -> list[Statement]:
    """The topics of all regions put into the one queue."""
    topics = each(given.regions).documents(lambda where, _: places.topic_arn(scope, given, where))
    return [
        allow(
            "sqs:SendMessage",
            on=places.queue_arn(scope, given),
            principals=Principal.service("sns.amazonaws.com"),
            when={"ArnEquals": {"aws:SourceArn": topics}},
            sid="FeedbackOfTopics",
        )
    ]


def feedback(scope: Module[Any, Any], given: SesInputs, table_arn: str) -> list[Statement]:
    """What the function needs: its queue, the table, and the suppression lists, which are no resources to IAM.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
    """
    return [
        allow(
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            on=places.queue_arn(scope, given),
            sid="TakeFeedback",
        ),
        allow("dynamodb:PutItem", "dynamodb:UpdateItem", on=table_arn, sid="RecordFeedback"),
        allow(
            "ses:PutSuppressedDestination",
            on="*",
            when={"StringEquals": {"aws:RequestedRegion": each(given.regions).documents(lambda where, _: where)}},
            sid="SuppressAddresses",
        ),
    ]


def sends(scope: Module[Any, Any], given: SesInputs, sender: Sender) -> list[Statement]:
    """Mail as the sender's own addresses, in any of the regions, by the configuration set that tracks it.

    https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
    """
    regions = each(given.regions)
    return [
        allow(
            "ses:SendBulkEmail",
            "ses:SendEmail",
            on=regions.documents(lambda where, _: places.identity_arn(scope, given, where)),
            when={"StringLike": {"ses:FromAddress": sender.from_addresses}},
            sid="SendAsOwnAddresses",
        ),
        allow(
            "ses:SendBulkEmail",
            "ses:SendEmail",
            on=regions.documents(lambda where, _: places.configuration_set_arn(scope, given, where)),
            when={"StringLike": {"ses:FromAddress": sender.from_addresses}},
            sid="SendByConfigurationSet",
        ),
    ]


def streams(given: SesInputs) -> list[Statement]:
    """What SES needs to put events into the streams.

    https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-firehose.html
    """
    named = each(given.regions).where(lambda s: is_set(s.firehose_stream_arn))
    return [
        allow(
            "firehose:PutRecordBatch",
            on=named.documents(lambda _, s: s.firehose_stream_arn),
            sid="EventsToStreams",
        )
    ]
