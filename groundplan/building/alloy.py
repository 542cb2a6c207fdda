"""Alloy's configuration as data: blocks with inputs inside, held against what Alloy takes, written as one text.

    alloy_text(self, "logs", [
        alloy_block("loki.write", "loki", alloy_block("endpoint", url=given.loki.url)),
        alloy_block("loki.source.file", "pods", forward_to=[Written("loki.write.loki.receiver")], ...),
    ])

The text holds the module's inputs, which Terraform fills in; which components there are, what each takes and what it
may be given is looked at before, in Python.

https://grafana.com/docs/alloy/latest/get-started/configuration-syntax/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.applications import check_alloy
from groundplan.applications.syntaxes.alloy import alloy_expression
from groundplan.applications.written import Block
from groundplan.charts import is_opaque
from groundplan.framework import choose, expression_of, hcl, join, texts
from groundplan.framework.lines import line_below
from groundplan.framework.module import Module
from groundplan.framework.references import AnyReference, FlagReference, MapReference, NumberReference
from groundplan.problems import BadInput

__all__ = ["AlloyBlock", "OnlyIf", "Written", "alloy_block", "alloy_text"]


class Written(str):
    """An expression of Alloy's, which is written as it is: `loki.write.loki.receiver`, `sys.env("HOSTNAME")`."""

    __slots__ = ()


@dataclass(frozen=True)
class OnlyIf:
    """An attribute, or an item of a list, that is there when a flag is true."""

    condition: Any
    value: Any


@dataclass(frozen=True)
class AlloyBlock:
    """A block with what is in it; of those with `only_when`, where that flag is true."""

    kind: str
    label: str
    inside: tuple[AlloyBlock, ...]
    attributes: Mapping[str, Any]
    only_when: Any


def alloy_block(
    kind: str, label: str = "", *inside: AlloyBlock, only_when: Any = None, **attributes: Any
) -> AlloyBlock:
    """A block of that kind. Attributes are texts, numbers, flags, lists and maps of them, inputs, and `Written`."""
    return AlloyBlock(kind, label, inside, attributes, only_when)


def alloy_text(scope: Module[Any, Any], what: str, blocks: Sequence[AlloyBlock]) -> str:
    """The configuration of these blocks, as the text that Terraform fills in; `what` says which one in messages.

    Raises BadInput for a component or an argument that Alloy does not have, a value that it does not take there, and a
    reference to what no block gives, as if all that may be there were there.
    """
    problems = check_alloy(_content(blocks), where=f"{type(scope).__name__}.{what}")
    if problems:
        line = line_below(scope.folder(), scope.project())
        raise BadInput(problem.said_at(line) for problem in problems)
    return "".join(_block(block, "") for block in blocks)


# as it is looked at


def _content(blocks: Sequence[AlloyBlock]) -> Block:
    found = Block()
    for block in blocks:
        body = Block({name: _looked_at(value) for name, value in block.attributes.items()})
        body.update(_content(block.inside))
        holder = found.setdefault(block.kind, Block()) if block.label else found
        holder.setdefault(block.label or block.kind, []).append(body)
    return found


def _looked_at(value: Any) -> Any:
    if isinstance(value, OnlyIf):
        return _looked_at(value.value)
    if isinstance(value, Written):
        return alloy_expression(value)
    if is_opaque(value):
        return "${" + expression_of(value) + "}"
    if isinstance(value, Mapping):
        return {key: _looked_at(item) for key, item in value.items()}
    return [_looked_at(item) for item in value] if isinstance(value, (list, tuple)) else value


# as it is written


def _block(block: AlloyBlock, margin: str) -> str:
    head = f"{block.kind} {json.dumps(block.label)}" if block.label else block.kind
    inner = f"{margin}  "
    body = "".join((*_attributes(block.attributes, inner), *(_block(each, inner) for each in block.inside)))
    text = f"{margin}{head} {{\n{body}{margin}}}\n"
    return text if block.only_when is None else f"{choose(block.only_when, text, '')}"


def _attributes(attributes: Mapping[str, Any], margin: str) -> Iterator[str]:
    for name, value in attributes.items():
        if isinstance(value, OnlyIf):
            yield f"{choose(value.condition, f'{margin}{name} = {_value(value.value)}' + chr(10), '')}"
        else:
            yield f"{margin}{name} = {_value(value)}\n"


def _value(value: Any) -> str:
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, MapReference):
        pairs = f'[for key, item in {hcl(value)} : format("%s = %s", jsonencode(key), jsonencode(item))]'
        return '{${join(", ", ' + pairs + ")}}"
    if isinstance(value, (NumberReference, FlagReference)) and not isinstance(value, AnyReference):
        return "${" + expression_of(value) + "}"
    if is_opaque(value):
        # JSON's texts and lists are Alloy's
        return "${jsonencode(" + hcl(value) + ")}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return _list(value)
    return json.dumps(value, ensure_ascii=False)


def _list(items: Sequence[Any]) -> str:
    if not any(isinstance(item, OnlyIf) for item in items):
        return "[" + ", ".join(map(_value, items)) + "]"
    written = [
        choose(item.condition, _value(item.value), "") if isinstance(item, OnlyIf) else _value(item) for item in items
    ]
    return f"[{join(', ', texts('compact', written))}]"
