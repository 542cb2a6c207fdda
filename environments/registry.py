"""Registry: images are built into GitLab's registry, and promoted into ECR by digest."""

from __future__ import annotations

from environments.settings import PROMOTION, Platform, RegistrySettings
from groundplan.synth.stack import Stack
from modules.registry.ecr import (
    Ecr,
    EcrInputs,
    GitLab,
    Pipeline,
    Registry,
    ReplicaRegion,
    ReplicationDestination,
    ReplicationRule,
    Signing,
)
from modules.registry.gitlab_registry import GitlabRegistry, GitlabRegistryInputs, Promotion

__all__ = ["registry"]


def registry(stack: Stack, env: Platform) -> None:
    """The stack `<environment>-registry`."""
    settings = env.registry
    full = env.tier == "full"
    ecr = Ecr(
        stack,
        "ecr",
        EcrInputs(
            name=f"{env.name}-ecr",
            alarm_topic_arn=env.alarm_topic_arn,
            permissions_boundary_arn=env.permissions_boundary_arn,
            log_retention_days=env.log_retention_days,
            organization_id=env.organization_id,
            cluster=env.cluster,
            repositories=settings.repositories,
            default_lifecycle=settings.lifecycle,
            registry=Registry(
                replica_regions={env.dr_region: ReplicaRegion(alarm_topic_arn=env.dr_alarm_topic_arn)} if full else {},
                replication={"dr": ReplicationRule(destinations={"dr": ReplicationDestination(region=env.dr_region)})}
                if full
                else {},
            ),
            caches=settings.caches,
            gitlab=GitLab(create_oidc_provider=settings.creates_oidc_provider),
            pipelines=_pipelines(settings),
            signing=Signing() if settings.signed else None,
            # ECR gives what it makes by itself no tags of the provider's
            tags=env.default_tags(),
        ),
    )
    profile = ecr.outputs.signing_profile_arn if settings.signed else None
    GitlabRegistry(
        stack,
        "gitlab_registry",
        GitlabRegistryInputs(
            name=f"{env.name}-gitlab",
            project_path=settings.project_path,
            protects_images=settings.keeps_project,
            protected_branches=settings.protected_branches,
            protected_tags=settings.protected_tags,
            promotion=Promotion(
                repositories=settings.promoted,
                registry_id=env.account_id,
                region=env.region,
                push_role_arn=ecr.outputs.push_role_arns[PROMOTION],
                signing_profile_arn=profile,
                # who builds cannot sign what clusters take: the profiles differ
                source_signing_profile_arns=settings.build_signing_profile_arns,
                tools_image=settings.tools_image,
            )
            if profile is not None and settings.build_signing_profile_arns
            else None,
        ),
    )


def _pipelines(settings: RegistrySettings) -> dict[str, Pipeline]:
    """Those of the settings; the promotion judges by findings and by signatures, so its role may read both."""
    builds = settings.build_signing_profile_arns
    if not builds:
        return settings.pipelines
    promotion = settings.pipelines[PROMOTION].but(reads_findings=True, verifies_profiles=builds)
    return {**settings.pipelines, PROMOTION: promotion}
