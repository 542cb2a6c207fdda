"""The secret in Secrets Manager: its versions, its stages and the key inside its value."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

from . import errors, pointers
from .provider import Key
from .settings import Settings

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"


class SecretsManager(Protocol):
    """What this function uses of boto3's Secrets Manager client."""

    def describe_secret(self, **arguments: str) -> dict[str, Any]:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html"""

    def get_secret_value(self, **arguments: str) -> dict[str, Any]:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html"""

    def put_secret_value(self, **arguments: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html"""

    def update_secret_version_stage(self, **arguments: str) -> dict[str, Any]:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html"""


def code_of(error: ClientError) -> str:
    """The service's own name of an error: `ResourceNotFoundException`."""
    return str(error.response.get("Error", {}).get("Code", ""))


@dataclass(frozen=True)
class Secret:
    """One secret, under one rotation: `version_id` is the version that the rotation makes."""

    client: SecretsManager
    settings: Settings
    secret_id: str
    version_id: str

    def stages(self) -> dict[str, list[str]]:
        """The stages of each version. Raises RotationFailed when this rotation may not go on."""
        try:
            found = self.client.describe_secret(SecretId=self.secret_id)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                raise errors.no_such_secret(self.secret_id) from None
            raise
        if found.get("DeletedDate"):
            raise errors.being_deleted(self.secret_id)
        if not found.get("RotationEnabled", False):
            raise errors.rotation_disabled(self.secret_id)
        stages: dict[str, list[str]] = found.get("VersionIdsToStages", {})
        return stages

    def value(self, stage: str, version_id: str = "") -> dict[str, Any] | None:
        """The secret's JSON object at a stage (and of that version), or None when it has none."""
        version = {"VersionId": version_id} if version_id else {}
        try:
            found = self.client.get_secret_value(SecretId=self.secret_id, VersionStage=stage, **version)
        except ClientError as error:
            # InvalidRequestException: the version is there but holds nothing yet, as AWSPENDING does at first.
            if code_of(error) in ("ResourceNotFoundException", "InvalidRequestException"):
                return None
            raise
        try:
            value = json.loads(found.get("SecretString", ""))
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise errors.not_an_object(self.secret_id, stage)
        return value

    def key_in(self, value: dict[str, Any], stage: str) -> Key:
        """The key inside the secret's JSON object."""
        settings = self.settings
        found = pointers.read(value, settings.key_pointer)
        if not isinstance(found, str):
            raise errors.not_there(f"The value of {self.secret_id} at {stage}", settings.key_pointer)
        key_id = pointers.read(value, settings.key_id_pointer) if settings.key_id_pointer else None
        username = pointers.read(value, settings.username_pointer) if settings.username_pointer else ""
        if not isinstance(username, str) or (settings.username_pointer and not username):
            raise errors.no_username(settings.username_pointer)
        key = Key(found, key_id if isinstance(key_id, str) else "", username)
        return key.checked(f"at {stage} of {self.secret_id}")

    def key(self, stage: str, version_id: str = "") -> Key:
        """The key at a stage. Raises RotationFailed when there is none."""
        value = self.value(stage, version_id)
        if value is None:
            raise errors.no_value(self.secret_id, stage)
        return self.key_in(value, stage)

    def put_pending(self, current_value: dict[str, Any], new: Key) -> bool:
        """Stores the new key as AWSPENDING: the current value with the key replaced. False: another run was faster."""
        value = pointers.replace(current_value, self.settings.key_pointer, new.value)
        if self.settings.key_id_pointer:
            value = pointers.replace(value, self.settings.key_id_pointer, new.key_id)
        try:
            self.client.put_secret_value(
                SecretId=self.secret_id,
                ClientRequestToken=self.version_id,
                SecretString=json.dumps(value),
                VersionStages=[PENDING],
            )
        except ClientError as error:
            if code_of(error) == "ResourceExistsException":
                return False
            raise
        return True

    def promote(self, current_version_id: str) -> None:
        """Moves AWSCURRENT to the new version; Secrets Manager moves AWSPREVIOUS to the old one by itself."""
        self.client.update_secret_version_stage(
            SecretId=self.secret_id,
            VersionStage=CURRENT,
            MoveToVersionId=self.version_id,
            RemoveFromVersionId=current_version_id,
        )
