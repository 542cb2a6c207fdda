"""Whether objects are what the API server of a cluster takes, before any cluster sees them.

    found = validity(objects, kubernetes_version="1.34", where="prod-secrets")
    found.problems      what it refuses
    found.warnings      what it takes, and what will not work or will soon be refused
    found.unknown       what nobody could look at here, in words

Kubernetes' own kinds are held against its own schemas and against the rules that its code has beside them; custom
resources against their definitions. What only an apply will tell is taken as right.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

from groundplan.charts import (
    Unchecked,
    custom_resource_kinds,
    custom_resource_problems,
    definition_problems,
    definition_unchecked,
    format_path,
    unchecked,
)
from groundplan.charts.definitions import derive
from groundplan.problems import BadInput, Problem

from . import errors
from .apis import lifecycle
from .errors import Said
from .fields import Fault, container_lists, is_unsure, matches, pod_of
from .kinds import is_own_group
from .model import KubernetesObject, unknown_as_references
from .rules import faults
from .schemas import Schemas, minor_of, schemas_of, versions_at_hand

__all__ = ["Validity", "validity"]

# for the rules that ask for a version where none is known: the newest that they were read of
_RULES_OF = 34
_NO_VALUE = {"null"}


@dataclass(frozen=True)
class Validity:
    """What was found in objects, and what could not be looked at.

    `cel_rules`, `not_compared` and `patterns` are what the definitions of the custom resources among them say beyond
    what is evaluated here, as `groundplan.charts.Unchecked` has them: the API server will.
    """

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    unknown: tuple[str, ...] = ()
    cel_rules: int = 0
    not_compared: int = 0
    patterns: int = 0


def validity(
    objects: Iterable[KubernetesObject],
    *,
    kubernetes_version: str,
    where: str,
    definitions: Iterable[KubernetesObject] = (),
) -> Validity:
    """What the API server of a cluster will say of the objects of one stack.

    `kubernetes_version` is the cluster's, such as 1.34. `where` is the stack, and is put before the release in the path
    of each finding: `prod-secrets: module.vault.helm_release.vault`. `definitions` are further objects of the same
    cluster; their CustomResourceDefinitions count beside those of `objects` for kinds that the project has no facts on.
    """
    judged = _Judged(list(objects), kubernetes_version, where, definitions)
    judged.run()
    return judged.result()


class _Judged:
    def __init__(
        self, objects: Sequence[KubernetesObject], version: str, where: str, definitions: Iterable[KubernetesObject]
    ) -> None:
        self._objects = objects
        self._where = where
        minor = minor_of(version)
        self._minor = _RULES_OF if minor is None else minor
        self._version = f"1.{minor}"
        self._unknown: list[str] = []
        self._schemas = self._schemas_of(version, minor)
        self._is_known_version = minor is not None
        self._found: dict[Problem, bool] = {}
        self._undescribed: Counter[str] = Counter()
        self._custom: dict[tuple[str, str], Unchecked] = {}
        self._definitions = {}
        for obj in (*definitions, *objects):
            if obj.kind == "CustomResourceDefinition":
                spec = obj.document.get("spec")
                if isinstance(spec, Mapping) and isinstance(spec.get("names"), Mapping):
                    self._definitions[str(spec.get("group")), str(spec["names"].get("kind"))] = obj.document

    def _schemas_of(self, version: str, minor: int | None) -> Schemas | None:
        at_hand = versions_at_hand()
        if not at_hand:
            self._unknown.append(errors.no_schemas())
            return None
        if minor is None:
            self._unknown.append(errors.no_version(version))
            return None
        found = schemas_of(minor)
        if found is None:
            self._unknown.append(errors.no_schemas_of(f"1.{minor}", f"1.{at_hand[0]}", f"1.{at_hand[-1]}"))
        return found

    def run(self) -> None:
        for obj in self._objects:
            said = _plain(obj.document)
            plain = KubernetesObject(obj.release, obj.template, obj.namespace, self._read(obj, said))
            if not is_unsure(obj.api_version, obj.kind):
                self._object(plain, said)
        self._services()

    def _read(self, obj: KubernetesObject, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the API server reads: null is what is left out, in a list of objects an empty one, for an amount 0."""
        if not self._schemas or (obj.api_version, obj.kind) not in self._schemas.kinds:
            found: Mapping[str, Any] = _without_nulls(said)
        else:
            found = _without_nulls(_with_amounts(said))
            for way in _nulls_in_lists(found):
                if self._schemas.fields_at(obj.api_version, obj.kind, way):
                    found = _emptied(found, way)
        return found

    def result(self) -> Validity:
        if self._undescribed:
            listed = [f"{kind} ({count})" for kind, count in sorted(self._undescribed.items())]
            self._unknown.append(errors.kinds_unknown(self._undescribed.total(), listed))
        said = self._custom.values()
        return Validity(
            problems=tuple(sorted(problem for problem, is_warning in self._found.items() if not is_warning)),
            warnings=tuple(sorted(problem for problem, is_warning in self._found.items() if is_warning)),
            unknown=tuple(dict.fromkeys(self._unknown)),
            cel_rules=sum(sum(one.cel_rules.values()) for one in said),
            not_compared=sum(sum(one.not_compared.values()) for one in said),
            patterns=sum(sum(one.patterns.values()) for one in said),
        )

    def _tell(self, obj: KubernetesObject, fault: Fault) -> None:
        path = f"{self._where}: {obj.release}" if self._where else obj.release
        problem = errors.object_fault(path, obj.title, obj.template, format_path(fault.way), fault.said)
        self._found[problem] = fault.is_warning and self._found.get(problem, True)

    def _object(self, obj: KubernetesObject, said: Mapping[str, Any]) -> None:
        key = obj.api_version, obj.kind
        group = obj.identity[0]
        is_served = True
        if self._is_known_version:
            for fault in self._served(obj):
                self._tell(obj, fault)
                is_served = is_served and fault.is_warning
        if is_served and self._schemas and key in self._schemas.kinds:
            for fault in _schema_faults(self._schemas, said):
                self._tell(obj, fault)
            # a field that is null is there for a schema, and missing for the API server
            if obj.document != said:
                for fault in _schema_faults(self._schemas, obj.document, only="required"):
                    self._tell(obj, fault)
        elif not is_own_group(group):
            self._custom_resource(obj)
        if is_served:
            for fault in faults(obj, self._minor):
                self._tell(obj, fault)

    def _served(self, obj: KubernetesObject) -> Iterator[Fault]:
        way, said = ("apiVersion",), lifecycle(obj.api_version, obj.kind)
        is_own = is_own_group(obj.identity[0])
        if said and said.is_removed(self._minor):
            words = errors.removed_api(obj.api_version, self._version, f"1.{said.removed}", said.instead)
            yield Fault(way, words)
        elif is_own and self._schemas and (obj.api_version, obj.kind) not in self._schemas.kinds:
            group = obj.identity[0]
            others = sorted(
                version
                for version, kind in self._schemas.kinds
                if kind == obj.kind and version.rpartition("/")[0] == group
            ) or sorted(version for version, kind in self._schemas.kinds if kind == obj.kind)
            yield Fault(way, errors.kind_not_known(obj.kind, obj.api_version, self._version, others))
        elif said and said.is_off_by_default:
            yield Fault(way, errors.off_by_default(obj.api_version, said.stage), is_warning=True)
        elif said and (said.deprecated or said.removed):
            removed = f"1.{said.removed}" if said.removed else ""
            deprecated = f"1.{said.deprecated}" if said.deprecated else ""
            tell = errors.deprecated_api if said.is_deprecated(self._minor) else errors.deprecated_later
            yield Fault(way, tell(obj.api_version, deprecated, removed, said.instead), is_warning=True)

    def _custom_resource(self, obj: KubernetesObject) -> None:
        key = obj.api_version, obj.kind
        group, _, version = obj.api_version.rpartition("/")
        opaque = unknown_as_references(obj.document)
        if key in custom_resource_kinds():
            self._custom.setdefault(key, unchecked(*key))
            problems = custom_resource_problems(opaque, where="")
        elif definition := self._definitions.get((group, obj.kind)):
            try:
                facts = _facts(json.dumps(_of_version(definition, version), sort_keys=True))
            except BadInput as bad:
                reason = bad.problems[0].message
                self._unknown.append(errors.definition_unreadable(f"{obj.kind} of {group}", reason))
                return
            except (TypeError, ValueError) as bad:
                self._unknown.append(errors.definition_unreadable(f"{obj.kind} of {group}", str(bad)))
                return
            self._custom.setdefault(key, definition_unchecked(facts))
            problems = definition_problems(facts, opaque, where="")
        else:
            self._undescribed[f"{obj.api_version} {obj.kind}"] += 1
            return
        for problem in problems:
            # the API server takes a namespace away from what has none: apiserver's pkg/registry/rest/create.go
            is_text = isinstance(_at(opaque, "metadata", "namespace"), str)
            if problem.path != "metadata.namespace" or not is_text:
                self._tell_of_field(obj, problem)

    def _tell_of_field(self, obj: KubernetesObject, problem: Problem) -> None:
        path = f"{self._where}: {obj.release}" if self._where else obj.release
        said = Said(problem.message, problem.cure)
        self._found[errors.object_fault(path, obj.title, obj.template, problem.path, said)] = False

    def _services(self) -> None:
        """A service whose port has a name that no port of its pods has leads nowhere.

        https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
        """
        pods: dict[str, list[tuple[Mapping[str, Any], set[str]]]] = {}
        for obj in self._objects:
            if found := pod_of(obj.document):
                labels = _at(found[1], "metadata", "labels")
                names = {
                    str(port.get("name"))
                    for _, _, container in container_lists(found[1])
                    for port in _maps(container.get("ports"))
                }
                if isinstance(labels, Mapping) and not is_unsure(labels, list(names)):
                    pods.setdefault(obj.namespace, []).append((labels, names))
        for obj in self._objects:
            if (obj.api_version, obj.kind) != ("v1", "Service"):
                continue
            selector = _at(obj.document, "spec", "selector")
            if not isinstance(selector, Mapping) or not selector or is_unsure(selector):
                continue
            chosen = [
                names for labels, names in pods.get(obj.namespace, []) if matches({"matchLabels": selector}, labels)
            ]
            ports = _at(obj.document, "spec", "ports")
            for index, port in enumerate(ports if isinstance(ports, list) and chosen else []):
                target = port.get("targetPort") if isinstance(port, Mapping) else None
                if isinstance(target, str) and not is_unsure(target) and not any(target in names for names in chosen):
                    known = sorted(set().union(*chosen) - {"None"})
                    self._tell(
                        obj, Fault(("spec", "ports", index, "targetPort"), errors.no_such_port(target, known), True)
                    )


