"""Registries: one with everything that production has, and one as small as it gets."""

from __future__ import annotations

from groundplan.building import Cluster, GivenKey
from modules.registry.ecr import (
    EcrInputs,
    GitLab,
    Lifecycle,
    Pipeline,
    PullRole,
    PullThroughCache,
    Registry,
    ReplicaRegion,
    ReplicationDestination,
    ReplicationRule,
    ReplicationSource,
    Repository,
    RepositoryTemplate,
    Signing,
    TaggedImages,
    Verification,
)

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0d6c1c2e-0000-4000-8000-000000000000"
DOCKER_HUB = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:ecr-pullthroughcache/docker-hub-AbCdEf"

BUILD_PROFILE = f"arn:aws:signer:us-east-1:{OTHER_ACCOUNT}:/signing-profiles/build_images"

CLUSTER = Cluster(
    name="prod",
    oidc_provider_arn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123ABCD",
)

FULL = EcrInputs(
    name="prod-ecr",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-alarms",
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
    organization_id="o-exampleorg0",
    default_lifecycle=Lifecycle(
        untagged_after_days=7,
        tagged={
            "releases": TaggedImages(tag_prefix="v", priority=10, keep_last=100),
            "branches": TaggedImages(tag_prefix="main-", priority=20, expire_after_days=30),
        },
    ),
    repositories={
        "claims/api": Repository(pull_account_ids=[OTHER_ACCOUNT]),
        "payments/api": Repository(
            pull_by_organization=True,
            mutable_tags=["buildcache*"],
            lifecycle=Lifecycle(
                tagged={"releases": TaggedImages(tag_prefix="v", priority=10, keep_last=500)},
            ),
        ),
        "policies/api": Repository(),
    },
    templates={
        "sandbox": RepositoryTemplate(prefix="sandbox", applied_for=["CREATE_ON_PUSH"]),
        "partners": RepositoryTemplate(
            prefix="partners", applied_for=["REPLICATION"], pull_account_ids=[OTHER_ACCOUNT]
        ),
    },
    registry=Registry(
        continuous_scan=["*"],
        scan_on_push=["sandbox/*"],
        replica_regions={
            "us-west-2": ReplicaRegion(alarm_topic_arn=f"arn:aws:sns:us-west-2:{ACCOUNT}:prod-alarms"),
            "eu-west-1": ReplicaRegion(),
        },
        replication={
            "dr": ReplicationRule(
                repository_prefixes=["claims/", "payments/", "policies/"],
                destinations={
                    "west": ReplicationDestination(region="us-west-2"),
                    "archive": ReplicationDestination(region="us-east-1", account_id=OTHER_ACCOUNT),
                },
            ),
        },
        replicated_from={
            "partner": ReplicationSource(account_id=OTHER_ACCOUNT, repository_prefixes=["partners/"]),
        },
    ),
    caches={
        "docker-hub": PullThroughCache(upstream="docker-hub", credentials_secret_arn=DOCKER_HUB),
        "k8s": PullThroughCache(upstream="kubernetes", expire_after_days=30),
        "quay": PullThroughCache(upstream="quay", mutable_tags=["latest"]),
    },
    pipelines={
        "claims-api": Pipeline(
            project_path="insurance/claims/api",
            branches=["main"],
            tags=["v*"],
            repositories=["claims/api"],
            verifies_profiles=[BUILD_PROFILE],
        ),
        "sandbox": Pipeline(
            project_path="insurance/sandbox", branches=["release/*"], templates=["sandbox"], signs=False
        ),
    },
    cluster=CLUSTER,
    pull_roles={
        "verifier": PullRole(
            namespace="notation-aws-verifier", service_account="notation-aws-verifier", verifies_signatures=True
        ),
        "scanner": PullRole(
            namespace="security", service_account="scanner", repositories=["payments/api"], through_caches=True
        ),
    },
    signing=Signing(
        signature_validity_months=24, verification=Verification(certificate_pem=CERTIFICATE, namespaces=["claims-*"])
    ),
)

SMALL = EcrInputs(
    name="dev-ecr",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:dev-alarms",
    repositories={"claims/api": Repository()},
)

OWN_GITLAB = SMALL.but(
    kms_key=GivenKey(arn=KEY),
    registry=Registry(
        enable_inspector=False,
        replica_regions={"us-west-2": ReplicaRegion(kms_key=GivenKey(arn=KEY.replace("us-east-1", "us-west-2")))},
        replication={"dr": ReplicationRule(destinations={"west": ReplicationDestination(region="us-west-2")})},
    ),
    gitlab=GitLab(url="https://gitlab.example.com", audience="ecr", create_oidc_provider=True),
    pipelines={"claims-api": Pipeline(project_path="claims/api", branches=["main"], repositories=["claims/api"])},
    cluster=CLUSTER.but(identity="pod_identity"),
    pull_roles={"scanner": PullRole(namespace="security", service_account="scanner")},
)
