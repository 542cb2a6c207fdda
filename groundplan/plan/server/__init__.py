"""The local process that stands in for the aws, gitlab, helm, kubernetes and utility providers."""

from .answers import place_of
from .serve import REGISTRIES, ProviderServer
from .shapes import Maker, Place

__all__ = ["REGISTRIES", "Maker", "Place", "ProviderServer", "place_of"]
