"""Types and attributes that any table names: their provider has them, at that place."""

from __future__ import annotations

from groundplan.plan.schema import nearest_type
from groundplan.policy.scope import tables_of_types
from tests.policy.tables.provider import LIBRARY, aws_types, fault_of, nested, places, schema_of


def test_tables_name_types_that_their_provider_has() -> None:
    tables = tables_of_types(LIBRARY)
    read = tables.pop("secrets.readers")
    # no binding says what types random and tls have
    named = {name for name in set().union(*tables.values()) if not name.startswith(("random_", "tls_"))}
    wrong = [name for name in named if name.startswith("aws_") and name not in aws_types()]
    wrong += [name for name in named if not name.startswith("aws_") and nearest_type(name, data=False) != name]
    wrong += [name for name in read if nearest_type(name, data=True) != name]
    assert sorted(wrong) == []


def test_tables_name_attributes_that_their_types_have() -> None:
    """A misspelled attribute would be absent from every plan: always denied, or never."""
    tables = LIBRARY.data["parameters"]
    stores = tables["stores"]
    named = [(name, facts["key"]) for name, facts in tables["encryption"]["stores"].items()]
    named += [(name, facts["switch"]) for name, facts in tables["encryption"]["stores"].items() if "switch" in facts]
    for name, parts in tables["encryption"]["parts"].items():
        for part in parts:
            paths = [part.get("blocks", []) + part[what] for what in ("key", "switch") if what in part]
            named += [(name, path) for path in [*paths, *([part["when"]] if "when" in part else [])]]
    named += [(name, [facts["attribute"]]) for name, facts in stores["deletion_protection"].items()]
    named += [(name, [attribute]) for name, attribute in {**stores["deletion_window"]}.items()]
    named += [(name, [attribute]) for name, attribute in stores["force_destroy"].items()]
    named += [(name, path) for name, paths in tables["secrets"]["attributes"].items() for path in paths]
    named += [(name, [attribute]) for name, attribute in tables["identity"]["attachments"].items()]
    named += [(name, [attribute]) for name, attribute in tables["identity"]["attachment_lists"].items()]
    named += [(name, facts["path"]) for name, facts in tables["identity"]["resource_policies"].items()]
    named += [*tables["identity"]["permissions"].items()]
    wrong = []
    for name, path in named:
        place = ".".join(step for step in path if isinstance(step, str) and step != "*")
        if place not in places(name):
            wrong.append(f"{name}.{place}")
    assert wrong == []


def test_databases_and_networks_name_attributes_that_their_types_have() -> None:
    tables = LIBRARY.data["parameters"]
    named = [(name, facts["attribute"]) for name, facts in tables["logging"]["database_exports"].items()]
    named += [(name, facts["attribute"]) for name, facts in tables["network"]["placed_by"].items()]
    named += [(fact["type"], "family") for fact in tables["transit"]["databases"]]
    wrong = [f"{name}.{attribute}" for name, attribute in named if attribute not in schema_of(name).attributes]
    assert wrong == []


def test_paths_lead_to_attributes_position_by_position() -> None:
    """The first block of a kind is 0, every one is `*`; without either a path leads nowhere, and nothing is asked."""
    tables = LIBRARY.data["parameters"]
    named = [(name, facts["path"]) for name, facts in tables["identity"]["resource_policies"].items()]
    named += [(name, path) for name, path in tables["identity"]["permissions"].items()]
    for name, facts in tables["encryption"]["stores"].items():
        named += [(name, facts[what]) for what in ("key", "switch") if what in facts]
    for table in (tables["secrets"]["attributes"], {k: f["attributes"] for k, f in tables["dns"]["targets"].items()}):
        named += [(name, path) for name, paths in table.items() for path in paths]
    for name, parts in tables["encryption"]["parts"].items():
        for part in parts:
            before = [step for block in part.get("blocks", []) for step in (block, "*")]
            named += [(name, [*before, *part[what]]) for what in ("key", "switch") if what in part]
            named += [(name, [block]) for block in [*part.get("blocks", [])[:1], *part.get("unless", [])]]
            named += [(name, part["when"])] if "when" in part else []
    faults = [f"{name} {path}: {fault}" for name, path in named if (fault := fault_of(name, path))]
    assert faults == []


def test_blocks_that_a_provider_fills_are_blocks_of_their_types() -> None:
    filled = LIBRARY.data["parameters"]["provider"]["computed_blocks"]
    wrong = [f"{name}.{block}" for name, blocks in filled.items() for block in blocks if block not in nested(name)]
    assert wrong == []


# Blocks that the provider's own code calls optional and computed, where no other type of the table tells of them:
# https://github.com/hashicorp/terraform-provider-aws/tree/v6.25.0/internal/service
FILLED = {
    "aws_apprunner_service": {"health_check_configuration", "instance_configuration", "network_configuration"},
    "aws_cloudsearch_domain": {"endpoint_options", "scaling_parameters"},
    "aws_dynamodb_table": {"point_in_time_recovery", "server_side_encryption", "ttl"},
    "aws_eks_cluster": {"access_config", "kubernetes_network_config", "upgrade_policy"},
    "aws_eks_node_group": {"node_repair_config", "update_config"},
    "aws_elb": {"health_check"},
    "aws_kendra_index": {"capacity_units", "document_metadata_configuration_updates"},
    "aws_keyspaces_table": {"capacity_specification", "comment", "encryption_specification", "point_in_time_recovery"},
    "aws_lambda_function": {"ephemeral_storage", "logging_config", "tracing_config"},
    "aws_launch_template": {"metadata_options"},
    "aws_lb": {"subnet_mapping"},
    "aws_lb_listener": {"mutual_authentication"},
    "aws_mq_broker": {"configuration", "maintenance_window_start_time"},
    "aws_s3tables_table_bucket": {"maintenance_configuration"},
    "aws_security_group": {"egress", "ingress"},
    "aws_sesv2_configuration_set": {"reputation_options", "sending_options"},
}


def test_blocks_that_a_provider_fills_are_alike_in_types_that_are() -> None:
    """One that is missing makes whoever leaves it out look as if only apply knew it."""
    filled = {name: set(blocks) for name, blocks in LIBRARY.data["parameters"]["provider"]["computed_blocks"].items()}
    instance = filled.pop("aws_instance")
    # every block of an instance but those that the provider never makes up
    assert instance == set(schema_of("aws_instance").blocks) - {
        "credit_specification",
        "launch_template",
        "primary_network_interface",
        "secondary_network_interface",
        "timeouts",
    }
    # a spot request is an instance of its own market
    assert filled.pop("aws_spot_instance_request") == instance - {"instance_market_options"}
    disks = {"ebs_block_device", "metadata_options", "root_block_device"}
    assert filled.pop("aws_launch_configuration") == disks
    search = filled.pop("aws_opensearch_domain")
    assert filled.pop("aws_elasticsearch_domain") == search - {"off_peak_window_options", "software_update_options"}
    assert search == set(schema_of("aws_opensearch_domain").blocks) - {
        "aiml_options",
        "cognito_options",
        "identity_center_options",
        "log_publishing_options",
        "snapshot_options",
        "timeouts",
        "vpc_options",
    }
    # what an argument of a bucket was before it became a resource of its own
    assert filled.pop("aws_s3_bucket") == set(schema_of("aws_s3_bucket").blocks) - {"timeouts"}
    machine = filled.pop("aws_sfn_state_machine")
    assert machine == set(schema_of("aws_sfn_state_machine").blocks) - {"timeouts"}
    assert filled.pop("aws_sfn_activity") == machine & nested("aws_sfn_activity")
    assert filled == FILLED
