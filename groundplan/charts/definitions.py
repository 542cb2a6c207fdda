"""What a CustomResourceDefinition allows, as the facts that custom resources are checked with.

    facts = derive({"crds/widgets.yaml": content})
    write(folder, "widgets", {"source": "https://example.com/tree/v1", **facts})

Only definitions of apiextensions.k8s.io/v1 are read, whose schemas are structural:
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..problems import BadInput, Problem
from . import errors
from .paths import Step, Way, format_path
from .reading.brought import definitions_in
from .reading.errors import unreadable_yaml
from .reading.syntax import WRITTEN
from .tree import INDEX

__all__ = ["derive", "write"]

_SCALARS = ("string", "integer", "number", "boolean")
_BOUNDS = (
    *("minimum", "maximum", "multipleOf"),
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
)
_FORMS: dict[str, tuple[Any, Any]] = {
    **dict.fromkeys(_BOUNDS, ((int, float), None)),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), (bool, None)),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), (list, Mapping)),
    **dict.fromkeys(("properties", "not"), (Mapping, None)),
    "enum": (list, None),
    "pattern": (str, None),
    "required": (list, str),
    "x-kubernetes-validations": (list, None),
}
"""What the values of keywords are, and what is in lists."""
_SAID = frozenset({*_FORMS, "items", "additionalProperties"} - {"x-kubernetes-validations"})
_DEEPEST = 100
_MOST_FIELDS = 50_000


def derive(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The facts of every served version of every definition in `files`, YAML by file name; other objects are passed by.

    `kinds` of the result are sorted by kind and version. A kind with the same facts as one before it has only a
    `fields_of`, that one's apiVersion and kind. CEL rules, and validations of a shape that is not compared, are counted
    by the path that they are said at. `status` is left out where the API server takes it from controllers alone.
    Raises BadInput for YAML that cannot be read, a definition that the API server would refuse, and when there is none.
    """
    problems: list[Problem] = []
    found: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    for name in sorted(files):
        try:
            definitions = list(_definitions(name, files[name]))
        except BadInput as bad:
            problems += bad.problems
            continue
        for place, definition in definitions:
            try:
                for facts in _kinds(place, definition):
                    key = (facts["kind"], facts["api_version"])
                    if key in found and found[key][1] != facts:
                        problems.append(errors.defined_twice(name, *key, found[key][0]))
                    found.setdefault(key, (name, facts))
            except BadInput as bad:
                problems += bad.problems
    if problems:
        raise BadInput(problems)
    if not found:
        raise BadInput(errors.no_definitions(sorted(files)))
    return {"kinds": _without_repeats([found[key][1] for key in sorted(found)])}


