"""Every message about pasted secrets. None of them repeats the value."""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.problems import Problem

__all__ = ["looks_like_a_secret", "unreadable_pattern"]

_CURE = (
    "Revoke it: what is written here is in git, in plans and in states. Keep the new one in Secrets Manager or Vault "
    "and write its name or ARN instead. If it is no secret, list it under not_secrets in "
    "policies/exceptions/data.yaml, by its SHA-256 (printf %s VALUE | sha256sum) and with a reason."
)


def looks_like_a_secret(path: str, kinds: Iterable[str]) -> Problem:
    return Problem(path, f"looks like {' and '.join(kinds)}", _CURE)


def unreadable_pattern(place: str, reason: str) -> Problem:
    return Problem(place, f"is no regular expression: {reason}", "Write it in the syntax of RE2.")
