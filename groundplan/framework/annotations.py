"""The types that a class's body says of its names. Since Python 3.14 the body holds a function in place of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["annotated_in", "annotations_of"]

if sys.version_info >= (3, 14):
    import annotationlib

    def annotated_in(body: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the body of a class says before the class is made: its types as text, or as Python read them."""
        annotate = annotationlib.get_annotate_from_class_namespace(body)
        if annotate is None:
            return body.get("__annotations__", {})
        return annotationlib.call_annotate_function(annotate, annotationlib.Format.STRING)

    def annotations_of(cls: type) -> Mapping[str, Any]:
        """What a class says itself, and none of its bases; a name that is not there yet is a reference to it."""
        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)

else:

    def annotated_in(body: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the body of a class says before the class is made: its types as text, or as Python read them."""
        said: Mapping[str, Any] = body.get("__annotations__", {})
        return said

    def annotations_of(cls: type) -> Mapping[str, Any]:
        """What a class says itself, and none of its bases."""
        return annotated_in(vars(cls))
