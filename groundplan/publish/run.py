"""`publish`: every module as a folder and a tgz, its README current, its interface compared with the locked one."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from groundplan.framework.module import Module
from groundplan.problems import BadInput, Problem
from groundplan.synth.definitions import Definitions

from . import errors
from .archive import package
from .changes import Change, changes
from .history import changelog, upgrade
from .interface import FOLDER, Interface, Noted, Release, interface_of, read_lock
from .modules import find_modules
from .readme import passing_providers, problems_of_readme, published, stale, with_tables
from .runbooks import IN_PACKAGE, pages_of, problems_of_runbooks
from .scenarios import COMPLETE, EXAMPLES, problems_of_scenarios, scenarios_of
from .sources import calls, from_registry, local_source, registry_of
from .tables import tables
from .trial import write_trial
from .versions import UNRELEASED, Bump, checked, largest, needed, numbers

__all__ = ["Published", "publish_all"]

_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_TELLING = 3
"""From so many parts on a path is a machine's own: a file may well name a folder /app of its container."""


@dataclass(frozen=True)
class Published:
    """A module that was published. `package` and `folder` are relative to the project.

    `changes` is what the next release's changelog must say since `released`, and `next_version` the lowest version
    that it may have; empty as long as nothing was released.
    """

    name: str
    inputs: int
    outputs: int
    package: str
    folder: str
    version: str
    released: str
    next_version: str
    bump: Bump
    changes: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return asdict(self)


def publish_all(
    project: Path,
    names: Sequence[str],
    *,
    version: str,
    only_check: bool,
    accept: bool,
) -> list[Published]:
    """Writes each module into out/modules/<name>/ and out/modules/<name>-<version>.tgz, all of them or none.

    The tables of modules/*/*/README.md and interfaces/<name>.json are brought up to date with it. `only_check` writes
    nothing, and then what is not current is a problem. `accept` records changes that break callers; without it they
    are problems. `version` 0.0.0 is no release.

    Raises BadInput with everything that is wrong with all modules.
    """
    if only_check and accept:
        raise errors.accept_and_check()
    checked(version)
    project = project.resolve()
    kinds = find_modules(project, names)
    definitions = Definitions(project)
    try:
        registry = registry_of()
        drafts = [
            _Draft(project, kind, definitions.folder(kind), version, accept=accept, registry=registry) for kind in kinds
        ]
        problems = [problem for draft in drafts for problem in draft.problems(only_check=only_check)]
        if problems:
            raise BadInput(problems)
        if not only_check:
            for draft in drafts:
                draft.write()
    finally:
        definitions.close()
    return [draft.published() for draft in drafts]


