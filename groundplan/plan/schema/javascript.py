"""Reads a resource type's schema out of the bindings' own JavaScript.

`lib/<type>/index.js` of a prebuilt cdktf provider maps every property to its Terraform name, and `index.d.ts` beside it
says what is optional and what is a block. Both are generated, so their shape is fixed:
https://github.com/hashicorp/terraform-cdk/tree/main/packages/%40cdktf/provider-generator
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .model import Attribute, Block, CtyType, Nested, NestedBlock, Nesting, has_dynamic, without_dynamic_sets

__all__ = ["read_block"]

_HCL_FUNCTION = re.compile(r"\nfunction (\w+)ToHclTerraform\(struct\) \{\n")
_TOP_HCL = re.compile(r"\n    (synthesizeHclAttributes)\(\) \{\n")
_ENTRY = re.compile(
    r'^ +"?(\w+)"?: \{\s+value: (.*?),\s+isBlock: (?:true|false),\s+type: "(\w+)",\s+storageClassType: "(\w+)",\s+\}',
    re.S | re.M,
)
_STRUCT_CALL = re.compile(r"(\w+)ToHclTerraform")
_CLASS = re.compile(r"\nclass (\w+) extends cdktf\.\w+ \{\n")
_GETTER = re.compile(r"^    get (\w+)\(\) \{\n\s+return (.*?);\n    \}", re.S | re.M)
_NAME = re.compile(r"""(?:Attribute)\(['"](\w+)['"]\)""")
_MEMBER_CLASS = re.compile(r'this\._(\w+) = new (\w+)\(this, "(\w+)"(?:, (true|false))?\)')
_MEMBER_MAP = re.compile(r'new cdktf\.(\w+)\(this, "(\w+)"')
_FLAGS = re.compile(r"^ +// (\w+) - computed: (true|false), optional: (true|false), required: (true|false)$", re.M)
_INTERFACE = re.compile(r"\nexport interface (\w+)[^{\n]*\{\n")
_PROPERTY = re.compile(r"/\*\*((?:(?!\*/).)*)\*/\s+readonly \w+(\??):", re.S)
_DOC_NAME = re.compile(r"#(\w+) \w+#\w+\}")
_DOC_BLOCK = re.compile(r"^\s*\* (\w+) block$", re.M)
_STRUCT_INTERFACE = re.compile(r"^export declare function (\w+)ToTerraform\(struct\?: ([^)]*)\): any;", re.M)
_CONFIG = re.compile(
    r"^export declare class (\w+) extends cdktf\.Terraform(?:Resource|DataSource|Provider) \{.*?"
    r"constructor\(scope: Construct, id: string, config\??: (\w+)\);",
    re.S | re.M,
)
_SIMPLE: dict[str, CtyType] = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "any": "dynamic",
    "stringMap": ["map", "string"],
    "numberMap": ["map", "number"],
    "booleanMap": ["map", "bool"],
    "anyMap": "dynamic",
    "stringList": ["list", "string"],
    "numberList": ["list", "number"],
    "stringListList": ["list", ["list", "string"]],
    "stringMapList": ["list", ["map", "string"]],
    "stringMapMap": ["map", ["map", "string"]],
}
_MAPS: dict[str, CtyType] = {
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
    "StringMapList": ["list", ["map", "string"]],
}
_GETTER_TYPES: dict[str, CtyType] = {
    "getStringAttribute": "string",
    "getNumberAttribute": "number",
    "getBooleanAttribute": "bool",
    "getListAttribute": ["list", "string"],
    "getNumberListAttribute": ["list", "number"],
    "getStringMapAttribute": ["map", "string"],
    "getNumberMapAttribute": ["map", "number"],
    "getBooleanMapAttribute": ["map", "bool"],
    "getAnyMapAttribute": "dynamic",
    "interpolationForAttribute": "dynamic",
}


@dataclass(frozen=True)
class _Entry:
    """One line of a ToHclTerraform function: `struct` names the function of what is inside."""

    struct: str | None
    repeated: bool
    kind: str
    storage: str


@dataclass(frozen=True)
class _Promise:
    """What an interface says of one property."""

    optional: bool
    block: bool


@dataclass(frozen=True)
class _Member:
    """What a class can give: a plain type, or a class with its nesting."""

    type: CtyType = None
    class_name: str | None = None
    in_set: bool = False
    computed: bool = False


class _Source:
    """The two files of one type, taken apart."""

    def __init__(self, javascript: str, declarations: str) -> None:
        self.structs = {name: _entries(body) for name, body in _bodies(_HCL_FUNCTION, javascript)}
        self.classes = {name: _members(body) for name, body in _bodies(_CLASS, javascript)}
        self.interfaces = {name: _promises(body) for name, body in _bodies(_INTERFACE, declarations)}
        self.interface_of = {name: _interface(union) for name, union in _STRUCT_INTERFACE.findall(declarations)}
        top = next(_bodies(_TOP_HCL, javascript, end="\n    }"), None)
        self.top = _entries(top[1]) if top else {}
        config = _CONFIG.search(declarations)
        self.main_class, self.config = (config[1], config[2]) if config else ("", "")


def read_block(javascript: str, declarations: str, *, nested_types: bool = False, provider: bool = False) -> Block:
    """The schema of the one resource, data source or provider that these files declare.

    `nested_types`: the provider is on the plugin framework, so that an object-valued attribute is made of attributes.
    `provider`: the files declare the provider itself, whose meta-argument `alias` is no attribute.
    """
    source = _Source(javascript, declarations)
    members = {} if provider else source.classes.get(source.main_class, {})
    block = _block(source, source.top, source.interfaces.get(source.config, {}), members, nested_types)
    if provider:
        block.attributes.pop("alias", None)
    return without_dynamic_sets(block)


