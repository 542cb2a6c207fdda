"""A plan tells of what a service takes and somebody should look at, and goes on."""

from __future__ import annotations

import json
from typing import Any

from tf.gen import tfplugin_pb2 as pb

from groundplan.plan.cty import encode
from groundplan.plan.schema import Attribute, Block, ProviderSchema
from groundplan.plan.server.servicer import Servicer


def serving(type_name: str, *names: str) -> Servicer:
    """The stand-in of the AWS provider, which serves one type with these attributes."""
    return Servicer(
        ProviderSchema("aws", Block(), {type_name: Block({name: Attribute("string") for name in names})}), dict
    )


def asked(servicer: Servicer, call: str, config: dict[str, Any], **more: Any) -> list[Any]:
    """What it says of a configuration, as Terraform's core asks it over one connection."""
    request = getattr(pb, call).Request(config={"msgpack": encode(config)}, **more)
    said = servicer.answers()[f"/tfplugin6.Provider/{call}"](request.SerializeToString(), "a core")
    return list(getattr(pb, call).Response.FromString(said).diagnostics)


def validated(type_name: str, config: dict[str, Any]) -> list[Any]:
    """What it says of a resource."""
    return asked(serving(type_name, *config), "ValidateResourceConfig", config, type_name=type_name)


def test_a_policy_that_aws_takes_is_a_warning_to_terraform_and_a_misspelt_one_an_error() -> None:
    def policy(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        return {"name": "a", "policy": json.dumps({"Version": "2012-10-17", "Statement": statement})}

    [warning] = validated("aws_iam_policy", policy("ec2:View*"))
    [error] = validated("aws_iam_policy", policy("s3:GetObjct"))
    assert (warning.severity, error.severity) == (pb.Diagnostic.WARNING, pb.Diagnostic.ERROR)
    assert "'ec2:View*' is no action of AWS" in warning.summary


def test_a_schedule_that_eventbridge_refuses_is_an_error_at_its_attribute() -> None:
    [error] = validated("aws_cloudwatch_event_rule", {"name": "a", "schedule_expression": "rate(1 minutes)"})
    assert error.severity == pb.Diagnostic.ERROR
    assert [step.attribute_name for step in error.attribute.steps] == ["schedule_expression"]
    assert "rate(1 minute)" in error.detail


def test_what_was_said_of_a_resource_is_not_said_of_the_same_in_another_region() -> None:
    servicer = serving("aws_s3_bucket", "bucket", "region")
    config = {"bucket": "a-bucket", "region": "eu-central-1"}
    found = []
    for region in ("eu-west-1", "cn-north-1", "eu-west-1", "cn-north-1"):
        assert asked(servicer, "ConfigureProvider", {"region": region}) == []
        found.append(
            [each.summary for each in asked(servicer, "ValidateResourceConfig", config, type_name="aws_s3_bucket")]
        )
    assert found[0] == found[2] == []
    assert found[1] == found[3] != []
    renamed = asked(servicer, "ValidateResourceConfig", {**config, "bucket": "A_B"}, type_name="aws_s3_bucket")
    assert len(renamed) > len(found[3])
