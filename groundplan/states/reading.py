"""Reads a machine out of its JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from groundplan.problems import Problem

from . import errors
from .model import Choice, Fail, Map, Parallel, Pass, StateMachine, Succeed, Task, Wait

__all__ = ["read"]

FIELDS = {
    kind.__name__: [field.alias or name for name, field in kind.model_fields.items()]
    for kind in (Task, Pass, Choice, Wait, Succeed, Fail, Parallel, Map)
}


def read(definition: str | Mapping[str, Any]) -> StateMachine | list[Problem]:
    """The machine of a definition, or what is wrong with its shape: names and types of fields, nothing between them."""
    if isinstance(definition, str):
        try:
            definition = json.loads(definition)
        except ValueError as error:
            return [errors.not_json(str(error))]
    if not isinstance(definition, Mapping):
        return [errors.not_json("it holds no object")]
    # what Step Functions takes it for, which is not what this package advises
    document = {"QueryLanguage": "JSONPath", **definition}
    try:
        return StateMachine.model_validate(document, by_name=False, by_alias=True)
    except ValidationError as error:
        return errors.shape_problems(error.errors(), document, FIELDS)
