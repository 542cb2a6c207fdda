"""What bills are told by, and bills line by line for Athena."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.athena_named_query import AthenaNamedQuery
from cdktf_cdktf_provider_aws.athena_workgroup import (
    AthenaWorkgroup,
    AthenaWorkgroupConfiguration,
    AthenaWorkgroupConfigurationResultConfiguration,
    AthenaWorkgroupConfigurationResultConfigurationEncryptionConfiguration,
)
from cdktf_cdktf_provider_aws.bcmdataexports_export import (
    BcmdataexportsExport,
    BcmdataexportsExportExport,
    BcmdataexportsExportExportDataQuery,
    BcmdataexportsExportExportDestinationConfigurations,
    BcmdataexportsExportExportDestinationConfigurationsS3Destination,
    BcmdataexportsExportExportDestinationConfigurationsS3DestinationS3OutputConfigurations,
    BcmdataexportsExportExportRefreshCadence,
)
from cdktf_cdktf_provider_aws.ce_cost_allocation_tag import CeCostAllocationTag
from cdktf_cdktf_provider_aws.ce_cost_category import CeCostCategory
from cdktf_cdktf_provider_aws.glue_catalog_database import GlueCatalogDatabase
from cdktf_cdktf_provider_aws.glue_catalog_table import (
    GlueCatalogTable,
    GlueCatalogTablePartitionKeys,
    GlueCatalogTableStorageDescriptor,
    GlueCatalogTableStorageDescriptorColumns,
    GlueCatalogTableStorageDescriptorSerDeInfo,
)

from groundplan.building import Key, account_id, global_region, partition, private_bucket, region, tags
from groundplan.framework import (
    Module,
    calculated,
    choose,
    dependable,
    each_name,
    is_set,
    part_id,
    present,
    text,
    when,
)
from groundplan.framework.references import MapReference

from . import access
from .inputs import SavingsInputs

__all__ = ["COLUMNS", "QUERY", "bills", "export"]

COLUMNS = {
    "bill_payer_account_id": "string",
    "line_item_usage_account_id": "string",
    "line_item_usage_start_date": "timestamp",
    "line_item_line_item_type": "string",
    "line_item_product_code": "string",
    "line_item_usage_type": "string",
    "line_item_operation": "string",
    "line_item_resource_id": "string",
    "line_item_usage_amount": "double",
    "line_item_currency_code": "string",
    "line_item_unblended_cost": "double",
    "pricing_public_on_demand_cost": "double",
    "product_region_code": "string",
    "reservation_effective_cost": "double",
    "savings_plan_savings_plan_effective_cost": "double",
    "resource_tags": "map<string,string>",
    "cost_category": "map<string,string>",
}
"""What is exported of CUR 2.0, and its types in Parquet.

