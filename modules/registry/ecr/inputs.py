"""What may be set: the repositories, the registry's own settings, its caches, who pushes and pulls, and signing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from groundplan.building import Cluster, GivenKey, ServiceInputs, copied_onto_itself, kept_tag
from groundplan.framework import (
    EachRule,
    Inputs,
    Outputs,
    Rule,
    Term,
    computed,
    contains,
    distinct,
    every,
    expression_of,
    field,
    keys,
    length,
    output,
    picked,
    repeated,
    unset,
)
from groundplan.framework.types import (
    AccountId,
    EcrRepositoryName,
    GitlabProjectPath,
    HttpsUrl,
    KubernetesName,
    Names,
    NamespaceName,
    OrganizationId,
    RegionName,
    TopicArn,
)
from groundplan.problems import Problem

from .access import REGISTRY_TAG
from .names import (
    CachePrefix,
    Certificate,
    GitRef,
    MutableTag,
    RepositoryPrefix,
    ScanFilter,
    ShortName,
    SigningProfileArn,
    TagPrefix,
    TemplatePrefix,
    UpstreamSecretArn,
)

__all__ = [
    "EcrInputs",
    "EcrOutputs",
    "GitLab",
    "Lifecycle",
    "Pipeline",
    "PullRole",
    "PullThroughCache",
    "Registry",
    "ReplicaRegion",
    "ReplicationDestination",
    "ReplicationRule",
    "ReplicationSource",
    "Repository",
    "RepositoryTemplate",
    "Signing",
    "TaggedImages",
    "Verification",
]

UPSTREAMS_WITH_CREDENTIALS = ["docker-hub", "github"]


class TaggedImages(Inputs):
    """For how long images with some tags are kept: the last so many, or for some days after they were pushed."""

    tag_prefix: TagPrefix = field("beginning of the tags that this is about, such as v or main-")
    priority: int = field(
        "in which order they are looked at, the lowest first: the first that an image's tag begins with decides alone, "
        "so a longer prefix goes before a shorter one",
        ge=2,
        le=998,
    )
    keep_last: int | None = field(
        "how many images are kept, the newest ones; left out, give expire_after_days", default=None, ge=1, le=10000
    )
    expire_after_days: int | None = field(
        "how long an image is kept after its push, in days; left out, give keep_last", default=None, ge=1, le=3650
    )

    rules = (
        Rule(
            "keep_last",
            lambda v: unset(v.keep_last) != unset(v.expire_after_days),
            "must be given when expire_after_days is not, and only then",
            shows=("keep_last", "expire_after_days"),
        ),
    )


def _begins_with(text: Term, beginning: Term) -> Term:
    return Term(
        f"startswith({expression_of(text)}, {expression_of(beginning)})",
        lambda: bool(computed(text).startswith(computed(beginning))),
    )


class Lifecycle(Inputs):
    """Which images ECR deletes by itself; those that nothing here speaks of stay."""

    untagged_after_days: int = field(
        "how long an image without a tag is kept after its push, in days", default=14, ge=1, le=3650
    )
    tagged: dict[ShortName, TaggedImages] = field(
        "which tagged images are kept, by a name of yours; left out, all of them", default={}, max_length=48
    )

    rules = (
        Rule(
            "tagged",
            lambda v: distinct(v.tagged, lambda _, images: images.priority),
            "must not have the same priority twice",
            finds=lambda v: repeated(v.tagged, lambda _, images: images.priority),
        ),
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html: an image that one rule's tags
        # fit is never expired by a rule of lower priority
        EachRule(
            "tagged",
            lambda v, name, images: every(
                v.tagged,
                lambda other, o: (
                    (other == name) | (images.priority <= o.priority) | ~_begins_with(images.tag_prefix, o.tag_prefix)
                ),
            ),
            "must be less than that of every entry whose tag_prefix begins this one's, or is the same: ECR asks that "
            "one first, and this one never",
            inside="priority",
            shows=("tag_prefix", "priority"),
        ),
    )


class Repository(Inputs):
    """One repository: its tags cannot be moved, its images are encrypted, scanned and cleaned up."""

    mutable_tags: list[MutableTag] = field(
        "tags that may be moved all the same, such as buildcache*; left out, none may", default=[], max_length=5
    )
    lifecycle: Lifecycle | None = field(
        "which images are deleted; left out, what default_lifecycle of the module says", default=None
    )
    pull_account_ids: list[AccountId] = field(
        "other accounts that may pull; left out, only this account's roles may", default=[], max_length=50
    )
    pull_by_organization: bool = field(
        "whether every account of the organization may pull; needs organization_id of the module", default=False
    )


class RepositoryTemplate(Repository):
    """Repositories that ECR makes by itself: on a push, for another registry's replication, for a cache."""

    prefix: TemplatePrefix = field("beginning of the names of the repositories that it is for")
    applied_for: list[Literal["CREATE_ON_PUSH", "PULL_THROUGH_CACHE", "REPLICATION"]] = field(
        "what makes ECR make such a repository; CREATE_ON_PUSH needs version 6.28 or later of the AWS provider",
        min_length=1,
    )


