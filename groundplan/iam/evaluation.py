"""A small evaluation of policies, so that a module's test can say what a role may not do.

What it knows: identity policies, boundaries and control policies as documents that speak about one caller; explicit
denies, allows, wildcards, policy variables, and the condition operators of `groundplan.iam.conditions` except
BinaryEquals. What it does not know: how several kinds of policy combine across accounts, sessions, service-linked
behaviour, and which keys AWS puts into a request. It says what the documents say, no more.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from . import conditions, errors
from .patterns import arn_parts, glob
from .statements import Principal

__all__ = ["Context", "evaluate"]

Context: TypeAlias = Mapping[str, str | int | float | bool | Sequence[str]]
"""What the request carries: condition keys with their value, or with several values."""

# A policy variable has a key with a colon in it, which no Terraform reference has at that place; or it is an escape.
_VARIABLE = re.compile(r"\$\{([A-Za-z][\w.-]*:[^,}]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
_TEMPLATE = re.compile(r"\$\{[^}]*\}")
_ESCAPES = {"${*}": "*", "${?}": "?", "${$}": "$"}


def evaluate(
    documents: Mapping[str, Any] | str | Iterable[Mapping[str, Any] | str],
    action: str,
    resource: str,
    context: Context | None = None,
    *,
    principal: Principal | None = None,
) -> bool:
    """Whether the documents together let `action` on `resource` through: some statement allows it, and none denies it.

    `resource` is an ARN, or "*" for an action that takes none. Terraform references in documents and in `resource`
    are compared as text. `principal` is needed when a statement names principals. Raises BadInput for whatever this
    evaluation does not support, instead of guessing.
    """
    allowed = denied = False
    for document in [documents] if isinstance(documents, (str, Mapping)) else documents:
        parsed = _parsed(document)
        if not isinstance(parsed, Mapping):
            raise errors.unsupported("a document that is no JSON object", "Give what groundplan.iam.document returns.")
        statements = parsed.get("Statement", [])
        for statement in [statements] if isinstance(statements, Mapping) else statements:
            if _applies(statement, action, resource, context or {}, principal):
                allowed |= statement["Effect"] == "Allow"
                denied |= statement["Effect"] == "Deny"
    return allowed and not denied


def _parsed(document: Mapping[str, Any] | str) -> Any:
    if not isinstance(document, str):
        return document
    try:
        return json.loads(document)
    except ValueError as error:
        raise errors.unsupported("a document that is not JSON", f"Correct it: {error}.") from error


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [_text(item) for item in value]
    return [_text(value)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _applies(
    statement: Mapping[str, Any], action: str, resource: str, context: Context, principal: Principal | None
) -> bool:
    request = {key.lower(): value for key, value in context.items()}
    return (
        _names(statement, "Action", lambda pattern: _action_matches(pattern, action))
        and _names(statement, "Resource", lambda pattern: _resource_matches(pattern, resource, request))
        and _principal_matches(statement, principal)
        and _conditions_hold(statement.get("Condition") or {}, request)
    )


def _names(statement: Mapping[str, Any], key: str, matches: Any) -> bool:
    """Whether the statement's element, or its negation, covers the request; one without the element covers all."""
    if statement.get(f"Not{key}") is not None:
        return not any(matches(pattern) for pattern in _listed(statement[f"Not{key}"]))
    return statement.get(key) is None or any(matches(pattern) for pattern in _listed(statement[key]))


def _action_matches(pattern: str, action: str) -> bool:
    return re.fullmatch(glob(pattern), action, re.IGNORECASE | re.DOTALL) is not None


def _principal_matches(statement: Mapping[str, Any], principal: Principal | None) -> bool:
    if "NotPrincipal" in statement:
        raise errors.unsupported("NotPrincipal", "Say whom the statement does cover, with Principal and a condition.")
    named = statement.get("Principal")
    if named is None:
        return True
    if principal is None:
        raise errors.unsupported(
            "a statement with principals for nobody", "Say who asks: principal=Principal.aws(...)."
        )
    if named == "*":
        return True
    identifiers = _listed(named.get(principal.kind))
    parts = principal.identifier.split(":") if principal.identifier.startswith("arn:") else []
    # an account that is given by its digits alone is asked about in AWS's own partition
    partition, account = (parts[1], parts[4]) if parts else ("aws", principal.identifier)
    whole_account = {account, f"arn:{partition}:iam::{account}:root"} if principal.kind == "AWS" else set()
    return any(identifier in {principal.identifier, *whole_account} or identifier == "*" for identifier in identifiers)


