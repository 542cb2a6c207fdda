"""The cache of cut assemblies: made once, checked at every use, safe for several processes."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path

from .packages import Package

__all__ = ["Announce", "cache_folder", "configured_folder", "entry_folder", "is_intact", "prepared", "say"]

Announce = Callable[[str], None]

# Part of every cache key: raise it when `write_cut` writes something else for the same input.
_LOADER_VERSION = 1
_LOCK_TIMEOUT_SECONDS = 300
_UNUSED_DAYS = 30

_substitutes: dict[Path, Path] = {}


def say(message: str) -> None:
    """How messages reach a person when nobody else takes them: on standard error, since synth's output is read."""
    print(message, file=sys.stderr, flush=True)


def configured_folder() -> Path:
    """Where the cache belongs: GROUNDPLAN_CACHE_DIR, else the user's cache folder. It need not exist."""
    chosen = os.environ.get("GROUNDPLAN_CACHE_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return platformdirs.user_cache_path("groundplan", appauthor=False)


def cache_folder(announce: Announce = say) -> Path:
    """The cache folder of groundplan, there and writable.

    When the configured one cannot be written, a temporary one takes its place until the process ends, and `announce`
    is told so, once.
    """
    folder = configured_folder()
    if folder in _substitutes:
        return _substitutes[folder]
    reason: object = "it is read-only"
    try:
        # Private: jsii runs the code that it finds below.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    except OSError as refused:
        reason = refused.strerror
    return _substitute(folder, reason, announce)


def _substitute(folder: Path, reason: object, announce: Announce) -> Path:
    if folder not in _substitutes:
        from . import errors

        _substitutes[folder] = Path(tempfile.mkdtemp(prefix="groundplan-"))
        atexit.register(shutil.rmtree, _substitutes[folder], ignore_errors=True)
        announce(errors.cache_unusable(folder, reason, _substitutes[folder]))
    return _substitutes[folder]


def entry_folder(folder: Path, package: Package, submodules: Collection[str]) -> Path:
    """Where below the cache `folder` the cut of these submodules belongs."""
    # The size tells apart bindings of one version that were generated twice.
    facts = [package.module, package.version, package.archive.stat().st_size, sorted(submodules), _LOADER_VERSION]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
    return folder / "bindings" / f"{package.provider}-{package.version}-{key}"


def is_intact(entry: Path, package: Package) -> bool:
    """Whether the cut in `entry` is there, whole and unchanged."""
    try:
        record = json.loads((entry / "cut.json").read_bytes())
        content = (entry / package.archive.name).read_bytes()
        return bool(record["size"] == len(content) and record["sha256"] == hashlib.sha256(content).hexdigest())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def prepared(package: Package, submodules: Collection[str], announce: Announce) -> Path:
    """The folder that holds the cut of `submodules`, under the stock archive's name; made now if need be.

    Raises UnexpectedLayout when the assembly cannot be cut, OSError when there is no place at all to write it to.
    """
    configured = configured_folder()
    entry = entry_folder(configured, package, submodules)
    if is_intact(entry, package):  # a read-only cache that is filled serves as well as any
        _touch(entry)
        return entry
    folder = cache_folder(announce)
    try:
        return _made(folder, package, submodules, announce)
    except (OSError, NotImplementedError) as refused:  # a full disk, or a network disk without locks
        if folder != configured:
            raise
        substitute = _substitute(folder, getattr(refused, "strerror", None) or refused, announce)
        return _made(substitute, package, submodules, announce)


def _made(folder: Path, package: Package, submodules: Collection[str], announce: Announce) -> Path:
    from filelock import FileLock

    from . import errors
    from .cut import write_cut

    entry = entry_folder(folder, package, submodules)
    entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(f"{entry}.lock", timeout=_LOCK_TIMEOUT_SECONDS):
        if is_intact(entry, package):  # another process made it while we waited
            return entry
        announce(errors.preparing(package.provider, len(submodules)))
        # A temporary name in the same folder, then one rename: nobody ever sees half of an entry.
        with tempfile.TemporaryDirectory(dir=entry.parent, prefix=f".{entry.name}-") as scratch:
            made = Path(scratch, "entry")
            made.mkdir()
            archive = made / package.archive.name
            types = write_cut(package.archive, submodules, archive)
            content = archive.read_bytes()
            record = {
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "types": types,
                "submodules": sorted(submodules),
            }
            (made / "cut.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
            shutil.rmtree(entry, ignore_errors=True)
            made.rename(entry)
        _forget_unused(entry.parent)
    return entry


def _touch(entry: Path) -> None:
    try:
        os.utime(entry)
    except OSError:
        return  # read-only: then nobody tidies it up either


def _forget_unused(folder: Path) -> None:
    """Removes the cuts that nothing has used for a month: every new import of a project leaves one behind."""
    oldest = time.time() - _UNUSED_DAYS * 86_400
    for found in folder.iterdir():
        try:
            if found.is_dir() and found.stat().st_mtime < oldest:
                shutil.rmtree(found)
        except OSError:
            continue
