"""The registry: what is kept and for how long, who pulls and who pushes, and what is signed."""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from groundplan.iam import Principal, evaluate
from modules.registry.ecr import Ecr, Repository
from tests.modules.ecr.examples import (
    ACCOUNT,
    BUILD_PROFILE,
    CERTIFICATE,
    CLUSTER,
    DOCKER_HUB,
    FULL,
    KEY,
    OTHER_ACCOUNT,
    OWN_GITLAB,
    SMALL,
)
from tests.support.planning import ModulePlan

Planner = Callable[..., ModulePlan]

ASSUME = "sts:AssumeRoleWithWebIdentity"
PULLS = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
WRITES = [
    "ecr:BatchDeleteImage",
    "ecr:CompleteLayerUpload",
    "ecr:DeleteRepository",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:PutImageTagMutability",
    "ecr:PutLifecyclePolicy",
    "ecr:SetRepositoryPolicy",
    "ecr:TagResource",
    "ecr:UploadLayerPart",
]
GITLAB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"


@pytest.fixture(scope="module")
def full(apply_module: Planner) -> ModulePlan:
    return apply_module(Ecr, FULL)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    return plan_module(Ecr, SMALL)


@pytest.fixture(scope="module")
def own_gitlab(apply_module: Planner) -> ModulePlan:
    return apply_module(Ecr, OWN_GITLAB)


def arn(name: str, region: str = "us-east-1") -> str:
    return f"arn:aws:ecr:{region}:{ACCOUNT}:repository/{name}"


def access(plan: ModulePlan, role: str) -> dict[str, Any]:
    return plan.document(f"aws_iam_role_policy.{role}", "policy")


def pushes(plan: ModulePlan, pipeline: str, subject: str, audience: str = "https://gitlab.com") -> bool:
    """Whether a job whose ID token has this subject gets the pipeline's role."""
    trust = plan.document(f'aws_iam_role.push["{pipeline}"]', "assume_role_policy")
    request = {"gitlab.com:sub": subject, "gitlab.com:aud": audience}
    return evaluate(trust, ASSUME, "*", request, principal=Principal.federated(GITLAB))


def subject(project: str, kind: str, ref: str) -> str:
    return f"project_path:{project}:ref_type:{kind}:ref:{ref}"


def test_the_addresses_stay_as_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_one_more_repository_is_there_by_its_name_and_moves_nothing_else(
    full: ModulePlan, apply_module: Planner
) -> None:
    more = apply_module(Ecr, FULL.but(repositories={**FULL.repositories, "billing/api": Repository()}))
    added = sorted(set(more.addresses) - set(full.addresses))
    assert added == [
        'aws_ecr_lifecycle_policy.repository["billing/api"]',
        'aws_ecr_repository.repository["billing/api"]',
    ]
    assert {address: more.resource(address) for address in full.addresses} == {
        address: full.resource(address) for address in full.addresses
    }


