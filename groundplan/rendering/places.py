"""Where the values of a release were said: by whoever calls a module, or by the module."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from groundplan.charts import format_path
from groundplan.charts.paths import Way
from groundplan.problems import Line
from groundplan.synth.manifest import Manifest, StackRecord

from .releases import Release
from .values import at

__all__ = ["Places"]

_SETTING = re.compile(r"\$\{yamlencode\(var\.([A-Za-z0-9_]+)\)\}")


class Places:
    """Where the values of a release were said."""

    def __init__(
        self, release: Release, record: StackRecord | None, manifest: Manifest | None, configuration: Mapping[str, Any]
    ) -> None:
        self._release = release
        address = re.sub(r"\[[^\]]*\]", "", release.address)
        call, _, inside = address.removeprefix("module.").partition(".")
        self._call = f"module.{call}" if record and address.startswith("module.") else ""
        self._record = record
        self.module_line: Line | None = None
        self._setting = ""
        if record is None or manifest is None or not self._call:
            return
        name = record.call_modules.get(self._call)
        module = next((each for each in manifest.modules if each.name == name), None)
        self.module_line = module.lines.get(inside) if module else None
        self._setting = _passed_through(configuration, call, inside)

    def is_users(self, way: Way) -> bool:
        """Whether the module hands the value on, as it was given to it."""
        release = self._release
        return bool(self._setting and release.documents and at(release.documents[0], way) is not None)

    def of(self, way: Way) -> tuple[str, Line | None]:
        """The path of a value as its author wrote it, and the line: of a setting, or of the module's release."""
        release = self._release
        path = format_path(way)
        if self._record is None or not self.is_users(way):
            return f"{release.path}: values.{path}".rstrip("."), self.module_line
        full = f"{self._setting}.{path}"
        said = self._record.settings.get(self._call, {})
        fitting = [key for key in said if full == key or full.startswith((f"{key}.", f"{key}["))]
        line = said[max(fitting, key=len)] if fitting else self._record.calls.get(self._call)
        call = self._call.removeprefix("module.")
        return f"{self._record.environment}.{self._record.family}.{call}.{full}", line


def _passed_through(configuration: Mapping[str, Any], call: str, inside: str) -> str:
    """The input that is handed to the chart as it is, in the first document."""
    module = configuration.get("root_module", {}).get("module_calls", {}).get(call, {}).get("module", {})
    for resource in module.get("resources", []):
        if resource.get("address") == inside:
            values = resource.get("expressions", {}).get("values", {}).get("constant_value") or [""]
            found = _SETTING.fullmatch(str(values[0]))
            return found[1] if found else ""
    return ""
