"""How objects, labels and ports may be called.

Each rule is Kubernetes' own; the function that says it is named beside it, of
https://github.com/kubernetes/kubernetes/tree/v1.34.4/pkg/apis (core/validation/validation.go unless another is named)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import errors
from .fields import Fault, Way, is_unsure, list_at, map_at, maps_at, number_of
from .model import KubernetesObject

__all__ = [
    "LABEL",
    "LONGEST_LABEL",
    "LONGEST_NAME",
    "LONGEST_PORT_NAME",
    "REFUSED_PATHS",
    "SUBDOMAIN",
    "is_port_name",
    "is_qualified",
    "label_faults",
    "metadata_faults",
    "port_faults",
    "selector_faults",
    "subdomain_faults",
]


LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_LABEL_1035 = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_LABEL_VALUE = re.compile(r"(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_PORT_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME = 253
LONGEST_LABEL = 63
_MOST_ANNOTATIONS = 262_144
_LAST_PORT = 65_535
REFUSED_PATHS = (".", "..")
# core/limitrange's strategy, and rbac and policy say no more of a name than that a path may hold it
_NAMED_BY_THE_SERVER = frozenset({("", "LimitRange")})
_ANY_NAME = frozenset({"policy", "rbac.authorization.k8s.io"})
LONGEST_PORT_NAME = 15
_JOB_SUFFIX = 11
_STRICT_SERVICES_UNTIL = 35
_STRICT_STATEFUL_SETS_SINCE = 34


def metadata_faults(obj: KubernetesObject, minor: int) -> Iterator[Fault]:
    """ValidateObjectMeta, of apimachinery's pkg/api/validation/objectmeta.go."""
    metadata = map_at(obj.document, "metadata")
    name, start = metadata.get("name"), metadata.get("generateName")
    if obj.kind.endswith("Review"):
        return
    if not name and not start and (obj.identity[0], obj.kind) not in _NAMED_BY_THE_SERVER:
        yield Fault(("metadata", "name"), errors.without_name())
    elif isinstance(name, str) and name and not is_unsure(name):
        yield from _name(obj, name, minor)
    yield from label_faults(("metadata", "labels"), metadata.get("labels"))
    yield from _annotations(metadata.get("annotations"))


def _annotations(annotations: Any) -> Iterator[Fault]:
    if not isinstance(annotations, Mapping):
        return
    way = ("metadata", "annotations")
    for key in annotations:
        if not is_unsure(key) and not is_qualified(key.lower()):
            yield Fault((*way, key), errors.not_qualified(key))
    size = sum(len(str(part).encode("utf-8", "replace")) for item in annotations.items() for part in item)
    if size > _MOST_ANNOTATIONS:
        yield Fault(way, errors.too_large(size, _MOST_ANNOTATIONS))


def _name(obj: KubernetesObject, name: str, minor: int) -> Iterator[Fault]:
    way, group = ("metadata", "name"), obj.identity[0]
    if group in _ANY_NAME:
        if name in REFUSED_PATHS or "/" in name or "%" in name:
            yield Fault(way, errors.no_path_segment(name))
        return
    if (group, obj.kind) == ("", "Service"):
        # RelaxedServiceNameValidation lets a digit come first, and is on by default since it is a beta, of 1.36:
        # https://github.com/kubernetes/enhancements/issues/5311
        if minor <= _STRICT_SERVICES_UNTIL and (not _LABEL_1035.fullmatch(name) or len(name) > LONGEST_LABEL):
            yield Fault(way, errors.no_label_1035(name, LONGEST_LABEL))
        elif not LABEL.fullmatch(name) or len(name) > LONGEST_LABEL:
            yield Fault(way, errors.no_label(name, LONGEST_LABEL))
        return
    is_label = (group, obj.kind) == ("", "Namespace")
    is_label |= (group, obj.kind) == ("apps", "StatefulSet") and minor >= _STRICT_STATEFUL_SETS_SINCE
    longest = LONGEST_LABEL if is_label or (group, obj.kind) == ("batch", "Job") else LONGEST_NAME
    if (group, obj.kind) == ("batch", "CronJob"):
        longest = LONGEST_LABEL - _JOB_SUFFIX
    if is_label and (not LABEL.fullmatch(name) or len(name) > longest):
        yield Fault(way, errors.no_label(name, longest))
    elif not is_label and (not SUBDOMAIN.fullmatch(name) or len(name) > longest):
        yield Fault(way, errors.no_subdomain(name, longest))
    spec = map_at(obj.document, "spec")
    if (group, obj.kind) == ("apiextensions.k8s.io", "CustomResourceDefinition"):
        wanted = f"{map_at(spec, 'names').get('plural')}.{spec.get('group')}"
    elif (group, obj.kind) == ("apiregistration.k8s.io", "APIService"):
        wanted = f"{spec.get('version')}.{spec.get('group')}"
    else:
        return
    if name != wanted and not is_unsure(wanted):
        yield Fault(way, errors.another_name(name, wanted))


