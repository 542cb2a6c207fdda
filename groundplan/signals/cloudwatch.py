"""CloudWatch's alarms: whether anybody emits the metrics that they look at, by the dimensions that they say.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension
"""

from __future__ import annotations

import ast
import glob
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from groundplan.documents.kubernetes import NoYaml, read_yaml
from groundplan.problems import Problem

from . import errors
from .facts import cloudwatch_namespace, cloudwatch_namespaces
from .running import at, managed, map_at, maps

__all__ = ["Alarm", "Published", "alarm_faults", "alarms_of", "published_of"]


@dataclass(frozen=True)
class Alarm:
    """A metric that an alarm looks at: `dimensions` are their names, None where only an apply will tell."""

    stack: str
    address: str
    name: str
    namespace: str
    metric: str
    dimensions: frozenset[str] | None
    is_of_other_account: bool = False

    @property
    def place(self) -> str:
        """Stack and address, for messages."""
        return f"{self.stack}: {self.address}"


@dataclass
class Published:
    """The metrics of its own that an environment may publish.

    `granted` are namespaces that a role may publish to, patterns as IAM has them; `filters` what metric filters make,
    by namespace. `texts` are scripts and commands of jobs. `programs` are namespaces that functions write to by their
    logs, with every word in their programs that may be a metric, as patterns. `exporters` are namespaces of
    OpenTelemetry collectors, with expressions of names, and the sets of dimensions that these metrics are published
    with. `is_blind` says that a policy is known only after apply.
    """

    granted: set[str] = field(default_factory=set)
    filters: dict[str, set[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    programs: dict[str, set[str]] = field(default_factory=dict)
    exporters: dict[str, list[tuple[str, list[frozenset[str]]]]] = field(default_factory=dict)
    is_blind: bool = False

    @property
    def namespaces(self) -> set[str]:
        """All of them."""
        return self.granted | set(self.filters) | set(self.programs) | set(self.exporters)

    def may_emit(self, namespace: str) -> bool:
        """Whether somebody may publish to it."""
        known = (self.filters, self.programs, self.exporters)
        return any(namespace in each for each in known) or self.is_granted(namespace)

    def is_granted(self, namespace: str) -> bool:
        """Whether a role may publish to it."""
        return any(fnmatchcase(namespace, pattern) for pattern in self.granted)

    def names(self, namespace: str, metric: str) -> bool:
        """Whether a metric filter makes the metric, a collector exports it, or a script or a program names it."""
        return (
            any(fnmatchcase(metric, word) for word in self.programs.get(namespace, ()))
            or metric in self.filters.get(namespace, ())
            or bool(self.exported_with(namespace, metric))
            or any(metric in text for text in self.texts)
        )

    def exported_with(self, namespace: str, metric: str) -> list[frozenset[str]]:
        """The sets of dimensions that a collector publishes the metric with."""
        found = self.exporters.get(namespace, ())
        return [each for expression, sets in found if _finds(expression, metric) for each in sets]


def alarms_of(stack: str, plan: Mapping[str, Any]) -> Iterator[Alarm]:
    """Each metric that each alarm of a plan looks at."""
    for resource, after, unknown in managed(plan):
        if resource.get("type") != "aws_cloudwatch_metric_alarm":
            continue
        address, name = str(resource.get("address")), str(after.get("alarm_name") or "")
        if after.get("metric_name"):
            yield _alarm(stack, address, name, after, unknown)
        late = unknown.get("metric_query")
        for index, query in maps(after.get("metric_query")):
            for inner, metric in maps(query.get("metric")):
                unsure = _item(at(_item(late, index), "metric"), inner)
                is_other = bool(query.get("account_id"))
                if metric.get("metric_name"):
                    yield _alarm(stack, address, name, metric, unsure if isinstance(unsure, Mapping) else {}, is_other)


def _item(value: Any, index: int) -> Any:
    return value[index] if isinstance(value, list) and index < len(value) else None


def _alarm(
    stack: str,
    address: str,
    name: str,
    said: Mapping[str, Any],
    unknown: Mapping[str, Any],
    is_of_other_account: bool = False,
) -> Alarm:
    names = frozenset(map_at(said, "dimensions")) | frozenset(map_at(unknown, "dimensions"))
    namespace = "" if unknown.get("namespace") is True else str(said.get("namespace") or "")
    dimensions = None if unknown.get("dimensions") is True else names
    return Alarm(stack, address, name, namespace, str(said["metric_name"]), dimensions, is_of_other_account)


def published_of(plans: Mapping[str, Mapping[str, Any]], folders: Mapping[str, Path]) -> Published:
    """What the plans of an environment publish: roles that may, metric filters, scripts of jobs, and functions.

    `folders` are those that the stacks were planned in, which have the packages of their functions.
    """
    found = Published()
    for stack, plan in plans.items():
        for resource, after, unknown in managed(plan):
            kind = str(resource.get("type"))
            if kind in ("aws_iam_role_policy", "aws_iam_policy"):
                found.is_blind = found.is_blind or unknown.get("policy") is True
                found.granted |= set(_granted(after.get("policy")))
            elif kind == "aws_cloudwatch_log_metric_filter":
                for _, made in maps(after.get("metric_transformation")):
                    names = found.filters.setdefault(str(made.get("namespace")), set())
                    names.add(str(made.get("name")))
            elif kind in ("kubernetes_config_map_v1", "kubernetes_config_map"):
                found.texts += [str(text) for text in map_at(after, "data").values()]
            elif kind in ("kubernetes_cron_job_v1", "kubernetes_job_v1"):
                # names of metrics, and of namespaces, stand in commands and in the environment
                found.texts.append(json.dumps(after.get("spec")))
            elif kind == "helm_release":
                _export(found, after.get("values"))
            elif kind == "aws_lambda_function":
                # metrics in the embedded format, which need no right but that to log
                for _, environment in maps(after.get("environment")):
                    namespace = map_at(environment, "variables").get("POWERTOOLS_METRICS_NAMESPACE")
                    if namespace is not None:
                        package = folders.get(stack, Path()) / str(after.get("filename") or "")
                        found.programs.setdefault(str(namespace), set()).update(_words(package))
    return found


def _export(found: Published, values: Any) -> None:
    """What the exporters of an OpenTelemetry collector publish by the embedded metric format.

    https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awsemfexporter
    """
    for text in values if isinstance(values, list) else ():
        if not isinstance(text, str) or "awsemf" not in text:
            continue
        try:
            said = read_yaml(text)
        except NoYaml:
            continue
        for name, exporter in map_at(map_at(said, "config"), "exporters").items():
            if name.partition("/")[0] != "awsemf":
                continue
            settings = exporter if isinstance(exporter, Mapping) else {}
            published = found.exporters.setdefault(str(settings.get("namespace", "default")), [])
            for _, one in maps(settings.get("metric_declarations")):
                sets = [frozenset(map(str, each)) for each in _listed(one, "dimensions") if isinstance(each, list)]
                published += [(str(selector), sets) for selector in _listed(one, "metric_name_selectors")]


def _finds(expression: str, name: str) -> bool:
    try:
        return re.search(expression, name) is not None
    except re.error:
        # Go reads some that Python does not
        return True


def _listed(value: Mapping[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []


_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")


def _words(package: Path) -> set[str]:
    """The words that a program's own text has, each of which may be a metric: what an f-string fills in is a `*`.

    Of a package that cannot be read, every word may be.
    """
    try:
        with zipfile.ZipFile(package) as archive:
            sources = [archive.read(name) for name in archive.namelist() if name.endswith(".py")]
        nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    except (OSError, zipfile.BadZipFile, SyntaxError, ValueError):
        return {"*"}
    found = set()
    for node in nodes:
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        texts = [str(each.value) if isinstance(each, ast.Constant) else None for each in parts]
        if isinstance(node, ast.Constant | ast.JoinedStr) and _WORD.fullmatch("".join(text or "" for text in texts)):
            found.add("".join("*" if text is None else glob.escape(text) for text in texts))
    return found or {"*"}


def _granted(policy: Any) -> Iterator[str]:
    """The namespaces of CloudWatch that a policy lets somebody publish to; `*` where it names none.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    """
    try:
        statements = json.loads(policy)["Statement"] if isinstance(policy, str) else []
    except (ValueError, KeyError, TypeError):
        return
    for _, statement in maps(statements if isinstance(statements, list) else [statements]):
        actions = statement.get("Action")
        said = actions if isinstance(actions, list) else [actions]
        if statement.get("Effect") != "Allow" or not any(
            fnmatchcase("cloudwatch:putmetricdata", str(each).lower()) for each in said
        ):
            continue
        conditions = map_at(statement, "Condition")
        named = [
            values
            for inner in conditions.values()
            for key, values in (inner.items() if isinstance(inner, Mapping) else ())
            if key.lower() == "cloudwatch:namespace"
        ]
        for values in named:
            yield from map(str, values if isinstance(values, list) else [values])
        if not named:
            yield "*"


def alarm_faults(alarm: Alarm, published: Published, *, is_whole: bool) -> Iterator[tuple[Problem, bool]]:
    """What is wrong with what an alarm looks at, each with whether it is only a warning.

    `is_whole` says that every stack of the environment was looked at, and the alarm is of an environment at all.
    """
    if not alarm.namespace:
        return
    if alarm.namespace in cloudwatch_namespaces():
        facts = cloudwatch_namespace(alarm.namespace)
        if alarm.metric not in facts.metrics:
            said = errors.metric_unknown_in(alarm.namespace, alarm.metric, facts.metrics)
            yield errors.alarm_fault(alarm.place, said), False
            return
        if alarm.dimensions is None or not facts.dimensions:
            return
        sets = facts.metrics[alarm.metric]
        wrong = sorted(alarm.dimensions - facts.dimensions)
        for name in wrong:
            yield (
                errors.alarm_fault(alarm.place, errors.dimension_unknown(alarm.namespace, name, facts.dimensions)),
                False,
            )
        if not wrong and sets and alarm.dimensions not in sets:
            listed = sorted(sorted(each) for each in sets)
            said = errors.dimensions_unlisted(alarm.namespace, alarm.metric, sorted(alarm.dimensions), listed)
            yield errors.alarm_fault(alarm.place, said), True
    elif alarm.namespace.startswith("AWS/"):
        yield errors.alarm_fault(alarm.place, errors.namespace_unknown(alarm.namespace, cloudwatch_namespaces())), True
    elif alarm.is_of_other_account:
        return
    elif not published.may_emit(alarm.namespace):
        said = errors.namespace_without_emitter(alarm.namespace, published.namespaces - {"*"})
        yield errors.alarm_fault(alarm.place, said), published.is_blind or not is_whole
    elif (exported := published.exported_with(alarm.namespace, alarm.metric)) and alarm.dimensions not in (
        None,
        *exported,
    ):
        listed = sorted(sorted(each) for each in exported)
        said = errors.dimensions_unlisted(alarm.namespace, alarm.metric, sorted(alarm.dimensions or ()), listed)
        yield errors.alarm_fault(alarm.place, said), True
    elif is_whole and not published.names(alarm.namespace, alarm.metric):
        yield errors.alarm_fault(alarm.place, errors.metric_not_put(alarm.namespace, alarm.metric)), True
