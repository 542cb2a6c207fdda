"""What differs between environments. Everything else is said once, in the compositions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

from groundplan.framework import Inputs, Rule, field
from groundplan.framework.rules import contains, every, keys, length
from groundplan.framework.types import (
    DnsName,
    EcrRepositoryName,
    EmailAddress,
    GitlabProjectPath,
    HostedZoneId,
    NamespaceName,
    OddNumber,
    PolicyArn,
    RoleArn,
    SecurityGroupId,
    TopicArn,
)
from groundplan.problems import Problem
from groundplan.synth.environment import Environment
from modules.backup.aws_backup import RestoreTest, Tier
from modules.backup.velero import ExpectedResource, Schedule
from modules.certificates.acm import Certificate
from modules.certificates.cert_manager import Certificate as ClusterCertificate
from modules.certificates.private_ca import Crl, Root, Subordinate
from modules.dns.route53 import Delegation, HealthCheck, Record, TrafficPolicy
from modules.registry.ecr import Lifecycle, Pipeline, PullThroughCache, Repository
from modules.registry.gitlab_registry import (
    DigestedImage,
    ImagePath,
    ProtectedBranch,
    ProtectedTag,
    SigningProfileArn,
)
from modules.secrets.secrets_manager import ApiKeyProvider, Consumer, Secret

__all__ = [
    "INTERNAL_ISSUER",
    "BackupSettings",
    "CertificateSettings",
    "DnsSettings",
    "Platform",
    "RegistrySettings",
    "SecretsSettings",
    "VaultSettings",
    "VeleroSettings",
]


class SecretsSettings(Inputs):
    """Which secrets there are, and who reads them."""

    catalog: dict[str, Secret] = field("secrets by name")
    consumers: dict[str, Consumer] = field("who reads which secrets", default={})
    api_key_providers: dict[str, ApiKeyProvider] = field("third parties that renew their keys", default={})
    administrator_role_arns: list[RoleArn] = field("roles that put first values and break glass", default=[])
    recovery_window_days: int = field("how long a deleted secret can be restored, in days", ge=7, le=30)
    rotation_security_group_ids: list[SecurityGroupId] = field(
        "security groups of the functions that rotate database passwords", min_length=1
    )


class VaultSettings(Inputs):
    """How large Vault is."""

    replicas: OddNumber = field("how many servers", ge=1, le=7)
    zones: int = field("over how many availability zones they are spread", ge=1, le=6)
    data_volume_gib: int = field("size of each server's database volume, in GiB", ge=1)
    memory_mebibytes: int = field("memory of each server, in MiB", ge=256)
    snapshot_retention_days: int = field("how long snapshots are kept, in days", ge=1)


class VeleroSettings(Inputs):
    """What is backed up when, and what proves that it comes back."""

    schedules: dict[str, Schedule] = field("backups by name")
    move_data_to_dr: bool = field("whether the data of volumes reaches the disaster recovery region")
    lock_days: int | None = field(
        "how long backups cannot be deleted, in days; left out, they can be", default=None, ge=1
    )
    drill_namespace: NamespaceName | None = field(
        "namespace that is restored every week as a proof; left out, none is", default=None
    )
    drill_expects: dict[str, ExpectedResource] = field("what must be in it afterwards", default={})
    drill_runs_pods: bool = field(
        "whether its pods run, without network: moved data comes back only into volumes that a pod uses", default=False
    )


class BackupSettings(Inputs):
    """Which classes of protection there are for what is beside the cluster."""

    tiers: dict[str, Tier] = field("classes of protection; resources choose one by their tag BackupTier")
    restore_tests: dict[str, RestoreTest] = field("what is restored every week as a proof", default={})
    longest_retention_days: int = field("longest time that a recovery point may be kept, in days", ge=1)
    administrator_role_arns: list[RoleArn] = field(
        "roles that alone may delete recovery points, Terraform's own among them; left out, nobody by hand", default=[]
    )


class DnsSettings(Inputs):
    """Which names there are."""

    public_domain: DnsName = field("domain of the public zone")
    private_domain: DnsName = field("domain of the private zone, which only the VPC can ask")
    parent_zone_id: HostedZoneId | None = field(
        "id of the zone above, in this account; left out, its owner enters the name servers", default=None
    )
    records: dict[str, Record] = field("records by name, in the zones public and private", default={})
    health_checks: dict[str, HealthCheck] = field("health checks that records name", default={})
    delegations: dict[str, Delegation] = field(
        "subdomains that other name servers answer for, by name, in the zones public and parent", default={}
    )
    traffic_policies: dict[str, TrafficPolicy] = field("traffic policies by name, in the zone public", default={})
    coredns_version: str = field("exact version of the CoreDNS add-on")
    coredns_replicas: int = field("how many replicas CoreDNS has", ge=2)


INTERNAL_ISSUER = "internal"
"""The issuer of names that only the cluster knows, and the authority below the root that it issues from."""


class CertificateSettings(Inputs):
    """Which certificates there are, and who signs the internal ones."""

    catalog: dict[str, Certificate] = field("public certificates by name, for load balancers and CloudFront")
    cluster_catalog: dict[str, ClusterCertificate] = field(
        "certificates by name that cert-manager orders and puts into secrets of the cluster", default={}
    )
    acme_email: EmailAddress = field("where Let's Encrypt writes to")
    root: Root = field("the private root")
    subordinates: dict[str, Subordinate] = field("private authorities below the root", default={})
    crl: Crl | None = field("revocation lists; left out, there are none", default=None)
    permanent_deletion_days: int = field("how long a deleted authority can be restored, in days", ge=7, le=30)

    rules = (
        Rule(
            "subordinates",
            lambda v: (length(v.subordinates) == 0) | contains(keys(v.subordinates), INTERNAL_ISSUER),
            f"must have one named {INTERNAL_ISSUER}, which the cluster's own certificates are from, or be empty: then "
            "they are from the root",
        ),
    )


PROMOTION = "promotion"
"""The pipeline that promotes images, among those of the registry."""


class RegistrySettings(Inputs):
    """Which images are kept where, and who pushes them."""

    repositories: dict[EcrRepositoryName, Repository] = field("ECR repositories by name")
    lifecycle: Lifecycle = field("which images are deleted")
    promoted: dict[EcrRepositoryName, ImagePath] = field(
        "ECR repositories, and the path of their image below the GitLab project's", default={}
    )
    pipelines: dict[str, Pipeline] = field("GitLab projects that push", default={})
    caches: dict[str, PullThroughCache] = field("other registries' images, by prefix", default={})
    signed: bool = field("whether images are signed here")
    build_signing_profile_arns: list[SigningProfileArn] = field(
        "profiles that builds sign with elsewhere; left out, nothing is promoted into this environment", default=[]
    )
    creates_oidc_provider: bool = field("whether this environment makes its account's OIDC provider for GitLab")
    project_path: GitlabProjectPath = field("GitLab project whose registry keeps the images before they are promoted")
    keeps_project: bool = field(
        "whether this environment keeps the rules of that project: one does, for all that promote from it",
        default=False,
    )
    protected_branches: dict[str, ProtectedBranch] = field(
        "branches of the project that only some roles may change: those of every environment's pipelines", default={}
    )
    protected_tags: dict[str, ProtectedTag] = field(
        "tags of the project that only some roles may make: those of every environment's pipelines", default={}
    )
    tools_image: DigestedImage = field("image that promotion runs in, by digest")

    rules = (
        Rule(
            "promoted",
            lambda v: every(v.promoted, lambda name, _: contains(keys(v.repositories), name)),
            "must be names among repositories",
            shows=("promoted",),
        ),
        Rule(
            "pipelines",
            lambda v: (length(v.build_signing_profile_arns) == 0) | contains(keys(v.pipelines), PROMOTION),
            f'must have "{PROMOTION}", whose role the promotion takes: without build_signing_profile_arns nothing is '
            "promoted",
        ),
        Rule(
            "signed",
            lambda v: (length(v.build_signing_profile_arns) == 0) | v.signed,
            "must be true where images are promoted: what was judged is signed anew",
        ),
        Rule(
            "keeps_project",
            lambda v: ((length(v.protected_branches) == 0) & (length(v.protected_tags) == 0)) | v.keeps_project,
            "must be true where protected_branches or protected_tags are given: GitLab takes each once",
        ),
    )


def _alarms_stay_in_their_region(platform: Platform) -> Iterator[Problem]:
    for topic, region in (("alarm_topic_arn", "region"), ("dr_alarm_topic_arn", "dr_region")):
        arn, name = getattr(platform, topic), getattr(platform, region)
        if arn.split(":")[3] != name:
            yield Problem(
                topic,
                f"must be a topic in {region} {name}, got {json.dumps(arn)}",
                "Alarms reach only topics of their own region.",
            )


class Platform(Environment):
    """One environment of the platform."""

    checks = (*Environment.checks, _alarms_stay_in_their_region)

    tier: Literal["small", "full"] = field("whether the environment is small and cheap, or of the shape of production")
    alarm_topic_arn: TopicArn = field("ARN of the SNS topic that alarms go to")
    dr_alarm_topic_arn: TopicArn = field("ARN of the SNS topic in the disaster recovery region")
    permissions_boundary_arn: PolicyArn = field("ARN of the policy that bounds every role")
    log_retention_days: Literal[30, 90, 365, 400] = field("how long logs are kept, in days")
    secrets: SecretsSettings = field("secrets")
    vault: VaultSettings = field("Vault")
    velero: VeleroSettings = field("Velero")
    aws_backup: BackupSettings = field("AWS Backup")
    dns: DnsSettings = field("DNS and service discovery")
    certificates: CertificateSettings = field("certificates")
    registry: RegistrySettings = field("container images")
