"""Lets the jsii kernel load assemblies while Python goes on importing: two processes that else wait for each other.

Loading takes half of what a synth takes, and nothing that Python imports meanwhile needs the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

__all__ = ["load_ahead", "unanswered"]


def load_ahead() -> None:
    """Has the kernel of this process load in the background. Calling it again changes nothing."""
    import jsii

    from .kernel import direct

    kernel: Any = jsii.kernel
    if not isinstance(kernel.provider, _LoadsAhead):
        kernel.provider = _LoadsAhead(direct(kernel.provider))


def unanswered() -> AbstractContextManager[None]:
    """Inside, what this process's kernel is asked to do, and has no result, is not waited for.

    What fails of it is raised by whatever is asked of the kernel next. Nothing of it may call back into Python.
    """
    import jsii

    from . import kernel

    provider: Any = jsii.kernel.provider
    return kernel.unanswered(provider.provider if isinstance(provider, _LoadsAhead) else provider)


class _LoadsAhead:
    """A kernel's provider whose every other request comes after what is still being loaded."""

    def __init__(self, provider: Any) -> None:
        self.provider = provider
        # one thread: assemblies are loaded in the order in which they were asked for
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jsii-load")
        self._pending: list[Future[Any]] = []

    def load(self, request: Any) -> None:
        """Begins to load; an assembly that cannot be loaded is told by the next request."""
        self._pending.append(self._thread.submit(self.provider.load, request))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        attribute = getattr(self.provider, name)

        def after_loading(*arguments: Any, **settings: Any) -> Any:
            while self._pending:
                self._pending.pop(0).result()
            return attribute(*arguments, **settings)

        # from here on found at once: a synth makes thousands of requests
        self.__dict__[name] = after_loading
        return after_loading
