"""prod: claims, policies and payments with card data, in three zones and with copies in another region."""

from environments.platform import Platform
from groundplan.building import Cluster
from groundplan.synth.environment import Kubernetes, Network, TerraformCloud, VaultServer

__all__ = ["PROD"]

ACCOUNT = "111122223333"

PROD = Platform(
    name="prod",
    tier="full",
    production=True,
    account_id=ACCOUNT,
    organization_id="o-exampleorg0",
    region="us-east-1",
    dr_region="us-west-2",
    terraform_cloud=TerraformCloud(organization="example-insurance"),
    owner="platform",
    cost_center="4711",
    data_classification="restricted",
    public_domain="platform.example.com",
    private_domain="prod.internal",
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/platform-boundary",
    log_retention_days=400,
    cluster=Cluster(
        name="prod",
        oidc_provider_arn=(
            f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A0B1C2D3E4F5A0B1C2D3E4F5A0B1C2D3"
        ),
        identity="pod_identity",
    ),
    kubernetes=Kubernetes(version="1.34"),
    # from inside the cluster, where the agent of Terraform Cloud runs
    vault=VaultServer(address="https://vault.vault.svc:8200"),
    network=Network(
        vpc_id="vpc-0a1b2c3d4e5f60001",
        private_subnet_ids=["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002", "subnet-0a1b2c3d4e5f60003"],
        availability_zones=["us-east-1a", "us-east-1b", "us-east-1c"],
    ),
)
