"""What the API server refuses beyond its schemas, and what it takes although it cannot work.

Each rule is Kubernetes' own; the function that says it is named beside it, of
https://github.com/kubernetes/kubernetes/tree/v1.34.4/pkg/apis (core/validation/validation.go unless another is named)
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from groundplan.grammars import time_zones

from . import errors
from .errors import Said
from .model import KNOWN_AFTER_APPLY, KubernetesObject
from .schemas import QUANTITY

__all__ = ["Fault", "container_lists", "faults", "is_unsure", "matches", "pod_of", "quantity"]

Way = tuple[str | int, ...]

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_LABEL_1035 = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_LABEL_VALUE = re.compile(r"(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_PORT_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_QUANTITY = re.compile(QUANTITY)
_PERCENT = re.compile(r"[0-9]+%")
_FACTORS = {"n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3")} | {
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}
_STANDARD_RESOURCES = ("cpu", "ephemeral-storage", "memory")
_LONGEST_NAME = 253
_LONGEST_LABEL = 63
_MOST_DATA = 1_048_576
_MOST_ANNOTATIONS = 262_144
_LAST_PORT = 65_535
_RBAC_GROUP = "rbac.authorization.k8s.io"
_REFUSED_PATHS = (".", "..")
# core/limitrange's strategy, and rbac and policy say no more of a name than that a path may hold it
_NAMED_BY_THE_SERVER = frozenset({("", "LimitRange")})
_ANY_NAME = frozenset({"policy", "rbac.authorization.k8s.io"})
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")
_LONGEST_PORT_NAME = 15
_JOB_SUFFIX = 11
_LONGEST_TIMEOUT_SECONDS = 30
_FEWEST_SEGMENTS = 3
_STRICT_SERVICES_UNTIL = 34
_STRICT_STATEFUL_SETS_SINCE = 34


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in an object. `is_warning` for what the API server takes."""

    way: Way
    said: Said
    is_warning: bool = False


def is_unsure(*values: Any) -> bool:
    """Whether something that only an apply will tell is in one of the values, in keys too."""
    for value in values:
        if isinstance(value, str):
            if KNOWN_AFTER_APPLY in value:
                return True
        elif isinstance(value, Mapping):
            if any(is_unsure(key, item) for key, item in value.items()):
                return True
        elif isinstance(value, (list, tuple)) and is_unsure(*value):
            return True
    return False


def _map(value: Any, *keys: str) -> Mapping[str, Any]:
    """The map at `keys`; an empty one where there is none, and where something else is, which the schema tells of."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _list(value: Any, *keys: str) -> Sequence[Any]:
    found = _map(value, *keys[:-1]).get(keys[-1]) if keys else value
    return found if isinstance(found, list) else ()


def _maps(value: Any, *keys: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The maps of the list at `keys`, each with its index."""
    for index, item in enumerate(_list(value, *keys)):
        if isinstance(item, Mapping):
            yield index, item


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def quantity(value: Any) -> Decimal | None:
    """An amount of a resource as a number; None for what is none.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    text = str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
    match = _QUANTITY.fullmatch(text) if isinstance(text, str) else None
    if not match:
        return None
    number, suffix, exponent = match.groups()
    return Decimal(number) * (Decimal(10) ** int(exponent) if exponent else _FACTORS.get(suffix or "", Decimal(1)))


def pod_of(document: Mapping[str, Any]) -> tuple[Way, Mapping[str, Any]] | None:
    """Where in an object the template of its pods is, or the pod that it is, and that; None where there is none."""
    kind, api_version = str(document.get("kind")), document.get("apiVersion")
    if kind == "Pod" and api_version == "v1":
        return (), document
    if api_version in ("apps/v1", "batch/v1", "v1"):
        ways: dict[str, Way] = {
            "CronJob": ("spec", "jobTemplate", "spec", "template"),
            **dict.fromkeys(
                ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"),
                ("spec", "template"),
            ),
        }
        if way := ways.get(kind):
            return way, _map(document, *(str(step) for step in way))
    return None


def container_lists(pod: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """The containers of a pod: the list that each is in, its index there and itself."""
    for word in ("containers", "initContainers"):
        for index, container in _maps(pod, "spec", word):
            yield word, index, container


def matches(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Whether a LabelSelector finds what has these labels.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
    """
    for name, value in _map(selector, "matchLabels").items():
        if labels.get(name) != value:
            return False
    for _, expression in _maps(selector, "matchExpressions"):
        key, operator, values = str(expression.get("key")), expression.get("operator"), _list(expression, "values")
        is_there = key in labels
        holds = {
            "In": is_there and labels.get(key) in values,
            "NotIn": not is_there or labels.get(key) not in values,
            "Exists": is_there,
            "DoesNotExist": not is_there,
        }
        if not holds.get(str(operator), True):
            return False
    return True


def faults(obj: KubernetesObject, minor: int) -> Iterator[Fault]:
    """What is wrong with an object beyond its schema, for a cluster of version 1.`minor`."""
    yield from _metadata(obj, minor)
    for rule in _RULES.get((obj.identity[0], obj.kind), ()):
        yield from rule(obj.document)
    if found := pod_of(obj.document):
        yield from _pod(*found, obj.document)


