"""Where SendGrid's events come in, and where they are kept: an HTTP API, a stream, a bucket, a table of Athena."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.apigatewayv2_api import Apigatewayv2Api
from cdktf_cdktf_provider_aws.apigatewayv2_integration import Apigatewayv2Integration
from cdktf_cdktf_provider_aws.apigatewayv2_route import Apigatewayv2Route
from cdktf_cdktf_provider_aws.apigatewayv2_stage import (
    Apigatewayv2Stage,
    Apigatewayv2StageAccessLogSettings,
    Apigatewayv2StageDefaultRouteSettings,
)
from cdktf_cdktf_provider_aws.cloudwatch_log_stream import CloudwatchLogStream
from cdktf_cdktf_provider_aws.glue_catalog_database import GlueCatalogDatabase
from cdktf_cdktf_provider_aws.glue_catalog_table import (
    GlueCatalogTable,
    GlueCatalogTableStorageDescriptor,
    GlueCatalogTableStorageDescriptorColumns,
    GlueCatalogTableStorageDescriptorSerDeInfo,
)
from cdktf_cdktf_provider_aws.kinesis_firehose_delivery_stream import (
    KinesisFirehoseDeliveryStream,
    KinesisFirehoseDeliveryStreamExtendedS3Configuration,
    KinesisFirehoseDeliveryStreamExtendedS3ConfigurationCloudwatchLoggingOptions,
    KinesisFirehoseDeliveryStreamServerSideEncryption,
)
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission

from groundplan.building import Bucket, Function, Key, account_id, log_group, private_bucket, service_role, tags
from groundplan.framework import Module, dependable, jsonencode, part_id, text

from . import access
from .inputs import SendgridInputs

__all__ = ["COLUMNS", "kept_events", "received_events"]

COLUMNS = {
    "event": "string",
    "email": "string",
    "timestamp": "bigint",
    "mail_id": "string",
    "sg_event_id": "string",
    "sg_message_id": "string",
    "reason": "string",
    "status": "string",
    "type": "string",
    "response": "string",
    "attempt": "string",
    "tls": "int",
    "ip": "string",
    "useragent": "string",
    "url": "string",
}
"""https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event"""
FIREHOSE_MEBIBYTES, FIREHOSE_SECONDS = 64, 300
REQUESTS_A_SECOND = 100


def kept_events(scope: Module[Any, Any], given: SendgridInputs, key: Key) -> tuple[Bucket, Any, str]:
    """The bucket, the stream into it, and the table as `database.table`."""
    bucket = private_bucket(
        scope,
        "events",
        given,
        name=f"{given.name}-events-{account_id(scope)}",
        key=key,
        expire_after_days=given.analytics.expire_after_days,
        force_destroy=given.analytics.force_destroy,
    )
    logs = log_group(scope, "events", given, name=f"/aws/kinesisfirehose/{given.name}-events", key=key)
    errors = CloudwatchLogStream(scope, "events", name="errors", log_group_name=logs.name)
    role = service_role(
        scope,
        "events",
        given,
        name=f"{given.name}-events",
        service="firehose.amazonaws.com",
        statements=access.streams(bucket.arn, key.arn, logs.arn),
    )
    stream = KinesisFirehoseDeliveryStream(
        scope,
        part_id("stream", "events"),
        name=f"{given.name}-events",
        destination="extended_s3",
        server_side_encryption=KinesisFirehoseDeliveryStreamServerSideEncryption(
            enabled=True, key_type="CUSTOMER_MANAGED_CMK", key_arn=key.arn
        ),
        extended_s3_configuration=KinesisFirehoseDeliveryStreamExtendedS3Configuration(
            role_arn=role.arn,
            bucket_arn=bucket.arn,
            kms_key_arn=key.arn,
            prefix="events/",
            error_output_prefix="errors/",
            compression_format="GZIP",
            buffering_size=FIREHOSE_MEBIBYTES,
            buffering_interval=FIREHOSE_SECONDS,
            cloudwatch_logging_options=KinesisFirehoseDeliveryStreamExtendedS3ConfigurationCloudwatchLoggingOptions(
                enabled=True, log_group_name=logs.name, log_stream_name=errors.name
            ),
        ),
        tags=tags(scope, given),
        depends_on=[dependable(role.policy)],
    )
    database = GlueCatalogDatabase(
        scope,
        part_id("database", "events"),
        # Athena takes no hyphen without quotes
        name=text("replace", f"{given.name}_events", "-", "_"),
        description=f"Events of mail of {given.name}",
        tags=tags(scope, given),
    )
    table = GlueCatalogTable(
        scope,
        part_id("table", "events"),
        name="events",
        database_name=database.name,
        table_type="EXTERNAL_TABLE",
        parameters={"classification": "json", "compressionType": "gzip"},
        storage_descriptor=GlueCatalogTableStorageDescriptor(
            location=f"s3://{bucket.name}/events/",
            input_format="org.apache.hadoop.mapred.TextInputFormat",
            output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            # https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
            ser_de_info=GlueCatalogTableStorageDescriptorSerDeInfo(
                serialization_library="org.openx.data.jsonserde.JsonSerDe",
                parameters={"ignore.malformed.json": "true"},
            ),
            columns=[GlueCatalogTableStorageDescriptorColumns(name=name, type=kind) for name, kind in COLUMNS.items()],
        ),
    )
    return bucket, stream, f"{database.name}.{table.name}"


def received_events(scope: Module[Any, Any], given: SendgridInputs, webhook: Function, key: Key) -> str:
    """The URL that SendGrid posts to: anybody may ask, and the function believes what is signed alone."""
    api = Apigatewayv2Api(
        scope,
        part_id("api", "webhook"),
        name=f"{given.name}-webhook",
        protocol_type="HTTP",
        description=f"Events of SendGrid for {given.name}",
        tags=tags(scope, given),
    )
    integration = Apigatewayv2Integration(
        scope,
        part_id("integration", "webhook"),
        api_id=api.id,
        integration_type="AWS_PROXY",
        integration_uri=webhook.arn,
        payload_format_version="2.0",
    )
    Apigatewayv2Route(
        scope,
        part_id("route", "webhook"),
        api_id=api.id,
        route_key="POST /events",
        target=f"integrations/{integration.id}",
    )
    logs = log_group(scope, "api", given, name=f"/aws/apigateway/{given.name}-webhook", key=key)
    Apigatewayv2Stage(
        scope,
        part_id("stage", "webhook"),
        api_id=api.id,
        name="$default",
        auto_deploy=True,
        access_log_settings=Apigatewayv2StageAccessLogSettings(
            destination_arn=logs.arn,
            format=jsonencode(
                {
                    "request": "$context.requestId",
                    "from": "$context.identity.sourceIp",
                    "at": "$context.requestTime",
                    "route": "$context.routeKey",
                    "status": "$context.status",
                }
            ),
        ),
        default_route_settings=Apigatewayv2StageDefaultRouteSettings(
            detailed_metrics_enabled=True,
            throttling_rate_limit=REQUESTS_A_SECOND,
            throttling_burst_limit=2 * REQUESTS_A_SECOND,
        ),
        tags=tags(scope, given),
    )
    LambdaPermission(
        scope,
        part_id("permission", "webhook"),
        statement_id="Invoke",
        action="lambda:InvokeFunction",
        function_name=webhook.name,
        principal="apigateway.amazonaws.com",
        source_arn=f"{api.execution_arn}/$default/POST/events",
    )
    return f"{api.api_endpoint}/events"
