"""`groundplan review --watch`: a review after every edit, in one process that stays."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from groundplan.problems import BadInput, GroundplanError, Problem, ToolFailed
from groundplan.review import ReviewFiles, leave_page, write_problems
from groundplan.synth.manifest import Manifest

from . import errors
from .bases import base_folder
from .stamps import ROOMS, Stamps, stamps
from .steps import Run
from .synthesizing import Synthesized
from .warm import Warm

__all__ = ["watch"]

_SECONDS_BETWEEN_LOOKS = 1.0
_SECONDS_OF_QUIET = 0.04
_SECONDS_OF_A_BURST = 1.0
_SECONDS_TO_STOP = 0.5
# the system's events are gathered for so long before they are passed on
_MILLISECONDS = 10
_NAMES_TOLD = 3

Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Ended:
    """How one run ended: a review, or why there is none."""

    files: ReviewFiles | None
    failure: GroundplanError | None


def watch(
    project: Path,
    options: Mapping[str, Any],
    *,
    say: Progress,
    progress: Progress,
    failure_of: Callable[[BaseException], GroundplanError],
) -> None:
    """Reviews the project, and again after every edit, until somebody ends the command.

    `options` are those of `Run`. What is wrong with the project stands in the page as it would be printed, and the
    watch goes on; `failure_of` words what else may go wrong in a run. `say` gets one line a run.
    """
    page = project / "out" / "review.html"
    with ExitStack() as held:
        warm = held.enter_context(Warm(project))
        base = held.enter_context(base_folder(options.get("base"), project, progress))
        settings = {**options, "base": base}
        changes = held.enter_context(_Changes(project))
        held.callback(leave_page, page)
        say(errors.watching(page))
        reviewed = partial(_reviewed, project, settings, warm, progress, failure_of)
        since_whole: set[str] | None = None
        while True:
            changed = changes.take()
            began = time.monotonic()
            first: _Ended | None = None
            if since_whole is not None:
                since_whole.update(changed)
                first = _of_some(reviewed, _first(project, since_whole) if not settings.get("names") else ())
            if first is not None:
                say(_told(changed, first, time.monotonic() - began))
                warm.standby.prepare()
                if changes.more():
                    continue
                began = time.monotonic()
            ended = reviewed()
            if ended.failure is not None:
                write_problems(page, _problems_of(ended.failure), _output_of(ended.failure, warm))
                since_whole = None
            else:
                # a run that came to nothing has asked for little: what is remembered is for the one that corrects it
                warm.memory.turn()
                since_whole = set()
            if first is None or _said(ended) != _said(first):
                say(_told(changed, ended, time.monotonic() - began))
            # while somebody reads
            warm.standby.prepare()
            changes.wait()


def _first(project: Path, changed: Collection[str]) -> list[str]:
    """The environments to look at before all others: whose own files have changed, and nothing else.

    It is a matter of order alone, for the run of everything follows: another environment may read these files too.
    """
    names = set()
    for path in changed:
        room, *inner = PurePosixPath(path).parts
        if room != "environments" or len(inner) < 2 or not (project / room / inner[0] / "__init__.py").is_file():
            return []
        names.add(inner[0])
    try:
        known = set(Manifest.read(project / "cdktf.out").environments)
    except (OSError, ValueError):
        return []
    return sorted(names) if names < known else []


def _of_some(reviewed: Callable[..., _Ended], first: Sequence[str]) -> _Ended | None:
    """A review for which only these environments are made anew; None without any, and where it does not come to one.

    What is wrong is told by the run of everything.
    """
    ended = reviewed(first=first) if first else None
    return ended if ended is not None and ended.failure is None else None


def _reviewed(
    project: Path,
    options: Mapping[str, Any],
    warm: Warm,
    progress: Progress,
    failure_of: Callable[[BaseException], GroundplanError],
    first: Sequence[str] = (),
) -> _Ended:
    try:
        with Run(project=project, progress=progress, warm=warm, watched=True, first=first, **options) as run:
            _, files = run.review()
    except Exception as error:
        return _Ended(None, failure_of(error))
    return _Ended(files, None)


def _problems_of(failure: GroundplanError) -> list[Problem]:
    if isinstance(failure, ToolFailed):
        return [failure.problem]
    found: list[Problem] = list(getattr(failure, "problems", ()))
    return found or [Problem("", str(failure))]


def _output_of(failure: GroundplanError, warm: Warm) -> str:
    """What says more than the problems: main.py's own words where it left no others."""
    if isinstance(failure, BadInput) or (isinstance(failure, Synthesized) and failure.problems):
        return ""
    return failure.output if isinstance(failure, ToolFailed) and failure.output else warm.standby.output


