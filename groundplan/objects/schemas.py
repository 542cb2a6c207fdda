"""Kubernetes' own schemas by its version, from the package kubernetes-validate where that is installed.

It carries the OpenAPI definitions of each minor version, in a form that allows no field they do not name:
https://github.com/willthames/kubernetes-validate, from https://github.com/kubernetes/kubernetes/tree/master/api/openapi-spec
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .apis import lifecycle

__all__ = ["QUANTITY", "Schemas", "minor_of", "schemas_of", "served_kinds", "versions_at_hand"]

_URI = "urn:kubernetes"
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
QUANTITY = r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]{1,3}))?"
"""What an amount of a resource looks like: number, suffix and exponent.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""
_OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
# only below other kinds: a Deployment's Scale
_SUBRESOURCES = frozenset({"Eviction", "Scale", "TokenRequest"})
_FOLDER = re.compile(r"v1\.([0-9]+)\.0-local-strict")
_VERSION = re.compile(r"v?1\.([0-9]+)(?:\..*)?")

# The definitions ask for every field that Go always writes; these the API server takes for zero, empty or its default:
# https://github.com/kubernetes/kubernetes/tree/v1.34.4/pkg/apis, validation.go and defaults.go of each group
_NOT_ASKED_FOR = {
    "io.k8s.api.apps.v1.ControllerRevision": {"revision"},
    "io.k8s.api.apps.v1.StatefulSetSpec": {"serviceName"},
    "io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern": {"status"},
    "io.k8s.api.core.v1.HTTPHeader": {"value"},
    "io.k8s.api.core.v1.LimitRangeSpec": {"limits"},
    "io.k8s.api.core.v1.PreferredSchedulingTerm": {"preference"},
    "io.k8s.api.core.v1.SleepAction": {"seconds"},
    "io.k8s.api.core.v1.Sysctl": {"value"},
    "io.k8s.api.discovery.v1.EndpointSlice": {"endpoints"},
    "io.k8s.api.networking.v1.NetworkPolicySpec": {"podSelector"},
    "io.k8s.api.rbac.v1.ClusterRole": {"rules"},
    "io.k8s.api.rbac.v1.Role": {"rules"},
    "io.k8s.api.rbac.v1.RoleRef": {"apiGroup"},
    "io.k8s.api.scheduling.v1.PriorityClass": {"value"},
    "io.k8s.api.storage.v1.CSIDriver": {"spec"},
    "io.k8s.api.storage.v1.TokenRequest": {"audience"},
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion": {"served", "storage"},
}


class Schemas:
    """What the API server of one minor version knows; each kind is made ready when it is first asked for."""

    def __init__(self, minor: int, folder: Path) -> None:
        import jsonschema_rs

        self.minor = minor
        document = json.loads(folder.joinpath("_definitions.json").read_text("utf-8"))
        definitions = document["$defs"]
        self._names = dict(_kinds(definitions))
        self._definitions = definitions
        _make_exact(definitions)
        self._rs = jsonschema_rs
        self._registry = jsonschema_rs.Registry(
            [(_URI, {"$id": _URI, "$defs": definitions})], draft=jsonschema_rs.Draft202012
        )
        self._validators: dict[tuple[str, str], Any] = {}

    @property
    def kinds(self) -> frozenset[tuple[str, str]]:
        """(apiVersion, kind) of everything that the version can serve, what is switched off by default among it."""
        return frozenset(self._names)

    def errors(self, api_version: str, kind: str, document: Mapping[str, Any]) -> list[Any]:
        """What the schema of one of `kinds` refuses, as jsonschema-rs tells it."""
        key = api_version, kind
        if key not in self._validators:
            schema = {"$ref": f"{_URI}#/$defs/{self._names[key]}"}
            self._validators[key] = self._rs.Draft202012Validator(schema, registry=self._registry)
        validator = self._validators[key]
        return [] if validator.is_valid(document) else list(validator.iter_errors(document))

    def fields_at(self, api_version: str, kind: str, way: Sequence[str | int]) -> list[str]:
        """The names of the fields that may be at a place in objects of one of `kinds`; none where any may be."""
        schema = self._definitions[self._names[api_version, kind]]
        for step in way:
            if isinstance(step, int):
                schema = schema.get("items", {})
            else:
                schema = schema.get("properties", {}).get(step) or schema.get("additionalProperties") or {}
            if not isinstance(schema, Mapping):
                return []
            if "$ref" in schema:
                schema = self._definitions[schema["$ref"].rpartition("/")[2]]
        return list(schema.get("properties", {}))


