"""What Terraform and the checks say, without the values that nobody may see: an error quotes what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from groundplan.problems import BadInput, GroundplanError, Problem, ToolFailed
from groundplan.secrets import Detector, Seen, without_values

from .checks.errors import SECRET_NAMES
from .schema import ProviderSchema
from .schema.model import Block
from .stacks import CONFIG, Stack

__all__ = ["without_secrets"]

_VARIABLE = re.compile(r"\bvar\.([\w-]+)")
# shorter, it is a word that a message needs, and no secret
_SHORTEST = 4


def without_secrets(
    error: GroundplanError, stacks: Iterable[Stack], schemas: Mapping[str, ProviderSchema], detector: Detector
) -> GroundplanError:
    """The same error, without what the stacks hold in sensitive places, and without what looks like a secret."""
    texts = {text for stack in stacks for text in _secrets(stack, schemas, detector) if len(text) >= _SHORTEST}
    if isinstance(error, BadInput):
        return BadInput(without_values(error.problems, texts))
    if isinstance(error, ToolFailed):
        (problem,) = without_values([error.problem], texts)
        (output,) = without_values([Problem("", error.output)], texts)
        return ToolFailed(problem.message, cure=problem.cure, output=output.message)
    return error


def _secrets(stack: Stack, schemas: Mapping[str, ProviderSchema], detector: Detector) -> set[str]:
    files = {name: _json(content) for name, content in stack.files.items() if name.endswith(".tf.json")}
    seen = {each for content in files.values() for each in _seen(content)}
    seen |= {Seen(text, name) for name, text in stack.texts()}
    texts = {each.text for each in detector.kinds(seen)}
    called = _called(files.get(CONFIG))
    for name, content in files.items():
        inputs = called.get(PurePosixPath(name).parent, [])
        for value in _sensitive(content, schemas):
            for text in _texts(value):
                texts |= {text} if "${" not in text else set()
                for variable in _VARIABLE.findall(text):
                    texts |= {each for given in inputs for each in _texts(given.get(variable)) if "${" not in each}
        for variable, block in _blocks(content.get("variable")):
            if block.get("sensitive"):
                texts |= {each for given in inputs for each in _texts(given.get(variable))}
                texts |= set(_texts(block.get("default")))
    return texts


def _sensitive(content: Mapping[str, Any], schemas: Mapping[str, ProviderSchema]) -> Iterator[Any]:
    for name, provider in _blocks(content.get("provider")):
        if name in schemas:
            yield from _of_block(provider, schemas[name].provider)
    for kind in ("resource", "data"):
        for type_name, named in _blocks(content.get(kind)):
            for schema in schemas.values():
                block = (schema.resources if kind == "resource" else schema.data_sources).get(type_name)
                if block is not None:
                    for _name, body in _blocks(named):
                        yield from _of_block(body, block)


def _of_block(body: Mapping[str, Any], block: Block) -> Iterator[Any]:
    for name, value in body.items():
        attribute = block.attributes.get(name)
        if (attribute is not None and attribute.sensitive) or SECRET_NAMES.search(name):
            yield value
        elif name in block.blocks:
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, Mapping):
                    yield from _of_block(each, block.blocks[name].block)


def _called(root: Any) -> dict[PurePosixPath, list[Mapping[str, Any]]]:
    """The inputs of a stack's module calls, by the module's folder; the stack's own have no caller."""
    found: dict[PurePosixPath, list[Mapping[str, Any]]] = {}
    for _name, call in _blocks(root.get("module") if isinstance(root, Mapping) else None):
        found.setdefault(PurePosixPath(str(call.get("source", ""))), []).append(call)
    return found


def _blocks(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Terraform's JSON writes a block as an object or as a list of them."""
    for name, written in value.items() if isinstance(value, Mapping) else ():
        for each in written if isinstance(written, list) else [written]:
            if isinstance(each, Mapping):
                yield name, each


def _seen(value: Any, name: str = "") -> Iterator[Seen]:
    if isinstance(value, str):
        yield Seen(value, name)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _seen(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _seen(inner, name)


def _texts(value: Any) -> Iterator[str]:
    yield from (each.text for each in _seen(value))


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