def _without_repeats(kinds: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    own = ("api_version", "cluster_wide", "deprecated", "kind", "plural", "storage")
    first: dict[str, list[str]] = {}
    result = []
    for facts in kinds:
        said = json.dumps({key: value for key, value in facts.items() if key not in own}, sort_keys=True)
        if said in first:
            result.append({**{key: facts[key] for key in own if key in facts}, "fields_of": first[said]})
        else:
            first[said] = [facts["api_version"], facts["kind"]]
            result.append(facts)
    return result


def _definitions(name: str, content: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(unreadable_yaml(name, None, is_template=False)) from error
    for item in definitions_in(name, text):
        metadata = item.get("metadata")
        place = f"{name}: {metadata.get('name') if isinstance(metadata, Mapping) else None}"
        if item.get("apiVersion") != "apiextensions.k8s.io/v1":
            raise BadInput(errors.old_definition(place, item.get("apiVersion")))
        yield place, item


def _kinds(place: str, definition: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    spec = _map(place, "spec", definition.get("spec"))
    names = _map(place, "spec.names", spec.get("names"))
    scope = _one_of(place, "spec.scope", spec.get("scope"), ("Cluster", "Namespaced"))
    group, kind, plural = (
        _text(place, path, value)
        for path, value in (
            ("spec.group", spec.get("group")),
            ("spec.names.kind", names.get("kind")),
            ("spec.names.plural", names.get("plural")),
        )
    )
    for index, version in enumerate(_list(place, "spec.versions", spec.get("versions"))):
        path = f"spec.versions[{index}]"
        version = _map(place, path, version)
        if not version.get("served"):
            continue
        name = _text(place, f"{path}.name", version.get("name"))
        schema = _map(place, f"{path}.schema", version.get("schema")).get("openAPIV3Schema")
        reader = _Reader(f"{place} {name}")
        reader.read_root(
            _map(place, f"{path}.schema.openAPIV3Schema", schema), "status" in (version.get("subresources") or {})
        )
        yield {
            "api_version": f"{group}/{name}",
            "kind": kind,
            "plural": plural,
            "cluster_wide": scope == "Cluster",
            "storage": bool(version.get("storage")),
            **({"deprecated": True} if version.get("deprecated") else {}),
            **_said_outright(place, reader.facts()),
        }


def _said_outright(place: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts, unless one of them is what an action of a template prints, which is no fact."""
    if WRITTEN in json.dumps(facts):
        raise BadInput(errors.decided_by_template(place))
    return facts


class _Reader:
    """Walks one structural schema and notes by path what it says."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._facts: dict[str, dict[str, Any]] = {"fields": {}}

    def facts(self) -> dict[str, Any]:
        return {name: by_path for name, by_path in self._facts.items() if by_path or name == "fields"}

    def read_root(self, schema: Mapping[str, Any], status_is_apart: bool) -> None:
        self._well_formed(schema, ())
        properties = self._properties(schema, ())
        self._validations(properties.get("metadata", {}), properties.get("metadata", {}), ("metadata",))
        apart = {"apiVersion", "kind", "metadata", *(["status"] if status_is_apart else [])}
        kept = {key: value for key, value in properties.items() if key not in apart}
        required = [key for key in schema.get("required") or [] if key not in apart]
        self._node({**schema, "type": "object", "properties": kept, "required": required}, (), False)

    def _note(self, what: str, way: Way, value: Any) -> None:
        self._facts.setdefault(what, {})[format_path(way)] = value

    def _add(self, what: str, way: Way, value: Any) -> None:
        known = self._facts.setdefault(what, {}).setdefault(format_path(way), [])
        if value not in known:
            known.append(value)

    def _count(self, what: str, way: Way, number: int = 1) -> None:
        counted = self._facts.setdefault(what, {})
        path = format_path(way)
        counted[path] = counted.get(path, 0) + number

    def _properties(self, schema: Mapping[str, Any], way: Way) -> Mapping[str, Mapping[str, Any]]:
        properties = schema.get("properties")
        for key, value in (properties if isinstance(properties, Mapping) else {}).items():
            if not isinstance(value, Mapping):
                raise BadInput(errors.not_structural(self._place, format_path((*way, str(key))), "has no schema"))
        return properties if isinstance(properties, Mapping) else {}

    def _node(self, schema: Mapping[str, Any], way: Way, is_said: bool) -> None:
        """Reads one structural node. `is_said` where a type further up says what is here, as `list<string>` does."""
        if len(way) > _DEEPEST or len(self._facts["fields"]) > _MOST_FIELDS:
            raise BadInput(errors.definition_too_large(self._place, _DEEPEST, _MOST_FIELDS))
        self._well_formed(schema, way)
        text = self._type(schema, way)
        if text and not is_said and (way or text != "object"):
            self._note("fields", way, text)
        is_said = is_said or bool(text and ("list<" in text or "map<" in text))
        for key, value in sorted(self._properties(schema, way).items()):
            self._node(value, (*way, str(key)), False)
        if isinstance(schema.get("items"), Mapping):
            self._node(schema["items"], (*way, Step.ITEMS), is_said)
        if isinstance(schema.get("additionalProperties"), Mapping):
            self._node(schema["additionalProperties"], (*way, Step.ANY_KEY), is_said)
        if schema.get("x-kubernetes-embedded-resource"):
            for key, kind in (("apiVersion", "string"), ("kind", "string"), ("metadata", "map")):
                self._facts["fields"].setdefault(format_path((*way, key)), kind)
            self._note("required", way, sorted({*(schema.get("required") or []), "apiVersion", "kind", "metadata"}))
        self._validations(schema, schema, way)

    def _type(self, schema: Mapping[str, Any], way: Way) -> str | None:
        """The type in one word, if what is below can be said in it or is said by paths of its own."""
        if len(way) > _DEEPEST:
            raise BadInput(errors.definition_too_large(self._place, _DEEPEST, _MOST_FIELDS))
        if schema.get("x-kubernetes-int-or-string"):
            return "integer|string"
        is_open = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
        kind = schema.get("type")
        if kind is None and is_open:
            return "any"
        if kind in _SCALARS:
            return str(kind)
        if kind == "array":
            if not isinstance(schema.get("items"), Mapping):
                raise BadInput(errors.not_structural(self._place, format_path(way), "is a list without items"))
            return self._around("list", self._type(schema["items"], (*way, Step.ITEMS)))
        if kind != "object":
            raise BadInput(errors.not_structural(self._place, format_path(way), f"has the type {kind}"))
        additional = schema.get("additionalProperties")
        if is_open or additional is True:
            return "map"
        if isinstance(additional, Mapping):
            return self._around("map", self._type(additional, (*way, Step.ANY_KEY)))
        return None if schema.get("properties") else "object"

    @staticmethod
    def _around(outer: str, inner: str | None) -> str | None:
        """`list<string>` and so on; None where paths below have to say it."""
        is_plain = inner is not None and "|" not in inner and inner.split("<")[-1].strip(">") in _SCALARS
        return f"{outer}<{inner}>" if is_plain else None

    def _validations(self, schema: Mapping[str, Any], node: Mapping[str, Any], way: Way) -> None:
        """Notes what `schema` says of values at `way`. `node` is the structural schema there: it has the defaults."""
        self._well_formed(schema, way)
        for name, value in _bounds(schema):
            known = self._facts.setdefault("bounds", {}).setdefault(format_path(way), {})
            tighter = min if name.lower().endswith("maximum") or name.startswith("max") else max
            known[name] = tighter(known.get(name, value), value)
        if "pattern" in schema:
            self._add("patterns", way, schema["pattern"])
        if (allowed := schema.get("enum")) is not None:
            if any(isinstance(value, (list, Mapping)) for value in allowed):
                self._count("not_compared", way)
            else:
                before = self._facts.get("enums", {}).get(format_path(way), allowed)
                self._note("enums", way, [value for value in before if value in allowed])
        with_default = self._with_default(node)
        if names := [name for name in schema.get("required") or [] if name not in with_default]:
            before = self._facts.get("required", {}).get(format_path(way), [])
            self._note("required", way, sorted({*before, *names}))
        if rules := schema.get("x-kubernetes-validations"):
            self._count("cel_rules", way, len(rules))
        for part in schema.get("allOf") or []:
            self._part(part, node, way)
        self._choice(schema, node, way)

    def _well_formed(self, schema: Mapping[str, Any], way: Way) -> None:
        for keyword, (kind, inner) in _FORMS.items():
            value = schema.get(keyword)
            wrong = value is not None and not isinstance(value, kind)
            if wrong or (inner and value and any(not isinstance(item, inner) for item in value)):
                raise BadInput(
                    errors.not_structural(self._place, format_path(way), f"has another {keyword} than one may be")
                )

    def _part(self, part: Mapping[str, Any], node: Mapping[str, Any], way: Way) -> None:
        """One of allOf: it may say again of what is below what the structural schema says once."""
        self._validations(part, node, way)
        for key, value in self._properties(part, way).items():
            self._part(value, self._properties(node, way).get(key, {}), (*way, str(key)))
        for key, step in (("items", Step.ITEMS), ("additionalProperties", Step.ANY_KEY)):
            if isinstance(part.get(key), Mapping):
                below = node.get(key)
                self._part(part[key], below if isinstance(below, Mapping) else {}, (*way, step))

    @staticmethod
    def _with_default(node: Mapping[str, Any]) -> set[str]:
        properties = node.get("properties")
        return {
            key
            for key, value in (properties if isinstance(properties, Mapping) else {}).items()
            if isinstance(value, Mapping) and "default" in value
        }

    def _choice(self, schema: Mapping[str, Any], node: Mapping[str, Any], way: Way) -> None:
        """oneOf, anyOf and not, where they only ask which fields are set; else they are counted."""
        with_default = self._with_default(node)
        for word in ("oneOf", "anyOf"):
            parts = schema.get(word)
            if not parts or (word == "anyOf" and self._is_int_or_string(parts)):
                continue
            plain = [names for part in parts if (names := _only_required(part)) is not None]
            nones = [part for part in parts if _only_required(part) is None]
            if any(name in with_default for names in plain for name in names):
                self._count("not_compared", way)
            elif not nones:
                self._add("exactly_one_of" if word == "oneOf" else "at_least_one_of", way, plain)
            elif word == "oneOf" and len(nones) == 1 and _none_of(nones[0]) == plain:
                self._add("at_most_one_of", way, plain)
            else:
                self._count("not_compared", way)
        if refused := schema.get("not"):
            names = _only_required(refused) or []
            if len(names) == 2 and not with_default & set(names):
                self._add("at_most_one_of", way, [[name] for name in names])
            else:
                self._count("not_compared", way)

    @staticmethod
    def _is_int_or_string(parts: Any) -> bool:
        return isinstance(parts, list) and parts == [{"type": "integer"}, {"type": "string"}]


def _bounds(schema: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The bounds of a schema; an exclusive one is a word beside the bound, and a fact of its own."""
    for name in _BOUNDS:
        value = schema.get(name)
        if value is not None:
            exclusive = f"exclusive{name[0].upper()}{name[1:]}"
            yield (exclusive if schema.get(exclusive) else name), value


def _only_required(schema: Any) -> list[str] | None:
    """The names that a schema asks for, if that is all it says."""
    if not isinstance(schema, Mapping) or not schema.get("required") or _SAID & set(schema) != {"required"}:
        return None
    return [str(name) for name in schema["required"]]


def _none_of(schema: Any) -> list[list[str]] | None:
    """The alternatives of `not: {anyOf: [...]}`, if each only asks for names."""
    refused = schema.get("not") if isinstance(schema, Mapping) and _SAID & set(schema) == {"not"} else None
    if not isinstance(refused, Mapping):
        return None
    parts = [_only_required(part) for part in refused.get("anyOf") or [refused]]
    return [names for names in parts if names is not None] if None not in parts else None


def _map(place: str, path: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput(errors.malformed_definition(place, path, "a map", value))
    return value


def _list(place: str, path: str, value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise BadInput(errors.malformed_definition(place, path, "a list that is not empty", value))
    return value


def _text(place: str, path: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise BadInput(errors.malformed_definition(place, path, "text", value))
    return value


def _one_of(place: str, path: str, value: Any, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise BadInput(errors.malformed_definition(place, path, " or ".join(allowed), value))
    return str(value)


def write(folder: Path, name: str, facts: Mapping[str, Any]) -> None:
    """Writes facts as `custom_resources/<name>.json` below `folder`, and the index of all that are there.

    The bytes are the same on any machine: everything is sorted, and every fact has a line.
    """
    home = folder / "custom_resources"
    home.mkdir(parents=True, exist_ok=True)
    (home / f"{name}.json").write_bytes(_lines(facts).encode())
    index: dict[str, list[str]] = {}
    for file in sorted(home.glob("*.json")):
        for kind in json.loads(file.read_bytes())["kinds"]:
            index.setdefault(f"{kind['api_version']} {kind['kind']}", []).append(file.stem)
    (folder / INDEX).write_bytes(_lines({"files": {key: stems[0] for key, stems in index.items()}}).encode())


def _lines(value: Any, depth: int = 0) -> str:
    """JSON with a line for every fact: maps and lists of maps are broken, other lists are not."""
    margin, end = " " * (depth + 1), "\n" if depth == 0 else ""
    if isinstance(value, Mapping) and value and depth < 4:
        items = [f"{margin}{json.dumps(key)}: {_lines(value[key], depth + 1)}" for key in sorted(value)]
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        items = [margin + _lines(item, depth + 1) for item in value]
    else:
        return json.dumps(value, ensure_ascii=False, sort_keys=True) + end
    opens, closes = "{}" if isinstance(value, Mapping) else "[]"
    return f"{opens}\n" + ",\n".join(items) + f"\n{' ' * depth}{closes}{end}"
