"""What the module makes: a domain that mail is sent from, what it is believed by, and what takes what comes back."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
    DynamodbTableTtl,
)
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.lambda_event_source_mapping import LambdaEventSourceMapping
from cdktf_cdktf_provider_aws.sesv2_account_suppression_attributes import Sesv2AccountSuppressionAttributes
from cdktf_cdktf_provider_aws.sesv2_account_vdm_attributes import (
    Sesv2AccountVdmAttributes,
    Sesv2AccountVdmAttributesDashboardAttributes,
    Sesv2AccountVdmAttributesGuardianAttributes,
)
from cdktf_cdktf_provider_aws.sesv2_configuration_set import (
    Sesv2ConfigurationSet,
    Sesv2ConfigurationSetDeliveryOptions,
    Sesv2ConfigurationSetReputationOptions,
    Sesv2ConfigurationSetSendingOptions,
    Sesv2ConfigurationSetSuppressionOptions,
)
from cdktf_cdktf_provider_aws.sesv2_configuration_set_event_destination import (
    Sesv2ConfigurationSetEventDestination,
    Sesv2ConfigurationSetEventDestinationEventDestination,
    Sesv2ConfigurationSetEventDestinationEventDestinationEventBridgeDestination,
    Sesv2ConfigurationSetEventDestinationEventDestinationKinesisFirehoseDestination,
    Sesv2ConfigurationSetEventDestinationEventDestinationSnsDestination,
)
from cdktf_cdktf_provider_aws.sesv2_email_identity import (
    Sesv2EmailIdentity,
    Sesv2EmailIdentityDkimSigningAttributes,
)
from cdktf_cdktf_provider_aws.sesv2_email_identity_feedback_attributes import Sesv2EmailIdentityFeedbackAttributes
from cdktf_cdktf_provider_aws.sesv2_email_identity_mail_from_attributes import Sesv2EmailIdentityMailFromAttributes
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy

from groundplan.building import (
    Function,
    Key,
    account_id,
    encryption_key,
    function,
    logs_use,
    partition,
    region,
    service_role,
    tags,
)
from groundplan.framework import (
    Module,
    dependable,
    each,
    expression_of,
    fitted,
    is_set,
    jsonencode,
    not_empty,
    part_id,
    present,
)
from groundplan.iam import document

from . import access, places
from .alarms import feedback_alarms, reputation_alarms
from .dns import dns_records, records
from .inputs import SesInputs, SesOutputs

__all__ = ["Ses"]

POLICY_NAME_CHARACTERS = 128
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
NAMESPACE = "Groundplan/Email"
SUPPRESSED = ["BOUNCE", "COMPLAINT"]
EVERY_EVENT = ["BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "REJECT", "RENDERING_FAILURE", "SEND"]
"""Without what people open and click, which SES would put an image and other links into mail for."""
TRIES = 5
FUNCTION_TIMEOUT_SECONDS = 60


class Ses(Module[SesInputs, SesOutputs]):
    """Sends mail of a domain by Amazon SES: signed, encrypted on its way, and never again to who does not want it."""

    def build(self, given: SesInputs) -> SesOutputs:
        """The domain in each region, its records, what takes feedback, who may send, who is told."""
        here = region(self)
        self.validate(
            "regions",
            condition=f"${{contains(keys(var.regions), {expression_of(here)})}}",
            message=f"regions: must have {here}, where the module is called: what comes back is taken there",
        )
        key = encryption_key(
            self,
            "email",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"What came back of mail, and who gets none, of {given.name}",
            statements=[*access.key_policy(self), logs_use(self, f"/aws/lambda/{given.name}-")],
        )
        self._account(given)
        self._domain(given)
        records(self, given)
        table = self._table(given, key)
        feedback = self._feedback(given, key, table)
        reputation_alarms(self, given)
        feedback_alarms(self, given, feedback)

        senders = each(given.senders)
        policy = senders(
            IamPolicy,
            self,
            "sender",
            name=fitted(f"{given.name}-send-{senders.key}", POLICY_NAME_CHARACTERS),
            description=f"Sends mail of {given.domain} as {senders.key}",
            policy=jsonencode(document(*access.sends(self, given, senders.value))),
            tags=tags(self, given),
        )
        regions = each(given.regions)
        return SesOutputs(
            domain=given.domain,
            identity_arns=regions.document(lambda where, _: places.identity_arn(self, given, where)),
            configuration_set_name=given.name,
            configuration_set_arns=regions.document(lambda where, _: places.configuration_set_arn(self, given, where)),
            dns_records=dns_records(given),
            sender_policy_arns=policy.all("arn"),
            sender_policies=policy.all("policy"),
            suppression_table_name=table.name,
            suppression_table_arn=table.arn,
            kms_key_arn=key.arn,
            feedback_function_arn=feedback.arn,
            feedback_topic_arns=regions.document(lambda where, _: places.topic_arn(self, given, where)),
        )

    def _account(self, given: SesInputs) -> None:
        """What an account has once a region."""
        regions = each(given.regions).where(lambda _: given.account_suppression)
        regions(
            Sesv2AccountSuppressionAttributes,
            self,
            part_id("suppression", "account"),
            region=regions.key,
            suppressed_reasons=SUPPRESSED,
        )
        watched = each(given.regions).where(lambda _: given.deliverability_manager)
        watched(
            Sesv2AccountVdmAttributes,
            self,
            part_id("deliverability", "account"),
            region=watched.key,
            vdm_enabled="ENABLED",
            dashboard_attributes=Sesv2AccountVdmAttributesDashboardAttributes(engagement_metrics="ENABLED"),
            guardian_attributes=Sesv2AccountVdmAttributesGuardianAttributes(optimized_shared_delivery="ENABLED"),
        )

    def _domain(self, given: SesInputs) -> None:
        """The identity, its signature and its envelope's sender, and how mail of it is sent and followed."""
        regions = each(given.regions)
        mail = regions(
            Sesv2ConfigurationSet,
            self,
            "mail",
            region=regions.key,
            configuration_set_name=given.name,
            delivery_options=Sesv2ConfigurationSetDeliveryOptions(
                tls_policy="REQUIRE", max_delivery_seconds=given.max_delivery_seconds
            ),
            reputation_options=Sesv2ConfigurationSetReputationOptions(reputation_metrics_enabled=True),
            sending_options=Sesv2ConfigurationSetSendingOptions(sending_enabled=True),
            suppression_options=Sesv2ConfigurationSetSuppressionOptions(suppressed_reasons=SUPPRESSED),
            tags=tags(self, given),
        )
        domain = regions(
            Sesv2EmailIdentity,
            self,
            "domain",
            region=regions.key,
            email_identity=given.domain,
            configuration_set_name=mail.here.configuration_set_name,
            dkim_signing_attributes=Sesv2EmailIdentityDkimSigningAttributes(next_signing_key_length="RSA_2048_BIT"),
            tags=tags(self, given),
        )
        regions(
            Sesv2EmailIdentityMailFromAttributes,
            self,
            part_id("mail_from", "domain"),
            region=regions.key,
            email_identity=domain.here.email_identity,
            # mail with SES's own envelope would not be of the domain to SPF
            behavior_on_mx_failure="REJECT_MESSAGE",
            mail_from_domain=f"{regions.value.mail_from}.{given.domain}",
        )
        # the topic tells of bounces; without it SES would send them to whoever sent the mail
        regions(
            Sesv2EmailIdentityFeedbackAttributes,
            self,
            part_id("forwarding", "domain"),
            region=regions.key,
            email_identity=domain.here.email_identity,
            email_forwarding_enabled=False,
        )
        self._destinations(given, mail)

    def _destinations(self, given: SesInputs, mail: Any) -> None:
        """The topic of bounces and complaints, the event bus, and the stream of everything."""
        regions = each(given.regions)
        topics_key = encryption_key(
            self,
            "topics",
            given,
            name=f"{given.name}-topics",
            purpose=f"Topics of {given.name} that bounces and complaints go through",
            statements=access.topic_key_policy(self),
            region=regions.key,
            only_when=regions,
        )
        topic = regions(
            SnsTopic,
            self,
            part_id("topic", "feedback"),
            region=regions.key,
            name=f"{given.name}-feedback",
            kms_master_key_id=topics_key.arn,
            tags=tags(self, given),
        )
        allowed = regions(
            SnsTopicPolicy,
            self,
            part_id("topic_policy", "feedback"),
            region=regions.key,
            arn=topic.here.arn,
            policy=jsonencode(document(*access.topic_policy(self, given, regions.key))),
        )
        regions(
            Sesv2ConfigurationSetEventDestination,
            self,
            part_id("destination", "feedback"),
            region=regions.key,
            configuration_set_name=mail.here.configuration_set_name,
            event_destination_name="feedback",
            event_destination=Sesv2ConfigurationSetEventDestinationEventDestination(
                enabled=True,
                matching_event_types=["BOUNCE", "COMPLAINT", "REJECT"],
                sns_destination=Sesv2ConfigurationSetEventDestinationEventDestinationSnsDestination(
                    topic_arn=topic.here.arn
                ),
            ),
            depends_on=[dependable(allowed)],
        )
        told = regions.where(lambda _: not_empty(given.event_bus_events))
        told(
            Sesv2ConfigurationSetEventDestination,
            self,
            part_id("destination", "bus"),
            region=told.key,
            configuration_set_name=mail.at(told.key).configuration_set_name,
            event_destination_name="bus",
            event_destination=Sesv2ConfigurationSetEventDestinationEventDestination(
                enabled=True,
                matching_event_types=given.event_bus_events,
                # SES publishes to the default bus only:
                # https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-event-bridge.html
                event_bridge_destination=Sesv2ConfigurationSetEventDestinationEventDestinationEventBridgeDestination(
                    event_bus_arn=f"arn:{partition(self)}:events:{told.key}:{account_id(self)}:event-bus/default"
                ),
            ),
        )
        streamed = each(given.regions).where(lambda s: is_set(s.firehose_stream_arn))
        role = service_role(
            self,
            "streams",
            given,
            name=f"{given.name}-streams",
            service="ses.amazonaws.com",
            statements=access.streams(given),
            only_when=not_empty(streamed.documents(lambda where, _: where)),
        )
        streamed(
            Sesv2ConfigurationSetEventDestination,
            self,
            part_id("destination", "stream"),
            region=streamed.key,
            configuration_set_name=mail.at(streamed.key).configuration_set_name,
            event_destination_name="stream",
            event_destination=Sesv2ConfigurationSetEventDestinationEventDestination(
                enabled=True,
                matching_event_types=EVERY_EVENT,
                kinesis_firehose_destination=(
                    Sesv2ConfigurationSetEventDestinationEventDestinationKinesisFirehoseDestination(
                        delivery_stream_arn=present(streamed.value.firehose_stream_arn), iam_role_arn=role.arn
                    )
                ),
            ),
            depends_on=[dependable(role.policy)],
        )

    def _table(self, given: SesInputs, key: Key) -> DynamodbTable:
        """Who gets no mail, and why: an address, and what came back of it."""
        return DynamodbTable(
            self,
            "suppression",
            name=f"{given.name}-suppression",
            billing_mode="PAY_PER_REQUEST",
            hash_key="address",
            range_key="event",
            attribute=[DynamodbTableAttribute(name=name, type="S") for name in ("address", "event")],
            ttl=DynamodbTableTtl(attribute_name="expires_at", enabled=True),
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True, kms_key_arn=key.arn),
            deletion_protection_enabled=given.deletion_protection,
            tags=tags(self, given, {"BackupTier": "critical"}),
        )

    def _feedback(self, given: SesInputs, key: Key, table: DynamodbTable) -> Function:
        """The queue that all topics end in, and the function that takes from it."""
        made = function(
            self,
            "feedback",
            given,
            folder="feedback",
            name=f"{given.name}-feedback",
            description="Records bounces and complaints, and suppresses their addresses",
            statements=access.feedback(self, given, table.arn),
            key=key,
            timeout_seconds=FUNCTION_TIMEOUT_SECONDS,
            environment={
                "TABLE_NAME": table.name,
                "REGIONS": jsonencode(each(given.regions).documents(lambda where, _: where)),
                "RETENTION_DAYS": f"{given.feedback_retention_days}",
            },
            metrics_namespace=NAMESPACE,
        )
        queue = SqsQueue(
            self,
            part_id("queue", "feedback"),
            name=f"{given.name}-feedback",
            kms_master_key_id=key.arn,
            message_retention_seconds=1209600,
            # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
            visibility_timeout_seconds=6 * FUNCTION_TIMEOUT_SECONDS,
            redrive_policy=jsonencode({"deadLetterTargetArn": made.dead_letters.arn, "maxReceiveCount": TRIES}),
            tags=tags(self, given),
        )
        allowed = SqsQueuePolicy(
            self,
            part_id("queue_policy", "feedback"),
            queue_url=queue.url,
            policy=jsonencode(document(*access.queue_policy(self, given))),
        )
        regions = each(given.regions)
        regions(
            SnsTopicSubscription,
            self,
            part_id("subscription", "feedback"),
            region=regions.key,
            topic_arn=f"${{aws_sns_topic.feedback[{expression_of(regions.key)}].arn}}",
            protocol="sqs",
            endpoint=queue.arn,
            raw_message_delivery=True,
            depends_on=[dependable(allowed)],
        )
        LambdaEventSourceMapping(
            self,
            part_id("mapping", "feedback"),
            event_source_arn=queue.arn,
            function_name=made.arn,
            batch_size=10,
            function_response_types=["ReportBatchItemFailures"],
            tags=tags(self, given),
            depends_on=[dependable(made.role.policy)],
        )
        return made
