"""IAM statements as data: what a module may touch, said in Python, rendered as a policy document.

Strings may hold Terraform references (`${aws_s3_bucket.backups.arn}/*`, or the tokens that cdktf makes of them). They
are opaque: carried along unchanged, never taken apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["Condition", "Principal", "Statement", "When", "allow", "deny", "deny_all_but", "document", "is_opaque"]

VERSION = "2012-10-17"

When: TypeAlias = Mapping[str, Mapping[str, str | Sequence[str]]]
"""Conditions as IAM writes them: operator, then key, then the value or values."""


def is_opaque(text: str) -> bool:
    """Whether `text` holds something that only Terraform, or IAM at request time, will fill in."""
    return "${" in text or "#{" in text or "%{" in text


def _texts(given: str | Iterable[str]) -> tuple[str, ...]:
    """Each text once: literal ones sorted, then the opaque ones as they came.

    A cdktf token's number depends on what was built before it, so sorting by it would reorder a policy whenever
    something unrelated is added.
    """
    texts = dict.fromkeys([given] if isinstance(given, str) else given)
    return (*sorted(text for text in texts if not is_opaque(text)), *(text for text in texts if is_opaque(text)))


@dataclass(frozen=True, order=True)
class Principal:
    """Who a resource policy or a trust policy speaks about: `kind` is IAM's own word for it, such as `Service`."""

    kind: Literal["AWS", "CanonicalUser", "Federated", "Service"]
    identifier: str

    @classmethod
    def service(cls, name: str) -> Principal:
        """An AWS service, by its principal's name: `backup.amazonaws.com`."""
        return cls("Service", name)

    @classmethod
    def aws(cls, arn: str) -> Principal:
        """A role, user or role session, by its ARN."""
        return cls("AWS", arn)

    @classmethod
    def account(cls, account_id: str, *, partition: str = "aws") -> Principal:
        """Everyone whom an account's own policies let through, by the account's twelve digits and its partition."""
        return cls("AWS", f"arn:{partition}:iam::{account_id}:root")

    @classmethod
    def everyone(cls) -> Principal:
        """Anyone at all, signed in or not: only ever with a condition, or in a deny."""
        return cls("AWS", "*")

    @classmethod
    def federated(cls, arn: str) -> Principal:
        """An identity provider, by its ARN or, for the few that AWS knows by name, by its host name."""
        return cls("Federated", arn)


@dataclass(frozen=True, order=True)
class Condition:
    """One line of a statement's conditions: `StringEquals`, `aws:SourceAccount`, `("111122223333",)`."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """One statement of a policy, as data. Make it with `allow`, `deny` or `deny_all_but`.

    `resources` is empty in a trust policy, whose resource is the role itself. `not_actions` is only filled by
    `deny_all_but`, and then `actions` is empty.
    """

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    sid: str = ""
    principals: tuple[Principal, ...] = ()
    not_actions: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The statement as IAM's JSON has it; lists stay lists, however short."""
        rendered: dict[str, Any] = {"Sid": self.sid} if self.sid else {}
        rendered["Effect"] = self.effect
        if self.principals:
            rendered["Principal"] = {
                kind: list(_texts(who.identifier for who in self.principals if who.kind == kind))
                for kind in sorted({who.kind for who in self.principals})
            }
        if self.actions:
            rendered["Action"] = list(self.actions)
        if self.not_actions:
            rendered["NotAction"] = list(self.not_actions)
        if self.resources:
            rendered["Resource"] = list(self.resources)
        if self.conditions:
            rendered["Condition"] = {}
            for condition in self.conditions:
                rendered["Condition"].setdefault(condition.operator, {})[condition.key] = list(condition.values)
        return rendered


def _conditions(when: When | None) -> tuple[Condition, ...]:
    return tuple(
        Condition(operator, key, _texts(values))
        for operator, keys in sorted((when or {}).items())
        for key, values in sorted(keys.items())
    )


def _principals(given: Principal | Sequence[Principal]) -> tuple[Principal, ...]:
    return tuple(dict.fromkeys([given] if isinstance(given, Principal) else given))


def allow(
    *actions: str,
    on: str | Sequence[str] = (),
    when: When | None = None,
    sid: str = "",
    principals: Principal | Sequence[Principal] = (),
) -> Statement:
    """Allows `actions` on the resources `on`, when every condition of `when` holds.

    Leave `on` out in a trust policy only. `principals` belong to resource policies and trust policies.

        allow("s3:GetObject", on=f"{bucket.arn}/*", when={"Bool": {"aws:SecureTransport": "true"}})
    """
    return Statement("Allow", _texts(actions), _texts(on), _conditions(when), sid, _principals(principals))


def deny(
    *actions: str,
    on: str | Sequence[str] = (),
    when: When | None = None,
    sid: str = "",
    principals: Principal | Sequence[Principal] = (),
) -> Statement:
    """Denies `actions` on the resources `on`, whatever else allows them. The arguments are those of `allow`."""
    return Statement("Deny", _texts(actions), _texts(on), _conditions(when), sid, _principals(principals))


def deny_all_but(
    *actions: str,
    on: str | Sequence[str] = (),
    when: When | None = None,
    sid: str = "",
    principals: Principal | Sequence[Principal] = (),
) -> Statement:
    """Denies everything except `actions` (IAM's NotAction), as an organization's region policy does.

    There is no `allow_all_but`: it would allow every action that AWS adds later.
    """
    return Statement("Deny", (), _texts(on), _conditions(when), sid, _principals(principals), _texts(actions))


def document(*statements: Statement) -> dict[str, Any]:
    """The policy document of `statements`, in their order, as plain dictionaries and lists.

    Within a statement, actions, resources, principals and conditions are sorted and there once; a single one stays a
    list. The same statements always give the same document.
    """
    return {"Version": VERSION, "Statement": [statement.as_json() for statement in statements]}
