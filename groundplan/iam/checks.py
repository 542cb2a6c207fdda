"""What AWS would refuse in a policy document, and what could never match: found before AWS is asked.

What AWS takes is no error, however little it may do: an action that the reference lacks may be a new one, and an
action that meets none of the statement's resources allows nothing. Those are warnings. A name one or two slips away
from one that AWS has is an error all the same: nobody means it.

Nothing here judges whether a policy is wise: that is for the rules over the plan. Unknown values and strings with
references in them are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from groundplan.values import ConfigProblem, is_unknown

from . import conditions, errors, principals, reference
from .patterns import can_match, looks_like_arn, misspelt
from .statements import Statement, document, is_opaque

__all__ = ["Kind", "check_document", "problems"]

Kind: TypeAlias = Literal["identity", "resource", "trust", "scp"]
Path: TypeAlias = tuple[str | int, ...]

_DOCUMENT_KEYS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_KEYS = frozenset(
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"]
)
_VERSIONS = ("2012-10-17", "2008-10-17")
_EFFECTS = ("Allow", "Deny")
_KIND_NAMES = {
    "identity": "an identity policy",
    "resource": "a resource policy",
    "trust": "a role's trust policy",
    "scp": "a service control policy",
}

# Actions that AWS's own default policies and documents name, and that the reference does not list.
# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
_UNLISTED_ACTIONS = frozenset({"sns:receive"})


def problems(given: Iterable[Statement] | Mapping[str, Any] | str, kind: Kind) -> list[ConfigProblem]:
    """What is wrong with statements, or with a document that was made elsewhere. See `check_document`."""
    if isinstance(given, (str, Mapping)):
        return check_document(given, kind=kind)
    return check_document(document(*given), kind=kind)


def check_document(given: str | Mapping[str, Any], *, kind: Kind) -> list[ConfigProblem]:
    """What AWS would refuse in a policy document, or what could never match; empty when nothing was found.

    What could never match is a warning (`ConfigProblem.warning`), and so is what the reference does not know. `given`
    is the document, or its JSON. Paths go into the document: `("Statement", 0, "Action", 1)`. The facts are those of
    `groundplan.iam.reference`.
    """
    if is_unknown(given):
        return []
    if isinstance(given, str):
        try:
            parsed = json.loads(given)
        except ValueError as error:
            return [] if is_opaque(given) else [errors.not_json((), str(error))]
    else:
        parsed = given
    if not isinstance(parsed, Mapping):
        return [errors.not_an_object((), parsed)]
    return list(_document(parsed, kind))


def _document(policy: Mapping[str, Any], kind: Kind) -> Iterator[ConfigProblem]:
    for key in sorted(policy.keys() - _DOCUMENT_KEYS):
        yield errors.unexpected_key((), key, _DOCUMENT_KEYS)
    version = policy.get("Version")
    if version is None:
        yield errors.without_version(())
    elif _judged(version) and version not in _VERSIONS:
        yield errors.not_one_of(("Version",), version, _VERSIONS)
    found = policy.get("Statement")
    if is_unknown(found) or (isinstance(found, str) and is_opaque(found)):
        return
    if not found:
        yield errors.missing((), "Statement", "at least one statement")
        return
    sids: set[str] = set()
    for index, statement in enumerate(found if isinstance(found, Sequence) else [found]):
        path: Path = ("Statement", index)
        if is_unknown(statement) or (isinstance(statement, str) and is_opaque(statement)):
            continue
        if not isinstance(statement, Mapping):
            yield errors.not_an_object(path, statement)
            continue
        yield from _statement(path, statement, kind)
        sid = statement.get("Sid")
        if isinstance(sid, str) and sid and _judged(sid) and kind != "resource":
            if not (sid.isascii() and sid.isalnum()):
                yield errors.wrong_sid((*path, "Sid"), sid)
            elif sid in sids:
                yield errors.duplicate_sid((*path, "Sid"), sid)
            sids.add(sid)


def _judged(value: Any) -> bool:
    """Whether a value says something by itself: neither unknown nor holding a reference."""
    return not is_unknown(value) and not (isinstance(value, str) and is_opaque(value))


def _items(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """IAM's string-or-list, seen as a list."""
    if isinstance(value, (list, tuple)):
        yield from (((*path, index), item) for index, item in enumerate(value))
    elif value is not None:
        yield path, value


