"""`python main.py`, by what has changed since the last time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from groundplan.bindings import status

from . import projects
from .processes import PROJECT, run, surroundings
from .results import Measure

__all__ = ["measure"]

_ONLY_CDKTF = "import cdktf; cdktf.App()"
_MUCH_FASTER_THAN_STOCK = 10.0
_TIMES_CDKTF_ALONE = 3.0
_SECONDS_WITHOUT_CACHE = 15.0


def measure(place: Path, cache: Path, repeat: int, say: Callable[[str], None]) -> list[Measure]:
    """Measures it; the stock bindings once, since they take a minute and gigabytes."""
    out = place / "cdktf.out"
    environment = surroundings(cache, CDKTF_OUTDIR=str(out))
    say("python main.py without any cache")
    empty = run(["main.py"], cwd=PROJECT, environment=environment).seconds
    copy = projects.copy(place / "copy")
    own = surroundings(cache)
    run(["main.py"], cwd=copy, environment=own)
    # the same Node.js and the same unpacked jsii packages: only what groundplan does is compared
    node = status(PROJECT).node
    alone = surroundings(cache, JSII_NODE=str(node), JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(cache / "jsii"))
    taken: dict[str, list[float]] = {
        name: [] for name in ("cdktf", "cdktf cpu", "warm", "warm cpu", "setting", "module")
    }
    for number in range(repeat):
        say(f"python main.py with warm caches and after edits, {number + 1} of {repeat}")
        # in turn, so that a busy moment of the machine spoils one repetition and not one measure
        for name, arguments, cwd, variables in (
            ("cdktf", ["-c", _ONLY_CDKTF], place, alone),
            ("warm", ["main.py"], PROJECT, environment),
        ):
            sample = run(arguments, cwd=cwd, environment=variables)
            taken[name].append(sample.seconds)
            taken[f"{name} cpu"].append(sample.cpu_seconds)
        projects.edit_setting(copy)
        taken["setting"].append(run(["main.py"], cwd=copy, environment=own).seconds)
        projects.edit_module(copy)
        taken["module"].append(run(["main.py"], cwd=copy, environment=own).seconds)
    say("the same program with the stock bindings")
    stock_out = place / "stock.out"
    stock = run(
        ["-m", "benchmarks.stock", "main.py"],
        cwd=PROJECT,
        environment=surroundings(cache, CDKTF_OUTDIR=str(stock_out)),
        memory=True,
    )
    if _content(stock_out) != _content(out):
        raise RuntimeError("the stock bindings synthesize something else: the comparison says nothing")
    warm = taken["warm"]
    found = [
        Measure("load cdktf alone: import cdktf; cdktf.App()", "s", tuple(taken["cdktf"])),
        Measure("the same, processor time", "s", tuple(taken["cdktf cpu"])),
        Measure("python main.py, warm caches", "s", tuple(warm)),
        Measure("the same, processor time", "s", tuple(taken["warm cpu"])),
        Measure("after an edit of one setting", "s", tuple(taken["setting"])),
        Measure("after an edit of one module", "s", tuple(taken["module"])),
        Measure("without any cache", "s", (empty,)),
        Measure("with the stock bindings", "s", (stock.seconds,)),
        Measure(
            "warm caches, against loading cdktf alone",
            "x",
            (min(warm) / min(taken["cdktf"]),),
            "at most",
            _TIMES_CDKTF_ALONE,
        ),
        Measure(
            "stock bindings, against warm caches",
            "x",
            (stock.seconds / min(warm),),
            "at least",
            _MUCH_FASTER_THAN_STOCK,
        ),
        Measure(
            "without any cache, more than with warm caches",
            "s",
            (empty - min(warm),),
            "at most",
            _SECONDS_WITHOUT_CACHE,
        ),
    ]
    if stock.peak_bytes:
        found.append(Measure("peak memory with the stock bindings", "GB", (stock.peak_bytes / 1e9,)))
    return found


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
