"""Everything this package says to a person, one function a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..problems import BadInput, Problem, nearest

__all__ = [
    "chart_without_definitions",
    "choice_not_met",
    "custom_resource_is_cluster_wide",
    "decided_by_template",
    "defined_twice",
    "definition_too_large",
    "definitions_known_elsewhere",
    "extra_values_not_a_map",
    "field_missing",
    "malformed_definition",
    "malformed_path",
    "newer_default",
    "newer_other_type",
    "newer_refuses",
    "newer_schema_is_none",
    "newer_unread",
    "newer_without",
    "no_definitions",
    "no_folder_of_definitions",
    "no_source_of_definitions",
    "not_a_yaml_value",
    "not_structural",
    "old_definition",
    "out_of_bounds",
    "owned_value_overridden",
    "pattern_not_matched",
    "perhaps_unknown_value",
    "refused_by_schema",
    "unknown_chart",
    "unknown_field",
    "unknown_kind",
    "unknown_value",
    "unread_value",
    "value_not_allowed",
    "wrong_type",
]


def _did_you_mean(suggestion: str | None, otherwise: str) -> str:
    return f"did you mean {suggestion}?" if suggestion else otherwise


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _one_of(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def malformed_path(text: str, reason: str) -> BadInput:
    """A path of a value that cannot be read."""
    return BadInput(
        Problem(text, f"not a path of a chart value: {reason}", r"write a.b, a[].b or a.*.b, and \. for a dot in a key")
    )


def unknown_chart(name: str, known: Iterable[str]) -> BadInput:
    """A chart that the lock does not hold."""
    known = sorted(known)
    suggestion = nearest(name, known)
    return BadInput(
        Problem("chart", f"no facts on a chart {name!r}", _did_you_mean(suggestion, f"the lock has {', '.join(known)}"))
    )


def unread_value(where: str, path: str, title: str, source: str) -> Problem:
    """A value that the chart shows to its users and forgets."""
    return Problem(
        where,
        f"the chart {title} shows the value {path} among its defaults or in its schema, and no template reads it: "
        "setting it does nothing",
        f"leave it out; what the chart reads is listed at {source}",
    )


_SCHEMA_WORDS = {
    "exclusiveMaximum": "less than {}",
    "exclusiveMinimum": "more than {}",
    "maxItems": "at most {} items",
    "maxLength": "at most {} characters",
    "maximum": "at most {}",
    "minItems": "at least {} items",
    "minLength": "at least {} characters",
    "minimum": "at least {}",
    "multipleOf": "a multiple of {}",
    "pattern": "a text of the form {}",
    "const": "{}",
}


def _cure_by_schema(word: str, says: Any) -> str:
    """What a keyword of JSON Schema asks for."""
    if word == "enum":
        return f"give {_one_of([repr(each) for each in says])}"
    if word == "type":
        return f"give a value of type {_one_of([str(each) for each in ([says] if isinstance(says, str) else says)])}"
    if word in _SCHEMA_WORDS:
        return f"give {_SCHEMA_WORDS[word].format(says)}"
    if word == "uniqueItems":
        return "name every item once"
    if word == "additionalProperties":
        return "leave it out: the schema has no such key"
    return "see the chart's values.schema.json for what it takes"


def refused_by_schema(where: str, value: Any, word: str, says: Any, title: str) -> Problem:
    """A value that the chart's own schema refuses, as Helm will before it renders. `word` is JSON Schema's keyword."""
    cure = _cure_by_schema(word, says)
    return Problem(where, f"the schema of the chart {title} refuses {_shown(value)}, and so will Helm", cure)


_KINDS = {
    "object": "a map",
    "list": "a list",
    "string": "a string",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


def newer_without(path: str, title: str, moved: str | None, source: str, doubt: str) -> Problem:
    """A value that is set and that a newer version does not take. `moved` is a place of it that is new there."""
    knows = f"perhaps takes this value no more: {doubt}" if doubt else "takes this value no more"
    cure = f"a guess, by its name: it may be {moved} now; " if moved else ""
    return Problem(path, f"{title} {knows}", f"{cure}what the chart reads is listed at {source}")


def newer_unread(path: str, title: str, source: str) -> Problem:
    """A value that is set, and that a newer version still shows and no longer reads."""
    return Problem(
        path,
        f"{title} shows this value still, and no template of it reads it",
        f"setting it will do nothing; what the chart reads is listed at {source}",
    )


def newer_other_type(path: str, title: str, got: Any, kinds: Sequence[str]) -> Problem:
    """A value of a type that a newer version does not take."""
    wanted = _one_of([_KINDS[kind] for kind in kinds])
    found = _KINDS[_kind_of(got)]
    return Problem(path, f"{title} takes {wanted} here, and {found} is set", f"give {wanted}")


def newer_refuses(path: str, title: str, word: str, says: Any) -> Problem:
    """A value that the schema of a newer version refuses; it is not shown, since it may be secret."""
    return Problem(path, f"the schema of {title} refuses what is set here", _cure_by_schema(word, says))


def newer_schema_is_none(title: str) -> Problem:
    """A values.schema.json that no engine of JSON Schema takes."""
    return Problem(title, "its values.schema.json is no JSON Schema, and Helm will refuse it", "take another version")


def newer_default(path: str, title: str, was: Any, now: Any, *, is_set: bool) -> Problem:
    """Another default beside a value that is set."""
    more = "which is what is set here: it may be left out" if is_set else "look whether what is set here is still meant"
    return Problem(path, f"the default of {title} is {_default(now)}, and was {_default(was)}", more)


def _default(value: Any) -> str:
    return "not there" if value is None else _shown(value)


def _kind_of(value: Any) -> str:
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "list"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "object")


def unknown_value(where: str, path: str, title: str, suggestion: str | None, source: str) -> Problem:
    """A value that a chart would ignore without a word: all of its templates were read."""
    return Problem(
        where,
        f"no template of the chart {title} reads a value {path}: setting it does nothing",
        _did_you_mean(suggestion, f"what the chart reads is listed at {source}"),
    )


def perhaps_unknown_value(where: str, path: str, title: str, suggestion: str | None, source: str, why: str) -> Problem:
    """The same where reading has a gap; `why` says which."""
    return Problem(
        where,
        f"no template that was read of the chart {title} reads a value {path}, and perhaps one does: {why}",
        _did_you_mean(suggestion, f"what the chart reads is listed at {source}; `groundplan render` proves it"),
    )


def part_of_another_version(key: str, locked: str, version: str) -> str:
    """Why the values of a chart inside a chart are not known for sure."""
    return f"the chart at {key} is version {version or 'unknown'}, and what is known of it is of {locked}"


def unknown_field(where: str, path: str, title: str, suggestion: str | None, known: Sequence[str]) -> Problem:
    """A field that a custom resource does not have."""
    allowed = f"allowed here: {', '.join(known)}" if known else "nothing is allowed here"
    return Problem(where, f"{title} has no field {path}", _did_you_mean(suggestion, allowed))


def wrong_type(where: str, value: Any, allowed: Sequence[str]) -> Problem:
    """A value of a type that is not taken there."""
    wanted = _one_of([_KINDS[kind] for kind in allowed])
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "string" in allowed:
        cure = f'write it as text: "{value}"'
    elif isinstance(value, str) and not {"string", "object", "list"} & set(allowed):
        cure = "write it without quotes"
    else:
        cure = f"give {wanted}"
    return Problem(where, f"must be {wanted}, got {_shown(value)}", cure)


def not_a_yaml_value(where: str, value: Any) -> Problem:
    """A Python object that has no meaning in YAML."""
    return Problem(
        where,
        f"a {type(value).__name__} cannot be written as YAML",
        "give text, a number, true or false, a list, a map, None, or a Terraform reference",
    )


def value_not_allowed(where: str, value: Any, allowed: Sequence[Any]) -> Problem:
    """A value outside of its enumeration."""
    suggestion = nearest(str(value), allowed)
    choices = ", ".join(str(item) for item in allowed)
    message = f"must be one of {choices}, got {_shown(value)}"
    return Problem(where, message, _did_you_mean(suggestion, "use one of these"))


def field_missing(where: str, title: str, name: str) -> Problem:
    """A field that a custom resource must have."""
    return Problem(where, f"{title} needs a field {name} here, and it is not set", f"set {name}")


def unknown_kind(where: str, api_version: Any, kind: Any, suggestion: str | None) -> Problem:
    """A custom resource that the facts do not hold."""
    return Problem(
        where,
        f"no facts on a custom resource {kind} of {api_version}",
        _did_you_mean(
            suggestion, "use the Kubernetes provider for built-in kinds; custom_resource_kinds() lists the others"
        ),
    )


def custom_resource_is_cluster_wide(where: str, kind: str) -> Problem:
    """A namespace on an object that has none."""
    return Problem(where, f"a {kind} is cluster-wide and has no namespace", "leave the namespace out")


def extra_values_not_a_map(where: str, value: Any) -> Problem:
    """Extra values that are no map at all."""
    return Problem(where, f"chart values must be a map, got {_shown(value)}", "give a map of values, or nothing")


def owned_value_overridden(where: str, owned: Sequence[str], advice: Sequence[str]) -> Problem:
    """Extra values that would replace what a module sets itself."""
    cure = "; ".join(advice) if advice else "leave it out: the module decides this value"
    return Problem(where, f"would override what the module sets: {', '.join(owned)}", cure)


def pattern_not_matched(where: str, value: str, pattern: str, example: str | None) -> Problem:
    """Text of another form than the definition asks for."""
    cure = f"write text of that form, as {example!r} is" if example else "write text that this expression finds (RE2)"
    return Problem(where, f"must be of the form {pattern}, got {_shown(value)}", cure)


_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "multipleOf": "a multiple of",
}
_MEASURED = {"Length": "{} characters long", "Items": "a list of {} items", "Properties": "a map of {} keys"}


def out_of_bounds(where: str, got: Any, bounds: Sequence[tuple[str, Any]]) -> Problem:
    """A number, or the length of a text, list or map, outside of what is taken. `bounds` are all that hold there."""
    of = next((of for of in _MEASURED if bounds[0][0].endswith(of)), "")
    words = [f"{_BOUNDS[name.removesuffix(of) + ('imum' if of else '')]} {bound}" for name, bound in bounds]
    wanted = _MEASURED.get(of, "{}").format(" and ".join(words))
    long = f", which is {len(got)} long" if of == "Length" else ""
    found = _MEASURED[of].format(got) if of in ("Items", "Properties") else f"{_shown(got)}{long}"
    verb = "make it" if of else "give a number that is"
    return Problem(where, f"must be {wanted}, got {found}", f"{verb} {wanted}")


def choice_not_met(
    where: str, title: str, how: str, alternatives: Sequence[Sequence[str]], got: Sequence[str]
) -> Problem:
    """Fields of which another number may be set together. `how` is `exactly one of`, `at most one of` and so on."""
    choices = ", ".join(" with ".join(names) for names in alternatives)
    found = f"{', '.join(got)} are set" if len(got) > 1 else f"{got[0]} is set" if got else "none is set"
    keep = "leave out all but one" if len(got) > 1 else f"set one of {choices}"
    return Problem(where, f"{title} takes {how} {choices} here, and {found}", keep)


def decided_by_template(where: str) -> Problem:
    """A definition of which a template decides more than its labels."""
    return Problem(where, "what its schema says is decided by a template", "give the file that Helm renders from it")


def no_definitions(names: Sequence[str]) -> Problem:
    """Files of which none has a definition."""
    shown = ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")
    return Problem(
        shown, "no CustomResourceDefinition is in there", "give the files that have kind: CustomResourceDefinition"
    )


def chart_without_definitions(name: str) -> Problem:
    """Facts of custom resources are asked for, of a chart that brings none."""
    return Problem(
        name,
        "no file of the chart has a CustomResourceDefinition",
        "leave --crds out, or name the folder of the definitions with --crds-from",
    )


def no_folder_of_definitions(path: object) -> Problem:
    """Nothing where definitions are said to be."""
    return Problem(
        str(path), "is neither a file nor a folder", "name what has kind: CustomResourceDefinition, or a folder of it"
    )


def definitions_known_elsewhere(name: str, others: Sequence[str]) -> Problem:
    """Definitions of which every kind is in other files of the facts."""
    return Problem(
        name,
        f"all of its kinds are known from {', '.join(others)}",
        f"lock them by that name: groundplan charts lock {others[0]}" if others else "leave out fewer of them",
    )


def no_source_of_definitions(name: str) -> Problem:
    """New facts that nobody could look up."""
    return Problem(
        name,
        "nothing says where these definitions are published",
        "give --source, the address of that release, such as https://github.com/kubernetes-sigs/gateway-api/tree/v1.6.1",
    )


def old_definition(where: str, api_version: Any) -> Problem:
    """A definition of an API that Kubernetes no longer serves."""
    return Problem(
        where,
        f"is of {api_version}, and Kubernetes serves definitions only as apiextensions.k8s.io/v1 since 1.22",
        "take a newer version of the project that brings it",
    )


def malformed_definition(where: str, path: str, wanted: str, got: Any) -> Problem:
    """A definition without a part that it must have."""
    return Problem(
        where, f"{path} must be {wanted}, got {_shown(got)}", "take the definition as its project publishes it"
    )


def not_structural(where: str, path: str, what: str) -> Problem:
    """A schema that the API server would refuse."""
    return Problem(
        where,
        f"the schema of {path or 'the object'} {what}, which a structural schema may not",
        "take the definition as its project publishes it",
    )


def definition_too_large(where: str, deepest: int, most: int) -> Problem:
    """A schema that no API server would take, or that refers to itself."""
    return Problem(
        where, f"has more than {most} fields or {deepest} levels", "take the definition as its project publishes it"
    )


def defined_twice(where: str, kind: str, api_version: str, other: str) -> Problem:
    """Two files that say different things of one kind."""
    return Problem(where, f"{kind} of {api_version} is defined otherwise in {other}", "give only one of the two")