def _maps(value: Any) -> Iterator[Mapping[str, Any]]:
    return (item for item in (value if isinstance(value, list) else ()) if isinstance(item, Mapping))


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _plain(value: Any) -> Any:
    """The same as JSON has it: endless numbers, which it has none of, as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def _without_nulls(value: Any) -> Any:
    """What the API server makes of it: null is what is left out."""
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _of_version(definition: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A definition with one of its versions alone, and without descriptions, which are most of its text."""
    spec = definition["spec"]
    versions = spec.get("versions")
    kept = [one for one in (versions if isinstance(versions, list) else []) if _at(one, "name") == name]
    return {**definition, "metadata": {}, "spec": {**spec, "versions": _without_descriptions(kept)}}


def _without_descriptions(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _without_descriptions(item)
            for key, item in value.items()
            # a field may be called so itself
            if key != "description" or isinstance(item, Mapping)
        }
    return [_without_descriptions(item) for item in value] if isinstance(value, list) else value


@lru_cache(maxsize=256)
def _facts(definition: str) -> Mapping[str, Any]:
    # JSON is YAML
    facts: Mapping[str, Any] = derive({"its definition": definition.encode()})["kinds"][0]
    return facts


def _with_amounts(value: Any) -> Any:
    """The same with 0 for an amount that is null, as the API server reads one: a limit of null is none of it."""
    if isinstance(value, list):
        return [_with_amounts(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: {name: "0" if amount is None else amount for name, amount in item.items()}
        if key in ("limits", "requests") and isinstance(item, Mapping)
        else _with_amounts(item)
        for key, item in value.items()
    }


def _nulls_in_lists(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in lists there is nothing."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _nulls_in_lists(item, (*way, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if item is None:
                yield (*way, index)
            yield from _nulls_in_lists(item, (*way, index))


def _emptied(value: Any, way: Sequence[str | int]) -> Any:
    """The same with an empty object at a place."""
    if not way:
        return {}
    first, *rest = way
    if isinstance(first, int):
        return [_emptied(item, rest) if index == first else item for index, item in enumerate(value)]
    return {**value, first: _emptied(value[first], rest)}


def _schema_faults(schemas: Schemas, document: Mapping[str, Any], *, only: str = "") -> Iterator[Fault]:
    api_version, kind = document["apiVersion"], document["kind"]
    for error in schemas.errors(api_version, kind, document):
        way, word, value = tuple(error.instance_path), error.kind.name, error.instance
        if only and word != only:
            continue
        if word == "additionalProperties":
            allowed = schemas.fields_at(api_version, kind, way)
            for name in error.kind.unexpected:
                if not is_unsure(name):
                    yield Fault((*way, name), errors.unknown_field(name, f"1.{schemas.minor}", allowed))
        elif word == "required":
            if not is_unsure(list(value)):
                yield Fault((*way, error.kind.property), errors.missing_field(error.kind.property))
        elif is_unsure(value):
            continue
        elif word == "enum" and way[-1:] not in (("kind",), ("apiVersion",)):
            # those of a template inside are not looked at
            yield Fault(way, errors.not_among(value, [one for one in error.kind.options if one]))
        elif word == "type":
            yield Fault(way, errors.wrong_type(value, _types(error.kind.types)))
        elif word == "pattern":
            yield Fault(way, errors.no_quantity(value))


_TYPES = {"array": "a list", "boolean": "true or false", "integer": "a whole number", "number": "a number"}


def _types(names: Iterable[str]) -> list[str]:
    words = {"object": "a map", "string": "text", **_TYPES}
    return list(dict.fromkeys(words.get(name, name) for name in names if name not in _NO_VALUE))
