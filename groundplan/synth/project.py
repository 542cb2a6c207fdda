"""`synth`: a project's environments and compositions, written as Terraform JSON that plan, check and deploy read."""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from cdktf import App

import groundplan
from groundplan import bindings
from groundplan.framework.checking import problems_of
from groundplan.framework.errors import InputInspected
from groundplan.framework.origins import located
from groundplan.framework.wrong import unknown_where_wrong
from groundplan.problems import BadInput, ExitCode, GroundplanError, Line, Problem
from groundplan.secrets import Detector, pasted, without_values

from . import errors, leaving
from .cloud import comparable_host
from .definitions import Definitions
from .deploys import deploys
from .environment import Environment, TerraformCloud
from .install import (
    CDKTF_MANIFEST,
    errored_states,
    finish_earlier,
    install,
    installed,
    move_aside,
    strangers,
)
from .locks import holding
from .manifest import Manifest, ModuleRecord, StackRecord
from .mark import read_mark, write_mark
from .scratch import scratch_beside
from .stack import Stack, Stacks

__all__ = ["main", "synth", "told"]

E = TypeVar("E", bound=Environment)

_EMPTY = re.compile(r'^( *)("(?:[^"\\]|\\.)*": )?([\[{])([\]}](?:,)?)$', re.MULTILINE)
_UNDER_CDKTF = "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS"
"""What the cdktf command alone sets for its app:
https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/%40cdktf/cli-core/src/lib/synth-stack.ts"""


def main(compose: Callable[[Stacks[E], E], None], environments: Iterable[E], *, project: Path) -> None:
    """What main.py calls: `synth` into cdktf.out, or where the cdktf command says; ends with an exit code.

    GROUNDPLAN_SELECT names environments and stacks, separated by commas, to leave the others' environments as they
    are; GROUNDPLAN_ELSEWHERE names those that another synthesized folder knows, and that may therefore be gone here;
    GROUNDPLAN_FRESH=1 builds every module whatever the cache holds. GROUNDPLAN_MARK names a folder in which the
    groundplan command finds afterwards what this very run has written.
    """
    wrong = errors.misuse(compose, environments, project)
    if wrong:
        leaving.with_problems(wrong, ExitCode.BAD_INPUT)
    # cdktf's own App would write there directly, half a synth included
    out = Path(os.environ.pop("CDKTF_OUTDIR", "") or Path(project) / "cdktf.out")
    selection = [name for name in os.environ.get("GROUNDPLAN_SELECT", "").split(",") if name]
    elsewhere = [name for name in os.environ.get("GROUNDPLAN_ELSEWHERE", "").split(",") if name]
    fresh = os.environ.get("GROUNDPLAN_FRESH", "") not in ("", "0")
    mark = Path(os.environ["GROUNDPLAN_MARK"]) if os.environ.get("GROUNDPLAN_MARK") else None
    with told(Path(project)):
        if groundplan.unusable is not None:
            raise groundplan.unusable
        if mark is not None and read_mark(mark) is not None:
            raise errors.called_twice()
        with leaving.cleanly():
            synth(
                compose,
                environments,
                project=Path(project),
                out=out,
                selection=selection,
                elsewhere=elsewhere,
                fresh=fresh,
                mark=mark,
            )


@contextmanager
def told(project: Path) -> Iterator[None]:
    """Inside, whatever fails ends the program in words and with an exit code of its own."""
    try:
        yield
    except InputInspected as error:
        said = f"{_place(error, project.resolve())}{error}"
        leaving.with_problems([Problem("", said)], error.exit_code)
    except BadInput as error:
        leaving.with_problems(error.problems, error.exit_code)
    except GroundplanError as error:
        leaving.with_problems([getattr(error, "problem", Problem("", str(error)))], error.exit_code, str(error))
    except Exception as error:
        leaving.with_exception(error, project)


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
    elsewhere: Collection[str] = (),
    fresh: bool = False,
    mark: Path | None = None,
) -> Manifest:
    """Writes every stack of every environment into `out`, whole or not at all, and gives the manifest of `out`.

    With a `selection`, the stacks of the other environments stay as they are, in the folder and in the manifest. A
    name of it that is not here is refused unless it is one of `elsewhere`: an environment or stack that was removed.
    What synth did not write itself is never touched: Terraform's state, locks and plugins, and what people put there.

    `compose` is called once an environment with its stacks. `mark` is a folder that gets a copy of what was written.
    Raises BadInput with everything that is wrong with the settings of all environments and the inputs of all module
    calls, and while a deploy runs or has left a state that Terraform could not save; `out` then stays as it was.
    """
    project = project.resolve()
    chosen = _listed(environments)
    definitions = Definitions(project, fresh=fresh)
    try:
        with scratch_beside(out) as scratch:
            new = scratch / "new"
            new.mkdir()
            app = App(outdir=str(new), skip_validation=True)
            made = _compose(compose, chosen, app, definitions, selection, elsewhere)
            # the jsii kernel writes while Python looks for lines: two processes that else wait for each other
            with ThreadPoolExecutor(max_workers=1, thread_name_prefix="cdktf-synth") as beside:
                written = beside.submit(_write, app, made)
                lines = [stack.said() for stack in made]
                _ready_to_install()
                written.result()
            manifest = _finish(made, lines, chosen, definitions, new)
            modules = {
                f"{stack.folder().as_posix()}/modules/{kind.name}": definitions.folder(kind)
                for stack in made
                for kind in stack.called.values()
            }
            doing = f"a synth of {', '.join(selection) or 'everything'}"
            with holding(out, doing):
                whole = _installed(manifest, new, modules, out, chosen, selection)
                if mark is not None:
                    write_mark(mark, out, [stack.name for stack in manifest.stacks])
            return whole
    finally:
        definitions.close()


