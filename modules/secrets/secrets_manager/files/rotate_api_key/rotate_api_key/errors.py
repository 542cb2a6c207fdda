"""Everything this function can say when it cannot go on: what happened and what to do. Never a secret's value."""

from __future__ import annotations

from collections.abc import Sequence


class RotationFailed(Exception):
    """A step of the rotation did not succeed. Secrets Manager reports it and tries again, several times."""


def bad_settings(problems: Sequence[str]) -> RotationFailed:
    """All that is wrong with the PROVIDER environment variable."""
    return RotationFailed("The environment variable PROVIDER is wrong:\n" + "\n".join(f"- {item}" for item in problems))


def bad_event(missing: Sequence[str]) -> RotationFailed:
    """The event did not come from Secrets Manager."""
    return RotationFailed(
        f"The event has no {', '.join(missing)}. Only Secrets Manager invokes this function: rotate a secret."
    )


def unknown_step(step: str, known: Sequence[str]) -> RotationFailed:
    """A step that rotation does not have."""
    return RotationFailed(f"Unknown step {step!r}; a rotation has {', '.join(known)}.")


def no_such_secret(secret_id: str) -> RotationFailed:
    """The secret is gone."""
    return RotationFailed(f"{secret_id} does not exist (any more). Cancel its rotation, or restore it.")


def being_deleted(secret_id: str) -> RotationFailed:
    """The secret is in its recovery window."""
    return RotationFailed(f"{secret_id} is scheduled for deletion. Restore it before it is rotated, or let it go.")


def rotation_disabled(secret_id: str) -> RotationFailed:
    """Nobody switched rotation on."""
    return RotationFailed(f"{secret_id} has no rotation enabled. Enable it, then rotate the secret again.")


def unknown_version(secret_id: str, version_id: str) -> RotationFailed:
    """The request token is no version of the secret."""
    return RotationFailed(f"{secret_id} has no version {version_id}: this request is not one of its rotations.")


def not_pending(secret_id: str, version_id: str) -> RotationFailed:
    """The version was overtaken by another rotation."""
    return RotationFailed(
        f"Version {version_id} of {secret_id} is not AWSPENDING (any more): another rotation took its place. "
        "Rotate the secret again."
    )


def no_value(secret_id: str, stage: str) -> RotationFailed:
    """The stage has no value to work with."""
    return RotationFailed(
        f"{secret_id} has no value at {stage}. The first key is put there by hand: "
        "aws secretsmanager put-secret-value --secret-id ... --secret-string file://..."
    )


def not_an_object(secret_id: str, stage: str) -> RotationFailed:
    """The secret's value is no JSON object."""
    return RotationFailed(
        f"The value of {secret_id} at {stage} is not a JSON object. Store the key in one, at `secret.key_pointer`."
    )


def not_there(what: str, pointer: str) -> RotationFailed:
    """A JSON pointer leads nowhere, or not to a text."""
    return RotationFailed(f"{what} has no text at the JSON pointer {pointer!r}. Correct the pointer in PROVIDER.")


def unusable_key(what: str) -> RotationFailed:
    """A key that no HTTP header can carry. Its value is not said."""
    return RotationFailed(f"The key {what} is empty or has characters that an HTTP header cannot carry.")


def no_username(pointer: str) -> RotationFailed:
    """Basic authentication without a user name."""
    return RotationFailed(f"The secret has no text at `authentication.username_pointer` {pointer!r}.")


def unreachable(purpose: str, host: str, reason: str) -> RotationFailed:
    """The provider did not answer."""
    return RotationFailed(
        f"To {purpose}, {host} could not be reached: {reason}. "
        "Check the host's name, and the function's way out (NAT, security group, proxy)."
    )


def unexpected_status(purpose: str, host: str, status: int, expected: Sequence[int]) -> RotationFailed:
    """The provider answered something else. Its body is not said: it may hold a key."""
    allowed = ", ".join(str(code) for code in expected)
    return RotationFailed(f"To {purpose}, {host} answered HTTP {status} where {allowed} was expected.")


def too_long(purpose: str, host: str, limit_bytes: int) -> RotationFailed:
    """The answer is longer than any answer about a key."""
    return RotationFailed(f"To {purpose}, {host} answered more than {limit_bytes} bytes.")


def not_json(purpose: str, host: str) -> RotationFailed:
    """The provider's answer is no JSON."""
    return RotationFailed(f"To {purpose}, {host} answered something that is not JSON.")


def no_key_id(purpose: str) -> RotationFailed:
    """A request needs the provider's name of a key, and the secret has none."""
    return RotationFailed(f"To {purpose}, its id is needed, and the secret has none at `secret.key_id_pointer`.")


def same_key(host: str) -> RotationFailed:
    """The provider gave the old key again."""
    return RotationFailed(f"{host} answered with the key that is current already, so nothing would be rotated.")
