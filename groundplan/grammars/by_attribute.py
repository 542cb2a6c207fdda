"""Which attribute of which resource has which grammar, and one call that judges a resource by all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from groundplan.values import ConfigProblem, is_unknown

from . import (
    backup_lifecycles,
    bucket_names,
    ecr_lifecycles,
    event_patterns,
    regular_expressions,
    schedules,
    tags,
    time_zones,
    zones,
)

__all__ = ["ATTRIBUTES", "EVERYWHERE", "check"]

Path: TypeAlias = tuple[str | int, ...]
Grammar: TypeAlias = Callable[[Any], list[ConfigProblem]]


def _schedule(service: schedules.ScheduleService) -> Grammar:
    return partial(schedules.problems, service=service)


ATTRIBUTES: Mapping[str, Mapping[str, Grammar]] = {
    "aws_backup_plan": {
        "rule.copy_action.lifecycle": backup_lifecycles.problems,
        "rule.lifecycle": backup_lifecycles.problems,
        "rule.schedule": _schedule(schedules.BACKUP),
        "rule.schedule_expression_timezone": time_zones.problems,
    },
    "aws_backup_restore_testing_plan": {
        "schedule_expression": _schedule(schedules.RESTORE_TESTING),
        "schedule_expression_timezone": time_zones.problems,
    },
    "aws_cloudwatch_event_archive": {"event_pattern": event_patterns.problems},
    "aws_cloudwatch_event_rule": {
        "event_pattern": event_patterns.problems,
        "schedule_expression": _schedule(schedules.EVENTBRIDGE),
    },
    "aws_ecr_lifecycle_policy": {"policy": ecr_lifecycles.problems},
    "aws_ecr_repository_creation_template": {"lifecycle_policy": ecr_lifecycles.problems},
    "aws_s3_bucket": {"bucket": bucket_names.problems},
    "aws_scheduler_schedule": {
        "schedule_expression": _schedule(schedules.SCHEDULER),
        "schedule_expression_timezone": time_zones.problems,
    },
    "aws_secretsmanager_secret_rotation": {
        "rotation_rules.schedule_expression": _schedule(schedules.SECRETS_MANAGER),
    },
    "gitlab_project": {
        "container_expiration_policy.name_regex_delete": regular_expressions.problems,
        "container_expiration_policy.name_regex_keep": regular_expressions.problems,
    },
}
"""By type and attribute; blocks are joined with dots, whatever number of them there is."""

EVERYWHERE: Mapping[str, Grammar] = {"tags": tags.problems}
"""Attributes of every type of AWS."""

# The others are grammars of texts.
_OF_MAPS: frozenset[Grammar] = frozenset({backup_lifecycles.problems, tags.problems})

# A load balancer's target may be in `all` zones.
_ZONES: Mapping[str, Callable[[str, str | None], list[ConfigProblem]]] = {
    "availability_zone": zones.name_problems,
    "availability_zone_id": zones.id_problems,
    "availability_zones": zones.name_problems,
}
_OTHER_ZONES = frozenset({"aws_alb_target_group_attachment", "aws_lb_target_group_attachment"})


def check(type_name: str, config: Mapping[str, Any]) -> list[ConfigProblem]:
    """What AWS or GitLab would refuse in the texts and documents of a resource; in warnings, what some services do.

    `config` is plain Python: blocks are lists of dictionaries, None is absent, UNKNOWN is no problem. For a
    document inside an attribute, the message says where in the document.
    """
    found: list[ConfigProblem] = []
    is_aws = type_name.startswith("aws_")
    for attribute, grammar in {**(EVERYWHERE if is_aws else {}), **ATTRIBUTES.get(type_name, {})}.items():
        for path, value in _reach((), config, attribute.split(".")):
            if _judged(value, Mapping if grammar in _OF_MAPS else str):
                found += (_placed(path, value, problem) for problem in grammar(value))
    if is_aws and type_name not in _OTHER_ZONES:
        found += _zones(config)
    return found


def _zones(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    given = config.get("region")
    region = given if isinstance(given, str) and given else None
    for name, grammar in _ZONES.items():
        value = config.get(name)
        texts = value if isinstance(value, (list, tuple)) else [value]
        for index, text in enumerate(texts):
            path: Path = (name, index) if texts is value else (name,)
            if isinstance(text, str) and text:
                yield from (replace(problem, attribute_path=path) for problem in grammar(text, region))


def _judged(value: Any, kind: type) -> bool:
    """Of another kind is what the schema refuses; an empty text means "not set" to most of the provider."""
    return isinstance(value, kind) and bool(value) and not is_unknown(value)


def _reach(path: Path, around: Any, names: list[str]) -> Iterator[tuple[Path, Any]]:
    """Every value that the dotted name leads to, through lists of blocks."""
    if isinstance(around, (list, tuple)):
        for index, item in enumerate(around):
            yield from _reach((*path, index), item, names)
    elif not names:
        yield path, around
    elif isinstance(around, Mapping):
        yield from _reach((*path, names[0]), around.get(names[0]), names[1:])


def _placed(path: Path, value: Any, problem: ConfigProblem) -> ConfigProblem:
    """A problem of a value, at the value's attribute; inside a document, the message says where."""
    if isinstance(value, Mapping):
        return replace(problem, attribute_path=(*path, *problem.attribute_path))
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem.attribute_path)
    message = f"{where.removeprefix('.')}: {problem.message}" if where else problem.message
    return replace(problem, attribute_path=path, message=message)