def _metadata(obj: KubernetesObject, minor: int) -> Iterator[Fault]:
    """ValidateObjectMeta, of apimachinery's pkg/api/validation/objectmeta.go."""
    metadata = _map(obj.document, "metadata")
    name, start = metadata.get("name"), metadata.get("generateName")
    if obj.kind.endswith("Review"):
        return
    if not name and not start and (obj.identity[0], obj.kind) not in _NAMED_BY_THE_SERVER:
        yield Fault(("metadata", "name"), errors.without_name())
    elif isinstance(name, str) and name and not is_unsure(name):
        yield from _name(obj, name, minor)
    yield from _labels(("metadata", "labels"), metadata.get("labels"))
    yield from _annotations(metadata.get("annotations"))


def _annotations(annotations: Any) -> Iterator[Fault]:
    if not isinstance(annotations, Mapping):
        return
    way = ("metadata", "annotations")
    for key in annotations:
        if not is_unsure(key) and not _is_qualified(key.lower()):
            yield Fault((*way, key), errors.not_qualified(key))
    size = sum(len(str(part).encode("utf-8", "replace")) for item in annotations.items() for part in item)
    if size > _MOST_ANNOTATIONS:
        yield Fault(way, errors.too_large(size, _MOST_ANNOTATIONS))


def _name(obj: KubernetesObject, name: str, minor: int) -> Iterator[Fault]:
    way, group = ("metadata", "name"), obj.identity[0]
    if group in _ANY_NAME:
        if name in _REFUSED_PATHS or "/" in name or "%" in name:
            yield Fault(way, errors.no_path_segment(name))
        return
    if (group, obj.kind) == ("", "Service"):
        # RelaxedServiceNameValidation, which lets a digit come first, is off by default up to 1.34 at least
        if minor <= _STRICT_SERVICES_UNTIL and (not _LABEL_1035.fullmatch(name) or len(name) > _LONGEST_LABEL):
            yield Fault(way, errors.no_label_1035(name, _LONGEST_LABEL))
        elif not _LABEL.fullmatch(name) or len(name) > _LONGEST_LABEL:
            yield Fault(way, errors.no_label(name, _LONGEST_LABEL))
        return
    is_label = (group, obj.kind) == ("", "Namespace")
    is_label |= (group, obj.kind) == ("apps", "StatefulSet") and minor >= _STRICT_STATEFUL_SETS_SINCE
    longest = _LONGEST_LABEL if is_label or (group, obj.kind) == ("batch", "Job") else _LONGEST_NAME
    if (group, obj.kind) == ("batch", "CronJob"):
        longest = _LONGEST_LABEL - _JOB_SUFFIX
    if is_label and (not _LABEL.fullmatch(name) or len(name) > longest):
        yield Fault(way, errors.no_label(name, longest))
    elif not is_label and (not _SUBDOMAIN.fullmatch(name) or len(name) > longest):
        yield Fault(way, errors.no_subdomain(name, longest))
    spec = _map(obj.document, "spec")
    if (group, obj.kind) == ("apiextensions.k8s.io", "CustomResourceDefinition"):
        wanted = f"{_map(spec, 'names').get('plural')}.{spec.get('group')}"
    elif (group, obj.kind) == ("apiregistration.k8s.io", "APIService"):
        wanted = f"{spec.get('version')}.{spec.get('group')}"
    else:
        return
    if name != wanted and not is_unsure(wanted):
        yield Fault(way, errors.another_name(name, wanted))


def _subdomain(way: Way, name: Any) -> Iterator[Fault]:
    """The name of another object, where one is said."""
    is_said = isinstance(name, str) and name and not is_unsure(name)
    if is_said and (not _SUBDOMAIN.fullmatch(name) or len(name) > _LONGEST_NAME):
        yield Fault(way, errors.no_subdomain(name, _LONGEST_NAME))


def _is_qualified(key: str) -> bool:
    """IsQualifiedName, of apimachinery's pkg/util/validation/validation.go."""
    prefix, slash, name = key.rpartition("/")
    if slash and (not _SUBDOMAIN.fullmatch(prefix) or len(prefix) > _LONGEST_NAME):
        return False
    return bool(_QUALIFIED.fullmatch(name)) and len(name) <= _LONGEST_LABEL


def _labels(way: Way, labels: Any) -> Iterator[Fault]:
    """ValidateLabels, of apimachinery's pkg/apis/meta/v1/validation/validation.go."""
    for key, value in (labels if isinstance(labels, Mapping) else {}).items():
        if not is_unsure(key) and not _is_qualified(key):
            yield Fault((*way, key), errors.not_qualified(key))
        if isinstance(value, str) and not is_unsure(value) and not _is_label_value(value):
            yield Fault((*way, key), errors.no_label_value(value, _LONGEST_LABEL))


def _is_label_value(value: str) -> bool:
    return bool(_LABEL_VALUE.fullmatch(value)) and len(value) <= _LONGEST_LABEL


def _selector(way: Way, selector: Any) -> Iterator[Fault]:
    """ValidateLabelSelector, of apimachinery's pkg/apis/meta/v1/validation/validation.go."""
    if not isinstance(selector, Mapping):
        return
    yield from _labels((*way, "matchLabels"), selector.get("matchLabels"))
    for index, expression in _maps(selector, "matchExpressions"):
        place = (*way, "matchExpressions", index)
        key, operator, values = expression.get("key"), expression.get("operator"), _list(expression, "values")
        if is_unsure(expression):
            continue
        if isinstance(key, str) and not _is_qualified(key):
            yield Fault((*place, "key"), errors.not_qualified(key))
        if operator in ("In", "NotIn") and not values:
            yield Fault((*place, "values"), errors.values_missing(operator))
        elif operator in ("Exists", "DoesNotExist") and values:
            yield Fault((*place, "values"), errors.values_too_many(operator))


