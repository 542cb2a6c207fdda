"""From a folder of its own into cdktf.out: only what synth wrote is replaced, and whole or not at all.

Terraform keeps state, locks and plugins in the stacks' folders, and people put files there: a folder is never replaced.
What changes is moved in file by file. Before the first one a journal is written, which any later run follows to the
end; and the root file of a stack whose modules change cannot be read by Terraform until the last of its files is there.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from groundplan.problems import BadInput, Problem

from . import errors
from .locks import beside
from .manifest import MANIFEST, Manifest, StackRecord
from .terraforms import ERRORED

__all__ = [
    "CDKTF_MANIFEST",
    "digests",
    "errored_states",
    "finish_earlier",
    "install",
    "installed",
    "move_aside",
    "strangers",
]

CDKTF_MANIFEST = "manifest.json"
GONE = "gone"
STACKS = "stacks"
_JOURNAL = "journal.json"
_WRITTEN = "written.json"
_GUARD = b"synth was interrupted here: run groundplan synth again\n"
_ROOTS = ("cdk.tf.json", "cdk.tf")


def strangers(out: Path, stacks: Iterable[str]) -> list[Path]:
    """The folders in `out` that are none of these stacks."""
    known = set(stacks)
    try:
        return sorted(path for path in (out / STACKS).iterdir() if path.is_dir() and path.name not in known)
    except FileNotFoundError:
        return []


def move_aside(out: Path, folder: Path) -> Path | None:
    """Moves what a stranger holds out of the way of cdktf, which removes such folders; None when it holds nothing.

    https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/%40cdktf/cli-core/src/lib/synth-stack.ts: it lists
    the folders before the app runs, removes those that the app no longer names, and fails when one is gone already.
    """
    if not any(folder.iterdir()):
        return None
    shelf = out / GONE
    shelf.mkdir(exist_ok=True)
    target = next(
        place
        for place in itertools.chain([shelf / folder.name], (shelf / f"{folder.name}-{n}" for n in itertools.count(2)))
        if not place.exists()
    )
    folder.rename(target)
    folder.mkdir()
    return target


def digests(folder: Path) -> dict[str, str]:
    """Every file below a folder, by path, with the SHA-256 of its bytes."""
    whole = f"{folder}{os.sep}"
    files = sorted(f"{place}{os.sep}{name}" for place, _, names in os.walk(folder) for name in names)
    return {path.removeprefix(whole).replace(os.sep, "/"): _digest(path) for path in files if _is_file(path, os.stat)}


def _below(folder: str, found: Mapping[str, str]) -> dict[str, str]:
    """Of digests, those of a folder's files, by their paths inside it."""
    return {path.removeprefix(folder): digest for path, digest in found.items() if path.startswith(folder)}


def installed(out: Path) -> Manifest:
    """What earlier runs have left in `out`: the stacks that are still there. Empty when it is nobody's, or damaged."""
    try:
        manifest = Manifest.read(out)
    except (OSError, ValueError):
        return Manifest(stacks=(), modules=())
    there = tuple(stack for stack in manifest.stacks if any((out / stack.folder / root).exists() for root in _ROOTS))
    return manifest.model_copy(update={"stacks": there})


def errored_states(out: Path, stacks: Iterable[str]) -> list[Problem]:
    """The stacks that hold a state which Terraform could not save."""
    return [
        errors.errored_state(f"{out.name}/{STACKS}/{name}", ERRORED)
        for name in sorted(stacks)
        if (out / STACKS / name / ERRORED).exists()
    ]


def install(new: Path, modules: Mapping[str, Path], out: Path, gone: Iterable[StackRecord], earlier: Manifest) -> None:
    """Moves the files of `new` into `out`, and removes what earlier runs wrote and this one did not.

    `modules` are folders that stand elsewhere and belong there too, by their paths in `out`: of these, what `out` has
    already is neither copied nor moved.
    Only stacks in `new` and those in `gone` are touched. Raises BadInput, before anything is changed, when somebody's
    folder stands where a file must be. The caller holds the lock of `out`.
    """
    sources, fresh = _files_to_be(new, modules)
    puts = {path for path, digest in fresh.items() if not _is_same(f"{out}/{path}", digest)}
    stacks = {_stack_of(path) for path in fresh} - {""}
    gone = list(gone)
    record = _record(out)
    removes = {
        f"{stack.folder}/{path}": digest
        for stack in (*(each for each in earlier.stacks if each.name in stacks), *gone)
        for path, digest in _files_of(stack, out, record).items()
        if f"{stack.folder}/{path}" not in fresh
    }
    changing = {_stack_of(path) for path in (*puts, *removes)}
    # what guards a stack while its modules change is its root file: it is put even when it is the same
    puts |= {path for path in fresh if _is_root(path) and _stack_of(path) in changing}
    written = {name: files for name, files in record.items() if name not in {stack.name for stack in gone}}
    written |= {name: _below(f"{STACKS}/{name}/", fresh) for name in sorted(stacks)}
    (new / _WRITTEN).write_text(json.dumps(written, indent=1, sort_keys=True), encoding="utf-8")
    _refuse_what_is_in_the_way(out, puts, removes)
    for path in puts:
        if sources[path] != f"{new}/{path}":
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(sources[path], new / path)
    following = _following(out)
    shutil.rmtree(following, ignore_errors=True)
    new.rename(following)
    journal = following / _JOURNAL
    draft = journal.with_suffix(".draft")
    draft.write_text(json.dumps({"puts": sorted(puts), "removes": removes}), encoding="utf-8")
    # from here on it is done: if not by this run, then by the next
    draft.replace(journal)
    finish_earlier(out)


