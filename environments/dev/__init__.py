"""dev: small and cheap, one of each, nothing kept for long."""

from environments.platform import Platform
from groundplan.building import Cluster
from groundplan.synth.environment import Kubernetes, Network, TerraformCloud, VaultServer

__all__ = ["DEV"]

ACCOUNT = "333344445555"

DEV = Platform(
    name="dev",
    tier="small",
    account_id=ACCOUNT,
    organization_id="o-exampleorg0",
    region="us-east-1",
    dr_region="us-west-2",
    terraform_cloud=TerraformCloud(organization="example-insurance"),
    owner="platform",
    cost_center="4713",
    data_classification="internal",
    public_domain="dev.platform.example.com",
    private_domain="dev.internal",
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/platform-boundary",
    log_retention_days=30,
    cluster=Cluster(
        name="dev",
        oidc_provider_arn=(
            f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/C0D1E2F3A4B5C0D1E2F3A4B5C0D1E2F3"
        ),
        identity="irsa",
    ),
    kubernetes=Kubernetes(version="1.34"),
    # from inside the cluster, where the agent of Terraform Cloud runs
    vault=VaultServer(address="https://vault.vault.svc:8200"),
    network=Network(
        vpc_id="vpc-0c1d2e3f4a5b60001",
        private_subnet_ids=["subnet-0c1d2e3f4a5b60001", "subnet-0c1d2e3f4a5b60002"],
        availability_zones=["us-east-1a", "us-east-1b"],
    ),
)
