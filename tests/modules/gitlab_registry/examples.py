"""Inputs that the tests share: everything switched on, and as little as there can be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from modules.registry.gitlab_registry import (
    Cleanup,
    DeployToken,
    GitlabRegistryInputs,
    OwnProject,
    Promotion,
    ProtectedBranch,
    ProtectedRepository,
    ProtectedTag,
    SharedGroup,
    TemplateFile,
)

BUILD_PROFILE = "arn:aws:signer:us-east-1:111122223333:/signing-profiles/build_images"
PROMOTION_PROFILE = "arn:aws:signer:us-east-1:111122223333:/signing-profiles/prod_images"
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"


def day(days_ahead: int) -> str:
    """A day that a token may end on."""
    found = datetime.now(UTC).date() + timedelta(days=days_ahead)
    return found.replace(day=min(found.day, 28)).isoformat()


PROMOTION = Promotion(
    repositories={"insurance/claims-api": "", "insurance/claims-worker": "worker"},
    registry_id="444455556666",
    region="us-east-1",
    push_role_arn="arn:aws:iam::444455556666:role/prod-registry-push-claims-api",
    signing_profile_arn=PROMOTION_PROFILE,
    source_signing_profile_arns=[BUILD_PROFILE],
    tools_image=f"registry.gitlab.com/platform/images/promote@sha256:{'a' * 64}",
    build_job="build: image",
    runner_tags=["protected"],
    refused_severities=["Critical", "High"],
    template_file=TemplateFile(project_path="platform/ci-templates", file_path="promote/claims-api.yml"),
)
FULL = GitlabRegistryInputs(
    name="staging-claims-api",
    project_path="Insurance/claims/api",
    own_project=OwnProject(description="Images of the claims API"),
    cleanup=Cleanup(keep_n=5, older_than="7d", name_regex_keep="(?:v.+|main)"),
    protected_repositories={"releases": ProtectedRepository(path="release/*")},
    protected_tags={"releases": ProtectedTag(tag="v*")},
    protected_branches={"main": ProtectedBranch(branch="main", push_access_level="no one")},
    groups={"testers": SharedGroup(group_path="insurance/testers")},
    deploy_tokens={"blue": DeployToken(expires_on=day(90))},
    alarm_topic_arn=TOPIC,
    promotion=PROMOTION,
)
SMALL = GitlabRegistryInputs(name="dev-claims-api", project_path="insurance/claims/api")
COUNTED_FROM = date.fromisoformat(FULL.deploy_tokens["blue"].expires_on)
"""A day that is another one tomorrow."""
