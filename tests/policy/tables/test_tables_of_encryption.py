"""Keys and switches of stores: whatever has one is asked for it."""

from __future__ import annotations

import re

from groundplan.plan.schema.model import walk
from tests.policy.tables.provider import LIBRARY, aws_types, schema_of


def test_every_type_that_can_have_a_key_is_asked_for_one_or_left_out_for_a_reason() -> None:
    """A new version of the bindings may bring a service that keeps data: it must not pass for want of a line."""
    have = {name for name, has_key in aws_types().items() if has_key}
    table = LIBRARY.data["parameters"]["encryption"]
    asked = {*table["stores"], *table["parts"]}
    assert len(have) > 100
    assert sorted(have - asked - set(table["left_out"])) == []
    assert sorted(asked & set(table["left_out"])) == []
    assert [name for name, reason in table["left_out"].items() if not reason.strip()] == []


def test_a_store_s_switch_is_asked_wherever_its_type_has_one() -> None:
    """A key of ours on a store that does not encrypt is worth nothing."""
    switches = re.compile(
        r"(^|_)encrypted$|at_rest_encryption_enabled$|^(encrypt_at_rest|server_side_encryption)\.enabled$"
    )
    # none of these is a boolean: one of their values means a key of ours
    spelled = {
        "aws_kinesis_stream": ("encryption_type", "KMS"),
        "aws_s3tables_table_bucket": ("encryption_configuration.sse_algorithm", "aws:kms"),
        "aws_s3vectors_vector_bucket": ("encryption_configuration.sse_type", "aws:kms"),
        "aws_sfn_activity": ("encryption_configuration.type", "CUSTOMER_MANAGED_KMS_KEY"),
        "aws_sfn_state_machine": ("encryption_configuration.type", "CUSTOMER_MANAGED_KMS_KEY"),
    }
    for name, facts in LIBRARY.data["parameters"]["encryption"]["stores"].items():
        switch = ".".join(step for step in facts.get("switch", []) if isinstance(step, str))
        has = [
            place
            for place, attribute in walk(schema_of(name))
            if attribute.type in ("bool", "string") and not attribute.computed_only and switches.search(place)
        ]
        if name in spelled:
            assert (switch, facts["on"]) == (spelled[name][0], [spelled[name][1]]), name
        else:
            assert ([switch] if switch else []) == has, name
            assert "on" not in facts, name


def test_replicas_of_databases_may_leave_the_key_to_their_source() -> None:
    stores = LIBRARY.data["parameters"]["encryption"]["stores"]
    assert {name: facts["inherits"] for name, facts in stores.items() if "inherits" in facts} == {
        "aws_db_instance": "replicate_source_db",
        "aws_rds_cluster": "replication_source_identifier",
    }


# Members have their cluster's key, copies in a bucket the bucket's, images the one that their block devices say.
KEYS_OF_OTHERS = frozenset(
    {
        "aws_ami_copy.ebs_block_device.encrypted",
        "aws_docdb_cluster_instance.kms_key_id",
        "aws_docdb_cluster_instance.storage_encrypted",
        "aws_ebs_snapshot_copy.data_encryption_key_id",
        "aws_ebs_snapshot_import.data_encryption_key_id",
        "aws_ecs_service.service_connect_configuration.service.tls.kms_key",
        "aws_rds_cluster_instance.kms_key_id",
        "aws_rds_cluster_instance.storage_encrypted",
        "aws_sagemaker_domain.default_user_settings.canvas_app_settings.workspace_settings.s3_kms_key_id",
        "aws_sagemaker_domain.default_user_settings.sharing_settings.s3_kms_key_id",
        "aws_sagemaker_endpoint_configuration.async_inference_config.output_config.kms_key_id",
        "aws_sagemaker_endpoint_configuration.data_capture_config.kms_key_id",
        "aws_sagemaker_endpoint_configuration.production_variants.core_dump_config.kms_key_id",
        "aws_sagemaker_endpoint_configuration.shadow_production_variants.core_dump_config.kms_key_id",
        "aws_secretsmanager_secret.replica.kms_key_id",
    }
)


def test_each_key_and_switch_inside_a_store_is_asked_for_or_another_s() -> None:
    """A volume or a feature with a key of its own must not pass because the store around it has one."""
    table = LIBRARY.data["parameters"]["encryption"]
    own = re.compile(r"(^|\.)(\w*_)?encrypted$|(^|\.)\w*(kms_key|encryption_key|kms_master|cmk_arn)\w*$")
    asked, found = set(), set()
    for name in {*table["stores"], *table["parts"]}:
        parts = [table["stores"].get(name, {}), *table["parts"].get(name, [])]
        for path in (
            part.get("blocks", []) + part[what] for part in parts for what in ("key", "switch") if what in part
        ):
            asked.add(".".join([name, *(step for step in path if isinstance(step, str) and step != "*")]))
        found |= {f"{name}.{place}" for place, _ in walk(schema_of(name)) if own.search(place)}
    # a delivery stream writes to a bucket, which has its key
    left = {place for place in found - asked if "s3_" not in place or "firehose" not in place}
    assert left == KEYS_OF_OTHERS
