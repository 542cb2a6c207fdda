"""A plan tells of what a service takes and somebody should look at, and goes on."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from tf.gen import tfplugin_pb2 as pb

from groundplan.plan.cty import encode
from groundplan.plan.schema import Attribute, Block, ProviderSchema
from groundplan.plan.server.servicer import Servicer


def validated(type_name: str, config: dict[str, Any]) -> list[Any]:
    """What the stand-in of the AWS provider says of a resource, as Terraform's core asks it."""
    schema = ProviderSchema("aws", Block(), {type_name: Block({name: Attribute("string") for name in config})})
    servicer = Servicer(schema, dict)
    method = "/tfplugin6.Provider/ValidateResourceConfig"
    called = servicer.handler().service(SimpleNamespace(method=method, invocation_metadata=()))
    request = pb.ValidateResourceConfig.Request(type_name=type_name, config={"msgpack": encode(config)})
    answer = called.unary_unary(request, SimpleNamespace(peer=lambda: "a core"))
    return list(pb.ValidateResourceConfig.Response.FromString(called.response_serializer(answer)).diagnostics)


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
