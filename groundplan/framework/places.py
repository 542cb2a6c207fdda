"""Where constructs stand in their tree, and what resources are called: asked of jsii's kernel once, or not at all.

A question to the kernel takes as long as a hundred lines of Python, and a build asks for the same names again and
again. What is answered from here is what the kernel would say: cdktf keeps an element's name once it has given it, and
a construct's place never changes.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import cdktf
from constructs import Construct

from groundplan.bindings.imports import remember_types
from groundplan.bindings.packages import PREFIX

__all__ = ["name_of", "path_of", "remember_place", "type_of"]

remember_types(cdktf)
_paths: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
_names: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def remember_place(made: Any, arguments: tuple[Any, ...]) -> None:
    """Notes the place of a construct that was made with these arguments: the scope and the id come first."""
    match arguments:
        case (Construct() as scope, str(id_), *_) if isinstance(made, Construct):
            above = path_of(scope)
            # as constructs itself keeps an id: a slash would be one more step of the path
            own = str.replace(id_, "/", "--")
            _paths[made] = f"{above}/{own}" if above else own


def path_of(construct: Any) -> str:
    """The ids from the app down to a construct, with slashes between them."""
    if construct not in _paths:
        _paths[construct] = construct.node.path
    return _paths[construct]


def name_of(element: Any) -> str:
    """The name of a resource or a data source, beside its type."""
    if element not in _names:
        _names[element] = element.friendly_unique_id
    return _names[element]


def type_of(element: Any) -> str:
    """The type of a resource or a data source: `aws_kms_key`."""
    kind: Any = type(element)
    # of the classes of the bindings each is one type
    name: str = _type_of(kind) if kind.__module__.startswith(PREFIX) else element.terraform_resource_type
    return name


@cache
def _type_of(kind: Any) -> str:
    name: str = kind.TF_RESOURCE_TYPE
    return name
