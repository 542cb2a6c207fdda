"""What is reserved: the offering is looked up by what is wanted, and bought by the apply that brings the entry.

The rule protection/purchase_permitted denies a plan that buys without a permit for the address.
"""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.data_aws_elasticache_reserved_cache_node_offering import (
    DataAwsElasticacheReservedCacheNodeOffering,
)
from cdktf_cdktf_provider_aws.data_aws_rds_reserved_instance_offering import DataAwsRdsReservedInstanceOffering
from cdktf_cdktf_provider_aws.elasticache_reserved_cache_node import ElasticacheReservedCacheNode
from cdktf_cdktf_provider_aws.rds_reserved_instance import RdsReservedInstance

from groundplan.building import tags
from groundplan.framework import Module, calculated, each, part_id

from .inputs import SavingsInputs

__all__ = ["reserved"]

YEAR_SECONDS = 31_536_000
"""https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ReservedDBInstancesOffering.html"""


def reserved(scope: Module[Any, Any], given: SavingsInputs) -> tuple[Any, Any]:
    """The reservations of RDS and of ElastiCache; gives the ids of both, by name."""
    instances = each(given.reserved_instances)
    wanted = instances.value
    offered = instances(
        DataAwsRdsReservedInstanceOffering,
        scope,
        part_id("offering", "instances"),
        db_instance_class=wanted.instance_class,
        duration=calculated(f"{{years}} * {YEAR_SECONDS}", years=wanted.term_years),
        multi_az=wanted.multi_az,
        offering_type=wanted.payment,
        product_description=wanted.product_description,
    )
    bought = instances(
        RdsReservedInstance,
        scope,
        "instances",
        offering_id=offered.here.offering_id,
        reservation_id=f"{given.name}-{instances.key}",
        instance_count=wanted.count,
        tags=tags(scope, given),
    )
    nodes = each(given.reserved_nodes)
    node = nodes.value
    offered_nodes = nodes(
        DataAwsElasticacheReservedCacheNodeOffering,
        scope,
        part_id("offering", "nodes"),
        cache_node_type=node.node_type,
        duration=f"P{node.term_years}Y",
        offering_type=node.payment,
        product_description=node.product_description,
    )
    bought_nodes = nodes(
        ElasticacheReservedCacheNode,
        scope,
        "nodes",
        id=f"{given.name}-{nodes.key}",
        reserved_cache_nodes_offering_id=offered_nodes.here.offering_id,
        cache_node_count=node.count,
        tags=tags(scope, given),
    )
    return bought.all("arn"), bought_nodes.all("arn")
