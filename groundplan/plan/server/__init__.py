"""The local process that stands in for the aws, gitlab, helm, kubernetes, vault and utility providers."""

from .answers import place_of
from .places import Place
from .serve import ProviderServer
from .shapes import Maker

__all__ = ["Maker", "Place", "ProviderServer", "place_of"]
