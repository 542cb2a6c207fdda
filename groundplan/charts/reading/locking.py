"""What the lock says of a chart's values: every path that is read, its type, and how both are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..paths import Step, Way, format_path
from .reads import Reads, Seen

__all__ = ["LockedValues", "lock_values"]

# What Kubernetes calls a place is what may stand there. Each is an entry of data/kubernetes.json.
# https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
_KUBERNETES = {
    "affinity": "Affinity",
    "annotations": "map<string>",
    "labels": "map<string>",
    "labelselector": "LabelSelector",
    "lifecycle": "Lifecycle",
    "livenessprobe": "Probe",
    "matchlabels": "map<string>",
    "namespaceselector": "LabelSelector",
    "nodeselector": "map<string>",
    "objectselector": "LabelSelector",
    "readinessprobe": "Probe",
    "resources": "ResourceRequirements",
    "securitycontext": "SecurityContext",
    "startupprobe": "Probe",
    "deploymentstrategy": "UpdateStrategy",
    "strategy": "UpdateStrategy",
    "updatestrategy": "UpdateStrategy",
    "tolerations": "list<Toleration>",
    "topologyspreadconstraints": "list<TopologySpreadConstraint>",
    "volumemounts": "list<VolumeMount>",
}
_CLOSED = frozenset(name for name in _KUBERNETES.values() if "<" not in name)
_ENDINGS = tuple(sorted(_KUBERNETES, key=len, reverse=True))
# https://pkg.go.dev/k8s.io/apimachinery/pkg/util/intstr
_NUMBER_OR_SHARE = frozenset({"maxSurge", "maxUnavailable", "minAvailable", "port", "targetPort", "containerPort"})
# https://masterminds.github.io/sprig/reflection.html
_ASKED = {"map": "map", "map[string]interface {}": "map", "slice": "list", "[]interface {}": "list", "string": "string"}
_DEEPEST = 14


@dataclass
class LockedValues:
    """`types` by path, as the lock has them; `unread` are paths that the chart shows and no template reads.

    `doubts` are paths below which more may be read, with the reason. All keys are written as `format_path` does.
    """

    types: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)


def lock_values(
    reads: Reads, defaults: Mapping[str, Any], schema: Mapping[str, Any], *, elsewhere: frozenset[str] = frozenset()
) -> LockedValues:
    """The types of what `reads` saw, by the chart's schema, its defaults, and the place that a value is printed at.

    `elsewhere` are the keys below which sub-charts have their values.
    """
    types = _Types(reads, defaults, schema)
    locked = LockedValues(doubts={format_path(way): reason for way, reason in sorted_ways(reads.doubts)})
    if (everything := reads.seen.get(())) is not None and "whole" in everything.uses:
        locked.doubts[""] = f"{everything.place}: all values are handed on as they are"
    read = _with_named_keys({way: seen for way, seen in reads.seen.items() if way and types.is_possible(way)}, defaults)
    parents = {way[:length] for way in read for length in range(1, len(way))}
    for way, seen in sorted_ways(read):
        if way[0] in elsewhere and "guard" not in seen.uses:
            continue
        above = [way[:length] for length in range(1, len(way)) if _is_whole(read.get(way[:length]))]
        if any(format_path(each) in locked.types and not _is_closed(locked.types[format_path(each)]) for each in above):
            # below a value that is handed on as it is anything may stand: what templates look at there says no more
            continue
        if text := types.of(way, seen, is_parent=way in parents):
            locked.types[format_path(way)] = text
    shown = {*_leaves(defaults), *_described(schema, schema)}
    doubted = {(), *reads.doubts} if "" in locked.doubts else set(reads.doubts)
    locked.unread = sorted(
        format_path(way)
        for way in shown
        if way[0] not in {*elsewhere, "global"}
        and not _is_read(read, parents, way)
        and not any(way[: len(doubt)] == doubt for doubt in doubted)
    )
    return locked


def _with_named_keys(read: dict[Way, Seen], defaults: Mapping[str, Any]) -> dict[Way, Seen]:
    """What is read at a key that only a render knows, for each named key as well; at the top for those alone."""
    named: dict[Way, set[str]] = {(): {str(key) for key in defaults}}
    for way in read:
        for index, step in enumerate(way):
            if isinstance(step, str):
                named.setdefault(way[:index], set()).add(step)
    found = dict(read)
    todo = [way for way in read if Step.ANY_KEY in way]
    while todo:
        way = todo.pop()
        index = way.index(Step.ANY_KEY)
        for name in sorted(named.get(way[:index], ())):
            other = (*way[:index], name, *way[index + 1 :])
            if other not in found:
                found[other] = read[way] if way in read else found[way]
                if Step.ANY_KEY in other:
                    todo.append(other)
    return {way: seen for way, seen in found.items() if way[0] is not Step.ANY_KEY}


def sorted_ways(by_way: Mapping[Way, Any]) -> list[tuple[Way, Any]]:
    """By the text of the path, so that a lock reads the same on every machine."""
    return sorted(by_way.items(), key=lambda item: format_path(item[0]))


class _Types:
    def __init__(self, reads: Reads, defaults: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
        self.reads, self.defaults, self.schema = reads, defaults, schema

    def is_possible(self, way: Way) -> bool:
        """Whether a value can stand there at all: below a text or a number of the defaults nothing can."""
        if len(way) > _DEEPEST or "" in way:
            return False
        above = (self._default(way[:length]) for length in range(1, len(way)))
        return not any(isinstance(value, (str, int, float)) and value not in ("", "-") for value in above)

    def of(self, way: Way, seen: Seen, *, is_parent: bool) -> str:
        """The type of a path; empty when the paths below it say all."""
        default = self._default(way)
        described = _types_of(_at_schema(self.schema, self.schema, way))
        whole = _is_whole(seen)
        kubernetes = self._kubernetes(way, seen) if seen.uses & {"whole", "keys"} else ""
        if kubernetes and not (described - {"object", "array", "null", "string"}) and _fits(default, kubernetes):
            is_text = "string" in described if described else isinstance(default, str) or seen.runs_as_template
            return f"{kubernetes}|string" if is_text else kubernetes
        kinds = _kinds(described, default, whole=whole, is_parent=is_parent)
        if seen.uses <= {"guard"} and not described:
            if is_parent and (default is None or isinstance(default, Mapping)):
                return ""
            if isinstance(default, Mapping):
                return "object"
        if seen.uses <= {"guard", "keys"} and is_parent and not isinstance(default, list):
            kinds.discard("object")
            if "keys" in seen.uses and not default:
                kinds |= {"list", "map"}
        if not described:
            kinds |= {_ASKED[kind] for kind in seen.asked & set(_ASKED)}
        if way[-1] in _NUMBER_OR_SHARE and not described and kinds & {"integer", "string"}:
            kinds |= {"integer", "string"}
        if seen.runs_as_template and not described:
            kinds.add("string")
        if is_parent and kinds == {"object"}:
            return ""
        return "any" if "any" in kinds else "|".join(sorted(kinds))

    def _kubernetes(self, way: Way, seen: Seen) -> str:
        """The type of Kubernetes that the value becomes, by the key that it is printed below and by its own name."""
        own = _kubernetes_type(str(way[-1])) if isinstance(way[-1], str) else ""
        found = {_kubernetes_type(key) for key in seen.keys} - {""}
        return own if own and found <= {own} else found.pop() if len(found) == 1 and not own else ""

    def _default(self, way: Way) -> Any:
        """The chart's own value at a path; of a list its first item, of a map any key's where all are of one kind."""
        value: Any = self.defaults
        for step in way:
            if isinstance(step, str) and isinstance(value, Mapping):
                value = value.get(step)
            elif step is Step.ANY_KEY and isinstance(value, Mapping) and len(set(map(type, value.values()))) == 1:
                value = next(iter(value.values()))
            elif isinstance(value, list) and value and not isinstance(step, str):
                value = value[0]
            else:
                return None
        return value


def _kubernetes_type(key: str) -> str:
    key = key.lower()
    ending = next((each for each in _ENDINGS if key.endswith(each)), "")
    # nodeAffinity and podAffinity are parts of an Affinity; not every strategy is one of updates
    return "" if ending in {"affinity", "strategy"} and key != ending else _KUBERNETES.get(ending, "")


_SCHEMA_KINDS = {
    "array": "list",
    "object": "object",
    "string": "string",
    "boolean": "boolean",
    "number": "number",
    "integer": "integer",
}


def _kinds(described: set[str], default: Any, *, whole: bool, is_parent: bool) -> set[str]:
    if described:
        kinds = {_SCHEMA_KINDS[name] for name in described - {"null"}}
        if "object" in kinds and (whole or not is_parent):
            kinds = (kinds - {"object"}) | {"map"}
        return kinds or {"any"}
    if isinstance(default, bool):
        return {"boolean"}
    if isinstance(default, int):
        return {"integer"}
    if isinstance(default, float):
        return {"number"}
    if isinstance(default, str):
        if whole and not default:
            return {"any"}
        return {"string"} if default not in ("", "-") else {"string", "number", "boolean"}
    if isinstance(default, list):
        return {"list"}
    if isinstance(default, Mapping):
        return {"map"} if whole else {"object"}
    return {"any"}


def _fits(default: Any, kubernetes: str) -> bool:
    return default is None or isinstance(default, (list if kubernetes.startswith("list") else Mapping, str))


def _leaves(value: Any, way: Way = ()) -> Iterator[Way]:
    """The path to every value of the defaults that holds no other one with a name."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, (*way, str(key)))
    elif way:
        yield way


