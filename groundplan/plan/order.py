"""Work in dependency order, in parallel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from . import errors

__all__ = ["in_order"]

Result = TypeVar("Result")
_SECONDS = 0.02


def in_order(
    order: Mapping[str, Sequence[str]],
    work: Callable[[str, Mapping[str, Result]], Result],
    jobs: int,
    meanwhile: Callable[[], bool] = lambda: True,
) -> dict[str, Result]:
    """Runs `work` for every name, at most `jobs` at once, each after all that it depends on.

    `meanwhile` is called by the thread that waits for it, again and again until it says that it has done its part.
    """
    sorter = TopologicalSorter(order)
    try:
        sorter.prepare()
    except CycleError as error:
        raise errors.dependency_cycle([str(name) for name in error.args[1]]) from None
    done: dict[str, Result] = {}
    asks = True
    with ThreadPoolExecutor(jobs) as pool:
        running: dict[Future[Result], str] = {}
        try:
            while sorter.is_active():
                for name in sorted(sorter.get_ready()):
                    running[pool.submit(work, name, done)] = name
                finished: set[Future[Result]] = set()
                while not finished:
                    asks = asks and not meanwhile()
                    finished, _rest = wait(running, _SECONDS if asks else None, FIRST_COMPLETED)
                for future in finished:
                    name = running.pop(future)
                    done[name] = future.result()
                    sorter.done(name)
        except BaseException:
            # what runs is waited for, what only waits is never begun
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return done
