"""Data files of policies as they are written: their values, where each stands, and what their schema says of them.

Parameters and exceptions are written by hand. A wrong value there would reach a rule as a wrong verdict, or stop the
engine with a message about Rego, so every file is held to the JSON Schema beside it before a rule runs. groundplan
itself knows no rule: the schema is data as well, `schema.json`, which Terraform Cloud does not load.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from groundplan.problems import Problem

from . import errors
from .kubernetes import Loader

__all__ = ["SCHEMA", "Document", "read_document", "read_yaml"]

SCHEMA = "schema.json"
# libyaml where PyYAML was built with it: the same nodes, ten times as fast
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")
Steps = tuple[str | int, ...]


class _Loader(Loader):
    """opa's words are those of Kubernetes, by the same library; keys stay what they are, so that an odd one is told.

    https://github.com/open-policy-agent/opa/blob/v1.9.0/v1/loader/loader.go, loadYAML
    """


_Loader.add_constructor("tag:yaml.org,2002:map", yaml.SafeLoader.construct_yaml_map)


def read_yaml(text: str) -> Any:
    """`text` as plain data, in opa's words: days stay text."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader with other words)


@dataclass(frozen=True)
class Document:
    """One data file: `name` as messages show it (`policies/exceptions/data.yaml`), `text`, and its `content`."""

    name: str
    text: str
    content: dict[str, Any]

    @cached_property
    def _lines(self) -> dict[Steps, int]:
        return dict(_lines(_composed(self.text)))

    def place(self, steps: Steps) -> str:
        """`file:line` of what stands at `steps`, or of the nearest thing around it."""
        while steps and steps not in self._lines:
            steps = steps[:-1]
        return f"{self.name}:{self._lines.get(steps, 1)}"


