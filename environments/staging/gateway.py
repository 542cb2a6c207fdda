"""Where staging's gateway is: the networks of its VPC, and the security group of its nodes."""

from environments.families.gateway import GatewayFamily
from groundplan.building import PostgresInstance
from modules.gateway.kong import KongInputs

__all__ = ["GATEWAY"]

GATEWAY = GatewayFamily(
    kong=KongInputs(
        vpc_cidrs=["10.20.0.0/16"],
        database=PostgresInstance(client_security_groups={"nodes": "sg-0c1d2e3f4a5b60001"}),
    )
)
