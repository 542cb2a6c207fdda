"""Configurations that stand in a value as the text of a YAML or JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from groundplan.charts.paths import Way
from groundplan.documents.kubernetes import NoYaml, read_yaml

from ..facts import Application
from ..places import Place
from ..walking import Finding, walk, within
from .wiring import unwired

__all__ = ["json_text", "yaml_text"]


def yaml_text(application: Application, place: Place, text: str, way: Way) -> Iterator[Finding]:
    """A whole YAML document."""
    if "{{" in text:
        # only what the chart makes of it can be read
        yield Finding("unchecked", way, text)
        return
    try:
        value = read_yaml(text)
    except NoYaml as error:
        yield Finding("said", way, text, words=f"is no YAML: {error}", cure="write a document that can be read")
        return
    yield from _within(application, place, value, way)


def json_text(application: Application, place: Place, text: str, way: Way) -> Iterator[Finding]:
    """A whole JSON document."""
    try:
        value = json.loads(text)
    except ValueError as error:
        yield Finding("said", way, text, words=f"is no JSON: {error}", cure="write a document that can be read")
        return
    yield from _within(application, place, value, way)


def _within(application: Application, place: Place, value: Any, way: Way) -> Iterator[Finding]:
    for found in walk(application, application.part(place.part) or "any", value, is_whole=True):
        yield within(found, way)
    for found in unwired(application, value, (), others=()):
        yield within(found, way)
