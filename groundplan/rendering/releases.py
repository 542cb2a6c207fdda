"""The Helm releases of a plan, each with the values that Helm will get."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from groundplan.charts.paths import Way
from groundplan.objects import read_yaml

from . import errors
from .values import at, merged, nested

__all__ = ["Release", "definitions_path", "file_name", "marks", "releases_of"]


@dataclass(frozen=True)
class Release:
    """A release as a plan wants it, or had it.

    `folder` is where the chart lies when it lies in the module; otherwise it is the version of `repository`'s. Of
    `documents`, the texts of its `values`, the later ones go over the earlier ones, and `settings`, those of its `set`
    blocks, over all of them. `unknown` says in words what only an apply will tell: it is left out of the values, or
    where `is_supposed`, something made up stands for it. `unreadable` says why what is there cannot be rendered.
    `is_sensitive` when something in it is secret. `skips_definitions` when Helm leaves out what is in folders `crds`.
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
    is_supposed: bool = False
    is_sensitive: bool = False
    skips_definitions: bool = False

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

    def holds(self, way: Way) -> bool:
        """Whether something is set there."""
        return at(self.values, way) is not None

    def makes_the_same_as(self, other: Release) -> bool:
        """Whether Helm makes the same of both: what is not rendered differs not at all."""
        here, there = (
            (
                *(each.name, each.namespace, each.repository, each.chart, each.version, each.folder, each.values),
                each.skips_definitions,
            )
            for each in (self, other)
        )
        return here == there

    @property
    def path(self) -> str:
        """Where it is, for messages."""
        return f"{self.stack}: {self.address}"


def releases_of(
    stack: str,
    plan: Mapping[str, Any],
    folder: Path,
    *,
    before: bool = False,
    supposed: Mapping[str, Any] = MappingProxyType({}),
) -> list[Release]:
    """The releases that will be there when `plan` is applied, or with `before` those that are there now.

    `folder` is the stack's own, in which charts of modules lie. `supposed` is a state of the stack as Terraform writes
    it, after an apply that made up what only a cloud decides. Sorted by address.
    """
    side = "before" if before else "after"
    known = _instances(supposed)
    found = []
    for resource in plan.get("resource_changes") or ():
        if not isinstance(resource, Mapping) or _kind(resource) != ("managed", "helm_release"):
            continue
        change, address = resource.get("change") or {}, str(resource.get("address"))
        said = change.get(side)
        if isinstance(said, Mapping) and said:
            unknown = {} if before else change.get("after_unknown") or {}
            secret = change.get(f"{side}_sensitive") or {}
            found.append(_release(stack, address, said, unknown, secret, folder, known.get(address)))
    return sorted(found, key=lambda release: release.address)


def _kind(resource: Mapping[str, Any]) -> tuple[Any, Any]:
    return resource.get("mode"), resource.get("type")


def _instances(state: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The attributes of the releases of a state, by their addresses."""
    found = {}
    for resource in state.get("resources", ()):
        if resource.get("type") != "helm_release":
            continue
        plain = f"helm_release.{resource['name']}"
        base = f"{resource['module']}.{plain}" if resource.get("module") else plain
        for instance in resource.get("instances", ()):
            key = instance.get("index_key")
            address = base if key is None else f"{base}[{json.dumps(key)}]"
            found[address] = instance.get("attributes") or {}
    return found


_SETTINGS = ("set", "set_sensitive", "set_list", "set_wo")


def _release(
    stack: str,
    address: str,
    said: Mapping[str, Any],
    unknown: Mapping[str, Any],
    secret: Mapping[str, Any],
    folder: Path,
    made_up: Mapping[str, Any] | None,
) -> Release:
    # a chart in a folder has the version that it says itself, which the provider reads
    asked = ("name", "namespace", "chart", "repository", *(("version",) if said.get("repository") else ()))
    late = [word for word in asked if unknown.get(word) is True]
    told = _told_at_apply(said, unknown)
    if told and made_up is not None:
        said = {**said, **{word: made_up.get(word) for word in ("values", *_SETTINGS) if unknown.get(word)}}
        unknown = {}
    unreadable = errors.place_unknown(late) if late else ""
    documents = []
    unsure = unknown.get("values", [])
    for index, text in enumerate(said.get("values") or []):
        if text is None or unsure is True or (isinstance(unsure, list) and index < len(unsure) and unsure[index]):
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
    settings: dict[str, Any] = {}
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
        unknown=tuple(told),
        unreadable=unreadable,
        is_supposed=bool(told) and made_up is not None,
        is_sensitive=any(marks(secret.get(word)) for word in ("values", "set", "set_list"))
        or bool(said.get("set_wo"))
        or bool(said.get("set_sensitive")),
        skips_definitions=said.get("skip_crds") is True,
    )


def _told_at_apply(said: Mapping[str, Any], unknown: Mapping[str, Any]) -> list[str]:
    """What of the values is not known yet, in words."""
    texts, unsure = said.get("values") or [], unknown.get("values", [])
    told = [
        errors.document_unknown(index + 1, len(texts))
        for index, text in enumerate(texts)
        if text is None or unsure is True or (isinstance(unsure, list) and index < len(unsure) and unsure[index])
    ]
    if not texts and unsure is True:
        told.append(errors.values_unknown())
    return told + [errors.settings_unknown(word) for word in _SETTINGS if unknown.get(word)]


def file_name(address: str) -> str:
    """The name of a release's files: `module.dns.helm_release.external_dns["public"]` has `dns.external_dns.public`."""
    plain = re.sub(r"(^|\.)(module|helm_release)\.", r"\1", address)
    return re.sub(r"[^A-Za-z0-9_.-]+", ".", plain.replace('"', "")).strip(".")


def definitions_path(stack: str, address: str) -> str:
    """Where below the folder of outputs `write_definitions` writes those of a release."""
    return f"definitions/{stack}/{file_name(address)}.yaml"


def marks(mask: Any) -> bool:
    """Whether a mask of a plan, such as `after_sensitive`, marks anything."""
    if isinstance(mask, (list, Mapping)):
        return any(marks(item) for item in (mask.values() if isinstance(mask, Mapping) else mask))
    return mask is True


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