class PullThroughCache(Inputs):
    """Copies of another registry's images, fetched by ECR when they are pulled the first time."""

    upstream: Literal["docker-hub", "ecr-public", "github", "kubernetes", "quay"] = field(
        "the registry: Docker Hub, public.ecr.aws, ghcr.io, registry.k8s.io or quay.io"
    )
    credentials_secret_arn: UpstreamSecretArn | None = field(
        "ARN of the secret with the user's name and access token at docker-hub or github, which exists, has its value, "
        "and is encrypted with aws/secretsmanager; left out for the others, which ask for none",
        default=None,
    )
    mutable_tags: list[MutableTag] = field(
        "tags that ECR follows when they move upstream; left out, a tag stays what it was when it was fetched first",
        default=[],
        max_length=5,
    )
    expire_after_days: int = field(
        "how long an image is kept after it was fetched, in days; it is fetched again when it is pulled later",
        default=90,
        ge=1,
        le=3650,
    )

    rules = (
        Rule(
            "credentials_secret_arn",
            lambda v: unset(v.credentials_secret_arn) != contains(UPSTREAMS_WITH_CREDENTIALS, v.upstream),
            "must be given for docker-hub and github, and for no other upstream",
            shows=("upstream",),
        ),
    )


class ReplicaRegion(Inputs):
    """A region that keeps copies of this account's images."""

    kms_key: GivenKey | None = field(
        "key of that region that encrypts the copies; left out, the module makes one there with yearly rotation",
        default=None,
    )
    alarm_topic_arn: TopicArn | None = field(
        "ARN of the SNS topic in that region that is told when an image could not be copied there; left out, nobody is",
        default=None,
    )


class ReplicationDestination(Inputs):
    """Where images are copied to."""

    region: RegionName = field("the region of the copies")
    account_id: AccountId | None = field(
        "the account of the copies, whose registry policy must allow it; left out, this account, and the region must "
        "be among replica_regions",
        default=None,
    )


class ReplicationRule(Inputs):
    """Which repositories are copied where."""

    destinations: dict[ShortName, ReplicationDestination] = field(
        "where to, by a name of yours", min_length=1, max_length=25
    )
    repository_prefixes: list[RepositoryPrefix] = field(
        "beginnings of the names of the repositories that are copied; left out, all of them", default=[], max_length=100
    )


class ReplicationSource(Inputs):
    """Another account that copies its images to this registry."""

    account_id: AccountId = field("the account")
    repository_prefixes: list[RepositoryPrefix] = field(
        "beginnings of the names of the repositories that it may make and fill here", min_length=1
    )


def _region_of(arn: Term) -> Term:
    """The region that the resource of an ARN is in; an ARN that is none is told of where it stands."""
    return Term(
        f'try(split(":", {expression_of(arn)})[3], "")',
        lambda: [*computed(arn).split(":"), "", "", ""][3],
    )


def _without_template(registry: Any, rule: Any) -> Any:
    """The regions of this account that a rule of replication copies to, and nothing says what copies are like there."""
    return picked(
        rule.destinations,
        lambda _, to: to.region,
        lambda _, to: unset(to.account_id) & ~contains(keys(registry.replica_regions), to.region),
    )


