import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.iam import Principal, allow, deny, deny_all_but, document, evaluate
from groundplan.problems import BadInput

SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:claims/db-AbCdEf"
READ = "secretsmanager:GetSecretValue"


def role(*statements):
    return document(*statements)


def test_what_nobody_allows_is_denied():
    assert not evaluate(role(allow(READ, on="arn:aws:secretsmanager:*:*:secret:other/*")), READ, SECRET)
    assert not evaluate([], READ, SECRET)


def test_a_role_reads_its_own_secrets_and_no_others():
    own = role(allow(READ, on="arn:aws:secretsmanager:us-east-1:111122223333:secret:claims/*"))
    assert evaluate(own, READ, SECRET)
    assert evaluate(own, READ.lower(), SECRET)
    assert not evaluate(own, READ, SECRET.replace("claims", "Claims"))
    assert not evaluate(own, "secretsmanager:PutSecretValue", SECRET)
    assert not evaluate(own, READ, SECRET.replace("111122223333", "444455556666"))


def test_a_wildcard_in_an_arn_does_not_reach_over_its_parts():
    wide = role(allow("sns:Publish", on="arn:aws:sns:*:111122223333:alarms"))
    assert evaluate(wide, "sns:Publish", "arn:aws:sns:us-east-1:111122223333:alarms")
    assert not evaluate(wide, "sns:Publish", "arn:aws:sns:us-east-1:444455556666:111122223333:alarms")


def test_a_deny_in_any_document_wins():
    documents = [role(allow("*", on="*")), role(deny(READ, on="*"))]
    assert not evaluate(documents, READ, SECRET)
    assert evaluate(documents, "s3:GetObject", "arn:aws:s3:::a/b")


def test_everything_but_a_few_services_is_denied():
    documents = [role(allow("*", on="*")), role(deny_all_but("iam:*", on="*"))]
    assert evaluate(documents, "iam:GetRole", "arn:aws:iam::111122223333:role/a")
    assert not evaluate(documents, READ, SECRET)


def test_policy_variables_come_from_the_request_and_terraform_references_are_text():
    own = role(allow("s3:GetObject", on="arn:aws:s3:::homes/${aws:PrincipalTag/team}/*"))
    assert evaluate(own, "s3:GetObject", "arn:aws:s3:::homes/claims/a", {"aws:PrincipalTag/team": "claims"})
    assert not evaluate(own, "s3:GetObject", "arn:aws:s3:::homes/cards/a", {"aws:PrincipalTag/team": "claims"})
    assert not evaluate(own, "s3:GetObject", "arn:aws:s3:::homes/claims/a")
    made = role(allow("s3:GetObject", on="${aws_s3_bucket.backups.arn}/*"))
    assert evaluate(made, "s3:GetObject", "${aws_s3_bucket.backups.arn}/a")
    assert not evaluate(made, "s3:GetObject", "${aws_s3_bucket.others.arn}/a")


CONDITIONS = [
    ({"StringEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"]}}, {"aws:RequestedRegion": "us-west-2"}, True),
    ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, {"aws:requestedregion": "us-west-2"}, False),
    ({"StringEquals": {"aws:RequestedRegion": "us-*"}}, {"aws:RequestedRegion": "us-west-2"}, False),
    ({"StringEquals": {"aws:RequestedRegion": "us-*"}}, {"aws:RequestedRegion": "us-*"}, True),
    ({"StringEquals": {"aws:PrincipalTag/a": "${?}${*}${$}"}}, {"aws:PrincipalTag/a": "?*$"}, True),
    ({"StringLike": {"aws:PrincipalTag/a": "${*}?"}}, {"aws:PrincipalTag/a": "*x"}, True),
    ({"StringLike": {"aws:PrincipalTag/a": "${*}?"}}, {"aws:PrincipalTag/a": "xx"}, False),
    ({"StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b, 'none'}"}}, {"aws:PrincipalTag/a": "none"}, True),
    ({"StringLike": {"aws:RequestedRegion": "us-*"}}, {"aws:RequestedRegion": "us-west-2"}, True),
    ({"StringEqualsIgnoreCase": {"aws:PrincipalTag/a": "ABC"}}, {"aws:PrincipalTag/a": "abc"}, True),
    ({"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"]}}, {"aws:RequestedRegion": "x"}, True),
    ({"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "x"]}}, {"aws:RequestedRegion": "x"}, False),
    ({"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}, {}, True),
    ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, {}, False),
    ({"StringEqualsIfExists": {"aws:RequestedRegion": "us-east-1"}}, {}, True),
    ({"Bool": {"aws:SecureTransport": "true"}}, {"aws:SecureTransport": True}, True),
    ({"Bool": {"aws:SecureTransport": "false"}}, {"aws:SecureTransport": True}, False),
    ({"Null": {"aws:TokenIssueTime": "true"}}, {}, True),
    ({"Null": {"aws:TokenIssueTime": "false"}}, {}, False),
    ({"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": 10}, True),
    ({"NumericLessThan": {"s3:max-keys": "10"}}, {"s3:max-keys": 10}, False),
    ({"NumericNotEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": 11}, True),
    ({"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}, {"aws:CurrentTime": "2030-06-01"}, True),
    ({"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}, {"aws:CurrentTime": "2030-06-01"}, False),
    ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:SourceIp": "203.0.113.9"}, True),
    ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:SourceIp": "203.0.113.9"}, False),
    ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:SourceIp": "2001:db8::1"}, False),
    (
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}},
        {"aws:SourceArn": "arn:aws:sns:a:111122223333:b"},
        True,
    ),
    ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:1:*"}}, {"aws:SourceArn": "arn:aws:sns:a:2:1:b"}, False),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:TagKeys": ["a"]}, True),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:TagKeys": ["a", "c"]}, False),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, {}, True),
    ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["c", "a"]}, True),
    ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, {}, False),
    ({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["a", "c"]}, True),
]


