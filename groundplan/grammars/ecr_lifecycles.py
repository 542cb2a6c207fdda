"""Lifecycle policies of ECR: which images expire, or move to the archive.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from groundplan.values import ConfigProblem, is_unknown

from . import errors
from .documents import object_problems

__all__ = ["problems"]

Path: TypeAlias = tuple[str | int, ...]

_RULE = frozenset({"rulePriority", "description", "selection", "action"})
_SELECTION = frozenset(
    {"tagStatus", "tagPatternList", "tagPrefixList", "storageClass", "countType", "countUnit", "countNumber"}
)
_ACTION = frozenset({"type", "targetStorageClass"})
_STATUSES = ("tagged", "untagged", "any")
_COUNTS = ("imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned")
_BY_AGE = frozenset(_COUNTS[1:])
_CLASSES = ("standard", "archive")
_WILDCARDS = 4


def problems(value: str | Mapping[str, Any]) -> list[ConfigProblem]:
    """What ECR would refuse in a policy, given as its JSON or as what that holds. Unknown parts are fine."""
    return object_problems(value, _policy, "Write {'rules': [...]}.")


def _policy(given: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    for key in sorted(given.keys() - {"rules"}):
        yield errors.no_such_key((), key, {"rules"})
    rules = given.get("rules")
    if is_unknown(rules):
        return
    if not isinstance(rules, list) or not rules:
        yield errors.refused(("rules",), rules, "a list with a rule in it", "Write a rule, or leave the policy out.")
        return
    for index, rule in enumerate(rules):
        if isinstance(rule, Mapping):
            yield from _rule(("rules", index), rule)
        elif not is_unknown(rule):
            yield errors.refused(("rules", index), rule, "a JSON object", "Write an object for each rule.")
    yield from _order([(index, rule) for index, rule in enumerate(rules) if isinstance(rule, Mapping)])


def _order(rules: list[tuple[int, Mapping[str, Any]]]) -> Iterator[ConfigProblem]:
    """Each priority once; of the rules about one storage class, that for any image last."""
    known: list[tuple[int, int, Any]] = []
    for index, rule in rules:
        number = rule.get("rulePriority")
        if isinstance(number, int) and not isinstance(number, bool):
            known.append((index, number, rule.get("selection")))
    seen: set[int] = set()
    for index, number, chosen in known:
        path = ("rules", index, "rulePriority")
        if number in seen:
            yield errors.duplicate_priority(path, number)
        seen.add(number)
        if not isinstance(chosen, Mapping) or chosen.get("tagStatus") != "any":
            continue
        beside = [other for _, other, one in known if isinstance(one, Mapping) and _class(one) == _class(chosen)]
        if number < max(beside):
            yield errors.any_rule_not_last(path, number, max(beside))


def _class(selection: Mapping[str, Any]) -> Any:
    return selection.get("storageClass", _CLASSES[0])


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _rule(path: Path, rule: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    for key in sorted(rule.keys() - _RULE):
        yield errors.no_such_key(path, key, _RULE)
    yield from _number((*path, "rulePriority"), rule.get("rulePriority"))
    description = rule.get("description", "")
    if not isinstance(description, str) and not is_unknown(description):
        yield errors.refused((*path, "description"), description, "a text", "Write a text, or leave it out.")
    for name, judge in (("selection", _selection), ("action", _action)):
        part = rule.get(name)
        if isinstance(part, Mapping):
            yield from judge((*path, name), part)
        elif not is_unknown(part):
            yield errors.refused((*path, name), part, "a JSON object", f"Add the rule's {name}.")


def _number(path: Path, value: Any) -> Iterator[ConfigProblem]:
    if not is_unknown(value) and (not _is_whole(value) or value < 1):
        yield errors.refused(path, value, "a whole number from 1", "Write a number without quotes.")


def _one_of(path: Path, value: Any, allowed: tuple[str, ...]) -> Iterator[ConfigProblem]:
    if not is_unknown(value) and value not in allowed:
        yield errors.not_one_of(path, value, allowed)


def _selection(path: Path, chosen: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    for key in sorted(chosen.keys() - _SELECTION):
        yield errors.no_such_key(path, key, _SELECTION)
    status, counted = chosen.get("tagStatus"), chosen.get("countType")
    yield from _one_of((*path, "tagStatus"), status, _STATUSES)
    yield from _tags(path, chosen, status)
    yield from _one_of((*path, "countType"), counted, _COUNTS)
    unit = chosen.get("countUnit")
    if isinstance(counted, str) and counted in _BY_AGE:
        yield from _one_of((*path, "countUnit"), unit, ("days",))
    elif counted == _COUNTS[0] and "countUnit" in chosen:
        yield errors.refused((*path, "countUnit"), unit, f"left out with {counted}", "Take it out: images are counted.")
    yield from _number((*path, "countNumber"), chosen.get("countNumber"))
    if "storageClass" in chosen or counted == "sinceImageTransitioned":
        allowed = ("archive",) if counted == "sinceImageTransitioned" else _CLASSES
        yield from _one_of((*path, "storageClass"), chosen.get("storageClass"), allowed)


def _tags(path: Path, chosen: Mapping[str, Any], status: Any) -> Iterator[ConfigProblem]:
    names = [name for name in ("tagPatternList", "tagPrefixList") if name in chosen]
    if status == "tagged" and not names:
        allowed = "given with tagStatus tagged, or tagPrefixList"
        yield errors.refused((*path, "tagPatternList"), None, allowed, 'Write ["*"] for every tagged image.')
    elif status == "tagged" and len(names) == 2:
        yield errors.refused((*path, names[0]), chosen[names[0]], f"left out with {names[1]}", "Keep one of the two.")
    elif isinstance(status, str) and status != "tagged":
        for name in names:
            allowed = f"left out with tagStatus {status}"
            yield errors.refused((*path, name), chosen[name], allowed, "Take it out, or write tagged.")
    for name in names:
        items = chosen[name]
        if is_unknown(items):
            continue
        if not isinstance(items, list) or not items:
            yield errors.refused((*path, name), items, "a list with a text in it", 'Write it like ["v*"].')
            continue
        for index, item in enumerate(items):
            here = (*path, name, index)
            if not isinstance(item, str):
                if not is_unknown(item):
                    yield errors.refused(here, item, "a text", "Write it in quotes.")
            elif item.count("*") > _WILDCARDS:
                yield errors.refused(here, item, f"a text with {_WILDCARDS} * at the most", "Write fewer of them.")


def _action(path: Path, action: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    for key in sorted(action.keys() - _ACTION):
        yield errors.no_such_key(path, key, _ACTION)
    kind = action.get("type")
    yield from _one_of((*path, "type"), kind, ("expire", "transition"))
    target = action.get("targetStorageClass")
    if kind == "transition":
        yield from _one_of((*path, "targetStorageClass"), target, ("archive",))
    elif kind == "expire" and "targetStorageClass" in action:
        allowed = "left out with expire"
        yield errors.refused((*path, "targetStorageClass"), target, allowed, "Take it out: null counts as given.")
