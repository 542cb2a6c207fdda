"""Functions that log, measure and trace with Powertools for AWS Lambda."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan.building import ServiceInputs, encryption_key, function, logs_use
from groundplan.building.powertools import LAYER_VERSION, LIBRARY_VERSION
from groundplan.framework import Module, Outputs, output
from groundplan.problems import BadInput
from tests.support import planning

PROJECT = Path(__file__).parents[2]
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"


class HelloOutputs(Outputs):
    """What is asked of them."""

    arns: list[str] = output("the functions")


class Hello(Module[ServiceInputs, HelloOutputs]):
    """A function with the library, and one without."""

    def build(self, given: ServiceInputs) -> HelloOutputs:
        key = encryption_key(self, "hello", given, name=given.name, purpose="all", statements=[logs_use(self, "/aws/")])
        common = {"folder": "hello", "description": "Says nothing", "statements": [], "key": key}
        seen = function(self, "seen", given, name=f"{given.name}-seen", metrics_namespace="Platform/Hello", **common)
        plain = function(self, "plain", given, name=f"{given.name}-plain", **common)
        return HelloOutputs(arns=[seen.arn, plain.arn])


def test_a_function_has_the_layer_of_its_region_and_is_told_whose_lines_and_metrics_are_its_own(tmp_path: Path) -> None:
    plan = planning.plan_module(Hello, ServiceInputs(name="test-hello", alarm_topic_arn=TOPIC), tmp_path)
    seen, plain = plan.resource("aws_lambda_function.seen"), plan.resource("aws_lambda_function.plain")

    name = f"AWSLambdaPowertoolsPythonV3-python313-arm64:{LAYER_VERSION}"
    assert seen["layers"] == [f"arn:aws:lambda:us-east-1:017000801446:layer:{name}"]
    # the layer is built for one version of Python and one architecture
    assert (seen["runtime"], seen["architectures"]) == ("python3.13", ["arm64"])
    assert seen["environment"][0]["variables"] == {
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_NAMESPACE": "Platform/Hello",
        "POWERTOOLS_SERVICE_NAME": "test-hello-seen",
    }
    assert (plain["layers"], plain["environment"]) == (None, [])


def _planned(folder: Path, partition: str, region: str) -> planning.ModulePlan:
    topic = f"arn:{partition}:sns:{region}:111122223333:platform-alarms"
    given = ServiceInputs(name="test-hello", alarm_topic_arn=topic)
    return planning.plan_module(Hello, given, folder / region, region=region)


def test_elsewhere_the_layer_is_another_accounts_and_a_region_without_one_is_refused(tmp_path: Path) -> None:
    there = _planned(tmp_path, "aws-us-gov", "us-gov-west-1").resource("aws_lambda_function.seen")["layers"]
    assert [layer.rsplit(":", 1)[0] for layer in there] == [
        "arn:aws-us-gov:lambda:us-gov-west-1:165093116878:layer:AWSLambdaPowertoolsPythonV3-python313-arm64"
    ]
    with pytest.raises(BadInput, match="must be in a region where AWS publishes the layer of Powertools"):
        _planned(tmp_path, "aws-cn", "cn-northwest-1")


def test_the_tests_run_programs_with_the_library_that_the_layer_has() -> None:
    locked = re.search(r"^aws-lambda-powertools==(\S+)", (PROJECT / "requirements.lock").read_text(), re.MULTILINE)
    assert locked is not None
    assert locked[1] == LIBRARY_VERSION


def _imported(program: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(program.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).split(".")[0]


def test_programs_import_only_what_is_where_they_run() -> None:
    # botocore and urllib3 come with boto3 in the runtime, the rest with the layer
    there = {"boto3", "botocore", "urllib3", "aws_lambda_powertools", "cryptography", *sys.stdlib_module_names}
    missing = {
        f"{program.relative_to(PROJECT)}: {name}"
        for folder in PROJECT.glob("modules/*/*/files/*/")
        for program in folder.rglob("*.py")
        for name in _imported(program)
        if name not in there and not any((folder / f"{name}{end}").exists() for end in ("", ".py"))
    }
    assert missing == set()