def read_document(
    path: Path, name: str, *, fits: bool = False, check_schema: bool = False
) -> tuple[Document | None, list[Problem]]:
    """The file and everything wrong with it: text that cannot be read, keys written twice, and what its schema says.

    A file below parameters/ and the exceptions must have a schema. There is no document when there is a problem.
    `fits` says that nothing was wrong with this text and this schema before: then nothing is looked for. `check_schema`
    asks as well whether the schema is one, which takes longer than all else: the tests of the rules ask.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text, parse_constant=_no_number) if path.suffix == ".json" else read_yaml(text)
        root = None if fits else _composed(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        return None, [errors.unreadable_data(name, str(error))]
    if not isinstance(content, dict):
        return None, [errors.unreadable_data(name, "it must be a mapping")]
    document = Document(name, text, content)
    if fits:
        return document, []
    problems = [*_twice(document, root), *_no_json(document, root, yaml_text=path.suffix != ".json")]
    if not problems:
        problems = list(_against_schema(document, path.with_name(SCHEMA), check_schema=check_schema))
    return (None, problems) if problems else (document, [])


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _composed(text: str) -> yaml.Node | None:
    # Outside of strings, where it may not stand raw, a tab is but a space to JSON; to YAML it is an error. Neither
    # does YAML know JSON's two escapes for one character.
    plain = _PAIR.sub(lambda pair: pair[1] + json.loads(f'"{pair[2]}"'), text.replace("\t", " "))
    found: yaml.Node | None = yaml.compose(plain, Loader=_FAST)
    return found


def _values(
    node: yaml.Node | None, steps: Steps = (), above: tuple[int, ...] = ()
) -> Iterator[tuple[Steps, yaml.Node]]:
    """Every value by its place, the whole first. An alias of what it stands in is not followed."""
    if node is None or id(node) in above:
        return
    yield steps, node
    above = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _values(value, (*steps, str(key.value)), above)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _values(value, (*steps, index), above)


def _lines(root: yaml.Node | None) -> Iterator[tuple[Steps, int]]:
    """Where each value stands: at its key, or where an item of a list begins."""
    for steps, node in _values(root):
        if isinstance(node, yaml.MappingNode):
            for key, _ in node.value:
                yield (*steps, str(key.value)), key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                yield (*steps, index), item.start_mark.line + 1


def _twice(document: Document, root: yaml.Node | None) -> Iterator[Problem]:
    """Keys that stand twice in a mapping: who reads the file may see the one, and the engine takes the other."""
    for steps, node in _values(root):
        if not isinstance(node, yaml.MappingNode):
            continue
        first: dict[str, int] = {}
        for key, _ in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in first:
                yield errors.key_written_twice(f"{document.name}:{line}", _shown((*steps, name)), first[name])
            first.setdefault(name, line)


def _no_json(document: Document, root: yaml.Node | None, *, yaml_text: bool) -> Iterator[Problem]:
    """What YAML can say and JSON, and so a rule, cannot: days, keys that are no text, numbers without end, loops."""
    if yaml_text:
        for steps, node in _values(root):
            if isinstance(node, yaml.ScalarNode) and node.tag == _TIMESTAMP:
                yield errors.unquoted_day(f"{document.name}:{node.start_mark.line + 1}", _shown(steps), node.value)
    yield from _odd(document, document.content, (), ())


def _odd(document: Document, value: Any, steps: Steps, above: tuple[int, ...]) -> Iterator[Problem]:
    if id(value) in above:
        yield errors.no_json_value(document.place(steps), _shown(steps), "holds itself")
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(key, str):
                yield from _odd(document, item, (*steps, key), (*above, id(value)))
            else:
                place = document.place((*steps, str(key)))
                yield errors.no_json_value(place, _shown(steps), f"has a key that is no text, {key!r}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _odd(document, item, (*steps, index), (*above, id(value)))
    elif isinstance(value, float) and not math.isfinite(value):
        yield errors.no_json_value(document.place(steps), _shown(steps), "is no number of JSON")
    elif not (value is None or isinstance(value, (str, bool, int, float))):
        yield errors.no_json_value(document.place(steps), _shown(steps), f"is a {type(value).__name__}")


def _against_schema(document: Document, path: Path, *, check_schema: bool) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator, FormatChecker  # here: only judging pays for it
    from jsonschema.exceptions import SchemaError

    beside = f"{document.name.rpartition('/')[0]}/{SCHEMA}"
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
        if check_schema:
            Draft202012Validator.check_schema(schema)
    except FileNotFoundError:
        yield errors.no_schema(document.name, beside)
        return
    except (OSError, ValueError, SchemaError) as error:
        yield errors.unreadable_data(beside, str(error).partition("\n")[0])
        return
    try:
        validator = Draft202012Validator(schema, format_checker=FormatChecker(["date", "regex"]))
        faults = sorted(validator.iter_errors(document.content), key=lambda item: [str(step) for step in item.path])
    except Exception as error:  # a schema that is none fails anywhere in the library
        wrong = next(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema), None)
        yield errors.unreadable_data(beside, (wrong.message if wrong else str(error)).partition("\n")[0])
        return
    shaped: set[Steps] = set()
    for fault in faults:
        steps: Steps = tuple(fault.path)
        if "propertyNames" in fault.schema_path:
            steps = (*steps, str(fault.instance))
        if fault.validator in ("format", "pattern"):
            # what is no day is also not written as one
            if steps in shaped:
                continue
            shaped.add(steps)
        described: Mapping[str, Any] = fault.schema if isinstance(fault.schema, Mapping) else {}
        if fault.validator == "additionalProperties" and "properties" in described:
            allowed = described["properties"]
            for key in sorted(set(fault.instance) - set(allowed)):
                yield errors.unknown_key(document.place((*steps, key)), _shown((*steps, key)), key, allowed)
            continue
        meant = str(described.get("description", ""))
        yield errors.against_schema(document.place(steps), _shown(steps), fault.message, meant)


def _shown(steps: Steps) -> str:
    """`waivers[0].reason`."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