def subdomain_faults(way: Way, name: Any) -> Iterator[Fault]:
    """The name of another object, where one is said."""
    is_said = isinstance(name, str) and name and not is_unsure(name)
    if is_said and (not SUBDOMAIN.fullmatch(name) or len(name) > LONGEST_NAME):
        yield Fault(way, errors.no_subdomain(name, LONGEST_NAME))


def is_qualified(key: str) -> bool:
    """IsQualifiedName, of apimachinery's pkg/util/validation/validation.go."""
    prefix, slash, name = key.rpartition("/")
    if slash and (not SUBDOMAIN.fullmatch(prefix) or len(prefix) > LONGEST_NAME):
        return False
    return bool(_QUALIFIED.fullmatch(name)) and len(name) <= LONGEST_LABEL


def label_faults(way: Way, labels: Any) -> Iterator[Fault]:
    """ValidateLabels, of apimachinery's pkg/apis/meta/v1/validation/validation.go."""
    for key, value in (labels if isinstance(labels, Mapping) else {}).items():
        if not is_unsure(key) and not is_qualified(key):
            yield Fault((*way, key), errors.not_qualified(key))
        if isinstance(value, str) and not is_unsure(value) and not _is_label_value(value):
            yield Fault((*way, key), errors.no_label_value(value, LONGEST_LABEL))


def _is_label_value(value: str) -> bool:
    return bool(_LABEL_VALUE.fullmatch(value)) and len(value) <= LONGEST_LABEL


def selector_faults(way: Way, selector: Any) -> Iterator[Fault]:
    """ValidateLabelSelector, of apimachinery's pkg/apis/meta/v1/validation/validation.go."""
    if not isinstance(selector, Mapping):
        return
    yield from label_faults((*way, "matchLabels"), selector.get("matchLabels"))
    for index, expression in maps_at(selector, "matchExpressions"):
        place = (*way, "matchExpressions", index)
        key, operator, values = expression.get("key"), expression.get("operator"), list_at(expression, "values")
        if is_unsure(expression):
            continue
        if isinstance(key, str) and not is_qualified(key):
            yield Fault((*place, "key"), errors.not_qualified(key))
        if operator == "":
            yield Fault((*place, "operator"), errors.not_among("", ["DoesNotExist", "Exists", "In", "NotIn"]))
        if operator in ("In", "NotIn") and not values:
            yield Fault((*place, "values"), errors.values_missing(operator))
        elif operator in ("Exists", "DoesNotExist") and values:
            yield Fault((*place, "values"), errors.values_too_many(operator))


def port_faults(way: Way, value: Any) -> Iterator[Fault]:
    """ValidatePortNumOrName."""
    if (number := number_of(value)) is not None:
        if not 1 <= number <= _LAST_PORT:
            yield Fault(way, errors.no_port(number, _LAST_PORT))
    elif isinstance(value, str) and value and not is_unsure(value) and not is_port_name(value):
        yield Fault(way, errors.no_port_name(value, LONGEST_PORT_NAME))


def is_port_name(name: str) -> bool:
    """IsValidPortName, of apimachinery's pkg/util/validation/validation.go."""
    fits = len(name) <= LONGEST_PORT_NAME and bool(_PORT_NAME.fullmatch(name))
    return fits and any(character.isalpha() for character in name)
