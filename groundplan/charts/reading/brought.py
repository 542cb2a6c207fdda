"""The CustomResourceDefinitions that a file brings, be it a template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...documents.kubernetes import NoYaml, read_manifest
from ...problems import BadInput
from . import errors
from .errors import CannotRead
from .syntax import WRITTEN, without_actions

__all__ = ["definition_names", "definitions_in", "has_definitions", "served_kinds"]

_KIND = re.compile(r"\bkind[\"']?\s*:\s*[\"']?CustomResourceDefinition")


def has_definitions(text: str) -> bool:
    """Whether a text names the kind, so that it is worth to be read."""
    return _KIND.search(text) is not None


def served_kinds(name: str, text: str) -> list[str]:
    """`apiVersion kind` of what the definitions in a file serve, whatever the rest of them says.

    A kind that an action of a template names is left out. Raises BadInput as `definitions_in` does.
    """
    found = []
    for definition in definitions_in(name, text):
        spec = definition.get("spec")
        spec = spec if isinstance(spec, Mapping) else {}
        names, versions = spec.get("names"), spec.get("versions")
        kind = names.get("kind") if isinstance(names, Mapping) else None
        for version in versions if isinstance(versions, list) else ():
            if isinstance(version, Mapping) and version.get("served") is not False:
                said = f"{spec.get('group')}/{version.get('name')} {kind}"
                if WRITTEN not in said and None not in (spec.get("group"), version.get("name"), kind):
                    found.append(said)
    return found


def definition_names(name: str, text: str) -> list[str]:
    """What the definitions in a file are called, sorted. Raises BadInput as `definitions_in` does."""
    heads = [definition.get("metadata") for definition in definitions_in(name, text)]
    return sorted({str(head["name"]) for head in heads if isinstance(head, Mapping) and head.get("name")})


def definitions_in(name: str, text: str) -> Iterator[Mapping[str, Any]]:
    """The definitions in a file, those in lists too; of a template with its actions passed over.

    Raises BadInput for what is still no YAML then.
    """
    try:
        documents = read_manifest(without_actions(name, text) if "{{" in text else text)
    except (NoYaml, CannotRead) as error:
        raise BadInput(errors.unreadable_yaml(name, error.line, is_template="{{" in text)) from error
    for document in documents:
        listed = isinstance(document, Mapping) and str(document.get("kind")).endswith("List")
        items = document.get("items") if listed else [document]
        for item in items if isinstance(items, list) else []:
            if isinstance(item, Mapping) and item.get("kind") == "CustomResourceDefinition":
                yield item
