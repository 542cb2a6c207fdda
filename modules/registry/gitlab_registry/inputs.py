"""What may be set: the project, what is deleted of its images, who may touch and pull them, and their promotion."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import AlarmInputs, GivenKey
from groundplan.framework import Inputs, Outputs, Rule, distinct, field, length, output, repeated, unset
from groundplan.framework.constraints import Arn, Pattern, Unique
from groundplan.framework.regular_expressions import Parenthesized, RegularExpression
from groundplan.framework.types import (
    AccountId,
    DnsName,
    EcrRepositoryName,
    GitlabProjectPath,
    RegionName,
    ResourceName,
    RoleArn,
    Tags,
    TopicArn,
)

__all__ = [
    "Cleanup",
    "DeployToken",
    "DigestedImage",
    "GitlabRegistryInputs",
    "GitlabRegistryOutputs",
    "ImagePath",
    "OwnProject",
    "Promotion",
    "ProtectedBranch",
    "ProtectedRepository",
    "ProtectedTag",
    "SharedGroup",
    "SigningProfileArn",
    "TemplateFile",
]

# https://docs.gitlab.com/user/reserved_names/#rules-for-usernames-project-and-group-names-and-slugs
_PART = "[A-Za-z0-9_][A-Za-z0-9_.-]*"
GroupPath = Annotated[
    str, Pattern(f"{_PART}(?:/{_PART})*", "the whole path of a GitLab group, such as insurance/claims")
]
# https://docs.gitlab.com/user/packages/container_registry/#naming-convention-for-your-container-images
ImagePath = Annotated[
    str,
    Pattern(
        "(?:[a-z0-9]+(?:[._-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*)?",
        "the path of an image below its project's, such as worker, or empty for the project's own",
    ),
]
ShortName = Annotated[
    str, Pattern("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", "at most 32 lower-case letters, digits and hyphens")
]
Day = Annotated[
    str, Pattern("20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])", "a day up to the 28th, such as 2027-01-28")
]
SigningProfileArn = Annotated[
    str,
    Arn(
        "signer",
        "/signing-profiles/[A-Za-z0-9_]{2,64}",
        "arn:aws:signer:us-east-1:111122223333:/signing-profiles/prod_images",
    ),
]
DigestedImage = Annotated[
    str,
    Pattern(
        r"[a-z0-9.-]+(?::[0-9]+)?(?:/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}",
        "a container image with its registry and its digest (registry/path@sha256:...)",
    ),
]
RelativeFile = Annotated[
    str, Pattern(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*", "the path of a file in a repository, such as ci/promote.yml")
]
# GitLab puts \A and \z around it as it stands, and has RE2 read the whole.
# https://docs.gitlab.com/user/packages/container_registry/reduce_container_registry_storage/#regex-pattern-examples
TagExpression = Annotated[str, RegularExpression(), Parenthesized()]
BranchName = Annotated[str, Pattern("[A-Za-z0-9_][A-Za-z0-9_./-]*", "the name of a branch, such as main")]


class Cleanup(Inputs):
    """Which image tags GitLab deletes by itself: those that match, beyond the newest, and older than some days."""

    cadence: Literal["1d", "7d", "14d", "1month", "3month"] = field(
        "how often it runs, in GitLab's words", default="1d"
    )
    keep_n: Literal[1, 5, 10, 25, 50, 100] = field(
        "how many of the newest matching tags of each image always stay", default=10
    )
    older_than: Literal["7d", "14d", "30d", "60d", "90d"] = field(
        "how old a tag must be before it may go, in GitLab's words", default="14d"
    )
    name_regex_delete: TagExpression = field(
        "which tags may go, as a regular expression (RE2) of the whole tag", default=".*", min_length=1, max_length=255
    )
    name_regex_keep: TagExpression | None = field(
        "which tags never go, as a regular expression (RE2) of the whole tag; left out, those that it must not touch "
        "are told by name_regex_delete alone",
        default=None,
        min_length=1,
        max_length=255,
    )


class OwnProject(Inputs):
    """A project that is there for its images alone, made and kept by the module."""

    description: str = field("what its images are, for those who find it", min_length=1, max_length=2000)


class ProtectedRepository(Inputs):
    """Who may push and delete images of some paths of the project, beside what holds for all of its images."""

    path: str = field(
        "path of the images below the project's, which may have * in it, such as release/*",
        min_length=1,
        max_length=200,
    )
    minimum_access_level_for_push: Literal["maintainer", "owner", "admin"] = field(
        "least role that may push", default="maintainer"
    )
    minimum_access_level_for_delete: Literal["maintainer", "owner", "admin"] = field(
        "least role that may delete", default="maintainer"
    )


class ProtectedTag(Inputs):
    """Who may make the Git tags whose pipelines push or promote images."""

    tag: Annotated[str, Pattern(r"[A-Za-z0-9_*][A-Za-z0-9_.*/-]*", "a tag, which may have * in it, such as v*")] = (
        field("name of the tags, which may have * in it")
    )
    create_access_level: Literal["no one", "developer", "maintainer"] = field(
        "least role that may make such a tag", default="maintainer"
    )


class ProtectedBranch(Inputs):
    """Who may change branches whose pipelines push or promote images."""

    branch: Annotated[
        str, Pattern(r"[A-Za-z0-9_*][A-Za-z0-9_.*/-]*", "a branch, which may have * in it, such as release/*")
    ] = field("name of the branches, which may have * in it")
    push_access_level: Literal["no one", "developer", "maintainer"] = field(
        "least role that may push to such a branch, and make one", default="maintainer"
    )
    merge_access_level: Literal["no one", "developer", "maintainer"] = field(
        "least role that may merge into such a branch", default="maintainer"
    )


class SharedGroup(Inputs):
    """A group that the project is shared with."""

    group_path: GroupPath = field("path of the group, with those that it is in")
    access_level: Literal["guest", "reporter", "developer", "maintainer"] = field(
        "role of its members in the project, and never more than their role in the group; reporter pulls images",
        default="reporter",
    )


class DeployToken(Inputs):
    """Credentials by which a cluster pulls the project's images, until a day."""

    expires_on: Day = field(
        "day on which the token ends, in UTC, at most 366 days ahead; another day makes another token"
    )


