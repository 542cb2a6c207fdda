"""prod's gateway is larger, as is its database: the networks of its VPC, and the security group of its nodes."""

from environments.families.gateway import GatewayFamily
from groundplan.building import PostgresInstance
from modules.gateway.kong import Autoscaling, KongInputs

__all__ = ["GATEWAY"]

GATEWAY = GatewayFamily(
    kong=KongInputs(
        vpc_cidrs=["10.10.0.0/16"],
        autoscaling=Autoscaling(min_replicas=6, max_replicas=30),
        database=PostgresInstance(
            instance_class="db.m7g.large",
            backup_retention_days=35,
            client_security_groups={"nodes": "sg-0a1b2c3d4e5f60002"},
        ),
    )
)
