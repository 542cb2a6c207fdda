"""Who pushes: pipelines of GitLab, for the branches and tags named, by their ID tokens."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy

from groundplan.building import account_id, partition, tags
from groundplan.framework import (
    Module,
    all_of,
    concat,
    dependable,
    each,
    each_name,
    first_set,
    fitted,
    is_set,
    jsonencode,
    not_empty,
    part_id,
    text,
    when,
)
from groundplan.iam import document

from . import access
from .inputs import EcrInputs, GitLab, Pipeline
from .places import below, repository

__all__ = ["oidc_provider", "push_roles"]

ROLE_NAME_CHARACTERS = 64
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


def oidc_provider(scope: Module[Any, Any], given: EcrInputs) -> tuple[Any, str]:
    """The account's IAM OIDC provider for GitLab, made if that was asked for; gives it and its ARN.

    Without thumbprints: IAM trusts its own library of root certificates.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    """
    gitlab = given.gitlab
    made = when(gitlab.create_oidc_provider)(
        IamOpenidConnectProvider,
        scope,
        "gitlab",
        url=gitlab.url,
        client_id_list=[_audience(gitlab)],
        tags=tags(scope, given),
    )
    # made of the URL, so that every role's trust is known when Terraform plans
    return made, f"arn:{partition(scope)}:iam::{account_id(scope)}:oidc-provider/{_issuer(gitlab)}"


def push_roles(
    scope: Module[Any, Any],
    given: EcrInputs,
    provider: Any,
    provider_arn: str,
    profile_arn: str,
    signing_jobs_arn: str,
) -> Any:
    """One role for each project; gives the repeated resource."""
    entries = each(given.pipelines)
    settings = entries.value
    trust = access.trust_pipeline(provider_arn, _issuer(given.gitlab), _audience(given.gitlab), _subjects(settings))
    role = entries(
        IamRole,
        scope,
        "push",
        name=fitted(f"{given.name}-push-{entries.key}", ROLE_NAME_CHARACTERS),
        description=text("substr", f"Pushes images for pipelines of {settings.project_path}", 0, 1000),
        assume_role_policy=jsonencode(document(trust)),
        permissions_boundary=given.permissions_boundary_arn,
        max_session_duration=3600,
        tags=tags(scope, given),
        depends_on=[dependable(provider)],
    )
    made_on_push = each_name(settings.templates).documents(lambda name, _: below(scope, given.templates[name].prefix))
    entries(
        IamRolePolicy,
        scope,
        part_id("access", "push"),
        name="access",
        role=role.here.name,
        policy=jsonencode(
            {
                "Version": "2012-10-17",
                "Statement": concat(
                    [
                        access.log_in().as_json(),
                        access.push(
                            concat(
                                each_name(settings.repositories).documents(lambda name, _: repository(scope, name)),
                                made_on_push,
                            )
                        ).as_json(),
                    ],
                    access.only_if(not_empty(settings.templates), access.make_on_push(made_on_push)),
                    access.only_if(settings.reads_findings, access.read_findings()),
                    access.only_if(
                        all_of(settings.signs, is_set(given.signing)),
                        access.sign(profile_arn),
                        access.check_revocation([profile_arn, signing_jobs_arn]),
                    ),
                    access.only_if(
                        not_empty(settings.verifies_profiles),
                        access.check_revocation(_with_jobs(settings.verifies_profiles), sid="CheckRevocationElsewhere"),
                    ),
                ),
            }
        ),
    )
    return role


def _with_jobs(profile_arns: list[str]) -> list[str]:
    """Profiles, and the signatures of their accounts: those are what is revoked, each by itself or all of a profile."""
    jobs = each_name(profile_arns).documents(
        lambda arn, _: text("replace", arn, "//signing-profiles/.*/", "/signing-jobs/*")
    )
    return concat(profile_arns, jobs)


def _issuer(gitlab: GitLab) -> str:
    """The instance as IAM's condition keys name it: its URL without the scheme."""
    return text("trimsuffix", text("trimprefix", gitlab.url, "https://"), "/")


def _audience(gitlab: GitLab) -> str:
    return first_set(gitlab.audience, gitlab.url)


def _subjects(pipeline: Pipeline) -> list[str]:
    """Subjects as GitLab writes them into ID tokens.

    https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
    """
    return concat(
        each_name(pipeline.branches).documents(
            lambda ref, _: f"project_path:{pipeline.project_path}:ref_type:branch:ref:{ref}"
        ),
        each_name(pipeline.tags).documents(
            lambda ref, _: f"project_path:{pipeline.project_path}:ref_type:tag:ref:{ref}"
        ),
    )
