"""The local process that stands in for the aws, gitlab, helm and kubernetes providers."""

from .answers import place_of
from .serve import REGISTRY, ProviderServer
from .shapes import Maker, Place

__all__ = ["REGISTRY", "Maker", "Place", "ProviderServer", "place_of"]
