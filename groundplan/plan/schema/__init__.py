"""Provider schemas, derived from the pinned bindings: no provider binary is needed."""

from .facts import PROVIDERS_WITH_FACTS, TypeFacts, provider_facts
from .model import Attribute, Block, CtyType, Nested, NestedBlock
from .store import (
    ProviderSchema,
    cache_folder,
    joined,
    load,
    nearest_type,
    provider_of,
    schema_for,
    version_key,
)

__all__ = [
    "PROVIDERS_WITH_FACTS",
    "Attribute",
    "Block",
    "CtyType",
    "Nested",
    "NestedBlock",
    "ProviderSchema",
    "TypeFacts",
    "cache_folder",
    "joined",
    "load",
    "nearest_type",
    "provider_facts",
    "provider_of",
    "schema_for",
    "version_key",
]
