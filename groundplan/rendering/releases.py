"""The Helm releases of a plan, each with the values that Helm will get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from groundplan.objects import read_yaml

from . import errors
from .values import merged, nested

__all__ = ["Release", "releases_of"]


@dataclass(frozen=True)
class Release:
    """A release as a plan wants it, or had it.

    `folder` is where the chart lies when it lies in the module; otherwise it is the version of `repository`'s. Of
    `documents`, the texts of its `values`, the later ones go over the earlier ones, and `settings`, those of its `set`
    blocks, over all of them. `unknown` says in words what only an apply will tell; it is left out of the values.
    `unreadable` says why what is there cannot be rendered.
    """

    stack: str
    address: str
    name: str
    namespace: str
    repository: str
    chart: str
    version: str
    folder: Path | None
    documents: tuple[Mapping[str, Any], ...] = field(hash=False)
    settings: Mapping[str, Any] = field(hash=False)
    unknown: tuple[str, ...] = ()
    unreadable: str = ""

    @cached_property
    def values(self) -> dict[str, Any]:
        """What Helm gets."""
        found: dict[str, Any] = {}
        for document in self.documents:
            found = merged(found, document)
        return merged(found, self.settings)

    @property
    def title(self) -> str:
        """The chart and its version, for messages."""
        return f"{self.chart} {self.version}".rstrip()


def releases_of(stack: str, plan: Mapping[str, Any], folder: Path, *, before: bool = False) -> list[Release]:
    """The releases that will be there when `plan` is applied, or with `before` those that are there now.

    `folder` is the stack's own, in which charts of modules lie. Sorted by address.
    """
    side = "before" if before else "after"
    found = []
    for change in plan.get("resource_changes", []):
        said = change["change"].get(side)
        if change.get("type") == "helm_release" and change.get("mode") == "managed" and said:
            unknown = {} if before else change["change"].get("after_unknown") or {}
            found.append(_release(stack, change["address"], said, unknown, folder))
    return sorted(found, key=lambda release: release.address)


def _release(stack: str, address: str, said: Mapping[str, Any], unknown: Mapping[str, Any], folder: Path) -> Release:
    # a chart in a folder has the version that it says itself, which the provider reads
    asked = ("name", "namespace", "chart", "repository", *(("version",) if said.get("repository") else ()))
    late = [word for word in asked if unknown.get(word) is True]
    unreadable = errors.place_unknown(late) if late else ""
    documents = []
    texts = said.get("values") or []
    unsure = unknown.get("values", [])
    said_late = []
    for index, text in enumerate(texts):
        if text is None or unsure is True or (isinstance(unsure, list) and index < len(unsure) and unsure[index]):
            said_late.append(errors.document_unknown(index + 1, len(texts)))
            continue
        try:
            document = read_yaml(text)
        except ValueError as error:
            unreadable = unreadable or errors.document_unreadable(index + 1, str(error))
            continue
        if isinstance(document, Mapping):
            documents.append(document)
        elif document is not None:
            unreadable = unreadable or errors.document_no_map(index + 1)
    if not texts and unsure is True:
        said_late.append(errors.values_unknown())
    settings: dict[str, Any] = {}
    for word in ("set", "set_sensitive", "set_list", "set_wo"):
        if unknown.get(word):
            said_late.append(errors.settings_unknown(word))
    for entry in [*(said.get("set") or []), *(said.get("set_sensitive") or [])]:
        one = _setting(entry)
        if one is None:
            unreadable = unreadable or errors.setting_not_read(str(entry.get("name")))
        else:
            settings = merged(settings, one)
    if said.get("set_list") or said.get("set_wo"):
        unreadable = unreadable or errors.setting_not_read("set_list" if said.get("set_list") else "set_wo")
    chart = str(said.get("chart") or "")
    return Release(
        stack=stack,
        address=address,
        name=str(said.get("name") or ""),
        namespace=str(said.get("namespace") or "default"),
        repository=str(said.get("repository") or ""),
        chart=chart.rpartition("/")[2],
        version=str(said.get("version") or ""),
        folder=_folder(folder, chart) if not said.get("repository") else None,
        documents=tuple(documents),
        settings=settings,
        unknown=tuple(said_late),
        unreadable=unreadable,
    )


def _folder(stack: Path, chart: str) -> Path | None:
    """Where a chart without a repository lies; None for an address such as oci://registry.example.com/charts/kong."""
    return None if "://" in chart else stack / chart


def _setting(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    """`set` as a map; None for what only Helm's own reader understands: lists, escapes, several values in one."""
    name, value, kind = entry.get("name"), entry.get("value"), entry.get("type")
    if not isinstance(name, str) or not isinstance(value, str) or any(sign in name for sign in "[]\\,{}="):
        return None
    if kind == "literal" or kind == "string":
        return nested(name.split("."), value) if kind == "literal" or not set(value) & set("\\,{") else None
    if set(value) & set("\\,{"):
        return None
    return nested(name.split("."), _typed(value))


def _typed(text: str) -> Any:
    """https://github.com/helm/helm/blob/v4.0.0/pkg/strvals/parser.go, typedVal"""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text.lower() == "null":
        return None
    if text == "0" or (text.lstrip("+-").isdecimal() and not text.startswith("0")):
        return int(text)
    return text
