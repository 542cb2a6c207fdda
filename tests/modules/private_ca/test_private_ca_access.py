"""Access to authorities, their lists and their reports, as AWS would read it."""

from __future__ import annotations

import pytest

from groundplan.iam import Kind, Statement, problems
from modules.certificates.private_ca import access

ACCOUNT = "111122223333"
BUCKET = "arn:aws:s3:::prod-private-ca-audit"
AUTHORITY = f"arn:aws:acm-pca:us-east-1:{ACCOUNT}:certificate-authority/0d6c1c2e-0000-4000-8000-000000000000"
BUS = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:prod-private-ca-audit-dlq"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0d6c1c2e-0000-4000-8000-000000000000"
DISTRIBUTIONS = f"arn:aws:cloudfront::{ACCOUNT}:distribution/*"

POLICIES: dict[str, tuple[Kind, list[Statement]]] = {
    "audit_schedule": ("identity", access.audit_schedule([AUTHORITY], BUCKET, BUS, QUEUE, KEY)),
    "authority_writes": ("resource", access.authority_writes(BUCKET, ACCOUNT)),
    "cloudfront_decrypts": ("resource", access.cloudfront_decrypts(DISTRIBUTIONS)),
    "cloudfront_reads": ("resource", access.cloudfront_reads(BUCKET, DISTRIBUTIONS)),
    "encrypts_objects": ("resource", access.encrypts_objects(BUCKET)),
    "issue": ("identity", access.issue(AUTHORITY, "aws")),
}


def test_every_policy_of_the_module_is_judged_here() -> None:
    assert set(access.__all__) == set(POLICIES)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_aws_would_accept_the_policy(name: str) -> None:
    kind, statements = POLICIES[name]
    assert problems(statements, kind) == []


def test_no_service_is_trusted_without_saying_for_whom_it_acts() -> None:
    for name, (kind, statements) in POLICIES.items():
        for statement in statements:
            assert kind == "identity" or statement.as_json().get("Condition"), name