def _statement(path: Path, statement: Mapping[str, Any], kind: Kind) -> Iterator[ConfigProblem]:
    for key in sorted(statement.keys() - _STATEMENT_KEYS):
        yield errors.unexpected_key(path, key, _STATEMENT_KEYS)
    effect = statement.get("Effect")
    if effect is None:
        yield errors.missing(path, "Effect", "Allow or Deny")
    elif _judged(effect) and effect not in _EFFECTS:
        yield errors.not_one_of((*path, "Effect"), effect, _EFFECTS)
    yield from _elements(path, statement, kind)
    yield from principals.check(path, statement, kind)
    actions = list(_actions(path, statement))
    yield from (found for _, _, found in actions if isinstance(found, ConfigProblem))
    covered = [(where, text, found) for where, text, found in actions if not isinstance(found, ConfigProblem)]
    if kind == "trust":
        return (yield from _conditions(path, statement, covered))
    yield from _resources(path, statement, covered)
    return (yield from _conditions(path, statement, covered))


def _elements(path: Path, statement: Mapping[str, Any], kind: Kind) -> Iterator[ConfigProblem]:
    """Which elements a statement of this kind must have, may have and must not have."""
    present = {key for key in _STATEMENT_KEYS if statement.get(key) is not None}
    pairs = {"Action": True, "Resource": kind in {"identity", "scp"}, "Principal": kind in {"resource", "trust"}}
    for name, required in pairs.items():
        both = [key for key in (name, f"Not{name}") if key in present]
        if len(both) == 2:
            yield errors.too_many(path, both)
        elif required and not both:
            yield errors.missing(path, name, f"what {_KIND_NAMES[kind]} speaks about")
    if kind in {"identity", "scp"}:
        who = "the identity that it is attached to" if kind == "identity" else "every identity of the accounts below"
        for key in sorted(present & {"Principal", "NotPrincipal"}):
            yield errors.prohibited(path, key, _KIND_NAMES[kind], f"it speaks about {who}")
    if kind == "trust":
        for key in sorted(present & {"Resource", "NotResource"}):
            yield errors.prohibited(path, key, _KIND_NAMES[kind], "the resource is the role itself")


_Covered: TypeAlias = tuple[Path, str, tuple[reference.Action, ...] | None]


def _actions(
    path: Path, statement: Mapping[str, Any]
) -> Iterator[tuple[Path, str, tuple[reference.Action, ...] | ConfigProblem | None]]:
    """Each action pattern with the actions that it covers: None for one that covers more than can be listed."""
    for key in ("Action", "NotAction"):
        for where, text in _items((*path, key), statement.get(key)):
            if not _judged(text):
                yield where, str(text), None
                continue
            if not isinstance(text, str) or (text != "*" and not all(text.partition(":"))):
                yield where, str(text), errors.malformed_action(where, text)
                continue
            prefix = text.partition(":")[0]
            if "*" in prefix or "?" in prefix or text.lower() in _UNLISTED_ACTIONS:
                yield where, text, None
                continue
            yield where, text, _known(where, text, prefix)


def _known(where: Path, text: str, prefix: str) -> tuple[reference.Action, ...] | ConfigProblem:
    found = reference.matching_actions(text)
    if found is None:
        meant = misspelt(prefix, reference.service_names())
        if meant:
            return errors.misspelt_service(where, text, prefix, meant, reference.source())
        return errors.no_such_service(where, text, prefix, reference.source())
    if not found:
        service = reference.service(prefix.lower())
        names = [] if service is None else [f"{service.prefix}:{name}" for name in service.action_names]
        meant = None if "*" in text or "?" in text else misspelt(text, names)
        if meant:
            return errors.misspelt_action(where, text, meant, reference.source())
        return errors.no_such_action(where, text, names, reference.source())
    return found


