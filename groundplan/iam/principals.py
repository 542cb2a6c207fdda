"""Who a policy speaks about, and what of it AWS would refuse.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from groundplan.values import ConfigProblem, is_unknown

from . import errors
from .statements import is_opaque

__all__ = ["check"]

Path: TypeAlias = tuple[str | int, ...]

_PARTITION = r"arn:aws[a-z-]*:"
_AWS = re.compile(
    r"\*|\d{12}|A[A-Z]{3}[A-Z0-9]{12,}"
    rf"|{_PARTITION}iam::(\d{{12}}|cloudfront|aws):(root|(user|role)/[^*?]+)"
    rf"|{_PARTITION}sts::\d{{12}}:(assumed-role/[^*?/]+/[^*?/]+|federated-user/[^*?/]+|self)"
)
_SERVICE = re.compile(r"\*|[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazonaws\.eu|amazon\.com)")
_FEDERATED = re.compile(rf"\*|{_PARTITION}iam::\d{{12}}:(oidc|saml)-provider/[^*?]+|[a-z0-9-]+(\.[a-z0-9-]+)+")
_CANONICAL = re.compile(r"[0-9a-f]{64}")

_RULES = {
    "AWS": (_AWS, "a 12-digit account id, the ARN of a role, user or role session without wildcards, or '*'"),
    "CanonicalUser": (_CANONICAL, "64 hexadecimal digits"),
    "Federated": (_FEDERATED, "the ARN of an OIDC or SAML provider, or a provider's host name"),
    "Service": (_SERVICE, "a service's name like 'backup.amazonaws.com'"),
}

# What each kind of principal may call on a role, without the actions that only go along with those.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
_ASSUME = {
    "AWS": ("sts:AssumeRole",),
    "Service": ("sts:AssumeRole",),
    "Federated": ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"),
}
_EVERY_ASSUME = frozenset(name.lower() for names in _ASSUME.values() for name in names)
_TRUST_ACTIONS = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:SetContext",
                  "sts:SetSourceIdentity", "sts:TagSession")  # fmt: skip


def check(path: Path, statement: Mapping[str, Any], kind: str) -> Iterator[ConfigProblem]:
    """What is wrong with the principals of one statement, and in a trust policy with what they may do."""
    for key in ("Principal", "NotPrincipal"):
        given = statement.get(key)
        if given is None or is_unknown(given) or kind in {"identity", "scp"}:
            continue
        where: Path = (*path, key)
        if isinstance(given, str):
            if given != "*" and not is_opaque(given):
                yield errors.malformed_principal(where, given, "'*' or an object like {'Service': [...]}")
        elif not isinstance(given, Mapping) or not given:
            yield errors.malformed_principal(where, given, "'*' or an object like {'Service': [...]}")
        else:
            for name, identifiers in given.items():
                yield from _identifiers((*where, name), name, identifiers)
    if kind == "trust":
        yield from _trust(path, statement)


def _identifiers(where: Path, name: str, identifiers: Any) -> Iterator[ConfigProblem]:
    if is_opaque(name):
        return
    if name not in _RULES:
        yield errors.not_one_of(where, name, sorted(_RULES))
        return
    expression, allowed = _RULES[name]
    several = isinstance(identifiers, (list, tuple))
    for index, identifier in enumerate(identifiers if several else [identifiers]):
        place = (*where, index) if several else where
        if is_unknown(identifier) or (isinstance(identifier, str) and is_opaque(identifier)):
            continue
        if not isinstance(identifier, str) or not expression.fullmatch(identifier):
            yield errors.malformed_principal(place, identifier, allowed)


def _trust(path: Path, statement: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    given = statement.get("Action")
    actions = [given] if isinstance(given, str) else given if isinstance(given, (list, tuple)) else []
    judged = [
        (index, text)
        for index, text in enumerate(actions)
        if isinstance(text, str) and not is_opaque(text) and "*" not in text and "?" not in text
    ]
    right = {name.lower() for name in _TRUST_ACTIONS}
    for index, text in judged:
        if text.lower() not in right:
            yield errors.not_one_of((*path, "Action", index), text, _TRUST_ACTIONS)
    principal = statement.get("Principal")
    if not isinstance(principal, Mapping) or len(judged) < len(actions):
        return
    for name in sorted(key for key in principal if key in _ASSUME):
        for index, text in judged:
            suits = {action.lower() for action in _ASSUME[name]}
            others = {action.lower() for kind in principal for action in _ASSUME.get(kind, ())}
            if text.lower() in _EVERY_ASSUME - suits and text.lower() not in others:
                yield errors.trust_action_of_another_principal((*path, "Action", index), text, name, _ASSUME[name])
