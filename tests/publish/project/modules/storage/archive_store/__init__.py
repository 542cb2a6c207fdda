"""Archives."""

from .inputs import Archive, ArchiveStoreInputs
from .module import ArchiveStore

__all__ = ["Archive", "ArchiveStore", "ArchiveStoreInputs"]
