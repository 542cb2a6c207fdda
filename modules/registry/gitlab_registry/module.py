"""What the module makes: the project if it is its own, who may touch and pull its images, and how they get to ECR."""

from __future__ import annotations

from typing import NamedTuple

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from cdktf_cdktf_provider_gitlab.branch_protection import BranchProtection
from cdktf_cdktf_provider_gitlab.data_gitlab_group import DataGitlabGroup
from cdktf_cdktf_provider_gitlab.project import Project, ProjectContainerExpirationPolicy
from cdktf_cdktf_provider_gitlab.project_container_repository_protection import ProjectContainerRepositoryProtection
from cdktf_cdktf_provider_gitlab.project_deploy_token import ProjectDeployToken
from cdktf_cdktf_provider_gitlab.project_share_group import ProjectShareGroup
from cdktf_cdktf_provider_gitlab.repository_file import RepositoryFile
from cdktf_cdktf_provider_gitlab.tag_protection import TagProtection

from groundplan.building import account_id, encryption_key, region, tags
from groundplan.framework import (
    Module,
    all_of,
    choose,
    each,
    first_set,
    is_set,
    jsonencode,
    not_empty,
    number,
    part_id,
    present,
    text,
    when,
)
from groundplan.iam import document

from . import access
from .inputs import GitlabRegistryInputs, GitlabRegistryOutputs
from .promotion import template

LONGEST_TOKEN_HOURS = 366 * 24
REMINDER_HOURS = 14 * 24
RECOVERY_WINDOW_DAYS = 30


class Tokens(NamedTuple):
    """What became of the deploy tokens."""

    secret_arns: dict[str, str]
    read_policy: str | None
    key_arn: str | None
    rule_arns: list[str]


