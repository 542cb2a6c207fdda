"""Where staging's gateway is: the networks of its VPC, the security group of its nodes, its portal."""

from environments.families.gateway import GatewayFamily, described
from groundplan.building import PostgresInstance
from modules.gateway.kong import KongInputs

__all__ = ["GATEWAY"]

GATEWAY = GatewayFamily(
    kong=KongInputs(
        vpc_cidrs=["10.20.0.0/16"],
        database=PostgresInstance(client_security_groups={"nodes": "sg-0c1d2e3f4a5b60001"}),
        portal=described(
            "staging",
            "staging.platform.example.com",
            "arn:aws:secretsmanager:us-east-1:222233334444:secret:staging/gateway/portal-As5dFg",
        ),
    )
)
