"""`synth`: a project's environments and compositions, written as Terraform JSON that plan, check and deploy read."""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from cdktf import App

from groundplan import bindings
from groundplan.framework.checking import problems_of
from groundplan.framework.errors import InputInspected
from groundplan.problems import BadInput, GroundplanError, Problem
from groundplan.secrets import Detector, pasted, without_values

from . import errors
from .cloud import comparable_host
from .definitions import Definitions
from .environment import Environment, TerraformCloud
from .manifest import Manifest, ModuleRecord, StackRecord
from .replacing import replacing
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
    except InputInspected as error:
        print(f"{_place(error, project.resolve())}{error}", file=sys.stderr)
        raise SystemExit(int(error.exit_code)) from None
    except GroundplanError as error:
        print(error, file=sys.stderr)
        raise SystemExit(int(error.exit_code)) from None


def _place(error: Exception, project: Path) -> str:
    """The statement of the project that an error came from, in front of its message."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(project / "modules")]
    return f"{Path(own[-1].filename).relative_to(project)}:{own[-1].lineno}: " if own else ""


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
    try:
        with replacing(out) as scratch:
            app = App(outdir=str(scratch), skip_validation=True)
            made = _compose(compose, chosen, app, definitions, selection)
            for stack in made:
                stack.configure()
            app.synth()
            return _finish(made, definitions, scratch)
    finally:
        definitions.close()


def _compose(
    compose: Callable[[Stacks[E], E], None],
    environments: list[E],
    app: App,
    definitions: Definitions,
    selection: Sequence[str],
) -> list[Stack]:
    problems = _duplicates(environments)
    made: list[Stack] = []
    seen: set[str] = set()
    detector = Detector(definitions.project / "policies", bindings.cache_folder() / "harmless")
    secret: set[str] = set()
    for index, environment in _selected(environments, selection):
        if not isinstance(environment, Environment):
            problems.append(errors.not_an_environment(environment))
            continue
        name = _name(environment)
        wrong = problems_of(environment, name or f"environments[{index}]")
        problems += wrong
        if not name or name in seen:
            continue
        seen.add(name)
        stacks = Stacks(app, environment, definitions)
        try:
            compose(stacks, environment)
        except Exception:
            # settings that are known to be wrong may break a composition in any way; sound ones may not
            if not wrong:
                raise
        problems += _further(problems, stacks.problems)
        made += stacks.made
        # settings first: what a composition passes on is found where it was written
        written = [(name, environment), *(call for stack in stacks.made for call in stack.inputs.items())]
        found, texts = pasted(written, detector)
        problems += found
        secret |= texts
    known = {stack.name for stack in made} | {_name(environment) for environment in environments}
    problems += [errors.unknown_selection(name, known) for name in selection if name not in known]
    if problems:
        raise BadInput(without_values(problems, secret))
    return made


def _selected(environments: list[E], selection: Sequence[str]) -> Iterator[tuple[int, E]]:
    """The environments, with their places, that are selected by their own name or by the name of one of their stacks.

    All of them when a name fits none: what is there can then be told.
    """
    names = [_name(environment) for environment in environments]
    fits = [{wanted for wanted in selection if wanted == name or wanted.startswith(f"{name}-")} for name in names]
    everything = set().union(*fits) != set(selection) or not selection
    for index, environment in enumerate(environments):
        if everything or fits[index]:
            yield index, environment


def _name(environment: object) -> str:
    """An environment's name; empty when it has none that is text."""
    name = environment.given().get("name") if isinstance(environment, Environment) else None
    return name if isinstance(name, str) else ""


def _duplicates(environments: Iterable[object]) -> list[Problem]:
    workspaces: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    names: Counter[str] = Counter()
    for environment in environments:
        name = _name(environment)
        if not name or not isinstance(environment, Environment):
            continue
        names[name] += 1
        cloud = environment.given().get("terraform_cloud")
        if isinstance(cloud, TerraformCloud):
            workspaces[(comparable_host(str(cloud.hostname)), str(cloud.given().get("organization")), name)].append(
                name
            )
    problems = [errors.duplicate_environment(name, times) for name, times in names.items() if times > 1]
    for (_, _, name), owners in workspaces.items():
        if len(owners) > 1:
            problems.append(errors.duplicate_workspace(f"{name}-<family>", owners))
    return problems


def _further(known: list[Problem], found: list[Problem]) -> list[Problem]:
    """What the module calls found beyond the settings: one wrong value is not reported wherever it is passed on."""
    said = {_setting_and_value(problem) for problem in known}
    return [problem for problem in found if _setting_and_value(problem) not in said]


def _setting_and_value(problem: Problem) -> tuple[str, str]:
    """The setting's own name, and the value that it has: bounds may be worded otherwise further in."""
    return problem.path.rpartition(".")[2], problem.message.rpartition(", got ")[2]


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