def test_a_tag_cannot_be_moved_unless_the_repository_names_it(full: ModulePlan) -> None:
    claims, payments = (
        full.resource(f'aws_ecr_repository.repository["{name}/api"]') for name in ("claims", "payments")
    )
    assert claims["image_tag_mutability"] == "IMMUTABLE"
    assert payments["image_tag_mutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert payments["image_tag_mutability_exclusion_filter"] == [{"filter": "buildcache*", "filter_type": "WILDCARD"}]


def test_every_repository_is_encrypted_with_the_key_scanned_and_deleted_by_nobody_with_images_in_it(
    full: ModulePlan,
) -> None:
    found = full.resources("aws_ecr_repository")
    assert len(found) == 3
    for repository in found.values():
        assert repository["encryption_configuration"] == [
            {"encryption_type": "KMS", "kms_key": full.outputs["kms_key_arn"]}
        ]
        assert repository["image_scanning_configuration"] == [{"scan_on_push": True}]
        assert repository["force_delete"] is False


def test_given_keys_are_used_here_and_for_copies_and_none_is_made(own_gitlab: ModulePlan) -> None:
    assert not own_gitlab.resources("aws_kms_key")
    (made,) = own_gitlab.resources("aws_ecr_repository").values()
    assert made["encryption_configuration"][0]["kms_key"] == KEY
    (copied,) = own_gitlab.resources("aws_ecr_repository_creation_template").values()
    there = KEY.replace("us-east-1", "us-west-2")
    assert copied["encryption_configuration"][0]["kms_key"] == there
    policy = access(own_gitlab, "templates[0]")
    through = {"kms:ViaService": "ecr.us-west-2.amazonaws.com"}
    assert evaluate(policy, "kms:CreateGrant", there, through)
    assert not evaluate(policy, "kms:CreateGrant", there.replace("0000", "1111"), through)


def test_inspector_is_left_to_the_organization_where_it_turns_it_on(own_gitlab: ModulePlan) -> None:
    assert not own_gitlab.resources("aws_inspector2_enabler")
    found = own_gitlab.resources("aws_ecr_registry_scanning_configuration").values()
    assert [configuration["scan_type"] for configuration in found] == ["ENHANCED", "ENHANCED"]


def test_everything_is_copied_where_no_prefix_is_named(own_gitlab: ModulePlan) -> None:
    (configuration,) = own_gitlab.resource("aws_ecr_replication_configuration.registry[0]")["replication_configuration"]
    (rule,) = configuration["rule"]
    assert rule["repository_filter"] == []


def rules(policy: str) -> list[tuple[int, str, int]]:
    """Priority, tags and number of each rule, in the order of the document."""
    return [
        (
            rule["rulePriority"],
            "".join(rule["selection"].get("tagPrefixList", [rule["selection"]["tagStatus"]])),
            rule["selection"]["countNumber"],
        )
        for rule in json.loads(policy)["rules"]
    ]


def test_images_expire_by_the_priorities_given_and_a_repository_may_say_otherwise(full: ModulePlan) -> None:
    claims = full.resource('aws_ecr_lifecycle_policy.repository["claims/api"]')["policy"]
    payments = full.resource('aws_ecr_lifecycle_policy.repository["payments/api"]')["policy"]
    assert rules(claims) == [(1, "untagged", 7), (10, "v", 100), (20, "main-", 30)]
    assert rules(payments) == [(1, "untagged", 14), (10, "v", 500)]
    kept, expired = (rule["selection"] for rule in json.loads(claims)["rules"][1:])
    assert kept["countType"] == "imageCountMoreThan"
    assert "countUnit" not in kept
    assert (expired["countType"], expired["countUnit"]) == ("sinceImagePushed", "days")


def test_another_account_pulls_only_where_it_is_named_and_pushes_nowhere(full: ModulePlan) -> None:
    named = full.document('aws_ecr_repository_policy.repository["claims/api"]', "policy")
    stranger = Principal.account("777788889999")
    assert all(evaluate(named, pull, arn("claims/api"), principal=Principal.account(OTHER_ACCOUNT)) for pull in PULLS)
    assert not any(evaluate(named, pull, arn("claims/api"), principal=stranger) for pull in PULLS)
    assert not any(
        evaluate(named, write, arn("claims/api"), principal=Principal.account(OTHER_ACCOUNT)) for write in WRITES
    )
    assert set(full.resources("aws_ecr_repository_policy")) == {
        'aws_ecr_repository_policy.repository["claims/api"]',
        'aws_ecr_repository_policy.repository["payments/api"]',
    }


def test_the_organization_pulls_and_nobody_outside_of_it(full: ModulePlan) -> None:
    shared = full.document('aws_ecr_repository_policy.repository["payments/api"]', "policy")

    def pulled(organization: str) -> bool:
        request = {"aws:PrincipalOrgID": organization}
        return evaluate(shared, PULLS[1], arn("payments/api"), request, principal=Principal.account("777788889999"))

    assert pulled("o-exampleorg0")
    assert not pulled("o-anotherorg00")


def test_nodes_pull_every_repository_of_the_registry_its_copies_and_no_others(full: ModulePlan) -> None:
    policy = full.document("aws_iam_policy.pull", "policy")
    tags = full.resource('aws_ecr_repository.repository["claims/api"]')["tags"]
    ours = {f"aws:ResourceTag/{name}": value for name, value in tags.items()}
    for region in ("us-east-1", "us-west-2"):
        assert all(evaluate(policy, pull, arn("claims/api", region), ours) for pull in PULLS)
    assert not any(evaluate(policy, pull, arn("claims/api"), {"aws:ResourceTag/Registry": "dev-ecr"}) for pull in PULLS)
    assert not any(evaluate(policy, pull, arn("claims/api")) for pull in PULLS)


def test_nodes_fetch_through_the_caches_and_make_no_other_repository(full: ModulePlan) -> None:
    policy = full.document("aws_iam_policy.pull", "policy")
    for action in (*PULLS, "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"):
        assert evaluate(policy, action, arn("docker-hub/library/alpine"))
    assert not evaluate(policy, "ecr:CreateRepository", arn("claims/new"))
    assert not evaluate(policy, "ecr:CreateRepository", arn("docker-hubris/alpine"))


@pytest.mark.parametrize("write", WRITES)
def test_who_pulls_can_only_pull(full: ModulePlan, write: str) -> None:
    ours = {"aws:ResourceTag/Registry": "prod-ecr"}
    policies = [full.document("aws_iam_policy.pull", "policy")]
    policies += [access(full, f'pull["{name}"]') for name in FULL.pull_roles]
    assert len(policies) == 3
    for policy in policies:
        for name in ("claims/api", "payments/api", "docker-hub/library/alpine", "sandbox/x"):
            assert not evaluate(policy, write, arn(name), ours)


def test_a_workload_pulls_the_repositories_that_it_names_and_no_others(full: ModulePlan) -> None:
    scanner, verifier = access(full, 'pull["scanner"]'), access(full, 'pull["verifier"]')
    ours = {"aws:ResourceTag/Registry": "prod-ecr"}
    assert evaluate(scanner, "ecr:BatchGetImage", arn("payments/api"), ours)
    assert not evaluate(scanner, "ecr:BatchGetImage", arn("claims/api"), ours)
    assert evaluate(scanner, "ecr:BatchImportUpstreamImage", arn("quay/prometheus/prometheus"))
    assert evaluate(verifier, "ecr:BatchGetImage", arn("claims/api"), ours)
    assert not evaluate(verifier, "ecr:BatchImportUpstreamImage", arn("quay/prometheus/prometheus"))


def test_only_a_verifier_asks_for_revocations_and_it_cannot_sign(full: ModulePlan) -> None:
    profile = full.outputs["signing_profile_arn"]
    assert evaluate(access(full, 'pull["verifier"]'), "signer:GetRevocationStatus", profile)
    assert not evaluate(access(full, 'pull["scanner"]'), "signer:GetRevocationStatus", profile)
    assert not evaluate(access(full, 'pull["verifier"]'), "signer:SignPayload", profile)


def test_a_pipeline_that_verifies_a_builds_signatures_asks_for_their_revocations_and_cannot_make_them(
    full: ModulePlan,
) -> None:
    policy, other = access(full, 'push["claims-api"]'), access(full, 'push["sandbox"]')
    jobs = f"arn:aws:signer:us-east-1:{OTHER_ACCOUNT}:/signing-jobs/0d6c1c2e"
    for asked in (BUILD_PROFILE, jobs, full.outputs["signing_profile_arn"]):
        assert evaluate(policy, "signer:GetRevocationStatus", asked)
        assert not evaluate(other, "signer:GetRevocationStatus", asked)
    assert not evaluate(policy, "signer:SignPayload", BUILD_PROFILE)
    assert not evaluate(policy, "signer:GetRevocationStatus", f"{BUILD_PROFILE}2")
    sids = [statement["Sid"] for statement in policy["Statement"]]
    assert len(sids) == len(set(sids)), "IAM refuses a document that has one twice"


def test_a_pull_role_is_for_one_service_account_by_irsa_or_by_pod_identity(
    full: ModulePlan, own_gitlab: ModulePlan
) -> None:
    trust = full.document('aws_iam_role.pull["scanner"]', "assume_role_policy")
    provider = CLUSTER.oidc_provider_arn
    issuer = provider.split("oidc-provider/")[1]

    def taken(account: str) -> bool:
        request = {f"{issuer}:sub": f"system:serviceaccount:{account}", f"{issuer}:aud": "sts.amazonaws.com"}
        return evaluate(trust, ASSUME, "*", request, principal=Principal.federated(provider))

    assert taken("security:scanner")
    assert not taken("security:default")
    assert not full.resources("aws_eks_pod_identity_association")
    (association,) = own_gitlab.resources("aws_eks_pod_identity_association").values()
    assert (association["namespace"], association["service_account"]) == ("security", "scanner")


def test_a_pipeline_pushes_for_its_branch_and_tags_only(full: ModulePlan) -> None:
    api = "insurance/claims/api"
    assert pushes(full, "claims-api", subject(api, "branch", "main"))
    assert pushes(full, "claims-api", subject(api, "tag", "v1.2.3"))
    assert not pushes(full, "claims-api", subject(api, "branch", "feature"))
    assert not pushes(full, "claims-api", subject(api, "branch", "main2"))
    assert not pushes(full, "claims-api", subject(api, "branch", "v1.2.3"))
    assert not pushes(full, "claims-api", subject(api, "tag", "main"))
    assert not pushes(full, "claims-api", subject(api, "tag", "nightly"))


def test_no_other_project_pushes_for_the_same_branch(full: ModulePlan) -> None:
    for other in ("insurance/claims/api2", "insurance/claims", "mallory/insurance/claims/api", "insurance/sandbox"):
        assert not pushes(full, "claims-api", subject(other, "branch", "main"))
    assert pushes(full, "sandbox", subject("insurance/sandbox", "branch", "release/7"))
    assert not pushes(full, "sandbox", subject("insurance/sandbox", "branch", "main"))


def test_a_token_for_another_audience_or_of_another_provider_is_refused(full: ModulePlan) -> None:
    main = subject("insurance/claims/api", "branch", "main")
    assert not pushes(full, "claims-api", main, audience="https://vault.example.com")
    trust = full.document('aws_iam_role.push["claims-api"]', "assume_role_policy")
    request = {"gitlab.com:sub": main, "gitlab.com:aud": "https://gitlab.com"}
    other = Principal.federated(f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.example.com")
    assert not evaluate(trust, ASSUME, "*", request, principal=other)
    assert not evaluate(trust, "sts:AssumeRole", "*", request, principal=Principal.account(ACCOUNT))


REFS = st.text("abmnivx01./-_", min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(
    project=st.sampled_from(["insurance/claims/api", "insurance/claims", "insurance/claims/api/x", "other/api"]),
    kind=st.sampled_from(["branch", "tag"]),
    ref=REFS | st.sampled_from(["main", "v1", "v"]),
)
def test_a_push_needs_the_project_and_one_of_its_refs(full: ModulePlan, project: str, kind: str, ref: str) -> None:
    wanted = project == "insurance/claims/api" and (
        (kind, ref) == ("branch", "main") or (kind == "tag" and ref[0] == "v")
    )
    assert pushes(full, "claims-api", subject(project, kind, ref)) == wanted


def test_a_pipeline_pushes_to_its_own_repositories_and_deletes_and_changes_nothing(full: ModulePlan) -> None:
    policy = access(full, 'push["claims-api"]')
    for action in (*PULLS, "ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"):
        assert evaluate(policy, action, arn("claims/api"))
        assert not evaluate(policy, action, arn("payments/api"))
    for action in ("ecr:BatchDeleteImage", "ecr:PutImageTagMutability", "ecr:SetRepositoryPolicy", "ecr:TagResource"):
        assert not evaluate(policy, action, arn("claims/api"))
    assert not evaluate(policy, "inspector2:ListFindings", "*")


def test_a_push_makes_repositories_only_under_the_prefix_of_its_template(full: ModulePlan) -> None:
    policy = access(full, 'push["sandbox"]')
    assert evaluate(policy, "ecr:CreateRepository", arn("sandbox/new"))
    assert not evaluate(policy, "ecr:CreateRepository", arn("claims/new"))
    assert not evaluate(access(full, 'push["claims-api"]'), "ecr:CreateRepository", arn("claims/api"))
    assert full.resource('aws_ecr_repository_creation_template.template["sandbox"]')["applied_for"] == [
        "CREATE_ON_PUSH"
    ]


def test_a_pipeline_signs_with_the_profile_unless_it_is_told_not_to(full: ModulePlan) -> None:
    profile = full.outputs["signing_profile_arn"]
    assert evaluate(access(full, 'push["claims-api"]'), "signer:SignPayload", profile)
    assert not evaluate(access(full, 'push["claims-api"]'), "signer:SignPayload", f"{profile}2")
    assert not evaluate(access(full, 'push["sandbox"]'), "signer:SignPayload", profile)
    made = full.resource("aws_signer_signing_profile.images[0]")
    assert made["platform_id"] == "Notation-OCI-SHA384-ECDSA"
    assert made["signature_validity_period"] == [{"type": "MONTHS", "value": 24}]
    assert profile.endswith(f":/signing-profiles/{made['name']}")


def test_every_role_has_the_boundary(full: ModulePlan) -> None:
    roles = full.resources("aws_iam_role")
    assert len(roles) == 5
    assert {role["permissions_boundary"] for role in roles.values()} == {FULL.permissions_boundary_arn}


def test_a_gitlab_of_ones_own_is_trusted_by_its_host_and_audience(own_gitlab: ModulePlan) -> None:
    provider = own_gitlab.resource("aws_iam_openid_connect_provider.gitlab[0]")
    assert (provider["url"], provider["client_id_list"]) == ("https://gitlab.example.com", ["ecr"])
    trust = own_gitlab.document('aws_iam_role.push["claims-api"]', "assume_role_policy")
    request = {"gitlab.example.com:sub": subject("claims/api", "branch", "main"), "gitlab.example.com:aud": "ecr"}
    principal = Principal.federated(own_gitlab.outputs["gitlab_oidc_provider_arn"])
    assert evaluate(trust, ASSUME, "*", request, principal=principal)
    assert not evaluate(trust, ASSUME, "*", {**request, "gitlab.example.com:aud": "x"}, principal=principal)


def test_images_are_scanned_by_inspector_here_and_where_copies_are(full: ModulePlan) -> None:
    here = full.resource("aws_ecr_registry_scanning_configuration.registry[0]")
    there = full.resource('aws_ecr_registry_scanning_configuration.replica["us-west-2"]')
    assert (here["scan_type"], there["scan_type"], there["region"]) == ("ENHANCED", "ENHANCED", "us-west-2")
    filters = {rule["scan_frequency"]: [one["filter"] for one in rule["repository_filter"]] for rule in here["rule"]}
    assert filters == {"CONTINUOUS_SCAN": ["*"], "SCAN_ON_PUSH": ["sandbox/*"]}
    assert full.resource("aws_inspector2_enabler.ecr[0]")["resource_types"] == ["ECR"]
    assert full.resource('aws_inspector2_enabler.replica["us-west-2"]')["region"] == "us-west-2"


def test_a_critical_finding_in_an_image_reaches_the_alarm_topic(full: ModulePlan) -> None:
    pattern = full.document("aws_cloudwatch_event_rule.critical_finding[0]", "event_pattern")
    assert pattern["source"] == ["aws.inspector2"]
    assert pattern["detail"]["severity"] == ["CRITICAL"]
    assert pattern["detail"]["resources"] == {"type": ["AWS_ECR_CONTAINER_IMAGE"]}
    assert full.resource("aws_cloudwatch_event_target.critical_finding[0]")["arn"] == FULL.alarm_topic_arn
    assert len(full.outputs["event_rule_arns"]) == 3


def test_an_image_that_could_not_be_copied_is_told_of_in_the_region_that_lacks_it(full: ModulePlan) -> None:
    rule = full.resource('aws_cloudwatch_event_rule.copy_failed["us-west-2"]')
    pattern = json.loads(rule["event_pattern"])
    assert rule["region"] == "us-west-2"
    assert pattern["detail-type"] == ["ECR Replication Action"]
    assert pattern["detail"] == {
        "result": ["FAILED"],
        "source-account": [ACCOUNT],
        "source-region": ["us-east-1"],
    }
    target = full.resource('aws_cloudwatch_event_target.copy_failed["us-west-2"]')
    assert target["region"] == "us-west-2"
    assert target["arn"] == f"arn:aws:sns:us-west-2:{ACCOUNT}:prod-alarms"
    assert rule["arn"] in full.outputs["event_rule_arns"]
    assert 'aws_cloudwatch_event_rule.copy_failed["eu-west-1"]' not in full.addresses, "no topic was given there"


def test_images_are_copied_to_the_other_region_and_account_by_prefix(full: ModulePlan) -> None:
    (configuration,) = full.resource("aws_ecr_replication_configuration.registry[0]")["replication_configuration"]
    (rule,) = configuration["rule"]
    assert {(to["region"], to["registry_id"]) for to in rule["destination"]} == {
        ("us-west-2", ACCOUNT),
        ("us-east-1", OTHER_ACCOUNT),
    }
    assert [one["filter"] for one in rule["repository_filter"]] == ["claims/", "payments/", "policies/"]


def test_copies_are_encrypted_with_a_key_of_their_region_and_as_immutable_as_the_images(full: ModulePlan) -> None:
    template = full.resource('aws_ecr_repository_creation_template.replica["us-west-2"]')
    assert (template["region"], template["prefix"], template["applied_for"]) == ("us-west-2", "ROOT", ["REPLICATION"])
    key = full.outputs["replica_kms_key_arns"]["us-west-2"]
    assert template["encryption_configuration"] == [{"encryption_type": "KMS", "kms_key": key}]
    assert ":us-west-2:" in key
    assert template["image_tag_mutability"] == "IMMUTABLE"
    assert rules(template["lifecycle_policy"])[0] == (1, "untagged", 7)
    assert template["resource_tags"]["Registry"] == "prod-ecr"
    assert template["custom_role_arn"] == f"arn:aws:iam::{ACCOUNT}:role/prod-ecr-templates"


def test_another_account_replicates_here_only_under_its_prefixes(full: ModulePlan) -> None:
    policy = full.document("aws_ecr_registry_policy.registry[0]", "policy")

    def replicated(name: str, account: str = OTHER_ACCOUNT) -> bool:
        return evaluate(policy, "ecr:ReplicateImage", arn(name), principal=Principal.account(account))

    assert replicated("partners/rating")
    assert not replicated("claims/api")
    assert not replicated("partners/rating", "777788889999")


def test_ecr_makes_repositories_under_templates_and_caches_only(full: ModulePlan) -> None:
    policy = access(full, "templates[0]")
    key = full.outputs["kms_key_arn"]
    assert evaluate(policy, "ecr:CreateRepository", arn("docker-hub/library/alpine"))
    assert evaluate(policy, "ecr:CreateRepository", arn("sandbox/new"))
    assert evaluate(policy, "ecr:CreateRepository", arn("claims/api", "us-west-2"))
    assert not evaluate(policy, "ecr:CreateRepository", arn("claims/api"))
    assert evaluate(policy, "kms:CreateGrant", key, {"kms:ViaService": "ecr.us-east-1.amazonaws.com"})
    assert not evaluate(policy, "kms:CreateGrant", key, {"kms:ViaService": "s3.us-east-1.amazonaws.com"})


def test_caches_go_to_their_upstreams_with_credentials_where_those_ask_for_them(full: ModulePlan) -> None:
    found = {
        name: full.resource(f'aws_ecr_pull_through_cache_rule.cache["{name}"]')
        for name in ("docker-hub", "k8s", "quay")
    }
    assert {name: rule["upstream_registry_url"] for name, rule in found.items()} == {
        "docker-hub": "registry-1.docker.io",
        "k8s": "registry.k8s.io",
        "quay": "quay.io",
    }
    assert found["docker-hub"]["credential_arn"] == DOCKER_HUB
    assert found["quay"].get("credential_arn") is None
    assert full.outputs["cache_urls"]["k8s"] == f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/k8s"


def test_cached_images_are_encrypted_keep_their_tags_and_expire(full: ModulePlan) -> None:
    hub, quay = (
        full.resource(f'aws_ecr_repository_creation_template.cache["{name}"]') for name in ("docker-hub", "quay")
    )
    assert hub["encryption_configuration"][0]["kms_key"] == full.outputs["kms_key_arn"]
    assert (hub["image_tag_mutability"], quay["image_tag_mutability"]) == ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")
    assert rules(hub["lifecycle_policy"]) == [(1, "any", 90)]


def test_a_pod_is_let_in_only_with_signed_images_of_the_repositories_in_every_region(full: ModulePlan) -> None:
    store, policy, cluster = (
        yaml.safe_load(text) for _, text in sorted(full.outputs["verification_documents"].items())
    )
    assert store["spec"]["caBundle"] == CERTIFICATE
    (trust,) = policy["spec"]["trustPolicies"]
    assert trust["trustedIdentities"] == [full.outputs["signing_profile_arn"]]
    assert trust["trustStores"] == [f"signingAuthority:{store['spec']['trustStoreName']}"]
    assert trust["signatureVerification"] == {"level": "strict"}
    assert len(trust["registryScopes"]) == 9

    assert cluster["spec"]["failurePolicy"] == "Fail"
    (rule,) = cluster["spec"]["rules"]
    assert rule["match"]["any"][0]["resources"]["namespaces"] == ["claims-*"]
    assert "kube-system" in rule["exclude"]["any"][0]["resources"]["namespaces"]
    call = rule["context"][1]["apiCall"]
    asked = {entry["key"]: entry["value"] for entry in call["data"]}
    assert asked["images"] == "{{images}}"
    assert asked["trustPolicy"] == policy["metadata"]["name"]
    assert call["service"]["url"] == "https://notation-aws-verifier-svc.notation-aws-verifier.svc/checkimages"

    def looked_at(image: str) -> bool:
        return any(fnmatchcase(image, pattern) for pattern in asked["imageReferences"])

    host = full.outputs["registry_host"]
    assert looked_at(f"{host}/claims/api:v1")
    assert looked_at(f"{host}/claims/api@sha256:{'0' * 64}")
    assert looked_at(f"{host.replace('us-east-1', 'us-west-2')}/payments/api:v1@sha256:{'0' * 64}")
    assert not looked_at(f"{host}/docker-hub/library/alpine:3")


def test_a_small_registry_has_no_more_than_it_asked_for(small: ModulePlan) -> None:
    assert small.addresses == [
        'aws_ecr_lifecycle_policy.repository["claims/api"]',
        'aws_ecr_repository.repository["claims/api"]',
        "aws_iam_policy.pull",
        "aws_kms_alias.images[0]",
        "aws_kms_key.images[0]",
    ]
    assert small.outputs["verification_documents"] == {}
    assert small.outputs["signing_profile_arn"] is None


def test_no_secret_is_made_and_none_is_in_the_plan(full: ModulePlan) -> None:
    assert not full.resources("aws_secretsmanager_secret")
    assert "secret_string" not in json.dumps(full.json)