class Registry(Inputs):
    """What a registry has once, for an account and region: scanning, replication, and who replicates to it."""

    continuous_scan: list[ScanFilter] = field(
        "repositories that Amazon Inspector scans at a push and whenever it learns of a vulnerability",
        default=["*"],
        max_length=100,
    )
    scan_on_push: list[ScanFilter] = field(
        "repositories that are scanned at a push only, where continuous_scan does not name them",
        default=[],
        max_length=100,
    )
    enable_inspector: bool = field(
        "whether the module turns Amazon Inspector on for ECR; otherwise the organization does", default=True
    )
    replica_regions: dict[RegionName, ReplicaRegion] = field(
        "regions that keep copies of this account's images; left out, there are none", default={}
    )
    replication: dict[ShortName, ReplicationRule] = field(
        "what is copied where, by a name of yours; left out, nothing", default={}, max_length=10
    )
    replicated_from: dict[ShortName, ReplicationSource] = field(
        "accounts that copy their images here, by a name of yours; left out, none may", default={}
    )

    rules = (
        Rule(
            "continuous_scan",
            lambda v: (length(v.continuous_scan) > 0) | (length(v.scan_on_push) > 0),
            "must name a repository, or scan_on_push must: images that nobody scans are not to be run",
        ),
        Rule(
            "replication",
            lambda v: every(v.replication, lambda _, rule: length(_without_template(v, rule)) == 0),
            "the region of each destination in this account must be among replica_regions",
            finds=lambda v: picked(
                v.replication, lambda name, _: name, lambda _, rule: length(_without_template(v, rule)) > 0
            ),
        ),
        EachRule(
            "replica_regions",
            lambda _, region, copies: unset(copies.alarm_topic_arn) | (_region_of(copies.alarm_topic_arn) == region),
            "must be a topic in the region that it is given for: an event does not leave its region",
            inside="alarm_topic_arn",
            shows=("alarm_topic_arn",),
        ),
    )


class GitLab(Inputs):
    """The GitLab that pipelines run in: they get short-lived credentials for their ID tokens, and no static keys."""

    url: HttpsUrl = field("URL of the GitLab instance, as in its tokens' iss", default="https://gitlab.com")
    audience: str | None = field(
        "aud of the pipelines' id_tokens; left out, the URL of the instance", default=None, min_length=1, max_length=255
    )
    create_oidc_provider: bool = field(
        "whether the module makes the account's IAM OIDC provider for the instance; otherwise it must exist already: "
        "an account has one for each URL",
        default=False,
    )


class Pipeline(Inputs):
    """A GitLab project whose pipelines push images, and the branches and tags that they may do it for."""

    project_path: GitlabProjectPath = field("path of the project, with its groups")
    branches: list[GitRef] = field(
        "branches that may push: protect each of them in GitLab, by the same pattern; left out, no branch may",
        default=[],
        max_length=10,
    )
    tags: list[GitRef] = field(
        "tags that may push: protect each of them in GitLab, by the same pattern; left out, no tag may",
        default=[],
        max_length=10,
    )
    repositories: Names = field("names of the repositories that it pushes to, among repositories", default=[])
    templates: Names = field(
        "names of the templates, among templates, under whose prefix a push may make a repository", default=[]
    )
    signs: bool = field("whether it may sign images and verify signatures, where the module has signing", default=True)
    verifies_profiles: list[SigningProfileArn] = field(
        "ARNs of AWS Signer's profiles elsewhere whose signatures it verifies too: it may ask if one was revoked; left "
        "out, it verifies only those of the module's profile",
        default=[],
        max_length=10,
    )
    reads_findings: bool = field(
        "whether it may read Amazon Inspector's findings, to refuse an image by its scan; they are those of the whole "
        "account: Inspector knows no narrower permission",
        default=False,
    )

    rules = (
        Rule(
            "branches",
            lambda v: (length(v.branches) > 0) | (length(v.tags) > 0),
            "must name a branch, or tags must name a tag: otherwise nobody can push",
        ),
        Rule(
            "repositories",
            lambda v: (length(v.repositories) > 0) | (length(v.templates) > 0),
            "must name a repository, or templates must name a template: otherwise there is nothing to push to",
        ),
    )


