"""YAML as Kubernetes and Helm read it, and manifests cut into documents as Helm cuts them.

Both read YAML with sigs.k8s.io/yaml, a go-yaml of version 2 underneath: https://pkg.go.dev/sigs.k8s.io/yaml
What it takes for a flag, a number or a text differs from PyYAML in words that charts use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from .nesting import DEEPEST, is_too_deep

__all__ = ["Loader", "NoYaml", "read_manifest", "read_yaml"]

_Yaml: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# https://github.com/helm/helm/blob/v4.0.0/pkg/release/v1/util/manifest.go: whatever stands after the dashes is content
_SEPARATOR = re.compile(r"(?:^|[\t\n\f\r ]*\n)---[\t\n\f\r ]*")
_BLANK = "\t\n\f\r \v"
# https://github.com/kubernetes-sigs/yaml/blob/v1.6.0/goyaml.v2/resolve.go
_WORDS = {
    "y": True,
    "yes": True,
    "true": True,
    "on": True,
    "n": False,
    "no": False,
    "false": False,
    "off": False,
}
_FLAG = re.compile(
    "|".join(spelling for word in _WORDS for spelling in sorted({word, word.capitalize(), word.upper()})),
)
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[1-9][0-9_]*|0)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_TAG = "tag:yaml.org,2002:"


class NoYaml(ValueError):
    """Why a text is no YAML; `line` counts from 1 in the whole text, and is None where nothing says it."""

    def __init__(self, reason: str, line: int | None) -> None:
        super().__init__(reason)
        self.line = line


# of which of two classes it is made depends on the machine: mypy knows neither as a class
class Loader(_Yaml):  # type: ignore[misc]
    """Resolves plain scalars as go-yaml does when the target is no type: a time and a bare = stay text."""


# the first that fits counts
Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", re.compile(r"~|null|Null|NULL|"), ["~", "n", "N", ""]),
    ("merge", re.compile(r"<<"), ["<"]),
    ("bool", _FLAG, list("yYnNtTfFoO")),
    ("int", _INTEGER, list("-+0123456789")),
    ("float", _FLOAT, list("-+.0123456789")),
    ("float", _ENDLESS, list("-+.")),
):
    _whole = re.compile(f"(?:{_pattern.pattern})\\Z")
    for _character in _first:
        Loader.yaml_implicit_resolvers.setdefault(_character, []).append((f"{_TAG}{_tag}", _whole))


def _flag(_: Any, node: Any) -> bool:
    return _WORDS[node.value.lower()]


def _integer(_: Any, node: Any) -> int | float:
    text = node.value.replace("_", "")
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    # a zero in front makes it octal, as in file modes
    octal = len(digits) > 1 and digits.isdecimal() and digits.startswith("0")
    try:
        return sign * int(digits, 8 if octal else 0)
    except ValueError:
        return float(text)


def _map(loader: Any, node: Any) -> Any:
    """JSON has texts alone as keys, and both readers go by way of JSON."""
    found: dict[str, Any] = {}
    yield found
    loader.flatten_mapping(node)
    for key, value in node.value:
        name = loader.construct_object(key, deep=True)
        if isinstance(name, (dict, list)):
            raise yaml.constructor.ConstructorError(None, None, "a key that is no scalar", key.start_mark)
        found[name if isinstance(name, str) else json.dumps(name)] = loader.construct_object(value)


Loader.add_constructor(f"{_TAG}map", _map)
Loader.add_constructor(f"{_TAG}bool", _flag)
Loader.add_constructor(f"{_TAG}int", _integer)


def read_yaml(text: str | bytes) -> Any:
    """One document as plain data. Raises NoYaml, a ValueError, with its place, for what is no YAML."""
    if is_too_deep(text):
        raise NoYaml(f"it is nested deeper than {DEEPEST} levels", None)
    try:
        return yaml.load(text, Loader=Loader)  # noqa: S506 (a SafeLoader with other words)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise _no_yaml(error) from None


def read_manifest(text: str) -> list[Any]:
    """The documents of a rendered template, in their order; what holds nothing is left out.

    Raises NoYaml, a ValueError, with its place, for a document that is no YAML.
    """
    found = []
    if is_too_deep(text):
        raise NoYaml(f"it is nested deeper than {DEEPEST} levels", None)
    for begin, part in _parts(text):
        # PyYAML takes a --- inside of a part, which Helm did not cut, for the next document; Helm's reader stops there
        document = next(iter(_documents(part, text.count("\n", 0, begin))), None)
        if document is not None:
            found.append(document)
    return found


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The documents as texts, each with where it begins."""
    end = len(text.rstrip(_BLANK))
    begin = len(text) - len(text.lstrip(_BLANK))
    for match in _SEPARATOR.finditer(text[:end], begin):
        yield begin, text[begin : match.start()]
        begin = match.end()
    yield begin, text[begin:end]


def _documents(part: str, lines_before: int) -> Iterator[Any]:
    loader = Loader(part)
    try:
        while loader.check_data():
            yield loader.get_data()
    except (yaml.YAMLError, RecursionError) as error:
        raise _no_yaml(error, lines_before) from None
    finally:
        loader.dispose()


def _no_yaml(error: Exception, lines_before: int = 0) -> NoYaml:
    mark = getattr(error, "problem_mark", None)
    return NoYaml(" ".join(str(error).split()), mark.line + 1 + lines_before if mark else None)
