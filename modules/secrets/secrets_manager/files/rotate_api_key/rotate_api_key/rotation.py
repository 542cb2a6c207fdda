"""The four steps of a rotation. Each can be run again at any time: Secrets Manager retries, and so do people.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from . import errors
from .provider import Key, Provider
from .secret import CURRENT, PENDING, PREVIOUS, Secret

log = logging.getLogger("rotate_api_key")


def create(secret: Secret, provider: Provider) -> None:
    """Gets a new key from the provider, with the current one, and stores it as AWSPENDING.

    Before that, the key before the current one is revoked: its overlap ends with this rotation. So a provider that
    allows two keys at a time is enough.
    """
    if secret.value(PENDING, secret.version_id) is not None:
        log.info("A new key was stored by an earlier try of this step")
        return
    value = secret.value(CURRENT)
    if value is None:
        raise errors.no_value(secret.secret_id, CURRENT)
    current = secret.key_in(value, CURRENT)
    _revoke_previous(secret, provider, by=current)
    new = provider.create(current, secret.version_id)
    try:
        stored = secret.put_pending(value, new)
    except Exception:
        # Without this the key would live on at the provider, known to nobody.
        _give_back(provider, new, current, secret.version_id)
        raise
    if stored:
        log.info("Stored a new key as AWSPENDING")
    else:
        log.warning("Another run stored a key for this rotation first; giving ours back")
        _give_back(provider, new, current, secret.version_id)


def enable(secret: Secret, provider: Provider) -> None:
    """Registers the new key with the provider, where it needs that."""
    provider.enable(secret.key(PENDING, secret.version_id), secret.key(CURRENT), secret.version_id)


def test(secret: Secret, provider: Provider) -> None:
    """Uses the new key once."""
    provider.probe(secret.key(PENDING, secret.version_id), secret.version_id)
    log.info("The new key works")


def finish(secret: Secret, provider: Provider) -> None:
    """Makes the new key current. Without overlap, the old one is revoked at once."""
    stages = secret.stages()
    current = next((version for version, labels in stages.items() if CURRENT in labels), "")
    if current != secret.version_id:
        secret.promote(current)
        log.info("The new key is current")
    if provider.settings.overlap == "none":
        _revoke_previous(secret, provider, by=secret.key(CURRENT, secret.version_id))


STEPS: dict[str, Callable[[Secret, Provider], None]] = {
    "createSecret": create,
    "setSecret": enable,
    "testSecret": test,
    "finishSecret": finish,
}


def run(step: str, secret: Secret, provider: Provider) -> None:
    """Runs one step. Raises RotationFailed when the secret, the request or the provider does not allow it."""
    if step not in STEPS:
        raise errors.unknown_step(step, list(STEPS))
    labels = secret.stages().get(secret.version_id)
    if labels is None:
        raise errors.unknown_version(secret.secret_id, secret.version_id)
    if CURRENT in labels and step != "finishSecret":
        log.info("This rotation is over: its version is current")
        return
    if not {CURRENT, PENDING} & set(labels):
        raise errors.not_pending(secret.secret_id, secret.version_id)
    STEPS[step](secret, provider)


def _revoke_previous(secret: Secret, provider: Provider, *, by: Key) -> None:
    call = provider.settings.revoke
    if call is None:
        return
    try:
        value = secret.value(PREVIOUS)
        old = secret.key_in(value, PREVIOUS) if value is not None else None
    except errors.RotationFailed as error:
        # A first value such as "change me" is no key, and must not stop every rotation to come.
        log.warning("There is no key to revoke: %s", error)
        return
    if old is None:
        return
    if not old.key_id and call.uses("key_id"):
        log.warning("The previous key has no id in the secret, so it cannot be revoked: do it by hand at the provider")
        return
    provider.revoke(old, by, secret.version_id)
    log.info("Revoked the key before the current one")


def _give_back(provider: Provider, new: Key, current: Key, request_id: str) -> None:
    if provider.settings.idempotency_header:
        # The next try gets this same key again, so it must live.
        return
    try:
        provider.revoke(new, current, request_id)
    except errors.RotationFailed as error:
        log.error("The new key %s could not be revoked, do it by hand: %s", new.key_id or "(without an id)", error)
