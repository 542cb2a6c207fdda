"""Provider schemas, derived from the pinned bindings: no provider binary is needed."""

from .model import Attribute, Block, CtyType, Nested, NestedBlock
from .store import (
    PROVIDERS,
    SOURCES,
    ProviderSchema,
    cache_folder,
    load,
    nearest_type,
    provider_of,
    schema_for,
    version_key,
)

__all__ = [
    "PROVIDERS",
    "SOURCES",
    "Attribute",
    "Block",
    "CtyType",
    "Nested",
    "NestedBlock",
    "ProviderSchema",
    "cache_folder",
    "load",
    "nearest_type",
    "provider_of",
    "schema_for",
    "version_key",
]
