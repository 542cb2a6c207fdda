"""A module in Terraform JSON as the same in HCL, which the core plans in half of the time.

The core parses an expression of a JSON file anew each time that it evaluates it, and one of an HCL file once:
https://github.com/hashicorp/hcl/blob/v2.23.0/json/structure.go (`expression.Value`). Both mean the same:
https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from .hcl import template_end
from .schema import Block, ProviderSchema

__all__ = ["NotNative", "configuration_of", "in_hcl", "read_exactly", "steps_in"]

Text: TypeAlias = Callable[[str], str]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# a sign that is written twice means itself
_OPENS = re.compile(r"\$?\$\{|%?%\{")
# `{for = 1}` would be a loop, and `{null = 1}` an object with a key that is null
_KEYWORDS = frozenset({"for", "null"})
# names of other things of the module, which JSON writes as text
_TRAVERSALS = frozenset({"depends_on", "ignore_changes", "provider", "replace_triggered_by"})
_TRAVERSAL = re.compile(r'[A-Za-z_][\w-]*(?:\.[\w-]+|\[(?:"[^"\\$%]*"|\d+)\])*', re.ASCII)
_COMMENT = "//"
_TYPE = re.compile(r'(?:[\w\s(){}\[\]=,.:-]|"(?:[^"\\$%]|\\.|[$%](?!\{))*")+', re.ASCII)
_OF_A_VARIABLE = frozenset({"default", "description", "ephemeral", "nullable", "sensitive", "type", "validation"})
_CONDITIONS = frozenset({"postcondition", "precondition"})
_JSON_ONLY = {"\\b": "\\u0008", "\\f": "\\u000c"}  # escapes that Terraform does not know


class NotNative(Exception):
    """The module has something that is not known here: it is planned as it is."""


def read_exactly(content: bytes) -> dict[str, Any]:
    """The module that a file in JSON holds.

    Raises NotNative for what Python would not read as the core does: names that are there twice, of which JSON of
    Terraform makes two blocks, and numbers that are no more the same, or would be printed otherwise.
    """
    try:
        found = json.loads(
            content.decode(),
            object_pairs_hook=_once,
            parse_float=_fraction,
            parse_constant=_constant,
        )
    except (ValueError, RecursionError):
        raise NotNative("no JSON") from None
    return dict(_mapping(found))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotNative(next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1))
    return found


def _fraction(text: str) -> float:
    found = float(text)
    if found.is_integer() or Decimal(repr(found)) != Decimal(text):
        raise NotNative(text)
    return found


def _constant(text: str) -> float:
    raise NotNative(text)


def in_hcl(document: Mapping[str, Any], schemas: Mapping[str, ProviderSchema]) -> str:
    """The module as one file in HCL. `schemas` tell blocks from attributes that hold objects, which JSON does not.

    Raises NotNative for blocks that no module of ours has, and types that no schema tells of.
    """
    return "".join(_section(word, section, schemas) for word, section in document.items())


def _section(word: str, section: Any, schemas: Mapping[str, ProviderSchema]) -> str:
    if word == "moved":
        return "".join(
            _block(word, f"from = {_bare(it.get('from'))}\nto = {_bare(it.get('to'))}\n") for it in _each(section)
        )
    section = _mapping(section)
    if word == "terraform":
        required = _mapping(section.get("required_providers", {}))
        given = [each if isinstance(each, dict) else {"version": each} for each in required.values()]
        # names of configurations would stand there without quotes
        if not set(section) <= {"required_providers", "required_version"} or not all(
            set(each) <= {"source", "version"} for each in given
        ):
            raise NotNative(word)
        version = {name: section[name] for name in ("required_version",) if name in section}
        return _block(
            word, _attributes(version, _quoted) + _block("required_providers", _attributes(required, _quoted))
        )
    if word == "variable":
        return "".join(_block(f"variable {_quoted(name)}", _variable(_mapping(it))) for name, it in section.items())
    if word == "output":
        return "".join(_block(f"output {_quoted(name)}", _output(_mapping(it))) for name, it in section.items())
    if word == "locals":
        return _block(word, _attributes(section, _template))
    if word in ("data", "resource"):
        return "".join(
            _block(f"{word} {_quoted(kind)} {_quoted(name)}", _body(_mapping(it), _schema_of(kind, word, schemas)))
            for kind, named in section.items()
            for name, it in _mapping(named).items()
        )
    raise NotNative(word)


def _schema_of(kind: str, word: str, schemas: Mapping[str, ProviderSchema]) -> Block:
    for schema in schemas.values():
        found = (schema.resources if word == "resource" else schema.data_sources).get(kind)
        if found is not None:
            return found
    raise NotNative(kind)


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NotNative(type(value).__name__)
    return value


def _variable(it: Mapping[str, Any]) -> str:
    if not set(it) <= _OF_A_VARIABLE or not _TYPE.fullmatch(str(it.get("type", "any"))):
        raise NotNative("variable")
    literal = {name: value for name, value in it.items() if name not in ("type", "validation")}
    kind = f"type = {it['type']}\n" if "type" in it else ""
    rules = "".join(_block("validation", _attributes(rule, _template)) for rule in _each(it.get("validation", [])))
    return kind + _attributes(literal, _quoted) + rules


def _output(it: Mapping[str, Any]) -> str:
    if not set(it) <= {"depends_on", "description", "sensitive", "value"}:
        raise NotNative("output")
    return "".join(
        f"{name} = {_traversals(value)}\n"
        if name in _TRAVERSALS
        else _attributes({name: value}, _quoted if name == "description" else _template)
        for name, value in it.items()
    )


def _body(it: Mapping[str, Any], schema: Block) -> str:
    """The inside of a resource, a data source or a block of them."""
    text = ""
    for name, value in it.items():
        if name in ("connection", "provisioner", _COMMENT):
            raise NotNative(name)
        if name == "lifecycle":
            text += "".join(_block(name, _lifecycle(each)) for each in _each(value))
        elif name == "dynamic":
            text += "".join(
                _dynamic(label, each, schema) for label, many in _mapping(value).items() for each in _each(many)
            )
        elif name in schema.blocks:
            text += "".join(_block(name, _body(each, schema.blocks[name].block)) for each in _each(value))
        elif name in _TRAVERSALS:
            text += f"{name} = {_traversals(value)}\n"
        else:
            text += _attributes({name: value}, _template)
    return text


def _dynamic(label: str, it: Mapping[str, Any], schema: Block) -> str:
    if label not in schema.blocks or not {"content", "for_each"} <= set(it) <= {"content", "for_each", "iterator"}:
        raise NotNative(label)
    iterator = f"iterator = {_bare(it['iterator'])}\n" if "iterator" in it else ""
    content = _block("content", _body(_mapping(it["content"]), schema.blocks[label].block))
    return _block(
        f"dynamic {_quoted(label)}", _attributes({"for_each": it["for_each"]}, _template) + iterator + content
    )


def _lifecycle(it: Mapping[str, Any]) -> str:
    text = ""
    for name, value in it.items():
        if name in _CONDITIONS:
            text += "".join(_block(name, _attributes(each, _template)) for each in _each(value))
        elif name in _TRAVERSALS:
            text += f"{name} = {_traversals(value)}\n"
        else:
            text += _attributes({name: value}, _template)
    return text


def _each(value: Any) -> Iterable[Mapping[str, Any]]:
    """The blocks of one name: JSON has an object for one, and a list for several."""
    return map(_mapping, value if isinstance(value, list) else [value])


def _labelled(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((label, each) for label, many in _mapping(value).items() for each in _each(many))


def _block(head: str, inside: str) -> str:
    return f"{head} {{\n{inside}}}\n"


def _attributes(items: Mapping[str, Any], text: Text) -> str:
    written = {name: value for name, value in items.items() if name != _COMMENT}
    for name in written:
        if not _NAME.fullmatch(name):
            raise NotNative(name)
    return "".join(f"{name} = {_value(value, text)}\n" for name, value in written.items())


def _value(value: Any, text: Text) -> str:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(item, text) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key, text)} = {_value(item, text)}' for key, item in value.items())}}}"
    return json.dumps(value)


def _key(key: str, text: Text) -> str:
    if _NAME.fullmatch(key) and key not in _KEYWORDS:
        return key
    written = text(key)
    return written if written.startswith('"') and written.endswith('"') else f"({written})"


def _traversals(value: Any) -> str:
    """Names of resources and attributes, which stand as they are: `aws_s3_bucket.this`, `all`."""
    return f"[{', '.join(map(_bare, value))}]" if isinstance(value, list) else _bare(value)


def _bare(name: Any) -> str:
    if not isinstance(name, str):
        raise NotNative(type(name).__name__)
    bare = name[2:-1] if name.startswith("${") and name.endswith("}") else name
    if not _TRAVERSAL.fullmatch(bare):
        raise NotNative(name)
    return bare


def _quoted(text: str) -> str:
    """A quoted text that means itself."""
    return _escaped(text).replace("${", "$${").replace("%{", "%%{")


def _escaped(text: str) -> str:
    return re.sub(r"\\.", lambda found: _JSON_ONLY.get(found[0], found[0]), json.dumps(text, ensure_ascii=False))


def _template(text: str) -> str:
    """A text that Terraform evaluates. One that is a single reference keeps the type of what it refers to."""
    parts = list(_parts(text))
    if len(parts) == 1 and parts[0].startswith("${"):
        inner = parts[0][2:-1].strip()
        # a line's end ends an expression, except between brackets
        return f"({inner})" if "\n" in inner else inner
    return '"' + "".join(part if part.startswith(("${", "%{")) else _escaped(part)[1:-1] for part in parts) + '"'


def _parts(text: str) -> Iterator[str]:
    """The pieces of a template: `${...}` and `%{...}` whole, and the text between them."""
    start = index = 0
    while (found := _OPENS.search(text, index)) is not None:
        index = found.end()
        if len(found[0]) == 2:
            if start < found.start():
                yield text[start : found.start()]
            index = template_end(text, index)
            if text[index - 1] != "}":
                raise NotNative(text)
            yield text[found.start() : index]
            start = index
    if start < len(text):
        yield text[start:]


def configuration_of(
    module: dict[str, Any], document: Mapping[str, Any], schemas: Mapping[str, ProviderSchema]
) -> None:
    """Puts into a plan's configuration of a `module` what it would say if that were planned as it is written.

    Of an expression of HCL a plan shows the references, of one of JSON its text as well, which rules read.
    """
    for resource in module.get("resources", ()):
        word = "resource" if resource["mode"] == "managed" else "data"
        written = document[word][resource["type"]][resource["name"]]
        _expressions(resource.get("expressions", {}), written, _schema_of(resource["type"], word, schemas))
        for name in ("count", "for_each"):
            if name in written:
                resource[f"{name}_expression"] = {
                    "constant_value": written[name],
                    **resource.get(f"{name}_expression", {}),
                }
    for name, output in module.get("outputs", {}).items():
        value = document["output"][name]["value"]
        output["expression"] = {**output.get("expression", {}), "constant_value": value}


def _expressions(told: dict[str, Any], written: Mapping[str, Any], schema: Block) -> None:
    for name, value in written.items():
        if name in schema.attributes:
            told[name] = {**told.get(name, {}), "constant_value": value}
        elif name in schema.blocks and name in told:
            inside = told[name] if isinstance(told[name], list) else [told[name]]
            for block, each in zip(inside, _each(value), strict=True):
                _expressions(block, each, schema.blocks[name].block)


def steps_in(document: Any, steps: Iterable[str | int]) -> tuple[str | int, ...]:
    """The steps to a place in HCL as they are in the document, where a block may be the only one of a list."""
    found: list[str | int] = []
    for step in steps:
        if isinstance(document, list) and not isinstance(step, int):
            found.append(0)
            document = document[0] if document else None
        found.append(step)
        try:
            document = document[step]
        except (LookupError, TypeError):
            document = None
    return tuple(found)