class PullRole(Inputs):
    """A workload of the cluster that reads images itself, such as a signature verifier. Nodes need none."""

    namespace: NamespaceName = field("the workload's namespace")
    service_account: KubernetesName = field("the workload's service account")
    repositories: Names = field(
        "names of the repositories that it reads, among repositories; left out, every one of them", default=[]
    )
    through_caches: bool = field("whether it may pull through the caches too", default=False)
    verifies_signatures: bool = field(
        "whether it may ask AWS Signer if a signature was revoked; needs signing of the module", default=False
    )


class Verification(Inputs):
    """A Kyverno policy that lets in only pods whose images of these repositories are signed, and pins their digest."""

    certificate_pem: Certificate = field(
        "AWS Signer's root certificate for the partition, which AWS publishes for Notation; it is public"
    )
    namespaces: list[str] = field("namespaces whose pods are looked at, with * for any characters", default=["*"])
    excluded_namespaces: list[str] = field(
        "namespaces whose pods are not looked at: those that Kyverno and the verifier need themselves",
        default=["kube-system", "kyverno", "notation-aws-verifier"],
    )
    verifier_namespace: NamespaceName = field(
        "namespace of the service that Kyverno asks", default="notation-aws-verifier"
    )
    verifier_service: KubernetesName = field("name of that service", default="notation-aws-verifier-svc")
    level: Literal["strict", "permissive", "audit"] = field(
        "Notation's verification level: strict refuses what is revoked or expired too", default="strict"
    )
    failure_policy: Literal["Fail", "Ignore"] = field(
        "what the API server does with a pod when Kyverno does not answer", default="Fail"
    )


class Signing(Inputs):
    """A profile of AWS Signer by which pipelines sign images with Notation, and its verification in the cluster."""

    signature_validity_months: int = field("how long a signature is valid, in months", default=135, ge=1, le=135)
    verification: Verification | None = field(
        "the policy that the cluster verifies signatures by, as documents to apply; left out, there are none",
        default=None,
    )


def _copied_onto_itself(given: EcrInputs) -> Iterator[Problem]:
    for region in given.registry.replica_regions if given.registry else {}:
        yield from copied_onto_itself(given, f'registry.replica_regions["{region}"]', region)


