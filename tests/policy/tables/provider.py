"""What the providers have, by their bindings: types, and the attributes and blocks of each."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from groundplan.bindings import package_root
from groundplan.plan.schema import load, schema_for
from groundplan.plan.schema.model import Block, walk
from groundplan.policy.library import load_library

LIBRARY = load_library(Path(__file__).parents[3] / "policies")


ATTRIBUTES = "attributes.json"
FOLDERS: list[Path] = []
"""Where this run has written down what it read: conftest.py says where."""


def read_once(folder: Path) -> None:
    """What takes a second to read of the bindings, for all workers."""
    found = {name: sorted(names) for name, names in _read_attributes().items()}
    (folder / ATTRIBUTES).write_text(json.dumps(found), encoding="utf-8")


@cache
def aws_attributes() -> dict[str, frozenset[str]]:
    """Every resource type of the bindings, and the names of all attributes and blocks that stand somewhere in it."""
    (folder,) = FOLDERS
    return {name: frozenset(names) for name, names in json.loads((folder / ATTRIBUTES).read_bytes()).items()}


def _read_attributes() -> dict[str, frozenset[str]]:
    # a folder may be called s3_tables_table: the type's own name stands in the address of its documentation
    own_name = re.compile(rb"/docs/resources/(\w+)")
    mapping = re.compile(rb"name_mapping=\{(.*?)\}", re.DOTALL)
    named = re.compile(rb'"(\w+)": "')
    found = {}
    for folder in package_root("aws").iterdir():
        if folder.is_dir() and not folder.name.startswith(("data_", "_")):
            text = (folder / "__init__.py").read_bytes()
            if name := own_name.search(text):
                found[f"aws_{name[1].decode()}"] = frozenset(
                    item.decode() for names in mapping.findall(text) for item in named.findall(names)
                )
    return found


@cache
def aws_types() -> dict[str, bool]:
    """Every resource type of the bindings, and whether it has an attribute for a key."""
    key = re.compile(r"\w*kms_(?:key|arn|master_key_id|encryption_key)\w*|\w*encryption_key\w*|cmk_arn")
    return {name: any(key.fullmatch(each) for each in names) for name, names in aws_attributes().items()}


@cache
def schemas_named() -> dict[str, Block]:
    """Every type that the tables name."""
    named: set[str] = set()

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                collect(key)
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)
        elif isinstance(value, str) and re.fullmatch(r"(aws|gitlab|helm|kubernetes|vault)_[a-z0-9_]+", value):
            named.add(value)

    collect(LIBRARY.data["parameters"])
    return {
        name: block for provider in load({"resources": named}).values() for name, block in provider.resources.items()
    }


def schema_of(name: str) -> Block:
    return schemas_named().get(name) or schema_for(name)


def places(type_name: str) -> set[str]:
    """Every attribute of a type by its path, members of objects too."""
    found: set[str] = set()

    def members(path: str, cty: Any) -> None:
        found.add(path)
        while isinstance(cty, list) and cty[0] in ("list", "set", "map"):
            cty = cty[1]
        if isinstance(cty, list) and cty[0] == "object":
            for name, inner in cty[1].items():
                members(f"{path}.{name}", inner)

    for path, attribute in walk(schema_of(type_name)):
        members(path, attribute.type)
    return found


def names_of(name: str) -> frozenset[str]:
    """The attributes of a type of AWS, none of another's."""
    return aws_attributes().get(name, frozenset())


def having(attribute: str) -> frozenset[str]:
    """Every resource type of the bindings that has this attribute somewhere."""
    return frozenset(name for name, names in aws_attributes().items() if attribute in names)


def nested(name: str) -> set[str]:
    """The names of blocks at the top of a type, and of attributes that hold objects as blocks do."""
    schema = schema_of(name)
    return {*schema.blocks, *schema.attributes}


def fault_of(type_name: str, path: list[str | int]) -> str:
    """Why a path does not lead to an attribute of the type, position by position, "" when it does."""
    block: Any = schema_of(type_name)
    cty: Any = None
    left = list(path)
    while left:
        step = left.pop(0)
        if block is not None and step in block.blocks:
            nested = block.blocks[step]
            block = nested.block
            if nested.nesting in ("list", "set") and left:
                position = left.pop(0)
                if position != "*" and not (isinstance(position, int) and 0 <= position < (nested.max_items or 1)):
                    return f"{position!r} is no position of {step}"
        elif block is not None and step in block.attributes:
            block, cty = None, block.attributes[step].cty()
        elif isinstance(cty, list) and cty[0] in ("list", "set") and (step == "*" or step in (0, 1)):
            cty = cty[1]
        elif isinstance(cty, list) and cty[0] == "object" and step in cty[1]:
            cty = cty[1][step]
        elif isinstance(cty, list) and cty[0] == "map":
            cty = cty[1]
        else:
            return f"{step!r} is nothing here"
    return ""
