"""Data files that people write, such as waivers and parameters: read with their lines, and held to a schema."""

from .reading import SCHEMA, Document, read_document, read_yaml

__all__ = ["SCHEMA", "Document", "read_document", "read_yaml"]