def _described(root: Mapping[str, Any], schema: Any, way: Way = (), seen: tuple[str, ...] = ()) -> Iterator[Way]:
    """The path to every property that a schema names and that names no other."""
    schema, seen = _resolved(root, schema, seen)
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if isinstance(properties, Mapping) and properties and len(way) < _DEEPEST:
        for key, item in properties.items():
            yield from _described(root, item, (*way, str(key)), seen)
    elif way:
        yield way


def _resolved(root: Mapping[str, Any], schema: Any, seen: tuple[str, ...] = ()) -> tuple[Any, tuple[str, ...]]:
    while isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str):
        reference = schema["$ref"]
        if not reference.startswith("#/") or reference in seen:
            return {}, seen
        seen = (*seen, reference)
        schema = root
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            schema = schema.get(name, {}) if isinstance(schema, Mapping) else {}
    return schema, seen


def _at_schema(root: Mapping[str, Any], schema: Any, way: Way) -> Any:
    schema, _ = _resolved(root, schema)
    for step in way:
        if not isinstance(schema, Mapping):
            return {}
        if step is Step.ITEMS or isinstance(step, int):
            following = schema.get("items", {})
        else:
            properties = schema.get("properties", {})
            following = properties.get(step) if isinstance(properties, Mapping) else None
            if following is None:
                following = schema.get("additionalProperties", {})
        schema, _ = _resolved(root, following)
    return schema