def _bodies(heading: re.Pattern[str], text: str, end: str = "\n}") -> Iterator[tuple[str, str]]:
    """The name in each heading, and the lines from there to its closing brace.

    Megabytes are looked through: for a text that is searched, and no pattern that is tried at every character.
    """
    # a line break begins each heading, the first one too
    text = f"\n{text}"
    position = 0
    while found := heading.search(text, position):
        last = text.find(end, found.end() - 1)
        if last < 0:
            return
        yield found[1], text[found.end() : last + 1]
        position = last


def _entries(body: str) -> dict[str, _Entry]:
    found = {}
    for name, value, kind, storage in _ENTRY.findall(body):
        struct = None if storage in _SIMPLE else _STRUCT_CALL.search(value)
        found[name] = _Entry(struct[1] if struct else None, "listMapperHcl(" in value, kind, storage)
    return found


def _members(body: str) -> dict[str, _Member]:
    computed = {name for name, is_computed, *_ in _FLAGS.findall(body) if is_computed == "true"}
    found = {}
    for _property, class_name, name, in_set in _MEMBER_CLASS.findall(body):
        found[name] = _Member(class_name=class_name, in_set=in_set == "true", computed=name in computed)
    for class_name, name in _MEMBER_MAP.findall(body):
        found[name] = _Member(_MAPS.get(class_name, "dynamic"), computed=name in computed)
    for _property, expression in _GETTER.findall(body):
        name = _NAME.search(expression)
        if not name:
            continue
        accessor = next(accessor for accessor in _GETTER_TYPES if f"this.{accessor}(" in expression)
        cty = _GETTER_TYPES[accessor]
        if "Fn.tolist(" in expression:
            cty = ["set", cty[1] if isinstance(cty, list) else "dynamic"]
        if has_dynamic(cty):
            cty = "dynamic"
        found[name[1]] = _Member(cty, computed=name[1] in computed)
    return found


def _promises(body: str) -> dict[str, _Promise]:
    found = {}
    for doc, mark in _PROPERTY.findall(body):
        name = _DOC_NAME.search(doc)
        if name:
            block = _DOC_BLOCK.search(doc)
            found[name[1]] = _Promise(mark == "?", block is not None and block[1] == name[1])
    return found


def _interface(union: str) -> str:
    names = [name.strip() for name in union.split("|")]
    return next((name for name in names if not name.startswith("cdktf.") and not name.endswith("OutputReference")), "")


def _block(
    source: _Source,
    entries: dict[str, _Entry],
    promises: dict[str, _Promise],
    members: dict[str, _Member],
    nested_types: bool,
) -> Block:
    block = Block()
    for name, entry in entries.items():
        promise = promises.get(name, _Promise(optional=True, block=False))
        if promise.block and entry.struct is not None:
            inner = _struct_block(source, entry.struct, nested_types)
            nesting = _nesting(entry)
            limit = 1 if nesting in ("list", "set") and not entry.repeated else 0
            block.blocks[name] = NestedBlock(nesting, inner, 0 if promise.optional else 1, limit)
        else:
            member = members.get(name)
            computed = promise.optional and member is not None and member.class_name is not None and member.computed
            block.attributes[name] = _configurable(source, entry, promise, computed, nested_types)
    for name, member in members.items():
        if name not in entries:
            block.attributes[name] = _computed(source, member, nested_types)
    return block


def _struct_block(source: _Source, struct: str, nested_types: bool) -> Block:
    interface = source.interface_of.get(struct, "")
    members = source.classes.get(f"{interface}OutputReference", {})
    return _block(source, source.structs.get(struct, {}), source.interfaces.get(interface, {}), members, nested_types)


def _nesting(entry: _Entry) -> Nesting:
    nestings: dict[str, Nesting] = {"list": "list", "set": "set", "map": "map"}
    return nestings.get(entry.kind, "single")


def _configurable(source: _Source, entry: _Entry, promise: _Promise, computed: bool, nested_types: bool) -> Attribute:
    flags: dict[str, Any] = {"required": not promise.optional, "optional": promise.optional, "computed": computed}
    if entry.struct is None:
        cty = _SIMPLE[entry.storage]
        if entry.kind == "set" and isinstance(cty, list):
            cty = ["set", cty[1]]
        return Attribute(cty, None, **flags)
    inner = _struct_block(source, entry.struct, nested_types=True)
    nesting = _nesting(entry)
    # An object type of the older SDK says nothing of its members; a required one can only come from a nested type.
    if nested_types or any(attribute.required for attribute in inner.attributes.values()):
        return Attribute(None, Nested(nesting, inner.attributes), **flags)
    shape = Attribute(nested=Nested(nesting, inner.attributes)).cty()
    return Attribute(shape, None, **flags)


def _computed(source: _Source, member: _Member, nested_types: bool) -> Attribute:
    if member.class_name is None:
        return Attribute(member.type, computed=True)
    many = member.class_name.endswith("List")
    stem = re.sub(r"(?:List|Map|OutputReference)$", "", member.class_name)
    members = source.classes.get(f"{stem}OutputReference", {})
    attributes = {name: _computed(source, inner, nested_types) for name, inner in members.items()}
    nesting: Nesting = "set" if many and member.in_set else "list" if many else "single"
    if member.class_name.endswith("Map"):
        nesting = "map"
    attribute = Attribute(nested=Nested(nesting, attributes), computed=True)
    return attribute if nested_types else Attribute(attribute.cty(), computed=True)
