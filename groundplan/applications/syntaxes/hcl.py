"""Vault's configuration, in HCL of version 1."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.charts.paths import Way

from ..facts import Application
from ..places import Place
from ..walking import Finding, walk, within
from .blocks import HCL, NotReadable, read

__all__ = ["hcl_text"]


def hcl_text(application: Application, place: Place, text: str, way: Way) -> Iterator[Finding]:
    """A whole configuration. Vault reads JSON as well, which a chart makes of a map."""
    if text.lstrip().startswith("{") or ("{{" in text and not place.kind):
        # the chart reads a template first
        yield Finding("unchecked", way, text)
        return
    try:
        written = read(text, HCL)
    except NotReadable as error:
        yield unreadable(error, text, way, "HCL")
        return
    for found in walk(application, application.part(place.part) or "any", written.content, is_whole=True):
        yield within(found, way, written.place(found.way))


def unreadable(error: NotReadable, text: str, way: Way, language: str) -> Finding:
    """A text that cannot be read."""
    words = f"is not {language}: {error.reason}"
    return Finding("said", way, text, inside=f"line {error.line}", words=words, cure="mend it there", is_plain=True)
