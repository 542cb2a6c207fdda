"""Repositories, those that ECR makes by itself, and which of their images it deletes."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.ecr_lifecycle_policy import EcrLifecyclePolicy
from cdktf_cdktf_provider_aws.ecr_repository import (
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
    EcrRepositoryImageTagMutabilityExclusionFilter,
)
from cdktf_cdktf_provider_aws.ecr_repository_creation_template import (
    EcrRepositoryCreationTemplate,
    EcrRepositoryCreationTemplateEncryptionConfiguration,
    EcrRepositoryCreationTemplateImageTagMutabilityExclusionFilter,
)
from cdktf_cdktf_provider_aws.ecr_repository_policy import EcrRepositoryPolicy

from groundplan.building import Key, Role, partition, service_role, tags
from groundplan.framework import (
    Module,
    any_of,
    choose,
    concat,
    each,
    each_name,
    equals,
    first_set,
    is_set,
    jsonencode,
    map_of_text,
    merged,
    not_empty,
    part_id,
    present,
    text,
    values,
)

from . import access
from .inputs import EcrInputs, Lifecycle, Repository
from .places import below, every_region, services

__all__ = ["cache_templates", "lifecycle_policy", "replica_templates", "repositories", "template_role", "templates"]

UNTAGGED_PRIORITY = 1
KMS = "KMS"


def repositories(scope: Module[Any, Any], given: EcrInputs, key: Key) -> Any:
    """The repositories, with their policies; gives the repeated resource."""
    entries = each(given.repositories)
    settings = entries.value
    made = entries(
        EcrRepository,
        scope,
        "repository",
        name=entries.key,
        image_tag_mutability=_mutability(settings.mutable_tags),
        force_delete=False,
        encryption_configuration=[EcrRepositoryEncryptionConfiguration(encryption_type=KMS, kms_key=key.arn)],
        # counts only where no registry settings turn enhanced scanning on
        image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
        tags=_tags(scope, given),
    ).having(
        "image_tag_mutability_exclusion_filter",
        settings.mutable_tags,
        lambda tag: EcrRepositoryImageTagMutabilityExclusionFilter(filter=tag, filter_type="WILDCARD"),
    )
    entries(
        EcrLifecyclePolicy,
        scope,
        part_id("lifecycle", "repository"),
        repository=made.here.name,
        policy=lifecycle_policy(first_set(settings.lifecycle, given.default_lifecycle)),
    )
    shared = entries.where(_pulled_by_others)
    shared(
        EcrRepositoryPolicy,
        scope,
        part_id("policy", "repository"),
        repository=made.here.name,
        policy=_pull_policy(scope, given, shared.value),
    )
    return made


def lifecycle_policy(lifecycle: Lifecycle) -> str:
    """A lifecycle as ECR's document. Priorities are the caller's own: another rule moves none of them.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    """
    untagged = {
        "rulePriority": UNTAGGED_PRIORITY,
        "description": "Images without a tag",
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": lifecycle.untagged_after_days,
        },
        "action": {"type": "expire"},
    }
    tagged = each(lifecycle.tagged)
    rules = tagged.documents(
        lambda name, images: {
            "rulePriority": images.priority,
            "description": name,
            "selection": merged(
                {
                    "tagStatus": "tagged",
                    "tagPrefixList": [images.tag_prefix],
                    "countType": choose(is_set(images.keep_last), "imageCountMoreThan", "sinceImagePushed"),
                    "countNumber": first_set(images.keep_last, images.expire_after_days),
                },
                each({"countUnit": "days"})
                .where(lambda _: is_set(images.expire_after_days))
                .document(lambda _, unit: unit),
            ),
            "action": {"type": "expire"},
        }
    )
    # by their priority: ECR gives them back so
    priorities = tagged.documents(lambda _, images: text("format", "%04d", images.priority))
    ordered = values(map_of_text("zipmap", priorities, rules))
    return jsonencode({"rules": concat([untagged], ordered)})


def template_role(scope: Module[Any, Any], given: EcrInputs, key: Key, replica_regions: Any, replica_keys: Any) -> Role:
    """The role by which ECR makes repositories with a key and tags: those of templates, caches and copies.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html
    """
    arns = concat(
        each(given.caches).documents(lambda prefix, _: below(scope, prefix)),
        each(given.templates).documents(
            lambda _, template: choose(equals(template.prefix, "ROOT"), below(scope), below(scope, template.prefix))
        ),
        each(replica_regions).documents(lambda where, _: below(scope, where=where)),
    )
    return service_role(
        scope,
        "templates",
        given,
        name=f"{given.name}-templates",
        service="ecr.amazonaws.com",
        statements=[
            access.make_repositories(arns),
            access.use_key_of_templates(
                concat([key.arn], each(replica_keys).documents(lambda _, arn: arn)),
                services(scope, every_region(scope, given)),
            ),
        ],
        # the documented trust has no condition, and ECR is not documented to say for whom it makes a repository
        says_for_whom=False,
        only_when=any_of(not_empty(given.caches), not_empty(given.templates), not_empty(replica_regions)),
    )


def templates(scope: Module[Any, Any], given: EcrInputs, key: Key, role: Role) -> None:
    """The templates that were asked for."""
    entries = each(given.templates)
    settings = entries.value
    entries(
        EcrRepositoryCreationTemplate,
        scope,
        "template",
        prefix=settings.prefix,
        description=f"Repositories of {given.name} under {settings.prefix}",
        applied_for=settings.applied_for,
        image_tag_mutability=_mutability(settings.mutable_tags),
        encryption_configuration=[_encryption(key.arn)],
        lifecycle_policy=lifecycle_policy(first_set(settings.lifecycle, given.default_lifecycle)),
        repository_policy=choose(_pulled_by_others(settings), _pull_policy(scope, given, settings), None),
        custom_role_arn=role.arn,
        resource_tags=_tags(scope, given),
    ).having("image_tag_mutability_exclusion_filter", settings.mutable_tags, _may_move)


def cache_templates(scope: Module[Any, Any], given: EcrInputs, key: Key, role: Role) -> Any:
    """What repositories of caches are like; gives the repeated resource, which caches come after."""
    entries = each(given.caches)
    settings = entries.value
    expire = {
        "rules": [
            {
                "rulePriority": UNTAGGED_PRIORITY,
                "description": "Images fetched long ago",
                "selection": {
                    "tagStatus": "any",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": settings.expire_after_days,
                },
                "action": {"type": "expire"},
            }
        ]
    }
    return entries(
        EcrRepositoryCreationTemplate,
        scope,
        part_id("template", "cache"),
        prefix=entries.key,
        description=f"Images of {settings.upstream} that are pulled through {given.name}",
        applied_for=["PULL_THROUGH_CACHE"],
        image_tag_mutability=_mutability(settings.mutable_tags),
        encryption_configuration=[_encryption(key.arn)],
        lifecycle_policy=jsonencode(expire),
        custom_role_arn=role.arn,
        resource_tags=_tags(scope, given),
    ).having("image_tag_mutability_exclusion_filter", settings.mutable_tags, _may_move)


def replica_templates(scope: Module[Any, Any], given: EcrInputs, replica_regions: Any, own_key: Key, role: Role) -> Any:
    """What copies are like in other regions: without a template they would have AWS's key, and tags that move.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
    """
    entries = each(replica_regions)
    other = entries.value.kms_key
    return entries(
        EcrRepositoryCreationTemplate,
        scope,
        part_id("template", "replica"),
        prefix="ROOT",
        description=f"Copies of the images of {given.name}",
        applied_for=["REPLICATION"],
        image_tag_mutability="IMMUTABLE",
        encryption_configuration=[_encryption(choose(is_set(other), present(other).arn, own_key.arn))],
        lifecycle_policy=lifecycle_policy(given.default_lifecycle),
        custom_role_arn=role.arn,
        resource_tags=_tags(scope, given),
        region=entries.key,
    )


def _tags(scope: Module[Any, Any], given: EcrInputs) -> dict[str, str]:
    return merged(tags(scope, given), {access.REGISTRY_TAG: given.name})


def _mutability(mutable_tags: list[str]) -> str:
    return choose(not_empty(mutable_tags), "IMMUTABLE_WITH_EXCLUSION", "IMMUTABLE")


def _may_move(tag: Any) -> EcrRepositoryCreationTemplateImageTagMutabilityExclusionFilter:
    return EcrRepositoryCreationTemplateImageTagMutabilityExclusionFilter(filter=tag, filter_type="WILDCARD")


def _encryption(key_arn: str) -> EcrRepositoryCreationTemplateEncryptionConfiguration:
    return EcrRepositoryCreationTemplateEncryptionConfiguration(encryption_type=KMS, kms_key=key_arn)


def _pulled_by_others(repository: Repository) -> Any:
    return any_of(not_empty(repository.pull_account_ids), repository.pull_by_organization)


def _pull_policy(scope: Module[Any, Any], given: EcrInputs, repository: Repository) -> str:
    here = partition(scope)
    return jsonencode(
        {
            "Version": "2012-10-17",
            "Statement": concat(
                each_name(repository.pull_account_ids).documents(
                    lambda account, _: access.pull_from_account(here, account).as_json()
                ),
                access.only_if(
                    repository.pull_by_organization, access.pull_from_organization(present(given.organization_id))
                ),
            ),
        }
    )
