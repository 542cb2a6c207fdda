"""Names that records point at, and where databases are placed."""

from __future__ import annotations

import re

from groundplan.plan.schema.model import walk
from tests.policy.tables.provider import LIBRARY, having, schema_of


def test_names_that_records_point_at_are_all_that_a_target_computes() -> None:
    endings = r"(dns|dns_name|domain_name|endpoint|endpoint_address|address|cname|endpoint_url|public_ip|private_ip)$"
    no_targets = {"aws_db_instance.endpoint", "aws_eip.private_dns", "aws_eip.private_ip"}
    no_targets |= {"aws_opensearch_domain.dashboard_endpoint"}  # host and path, or host and port
    for name, facts in LIBRARY.data["parameters"]["dns"]["targets"].items():
        listed = {".".join(step for step in path if isinstance(step, str)) for path in facts["attributes"]}
        computed = {
            place
            for place, attribute in walk(schema_of(name))
            if attribute.computed and attribute.type == "string" and re.search(endings, place)
        }
        assert sorted(place for place in computed - listed if f"{name}.{place}" not in no_targets) == [], name


def test_what_can_be_made_again_under_the_same_name_is_dangling_all_the_longer() -> None:
    """AWS gives these the name that was asked for; of all others it gives a new one."""
    targets = LIBRARY.data["parameters"]["dns"]["targets"]
    assert len(targets) == 19
    assert {name for name, facts in targets.items() if not facts["renamed"]} == {
        "aws_db_instance",
        "aws_elastic_beanstalk_environment",
        "aws_elasticache_replication_group",
        "aws_rds_cluster",
        "aws_s3_bucket",
        "aws_s3_bucket_website_configuration",
    }


def test_databases_without_a_subnet_group_are_asked_for_one() -> None:
    placed = LIBRARY.data["parameters"]["network"]["placed_by"]
    # an instance has its cluster's
    members = {"aws_neptune_cluster_instance", "aws_rds_cluster_instance"}
    for attribute in ("db_subnet_group_name", "neptune_subnet_group_name", "cluster_subnet_group_name"):
        asked = {name for name, facts in placed.items() if facts["attribute"] == attribute}
        assert asked == having(attribute) - members