def _workload(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateDeploymentSpec, ValidateStatefulSetSpec and ValidateDaemonSetSpec, of apps/validation/validation.go."""
    spec = _map(document, "spec")
    selector, labels = spec.get("selector"), _map(spec, "template", "metadata", "labels")
    if isinstance(selector, Mapping) and not is_unsure(selector, labels):
        yield from _selector(("spec", "selector"), selector)
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            yield Fault(("spec", "selector"), errors.empty_selector())
        elif not matches(selector, labels):
            yield Fault(("spec", "selector"), errors.selector_misses(selector, labels))
    restart = _map(spec, "template", "spec").get("restartPolicy")
    if restart in ("OnFailure", "Never"):
        yield Fault(("spec", "template", "spec", "restartPolicy"), errors.other_restart_policy(restart, ["Always"]))
    yield from _not_negative(("spec",), spec, "replicas", "minReadySeconds", "revisionHistoryLimit")


def _not_negative(way: Way, said: Mapping[str, Any], *fields: str) -> Iterator[Fault]:
    for field in fields:
        if (value := _number(said.get(field))) is not None and value < 0:
            yield Fault((*way, field), errors.below_zero(value))


def _deployment(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateDeploymentStrategy and ValidateRollingUpdateDeployment, of apps/validation/validation.go."""
    strategy = _map(document, "spec", "strategy")
    rolling, way = strategy.get("rollingUpdate"), ("spec", "strategy", "rollingUpdate")
    if strategy.get("type") == "Recreate" and isinstance(rolling, Mapping):
        yield Fault(way, errors.rolling_update_of_recreate())
    elif isinstance(rolling, Mapping):
        yield from _share((*way, "maxUnavailable"), rolling.get("maxUnavailable"), is_whole_at_most=True)
        yield from _share((*way, "maxSurge"), rolling.get("maxSurge"), is_whole_at_most=False)
        if all(rolling.get(word) in (0, "0%") for word in ("maxSurge", "maxUnavailable")):
            yield Fault((*way, "maxUnavailable"), errors.nothing_may_move())


def _stateful_set(document: Mapping[str, Any]) -> Iterator[Fault]:
    strategy = _map(document, "spec", "updateStrategy")
    if strategy.get("type") == "OnDelete" and isinstance(strategy.get("rollingUpdate"), Mapping):
        yield Fault(("spec", "updateStrategy", "rollingUpdate"), errors.rolling_update_of_on_delete())
    for index, claim in _maps(document, "spec", "volumeClaimTemplates"):
        yield from _claim(("spec", "volumeClaimTemplates", index, "spec"), claim.get("spec"))


def _share(way: Way, value: Any, *, is_whole_at_most: bool) -> Iterator[Fault]:
    """ValidatePositiveIntOrPercent and IsNotMoreThan100Percent, of apps/validation/validation.go."""
    if isinstance(value, str) and not is_unsure(value):
        if not _PERCENT.fullmatch(value):
            yield Fault(way, errors.no_share(value))
        elif is_whole_at_most and int(value[:6].rstrip("%")) > 100:
            yield Fault(way, errors.more_than_all(value))
    elif (number := _number(value)) is not None and number < 0:
        yield Fault(way, errors.below_zero(number))


def _claim(way: Way, spec: Any) -> Iterator[Fault]:
    """ValidatePersistentVolumeClaimSpec."""
    if not isinstance(spec, Mapping) or is_unsure(spec.get("accessModes"), spec.get("resources")):
        return
    if not _list(spec, "accessModes"):
        yield Fault((*way, "accessModes"), errors.nothing_there("an access mode, such as ReadWriteOnce"))
    yield from _subdomain((*way, "storageClassName"), spec.get("storageClassName"))
    requests = _map(spec, "resources", "requests")
    place = (*way, "resources", "requests", "storage")
    if "storage" not in requests:
        yield Fault(place, errors.nothing_there("an amount of storage, such as 10Gi"))
    else:
        amount = quantity(requests["storage"])
        if amount is None:
            yield Fault(place, errors.no_quantity(requests["storage"]))
        elif amount <= 0:
            yield Fault(place, errors.not_above_zero(requests["storage"]))


def _persistent_volume_claim(document: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _claim(("spec",), document.get("spec"))


def _service(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateService and validateServicePort."""
    spec = _map(document, "spec")
    kind, ports = spec.get("type") or "ClusterIP", _list(spec, "ports")
    if is_unsure(kind, spec.get("clusterIP"), spec.get("ports") if not ports else None):
        return
    if not ports and kind != "ExternalName" and spec.get("clusterIP") != "None":
        yield Fault(("spec", "ports"), errors.nothing_there("a port, or clusterIP: None"))
    if kind == "ExternalName" and not spec.get("externalName"):
        yield Fault(("spec", "externalName"), errors.nothing_there("the name that the service stands for"))
    if kind in ("LoadBalancer", "NodePort") and spec.get("clusterIP") == "None":
        yield Fault(("spec", "clusterIP"), errors.headless_with_ports(str(kind)))
    yield from _labels(("spec", "selector"), spec.get("selector"))
    names: set[str] = set()
    taken: set[tuple[Any, Any]] = set()
    for index, port in _maps(spec, "ports"):
        way = ("spec", "ports", index)
        name, number, protocol = port.get("name"), port.get("port"), str(port.get("protocol") or "TCP")
        if not name and len(ports) > 1:
            yield Fault((*way, "name"), errors.port_without_name(len(ports)))
        elif isinstance(name, str) and name and not is_unsure(name):
            if not _LABEL.fullmatch(name) or len(name) > _LONGEST_LABEL:
                yield Fault((*way, "name"), errors.no_label(name, _LONGEST_LABEL))
            elif name in names:
                yield Fault((*way, "name"), errors.twice("port", name))
            names.add(name)
        yield from _port((*way, "port"), number)
        # 0 is what is left out
        yield from _port((*way, "targetPort"), port.get("targetPort") or None)
        if (node_port := _number(port.get("nodePort"))) and kind == "ClusterIP":
            yield Fault((*way, "nodePort"), errors.node_port_of_cluster_ip(node_port))
        if not is_unsure(number, protocol) and isinstance(number, int):
            if (number, protocol) in taken:
                yield Fault((*way, "port"), errors.twice("port", f"{number}/{protocol}"))
            taken.add((number, protocol))


def _port(way: Way, value: Any) -> Iterator[Fault]:
    """ValidatePortNumOrName."""
    if (number := _number(value)) is not None:
        if not 1 <= number <= _LAST_PORT:
            yield Fault(way, errors.no_port(number, _LAST_PORT))
    elif isinstance(value, str) and value and not is_unsure(value) and not _is_port_name(value):
        yield Fault(way, errors.no_port_name(value, _LONGEST_PORT_NAME))


def _is_port_name(name: str) -> bool:
    """IsValidPortName, of apimachinery's pkg/util/validation/validation.go."""
    fits = len(name) <= _LONGEST_PORT_NAME and bool(_PORT_NAME.fullmatch(name))
    return fits and any(character.isalpha() for character in name)


def _budget(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidatePodDisruptionBudgetSpec, of policy/validation/validation.go."""
    spec = _map(document, "spec")
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        yield Fault(("spec",), errors.both_of_a_budget(spec["minAvailable"], spec["maxUnavailable"]))
    for word in ("minAvailable", "maxUnavailable"):
        yield from _share(("spec", word), spec.get(word), is_whole_at_most=True)
    yield from _selector(("spec", "selector"), spec.get("selector"))


def _autoscaler(document: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateHorizontalPodAutoscalerSpec, of autoscaling/validation/validation.go, has it."""
    spec = _map(document, "spec")
    # one, where nothing is said
    fewest, most = _number(spec.get("minReplicas", 1)), _number(spec.get("maxReplicas"))
    yield from _not_negative(("spec",), spec, "minReplicas")
    if most is not None and most < 1:
        yield Fault(("spec", "maxReplicas"), errors.not_above_zero(most))
    elif fewest is not None and most is not None and fewest > most:
        yield Fault(("spec", "maxReplicas"), errors.most_below_fewest(most, fewest))


def _cron_job(document: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateCronJobSpec, of batch/validation/validation.go, has it."""
    spec = _map(document, "spec")
    schedule, zone = spec.get("schedule"), spec.get("timeZone")
    if isinstance(schedule, str) and not is_unsure(schedule):
        if "TZ" in schedule:
            yield Fault(("spec", "schedule"), errors.zone_in_schedule(schedule))
        elif wrong := _schedule_is_wrong(schedule):
            yield Fault(("spec", "schedule"), errors.no_schedule(schedule, wrong))
    if isinstance(zone, str) and not is_unsure(zone) and (found := time_zones.problems(zone)):
        yield Fault(("spec", "timeZone"), errors.no_time_zone(zone, found[0].cure))
    yield from _job_spec(("spec", "jobTemplate", "spec"), _map(spec, "jobTemplate", "spec"))
    yield from _not_negative(("spec",), spec, "startingDeadlineSeconds")


_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_CRON_FIELDS: tuple[tuple[str, int, int, Mapping[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?(?:ns|us|µs|ms|s|m|h))+")


def _schedule_is_wrong(schedule: str) -> str:
    """Why the cron library of Kubernetes does not read a schedule; nothing where it does.

    ParseStandard of https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
    """
    if schedule.startswith("@"):
        every = schedule.startswith("@every ") and _DURATION.fullmatch(schedule.removeprefix("@every "))
        return "" if schedule in _DESCRIPTORS or every else f"there is no {schedule.split()[0]}"
    fields = schedule.split()
    if len(fields) != len(_CRON_FIELDS):
        return f"it has {len(fields)} fields, not 5"
    for text, (title, first, last, names) in zip(fields, _CRON_FIELDS, strict=True):
        for term in text.split(","):
            if term and not _is_term(term, first, last, names):
                return f"{term} is no {title}"
    return ""


def _is_term(term: str, first: int, last: int, names: Mapping[str, int]) -> bool:
    span, slash, step = term.partition("/")
    if slash and not (_digits(step) and int(step) > 0):
        return False
    if span in ("*", "?"):
        return True
    ends = span.split("-")
    numbers = [names.get(end.lower(), int(end) if _digits(end) else -1) for end in ends]
    return len(ends) <= 2 and all(first <= number <= last for number in numbers) and numbers[0] <= numbers[-1]


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _job(document: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _job_spec(("spec",), _map(document, "spec"))


def _job_spec(way: Way, spec: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateJobSpec, of batch/validation/validation.go, has it."""
    pod = _map(spec, "template", "spec")
    restart = pod.get("restartPolicy") or "Always"
    if pod and restart == "Always":
        said = errors.other_restart_policy(restart, ["OnFailure", "Never"])
        yield Fault((*way, "template", "spec", "restartPolicy"), said)
    fields = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
    yield from _not_negative(way, spec, *fields)


def _secret(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateSecret; `data` is text in base64, which is read before anything else."""
    yield from _bytes(document, "data")
    yield from _data_keys(document, "data", "stringData")
    wanted = {
        "kubernetes.io/tls": ("tls.crt", "tls.key"),
        "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
        "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    }
    data = {**_map(document, "data"), **_map(document, "stringData")}
    for key in wanted.get(str(document.get("type")), ()):
        if key not in data and not is_unsure(list(data)):
            yield Fault(("data", key), errors.key_of_type_missing(key, str(document.get("type"))))


def _config_map(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateConfigMap."""
    yield from _bytes(document, "binaryData")
    yield from _data_keys(document, "data", "binaryData")
    for key in sorted(set(_map(document, "data")) & set(_map(document, "binaryData"))):
        yield Fault(("data", key), errors.in_both_data(key))


def _bytes(document: Mapping[str, Any], word: str) -> Iterator[Fault]:
    for key, value in _map(document, word).items():
        if isinstance(value, str) and not is_unsure(value):
            try:
                # line ends are passed over, https://pkg.go.dev/encoding/base64
                base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
            except (binascii.Error, ValueError):
                yield Fault((word, key), errors.not_base64())


def _data_keys(document: Mapping[str, Any], *words: str) -> Iterator[Fault]:
    size, in_base64 = 0, ("data",) if "stringData" in words else ("binaryData",)
    for word in words:
        for key, value in _map(document, word).items():
            is_name = _DATA_KEY.fullmatch(key) and len(key) <= _LONGEST_NAME
            if not is_unsure(key) and (not is_name or key in _REFUSED_PATHS or key.startswith("..")):
                yield Fault((word, key), errors.no_data_key(key))
            if isinstance(value, str):
                length = len(value.encode("utf-8", "replace"))
                # three bytes are four letters of base64
                size += length * 3 // 4 if word in in_base64 else length
    if size > _MOST_DATA:
        yield Fault((words[0],), errors.too_large(size, _MOST_DATA))


def _role(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidatePolicyRule, of rbac/validation/validation.go."""
    for index, rule in _maps(document, "rules"):
        way = ("rules", index)
        if is_unsure(rule):
            continue
        if "verbs" in rule and not _list(rule, "verbs"):
            yield Fault((*way, "verbs"), errors.nothing_there("a verb"))
        if _list(rule, "nonResourceURLs"):
            if document.get("kind") == "Role":
                yield Fault((*way, "nonResourceURLs"), errors.urls_in_a_role())
            if any(_list(rule, word) for word in ("apiGroups", "resources", "resourceNames")):
                yield Fault((*way, "nonResourceURLs"), errors.urls_beside_resources())
            continue
        for word, what in (("apiGroups", 'an API group, "" for that of pods'), ("resources", "a resource")):
            if not _list(rule, word):
                yield Fault((*way, word), errors.nothing_there(what))


def _binding(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateRoleBinding, ValidateClusterRoleBinding and ValidateRoleBindingSubject, of rbac/validation/validation.go.

    What is left out has its default: rbac/v1/defaults.go.
    """
    reference, kind = _map(document, "roleRef"), document.get("kind")
    allowed = ["ClusterRole", "Role"] if kind == "RoleBinding" else ["ClusterRole"]
    if (said := reference.get("kind")) is not None and not is_unsure(said) and said not in allowed:
        yield Fault(("roleRef", "kind"), errors.not_among(said, allowed))
    if (group := reference.get("apiGroup")) and not is_unsure(group) and group != _RBAC_GROUP:
        yield Fault(("roleRef", "apiGroup"), errors.not_among(group, [_RBAC_GROUP]))
    for index, subject in _maps(document, "subjects"):
        way, said, group = ("subjects", index), subject.get("kind"), subject.get("apiGroup") or ""
        if is_unsure(said, group):
            continue
        if said not in ("ServiceAccount", "User", "Group"):
            if said is not None:
                yield Fault((*way, "kind"), errors.not_among(said, ["Group", "ServiceAccount", "User"]))
        elif group not in ("", _RBAC_GROUP) or (said == "ServiceAccount" and group):
            groups = [""] if said == "ServiceAccount" else [_RBAC_GROUP]
            yield Fault((*way, "apiGroup"), errors.not_among(group, groups))
        if said == "ServiceAccount":
            yield from _subdomain((*way, "name"), subject.get("name"))
        if said == "ServiceAccount" and kind == "ClusterRoleBinding" and not subject.get("namespace"):
            yield Fault((*way, "namespace"), errors.nothing_there("the namespace of the service account"))


def _webhooks(document: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateMutatingWebhook and validateRule, of admissionregistration/validation/validation.go, have it."""
    names: set[str] = set()
    for index, hook in _maps(document, "webhooks"):
        way, name, client = ("webhooks", index), hook.get("name"), _map(hook, "clientConfig")
        if isinstance(name, str) and not is_unsure(name):
            if not _SUBDOMAIN.fullmatch(name) or name.count(".") < _FEWEST_SEGMENTS - 1:
                yield Fault((*way, "name"), errors.no_webhook_name(name))
            if name in names:
                yield Fault((*way, "name"), errors.twice("webhook", name))
            names.add(name)
        if client and (client.get("url") is None) == (client.get("service") is None):
            yield Fault((*way, "clientConfig"), errors.url_or_service())
        reviews = hook.get("admissionReviewVersions", ["v1"])
        if not is_unsure(reviews) and not {"v1", "v1beta1"} & {str(one) for one in _list(reviews)}:
            yield Fault((*way, "admissionReviewVersions"), errors.nothing_there("v1"))
        seconds = _number(hook.get("timeoutSeconds"))
        if seconds is not None and not 1 <= seconds <= _LONGEST_TIMEOUT_SECONDS:
            yield Fault((*way, "timeoutSeconds"), errors.out_of_range(seconds, 1, _LONGEST_TIMEOUT_SECONDS))
        for number, rule in _maps(hook, "rules"):
            for word in ("apiGroups", "apiVersions", "operations", "resources"):
                if not _list(rule, word) and not is_unsure(rule.get(word)):
                    yield Fault((*way, "rules", number, word), errors.nothing_there("a value, such as '*'"))
        for word in ("namespaceSelector", "objectSelector"):
            yield from _selector((*way, word), hook.get(word))


def _network_policy(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateNetworkPolicySpec and ValidateIPBlock, of networking/validation/validation.go."""
    spec = _map(document, "spec")
    yield from _selector(("spec", "podSelector"), spec.get("podSelector"))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in _maps(spec, direction):
            for number, peer in _maps(rule, peers):
                way = ("spec", direction, index, peers, number)
                for word in ("podSelector", "namespaceSelector"):
                    yield from _selector((*way, word), peer.get(word))
                yield from _block((*way, "ipBlock"), peer.get("ipBlock"))
                if not peer:
                    yield Fault(way, errors.nothing_there("a podSelector, a namespaceSelector or an ipBlock"))
            for number, port in _maps(rule, "ports"):
                yield from _port(("spec", direction, index, "ports", number, "port"), port.get("port"))


def _ingress(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateIngressSpec and validateHTTPIngressPath, of networking/validation/validation.go."""
    spec = _map(document, "spec")
    if not _list(spec, "rules") and not spec.get("defaultBackend") and not is_unsure(spec.get("rules")):
        yield Fault(("spec", "rules"), errors.nothing_there("a rule, or a defaultBackend"))
    for index, rule in _maps(spec, "rules"):
        for number, path in _maps(rule, "http", "paths"):
            said, kind = path.get("path") or "", path.get("pathType")
            if kind in ("Exact", "Prefix") and isinstance(said, str) and said[:1] != "/" and not is_unsure(said):
                yield Fault(("spec", "rules", index, "http", "paths", number, "path"), errors.no_absolute_path(said))


def _block(way: Way, block: Any) -> Iterator[Fault]:
    if not isinstance(block, Mapping) or is_unsure(block):
        return
    outer = _network(block.get("cidr"))
    if outer is None and isinstance(block.get("cidr"), str):
        yield Fault((*way, "cidr"), errors.no_cidr(block["cidr"]))
    for index, text in enumerate(_list(block, "except")):
        inner = _network(text)
        if inner is None:
            yield Fault((*way, "except", index), errors.no_cidr(text))
        elif outer and (inner.version != outer.version or inner == outer or not inner.subnet_of(outer)):  # type: ignore[arg-type]
            yield Fault((*way, "except", index), errors.not_inside(text, str(block["cidr"])))


def _network(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        # bits behind the mask are passed over
        return ipaddress.ip_network(text, strict=False) if isinstance(text, str) and "/" in text else None
    except ValueError:
        return None


def _pod(way: Way, template: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidatePodTemplateSpec and ValidatePodSpec."""
    spec = _map(template, "spec")
    place = (*way, "spec")
    if way:
        yield from _labels((*way, "metadata", "labels"), _map(template, "metadata").get("labels"))
    yield from _labels((*place, "nodeSelector"), spec.get("nodeSelector"))
    volumes: set[str] = set()
    for index, volume in _maps(spec, "volumes"):
        name = volume.get("name")
        if isinstance(name, str) and not is_unsure(name):
            if not _LABEL.fullmatch(name) or len(name) > _LONGEST_LABEL:
                yield Fault((*place, "volumes", index, "name"), errors.no_label(name, _LONGEST_LABEL))
            if name in volumes:
                yield Fault((*place, "volumes", index, "name"), errors.twice("volume", name))
        volumes.add(str(name))
        limit = _map(volume, "emptyDir").get("sizeLimit")
        if limit is not None and not is_unsure(limit) and quantity(limit) is None:
            yield Fault((*place, "volumes", index, "emptyDir", "sizeLimit"), errors.no_quantity(limit))
    for _, claim in _maps(document, "spec", "volumeClaimTemplates") if document.get("kind") == "StatefulSet" else ():
        volumes.add(str(_map(claim, "metadata").get("name")))
    # where it is left out, the schema says so
    said = template.get("spec") if not spec else spec.get("containers", "left out")
    if not is_unsure(said) and said in ([], {}, None):
        yield Fault((*place, "containers"), errors.nothing_there("a container"))
    names: set[str] = set()
    for word, index, container in container_lists(template):
        name = container.get("name")
        if isinstance(name, str) and not is_unsure(name):
            if name in names:
                yield Fault((*place, word, index, "name"), errors.twice("container", name))
            names.add(name)
        yield from _container((*place, word, index), container, volumes, spec)
        if word == "initContainers" and container.get("restartPolicy") != "Always" and not is_unsure(container):
            for probe in (*_PROBES, "lifecycle"):
                if isinstance(container.get(probe), Mapping):
                    yield Fault((*place, word, index, probe), errors.probe_of_init_container())
    for word in ("serviceAccountName", "priorityClassName"):
        yield from _subdomain((*place, word), spec.get(word))
    yield from _tolerations(place, spec)
    yield from _spread(place, spec)


def _container(way: Way, container: Mapping[str, Any], volumes: set[str], pod: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateContainerCommon has it."""
    name = container.get("name")
    if isinstance(name, str) and not is_unsure(name) and (not _LABEL.fullmatch(name) or len(name) > _LONGEST_LABEL):
        yield Fault((*way, "name"), errors.no_label(name, _LONGEST_LABEL))
    if not container.get("image"):
        yield Fault((*way, "image"), errors.nothing_there("an image"))
    yield from _container_ports(way, container, is_host_network=pod.get("hostNetwork") is True)
    yield from _repeated(way, container)
    paths: set[str] = set()
    for index, mount in _maps(container, "volumeMounts"):
        place, volume, path = (*way, "volumeMounts", index), mount.get("name"), mount.get("mountPath")
        if isinstance(volume, str) and not is_unsure(volume, list(volumes)) and volume not in volumes:
            yield Fault((*place, "name"), errors.no_volume(volume, volumes))
        if isinstance(path, str) and path in paths and not is_unsure(path):
            yield Fault((*place, "mountPath"), errors.twice("mount", path))
        paths.add(str(path))
    yield from _resources((*way, "resources"), _map(container, "resources"))
    ports = {str(port.get("name")) for _, port in _maps(container, "ports")}
    for probe in _PROBES:
        yield from _probe((*way, probe), container.get(probe), ports, is_once=probe != "readinessProbe")
    for moment in ("postStart", "preStop"):
        yield from _handler((*way, "lifecycle", moment), _map(container, "lifecycle").get(moment), "sleep", *_HANDLERS)
    security = _map(container, "securityContext")
    if security.get("allowPrivilegeEscalation") is False:
        if security.get("privileged") is True:
            yield Fault((*way, "securityContext", "allowPrivilegeEscalation"), errors.escalates("privileged: true"))
        if "CAP_SYS_ADMIN" in _list(security, "capabilities", "add"):
            said = errors.escalates("capabilities.add: [CAP_SYS_ADMIN]")
            yield Fault((*way, "securityContext", "allowPrivilegeEscalation"), said)


def _container_ports(way: Way, container: Mapping[str, Any], *, is_host_network: bool) -> Iterator[Fault]:
    """As validateContainerPorts has it; the API server warns of what is taken twice and may stand."""
    names: set[str] = set()
    numbers: set[tuple[Any, Any, Any]] = set()
    for index, port in _maps(container, "ports"):
        place, name = (*way, "ports", index), port.get("name")
        number, host = _number(port.get("containerPort")), _number(port.get("hostPort"))
        if isinstance(name, str) and name and not is_unsure(name):
            if not _is_port_name(name):
                yield Fault((*place, "name"), errors.no_port_name(name, _LONGEST_PORT_NAME))
            elif name in names:
                yield Fault((*place, "name"), errors.twice("port", name))
            names.add(name)
        for word in ("containerPort", "hostPort"):
            if _number(port.get(word)) != 0 or word == "containerPort":
                yield from _port((*place, word), port.get(word))
        if is_host_network and host and number and host != number:
            yield Fault((*place, "hostPort"), errors.other_host_port(host, number))
        key = (number, str(port.get("protocol") or "TCP"), str(port.get("hostIP") or ""))
        if number is not None and not is_unsure(*key):
            if key in numbers:
                yield Fault((*place, "containerPort"), errors.twice("port", f"{number}/{key[1]}"), is_warning=True)
            numbers.add(key)


def _repeated(way: Way, container: Mapping[str, Any]) -> Iterator[Fault]:
    """The later one counts, and the API server warns: pkg/api/pod/warnings.go."""
    seen: set[str] = set()
    for index, variable in _maps(container, "env"):
        name = variable.get("name")
        if isinstance(name, str) and name and not is_unsure(name):
            if name in seen:
                yield Fault((*way, "env", index, "name"), errors.variable_twice(name), is_warning=True)
            seen.add(name)
        source = _map(variable, "valueFrom")
        if source and variable.get("value") and not is_unsure(variable):
            yield Fault((*way, "env", index), errors.value_and_source(str(name)))


def _resources(way: Way, resources: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateResourceRequirements and validateContainerResourceName have it."""
    amounts: dict[tuple[str, str], Decimal] = {}
    for side in ("limits", "requests"):
        for name, value in _map(resources, side).items():
            place = (*way, side, name)
            if is_unsure(name, value):
                continue
            if "/" not in name and name not in _STANDARD_RESOURCES and not name.startswith("hugepages-"):
                yield Fault(place, errors.no_resource(name, _STANDARD_RESOURCES))
            amount = quantity(value)
            if amount is None:
                if isinstance(value, (str, int, float)):
                    yield Fault(place, errors.no_quantity(value))
            elif amount < 0:
                yield Fault(place, errors.below_zero(value))
            else:
                amounts[side, name] = amount
    for (side, name), amount in amounts.items():
        limit = amounts.get(("limits", name))
        if side == "requests" and limit is not None and amount > limit:
            said = errors.request_above_limit(resources["requests"][name], resources["limits"][name])
            yield Fault((*way, "requests", name), said)


def _probe(way: Way, probe: Any, ports: set[str], *, is_once: bool) -> Iterator[Fault]:
    """As validateProbe, validateLivenessProbe and validateStartupProbe have it."""
    if not isinstance(probe, Mapping):
        return
    yield from _handler(way, probe, *_HANDLERS)
    times = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
    yield from _not_negative(way, probe, *times)
    if is_once and (number := _number(probe.get("successThreshold"))) is not None and number > 1:
        yield Fault((*way, "successThreshold"), errors.not_among(number, [1]))
    for word in ("httpGet", "tcpSocket"):
        name = _map(probe, word).get("port")
        # the kubelet looks it up among the ports of the same container: pkg/probe/util.go, ResolveContainerPort
        if isinstance(name, str) and _is_port_name(name) and name not in ports and not is_unsure(name, list(ports)):
            yield Fault((*way, word, "port"), errors.probe_of_no_port(name, ports), is_warning=True)


def _handler(way: Way, said: Any, *allowed: str) -> Iterator[Fault]:
    """As validateHandler has it."""
    if not isinstance(said, Mapping) or is_unsure(said):
        return
    given = [word for word in allowed if said.get(word) is not None]
    if len(given) != 1:
        yield Fault(way, errors.one_handler(given, allowed))
    for word in ("httpGet", "tcpSocket", "grpc"):
        yield from _port((*way, word, "port"), _map(said, word).get("port"))


def _tolerations(way: Way, spec: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateTolerations."""
    for index, toleration in _maps(spec, "tolerations"):
        place, operator, key = (*way, "tolerations", index), toleration.get("operator"), toleration.get("key")
        if is_unsure(toleration):
            continue
        if isinstance(key, str) and key and not _is_qualified(key):
            yield Fault((*place, "key"), errors.not_qualified(key))
        if not key and operator != "Exists":
            yield Fault((*place, "operator"), errors.toleration_of_all(operator))
        if operator == "Exists" and toleration.get("value"):
            yield Fault((*place, "value"), errors.value_of_exists(toleration["value"]))
        if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
            yield Fault((*place, "effect"), errors.seconds_of_another_effect(toleration.get("effect")))


def _spread(way: Way, spec: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateTopologySpreadConstraints has it."""
    seen: set[tuple[Any, Any]] = set()
    for index, constraint in _maps(spec, "topologySpreadConstraints"):
        place = (*way, "topologySpreadConstraints", index)
        key = (str(constraint.get("topologyKey")), str(constraint.get("whenUnsatisfiable")))
        if (skew := _number(constraint.get("maxSkew"))) is not None and skew < 1:
            yield Fault((*place, "maxSkew"), errors.not_above_zero(skew))
        if key in seen and not is_unsure(*key):
            yield Fault(place, errors.twice("constraint", " with ".join(key)))
        seen.add(key)
        yield from _selector((*place, "labelSelector"), constraint.get("labelSelector"))


_Rule = Callable[[Mapping[str, Any]], Iterable[Fault]]
_RULES: dict[tuple[str, str], tuple[_Rule, ...]] = {
    ("", "ConfigMap"): (_config_map,),
    ("", "PersistentVolumeClaim"): (_persistent_volume_claim,),
    ("", "Secret"): (_secret,),
    ("", "Service"): (_service,),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): (_webhooks,),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): (_webhooks,),
    ("apps", "DaemonSet"): (_workload,),
    ("apps", "Deployment"): (_workload, _deployment),
    ("apps", "ReplicaSet"): (_workload,),
    ("apps", "StatefulSet"): (_workload, _stateful_set),
    ("autoscaling", "HorizontalPodAutoscaler"): (_autoscaler,),
    ("batch", "CronJob"): (_cron_job,),
    ("batch", "Job"): (_job,),
    ("networking.k8s.io", "Ingress"): (_ingress,),
    ("networking.k8s.io", "NetworkPolicy"): (_network_policy,),
    ("policy", "PodDisruptionBudget"): (_budget,),
    (_RBAC_GROUP, "ClusterRole"): (_role,),
    (_RBAC_GROUP, "ClusterRoleBinding"): (_binding,),
    (_RBAC_GROUP, "Role"): (_role,),
    (_RBAC_GROUP, "RoleBinding"): (_binding,),
}