class TemplateFile(Inputs):
    """Where the promotion's template is committed, for pipelines to include it."""

    project_path: GitlabProjectPath = field("project that holds templates; its default branch should be protected")
    branch: BranchName = field("branch that the file is committed to", default="main")
    file_path: RelativeFile = field("path of the file in the repository, such as promote/claims-api.yml")


class Promotion(Inputs):
    """How images of the project get to ECR: by digest, scanned and signed before and after."""

    repositories: dict[EcrRepositoryName, ImagePath] = field(
        "images that are promoted: ECR repository, and path of the image below the project's (empty: the project's own)"
    )
    registry_id: AccountId = field("AWS account of the ECR registry")
    region: RegionName = field("region of the ECR registry and of the signing profile")
    push_role_arn: RoleArn = field(
        "ARN of the role that the job takes with its ID token: it pushes to the repositories, reads their scan's "
        "findings and signs"
    )
    audience: str = field(
        "aud of the job's ID token, as the role's trust asks for it", default="https://gitlab.com", min_length=1
    )
    signing_profile_arn: SigningProfileArn = field(
        "ARN of the profile of AWS Signer that copies are signed with: the one that clusters verify"
    )
    source_signing_profile_arns: list[SigningProfileArn] = field(
        "ARNs of the profiles of AWS Signer that builds sign with: an image that none of them signed is refused",
        min_length=1,
        max_length=10,
    )
    tools_image: DigestedImage = field(
        "image that the job runs in, with crane, notation, the plugin of AWS Signer, aws and Python 3.11 or later: "
        "files/promote/Dockerfile of the module makes one"
    )
    build_job: Annotated[str, Pattern("[A-Za-z0-9_.:-][A-Za-z0-9_.: -]*", "the name of a job")] = field(
        "job of the pipeline that builds the image and gives PROMOTE_IMAGE in a dotenv report", default="build"
    )
    runner_tags: list[ShortName] = field("tags of the runners that may promote; left out, any runner", default=[])
    refused_severities: Annotated[list[Literal["Critical", "High", "Medium", "Low"]], Unique()] = field(
        "severities of findings that need a waiver; findings of unknown severity always do",
        default=["Critical"],
        min_length=1,
    )
    waivers_file: RelativeFile = field(
        "file of the project's repository with the waivers: one waiver has id, reason, owner and last_day",
        default=".gitlab/image-waivers.toml",
    )
    waiver_max_days: int = field("how far ahead the last day of a waiver may be, in days", default=90, ge=1, le=366)
    report_max_age_hours: int = field("how old GitLab's scan of the image may be, in hours", default=24, ge=1, le=720)
    scan_wait_seconds: int = field("how long the job waits for ECR's scan, in seconds", default=900, ge=60, le=3000)
    template_file: TemplateFile | None = field(
        "where the template is committed; left out, it is an output and a matter of yours", default=None
    )

    rules = (
        Rule(
            "repositories",
            lambda v: distinct(v.repositories, lambda _, path: path),
            "must not have the same image twice: an image has one place in ECR",
            finds=lambda v: repeated(v.repositories, lambda _, path: path),
        ),
        Rule(
            "repositories",
            lambda v: length(v.repositories) > 0,
            "must have one image at least: leave promotion out to promote none",
        ),
    )


