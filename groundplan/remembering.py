"""Results that one process computes again and again from the same things: kept in memory for the next run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

__all__ = ["Memory", "digest"]

T = TypeVar("T")


class Memory:
    """Remembers results from one run to the next, under keys that stand for all that they depend on.

    What a whole run did not ask for is forgotten by `turn`, so that it never holds more than two runs needed. Results
    must not be changed by whoever gets them; None is nothing to remember.
    """

    def __init__(self) -> None:
        self._now: dict[Hashable, Any] = {}
        self._before: dict[Hashable, Any] = {}
        self._lock = Lock()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made under `key`; made now when it is not remembered. What `make` raises is not remembered."""
        known = self.get(key)
        if known is not None:
            return cast(T, known)
        made = make()
        self.put(key, made)
        return made

    def put(self, key: Hashable, made: Any) -> None:
        """Remembers what was made elsewhere."""
        with self._lock:
            self._now[key] = made

    def get(self, key: Hashable) -> Any:
        """What is remembered under `key`; None when nothing is."""
        with self._lock:
            for there in (self._now, self._before):
                if key in there:
                    self._now[key] = there[key]
                    return there[key]
        return None

    def turn(self) -> None:
        """Ends a run: what was not asked for in it is forgotten."""
        with self._lock:
            self._before, self._now = self._now, {}


def digest(*parts: str | bytes) -> str:
    """Stands for these parts, in this order."""
    found = hashlib.sha256()
    for part in parts:
        content = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        found.update(f"{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()
