"""prod: claims, policies and payments with card data, in three zones and with copies in another region."""

from groundplan.building import Cluster
from groundplan.synth.environment import Network, TerraformCloud
from modules.backup.aws_backup import ContinuousBackup, Copy, RestoreTest, Tier
from modules.backup.velero import ExpectedResource, Schedule
from modules.certificates.acm import Certificate
from modules.certificates.private_ca import Crl, Root, Subordinate
from modules.dns.route53 import Answer, Delegation, Failover, HttpsCheck, Record
from modules.registry.ecr import Lifecycle, Pipeline, PullThroughCache, Repository, TaggedImages
from modules.secrets.secrets_manager import (
    ApiKeyProvider,
    Authentication,
    Consumer,
    Create,
    KeyRing,
    Probe,
    RdsCredentials,
    Revoke,
    Rotation,
    Secret,
)

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

__all__ = ["PROD"]

ACCOUNT = "111122223333"

PROD = Platform(
    name="prod",
    tier="full",
    account_id=ACCOUNT,
    organization_id="o-exampleorg0",
    region="us-east-1",
    dr_region="us-west-2",
    terraform_cloud=TerraformCloud(organization="example-insurance"),
    owner="platform",
    cost_center="4711",
    data_classification="restricted",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:platform-alarms",
    dr_alarm_topic_arn=f"arn:aws:sns:us-west-2:{ACCOUNT}:platform-alarms",
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/platform-boundary",
    log_retention_days=400,
    cluster=Cluster(
        name="prod",
        oidc_provider_arn=(
            f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A0B1C2D3E4F5A0B1C2D3E4F5A0B1C2D3"
        ),
        identity="pod_identity",
    ),
    network=Network(
        vpc_id="vpc-0a1b2c3d4e5f60001",
        private_subnet_ids=["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002", "subnet-0a1b2c3d4e5f60003"],
        availability_zones=["us-east-1a", "us-east-1b", "us-east-1c"],
    ),
    secrets=SecretsSettings(
        recovery_window_days=30,
        rotation_security_group_ids=["sg-0a1b2c3d4e5f60001"],
        administrator_role_arns=[f"arn:aws:iam::{ACCOUNT}:role/secrets-administrator"],
        catalog={
            "claims-database": Secret(
                kind="rds_credentials",
                description="Users of the claims database, which take turns",
                rds=RdsCredentials(engine="postgresql", users="alternating", superuser_secret="claims-master"),
                rotation=Rotation(schedule_expression="cron(0 4 ? * SUN *)", window_hours=3),
                replica_regions=["us-west-2"],
            ),
            "claims-master": Secret(
                kind="rds_credentials",
                description="Superuser of the claims database",
                rds=RdsCredentials(engine="postgresql"),
                rotation=Rotation(automatically_after_days=30, window_hours=3),
                replica_regions=["us-west-2"],
            ),
            "geocoding": Secret(
                kind="api_key",
                description="Geocoding of claims, by a third party",
                provider="geocoder",
                rotation=Rotation(automatically_after_days=30),
                replica_regions=["us-west-2"],
            ),
            "partner-portal": Secret(
                kind="oauth_client_secret",
                description="Client secret of the partner portal",
                replica_regions=["us-west-2"],
            ),
            "document-key": Secret(
                kind="encryption_key",
                description="Keys that policy documents are encrypted with before they are stored",
                key_ring=KeyRing(keep_keys=24),
                rotation=Rotation(automatically_after_days=90),
                replica_regions=["us-west-2"],
            ),
        },
        consumers={
            "claims-api": Consumer(
                secrets=["claims-database", "geocoding", "document-key"],
                role_arns=[f"arn:aws:iam::{ACCOUNT}:role/claims-api"],
            ),
            "partner-api": Consumer(secrets=["partner-portal"], role_arns=[f"arn:aws:iam::{ACCOUNT}:role/partner-api"]),
        },
        api_key_providers={
            "geocoder": ApiKeyProvider(
                authentication=Authentication(header="Authorization", format="Bearer {key}"),
                key_id_pointer="/key_id",
                create=Create(url="https://geocoder.example.com/v1/keys", key_pointer="/key", key_id_pointer="/id"),
                probe=Probe(url="https://geocoder.example.com/v1/ping"),
                revoke=Revoke(url="https://geocoder.example.com/v1/keys/{key_id}", method="DELETE"),
            )
        },
    ),
    vault=VaultSettings(
        replicas=5,
        zones=3,
        data_volume_gib=50,
        memory_mebibytes=4096,
        snapshot_retention_days=90,
    ),
    velero=VeleroSettings(
        schedules={
            "daily": Schedule(cron="0 2 * * *", ttl_hours=2160, alarm_after_hours=28, move_snapshot_data=True),
            "claims-hourly": Schedule(
                cron="11 * * * *", namespaces=["claims", "payments"], ttl_hours=168, alarm_after_hours=3
            ),
        },
        move_data_to_dr=True,
        lock_days=14,
        drill_namespace="claims",
        drill_expects={
            "api": ExpectedResource(resource="deployments", api_group="apps", name="claims-api"),
            "volumes": ExpectedResource(resource="persistentvolumeclaims"),
        },
        drill_runs_pods=True,
    ),
    aws_backup=BackupSettings(
        longest_retention_days=3653,
        # Terraform's own role is one of them, or the next change of a vault's policy fails
        administrator_role_arns=[
            f"arn:aws:iam::{ACCOUNT}:role/backup-administrator",
            f"arn:aws:iam::{ACCOUNT}:role/terraform",
        ],
        tiers={
            "critical": Tier(
                schedule="cron(0 3 ? * * *)",
                delete_after_days=90,
                continuous=ContinuousBackup(retention_days=35),
                copy_to_dr=Copy(delete_after_days=90),
            ),
            "standard": Tier(schedule="cron(0 4 ? * * *)", delete_after_days=35, copy_to_dr=Copy(delete_after_days=35)),
            "archive": Tier(
                resource_types=["DynamoDB", "EFS"],
                schedule="cron(0 5 1 * ? *)",
                cold_storage_after_days=30,
                delete_after_days=3653,
                copy_to_dr=Copy(cold_storage_after_days=30, delete_after_days=3653),
            ),
        },
        restore_tests={
            "databases": RestoreTest(
                resource_type="RDS",
                tag_value="critical",
                metadata_overrides={"dbsubnetgroupname": "restore-tests"},
            ),
            "tables": RestoreTest(resource_type="DynamoDB", tag_value="critical"),
        },
    ),
    dns=DnsSettings(
        public_domain="platform.example.com",
        private_domain="prod.internal",
        parent_zone_id="Z0123456789EXAMPLE",
        # their zones are in accounts of their own, whose output name_servers says these
        delegations={
            "dev": Delegation(zone="public", name="dev", name_servers=["ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk"]),
            "staging": Delegation(
                zone="public", name="staging", name_servers=["ns-3.awsdns-03.org", "ns-4.awsdns-04.co.uk"]
            ),
        },
        coredns_version="v1.12.4-eksbuild.1",
        coredns_replicas=3,
        records={
            "claims-api": Record(
                zone="public",
                name="claims",
                type="A",
                failover=Failover(
                    primary=Answer(values=["203.0.113.10"], ttl_seconds=60),
                    secondary=Answer(values=["198.51.100.10"], ttl_seconds=60),
                    health_check=HttpsCheck(
                        host_name="claims.platform.example.com", ip_address="203.0.113.10", path="/healthz"
                    ),
                ),
            ),
            "mail-policy": Record(
                zone="public", name="_dmarc", type="TXT", simple=Answer(values=["v=DMARC1; p=reject"], ttl_seconds=3600)
            ),
        },
    ),
    certificates=CertificateSettings(
        acme_email="platform@example.com",
        catalog={
            "claims": Certificate(
                domain="claims.platform.example.com",
                alternative_names=["api.claims.platform.example.com"],
                copy_regions=["us-west-2"],
            ),
            "portal": Certificate(domain="portal.platform.example.com", cloudfront=True),
        },
        root=Root(common_name="Example Insurance Root CA 1", revocation="ocsp_and_crl"),
        subordinates={
            "internal": Subordinate(common_name="Example Insurance Internal CA 1", revocation="ocsp_and_crl"),
            "mesh": Subordinate(
                common_name="Example Insurance Mesh CA 1", key_algorithm="EC_prime256v1", short_lived=True
            ),
        },
        crl=Crl(),
        permanent_deletion_days=30,
    ),
    registry=RegistrySettings(
        project_path="example-insurance/claims/api",
        tools_image="registry.gitlab.com/example-insurance/tools/promote@sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
        signed=True,
        build_signing_profile_arns=["arn:aws:signer:us-east-1:333344445555:/signing-profiles/dev_ecr"],
        creates_oidc_provider=True,
        lifecycle=Lifecycle(
            untagged_after_days=7, tagged={"releases": TaggedImages(tag_prefix="v", priority=10, keep_last=100)}
        ),
        repositories={"claims/api": Repository(), "claims/worker": Repository()},
        promoted={"claims/api": "", "claims/worker": "worker"},
        pipelines={
            "promotion": Pipeline(
                project_path="example-insurance/claims/api",
                tags=["v*"],
                repositories=["claims/api", "claims/worker"],
            )
        },
        caches={
            "kubernetes": PullThroughCache(upstream="kubernetes"),
            "quay": PullThroughCache(upstream="quay"),
        },
    ),
)
