"""Who needs what of the registry's policies."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal
from tests.modules.uses import ACCOUNT, Use, administers, pod, takes_role

OIDC = "oidc.eks.us-east-1.amazonaws.com/id/0123ABCD"
OTHER_ACCOUNT = "444455556666"
REGIONS = ("eu-west-1", "us-east-1", "us-west-2")
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
PULLS = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
PUSHES = [
    *PULLS,
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImageScanFindings",
    "ecr:DescribeImages",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]
LOGS_IN = Use("ecr:GetAuthorizationToken")
PROFILES = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/"
CHECKS = Use(
    "signer:GetRevocationStatus", [f"{PROFILES}prod_ecr", f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-jobs/1"]
)


def repository(name: str, region: str = "us-east-1") -> str:
    """A repository's ARN."""
    return f"arn:aws:ecr:{region}:{ACCOUNT}:repository/{name}"


# https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
THROUGH_CACHES = Use(
    [*PULLS, "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
    [repository(f"{cache}/x") for cache in ("docker-hub", "k8s", "quay")],
    elsewhere=[repository("strange/x")],
)


def of_registry(registry: str = "prod-ecr") -> Use:
    """Every repository that carries the registry's name, in every region."""
    return Use(
        PULLS, [repository("claims/api", region) for region in REGIONS], given={"aws:ResourceTag/Registry": registry}
    )


def pipeline(*subjects: str, refused: Sequence[str]) -> list[Use]:
    """https://docs.gitlab.com/ci/cloud_services/aws/#configure-a-role-and-trust."""
    return [
        Use(
            "sts:AssumeRoleWithWebIdentity",
            given={"gitlab.com:aud": "https://gitlab.com", "gitlab.com:sub": subject},
            by=Principal.federated(f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"),
            refused_with=[{"gitlab.com:sub": each} for each in refused],
        )
        for subject in subjects
    ]


CLAIMS, SANDBOX = "project_path:insurance/claims/api:ref_type:", "project_path:insurance/sandbox:ref_type:"

POLICIES = {
    "aws_ecr_registry_policy.registry[0]": [
        Use(
            ["ecr:CreateRepository", "ecr:ReplicateImage"],
            repository("partners/x"),
            by=Principal.account(OTHER_ACCOUNT),
            elsewhere=[repository("claims/api")],
        )
    ],
    'aws_ecr_repository_creation_template.template["partners"]': [Use(PULLS, by=Principal.account(OTHER_ACCOUNT))],
    'aws_ecr_repository_policy.repository["claims/api"]': [Use(PULLS, by=Principal.account(OTHER_ACCOUNT))],
    'aws_ecr_repository_policy.repository["payments/api"]': [
        Use(PULLS, given={"aws:PrincipalOrgID": "o-exampleorg0"}, caller=Principal.account(OTHER_ACCOUNT))
    ],
    "aws_iam_policy.pull": [LOGS_IN, of_registry(), THROUGH_CACHES],
    'aws_iam_role.pull["scanner"]': pod("security", "scanner", OIDC),
    'aws_iam_role.pull["verifier"]': pod("notation-aws-verifier", "notation-aws-verifier", OIDC),
    'aws_iam_role.push["claims-api"]': pipeline(
        f"{CLAIMS}branch:ref:main", f"{CLAIMS}tag:ref:v1.2.3", refused=[f"{CLAIMS}branch:ref:feature", f"{SANDBOX}x"]
    ),
    'aws_iam_role.push["sandbox"]': pipeline(
        f"{SANDBOX}branch:ref:release/1", refused=[f"{SANDBOX}branch:ref:main", f"{SANDBOX}tag:ref:v1"]
    ),
    # https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-iam.html: no account is named
    "aws_iam_role.templates[0]": takes_role("ecr.amazonaws.com", for_account=False),
    'aws_iam_role_policy.pull["scanner"]': [
        LOGS_IN,
        Use(PULLS, [repository("payments/api", region) for region in REGIONS], elsewhere=[repository("claims/api")]),
        THROUGH_CACHES,
    ],
    'aws_iam_role_policy.pull["verifier"]': [LOGS_IN, of_registry(), CHECKS],
    'aws_iam_role_policy.push["claims-api"]': [
        LOGS_IN,
        Use(PUSHES, repository("claims/api"), elsewhere=[repository("payments/api")]),
        # https://docs.aws.amazon.com/signer/latest/developerguide/iam-policies.html
        Use(["signer:GetSigningProfile", "signer:SignPayload"], f"{PROFILES}prod_ecr", elsewhere=[f"{PROFILES}other"]),
        CHECKS,
        Use(
            "signer:GetRevocationStatus",
            [
                f"arn:aws:signer:us-east-1:{OTHER_ACCOUNT}:/signing-profiles/build_images",
                f"arn:aws:signer:us-east-1:{OTHER_ACCOUNT}:/signing-jobs/1",
            ],
        ),
    ],
    'aws_iam_role_policy.push["sandbox"]': [
        LOGS_IN,
        Use([*PUSHES, "ecr:CreateRepository"], repository("sandbox/x"), elsewhere=[repository("claims/api")]),
    ],
    # https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-iam.html
    "aws_iam_role_policy.templates[0]": [
        Use(
            ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
            [
                *(repository(f"{prefix}/x") for prefix in ("docker-hub", "k8s", "quay", "partners", "sandbox")),
                *(repository("claims/api", region) for region in ("eu-west-1", "us-west-2")),
            ],
            elsewhere=[repository("claims/api")],
        ),
        *(
            Use(
                ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
                key,
                given={"kms:ViaService": f"ecr.{region}.amazonaws.com"},
            )
            for key, region in (
                ("<aws_kms_key.images[0].arn>", "us-east-1"),
                ('<aws_kms_key.replica["eu-west-1"].arn>', "eu-west-1"),
                ('<aws_kms_key.replica["us-west-2"].arn>', "us-west-2"),
            )
        ),
    ],
    "aws_kms_key.images[0]": [administers()],
    'aws_kms_key.replica["eu-west-1"]': [administers()],
    'aws_kms_key.replica["us-west-2"]': [administers()],
}