@pytest.mark.parametrize(("when", "request_context", "expected"), CONDITIONS)
def test_a_condition_decides_as_iam_documents_it(when, request_context, expected):
    assert evaluate(role(allow("s3:GetObject", on="*", when=when)), "s3:GetObject", "*", request_context) is expected


def test_a_resource_policy_speaks_to_whom_it_names():
    policy = document(
        allow(
            "s3:GetObject",
            on="*",
            principals=[Principal.service("backup.amazonaws.com"), Principal.account("111122223333")],
        )
    )
    ask = "s3:GetObject", "arn:aws:s3:::a/b"
    assert evaluate(policy, *ask, principal=Principal.service("backup.amazonaws.com"))
    assert evaluate(policy, *ask, principal=Principal.aws("arn:aws:iam::111122223333:role/a"))
    assert not evaluate(policy, *ask, principal=Principal.aws("arn:aws:iam::444455556666:role/a"))
    assert not evaluate(policy, *ask, principal=Principal.aws("arn:aws-cn:iam::111122223333:role/a"))
    with pytest.raises(BadInput, match="principal"):
        evaluate(policy, *ask)


def test_an_account_of_another_partition_is_named_in_it():
    china = document(allow("s3:GetObject", on="*", principals=Principal.account("111122223333", partition="aws-cn")))
    ask = "s3:GetObject", "arn:aws-cn:s3:::a/b"
    assert evaluate(china, *ask, principal=Principal.aws("arn:aws-cn:iam::111122223333:role/a"))
    assert not evaluate(china, *ask, principal=Principal.aws("arn:aws:iam::111122223333:role/a"))


@pytest.mark.parametrize(
    ("when", "request_context"),
    [
        ({"BinaryEquals": {"aws:a": "eA=="}}, {"aws:a": "x"}),
        ({"NumericEquals": {"s3:max-keys": "ten"}}, {"s3:max-keys": 10}),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/40"}}, {"aws:SourceIp": "10.0.0.1"}),
        ({"StringResembles": {"aws:a": "x"}}, {"aws:a": "x"}),
        ({"StringEquals": {"aws:TagKeys": "a"}}, {"aws:TagKeys": ["a", "b"]}),
    ],
)
def test_what_is_not_supported_is_an_error_and_never_a_guess(when, request_context):
    with pytest.raises(BadInput):
        evaluate(role(allow("s3:GetObject", on="*", when=when)), "s3:GetObject", "*", request_context)


actions = st.sampled_from(["s3:*", "s3:Get*", "s3:GetObject", "*", "kms:Decrypt", "s3:?etObject"])
places = st.sampled_from(["*", "arn:aws:s3:::a/*", "arn:aws:s3:::*", "arn:aws:s3:::a/b", "arn:aws:kms:*:*:key/*"])
statements = st.builds(
    lambda make, action, place: make(action, on=place), st.sampled_from([allow, deny]), actions, places
)


@given(st.lists(statements, max_size=5), st.sampled_from(["s3:GetObject", "kms:Decrypt"]))
def test_adding_a_deny_of_everything_denies_whatever_else_is_there(given_statements, action):
    assert not evaluate(role(*given_statements, deny("*", on="*")), action, "arn:aws:s3:::a/b")


@given(st.lists(statements, max_size=5), statements)
def test_more_denies_never_allow_more_and_more_allows_never_less(given_statements, added):
    before = evaluate(role(*given_statements), "s3:GetObject", "arn:aws:s3:::a/b")
    after = evaluate(role(*given_statements, added), "s3:GetObject", "arn:aws:s3:::a/b")
    assert after <= before if added.effect == "Deny" else after >= before


@given(st.permutations([allow("s3:*", on="*"), deny("s3:Put*", on="*"), allow("kms:*", on="*")]))
def test_the_order_of_statements_does_not_matter(ordered):
    assert evaluate(role(*ordered), "s3:GetObject", "arn:aws:s3:::a/b")
    assert not evaluate(role(*ordered), "s3:PutObject", "arn:aws:s3:::a/b")
