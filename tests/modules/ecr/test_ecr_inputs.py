"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.framework.checking import problems_of
from modules.registry.ecr import (
    Ecr,
    EcrInputs,
    Lifecycle,
    Pipeline,
    PullRole,
    PullThroughCache,
    Registry,
    ReplicaRegion,
    ReplicationDestination,
    ReplicationRule,
    Repository,
    RepositoryTemplate,
    Signing,
    TaggedImages,
    Verification,
)
from tests.modules.ecr.examples import CERTIFICATE, CLUSTER, DOCKER_HUB, FULL, SMALL
from tests.support.planning import refusals

PUSHES = Pipeline(project_path="insurance/claims/api", branches=["main"], repositories=["claims/api"])
SCANNER = PullRole(namespace="security", service_account="scanner")


def keeping(**tagged: TaggedImages) -> EcrInputs:
    return SMALL.but(default_lifecycle=Lifecycle(tagged=tagged))


def caching(cache: PullThroughCache) -> EcrInputs:
    return SMALL.but(caches={"upstream": cache})


def pushing(pipeline: Pipeline) -> EcrInputs:
    return SMALL.but(pipelines={"api": pipeline})


WRONG: dict[str, tuple[EcrInputs, str]] = {
    "a tag that pulls are allowed by, in other letters": (
        SMALL.but(tags={"registry": "mine"}),
        'tags["registry"]: must have another name: the module sets Registry itself, and whoever pulls may pull from '
        "the repositories that carry it",
    ),
    "a repository in capitals": (
        SMALL.but(repositories={"Claims": Repository()}),
        "must be the name of an ECR repository: lower-case letters, digits and . _ - within, parts separated by /",
    ),
    "a tag that is both kept and expired": (
        keeping(v=TaggedImages(tag_prefix="v", priority=2, keep_last=1, expire_after_days=1)),
        'default_lifecycle.tagged["v"].keep_last: must be given when expire_after_days is not, and only then',
    ),
    "a tag that is neither": (
        keeping(v=TaggedImages(tag_prefix="v", priority=2)),
        'default_lifecycle.tagged["v"].keep_last: must be given when expire_after_days is not, and only then',
    ),
    "one priority twice": (
        keeping(
            v=TaggedImages(tag_prefix="v", priority=2, keep_last=1),
            w=TaggedImages(tag_prefix="w", priority=2, keep_last=1),
        ),
        'default_lifecycle.tagged: must not have the same priority twice, got ["v","w"]',
    ),
    "a longer prefix that a shorter one leaves nothing": (
        keeping(
            releases=TaggedImages(tag_prefix="v", priority=2, keep_last=50),
            candidates=TaggedImages(tag_prefix="v1-rc", priority=3, keep_last=5),
        ),
        'default_lifecycle.tagged["candidates"].priority: must be less than that of every entry whose tag_prefix '
        "begins this one's, or is the same: ECR asks that one first, and this one never, "
        'got tag_prefix = "v1-rc", priority = 3',
    ),
    "one prefix twice": (
        keeping(
            a=TaggedImages(tag_prefix="v", priority=2, keep_last=50),
            b=TaggedImages(tag_prefix="v", priority=3, keep_last=5),
        ),
        'default_lifecycle.tagged["b"].priority: must be less than that of every entry whose tag_prefix',
    ),
    "the priority of untagged images": (
        keeping(v=TaggedImages(tag_prefix="v", priority=1, keep_last=1)),
        'default_lifecycle.tagged["v"].priority: must be 2 to 998, got 1',
    ),
    "Docker Hub without credentials": (
        caching(PullThroughCache(upstream="docker-hub")),
        'caches["upstream"].credentials_secret_arn: must be given for docker-hub and github, and for no other '
        'upstream, got upstream = "docker-hub"',
    ),
    "credentials that nobody asks for": (
        caching(PullThroughCache(upstream="quay", credentials_secret_arn=DOCKER_HUB)),
        'caches["upstream"].credentials_secret_arn: must be given for docker-hub and github, and for no other '
        'upstream, got upstream = "quay"',
    ),
    "a secret that ECR may not read": (
        caching(
            PullThroughCache(upstream="github", credentials_secret_arn=DOCKER_HUB.replace("ecr-pullthroughcache/", ""))
        ),
        'caches["upstream"].credentials_secret_arn: must be the ARN of a secretsmanager resource, such as '
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf",
    ),
    "a pipeline for every branch there is": (
        pushing(PUSHES.but(branches=["*"])),
        'pipelines["api"].branches[0]: must be the name of a branch or tag, which may end in *, such as main or v*, '
        'got "*"',
    ),
    "a pipeline for every project of a group": (
        pushing(PUSHES.but(project_path="insurance/*")),
        'pipelines["api"].project_path: must be the whole path of a GitLab project, such as insurance/claims/api, '
        'got "insurance/*"',
    ),
    "a pipeline without a ref": (
        pushing(PUSHES.but(branches=[])),
        'pipelines["api"].branches: must name a branch, or tags must name a tag: otherwise nobody can push',
    ),
    "a pipeline with nowhere to push to": (
        pushing(PUSHES.but(repositories=[])),
        'pipelines["api"].repositories: must name a repository, or templates must name a template: otherwise there is '
        "nothing to push to",
    ),
    "a topic that the region of copies does not have": (
        SMALL.but(
            registry=Registry(replica_regions={"us-west-2": ReplicaRegion(alarm_topic_arn=SMALL.alarm_topic_arn)})
        ),
        'registry.replica_regions["us-west-2"].alarm_topic_arn: must be a topic in the region that it is given for: an '
        'event does not leave its region, got alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:dev-alarms"',
    ),
    "a profile by its name": (
        pushing(PUSHES.but(verifies_profiles=["build_images"])),
        'pipelines["api"].verifies_profiles[0]: must be the ARN of a signer resource, such as '
        "arn:aws:signer:us-east-1:111122223333:/signing-profiles/build_images",
    ),
    "two templates for one prefix": (
        SMALL.but(
            templates={name: RepositoryTemplate(prefix="x1", applied_for=["REPLICATION"]) for name in ("a", "b")}
        ),
        'templates: must not have the same prefix twice: a region has one template for each, got ["a","b"]',
    ),
    "a template for nothing": (
        SMALL.but(templates={"a": RepositoryTemplate(prefix="x1", applied_for=["PUSH"])}),  # type: ignore[list-item]  # what is wrong is the point
        'templates["a"].applied_for[0]: must be one of "CREATE_ON_PUSH", "PULL_THROUGH_CACHE", "REPLICATION", '
        'got "PUSH"',
    ),
    "images that nobody scans": (
        SMALL.but(registry=Registry(continuous_scan=[])),
        "registry.continuous_scan: must name a repository, or scan_on_push must: images that nobody scans are not to "
        "be run",
    ),
    "copies in a region that keeps none": (
        SMALL.but(
            registry=Registry(
                replication={
                    "dr": ReplicationRule(destinations={"west": ReplicationDestination(region="us-west-2")}),
                }
            )
        ),
        "registry.replication: the region of each destination in this account must be among replica_regions, "
        'got ["dr"]',
    ),
    "a certificate that is none": (
        SMALL.but(signing=Signing(verification=Verification(certificate_pem="MIIB"))),
        "signing.verification.certificate_pem: must be one X.509 certificate in PEM",
    ),
    "a signature for ever": (
        SMALL.but(signing=Signing(signature_validity_months=136)),
        "signing.signature_validity_months: must be 1 to 135, got 136",
    ),
}
WRONG_TOGETHER: dict[str, tuple[EcrInputs, str]] = {
    "an organization that is not known": (
        SMALL.but(repositories={"claims/api": Repository(pull_by_organization=True)}),
        'repositories["claims/api"].pull_by_organization: needs organization_id of the module',
    ),
    "a pipeline for a repository that is not there": (
        pushing(PUSHES.but(repositories=["claims/ap"])),
        'pipelines["api"].repositories: must be names among repositories, got repositories = ["claims/ap"]',
    ),
    "a pipeline for a template that is not there": (
        pushing(PUSHES.but(templates=["sandbox"])),
        'pipelines["api"].templates: must be names among templates, got templates = ["sandbox"]',
    ),
    "a pull role without a cluster": (
        SMALL.but(pull_roles={"scanner": SCANNER}),
        "pull_roles: needs cluster: it is the cluster's service accounts that take these roles",
    ),
    "a pull role for a repository that is not there": (
        SMALL.but(cluster=CLUSTER, pull_roles={"scanner": SCANNER.but(repositories=["x/y"])}),
        'pull_roles["scanner"].repositories: must be names among repositories, got repositories = ["x/y"]',
    ),
    "a verifier where nothing is signed": (
        SMALL.but(cluster=CLUSTER, pull_roles={"scanner": SCANNER.but(verifies_signatures=True)}),
        'pull_roles["scanner"].verifies_signatures: needs signing of the module: without it there are no signatures',
    ),
    "credentials in another region": (
        caching(
            PullThroughCache(upstream="docker-hub", credentials_secret_arn=DOCKER_HUB.replace("us-east-1", "eu-west-1"))
        ),
        'caches["upstream"].credentials_secret_arn: must be a secret in the module\'s own region, which is that of '
        "alarm_topic_arn: ECR reads no other; make one there, or a replica, got credentials_secret_arn = "
        '"arn:aws:secretsmanager:eu-west-1:',
    ),
    "a template for a cache's prefix": (
        FULL.but(templates={"quay": RepositoryTemplate(prefix="quay", applied_for=["PULL_THROUGH_CACHE"])}).but(
            pipelines={}
        ),
        'templates["quay"].prefix: must not be a prefix among caches, which have templates of their own, '
        'got prefix = "quay"',
    ),
}
"""What two settings say that do not go together. Terraform looks at these once each setting is right by itself."""