class GitlabRegistryInputs(AlarmInputs):
    """The container registry of one GitLab project."""

    name: ResourceName = field(
        "prefix of the names of everything the module makes, by custom <environment>-<project>", max_length=40
    )
    project_path: GitlabProjectPath = field("path of the project, with its groups: it exists, or own_project is given")
    registry_host: DnsName = field("host of GitLab's container registry", default="registry.gitlab.com")
    own_project: OwnProject | None = field(
        "makes the project, for its images alone, with the cleanup policy; left out, the project exists, and its owner "
        "applies the output cleanup_policy_request",
        default=None,
    )
    cleanup: Cleanup = field("which image tags GitLab deletes by itself", default=Cleanup())
    protects_images: bool = field(
        "whether this call says who may delete images of the project; false where another call for the same project "
        "does: GitLab takes the rule once",
        default=True,
    )
    minimum_access_level_for_delete: Literal["maintainer", "owner", "admin"] = field(
        "least role that may delete images of the project, with protects_images", default="maintainer"
    )
    protected_repositories: dict[ShortName, ProtectedRepository] = field(
        "images that ask for more, by a name of yours; left out, none", default={}
    )
    protected_tags: dict[ShortName, ProtectedTag] = field(
        "which Git tags only some roles may make, by a name of yours; left out, none", default={}
    )
    protected_branches: dict[ShortName, ProtectedBranch] = field(
        "which Git branches only some roles may change, by a name of yours; left out, what GitLab protects by itself",
        default={},
    )
    groups: dict[ShortName, SharedGroup] = field(
        "groups that the project is shared with, by a name of yours; left out, none", default={}
    )
    deploy_tokens: dict[ShortName, DeployToken] = field(
        "tokens that clusters pull images with, by a name of yours, each kept in a secret of Secrets Manager; "
        "left out, none",
        default={},
    )
    alarm_topic_arn: TopicArn | None = field(
        "ARN of the SNS topic that is told 14 days before a deploy token ends; needed for deploy_tokens", default=None
    )
    kms_key: GivenKey | None = field(
        "key that encrypts the secrets of deploy tokens; left out, the module makes its own with yearly rotation",
        default=None,
    )
    promotion: Promotion | None = field("how images get to ECR; left out, they stay in GitLab", default=None)
    tags: Tags = field("tags on everything that takes them, over those of the provider's default_tags", default={})

    rules = (
        Rule(
            "deploy_tokens",
            lambda v: (length(v.deploy_tokens) == 0) | ~unset(v.alarm_topic_arn),
            "need alarm_topic_arn: pods stop starting on the day that a token ends, and somebody must know before",
        ),
    )


class GitlabRegistryOutputs(Outputs):
    """What clusters, pipelines and the project's owner need to know."""

    project_path: str = output("path of the project, known once it exists")
    registry_path: str = output("beginning of the references of the project's images, without a / at its end")
    cleanup_policy_request: str = output(
        "body of PUT /projects/:id of GitLab's API that sets the cleanup policy, for the owner of a project that "
        "exists; what own_project has by itself"
    )
    deploy_token_secret_arns: dict[str, str] = output(
        "ARN of the secret of each deploy token by name, with username and accessToken in it, for External Secrets"
    )
    deploy_token_read_policy: str | None = output(
        "IAM policy, as JSON, of whoever makes image pull secrets of the tokens, such as the role of External Secrets; "
        "null without deploy tokens"
    )
    kms_key_arn: str | None = output("ARN of the key that encrypts the secrets; null without deploy tokens")
    promotion_template: str | None = output(
        "the GitLab CI template that promotes images, for pipelines to include; null without promotion"
    )
    event_rule_arns: list[str] = output("ARNs of the rules that publish to alarm_topic_arn, for the topic's policy")
