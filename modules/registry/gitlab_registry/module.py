"""What the module makes: the project if it is its own, who may touch and pull its images, and how they get to ECR."""

from __future__ import annotations

from cdktf_cdktf_provider_gitlab.branch_protection import BranchProtection
from cdktf_cdktf_provider_gitlab.data_gitlab_group import DataGitlabGroup
from cdktf_cdktf_provider_gitlab.project_container_repository_protection import ProjectContainerRepositoryProtection
from cdktf_cdktf_provider_gitlab.project_share_group import ProjectShareGroup
from cdktf_cdktf_provider_gitlab.tag_protection import TagProtection

from groundplan.framework import Module, each, jsonencode, number, part_id, text, when

from .deploy_tokens import deploy_tokens
from .inputs import GitlabRegistryInputs, GitlabRegistryOutputs
from .project import cleanup_policy, project
from .promotion import promotion

__all__ = ["GitlabRegistry"]


class GitlabRegistry(Module[GitlabRegistryInputs, GitlabRegistryOutputs]):
    """Keeps a GitLab project's container registry clean and protected, lets clusters pull, and promotes to ECR."""

    def build(self, given: GitlabRegistryInputs) -> GitlabRegistryOutputs:
        """The project, its protection, its groups, the clusters' tokens, and the promotion, in this order."""
        home = project(self, given)
        registry_path = text("format", "%s/%s", given.registry_host, text("lower", given.project_path))

        when(given.protects_images)(
            ProjectContainerRepositoryProtection,
            self,
            part_id("protection", "all"),
            project=home,
            repository_path_pattern=text("format", "%s*", given.project_path),
            minimum_access_level_for_delete=given.minimum_access_level_for_delete,
        )
        repositories = each(given.protected_repositories)
        repositories(
            ProjectContainerRepositoryProtection,
            self,
            part_id("protection", "images"),
            project=home,
            repository_path_pattern=text("format", "%s/%s", given.project_path, repositories.value.path),
            minimum_access_level_for_push=repositories.value.minimum_access_level_for_push,
            minimum_access_level_for_delete=repositories.value.minimum_access_level_for_delete,
        )
        protected = each(given.protected_tags)
        protected(
            TagProtection,
            self,
            "tags",
            project=home,
            tag=protected.value.tag,
            create_access_level=protected.value.create_access_level,
        )

        branches = each(given.protected_branches)
        branches(
            BranchProtection,
            self,
            "branches",
            project=home,
            branch=branches.value.branch,
            push_access_level=branches.value.push_access_level,
            merge_access_level=branches.value.merge_access_level,
            allow_force_push=False,
        )

        groups = each(given.groups)
        group = groups(DataGitlabGroup, self, part_id("group", "groups"), full_path=groups.value.group_path)
        groups(
            ProjectShareGroup,
            self,
            "groups",
            project=home,
            group_id=number("tonumber", group.here.id),
            group_access=groups.value.access_level,
        )
        tokens = deploy_tokens(self, given, home)
        return GitlabRegistryOutputs(
            project_path=home,
            registry_path=registry_path,
            cleanup_policy_request=jsonencode({"container_expiration_policy_attributes": cleanup_policy(given)}),
            deploy_token_secret_arns=tokens.secret_arns,
            deploy_token_read_policy=tokens.read_policy,
            kms_key_arn=tokens.key_arn,
            promotion_template=promotion(self, given, registry_path),
            event_rule_arns=tokens.rule_arns,
        )