def _kinds(definitions: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    for name, definition in definitions.items():
        # DeleteOptions and its like are of every group
        said = definition.get("x-kubernetes-group-version-kind", [])
        if len(said) == 1:
            group, version, kind = said[0]["group"], said[0]["version"], said[0]["kind"]
            yield (f"{group}/{version}" if group else version, kind), name


def _make_exact(definitions: dict[str, Any]) -> None:
    for name, optional in _NOT_ASKED_FOR.items():
        definition = definitions.get(name, {})
        definition["required"] = [field for field in definition.get("required", []) if field not in optional]
        for field in optional & set(definition.get("properties", {})):
            schema = definition["properties"][field]
            if isinstance(schema.get("type"), str):
                schema["type"] = [schema["type"], "null"]
    # a choice of which null would be both
    definitions[_QUANTITY] = {"type": ["string", "number", "null"], "pattern": f"^(?:{QUANTITY})$"}
    definitions[_INT_OR_STRING] = {"type": ["string", "integer", "null"]}
    for path, allowed in _enumerations().items():
        name, _, field = path.rpartition(".")
        schema = definitions.get(name, {}).get("properties", {}).get(field)
        if schema is not None:
            one = schema.get("items", schema)
            # an empty text is what a default goes over
            one["enum"] = [*allowed, "", None]


@cache
def _enumerations() -> dict[str, list[str]]:
    text = resources.files(__package__).joinpath("data", "enumerations.json").read_text("utf-8")
    fields: dict[str, list[str]] = json.loads(text)["fields"]
    return fields


def minor_of(version: str) -> int | None:
    """34 of 1.34, v1.34.4 or 1.34.4-eks-abc; None for what is no version of Kubernetes."""
    match = _VERSION.fullmatch(version)
    return int(match[1]) if match else None


@cache
def _folders() -> dict[int, Path]:
    # found without being imported, which would load what only its own validation needs
    spec = find_spec("kubernetes_validate")
    found: dict[int, Path] = {}
    for place in (spec.submodule_search_locations or []) if spec else []:
        for folder in Path(place, "kubernetes-json-schema").glob("v1.*-local-strict"):
            if match := _FOLDER.fullmatch(folder.name):
                found[int(match[1])] = folder
    return found


def versions_at_hand() -> list[int]:
    """The minor versions of Kubernetes that there are schemas of, ascending; none without the package."""
    return sorted(_folders())


@cache
def schemas_of(minor: int) -> Schemas | None:
    """The schemas of one minor version; None where there are none."""
    folder = _folders().get(minor)
    return Schemas(minor, folder) if folder else None


@cache
def served_kinds(minor: int) -> frozenset[tuple[str, str]]:
    """(apiVersion, kind) of Kubernetes' own that a cluster of the version serves by default; none without the package.

    As an API server lists them, but for what is only below another kind; compared with one of 1.34.4.
    https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
    """
    folder = _folders().get(minor)
    return frozenset(_served(minor, folder)) if folder else frozenset()


def _served(minor: int, folder: Path) -> Iterator[tuple[str, str]]:
    definitions = json.loads(folder.joinpath("_definitions.json").read_text("utf-8"))["$defs"]
    for (api_version, kind), name in _kinds(definitions):
        said = lifecycle(api_version, kind)
        # what has no metadata of its own, and lists, are only sent and answered
        metadata = definitions[name].get("properties", {}).get("metadata", {})
        is_sent = kind in _SUBRESOURCES or not str(metadata.get("$ref", "")).endswith(_OBJECT_META)
        if not is_sent and not (said and (said.is_off_by_default or said.is_removed(minor))):
            yield api_version, kind
