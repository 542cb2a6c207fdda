"""What somebody else made: a root in plain HCL, or plans that terraform wrote. They are judged and reviewed alike."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from groundplan.plan.meta import PlanMeta
from groundplan.plan.roots import Given, plan_root, read_root
from groundplan.policy import ENVIRONMENTS_FILE
from groundplan.problems import BadInput, Problem
from groundplan.synth.manifest import Manifest, StackRecord

from . import errors
from .steps import Run

__all__ = ["NO_ENVIRONMENT", "FilesRun", "ForeignRun", "RootRun", "read_plans"]

NO_ENVIRONMENT = "unnamed"
"""The environment of what nobody said the environment of: no rule knows it, so all that production must be it must."""

_BINARY = b"PK\x03\x04"
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass
class ForeignRun(Run):
    """A run over stacks that no manifest knows. `environment` is one that the rules know, or empty."""

    environment: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        known = _environments(self.project)
        if self.environment and self.environment not in known:
            raise errors.environment_not_listed(self.environment, known)

    def record(self, stack: str) -> StackRecord:
        """What the rules are told of a stack."""
        return StackRecord(
            name=stack,
            environment=self.environment or NO_ENVIRONMENT,
            family="root",
            folder="",
            depends_on=(),
            calls={},
            call_modules={},
            answers={},
        )

    def _expected(self, manifest: Manifest | None) -> set[str]:  # noqa: ARG002 - there is none
        return set(self._plans)

    def _unlisted(self) -> Manifest | None:
        return Manifest(stacks=tuple(self.record(stack) for stack in self._plans), modules=())

    def _suppose(self, stacks: Collection[str]) -> Mapping[str, Mapping[str, Any]]:  # noqa: ARG002 - nobody applies them
        return {}

    def _say_environment(self) -> None:
        if not self.environment:
            self.progress(errors.judged_as_production(sorted(_environments(self.project))))


@dataclass
class RootRun(ForeignRun):
    """A run over one root module: `root` is its folder, `given` what its variables are given."""

    root: Path = field(default_factory=Path)
    given: Given = field(default_factory=Given)

    @property
    def out(self) -> Path:
        """Beside what is made of the project's own stacks."""
        return self.project / "out" / "roots" / self.root.resolve().name

    def plan(self) -> Manifest | None:
        """Plans it: nothing of an earlier plan is taken."""
        self._own_out()
        self._say_environment()
        self.progress("planning")
        root = read_root(self.root, environment=self.environment or NO_ENVIRONMENT, live=self.live)
        report = plan_root(
            root,
            self.out,
            given=self.given,
            terraform=self.terraform,
            progress=self.progress,
            policies=self.project / "policies",
        )
        self._plans, self._metas = dict(report.plans), dict(report.metas)
        return None

    def planned(self) -> tuple[Manifest | None, dict[str, Path], dict[str, PlanMeta]]:
        """The plan that is made now."""
        return self.plan(), self._plans, self._metas


@dataclass
class FilesRun(ForeignRun):
    """A run over plans that others made: `files` are what `terraform show -json` printed."""

    files: Sequence[Path] = ()

    @property
    def out(self) -> Path:
        """Beside what is made of the project's own stacks."""
        return self.project / "out" / "given"

    def planned(self) -> tuple[Manifest | None, dict[str, Path], dict[str, PlanMeta]]:
        """The plans as they are. BadInput for each file that is none."""
        self._own_out()
        self._say_environment()
        self._plans = read_plans(self.files)
        return None, self._plans, {}


def read_plans(files: Sequence[Path]) -> dict[str, Path]:
    """Plan JSON by the name of a stack: the file's own name, with as much of its folders as tells it from the others.

    Raises BadInput with every file that is no whole plan.
    """
    unique = list(dict.fromkeys(path.resolve() for path in files))
    shown = {path.resolve(): str(path) for path in files}
    problems = [problem for path in unique if (problem := _fault(shown[path], path)) is not None]
    if problems:
        raise BadInput(problems)
    return dict(zip(_names(unique), unique, strict=True))


def _names(paths: Sequence[Path]) -> list[str]:
    stems = [PurePath(path.parent, path.name.removesuffix(".json") or path.name) for path in paths]
    count = 1
    while len({stem.parts[-count:] for stem in stems}) < len(stems) and count < max(len(each.parts) for each in stems):
        count += 1
    return ["-".join(part.strip("/") for part in stem.parts[-count:]) for stem in stems]


def _fault(shown: str, path: Path) -> Problem | None:
    try:
        content = path.read_bytes()
    except OSError as refused:
        return errors.plan_unreadable(shown, str(refused.strerror))
    if content.startswith(_BINARY):
        return errors.plan_is_binary(shown)
    if content.startswith(_BYTE_ORDER_MARKS):
        return errors.plan_is_utf16(shown)
    if not content.strip():
        return errors.plan_is_empty(shown)
    try:
        text = content.decode()
        document = json.loads(text)
    except UnicodeDecodeError:
        return errors.plan_is_no_json(shown, "it is no text")
    except json.JSONDecodeError as error:
        if _is_log(text):
            return errors.plan_is_a_log(shown)
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            return errors.plan_is_cut(shown)
        return errors.plan_is_no_json(shown, f"{error.msg} in line {error.lineno}, column {error.colno}")
    except RecursionError:
        return errors.plan_is_no_json(shown, "it is nested too deeply")
    return _wrong(shown, document)


def _is_log(text: str) -> bool:
    """Whether it is what `terraform plan -json` prints: a line of JSON for each thing that happens."""
    try:
        first = json.loads(text.partition("\n")[0])
    except ValueError:
        return False
    return isinstance(first, dict) and "@level" in first


def _wrong(shown: str, document: Any) -> Problem | None:
    if not isinstance(document, dict):
        return errors.plan_is_something_else(shown)
    if "@level" in document:
        return errors.plan_is_a_log(shown)
    if "lineage" in document or ("values" in document and "planned_values" not in document):
        return errors.plan_is_a_state(shown)
    version = document.get("format_version")
    if version is None or not {"planned_values", "resource_changes", "configuration"} & set(document):
        return errors.plan_is_something_else(shown)
    if not str(version).startswith("1."):
        return errors.plan_of_another_format(shown, str(version))
    if document.get("errored"):
        return errors.plan_has_errors(shown)
    return None


def _environments(project: Path) -> list[str]:
    """The environments that the rules know."""
    try:
        found = json.loads((project / "policies" / ENVIRONMENTS_FILE).read_bytes())
    except (OSError, ValueError):
        # what is wrong with it, the gate says
        return []
    return sorted(found) if isinstance(found, dict) else []