@pytest.mark.parametrize("wrong", sorted(WRONG | WRONG_TOGETHER))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = (WRONG | WRONG_TOGETHER)[wrong]
    (problem,) = problems_of(inputs)
    assert message in f"{problem.path}: {problem.message}"


@pytest.mark.parametrize("wrong", [WRONG, WRONG_TOGETHER], ids=["by itself", "together"])
def test_terraform_refuses_the_same_in_the_same_words(wrong: dict[str, tuple[EcrInputs, str]], tmp_path: Path) -> None:
    told = refusals(Ecr, {name: inputs for name, (inputs, _) in wrong.items()}, tmp_path)
    assert [name for name, (_, message) in wrong.items() if message not in told[name]] == []


def test_a_longer_prefix_before_a_shorter_one_is_taken() -> None:
    candidates = TaggedImages(tag_prefix="v1-rc", priority=2, keep_last=5)
    releases = TaggedImages(tag_prefix="v", priority=3, keep_last=50)
    assert problems_of(keeping(releases=releases, candidates=candidates)) == []


def test_copies_where_the_images_themselves_are_are_refused(tmp_path: Path) -> None:
    inputs = SMALL.but(registry=Registry(replica_regions={"us-east-1": ReplicaRegion()}))
    told = refusals(Ecr, {"here": inputs, "there": FULL}, tmp_path)
    (problem,) = problems_of(inputs, "prod.ecr")
    assert problem.path == 'prod.ecr.registry.replica_regions["us-east-1"]'
    assert problem.message == (
        'must be another region than the module\'s own, got "us-east-1", which alarm_topic_arn is in too: '
        f'"{SMALL.alarm_topic_arn}"'
    )
    assert "registry.replica_regions: must not name us-east-1, where the images themselves are" in told["here"]
    assert told["there"] == ""


def test_what_production_and_development_have_is_accepted() -> None:
    assert problems_of(FULL) == []
    assert problems_of(SMALL) == []


@settings(deadline=None)
@given(ref=st.from_regex(r"[A-Za-z0-9_./*?:-]{1,12}", fullmatch=True))
def test_a_ref_with_a_wildcard_before_its_end_or_alone_is_refused(ref: str) -> None:
    refused = bool(problems_of(pushing(PUSHES.but(tags=[ref]))))
    literal = ref[:-1] if ref.endswith("*") else ref
    assert refused == (not literal or literal[0] in "./-" or any(character in literal for character in "*?:"))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_certificate_is_one_block_of_pem(text: str) -> None:
    def refused(certificate: str) -> bool:
        inputs = SMALL.but(signing=Signing(verification=Verification(certificate_pem=certificate)))
        return bool(problems_of(inputs))

    assert refused(text)
    assert not refused(CERTIFICATE)
    assert refused(CERTIFICATE + CERTIFICATE)
