"""Which condition keys a statement may have: all that AWS lists for its actions, and no other."""

import json
from importlib.resources import files

import pytest

from groundplan.iam import allow, conditions, problems, reference

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
    (told,) = found("s3:GetObject", "dynamodb:FirstPartitionKeyValues")
    assert "is never there for s3:GetObject" in told


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
    (told,) = found("dynamodb:GetItem", "aws:SourceAcount")
    assert "aws:SourceAccount" in told