class GitlabRegistry(Module[GitlabRegistryInputs, GitlabRegistryOutputs]):
    """Keeps a GitLab project's container registry clean and protected, lets clusters pull, and promotes to ECR."""

    def build(self, given: GitlabRegistryInputs) -> GitlabRegistryOutputs:
        """The project, its protection, its groups, the clusters' tokens, and the promotion, in this order."""
        project = self._project(given)
        registry_path = text("format", "%s/%s", given.registry_host, text("lower", given.project_path))

        when(given.protects_images)(
            ProjectContainerRepositoryProtection,
            self,
            part_id("protection", "all"),
            project=project,
            repository_path_pattern=text("format", "%s*", given.project_path),
            minimum_access_level_for_delete=given.minimum_access_level_for_delete,
        )
        repositories = each(given.protected_repositories)
        repositories(
            ProjectContainerRepositoryProtection,
            self,
            part_id("protection", "images"),
            project=project,
            repository_path_pattern=text("format", "%s/%s", given.project_path, repositories.value.path),
            minimum_access_level_for_push=repositories.value.minimum_access_level_for_push,
            minimum_access_level_for_delete=repositories.value.minimum_access_level_for_delete,
        )
        protected = each(given.protected_tags)
        protected(
            TagProtection,
            self,
            "tags",
            project=project,
            tag=protected.value.tag,
            create_access_level=protected.value.create_access_level,
        )

        branches = each(given.protected_branches)
        branches(
            BranchProtection,
            self,
            "branches",
            project=project,
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
            project=project,
            group_id=number("tonumber", group.here.id),
            group_access=groups.value.access_level,
        )
        tokens = self._deploy_tokens(given, project)
        return GitlabRegistryOutputs(
            project_path=project,
            registry_path=registry_path,
            cleanup_policy_request=jsonencode({"container_expiration_policy_attributes": _policy(given)}),
            deploy_token_secret_arns=tokens.secret_arns,
            deploy_token_read_policy=tokens.read_policy,
            kms_key_arn=tokens.key_arn,
            promotion_template=self._promotion(given, registry_path),
            event_rule_arns=tokens.rule_arns,
        )

    def _project(self, given: GitlabRegistryInputs) -> str:
        """The project's path: for one of the module's own known once it is there, so that all else waits for it."""
        own = when(is_set(given.own_project))
        above = own(DataGitlabGroup, self, "namespace", full_path=text("dirname", given.project_path))
        made = own(
            Project,
            self,
            "images",
            name=text("basename", given.project_path),
            path=text("basename", given.project_path),
            namespace_id=number("tonumber", above.one.id),
            description=present(given.own_project).description,
            visibility_level="private",
            container_registry_access_level="private",
            # its pipelines build the images; nothing else happens in it
            builds_access_level="private",
            repository_access_level="private",
            merge_requests_access_level="private",
            issues_access_level="disabled",
            pages_access_level="disabled",
            snippets_access_level="disabled",
            wiki_access_level="disabled",
            packages_enabled=False,
            request_access_enabled=False,
            only_allow_merge_if_pipeline_succeeds=True,
            initialize_with_readme=True,
            # whoever removes the module keeps images and source code
            archive_on_destroy=True,
            container_expiration_policy=ProjectContainerExpirationPolicy(
                enabled=True,
                cadence=given.cleanup.cadence,
                keep_n=given.cleanup.keep_n,
                older_than=given.cleanup.older_than,
                name_regex_delete=given.cleanup.name_regex_delete,
                name_regex_keep=given.cleanup.name_regex_keep,
            ),
        )
        return first_set(made.one.path_with_namespace, given.project_path)

    def _deploy_tokens(self, given: GitlabRegistryInputs, project: str) -> Tokens:
        """GitLab makes a token; Terraform hands it to Secrets Manager, as a write-only value, which no plan shows."""
        self.validate(
            "deploy_tokens",
            condition=(
                '${alltrue([for token in values(var.deploy_tokens) : try(timecmp("${token.expires_on}T00:00:00Z", '
                f'timeadd(plantimestamp(), "{LONGEST_TOKEN_HOURS}h")) <= 0, true)])}}'
            ),
            message="deploy_tokens: expires_on of each must be at most 366 days ahead: choose an earlier day",
        )
        tokens = each(given.deploy_tokens)
        wanted = not_empty(given.deploy_tokens)
        token = tokens(
            ProjectDeployToken,
            self,
            "pull",
            project=project,
            name=text("format", "%s-%s", given.name, tokens.key),
            username=text("format", "%s-%s", given.name, tokens.key),
            scopes=["read_registry"],
            expires_at=text("format", "%sT00:00:00Z", tokens.value.expires_on),
        )
        # the secret has the new token before GitLab revokes the old one
        token.element.add_override("lifecycle", {"create_before_destroy": True})
        key = encryption_key(
            self,
            "tokens",
            given,
            existing=given.kms_key,
            name=text("format", "%s-deploy-tokens", given.name),
            purpose=f"Encrypts the deploy tokens of {given.name}",
            statements=access.key_policy(account_id(self), region(self)),
            only_when=wanted,
        )
        secret = tokens(
            SecretsmanagerSecret,
            self,
            part_id("secret", "pull"),
            name=text("format", "%s/pull/%s", given.name, tokens.key),
            description=text("format", "Pulls images of %s until %s", given.project_path, tokens.value.expires_on),
            kms_key_id=key.arn,
            recovery_window_in_days=RECOVERY_WINDOW_DAYS,
            tags=tags(self, given),
        )
        tokens(
            SecretsmanagerSecretVersion,
            self,
            part_id("version", "pull"),
            secret_id=secret.here.id,
            secret_string_wo=jsonencode({"username": token.here.username, "accessToken": token.here.token}),
            # another day is another token, and this is what makes Terraform write it
            secret_string_wo_version=number("tonumber", text("replace", tokens.value.expires_on, "-", "")),
        )
        rule = tokens(
            CloudwatchEventRule,
            self,
            "expiry",
            name=text("format", "%s-%s-expiry", given.name, tokens.key),
            description=text("format", "A deploy token of %s ends in 14 days", given.project_path),
            schedule_expression=text(
                "formatdate",
                "'cron(0 6 'D' 'M' ? 'YYYY')'",
                text(
                    "timeadd",
                    text("format", "%sT00:00:00Z", tokens.value.expires_on),
                    f"-{REMINDER_HOURS}h",
                ),
            ),
            tags=tags(self, given),
        )
        tokens(
            CloudwatchEventTarget,
            self,
            part_id("target", "expiry"),
            rule=rule.here.name,
            arn=present(given.alarm_topic_arn),
            input=jsonencode(
                {
                    "subject": text("format", "Deploy token %s-%s ends in 14 days", given.name, tokens.key),
                    "project": given.project_path,
                    "expires_on": tokens.value.expires_on,
                    "cure": text("format", "Give deploy_tokens[%s] a later expires_on, and apply.", tokens.key),
                }
            ),
        )
        readable = document(*access.read(secret.list("arn"), key.arn, region(self)))
        return Tokens(
            secret_arns=secret.all("arn"),
            read_policy=choose(wanted, jsonencode(readable), None),
            key_arn=choose(wanted, key.arn, None),
            rule_arns=rule.list("arn"),
        )

    def _promotion(self, given: GitlabRegistryInputs, registry_path: str) -> str | None:
        promotion = present(given.promotion)
        rendered = template(
            self, promotion, name=given.name, project_path=given.project_path, registry_path=registry_path
        )
        there = is_set(given.promotion)
        committed = all_of(there, is_set(promotion.template_file))
        when(committed)(
            RepositoryFile,
            self,
            "promotion",
            project=present(promotion.template_file).project_path,
            branch=present(promotion.template_file).branch,
            file_path=present(promotion.template_file).file_path,
            content=rendered,
            encoding="text",
            overwrite_on_create=True,
            commit_message=text("format", "Promotion of images of %s, by Terraform", given.project_path),
        )
        return choose(there, rendered, None)


def _policy(given: GitlabRegistryInputs) -> dict[str, object]:
    """https://docs.gitlab.com/user/packages/container_registry/reduce_container_registry_storage/"""
    return {
        "enabled": True,
        "cadence": given.cleanup.cadence,
        "keep_n": given.cleanup.keep_n,
        "older_than": given.cleanup.older_than,
        "name_regex_delete": given.cleanup.name_regex_delete,
        "name_regex_keep": first_set(given.cleanup.name_regex_keep, ""),
    }
