"""Changes policies/ in small ways, one at a time, and ends with 1 when a change is noticed by no test."""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from groundplan.policy.library import load_library

from .changes import Change, changes_of_data, changes_of_rego
from .trials import Outcome, Trials

PROJECT = Path(__file__).parents[1]
_POLICIES = PROJECT / "policies"
_TABLES = PROJECT / "tests" / "policy" / "test_tables.py"
_EQUIVALENT = Path(__file__).with_name("equivalent.yaml")
_OUT = PROJECT / "out" / "mutants.json"


def every_change(policies: Path, chosen: list[str]) -> list[Change]:
    """All changes of the files whose path, relative to the policies, begins with one that is chosen."""
    library = load_library(policies)
    found: list[Change] = []
    for path, text in library.sources.items():
        found += changes_of_rego(path, text)
    for home, document in library.documents.items():
        if home.startswith("parameters/"):
            found += changes_of_data(f"{home}/{document.name.rpartition('/')[2]}", document)
    return [change for change in found if not chosen or change.path.startswith(tuple(chosen))]


def equivalent(path: Path) -> dict[tuple[str, str, str], str]:
    """The changes that change nothing, each with its reason."""
    entries: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return {(each["file"], each["before"], each.get("after", "")): each["reason"] for each in entries}


def tried(policies: Path, tables: Path | None, kills: dict[str, list[str]], changes: list[Change]) -> list[Outcome]:
    """What becomes of the changes; runs in a process of its own."""
    return list(Trials(policies, tables, kills).run(changes))


def main() -> int:
    """Tries everything, or a sample."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="as encryption/ or parameters/dns; all when left out")
    parser.add_argument("--sample", type=int, default=0, help="how many changes to try (all)")
    parser.add_argument("--seed", type=int, default=1, help="which ones a sample takes (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes (%(default)s)")
    options = parser.parse_args()
    console = Console(highlight=False, markup=False, soft_wrap=True)
    began = time.monotonic()
    changes = every_change(_POLICIES, [path.removeprefix("policies/") for path in options.paths])
    if not changes:
        parser.error(f"nothing in policies/ is called {', '.join(options.paths)}")
    if 0 < options.sample < len(changes):
        chosen = sorted(random.Random(options.seed).sample(range(len(changes)), options.sample))  # noqa: S311 (a sample)
        changes = [changes[index] for index in chosen]
    same = equivalent(_EQUIVALENT)
    asked = [change for change in changes if change.key not in same]
    kills = json.loads(_OUT.read_text(encoding="utf-8")) if _OUT.is_file() else {}
    parts = [asked[index :: options.jobs] for index in range(options.jobs)] if options.jobs > 1 else [asked]
    with ProcessPoolExecutor(options.jobs) as pool:
        running = [pool.submit(tried, _POLICIES, _TABLES, kills, part) for part in parts]
        outcomes = [outcome for each in running for outcome in each.result()]
    outcomes.sort(key=lambda outcome: (outcome.change.path, outcome.change.line, outcome.change.after))
    survivors = [outcome.change for outcome in outcomes if outcome.verdict == "survived"]
    for change in survivors:
        console.print(f"policies/{change.path}:{change.line}\n  - {change.before}\n  + {change.after}")
    counted = Counter(outcome.verdict for outcome in outcomes)
    judged = counted["killed"] + counted["survived"]
    console.print(
        f"\n{len(changes)} changes: {counted['killed']} noticed, {counted['survived']} survived, "
        f"{len(changes) - len(asked)} equivalent, {counted['broken']} do not compile; "
        f"{100 * counted['killed'] / judged if judged else 100:.1f} % of {judged} noticed "
        f"in {time.monotonic() - began:.0f} s"
    )
    _remember(kills, outcomes)
    return 1 if survivors else 0


def _remember(kills: dict[str, list[str]], outcomes: list[Outcome]) -> None:
    """Which tests notice changes of which file: they are asked first the next time."""
    for outcome in outcomes:
        if outcome.verdict == "killed" and outcome.by not in kills.setdefault(outcome.change.path, []):
            kills[outcome.change.path].append(outcome.by)
    _OUT.parent.mkdir(parents=True, exist_ok=True)
    _OUT.write_text(json.dumps(kills, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
