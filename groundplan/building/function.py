"""Lambda functions from a folder of Python that ships with the module."""

from __future__ import annotations

import hashlib
import io
import zipfile
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionDeadLetterConfig,
    LambdaFunctionEnvironment,
    LambdaFunctionLoggingConfig,
    LambdaFunctionTracingConfig,
)
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

from groundplan.framework import fitted
from groundplan.framework.module import Module, part_id
from groundplan.framework.repetition import dependable
from groundplan.iam import Statement, allow

from . import powertools
from .account import account_id, tags
from .alarms import metric_alarm
from .encryption import Key
from .identity import Role, service_role
from .logs import log_group
from .parts import maker

__all__ = ["Function", "deterministic_zip", "function"]

FUNCTION_NAME_CHARACTERS = 64
"""https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"""


@dataclass(frozen=True)
class Function:
    """A function that the module made, its role, and a service's permission to invoke it (None without one).

    `dead_letters` is the queue of what it failed on, for the queue that invokes it to send them to as well.
    """

    name: str
    arn: str
    role: Role
    permission: Any
    dead_letters: Any


def function(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    folder: str,
    name: str,
    description: str,
    statements: Sequence[Statement],
    key: Key,
    handler: str = "handler.handle",
    timeout_seconds: float = 60,
    memory_megabytes: float = 256,
    environment: Mapping[str, str] | None = None,
    invoked_by: str | None = None,
    metrics_namespace: str | None = None,
    only_when: Any = None,
) -> Function:
    """A Python 3.13 function from `files/<folder>` of the module: traced, with dead letters, logs and an error alarm.

    `key` encrypts its environment, its queue and its logs, and its policy must let CloudWatch Logs use it (`logs_use`).
    `invoked_by` is the service that may invoke it in this account's name. `given` are the module's inputs.
    `metrics_namespace` is where its own metrics go; with it the function has Powertools for AWS Lambda, and what it
    logs, measures and traces carries the function's name as its service. https://docs.aws.amazon.com/powertools/python/latest/

    No concurrency is reserved for it: that is taken from all other functions of the account, and Lambda refuses it
    where fewer than 100 would be left, as in a new account.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    Nor is there a code signing configuration: Signer signs objects of a bucket, and the package comes with the module.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
    """
    part = maker(only_when)
    fitted_name = fitted(name, FUNCTION_NAME_CHARACTERS)
    content = deterministic_zip(scope.folder() / "files" / folder)
    archive = scope.ship(f"files/{folder}.zip", content)
    variables = dict(environment or {})
    layers = None
    if metrics_namespace is not None:
        variables |= powertools.environment(fitted_name, metrics_namespace)
        layers = [powertools.layer(scope)]
    logs = log_group(scope, id, given, name=f"/aws/lambda/{fitted_name}", key=key, only_when=only_when)
    queue = part(
        SqsQueue,
        scope,
        part_id("queue", f"{id}_dead_letters"),
        name=f"{fitted_name}-dlq",
        kms_master_key_id=key.arn,
        message_retention_seconds=1209600,
        tags=tags(scope, given),
    )
    role = service_role(
        scope,
        id,
        given,
        name=name,
        service="lambda.amazonaws.com",
        statements=[
            *statements,
            allow("logs:CreateLogStream", "logs:PutLogEvents", on=f"{logs.arn}:*", sid="Logs"),
            allow("sqs:SendMessage", on=queue.arn, sid="DeadLetters"),
            allow("kms:Decrypt", "kms:GenerateDataKey", on=key.arn, sid="Key"),
            # X-Ray knows no resources to write to:
            # https://docs.aws.amazon.com/xray/latest/devguide/security_iam_id-based-policy-examples.html
            allow("xray:PutTraceSegments", "xray:PutTelemetryRecords", on="*", sid="Traces"),
        ],
        only_when=only_when,
    )
    made = part(
        LambdaFunction,
        scope,
        part_id("function", id),
        function_name=fitted_name,
        description=description,
        role=role.arn,
        runtime="python3.13",
        architectures=["arm64"],
        handler=handler,
        filename=archive,
        source_code_hash=b64encode(hashlib.sha256(content).digest()).decode(),
        timeout=timeout_seconds,
        memory_size=memory_megabytes,
        kms_key_arn=key.arn,
        layers=layers,
        environment=LambdaFunctionEnvironment(variables=variables) if variables else None,
        dead_letter_config=LambdaFunctionDeadLetterConfig(target_arn=queue.arn),
        tracing_config=LambdaFunctionTracingConfig(mode="Active"),
        logging_config=LambdaFunctionLoggingConfig(log_format="JSON", log_group=logs.name),
        tags=tags(scope, given),
        # without its policy the first invocation could fail
        depends_on=[dependable(role.policy)],
    )
    permission = None
    if invoked_by is not None:
        permission = part(
            LambdaPermission,
            scope,
            part_id("permission", id),
            statement_id="Invoke",
            action="lambda:InvokeFunction",
            function_name=made.function_name,
            principal=invoked_by,
            source_account=account_id(scope),
        )
    metric_alarm(
        scope,
        f"{id}_errors",
        given,
        name=f"{fitted_name}-errors",
        description=f"The function failed; its log group tells why. {description}",
        namespace="AWS/Lambda",
        metric="Errors",
        dimensions={"FunctionName": made.function_name},
        only_when=only_when,
    )
    return Function(made.function_name, made.arn, role, permission, queue)


def deterministic_zip(folder: Path) -> bytes:
    """A zip of the Python files and data below `folder`: the same bytes for the same content, on any machine."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(str(path.relative_to(folder).as_posix()), (1980, 1, 1, 0, 0, 0))
                entry.external_attr = 0o644 << 16
                entry.create_system = 3
                archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
