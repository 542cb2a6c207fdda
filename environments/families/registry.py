"""Registry: images are built into GitLab's registry, and promoted into ECR by digest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from environments.families.alerting import Alerting
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.grammars.availability import offers
from groundplan.problems import Problem
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.registry.ecr import (
    Ecr,
    EcrInputs,
    GitLab,
    Lifecycle,
    Pipeline,
    PullThroughCache,
    Registry,
    ReplicaRegion,
    ReplicationDestination,
    ReplicationRule,
    Repository,
    Signing,
    TaggedImages,
)
from modules.registry.gitlab_registry import GitlabRegistry, GitlabRegistryInputs, Promotion

__all__ = ["PROMOTION", "RegistryFamily"]

PROMOTION = "promotion"
"""The pipeline that promotes images, among those of the registry."""


def _dev_signs(env: Platform) -> str:
    """The profile that what is built is signed with, in the dev of the environment's partition."""
    return f"arn:{env.partition.id}:signer:{env.partition.global_region}:333344445555:/signing-profiles/dev_ecr"


def _caches(env: Platform) -> bool:
    """Whether ECR keeps copies of what others publish."""
    return offers(env.region, "ecr_pull_through_cache")


def _promotions_are_whole(settings: RegistryFamily) -> Iterable[Problem]:
    promotion, ecr = settings.gitlab_registry.promotion, settings.ecr
    if promotion is None:
        return
    for name in promotion.repositories:
        if name not in ecr.repositories:
            yield Problem(
                f'gitlab_registry.promotion.repositories["{name}"]',
                "must be the name of one of ecr.repositories",
                f"There are: {', '.join(sorted(ecr.repositories))}.",
            )
    if PROMOTION not in ecr.pipelines:
        yield Problem(
            "ecr.pipelines",
            f'must have "{PROMOTION}", whose role the promotion takes',
            "Without gitlab_registry.promotion nothing is promoted.",
        )
    if ecr.signing is None:
        yield Problem(
            "ecr.signing", "must be there where images are promoted: what was judged is signed anew", "Set Signing()."
        )


def _one_environment_keeps_the_project(settings: RegistryFamily) -> Iterable[Problem]:
    project = settings.gitlab_registry
    if (project.protected_branches or project.protected_tags) and not project.protects_images:
        yield Problem(
            "gitlab_registry.protects_images",
            "must be true where protected_branches or protected_tags are given: GitLab takes each once",
            "One environment keeps the project's rules, for all that promote from it.",
        )


class RegistryFamily(PlatformFamily):
    """Which images are kept where, and who pushes them."""

    checks = (_promotions_are_whole, _one_environment_keeps_the_project)

    ecr: EcrInputs = field("images that the environment runs")
    gitlab_registry: GitlabRegistryInputs = field("images as they are built, before they are promoted")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """The claims service's images, signed."""
        images = ["claims/api", "claims/worker"]
        project = "example-insurance/claims/api"
        return cls(
            ecr=EcrInputs(
                repositories={name: Repository() for name in images},
                pipelines={PROMOTION: Pipeline(project_path=project, tags=["v*"], repositories=images)},
                caches={"kubernetes": PullThroughCache(upstream="kubernetes")} if _caches(env) else {},
                # the account's scanning, of which each environment has its own
                registry=Registry(),
                gitlab=GitLab(create_oidc_provider=True),
                signing=Signing(),
            ),
            gitlab_registry=GitlabRegistryInputs(project_path=project, protects_images=False),
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """What was built and signed in dev is judged, signed anew, and copied into the other region."""
        dr = env.dr_region
        return cls(
            ecr=EcrInputs(
                default_lifecycle=Lifecycle(
                    untagged_after_days=7, tagged={"releases": TaggedImages(tag_prefix="v", priority=10)}
                ),
                # the promotion judges by findings and by signatures, so its role may read both
                pipelines={PROMOTION: Pipeline(reads_findings=True, verifies_profiles=[_dev_signs(env)])},
                caches={"quay": PullThroughCache(upstream="quay")} if _caches(env) else {},
                registry=Registry(
                    replica_regions={dr: ReplicaRegion(alarm_topic_arn=env.dr_alarm_topic_arn)},
                    replication={"dr": ReplicationRule(destinations={"dr": ReplicationDestination(region=dr)})},
                ),
            ),
            gitlab_registry=GitlabRegistryInputs(
                promotion=Promotion(
                    repositories={"claims/api": "", "claims/worker": "worker"},
                    # who builds cannot sign what clusters take: the profiles differ
                    source_signing_profile_arns=[_dev_signs(env)],
                    tools_image="registry.gitlab.com/example-insurance/tools/promote@sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
                )
            ),
        )

    def made_once(self, env: Platform) -> Iterable[Once]:
        """GitLab's provider, and of ECR what a region has once: its settings, rules of caches, names of repositories.

        https://docs.aws.amazon.com/AmazonECR/latest/userguide/registries.html
        """
        ecr = self.ecr
        if ecr.gitlab.create_oidc_provider:
            yield Once(
                f"IAM's OIDC provider for {ecr.gitlab.url}",
                "",
                "ecr.gitlab.create_oidc_provider",
                "Set ecr.gitlab.create_oidc_provider to False in one of the two: it uses the other's.",
            )
        if ecr.registry is not None:
            for region in (env.region, *ecr.registry.replica_regions):
                yield Once(
                    "ECR's scanning, replication and policy of the registry",
                    region,
                    "ecr.registry",
                    "Set ecr.registry to None in one of the two: the other's settings hold for its images too.",
                )
        for prefix in ecr.caches:
            yield Once(
                f'ECR\'s pull-through rule "{prefix}"',
                env.region,
                f'ecr.caches["{prefix}"]',
                "Set the entry to REMOVED in one of the two: it pulls through the other's.",
            )
        for name in ecr.repositories:
            yield Once(
                f'the repository "{name}"',
                env.region,
                f'ecr.repositories["{name}"]',
                "Set the entry to REMOVED in one of the two: it pulls from the other's.",
            )

    def compose(self, stack: Stack, env: Platform, _alerting: Alerting) -> None:
        """The stack `<environment>-registry`."""
        # ECR gives what it makes by itself no tags of the provider's
        ecr = Ecr(stack, "ecr", stack.wired(self.ecr, EcrInputs(tags=env.default_tags())))
        own = GitlabRegistryInputs(name=f"{env.name}-gitlab")
        profile = ecr.outputs.signing_profile_arn
        if self.gitlab_registry.promotion is not None and profile is not None:
            promotion = Promotion(
                registry_id=env.account_id,
                region=env.region,
                push_role_arn=ecr.outputs.push_role_arns[PROMOTION],
                signing_profile_arn=profile,
            )
            own = own.but(promotion=promotion)
        GitlabRegistry(stack, "gitlab_registry", stack.wired(self.gitlab_registry, own))
