"""Changes policies/, modules/ or groundplan/ in small ways, one at a time: it ends with 1 when no test notices one.

The tests of a module are those in tests/modules/<module> and those that look at every module; those of a file of
groundplan/ are tests/<room>, the files that import it first, or, where there is no such room, the files that import it;
what the parts of building/ make, the values that every module plans and its interface show as well.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from groundplan.policy.library import load_library

from .changes import Change, changes_of_data, changes_of_rego
from .python import PythonChange, PythonTrials, changes_of_python, python_files, scratch_folder
from .trials import Outcome, Trials

PROJECT = Path(__file__).parents[1]
_POLICIES = PROJECT / "policies"
_TABLES = tuple(sorted((PROJECT / "tests" / "policy" / "tables").glob("test_*.py")))
_PYTHON = ("modules", "groundplan")
_EQUIVALENT = Path(__file__).with_name("equivalent.yaml")
_OUT = PROJECT / "out" / "mutants.json"


def every_change(policies: Path) -> list[Change]:
    """All changes of rules, of what they share, and of parameters, file by file."""
    library = load_library(policies)
    found: list[Change] = []
    for path, text in library.sources.items():
        found += changes_of_rego(path, text)
    for home, document in library.documents.items():
        if home.startswith("parameters/"):
            found += changes_of_data(f"{home}/{document.name.rpartition('/')[2]}", document)
    return found


def equivalent(path: Path) -> dict[tuple[str, str, str], str]:
    """The changes that change nothing, each with its reason."""
    entries: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return {(each["file"], each["before"], each.get("after", "")): each["reason"] for each in entries}


def tried(policies: Path, tables: Sequence[Path], kills: dict[str, list[str]], changes: list[Change]) -> list[Outcome]:
    """What becomes of the changes; runs in a process of its own."""
    return list(Trials(policies, tables, kills).run(changes))


def every_change_of_python(project: Path, paths: Sequence[str]) -> list[PythonChange]:
    """All changes of the Python below `paths`, file by file."""
    return [
        change
        for file in python_files(project)
        if any(f"{file}/".startswith(f"{path.rstrip('/')}/") for path in paths)
        for change in changes_of_python(file, (project / file).read_text(encoding="utf-8"))
    ]


def tried_in_python(
    project: Path,
    paths: list[str],
    sample: int,
    seed: int,
    console: Console,
    same: Mapping[tuple[str, str, str], str] | None = None,
) -> int:
    """Tries changes of Python, one process at a time: each builds a module anew, which takes seconds.

    Those that are listed as the `same` are passed over. Gives 2 when tests fail without a change: nothing is known of
    what they would notice.
    """
    began = time.monotonic()
    sampled = _sampled(every_change_of_python(project, paths), sample, seed)
    changes = [change for change in sampled if change.key not in (same or {})]
    counted: Counter[str] = Counter()
    noticing: Counter[str] = Counter()
    red: Counter[str] = Counter()
    with scratch_folder() as scratch:
        for outcome in PythonTrials(project, Path(scratch)).run(changes):
            counted[outcome.verdict] += 1
            change = outcome.change
            if outcome.verdict == "survived":
                before, after = change.lines
                console.print(f"{change.path}:{change.line}\n  - {before}\n  + {after}")
            elif outcome.verdict == "red":
                red[outcome.by] += 1
            elif outcome.by:
                noticing[outcome.by.partition("::")[0]] += 1
    for test, times in red.most_common():
        console.print(f"{test} fails without a change too: make it pass, and try its {times} changes again")
    judged = counted["killed"] + counted["survived"]
    console.print(
        f"\n{len(sampled)} changes: {counted['killed']} noticed, {counted['survived']} survived, "
        f"{len(sampled) - len(changes)} equivalent, {counted['broken']} are no Python, {counted['red']} not judged; "
        f"{100 * counted['killed'] / judged if judged else 100:.1f} % of {judged} "
        f"noticed in {time.monotonic() - began:.0f} s; first by: "
        f"{', '.join(f'{file} {times}' for file, times in noticing.most_common()) or 'none'}"
    )
    return 2 if red else 1 if counted["survived"] else 0


def _sampled(changes: list[Any], sample: int, seed: int) -> list[Any]:
    if not 0 < sample < len(changes):
        return changes
    taken = sorted(random.Random(seed).sample(range(len(changes)), sample))  # noqa: S311 (a sample)
    return [changes[index] for index in taken]


def main(
    arguments: list[str] | None = None,
    *,
    policies: Path = _POLICIES,
    tables: Sequence[Path] = _TABLES,
    listed: Path = _EQUIVALENT,
    out: Path = _OUT,
) -> int:
    """Tries everything, or a sample."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="as encryption/, parameters/dns, modules/backup or groundplan/iam; all of policies/ when left out",
    )
    parser.add_argument("--sample", type=int, default=0, help="how many changes to try (all)")
    parser.add_argument("--seed", type=int, default=1, help="which ones a sample takes (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes (%(default)s)")
    options = parser.parse_args(arguments)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    python = [path for path in options.paths if path.partition("/")[0] in _PYTHON]
    if python:
        if python != options.paths:
            parser.error("changes of Python and of policies/ are tried one after the other: name one of them")
        if missing := [path for path in python if not (PROJECT / path).exists()]:
            parser.error(f"there is no {', '.join(missing)}")
        return tried_in_python(PROJECT, python, options.sample, options.seed, console, equivalent(listed))
    began = time.monotonic()
    every = every_change(policies)
    chosen = tuple(path.removeprefix("policies/") for path in options.paths)
    changes = [change for change in every if not chosen or change.path.startswith(chosen)]
    if not changes:
        parser.error(f"nothing to change in policies/ is called {', '.join(options.paths)}")
    changes = _sampled(changes, options.sample, options.seed)
    same = {key: why for key, why in equivalent(listed).items() if key[0].partition("/")[0] not in _PYTHON}
    kills = json.loads(out.read_text(encoding="utf-8")) if out.is_file() else {}
    outcomes = _all_tried(policies, tables, kills, changes, max(1, options.jobs))
    survivors = [each.change for each in outcomes if each.verdict == "survived" and each.change.key not in same]
    for change in survivors:
        console.print(f"policies/{change.path}:{change.line}\n  - {change.before}\n  + {change.after}")
    gone = sorted(set(same) - {change.key for change in every})
    noticed = [each.change.key for each in outcomes if each.verdict != "survived" and each.change.key in same]
    for path, before, after in [*gone, *noticed]:
        why = "is noticed" if (path, before, after) in noticed else "is not there"
        console.print(f"{listed.name}: this change {why}: {path}\n  - {before}\n  + {after}")
    counted = Counter(outcome.verdict for outcome in outcomes)
    unnoticed = counted["survived"] - len(survivors)
    judged = counted["killed"] + len(survivors)
    console.print(
        f"\n{len(changes)} changes: {counted['killed']} noticed, {len(survivors)} survived, "
        f"{unnoticed} equivalent, {counted['broken']} do not compile; "
        f"{100 * counted['killed'] / judged if judged else 100:.1f} % of {judged} noticed "
        f"in {time.monotonic() - began:.0f} s"
    )
    _remember(out, kills, outcomes)
    return 1 if survivors or gone or noticed else 0


def _all_tried(
    policies: Path, tables: Sequence[Path], kills: dict[str, list[str]], changes: list[Change], jobs: int
) -> list[Outcome]:
    if jobs == 1:
        outcomes = tried(policies, tables, kills, changes)
    else:
        with ProcessPoolExecutor(jobs) as pool:
            parts = [changes[index::jobs] for index in range(jobs)]
            running = [pool.submit(tried, policies, tables, kills, part) for part in parts]
            outcomes = [outcome for each in running for outcome in each.result()]
    return sorted(outcomes, key=lambda outcome: (outcome.change.path, outcome.change.line, outcome.change.after))


def _remember(out: Path, kills: dict[str, list[str]], outcomes: list[Outcome]) -> None:
    """Which tests notice changes of which file: they are asked first the next time."""
    for outcome in outcomes:
        if outcome.verdict == "killed" and outcome.by not in kills.setdefault(outcome.change.path, []):
            kills[outcome.change.path].append(outcome.by)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(kills, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
