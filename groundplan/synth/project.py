"""`synth`: a project's environments and compositions, written as Terraform JSON that plan, check and deploy read."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from cdktf import App

from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput, GroundplanError, Problem

from . import errors
from .definitions import Definitions
from .environment import Environment
from .manifest import Manifest, ModuleRecord, StackRecord
from .stack import Stack, Stacks

__all__ = ["main", "synth"]

E = TypeVar("E", bound=Environment)


def main(compose: Callable[[Stacks[E], E], None], environments: Iterable[E], *, project: Path) -> None:
    """What main.py calls: `synth` into cdktf.out, or where the cdktf command says; ends with an exit code.

    GROUNDPLAN_SELECT names environments and stacks, separated by commas, to leave the others' environments out;
    GROUNDPLAN_FRESH=1 builds every module whatever the cache holds.
    """
    # cdktf's own App would write there directly, half a synth included
    out = Path(os.environ.pop("CDKTF_OUTDIR", "") or project / "cdktf.out")
    selection = [name for name in os.environ.get("GROUNDPLAN_SELECT", "").split(",") if name]
    fresh = os.environ.get("GROUNDPLAN_FRESH", "") not in ("", "0")
    try:
        synth(compose, environments, project=project, out=out, selection=selection, fresh=fresh)
    except GroundplanError as error:
        print(error, file=sys.stderr)
        raise SystemExit(int(error.exit_code)) from None


def synth(
    compose: Callable[[Stacks[E], E], None],
    environments: Iterable[E],
    *,
    project: Path,
    out: Path,
    selection: Sequence[str] = (),
    fresh: bool = False,
) -> Manifest:
    """Writes every stack of every environment into `out`, whole or not at all, and gives its manifest.

    `compose` is called once an environment with its stacks. Raises BadInput with everything that is wrong with the
    settings of all environments and the inputs of all module calls; `out` then stays as it was.
    """
    project = project.resolve()
    chosen = list(environments)
    definitions = Definitions(project, fresh=fresh)
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        app = App(outdir=str(scratch), skip_validation=True)
        made = _compose(compose, chosen, app, definitions, selection)
        app.synth()
        manifest = _finish(made, definitions, scratch)
        _swap(scratch, out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        definitions.close()
    return manifest


def _compose(
    compose: Callable[[Stacks[E], E], None],
    environments: list[E],
    app: App,
    definitions: Definitions,
    selection: Sequence[str],
) -> list[Stack]:
    problems = _environment_problems(environments)
    broken = {problem.path.split(".")[0] for problem in problems}
    made: list[Stack] = []
    seen: set[str] = set()
    for environment in environments:
        name = str(getattr(environment, "name", ""))
        if name in seen or not isinstance(environment, Environment):
            continue
        seen.add(name)
        stacks = Stacks(app, environment, definitions)
        try:
            compose(stacks, environment)
        except Exception:
            # settings that are known to be wrong may break a composition in any way; sound ones may not
            if name not in broken:
                raise
        problems += _further(problems, stacks.problems)
        made += stacks.made
    if problems:
        raise BadInput(problems)
    _check_selection(selection, made)
    return made


def _environment_problems(environments: list[Any]) -> list[Problem]:
    problems: list[Problem] = []
    workspaces: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for index, environment in enumerate(environments):
        if not isinstance(environment, Environment):
            problems.append(errors.not_an_environment(environment))
            continue
        given = environment.given()
        name = given.get("name")
        problems += problems_of(environment, name if isinstance(name, str) else f"environments[{index}]")
        cloud = given.get("terraform_cloud")
        place = (str(getattr(cloud, "hostname", "")), str(cloud.given().get("organization", "")) if cloud else "")
        workspaces[(*place, str(name))].append(str(name))
    for name, times in Counter(str(e.given().get("name")) for e in environments if isinstance(e, Environment)).items():
        if times > 1:
            problems.append(errors.duplicate_environment(name, times))
    for (_, _, name), owners in workspaces.items():
        if len(owners) > 1:
            problems.append(errors.duplicate_workspace(f"{name}-<family>", owners))
    return problems


def _further(known: list[Problem], found: list[Problem]) -> list[Problem]:
    """What the module calls found beyond the settings: the same value is not reported at both places."""
    said = {(problem.path.rpartition(".")[2], problem.message) for problem in known}
    return [problem for problem in found if (problem.path.rpartition(".")[2], problem.message) not in said]


def _check_selection(selection: Sequence[str], made: list[Stack]) -> None:
    names = {stack.name for stack in made} | {stack.environment.name for stack in made}
    unknown = [errors.unknown_selection(name, names) for name in selection if name not in names]
    if unknown:
        raise BadInput(unknown)


def _finish(made: list[Stack], definitions: Definitions, scratch: Path) -> Manifest:
    """Adds the modules to the stacks' folders, and the manifest."""
    cdktf_manifest = json.loads((scratch / "manifest.json").read_bytes())
    for stack in made:
        for kind in dict.fromkeys(stack.called.values()):
            shutil.copytree(definitions.folder(kind), scratch / stack.folder() / "modules" / kind.name)
    manifest = Manifest(
        stacks=tuple(
            StackRecord(
                name=stack.name,
                environment=stack.environment.name,
                family=stack.family,
                folder=stack.folder().as_posix(),
                depends_on=tuple(sorted(cdktf_manifest["stacks"][stack.name]["dependencies"])),
                calls={f"module.{name}": line for name, line in sorted(stack.calls.items())},
                call_modules={f"module.{name}": kind.name for name, kind in sorted(stack.called.items())},
                answers=stack.environment.answers(),
            )
            for stack in made
        ),
        modules=tuple(
            ModuleRecord(name=definition.name, family=definition.family, lines=definition.lines)
            for definition in definitions.all()
        ),
    )
    manifest.write(scratch)
    return manifest


def _swap(scratch: Path, out: Path) -> None:
    """Puts the new folder in the old one's place; the old one is there until the new one is whole."""
    scratch.chmod(0o755)
    if not out.exists():
        scratch.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent)) / "old"
    out.rename(old)
    scratch.rename(out)
    shutil.rmtree(old.parent, ignore_errors=True)
