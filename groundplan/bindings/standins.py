"""Stand-ins for the classes of a submodule, until one of them is used.

Most runs use none: a module that was built before is not built again, and the 100 submodules that the modules of a
platform import take longer to run than everything else together, in Python and in the jsii kernel.
"""

from __future__ import annotations

import mmap
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["put_off"]


def put_off(module: ModuleType, run: Callable[[ModuleType], None]) -> None:
    """Gives `module` a stand-in for each class of its source; the first use of any calls `run` with the module.

    Whatever else is asked of the module, such as its `__all__`, runs it too. What `run` raises is raised to who asked,
    and the next use tries again.
    """
    source = Path(str(module.__file__))
    lock = threading.RLock()
    known: dict[str, StandIn] = {}
    running = False

    def real(name: str) -> Any:
        nonlocal running
        namespace = module.__dict__
        with lock:
            if not running and "__getattr__" in namespace:
                before = set(namespace)
                running = True
                try:
                    run(module)
                except BaseException:
                    for added in set(namespace) - before:
                        del namespace[added]
                    raise
                finally:
                    running = False
                del namespace["__getattr__"], namespace["__dir__"]
        if name not in namespace:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}", name=name)
        return namespace[name]

    def attribute(name: str) -> Any:
        if name not in known:
            if running or not _has_class(source, name):
                return real(name)
            known.setdefault(name, StandIn(lambda: real(name)))
        return known[name]

    def names() -> list[str]:
        real("__all__")
        return sorted(module.__dict__)

    module.__dict__.update(__getattr__=attribute, __dir__=names)


def _has_class(source: Path, name: str) -> bool:
    """Whether a file declares a class of that name: looked up there, since a wrong name must fail as it is imported."""
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        # a construct has bases, a struct has none
        return any(text.find(f"\nclass {name}{end}".encode()) >= 0 for end in "(:")


class StandIn:
    """A class that is not there yet: it can be called, asked, compared and inherited from like the class itself."""

    __slots__ = ("_find",)

    def __init__(self, find: Callable[[], Any]) -> None:
        object.__setattr__(self, "_find", find)

    def __getattribute__(self, name: str) -> Any:
        if name == "__mro_entries__":  # as a base class: Python asks only what is no class
            return lambda _bases: (real(self),)
        if name == "__bases__":  # what issubclass asks of one that is no class: then it is below its class too
            return (real(self),)
        return getattr(real(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(real(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(real(self), name)

    def __call__(self, *arguments: Any, **settings: Any) -> Any:
        return real(self)(*arguments, **settings)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, real(self))

    def __subclasscheck__(self, kind: type) -> bool:
        return issubclass(kind, real(self))

    def __or__(self, other: Any) -> Any:
        return real(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | real(self)

    def __eq__(self, other: object) -> bool:
        return bool(real(self) == (real(other) if type(other) is StandIn else other))

    def __hash__(self) -> int:
        return hash(real(self))

    def __repr__(self) -> str:
        return repr(real(self))

    def __dir__(self) -> list[str]:
        return dir(real(self))


def real(stand_in: StandIn) -> Any:
    return object.__getattribute__(stand_in, "_find")()