def _files_to_be(new: Path, modules: Mapping[str, Path]) -> tuple[dict[str, str], dict[str, str]]:
    """Where each file of `out` is now, and its digest.

    Paths are texts here, of which there are thousands: pathlib takes a third of what a synth takes without it.
    """
    digests_of = {folder: digests(folder) for folder in set(modules.values())}
    found = {f"{place}/{path}": f"{folder}/{path}" for place, folder in modules.items() for path in digests_of[folder]}
    fresh = digests(new)
    sources = {path: f"{new}/{path}" for path in fresh} | found
    return sources, fresh | {
        f"{place}/{path}": digest for place, folder in modules.items() for path, digest in digests_of[folder].items()
    }


def finish_earlier(out: Path) -> None:
    """Follows the journal of a run that was killed while it moved its files. The caller holds the lock of `out`."""
    following = _following(out)
    try:
        journal: dict[str, Any] = json.loads((following / _JOURNAL).read_bytes())
    except FileNotFoundError:
        shutil.rmtree(following, ignore_errors=True)
        return
    puts: list[str] = journal["puts"]
    removes: dict[str, str] = journal["removes"]
    roots = [path for path in puts if _is_root(path)]
    manifests = [path for path in (CDKTF_MANIFEST, MANIFEST) if path in puts]
    others = [path for path in puts if path not in {*roots, *manifests}]
    touched = {_stack_of(path) for path in (*others, *removes)}
    for path in roots:
        if _stack_of(path) in touched and (following / path).exists() and (out / path).exists():
            _guard(out / path, following / "guard")
    for path in sorted(removes, key=lambda path: (not _is_root(path), path)):
        _remove(out, path, removes[path])
    for path in (*others, *roots, *manifests):
        _put(following, out, path)
    with suppress(FileNotFoundError):
        (following / _WRITTEN).replace(_written(out))
    shutil.rmtree(following)


def _written(out: Path) -> Path:
    """Where it stands what synth has written into each stack's folder: everything else there is somebody else's.

    Not in `out`, where it would differ whenever a setting does.
    """
    return beside(out) / f"{out.name}.{_WRITTEN}"


def _record(out: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(_written(out).read_bytes())
        return {str(name): dict(files) for name, files in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _following(out: Path) -> Path:
    """Where the files are that the journal is about, and the journal itself."""
    return beside(out) / f"{out.name}.next"


def _files_of(stack: StackRecord, out: Path, record: dict[str, dict[str, str]]) -> dict[str, str]:
    """What earlier runs wrote into a stack's folder, by path, with its digest."""
    if stack.name in record:
        return record[stack.name]
    # a folder from another machine: its root file, and the modules that it calls
    folder = out / stack.folder
    modules = [folder / "modules" / name for name in sorted(set(stack.call_modules.values()))]
    found = {f"modules/{module.name}/{path}": digest for module in modules for path, digest in digests(module).items()}
    return found | {root: _digest(folder / root) for root in _ROOTS if (folder / root).is_file()}


def _refuse_what_is_in_the_way(out: Path, puts: Iterable[str], removes: Iterable[str]) -> None:
    going = {out / path for path in removes}
    found = set()
    for path in puts:
        target = out / path
        if target.is_dir() and not target.is_symlink():
            found.add(errors.in_the_way(f"{out.name}/{path}", "a folder"))
        for parent in target.parents:
            if parent == out:
                break
            if parent.exists() and not parent.is_dir() and parent not in going:
                found.add(errors.in_the_way(f"{out.name}/{parent.relative_to(out).as_posix()}", "a file"))
    if found:
        raise BadInput(sorted(found))


def _guard(root: Path, draft: Path) -> None:
    """Puts something in a root file's place that Terraform refuses, and that says what to do."""
    draft.write_bytes(_GUARD)
    draft.replace(root)


def _put(following: Path, out: Path, path: str) -> None:
    source, target = following / path, out / path
    if source.exists():  # else an earlier run came so far
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)


def _remove(out: Path, path: str, digest: str) -> None:
    """Removes a file if it is as it was written, and the folders that are empty then."""
    target = out / path
    with suppress(FileNotFoundError, NotADirectoryError):
        if _digest(target) != digest:
            return
        target.unlink()
    for parent in target.parents:
        if parent in (out, out / STACKS):
            return
        try:
            parent.rmdir()
        except FileNotFoundError:
            continue
        except OSError:  # it holds something
            return


def _stack_of(path: str) -> str:
    """The stack that a file in cdktf.out belongs to; empty when to none."""
    first, _, below = path.partition("/")
    stack, _, file = below.partition("/")
    return stack if first == STACKS and file else ""


def _is_root(path: str) -> bool:
    """Whether a file is what makes a stack's folder one: the last to come and the first to go."""
    return bool(_stack_of(path)) and path.count("/") == 2


def _is_same(path: str, digest: str) -> bool:
    """Whether a file is there, as itself and no link, with this digest."""
    return _is_file(path, os.lstat) and _digest(path) == digest


def _is_file(path: str, asked: Callable[[str], os.stat_result]) -> bool:
    try:
        return stat.S_ISREG(asked(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _digest(path: str | Path) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 - thousands of times
        return hashlib.sha256(file.read()).hexdigest()