def _types_of(schema: Any) -> set[str]:
    """The types that a schema allows; empty when it says nothing."""
    if not isinstance(schema, Mapping):
        return set()
    kinds = schema.get("type")
    if isinstance(kinds, str):
        return {kinds}
    if isinstance(kinds, list):
        return set(kinds)
    for word in ("anyOf", "oneOf"):
        if isinstance(schema.get(word), list):
            each = [_types_of(item) for item in schema[word]]
            return set().union(*each) if all(each) else set()
    return set()


def _is_closed(text: str) -> bool:
    """Whether a type has the fields that Kubernetes gives it, beside which a template may look for its own."""
    return all(part in _CLOSED or part == "string" for part in text.split("|"))


def _is_whole(seen: Seen | None) -> bool:
    return seen is not None and "whole" in seen.uses


def _is_read(read: Mapping[Way, Seen], parents: set[Way], way: Way) -> bool:
    for candidate in _spellings(way):
        if candidate in read or candidate in parents:
            return True
    for length in range(len(way) - 1, 0, -1):
        for candidate in _spellings(way[:length]):
            seen = read.get(candidate)
            if seen is not None and (_is_whole(seen) or "text" in seen.uses):
                return True
    return False


def _spellings(way: Way) -> Iterator[Way]:
    """The path as it is, and with any of its keys as the key of a map whose keys the user names."""
    if not way:
        yield ()
        return
    for begin in _spellings(way[:-1]):
        yield (*begin, way[-1])
        if isinstance(way[-1], str):
            yield (*begin, Step.ANY_KEY)
