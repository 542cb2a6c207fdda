"""The pages about a module's alarms: every alarm has one, and every page is an alarm's.

docs/runbooks/<module>/<page>.md; in the package, runbooks/<page>.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from groundplan.problems import Problem

from . import errors

__all__ = ["IN_PACKAGE", "SECTIONS", "pages_of", "problems_of_runbooks"]

RUNBOOKS = "docs/runbooks"
IN_PACKAGE = "runbooks"
SECTIONS = ("What it means", "What to look at", "What to do")
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def pages_of(project: Path, module: str) -> list[Path]:
    """The pages about the alarms of a module."""
    return sorted((project / RUNBOOKS / module).glob("*.md"))


def problems_of_runbooks(project: Path, module: str, document: dict[str, Any]) -> Iterator[Problem]:
    """Alarms of a module's Terraform document without a page, pages without an alarm, and what pages lack."""
    named = set(re.findall(rf"{IN_PACKAGE}/(\w+)\.md of the module {module}\b", json.dumps(document)))
    written = {page.stem: page for page in pages_of(project, module)}
    for name in sorted(named - written.keys()):
        yield errors.runbook_missing(f"{RUNBOOKS}/{module}/{name}.md", SECTIONS)
    for name, page in written.items():
        path = f"{RUNBOOKS}/{module}/{name}.md"
        if name not in named:
            yield errors.runbook_of_nothing(path, sorted(named - written.keys()))
        found = _HEADING.findall(page.read_text(encoding="utf-8"))
        if missing := [section for section in SECTIONS if section not in found]:
            yield errors.runbook_lacks(path, missing)
