"""Condition operators and keys, as IAM knows them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from .patterns import glob, misspelt
from .statements import is_opaque

__all__ = [
    "GLOBAL_KEYS",
    "OPERATORS",
    "Operator",
    "documented_for",
    "key_covers",
    "key_of_identity_provider",
    "misspelt_global_key",
    "operator",
    "value_rule",
]

# Each operator with what it compares.
OPERATORS = {
    "StringEquals": "string",
    "StringNotEquals": "string",
    "StringEqualsIgnoreCase": "string",
    "StringNotEqualsIgnoreCase": "string",
    "StringLike": "string",
    "StringNotLike": "string",
    "NumericEquals": "number",
    "NumericNotEquals": "number",
    "NumericLessThan": "number",
    "NumericLessThanEquals": "number",
    "NumericGreaterThan": "number",
    "NumericGreaterThanEquals": "number",
    "DateEquals": "date",
    "DateNotEquals": "date",
    "DateLessThan": "date",
    "DateLessThanEquals": "date",
    "DateGreaterThan": "date",
    "DateGreaterThanEquals": "date",
    "Bool": "boolean",
    "BinaryEquals": "binary",
    "IpAddress": "network",
    "NotIpAddress": "network",
    "ArnEquals": "arn",
    "ArnLike": "arn",
    "ArnNotEquals": "arn",
    "ArnNotLike": "arn",
    "Null": "boolean",
}

GLOBAL_KEYS = frozenset(
    f"aws:{name}"
    for name in [
        "AssumedRoot",
        "CalledVia",
        "CalledViaFirst",
        "CalledViaLast",
        "ChatbotSourceArn",
        "CurrentTime",
        "Ec2InstanceSourcePrivateIPv4",
        "Ec2InstanceSourceVpc",
        "EpochTime",
        "FederatedProvider",
        "MultiFactorAuthAge",
        "MultiFactorAuthPresent",
        "PrincipalAccount",
        "PrincipalArn",
        "PrincipalIsAWSService",
        "PrincipalOrgID",
        "PrincipalOrgPaths",
        "PrincipalServiceName",
        "PrincipalServiceNamesList",
        "PrincipalType",
        "Referer",
        "RequestedRegion",
        "ResourceAccount",
        "ResourceOrgID",
        "ResourceOrgPaths",
        "SecureTransport",
        "SourceAccount",
        "SourceArn",
        "SourceIdentity",
        "SourceIp",
        "SourceOrgID",
        "SourceOrgPaths",
        "SourceOwner",
        "SourceVpc",
        "SourceVpcArn",
        "SourceVpce",
        "TagKeys",
        "TokenIssueTime",
        "UserAgent",
        "ViaAWSService",
        "VpceAccount",
        "VpceOrgID",
        "VpceOrgPaths",
        "VpcSourceIp",
        "userid",
        "username",
    ]
)

_PREFIXED_GLOBAL = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")


@dataclass(frozen=True)
class Operator:
    """A condition operator taken apart: `ForAllValues:StringLikeIfExists`."""

    name: str
    over: str
    if_exists: bool

    @property
    def compares(self) -> str:
        """What its values are: string, number, date, boolean, binary, network or arn."""
        return OPERATORS[self.name]

    @property
    def negated(self) -> bool:
        """Whether it asks that nothing matches; such an operator is satisfied by a key that is not there."""
        return "Not" in self.name


_BY_LOWER_NAME = {name.lower(): name for name in OPERATORS}


@cache
def operator(text: str) -> Operator | None:
    """The operator that `text` names, None when there is none. Upper and lower case do not matter, as in IAM."""
    over, colon, name = text.rpartition(":")
    if colon and over.lower() not in {"forallvalues", "foranyvalue"}:
        return None
    if_exists = name.lower().endswith("ifexists")
    found = _BY_LOWER_NAME.get(name[: -len("IfExists")].lower() if if_exists else name.lower())
    if found is None or (found == "Null" and if_exists):
        return None
    return Operator(found, over.lower(), if_exists)


@cache
def _key_expression(form: str) -> re.Pattern[str]:
    # a few end where the tag's key begins: `sagemaker:ResourceTag/`; Secrets Manager's has `tag-key` there
    pieces = re.split(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$", f"{form}<>" if form.endswith("/") else form)
    return re.compile(".+".join(re.escape(piece) for piece in pieces), re.IGNORECASE)


def key_covers(form: str, key: str) -> bool:
    """Whether the reference's `aws:ResourceTag/${TagKey}` is the form of `aws:ResourceTag/Service`."""
    return _key_expression(form).fullmatch(key) is not None


@cache
def _documented() -> dict[str, tuple[str, ...]]:
    """Keys in lower case, and patterns of the actions that they are documented for."""
    text = files(__package__).joinpath("data", "condition_keys.json").read_text("utf-8")
    return {key.lower(): tuple(entry["actions"]) for key, entry in json.loads(text)["keys"].items()}


def documented_for(key: str, actions: Iterable[str]) -> bool:
    """Whether data/condition_keys.json has the key for one of the actions.

    It lists, each with its source, what AWS documents and its service authorization reference does not have: the
    cross-service keys, which come with the session of a role, whatever it calls. A key that the reference lacks and AWS
    has a page for is one more entry there.
    """
    patterns = _documented().get(key.lower(), ())
    return "*" in patterns or any(_meet(pattern, action) for pattern in patterns for action in actions)


def _meet(one: str, other: str) -> bool:
    """Whether one pattern of actions is among those of the other."""
    return any(re.fullmatch(glob(wide), narrow, re.IGNORECASE) for wide, narrow in ((one, other), (other, one)))


def key_of_identity_provider(key: str) -> bool:
    """Whether the key is one of an OIDC or SAML provider: `oidc.eks.us-east-1.amazonaws.com/id/A1B2:sub`."""
    prefix = key.rpartition(":")[0]
    return "." in prefix or "/" in prefix or prefix.lower() == "saml"


def misspelt_global_key(key: str) -> str | None:
    """The global key that `key` is one or two slips away from; None when it is one, or nothing like one.

    AWS adds global keys now and then, so one that is merely not in the list is no error.
    """
    lower = key.lower()
    if lower in {name.lower() for name in GLOBAL_KEYS} or lower.startswith(_PREFIXED_GLOBAL):
        return None
    return misspelt(key, GLOBAL_KEYS)


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _is_date(text: str) -> bool:
    if re.fullmatch(r"-?\d+", text):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def value_rule(compares: str, value: str) -> str | None:
    """What `value` should have been for an operator of this kind, in words; None when it is fine or opaque."""
    if is_opaque(value):
        return None
    rules: Iterable[tuple[str, bool, str]] = (
        ("boolean", value.lower() in {"true", "false"}, "'true' or 'false'"),
        ("number", re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", value) is not None, "a number"),
        ("network", _is_network(value), "an IP address or a CIDR block, like '203.0.113.0/24'"),
        ("date", _is_date(value), "a date of ISO 8601, like '2030-01-31T00:00:00Z', or seconds since 1970"),
    )
    return next((rule for kind, fine, rule in rules if kind == compares and not fine), None)