def _resources(path: Path, statement: Mapping[str, Any], covered: Sequence[_Covered]) -> Iterator[ConfigProblem]:
    """Whether each resource is an ARN, and whether actions and resources can meet at all."""
    sound: list[tuple[Path, str]] = []
    open_ended = "Resource" not in statement or "NotAction" in statement
    for key in ("Resource", "NotResource"):
        for where, resource in _items((*path, key), statement.get(key)):
            if not _judged(resource) or resource == "*":
                open_ended = True
            elif not isinstance(resource, str) or not (looks_like_arn(resource) or _short_form(resource)):
                yield errors.malformed_arn(where, resource)
                open_ended = True
            elif _short_form(resource) or key == "NotResource":
                open_ended = True
            else:
                sound.append((where, resource))
    known = [(where, text, found) for where, text, found in covered if found is not None]
    if not open_ended:
        for where, text, found in known:
            formats = _formats(found)
            if not any(can_match(resource, form) for _, resource in sound for form in formats):
                names = [resource for _, resource in sound]
                yield (
                    errors.action_of_another_kind(where, text, names, formats)
                    if formats
                    else errors.action_without_arn(where, text, names)
                )
    if len(known) == len(covered) and known and "NotAction" not in statement:
        formats = _formats(action for _, _, found in known for action in found)
        meets = {resource: any(can_match(resource, form) for form in formats) for _, resource in sound}
        # When no resource meets any action, the actions were named above already.
        if open_ended or any(meets.values()):
            yield from (
                errors.resource_of_no_action(where, resource, formats)
                for where, resource in sound
                if not meets[resource]
            )


def _formats(actions: Iterable[reference.Action]) -> list[str]:
    return list(dict.fromkeys(form for action in actions for form in action.arn_formats))


def _short_form(resource: str) -> bool:
    """API Gateway's own policies may leave out the first parts of the ARN: `execute-api:/prod/*`."""
    return resource.startswith("execute-api:")


def _conditions(path: Path, statement: Mapping[str, Any], covered: Sequence[_Covered]) -> Iterator[ConfigProblem]:
    block = statement.get("Condition")
    if block is None or not _judged(block):
        return
    where: Path = (*path, "Condition")
    if not isinstance(block, Mapping):
        yield errors.not_an_object(where, block)
        return
    for text, keys in block.items():
        found = conditions.operator(text)
        if found is None:
            if not is_opaque(text):
                yield errors.no_such_operator((*where, text), text, conditions.OPERATORS)
            continue
        if not isinstance(keys, Mapping):
            if _judged(keys):
                yield errors.not_an_object((*where, text), keys)
            continue
        for key, values in keys.items():
            yield from _key((*where, text, key), key, statement, covered)
            for place, value in _items((*where, text, key), values):
                shown = str(value).lower() if isinstance(value, bool) else str(value)
                rule = None if is_unknown(value) else conditions.value_rule(found.compares, shown)
                if rule:
                    yield errors.bad_value(place, value, rule)


def _key(where: Path, key: str, statement: Mapping[str, Any], covered: Sequence[_Covered]) -> Iterator[ConfigProblem]:
    """Whether AWS has the condition key, and whether it is ever there for the statement's actions."""
    if is_opaque(key) or conditions.key_of_identity_provider(key):
        return
    if conditions.documented_for(key, [text for _, text, _ in covered]):
        return
    prefix = key.partition(":")[0].lower()
    if ":" not in key or prefix == "aws":
        close = conditions.misspelt_global_key(key) if prefix == "aws" else None
        if close or ":" not in key:
            yield errors.condition_misspelt(where, key, [close] if close else (), reference.source())
        return
    known = [action for _, _, found in covered for action in found or ()]
    services = {prefix: reference.service(prefix) for prefix in sorted({action.service for action in known})}
    of_services = (form for found in services.values() if found for form in found.keys_of_no_action)
    applicable = frozenset([*(form for action in known for form in action.condition_keys), *of_services])
    if any(conditions.key_covers(form, key) for form in applicable):
        return
    service = reference.service(prefix)
    defined = frozenset() if service is None else service.condition_keys
    if not any(conditions.key_covers(form, key) for form in defined):
        meant = misspelt(key, {*defined, *applicable})
        if meant:
            yield errors.condition_misspelt(where, key, [meant], reference.source())
        elif service is not None:
            yield errors.condition_unknown(where, key, {*defined, *applicable}, reference.source())
        else:
            yield errors.condition_unknown(where, key, applicable, reference.source())
        return
    if "NotAction" not in statement and covered and all(found is not None for _, _, found in covered):
        applies = [form for form in applicable if not form.startswith("aws:")]
        yield errors.condition_not_applicable(where, key, [text for _, text, _ in covered], applies)
