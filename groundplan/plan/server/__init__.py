"""The local process that stands in for the aws, gitlab, helm, kubernetes, vault and utility providers.

What serves them is loaded when it is first used: what a kept plan holds is told without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .answers import place_of
from .places import Place
from .shapes import Maker

if TYPE_CHECKING:
    from .serve import ProviderServer

__all__ = ["Maker", "Place", "ProviderServer", "place_of"]


def __getattr__(name: str) -> Any:
    if name != "ProviderServer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .serve import ProviderServer

    return ProviderServer