class _Draft:
    """A module on its way out."""

    def __init__(
        self, project: Path, kind: type[Module[Any, Any]], built: Path, version: str, *, accept: bool, registry: str
    ) -> None:
        self._project = project
        self._kind = kind
        self._built = built
        self._version = version
        self._accept = accept
        self._registry = registry
        self._document: dict[str, Any] = json.loads((built / "main.tf.json").read_bytes())
        self._scenarios = scenarios_of(project, kind.name)
        self._tables = self._tables_beside(f"../../../{EXAMPLES}/{kind.name}")
        self._readme = kind.folder() / "README.md"
        self._prose = self._readme.read_text(encoding="utf-8") if self._readme.is_file() else None
        self._locked = read_lock(project, kind.name)
        self._interface = interface_of(kind, self._document)
        self._changes = changes(self._locked, self._interface) if self._locked else []

    def problems(self, *, only_check: bool) -> Iterator[Problem]:
        """Everything that keeps the module from being published."""
        yield from document_problems(self._kind.name, self._document)
        if not (self._project / "LICENSE").is_file():
            yield errors.licence_missing(self._kind.name)
        yield from self._file_problems()
        yield from self._readme_problems(only_check=only_check)
        yield from problems_of_scenarios(self._project, self._kind.name)
        yield from problems_of_runbooks(self._project, self._kind.name, self._document)
        yield from self._interface_problems(only_check=only_check)
        yield from self._version_problems()

    def _file_problems(self) -> Iterator[Problem]:
        if len(self._project.parts) < _TELLING:
            return
        here = str(self._project).encode()
        for path in sorted(self._built.rglob("*")):
            if path.is_file() and here in path.read_bytes():
                yield errors.machine_path(self._kind.name, path.relative_to(self._built).as_posix())

    def _readme_problems(self, *, only_check: bool) -> Iterator[Problem]:
        path = self._below_project(self._readme)
        if self._prose is None:
            yield errors.readme_missing(path)
            return
        found = problems_of_readme(path, self._prose)
        yield from found
        if not calls(self._prose, self._kind.name):
            yield errors.calls_nothing(path, local_source(self._kind.name))
        if only_check and not found and (old := stale(self._prose, self._tables)):
            yield errors.tables_stale(path, old)

    def _interface_problems(self, *, only_check: bool) -> Iterator[Problem]:
        path = f"{FOLDER}/{self._kind.name}.json"
        if self._locked is None:
            if only_check:
                yield errors.lock_missing(path)
            return
        breaking = [change for change in self._changes if change.bump == "major"]
        if not self._accept:
            for change in breaking:
                yield self._breaking(change)
        if only_check and not breaking and self._interface != self._locked.promises():
            yield errors.lock_stale(path, [change.text for change in self._changes] or ["its wording differs"])

    def _breaking(self, change: Change) -> Problem:
        released = self._released
        release = f" and release it as {needed(released, 'major')}" if released != UNRELEASED else ""
        return errors.breaking_change(f"{self._kind.name}.{change.path}", change.what, change.cure, release)

    def _version_problems(self) -> Iterator[Problem]:
        if UNRELEASED in (self._version, self._released):
            return
        noted = self._noted
        lowest = self._next_version if noted else self._released
        if numbers(self._version) < numbers(lowest):
            told = [f"{each.bump}: {each.change}" for each in noted]
            yield errors.version_too_small(self._kind.name, self._version, self._released, lowest, told)

    @property
    def _released(self) -> str:
        return self._locked.released if self._locked else UNRELEASED

    @property
    def _noted(self) -> tuple[Noted, ...]:
        """Everything that changed since the last release, in the order of its coming."""
        if self._locked is None or self._locked.released == UNRELEASED:
            return ()
        new = (Noted(bump=change.bump, about=change.about, change=change.text) for change in self._changes)
        return tuple(dict.fromkeys((*self._locked.changes, *new)))

    @property
    def _next_version(self) -> str:
        return needed(self._released, largest(each.bump for each in self._noted))

    def write(self) -> None:
        """Brings the project's own files up to date, and writes the folder and the package."""
        if self._prose is not None:
            _write_if_new(self._readme, with_tables(self._prose, self._tables))
        _write_if_new(self._project / FOLDER / f"{self._kind.name}.json", self._lock().text())
        out = self._project / "out" / "modules"
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=f".{self._kind.name}-") as scratch:
            folder = Path(scratch) / self._kind.name
            shutil.copytree(self._built, folder)
            self._add(folder)
            (out / self._package).write_bytes(package(folder))
            shutil.rmtree(out / self._kind.name, ignore_errors=True)
            folder.rename(out / self._kind.name)

    def _lock(self) -> Interface:
        kept = {"releases": self._releases}
        if self._version == UNRELEASED:
            return self._interface.model_copy(update={"released": self._released, "changes": self._noted, **kept})
        return self._interface.model_copy(update={"released": self._version, **kept})

    @property
    def _releases(self) -> tuple[Release, ...]:
        """Every release from the newest, the one that is being made included; made again, it says what it said."""
        before = self._locked.releases if self._locked else ()
        if self._version in (UNRELEASED, *(each.version for each in before)):
            return before
        since = "" if self._released == UNRELEASED else self._released
        return (Release(version=self._version, since=since, changes=self._noted), *before)

    def _add(self, folder: Path) -> None:
        """Puts beside the built module what people need to use it."""
        passing = passing_providers(self._kind.name, self._document)
        text = published(self._prose or "", self._tables_beside(EXAMPLES), passing)
        (folder / "README.md").write_text(self._for_others(text), encoding="utf-8")
        (folder / "LICENSE").write_bytes((self._project / "LICENSE").read_bytes())
        releases = self._releases
        (folder / "CHANGELOG.md").write_text(changelog(self._kind.name, releases), encoding="utf-8")
        (folder / "UPGRADE.md").write_text(upgrade(self._kind.name, releases), encoding="utf-8")
        self._add_test(folder)
        schema = {"$schema": _SCHEMA, "title": self._kind.name, **self._kind.inputs_type.json_schema()}
        (folder / "schema.json").write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        for page in pages_of(self._project, self._kind.name):
            (folder / IN_PACKAGE).mkdir(exist_ok=True)
            (folder / IN_PACKAGE / page.name).write_text(self._for_others(page.read_text(encoding="utf-8")), "utf-8")
        for scenario in self._scenarios:
            for path in scenario.files():
                target = folder / EXAMPLES / scenario.name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self._shown(scenario.folder / path))

    def _add_test(self, folder: Path) -> None:
        """A test that a stranger runs without an account: the complete example, with the package as its module."""
        (complete,) = (scenario for scenario in self._scenarios if scenario.name == COMPLETE)
        write_trial(folder, self._kind.name, self._document, complete, self._interface.outputs)

    def _tables_beside(self, beside: str) -> dict[str, str]:
        return tables(self._kind, self._document, self._scenarios, beside)

    def _shown(self, path: Path) -> bytes:
        if path.suffix not in (".tf", ".md"):
            return path.read_bytes()
        return self._for_others(path.read_text(encoding="utf-8")).encode()

    def _for_others(self, text: str) -> str:
        return from_registry(text, registry=self._registry, version=self._version)

    @property
    def _package(self) -> str:
        return f"{self._kind.name}-{self._version}.tgz"

    def _below_project(self, path: Path) -> str:
        return path.relative_to(self._project).as_posix()

    def published(self) -> Published:
        """What was published."""
        noted = self._noted
        return Published(
            name=self._kind.name,
            inputs=len(self._interface.variables),
            outputs=len(self._interface.outputs),
            package=f"out/modules/{self._package}",
            folder=f"out/modules/{self._kind.name}",
            version=self._version,
            released=self._released,
            next_version="" if self._released == UNRELEASED else self._next_version,
            bump=largest(each.bump for each in noted),
            changes=tuple(f"{each.bump}: {each.change}" for each in noted),
        )


def document_problems(module: str, document: Mapping[str, Any]) -> Iterator[Problem]:
    """What only a root module may have, and what only cdktf reads."""
    if "provider" in document:
        yield errors.forbidden_block(module, "a provider block")
    for block in ("backend", "cloud"):
        if block in document.get("terraform", {}):
            yield errors.forbidden_block(module, f"a {block} block")
    if _has_metadata(document):
        yield errors.forbidden_block(module, "metadata under //")


def _has_metadata(block: Any) -> bool:
    if isinstance(block, Mapping):
        return "//" in block or any(_has_metadata(item) for item in block.values())
    return isinstance(block, list) and any(_has_metadata(item) for item in block)


def _write_if_new(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
