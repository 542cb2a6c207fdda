"""staging: the shape of prod at a smaller size, with invented data."""

from environments.platform import Platform
from groundplan.building import Cluster
from groundplan.synth.environment import Kubernetes, Network, TerraformCloud, VaultServer

__all__ = ["STAGING"]

ACCOUNT = "222233334444"

STAGING = Platform(
    name="staging",
    tier="full",
    account_id=ACCOUNT,
    organization_id="o-exampleorg0",
    region="us-east-1",
    dr_region="us-west-2",
    terraform_cloud=TerraformCloud(organization="example-insurance"),
    owner="platform",
    cost_center="4712",
    data_classification="internal",
    public_domain="staging.platform.example.com",
    private_domain="staging.internal",
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/platform-boundary",
    log_retention_days=90,
    cluster=Cluster(
        name="staging",
        oidc_provider_arn=(
            f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/B0C1D2E3F4A5B0C1D2E3F4A5B0C1D2E3"
        ),
        identity="pod_identity",
    ),
    kubernetes=Kubernetes(version="1.34"),
    # from inside the cluster, where the agent of Terraform Cloud runs
    vault=VaultServer(address="https://vault.vault.svc:8200"),
    network=Network(
        vpc_id="vpc-0b1c2d3e4f5a60001",
        private_subnet_ids=["subnet-0b1c2d3e4f5a60001", "subnet-0b1c2d3e4f5a60002", "subnet-0b1c2d3e4f5a60003"],
        availability_zones=["us-east-1a", "us-east-1b", "us-east-1c"],
    ),
)
