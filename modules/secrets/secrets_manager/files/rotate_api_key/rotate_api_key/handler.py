"""Where Lambda comes in: `rotate_api_key.handler.handler`."""

from __future__ import annotations

import logging
import os
from typing import Any

import boto3

from . import errors, rotation, settings, transport
from .provider import Provider
from .secret import Secret, SecretsManager
from .transport import Send

log = logging.getLogger("rotate_api_key")
log.setLevel(logging.INFO)


def handler(event: dict[str, Any], _context: object) -> None:
    """Runs the step that Secrets Manager asks for.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
    """
    handle(event, os.environ.get("PROVIDER", "null"), boto3.client("secretsmanager"), transport.https())


def handle(event: dict[str, Any], provider: str, client: SecretsManager, send: Send) -> None:
    """The same with what comes from outside given: settings as text, the service's client, the way to the provider."""
    missing = [name for name in ("Step", "SecretId", "ClientRequestToken") if not isinstance(event.get(name), str)]
    if missing:
        raise errors.bad_event(missing)
    known = settings.parse(provider)
    secret = Secret(client, known, event["SecretId"], event["ClientRequestToken"])
    log.info("Step %s of version %s of %s", event["Step"], secret.version_id, secret.secret_id)
    rotation.run(event["Step"], secret, Provider(known, send))
