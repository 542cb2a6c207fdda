"""The messages of checks that are more than a rule."""

from __future__ import annotations

from groundplan.problems import Problem

__all__ = ["documents_too_large", "no_openapi"]


def no_openapi(path: str, where: str, fault: str) -> Problem:
    """A document that the portal could not show as it was meant; `where` is the place in it."""
    place = f"at {where}: " if where else ""
    return Problem(
        path,
        f"must be an OpenAPI document of version 3.0 or 3.1, got one that is not: {place}{fault}",
        "Correct the document, or take it from what the API's own build writes.",
    )


def documents_too_large(path: str, size: int, limit: int) -> Problem:
    """More than one ConfigMap holds."""
    return Problem(
        path,
        f"must have at most {limit} bytes together, which is what a ConfigMap holds, got {size}",
        "Leave examples out, write the documents as JSON without white space, or leave a document out.",
    )
