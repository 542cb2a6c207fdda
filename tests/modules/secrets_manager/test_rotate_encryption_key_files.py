"""The function that generates encryption keys, against an emulator of Secrets Manager and KMS."""

from __future__ import annotations

import base64
import importlib.util
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.secretsmanager.models import secretsmanager_backends

HANDLER = Path(__file__).parents[3] / "modules/secrets/secrets_manager/files/rotate_encryption_key/handler.py"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@pytest.fixture(scope="module")
def function() -> ModuleType:
    found = importlib.util.spec_from_file_location("rotate_encryption_key_handler", HANDLER)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


class Service:
    """The emulator's client, which cannot put AWSCURRENT on a secret that never had it; AWS can."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def update_secret_version_stage(self, **arguments: str) -> None:
        if "RemoveFromVersionId" in arguments:
            self.client.update_secret_version_stage(**arguments)
            return
        secret = secretsmanager_backends["123456789012"]["us-east-1"].secrets[arguments["SecretId"]]
        secret.versions[arguments["MoveToVersionId"]]["version_stages"].append(arguments["VersionStage"])
        secret.default_version_id = arguments["MoveToVersionId"]


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield Service(boto3.client("secretsmanager", region_name="us-east-1"))


def begin(secrets: Any, secret_id: str) -> str:
    """What Secrets Manager does first: an AWSPENDING version that holds nothing."""
    version = str(uuid.uuid4())
    secret = secretsmanager_backends["123456789012"]["us-east-1"].secrets[secret_id]
    secret.versions[version] = {"version_id": version, "version_stages": ["AWSPENDING"], "createdate": 0}
    return version


def rotate(function: ModuleType, secrets: Any, arn: str, **ring: int) -> str:
    version = begin(secrets, arn)
    kms = boto3.client("kms", region_name="us-east-1")
    rings = {arn: {"key_bytes": 32, "keep_keys": 3, **ring}}
    for step in STEPS:
        function.handle({"SecretId": arn, "ClientRequestToken": version, "Step": step}, rings, secrets, kms)
    return version


def ring(secrets: Any, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        secrets.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")["SecretString"]
    )
    return found


@pytest.fixture
def arn(secrets: Any) -> str:
    found: str = secrets.create_secret(Name="prod/documents-key")["ARN"]
    return found


def test_the_first_key_is_generated_into_an_empty_container(function: ModuleType, secrets: Any, arn: str) -> None:
    version = rotate(function, secrets, arn, key_bytes=16)
    made = ring(secrets, arn)
    assert made["current"] == version
    assert [len(base64.b64decode(key)) for key in made["keys"].values()] == [16]


def test_older_keys_stay_readable_until_the_ring_is_full(function: ModuleType, secrets: Any, arn: str) -> None:
    versions = [rotate(function, secrets, arn) for _ in range(4)]
    made = ring(secrets, arn)
    assert list(made["keys"]) == versions[1:]
    assert made["current"] == versions[-1]
    assert len(set(made["keys"].values())) == 3


def test_a_step_tried_again_changes_nothing(function: ModuleType, secrets: Any, arn: str) -> None:
    version = rotate(function, secrets, arn)
    before = ring(secrets, arn)
    kms = boto3.client("kms", region_name="us-east-1")
    rings = {arn: {"key_bytes": 32, "keep_keys": 3}}
    for step in STEPS:
        function.handle({"SecretId": arn, "ClientRequestToken": version, "Step": step}, rings, secrets, kms)
    assert ring(secrets, arn) == before


def test_creating_twice_generates_one_key(function: ModuleType, secrets: Any, arn: str) -> None:
    version = begin(secrets, arn)
    kms = boto3.client("kms", region_name="us-east-1")
    event = {"SecretId": arn, "ClientRequestToken": version, "Step": "createSecret"}
    values = []
    for _ in range(2):
        function.handle(event, {arn: {"key_bytes": 32, "keep_keys": 3}}, secrets, kms)
        values.append(secrets.get_secret_value(SecretId=arn, VersionId=version)["SecretString"])
    assert values[0] == values[1]


@pytest.mark.parametrize("value", ["not json", "[]", '{"password": "x"}'])
def test_a_value_that_people_wrote_is_not_overwritten(function: ModuleType, secrets: Any, arn: str, value: str) -> None:
    secrets.put_secret_value(SecretId=arn, SecretString=value)
    with pytest.raises(function.RotationFailed, match="was not written by a rotation"):
        rotate(function, secrets, arn)
    assert secrets.get_secret_value(SecretId=arn)["SecretString"] == value


def test_a_secret_of_another_function_is_left_alone(function: ModuleType, secrets: Any, arn: str) -> None:
    event = {"SecretId": arn, "ClientRequestToken": "x", "Step": "createSecret"}
    with pytest.raises(function.RotationFailed, match="is no secret of this function"):
        function.handle(event, {}, secrets, None)
    with pytest.raises(ClientError):
        secrets.get_secret_value(SecretId=arn)


def test_a_version_that_is_not_pending_is_refused(function: ModuleType, secrets: Any, arn: str) -> None:
    event = {"SecretId": arn, "ClientRequestToken": "x", "Step": "finishSecret"}
    with pytest.raises(function.RotationFailed, match="is not AWSPENDING"):
        function.handle(event, {arn: {"key_bytes": 32, "keep_keys": 3}}, secrets, None)


def test_no_key_is_ever_logged(function: ModuleType, secrets: Any, arn: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="rotate_encryption_key")
    rotate(function, secrets, arn)
    assert caplog.text
    assert not [key for key in ring(secrets, arn)["keys"].values() if key in caplog.text]
