"""dev: small and cheap, one of each, nothing kept for long."""

from groundplan.building import Cluster
from groundplan.synth.environment import Network, TerraformCloud
from modules.backup.aws_backup import Tier
from modules.backup.velero import Schedule
from modules.certificates.acm import Certificate
from modules.certificates.private_ca import Root
from modules.registry.ecr import Lifecycle, Pipeline, PullThroughCache, Repository, TaggedImages
from modules.registry.gitlab_registry import ProtectedBranch, ProtectedTag
from modules.secrets.secrets_manager import Consumer, KeyRing, RdsCredentials, Rotation, Secret

from .settings import (
    BackupSettings,
    CertificateSettings,
    DnsSettings,
    Platform,
    RegistrySettings,
    SecretsSettings,
    VaultSettings,
    VeleroSettings,
)

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
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:platform-alarms",
    dr_alarm_topic_arn=f"arn:aws:sns:us-west-2:{ACCOUNT}:platform-alarms",
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/platform-boundary",
    log_retention_days=30,
    cluster=Cluster(
        name="dev",
        oidc_provider_arn=(
            f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/C0D1E2F3A4B5C0D1E2F3A4B5C0D1E2F3"
        ),
        identity="irsa",
    ),
    network=Network(
        vpc_id="vpc-0c1d2e3f4a5b60001",
        private_subnet_ids=["subnet-0c1d2e3f4a5b60001", "subnet-0c1d2e3f4a5b60002"],
        availability_zones=["us-east-1a", "us-east-1b"],
    ),
    secrets=SecretsSettings(
        recovery_window_days=7,
        rotation_security_group_ids=["sg-0c1d2e3f4a5b60001"],
        catalog={
            "claims-database": Secret(
                kind="rds_credentials",
                description="User of the claims database",
                rds=RdsCredentials(engine="postgresql"),
                rotation=Rotation(automatically_after_days=30),
            ),
            "partner-portal": Secret(kind="oauth_client_secret", description="Client secret of the partner portal"),
            "document-key": Secret(
                kind="encryption_key",
                description="Keys that policy documents are encrypted with before they are stored",
                key_ring=KeyRing(keep_keys=4),
                rotation=Rotation(automatically_after_days=90),
            ),
        },
        consumers={
            "claims-api": Consumer(
                secrets=["claims-database", "document-key"], role_arns=[f"arn:aws:iam::{ACCOUNT}:role/claims-api"]
            ),
        },
    ),
    vault=VaultSettings(
        replicas=1,
        zones=1,
        data_volume_gib=10,
        memory_mebibytes=512,
        snapshot_retention_days=7,
    ),
    velero=VeleroSettings(
        schedules={"daily": Schedule(cron="0 2 * * *", ttl_hours=168, alarm_after_hours=28)},
        move_data_to_dr=False,
    ),
    aws_backup=BackupSettings(
        longest_retention_days=35,
        # resources carry the same tags as in prod, and so need the same tiers
        tiers={
            "critical": Tier(schedule="cron(0 3 ? * * *)", delete_after_days=7),
            "standard": Tier(schedule="cron(0 4 ? * * *)", delete_after_days=7),
            "archive": Tier(schedule="cron(0 5 ? * SUN *)", delete_after_days=14),
        },
    ),
    dns=DnsSettings(
        public_domain="dev.platform.example.com",
        private_domain="dev.internal",
        coredns_version="v1.12.4-eksbuild.1",
        coredns_replicas=2,
    ),
    certificates=CertificateSettings(
        acme_email="platform@example.com",
        catalog={"claims": Certificate(domain="claims.dev.platform.example.com")},
        root=Root(common_name="Example Insurance Dev CA 1", key_algorithm="EC_prime256v1", short_lived=True),
        permanent_deletion_days=7,
    ),
    registry=RegistrySettings(
        project_path="example-insurance/claims/api",
        keeps_project=True,
        protected_branches={
            "main": ProtectedBranch(branch="main", push_access_level="no one"),
            "releases": ProtectedBranch(branch="release/*"),
        },
        protected_tags={"versions": ProtectedTag(tag="v*")},
        tools_image="registry.gitlab.com/example-insurance/tools/promote@sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
        signed=True,
        creates_oidc_provider=True,
        lifecycle=Lifecycle(
            untagged_after_days=3, tagged={"main": TaggedImages(tag_prefix="main-", priority=10, expire_after_days=14)}
        ),
        repositories={"claims/api": Repository(), "claims/worker": Repository()},
        pipelines={
            "promotion": Pipeline(
                project_path="example-insurance/claims/api",
                branches=["main", "release/*"],
                # what is built for a version is signed here, and promoted by the other environments
                tags=["v*"],
                repositories=["claims/api", "claims/worker"],
            )
        },
        caches={"kubernetes": PullThroughCache(upstream="kubernetes")},
    ),
)
