"""Which condition keys a statement may have: all that AWS lists for its actions, and no other."""

import json
from importlib.resources import files

import pytest

from groundplan.iam import allow, check_document, conditions, problems, reference

DOCUMENTED = json.loads(files("groundplan.iam").joinpath("data", "condition_keys.json").read_text("utf-8"))["keys"]


@pytest.fixture(scope="module")
def of_the_service() -> frozenset[tuple[str, str]]:
    """The keys that AWS lists for a service and for none of its actions."""
    return frozenset(
        (prefix, key)
        for prefix in reference.service_names()
        if (service := reference.service(prefix)) is not None
        for key in service.keys_of_no_action
        if not key.startswith("aws:")
    )


def found(action: str, key: str) -> list[str]:
    key = key.replace("${TagKey}", "team")
    key = f"{key}team" if key.endswith("/") else key
    return [
        f"{one.message} {one.cure}" for one in problems([allow(action, on="*", when={"Null": {key: "true"}})], "scp")
    ]


def test_keys_that_aws_lists_for_a_service_are_taken_with_every_one_of_its_actions(
    of_the_service: frozenset[tuple[str, str]],
) -> None:
    assert len(of_the_service) >= 67
    assert len({prefix for prefix, _ in of_the_service}) >= 27
    refused = []
    for prefix, key in sorted(of_the_service):
        service = reference.service(prefix)
        assert service is not None
        refused += [(key, told) for name in service.action_names[:3] for told in found(f"{prefix}:{name}", key)]
    assert refused == []


def test_a_service_lists_whatever_its_actions_have() -> None:
    missing = []
    for prefix in ("dynamodb", "ec2", "ec2-instance-connect", "kms", "lambda", "s3", "secretsmanager", "sqs", "sts"):
        service = reference.service(prefix)
        assert service is not None
        listed = {key.lower() for key in service.condition_keys}
        used = {key.lower() for name in service.action_names for key in service.action(name).condition_keys}
        missing += [key for key in used - listed if key.startswith(f"{prefix}:")]
    assert missing == []


def test_every_key_of_the_reference_is_taken_with_an_action_that_has_it() -> None:
    refused = []
    for prefix in ("dynamodb", "ec2", "kms", "lambda", "s3", "secretsmanager", "sqs", "sts"):
        service = reference.service(prefix)
        assert service is not None
        for name in service.action_names:
            keys = service.action(name).condition_keys
            refused += [(name, key, told) for key in sorted(keys)[:3] for told in found(f"{prefix}:{name}", key)]
    assert refused == []


@pytest.mark.parametrize(
    "key",
    ["dynamodb:FirstPartitionKeyValue", "kms:CustomerMasterKeySpecs", "states:HTTPMethd", "lambda:SourceFunctonArn"],
)
def test_a_key_that_aws_does_not_have_is_refused_with_the_nearest(
    key: str, of_the_service: frozenset[tuple[str, str]]
) -> None:
    prefix = key.partition(":")[0]
    service = reference.service(prefix)
    assert service is not None
    (told,) = found(f"{prefix}:{service.action_names[0]}", key)
    assert "no condition key of AWS" in told
    assert any(f"Did you mean {right!r}?" in told for of, right in of_the_service if of == prefix)


def test_a_key_of_a_service_is_refused_for_another_services_actions() -> None:
    # the reference writes the second one in two ways
    for key in ("dynamodb:FirstPartitionKeyValues", "ec2-instance-connect:MaxTunnelDuration"):
        (told,) = found("s3:GetObject", key)
        assert "is never there for s3:GetObject" in told


def test_of_the_keys_that_an_action_has_those_that_all_have_are_not_told() -> None:
    assert any(key.startswith("aws:") for key in reference.matching_actions("s3:CreateBucket")[0].condition_keys)
    (told,) = found("s3:CreateBucket", "s3:prefix")
    assert "s3:authType" in told
    assert "aws:" not in told


def test_a_key_may_be_there_for_whatever_a_statement_does_not_except() -> None:
    when = {"StringLike": {"s3:prefix": "a/*"}}
    statement = {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*", "Condition": when}
    assert check_document({"Version": "2012-10-17", "Statement": statement}, kind="identity") == []


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
ORDERED = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
COMPARED = [
    (("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"), "String", "any", None),
    (ORDERED, "Numeric", "10.5", "ten"),
    (ORDERED, "Date", "2030-01-31T00:00:00Z", "at the end of January"),
    (("",), "Bool", "true", "yes"),
    (("Equals",), "Binary", "QmluYXJ5", None),
    (("IpAddress", "NotIpAddress"), "", "203.0.113.0/24", "203.0.113.0/33"),
    (("Equals", "Like", "NotEquals", "NotLike"), "Arn", "arn:aws:s3:::backups", None),
    (("",), "Null", "true", "maybe"),
]


@pytest.mark.parametrize(("names", "prefix", "good", "bad"), COMPARED, ids=[f"{one[1]}{one[0][0]}" for one in COMPARED])
def test_an_operator_takes_values_that_it_can_compare_and_no_others(
    names: tuple[str, ...], prefix: str, good: str, bad: str | None
) -> None:
    def told(name: str, value: str) -> int:
        when = {f"{prefix}{name}": {"aws:PrincipalTag/team": value}}
        return len(problems([allow("s3:GetObject", on="*", when=when)], "identity"))

    assert {name: told(name, good) for name in names} == dict.fromkeys(names, 0)
    if bad is not None:
        assert {name: told(name, bad) for name in names} == dict.fromkeys(names, 1)


@pytest.mark.parametrize("key", DOCUMENTED)
def test_what_aws_documents_elsewhere_is_listed_with_its_source_and_taken(key: str) -> None:
    assert DOCUMENTED[key]["source"].startswith("https://docs.aws.amazon.com/")
    assert DOCUMENTED[key]["says"]
    assert DOCUMENTED[key]["actions"]
    assert found("s3:GetObject", key) == found("s3:GetObject", key.upper()) == []
    assert not any(
        conditions.key_covers(form, key) for form in reference.matching_actions("s3:GetObject")[0].condition_keys
    )


def test_a_key_documented_for_some_actions_is_taken_with_those_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "_documented", lambda: {"s3:newkey": ("s3:Get*",)})
    for action in ("s3:GetObject", "s3:Get*", "s3:*"):
        assert found(action, "s3:NewKey") == []
    (told,) = found("s3:PutObject", "s3:NewKey")
    assert "no condition key of AWS" in told


def test_global_keys_are_taken_with_every_action_and_misspelt_ones_refused() -> None:
    for key in conditions.GLOBAL_KEYS:
        assert found("dynamodb:GetItem", key) == []
    # those that keep others out, and would not where they are misspelt
    closing = ["PrincipalAccount", "PrincipalArn", "PrincipalOrgID", "PrincipalOrgPaths", "ResourceAccount"]
    closing += ["ResourceOrgID", "SecureTransport", "SourceAccount", "SourceArn", "SourceIp", "SourceVpc", "SourceVpce"]
    for name in [*closing, "MultiFactorAuthPresent", "RequestedRegion", "ViaAWSService"]:
        (told,) = found("dynamodb:GetItem", f"aws:{name}y")
        assert told.endswith(f"Did you mean 'aws:{name}'?")
