"""What Terraform takes without a word, and a module's own interface does not: names that nobody declared.

Terraform drops an attribute that an object type does not have when it converts a value
(https://developer.hashicorp.com/terraform/language/expressions/type-constraints#conversion-of-complex-types), so an
optional one that is misspelt is as if it were not there. A published module carries schema.json, which says every name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundplan.documents.kubernetes import read_yaml
from groundplan.problems import Problem, nearest

from .. import errors
from ..hcl import elements, members
from .reading import ModuleFolder, Root

if TYPE_CHECKING:
    from groundplan.charts import Chart

__all__ = ["misspelt", "wrong_values"]

_SCHEMA = "schema.json"


def misspelt(root: Root) -> list[Problem]:
    """The names in calls of published modules that their schema.json does not have, as far as they are written out."""
    found: list[Problem] = []
    for module in root.modules:
        for address, folder, given in _calls(module, root.called):
            schema = _schema(folder)
            for name, value in given.items():
                declared = schema.get("properties", {}).get(name)
                # what is no input at all the core refuses
                if declared is not None:
                    found += _walk(value, declared, f"{address}.{name}")
    return found


def _calls(
    module: ModuleFolder, called: Mapping[tuple[Path, str], Path]
) -> Iterator[tuple[str, Path, Mapping[str, Any]]]:
    """Every call of a module that is at hand, its address, the module's folder, and what it is given."""
    prefix = f"{root_path}/" if (root_path := module.place) != "." else ""
    for _file, block in module.blocks("module"):
        folder = called.get((module.folder, block.labels[0])) if block.labels else None
        if folder is not None:
            yield f"{prefix}module.{block.labels[0]}", folder, block.attributes
    for document in module.json.values():
        calls = document.get("module")
        for name, call in calls.items() if isinstance(calls, dict) else ():
            folder = called.get((module.folder, name))
            if isinstance(call, dict) and folder is not None:
                yield f"{prefix}module.{name}", folder, call


def _schema(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / _SCHEMA).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and str(found.get("$schema", "")).startswith("https://json-schema") else {}


def _walk(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[Problem]:
    """`value` is an HCL expression as text, or what JSON holds."""
    (schema,) = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"] or [schema]
    inside = members(value) if isinstance(value, str) else value if isinstance(value, dict) else None
    if inside is not None and schema.get("type") == "object":
        declared, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in inside.items():
            if name in declared:
                yield from _walk(inner, declared[name], f"{path}.{name}")
            elif isinstance(others, Mapping):
                yield from _walk(inner, others, f'{path}["{name}"]')
            elif others is False:
                yield errors.no_such_attribute(f"{path}.{name}", name, nearest(name, declared), sorted(declared))
    listed = elements(value) if isinstance(value, str) else value if isinstance(value, list) else None
    if listed is not None and isinstance(schema.get("items"), Mapping):
        for index, inner in enumerate(listed):
            yield from _walk(inner, schema["items"], f"{path}[{index}]")


def wrong_values(plan: Mapping[str, Any]) -> list[Problem]:
    """Values of planned Helm releases that their chart does not have, where the chart's version is a locked one."""
    from groundplan import charts

    locked = {(each.chart, each.version): each for each in map(charts.chart, charts.list_charts())}
    found: list[Problem] = []
    for change in plan.get("resource_changes", ()):
        after = change["change"].get("after") or {}
        chart = locked.get((str(after.get("chart")), str(after.get("version"))))
        if change["type"] != "helm_release" or chart is None:
            continue
        found += _of_release(chart, str(change["address"]), after.get("values") or ())
    return found


def _of_release(chart: Chart, address: str, texts: Sequence[Any]) -> Iterator[Problem]:
    from groundplan import charts
    from groundplan.applications import check_values

    documents: dict[int, Any] = {}
    unreadable: set[int] = set()
    for index, text in enumerate(texts):
        if isinstance(text, str):
            try:
                documents[index] = read_yaml(text)
            except ValueError:
                unreadable.add(index)
    for index in range(len(texts)):
        where = f"{address}.values[{index}]"
        if index in unreadable:
            yield errors.values_not_yaml(where)
        elif index in documents:
            others = [each for number, each in documents.items() if number != index and isinstance(each, Mapping)]
            beside = [way for each in others for way in charts.owned_paths(each)]
            # a document that is not known may hold anything
            yield from check_values(
                chart, documents[index], where=where, beside=beside if len(documents) == len(texts) else None
            )