https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html
"""
QUERY = " ".join(["SELECT", ", ".join(COLUMNS), "FROM COST_AND_USAGE_REPORT"])
PREFIX = "bills"


def bills(scope: Module[Any, Any], given: SavingsInputs) -> None:
    """Tags and the category of families, of the account that gets the bills."""
    wanted, said = is_set(given.bills), present(given.bills)
    tagged = each_name(choose(wanted, said.allocation_tags, []))
    active = tagged(CeCostAllocationTag, scope, part_id("tag", "allocation"), tag_key=tagged.key, status="Active")
    when(wanted)(
        CeCostCategory,
        scope,
        part_id("category", "family"),
        name=said.category_name,
        rule_version="CostCategoryExpression.v1",
        default_value="other",
        rule=[],
        tags=tags(scope, given),
        # it asks for a tag that bills are told by
        depends_on=[dependable(active)],
    ).having(
        "rule",
        choose(wanted, said.families, MapReference("{}")),
        lambda family: {
            "value": family.key,
            "type": "REGULAR",
            "rule": [{"tags": [{"key": "Service", "values": family.value, "match_options": ["EQUALS"]}]}],
        },
    )


def export(scope: Module[Any, Any], given: SavingsInputs, key: Key) -> tuple[Any, Any]:
    """The lines, and where Athena finds them; gives the names of the bucket and of the workgroup."""
    wanted, said = is_set(given.export), present(given.export)
    part = when(wanted)
    arn = f"arn:{partition(scope)}:s3:::{said.bucket_name}"
    bucket = private_bucket(
        scope,
        "bills",
        given,
        name=said.bucket_name,
        key=key,
        statements=access.exports(arn, partition(scope), account_id(scope), global_region(scope)),
        expire_after_days=said.keep_days,
        only_when=wanted,
    )
    part(
        BcmdataexportsExport,
        scope,
        part_id("export", "bills"),
        export=[
            BcmdataexportsExportExport(
                name=given.name,
                description=f"Cost and usage of {given.name}",
                data_query=[
                    BcmdataexportsExportExportDataQuery(
                        query_statement=QUERY,
                        table_configurations={
                            "COST_AND_USAGE_REPORT": {
                                "TIME_GRANULARITY": "DAILY",
                                "INCLUDE_RESOURCES": "TRUE",
                                "INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY": "FALSE",
                                "INCLUDE_SPLIT_COST_ALLOCATION_DATA": "FALSE",
                            }
                        },
                    )
                ],
                destination_configurations=[
                    BcmdataexportsExportExportDestinationConfigurations(
                        s3_destination=[
                            BcmdataexportsExportExportDestinationConfigurationsS3Destination(
                                s3_bucket=bucket.name,
                                s3_prefix=PREFIX,
                                s3_region=region(scope),
                                s3_output_configurations=[
                                    BcmdataexportsExportExportDestinationConfigurationsS3DestinationS3OutputConfigurations(
                                        compression="PARQUET",
                                        format="PARQUET",
                                        output_type="CUSTOM",
                                        overwrite="OVERWRITE_REPORT",
                                    )
                                ],
                            )
                        ]
                    )
                ],
                refresh_cadence=[BcmdataexportsExportExportRefreshCadence(frequency="SYNCHRONOUS")],
            )
        ],
        tags=tags(scope, given),
        # Data Exports looks whether it may write when the export is made
        depends_on=[dependable(bucket.policy)],
    )
    name = text("replace", given.name, "-", "_")
    database = part(
        GlueCatalogDatabase,
        scope,
        part_id("database", "bills"),
        name=name,
        description="Bills",
        tags=tags(scope, given),
    )
    where = f"s3://{bucket.name}/{PREFIX}/{given.name}/data"
    part(
        GlueCatalogTable,
        scope,
        part_id("table", "bills"),
        database_name=database.one.name,
        name="cost_and_usage",
        description="Bills, a partition a month",
        table_type="EXTERNAL_TABLE",
        # Athena makes partitions of their names, so that no crawler has to find them:
        # https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
        parameters={
            "EXTERNAL": "TRUE",
            "classification": "parquet",
            "projection.enabled": "true",
            "projection.billing_period.type": "date",
            "projection.billing_period.format": "yyyy-MM",
            "projection.billing_period.range": "2024-01,NOW",
            "projection.billing_period.interval": "1",
            "projection.billing_period.interval.unit": "MONTHS",
            # what stands in braces Athena fills in, and not Terraform
            "storage.location.template": f"{where}/BILLING_PERIOD=$${{billing_period}}/",
        },
        partition_keys=[GlueCatalogTablePartitionKeys(name="billing_period", type="string")],
        storage_descriptor=GlueCatalogTableStorageDescriptor(
            location=f"{where}/",
            input_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            output_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            ser_de_info=GlueCatalogTableStorageDescriptorSerDeInfo(
                serialization_library="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
            ),
            columns=[
                GlueCatalogTableStorageDescriptorColumns(name=column, type=kind) for column, kind in COLUMNS.items()
            ],
        ),
    )
    workgroup = part(
        AthenaWorkgroup,
        scope,
        part_id("workgroup", "bills"),
        name=given.name,
        description="Questions about bills",
        configuration=AthenaWorkgroupConfiguration(
            enforce_workgroup_configuration=True,
            publish_cloudwatch_metrics_enabled=True,
            bytes_scanned_cutoff_per_query=calculated(
                "{gibibytes} * 1073741824", gibibytes=said.most_scanned_gibibytes
            ),
            result_configuration=AthenaWorkgroupConfigurationResultConfiguration(
                output_location=f"s3://{bucket.name}/answers/",
                encryption_configuration=AthenaWorkgroupConfigurationResultConfigurationEncryptionConfiguration(
                    encryption_option="SSE_KMS", kms_key_arn=key.arn
                ),
            ),
        ),
        tags=tags(scope, given),
    )
    part(
        AthenaNamedQuery,
        scope,
        part_id("query", "families"),
        name="by-service-and-environment",
        description="What each service of each environment cost, month by month",
        database=database.one.name,
        workgroup=workgroup.one.name,
        query=BY_SERVICE,
    )
    return bucket.name, workgroup.one.name


BY_SERVICE = """
SELECT billing_period,
       element_at(resource_tags, 'user_environment') AS environment,
       element_at(resource_tags, 'user_service') AS service,
       round(sum(line_item_unblended_cost), 2) AS cost
FROM cost_and_usage
WHERE line_item_line_item_type NOT IN ('Credit', 'Refund')
GROUP BY 1, 2, 3
ORDER BY 1 DESC, 4 DESC
""".strip()
"""https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html (resource_tags): user_ and the key."""