def _told(changed: list[str], ended: _Ended, seconds: float) -> str:
    """`14:03:21 environments/prod/secrets.py: May merge: no policy denies anything (1.2 s)`."""
    named = ", ".join(changed[:_NAMES_TOLD])
    if len(changed) > _NAMES_TOLD:
        named += f" and {len(changed) - _NAMES_TOLD} more"
    return f"{datetime.now().astimezone():%H:%M:%S} {named or 'everything'}: {_said(ended)} ({seconds:.1f} s)"


def _said(ended: _Ended) -> str:
    """The verdict, or the first of the problems."""
    if ended.failure is None:
        return ended.files.verdict.partition(". ")[0].rstrip(".") if ended.files is not None else ""
    problems = _problems_of(ended.failure)
    place = f"{problems[0].path}: " if problems[0].path else ""
    first = f"{place}{problems[0].message}".splitlines()[0].rstrip(".")
    return f"{len(problems)} problem{'s' if len(problems) != 1 else ''}, the first: {first}"


class _Changes:
    """What has changed in the project since it was last asked.

    The system's events only say when to look: what counts is which files are other ones than at the last look. So a
    burst of saves is one change, and nothing is lost that happens while nobody waits. Every second it looks all the
    same: some disks tell of nothing, and a folder that was replaced tells of nothing any more.
    """

    def __init__(self, project: Path) -> None:
        self._project = project
        self._seen: Stamps | None = None
        self._events: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True, name="groundplan-watch")

    def __enter__(self) -> _Changes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(_SECONDS_TO_STOP)

    def take(self) -> list[str]:
        """The files that are other ones than at the last time; none at the first time."""
        now = stamps(self._project)
        before, self._seen = self._seen if self._seen is not None else now, now
        return sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))

    def more(self) -> bool:
        """Whether something has changed since."""
        return stamps(self._project) != self._seen

    def wait(self) -> None:
        """Waits until something has changed, and nothing more changes for a moment."""
        while (now := stamps(self._project)) == self._seen:
            with suppress(queue.Empty):
                self._events.get(timeout=_SECONDS_BETWEEN_LOOKS)
        began = time.monotonic()
        while time.monotonic() - began < _SECONDS_OF_A_BURST:
            time.sleep(_SECONDS_OF_QUIET)
            before, now = now, stamps(self._project)
            if before == now:
                break
        while not self._events.empty():
            self._events.get()

    def _listen(self) -> None:
        """Passes on that something happens in the rooms, also in those that come later or are replaced."""
        from watchfiles import watch as events  # here: no other command needs it

        while not self._over.is_set():
            rooms = self._rooms()
            with suppress(OSError):
                for _ in events(
                    *rooms,
                    watch_filter=None,
                    step=_MILLISECONDS,
                    debounce=_MILLISECONDS,
                    rust_timeout=int(_SECONDS_BETWEEN_LOOKS * 1000),
                    yield_on_timeout=True,
                    stop_event=self._over,
                    raise_interrupt=False,
                ):
                    self._events.put(None)
                    if self._rooms() != rooms:
                        break
            # a system that tells nothing, and one that is told to stop
            self._over.wait(_SECONDS_OF_QUIET)

    def _rooms(self) -> dict[Path, tuple[int, int]]:
        """The folders to listen to, and which ones they are."""
        return {
            room: (said.st_dev, said.st_ino)
            for room in (self._project / name for name in ROOMS)
            if room.is_dir()
            for said in [room.stat()]
        }