class EcrInputs(ServiceInputs):
    """The container registry of an account and region, or a part of its repositories."""

    repositories: dict[EcrRepositoryName, Repository] = field("repositories by name")
    default_lifecycle: Lifecycle = field(
        "which images are deleted in repositories that say nothing of it, and in copies in other regions",
        default=Lifecycle(),
    )
    templates: dict[ShortName, RepositoryTemplate] = field(
        "repositories that ECR makes by itself, by a name of yours; left out, only those of caches and copies",
        default={},
    )
    organization_id: OrganizationId | None = field(
        "AWS Organizations id, for pull_by_organization; left out, no repository may say so", default=None
    )
    registry: Registry | None = field(
        "what the account's registry has once in this region; left out, another call of the module owns it",
        default=None,
    )
    caches: dict[CachePrefix, PullThroughCache] = field(
        "other registries' images, by the prefix of their names here; left out, none", default={}, max_length=50
    )
    gitlab: GitLab = field("the GitLab that pipelines run in", default=GitLab())
    pipelines: dict[ShortName, Pipeline] = field(
        "GitLab projects that push, by a name of yours; each gets an IAM role; left out, nobody does", default={}
    )
    cluster: Cluster | None = field("the EKS cluster of pull_roles; left out, there are none", default=None)
    pull_roles: dict[ShortName, PullRole] = field(
        "workloads of the cluster that read images themselves, by a name of yours; left out, none", default={}
    )
    signing: Signing | None = field("signatures of AWS Signer; left out, images are not signed", default=None)

    rules = (
        kept_tag(REGISTRY_TAG, "whoever pulls may pull from the repositories that carry it"),
        EachRule(
            "repositories",
            lambda v, _, one: ~one.pull_by_organization | ~unset(v.organization_id),
            "needs organization_id of the module",
            inside="pull_by_organization",
        ),
        EachRule(
            "templates",
            lambda v, _, one: ~one.pull_by_organization | ~unset(v.organization_id),
            "needs organization_id of the module",
            inside="pull_by_organization",
        ),
        Rule(
            "templates",
            lambda v: distinct(v.templates, lambda _, template: template.prefix),
            "must not have the same prefix twice: a region has one template for each",
            finds=lambda v: repeated(v.templates, lambda _, template: template.prefix),
        ),
        EachRule(
            "templates",
            lambda v, _, one: ~contains(keys(v.caches), one.prefix),
            "must not be a prefix among caches, which have templates of their own",
            inside="prefix",
            shows=("prefix",),
        ),
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
        EachRule(
            "caches",
            lambda v, _, one: (
                unset(one.credentials_secret_arn)
                | (_region_of(one.credentials_secret_arn) == _region_of(v.alarm_topic_arn))
            ),
            "must be a secret in the module's own region, which is that of alarm_topic_arn: ECR reads no other; make "
            "one there, or a replica",
            inside="credentials_secret_arn",
            shows=("credentials_secret_arn",),
        ),
        EachRule(
            "pipelines",
            lambda v, _, one: every(one.repositories, lambda _, name: contains(keys(v.repositories), name)),
            "must be names among repositories",
            inside="repositories",
            shows=("repositories",),
        ),
        EachRule(
            "pipelines",
            lambda v, _, one: every(one.templates, lambda _, name: contains(keys(v.templates), name)),
            "must be names among templates",
            inside="templates",
            shows=("templates",),
        ),
        EachRule(
            "pull_roles",
            lambda v, _, one: every(one.repositories, lambda _, name: contains(keys(v.repositories), name)),
            "must be names among repositories",
            inside="repositories",
            shows=("repositories",),
        ),
        EachRule(
            "pull_roles",
            lambda v, _, one: ~one.verifies_signatures | ~unset(v.signing),
            "needs signing of the module: without it there are no signatures",
            inside="verifies_signatures",
        ),
        Rule(
            "pull_roles",
            lambda v: (length(v.pull_roles) == 0) | ~unset(v.cluster),
            "needs cluster: it is the cluster's service accounts that take these roles",
        ),
    )

    checks = (_copied_onto_itself,)


class EcrOutputs(Outputs):
    """What pipelines, clusters and other modules need to know of the registry."""

    registry_host: str = output("host name of the registry, for image references and docker login")
    repository_arns: dict[str, str] = output("ARN of each repository, by name")
    repository_urls: dict[str, str] = output("URL of each repository, by name, to which :tag or @digest is added")
    cache_urls: dict[str, str] = output("what replaces the registry in the references of cached images, by prefix")
    kms_key_arn: str = output("ARN of the key that encrypts the images")
    replica_kms_key_arns: dict[str, str] = output("ARN of the key that encrypts the copies, by region")
    pull_policy_arn: str = output(
        "ARN of the IAM policy by which nodes pull, through caches too: attach it to their role"
    )
    pull_policy: str = output("the same policy as a JSON document")
    pull_role_arns: dict[str, str] = output(
        "ARN of each pull role, by name: with IRSA, for eks.amazonaws.com/role-arn on its service account"
    )
    push_role_arns: dict[str, str] = output(
        "ARN of each pipeline's role, for AWS_ROLE_ARN in its CI variables, by name"
    )
    gitlab_oidc_provider_arn: str = output("ARN of the IAM OIDC provider that the pipelines' roles trust")
    signing_profile_arn: str | None = output("ARN of the signing profile, for notation key add; null without signing")
    verification_documents: dict[str, str] = output(
        "TrustStore, TrustPolicy and ClusterPolicy as YAML, to apply in the cluster in this order; empty without them"
    )
    event_rule_arns: list[str] = output(
        "ARNs of the event rules, which the policy of the topic in their region must let publish (aws:SourceArn)"
    )
