"""Who may pull, push, sign, replicate, and make repositories.

Every function returns the statements of one policy. ARNs may be Terraform references: they are carried along unread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.framework import each
from groundplan.iam import Principal, Statement, allow

__all__ = [
    "REGISTRY_TAG",
    "check_revocation",
    "log_in",
    "make_on_push",
    "make_repositories",
    "only_if",
    "pull",
    "pull_from_account",
    "pull_from_organization",
    "pull_tagged",
    "pull_through_caches",
    "push",
    "read_findings",
    "replicate_here",
    "sign",
    "trust_pipeline",
    "use_key_of_templates",
]

PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""What a pull needs. https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html"""

REGISTRY_TAG = "Registry"
"""The tag of every repository: the name of the module's call that it belongs to."""

Texts = str | Sequence[str]


def only_if(condition: Any, *statements: Statement) -> list[Any]:
    """Statements that are there only when a flag is true, for `concat`."""
    entries = {f"s{position}": statement.as_json() for position, statement in enumerate(statements)}
    found: list[Any] = each(entries).where(lambda _: condition).documents(lambda _, statement: statement)
    return found


def log_in() -> Statement:
    """A token for the registry, by which nothing is opened yet; the action takes no resource.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
    """
    return allow("ecr:GetAuthorizationToken", on="*", sid="LogIn")


def pull(repository_arns: Texts) -> Statement:
    """Reads images, and the signatures next to them, which are images too."""
    return allow(*PULL, on=repository_arns, sid="Pull")


def pull_tagged(repository_arns: Texts, registry: str) -> Statement:
    """Reads the images of every repository that carries the module's tag, copies in other regions among them.

    By a tag, so that another repository changes no policy. Who pushes cannot tag a repository.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
    """
    return allow(
        *PULL,
        on=repository_arns,
        when={"StringEquals": {f"aws:ResourceTag/{REGISTRY_TAG}": registry}},
        sid="PullOfRegistry",
    )


def pull_through_caches(repository_arns: Texts) -> Statement:
    """Reads through caches: at the first pull ECR makes the repository and fetches the image for the caller.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
    """
    return allow(
        *PULL, "ecr:BatchImportUpstreamImage", "ecr:CreateRepository", on=repository_arns, sid="PullThroughCaches"
    )


def push(repository_arns: Texts) -> Statement:
    """Pushes images and signatures, and reads what it builds on. It deletes nothing, and changes no repository.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
    """
    return allow(
        *PULL,
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImages",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
        on=repository_arns,
        sid="Push",
    )


def make_on_push(repository_arns: Texts) -> Statement:
    """Lets a push make the repository, by its template.

    https://aws.amazon.com/about-aws/whats-new/2025/12/amazon-ecr-creating-repositories-on-push/
    """
    return allow("ecr:CreateRepository", on=repository_arns, sid="MakeOnPush")


def sign(profile_arn: str) -> Statement:
    """Signs with one profile. The private key stays with AWS Signer.

    https://docs.aws.amazon.com/signer/latest/developerguide/authen-apipermissions.html
    """
    return allow("signer:GetSigningProfile", "signer:SignPayload", on=profile_arn, sid="Sign")


def check_revocation(profile_and_job_arns: Texts, sid: str = "CheckRevocation") -> Statement:
    """Asks whether a signature, or the profile that it was made with, was revoked.

    https://docs.aws.amazon.com/signer/latest/api/API_GetRevocationStatus.html
    """
    return allow("signer:GetRevocationStatus", on=profile_and_job_arns, sid=sid)


def read_findings() -> Statement:
    """Reads Inspector's findings, which enhanced scan results are made of: of the whole account, not of one image.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html
    """
    return allow("inspector2:ListCoverage", "inspector2:ListFindings", on="*", sid="ReadFindings")


def trust_pipeline(provider_arn: str, issuer: str, audience: str, subjects: Texts) -> Statement:
    """Jobs of GitLab whose ID token has the audience and one of the subjects, in which a final * may stand.

    A subject names project, kind of ref and ref: `project_path:insurance/api:ref_type:branch:ref:main`. Git allows no
    colon in a ref, so none can pretend to be another. AWS looks at no other claim of GitLab's tokens, whether a ref is
    protected among them: GitLab must protect those listed.

    https://docs.gitlab.com/ci/cloud_services/aws/
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
    """
    return allow(
        "sts:AssumeRoleWithWebIdentity",
        principals=Principal.federated(provider_arn),
        when={
            "StringEquals": {f"{issuer}:aud": audience},
            "StringLike": {f"{issuer}:sub": subjects},
        },
        sid="Pipeline",
    )


def pull_from_account(partition: str, account_id: str) -> Statement:
    """Of a repository's policy: roles of another account pull, when that account lets them.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
    """
    return allow(*PULL, principals=Principal.aws(f"arn:{partition}:iam::{account_id}:root"))


def pull_from_organization(organization_id: str) -> Statement:
    """Of a repository's policy: roles of every account of the organization pull, when their account lets them.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
    """
    return allow(
        *PULL,
        principals=Principal.everyone(),
        when={"StringEquals": {"aws:PrincipalOrgID": organization_id}},
        sid="PullFromOrganization",
    )


def replicate_here(partition: str, account_id: str, repository_arns: Texts) -> Statement:
    """Of the registry's policy: another account's registry makes and fills the repositories named.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html
    """
    return allow(
        "ecr:CreateRepository",
        "ecr:ReplicateImage",
        on=repository_arns,
        principals=Principal.aws(f"arn:{partition}:iam::{account_id}:root"),
    )


def make_repositories(repository_arns: Texts) -> Statement:
    """ECR's own role for templates: makes, tags and fills the repositories that templates are for.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-custom.html
    """
    return allow(
        "ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource", on=repository_arns, sid="MakeRepositories"
    )


def use_key_of_templates(key_arns: Texts, services: Texts) -> Statement:
    """The same role gives ECR the use of the key that encrypts a repository, through ECR only.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    """
    return allow(
        "kms:CreateGrant",
        "kms:DescribeKey",
        "kms:RetireGrant",
        on=key_arns,
        when={"StringEquals": {"kms:ViaService": services}},
        sid="UseKeyOfRepositories",
    )