def _filled(pattern: str, request: Mapping[str, Any], *, wildcards: bool = True) -> str | None:
    """The pattern as a regular expression, its variables filled in; None when one of them is not in the request."""
    literal = glob if wildcards else re.escape
    pieces: list[str] = []
    position = 0
    for found in _TEMPLATE.finditer(pattern):
        pieces.append(literal(pattern[position : found.start()]))
        position = found.end()
        variable = _VARIABLE.fullmatch(found[0])
        if found[0] in _ESCAPES:
            pieces.append(re.escape(_ESCAPES[found[0]]))
        elif variable:
            value = request.get(variable[1].lower(), variable[2])
            if value is None or not isinstance(value, (str, int, float)):
                return None
            pieces.append(re.escape(_text(value)))
        else:
            pieces.append(re.escape(found[0]))
    return "".join(pieces) + literal(pattern[position:])


def _like(pattern: str, value: str, request: Mapping[str, Any], *, ignore_case: bool = False) -> bool:
    expression = _filled(pattern, request)
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return expression is not None and re.fullmatch(expression, value, flags) is not None


def _resource_matches(pattern: str, resource: str, request: Mapping[str, Any]) -> bool:
    if pattern == "*":
        return True
    if "${" in pattern or not (pattern.startswith("arn:") and resource.startswith("arn:")):
        return _like(pattern, resource, request)
    return _arn_like(pattern, resource, request)


def _arn_like(pattern: str, value: str, request: Mapping[str, Any]) -> bool:
    """Part by part: a wildcard never reaches over one of an ARN's first five colons."""
    if pattern == "*" or "${" in pattern or not value.startswith("arn:"):
        return _like(pattern, value, request)
    return all(_like(part, actual, request) for part, actual in zip(arn_parts(pattern), arn_parts(value), strict=True))


def _conditions_hold(block: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    """Every operator and every key; among the values of one key, one is enough."""
    return all(
        _condition_holds(text, key, _listed(values), request)
        for text, keys in block.items()
        for key, values in keys.items()
    )


def _condition_holds(text: str, key: str, wanted: Sequence[str], request: Mapping[str, Any]) -> bool:
    operator = conditions.operator(text)
    if operator is None or operator.compares == "binary":
        raise errors.unsupported(f"the condition operator {text!r}", "Use one of IAM's other condition operators.")
    present = key.lower() in request
    if operator.name == "Null":
        return any((value.lower() == "true") is not present for value in wanted)
    if not present:
        return operator.if_exists or operator.over == "forallvalues" or (operator.negated and not operator.over)
    raw = request[key.lower()]
    several = isinstance(raw, (list, tuple))
    values = _listed(raw)
    if several and not operator.over:
        if len(values) != 1:
            raise errors.many_values(text, key)
        several = False

    def holds(value: str) -> bool:
        try:
            met = any(_compare(operator.name, value, one, request) for one in wanted)
        except ValueError as error:
            raise errors.unsupported(f"{text} of {key}", f"Give values that it can compare: {error}.") from error
        return not met if operator.negated else met

    return all(map(holds, values)) if operator.over == "forallvalues" else any(map(holds, values))


def _compare(name: str, value: str, wanted: str, request: Mapping[str, Any]) -> bool:
    """Whether `value` of the request meets one value of the policy; a negated operator compares like its opposite."""
    plain = name.replace("Not", "", 1)
    if plain == "StringLike":
        return _like(wanted, value, request)
    if plain.startswith("String"):
        expression = _filled(wanted, request, wildcards=False)
        flags = re.DOTALL | (re.IGNORECASE if plain == "StringEqualsIgnoreCase" else 0)
        return expression is not None and re.fullmatch(expression, value, flags) is not None
    if plain.startswith("Arn"):
        return _arn_like(wanted, value, request)
    if plain == "Bool":
        return value.lower() == wanted.lower()
    if plain == "IpAddress":
        return _within(value, wanted)
    convert = _moment if plain.startswith("Date") else float
    left, right = convert(value), convert(wanted)
    return {
        "Equals": left == right,
        "LessThan": left < right,
        "LessThanEquals": left <= right,
        "GreaterThan": left > right,
        "GreaterThanEquals": left >= right,
    }[plain.removeprefix("Date").removeprefix("Numeric")]


def _within(address: str, network: str) -> bool:
    host, block = ipaddress.ip_address(address), ipaddress.ip_network(network, strict=False)
    return host.version == block.version and host in block


def _moment(text: str) -> float:
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
