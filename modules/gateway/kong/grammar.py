"""The grammar of OpenAPI documents, as far as a reader of the portal depends on it.

https://spec.openapis.org/oas/v3.0.4 and https://spec.openapis.org/oas/v3.1.1: the root, paths, operations, responses,
and that every reference leads somewhere in the same document. What schemas say of themselves is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from groundplan.documents import read_yaml
from groundplan.problems import nearest

__all__ = ["METHODS", "openapi_faults"]

Fault = tuple[str, str]
"""Where, as a JSON pointer, and what."""

METHODS = ("delete", "get", "head", "options", "patch", "post", "put", "trace")
_PATH_ITEM = {*METHODS, "$ref", "description", "parameters", "servers", "summary"}
_OPERATION = {
    "callbacks",
    "deprecated",
    "description",
    "externalDocs",
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "security",
    "servers",
    "summary",
    "tags",
}
_ROOT = {"components", "externalDocs", "info", "openapi", "paths", "security", "servers", "tags"}
_ROOT_3_1 = {*_ROOT, "jsonSchemaDialect", "webhooks"}
_VERSION = re.compile(r"3\.[01]\.\d+")
_STATUS = re.compile(r"default|[1-5](\d\d|XX)")
_DEEPEST = 200


def openapi_faults(text: str) -> list[Fault]:
    """Everything that is wrong with a document, each with its place; none when a viewer can show it."""
    try:
        document = read_yaml(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        return [("", f"it is neither YAML nor JSON: {' '.join(str(error).split())}")]
    if not isinstance(document, dict):
        return [("", "it must be a mapping, which begins with openapi")]
    version = document.get("openapi")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        told = "swagger 2 has another form" if "swagger" in document else f"it is {_shown(version)}"
        return [("/openapi", f"must be 3.0 or 3.1 with a patch version, such as 3.0.4; {told}")]
    return [*_root(document, version), *_references(document)]


def _root(document: Mapping[str, Any], version: str) -> Iterator[Fault]:
    newer = version.startswith("3.1")
    yield from _unknown(document, _ROOT_3_1 if newer else _ROOT, "")
    info = document.get("info")
    if not isinstance(info, dict):
        yield "/info", "must be there, with title and version"
    else:
        for name in ("title", "version"):
            if not isinstance(info.get(name), str) or not info[name]:
                yield (
                    f"/info/{name}",
                    f"must be text, in quotes where it looks like a number; it is {_shown(info.get(name))}",
                )
    paths = document.get("paths")
    if paths is None and newer and ("webhooks" in document or "components" in document):
        return
    if not isinstance(paths, dict):
        yield "/paths", "must be there, and a mapping"
        return
    ids: dict[str, str] = {}
    for path, item in paths.items():
        where = f"/paths/{_escaped(path)}"
        if str(path).startswith("x-"):
            continue
        if not str(path).startswith("/"):
            yield where, "must begin with /"
        yield from _path_item(item, where, ids, needs_responses=not newer)


def _path_item(item: Any, where: str, ids: dict[str, str], *, needs_responses: bool) -> Iterator[Fault]:
    if not isinstance(item, dict):
        yield where, "must be a mapping, of methods to operations"
        return
    yield from _unknown(item, _PATH_ITEM, where)
    for method in METHODS:
        if method in item:
            yield from _operation(item[method], f"{where}/{method}", ids, needs_responses=needs_responses)


def _operation(operation: Any, where: str, ids: dict[str, str], *, needs_responses: bool) -> Iterator[Fault]:
    if not isinstance(operation, dict):
        yield where, "must be a mapping, such as of summary and responses"
        return
    yield from _unknown(operation, _OPERATION, where)
    own = operation.get("operationId")
    if isinstance(own, str):
        if own in ids:
            yield f"{where}/operationId", f"must be another than that of {ids[own]}; both are {_shown(own)}"
        ids.setdefault(own, where)
    responses = operation.get("responses")
    if responses is None and not needs_responses:
        return
    if not isinstance(responses, dict) or not responses:
        yield f"{where}/responses", "must be there, with one response at least"
        return
    for status in responses:
        if not _STATUS.fullmatch(str(status)) and not str(status).startswith("x-"):
            yield (
                f"{where}/responses/{_escaped(status)}",
                "must be the status of an answer: three digits, a digit and XX, or default",
            )


def _references(document: Mapping[str, Any]) -> Iterator[Fault]:
    """References that lead nowhere; to other documents too, which the viewer does not fetch."""
    waiting: list[tuple[Any, str, int]] = [(document, "", 0)]
    seen: set[int] = set()
    while waiting:
        value, where, depth = waiting.pop()
        if depth > _DEEPEST:
            yield where, f"it is nested deeper than {_DEEPEST}"
            continue
        if not isinstance(value, (dict, list)) or id(value) in seen:
            continue
        # an anchor of YAML stands in several places
        seen.add(id(value))
        entries = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        # what an example says is data, whatever its keys are called
        waiting += [
            (below, f"{where}/{_escaped(key)}", depth + 1)
            for key, below in reversed(entries)
            if key not in ("const", "default", "enum", "example", "value") or where.endswith("/properties")
        ]
        target = value.get("$ref") if isinstance(value, dict) and not where.endswith("/properties") else None
        if isinstance(target, str) and not _leads_somewhere(document, target):
            told = (
                "in the same document"
                if target.startswith("#")
                else "in the same document, as the portal shows it alone"
            )
            yield f"{where}/$ref", f"must name something {told}; it is {_shown(target)}"


def _leads_somewhere(document: Any, target: str) -> bool:
    if not target.startswith("#"):
        return False
    if target != "#" and not target.startswith("#/"):
        # the name of an anchor of JSON Schema, which 3.1 has
        return True
    found = document
    for step in target[2:].split("/") if len(target) > 1 else ():
        name = _unescaped(step)
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict):
            keys = {str(key): key for key in found}
            if name not in keys:
                return False
            found = found[keys[name]]
        else:
            return False
    return True


def _unknown(value: Mapping[Any, Any], known: set[str], where: str) -> Iterator[Fault]:
    for key in value:
        if str(key) not in known and not str(key).startswith("x-"):
            meant = nearest(str(key), known)
            yield f"{where}/{_escaped(key)}", f"OpenAPI has no such key{f': is it {meant}?' if meant else ''}"


def _escaped(key: Any) -> str:
    """A step of a JSON pointer: https://www.rfc-editor.org/rfc/rfc6901#section-3"""
    return str(key).replace("~", "~0").replace("/", "~1")


def _unescaped(step: str) -> str:
    plain = re.sub("%([0-9A-Fa-f]{2})", lambda code: chr(int(code[1], 16)), step)
    return plain.replace("~1", "/").replace("~0", "~")


def _shown(value: Any) -> str:
    return "missing" if value is None else repr(value)