def _ready_to_install() -> None:
    """Imports what installing needs, while this process has nothing else to do."""
    for name in ("filelock", "psutil"):
        importlib.import_module(name)


def _installed(
    manifest: Manifest,
    new: Path,
    modules: Mapping[str, Path],
    out: Path,
    environments: list[E],
    selection: Sequence[str],
) -> Manifest:
    """Brings what was made into `out`, beside what it leaves there; the manifest of both."""
    names = [_name(environment) for environment in environments]
    chosen = {_name(environment) for _, environment in _selected(environments, selection)}
    everything = not selection
    finish_earlier(out)
    earlier = installed(out)
    owners = {stack.name: stack.environment for stack in earlier.stacks}
    here = {stack.name for stack in manifest.stacks}
    touched = here | {
        folder.name for folder in strangers(out, here) if everything or _owner(folder.name, owners, names) in chosen
    }
    problems = errored_states(out, touched)
    problems += [errors.deploy_runs(each.command, each.process, each.stack) for each in deploys(out, touched)]
    if problems:
        raise BadInput(problems)
    others = [] if everything else [stack for stack in earlier.stacks if stack.environment not in chosen]
    whole = manifest.beside(others, earlier.modules, names)
    kept = {stack.name for stack in whole.stacks}
    if others:
        _join_cdktf_manifests(new / CDKTF_MANIFEST, out / CDKTF_MANIFEST, kept)
    whole.write(new)
    folders = strangers(out, kept)
    install(new, modules, out, [stack for stack in earlier.stacks if stack.name not in kept], earlier)
    _tell_what_is_left(out, folders)
    return whole


def _owner(folder: str, owners: dict[str, str], names: list[str]) -> str:
    """The environment that a stack's folder belongs to, as the manifest says, or else as its name begins."""
    fitting = [name for name in names if folder.startswith(f"{name}-")]
    return owners.get(folder) or max(fitting, key=len, default="")


def _join_cdktf_manifests(new: Path, old: Path, kept: set[str]) -> None:
    """Adds to cdktf's own manifest the stacks that stay as they are."""
    try:
        stacks = json.loads(old.read_bytes())["stacks"]
    except (OSError, ValueError, KeyError):
        return
    document = json.loads(new.read_bytes())
    document["stacks"] = {name: stacks[name] for name in kept if name in stacks} | document["stacks"]
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
    # as cdktf writes it, so that equal projects give equal bytes: it breaks the line in what is empty
    new.write_text(_EMPTY.sub(r"\1\2\3\n\1\4", text), encoding="utf-8")


def _tell_what_is_left(out: Path, folders: list[Path]) -> None:
    """Names the folders that are no stack's and hold something; keeps them from cdktf when it runs this."""
    for folder in folders:
        place: Path | None = folder
        if os.environ.get(_UNDER_CDKTF):
            folder.mkdir(exist_ok=True)
            place = move_aside(out, folder)
        left = sorted(path.name for path in place.iterdir()) if place is not None and place.is_dir() else []
        if left and place is not None:
            told = f"{out.name}/{place.relative_to(out).as_posix()}"
            print(errors.kept_of_a_stranger(told, left), file=sys.stderr)


def _listed(environments: object) -> list[Any]:
    """The environments as a list, when they are several and in an order."""
    if isinstance(environments, Environment):
        raise BadInput(errors.one_environment(_name(environments)))
    if isinstance(environments, (str, bytes, Mapping, Set)) or not isinstance(environments, Iterable):
        raise BadInput(errors.not_environments(environments))
    found = list(environments)
    if not found:
        raise BadInput(errors.no_environment())
    return found


def _compose(
    compose: Callable[[Stacks[E], E], None],
    environments: list[E],
    app: App,
    definitions: Definitions,
    selection: Sequence[str],
    elsewhere: Collection[str],
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
        place = name or f"environments[{index}]"
        wrong = problems_of(environment, place)
        problems += located(wrong, environment, place, definitions.project)
        if not name or name in seen:
            continue
        seen.add(name)
        usable = unknown_where_wrong(environment, wrong, place)
        stacks = Stacks(app, name, usable, definitions, sound=not wrong)
        try:
            compose(stacks, usable)
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
    selection = [name for name in selection if name not in elsewhere]
    problems += [errors.unknown_selection(name, known) for name in selection if name not in known]
    if not problems and not made:
        problems.append(errors.no_stacks(_name(environment) for _, environment in _selected(environments, selection)))
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


def _write(app: App, made: list[Stack]) -> None:
    """Has cdktf write the stacks."""
    for stack in made:
        stack.configure()
    app.synth()


def _finish(
    made: list[Stack],
    lines: list[dict[str, dict[str, Line]]],
    environments: list[E],
    definitions: Definitions,
    scratch: Path,
) -> Manifest:
    """The manifest of what was made; `lines` are those of each stack's calls."""
    cdktf_manifest = json.loads((scratch / "manifest.json").read_bytes())
    # what was composed is sound, or there would be nothing to finish
    composed = {stack.environment.name for stack in made}
    sound = [each for each in environments if _name(each) in composed or not problems_of(each)]
    return Manifest(
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
                settings={f"module.{name}": of_call for name, of_call in sorted(said.items())},
            )
            for stack, said in zip(made, lines, strict=True)
        ),
        modules=tuple(
            ModuleRecord(name=definition.name, family=definition.family, lines=definition.lines)
            for definition in definitions.all()
        ),
        facts={environment.name: environment.facts() for environment in sound},
        clusters={environment.name: environment.cluster_facts() for environment in sound},
    )
