"""The generated parts of a module's README, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from groundplan.charts import chart, list_charts
from groundplan.framework.constraints import OneOf, Whole, as_json
from groundplan.framework.inputs import Declaration, passes_through, plain
from groundplan.framework.module import Module
from groundplan.framework.rules import EachRule, Rule
from groundplan.framework.shapes import Field, Flag, ListOf, MapOf, Number, ObjectOf, Shape, Text, walk

from .scenarios import Scenario

__all__ = ["MARKERS", "examples", "inputs", "outputs", "requirements", "resources", "tables"]

# https://developer.hashicorp.com/terraform/language/expressions/type-constraints#structural-types
_DROPPED = (
    "Terraform refuses a misspelled input, and drops a misspelled optional attribute of a nested type without a word, "
    "before a module can see it: an attribute that seems to have no effect is worth comparing with the tables below.\n"
)
MARKERS = ("crds", "examples", "inputs", "outputs", "requirements", "resources")
_INPUT = re.compile(r"\bvar\.(\w+)")


def tables(
    kind: type[Module[Any, Any]], document: Mapping[str, Any], scenarios: Iterable[Scenario], beside: str
) -> dict[str, str]:
    """Every generated part by its marker; `document` is the module's Terraform JSON.

    `beside` is the way from the README to the folder that the scenarios are in.
    """
    return {
        "crds": crds(document),
        "examples": examples(scenarios, beside),
        "inputs": inputs(kind.inputs_type),
        "outputs": outputs(kind.outputs_type, known=_nested(kind.inputs_type)),
        "requirements": requirements(document),
        "resources": resources(document),
    }


def crds(document: Mapping[str, Any]) -> str:
    """What a person runs for the definitions that Helm never upgrades, of each chart in the module's Terraform JSON."""
    found = {
        (locked.title, locked.crds_command)
        for release in document.get("resource", {}).get("helm_release", {}).values()
        for locked in map(chart, list_charts())
        if locked.crd_files and not release.get("skip_crds")
        if locked.is_that_of(*(str(release.get(key, "")) for key in ("repository", "chart", "version")))
    }
    parts = [f"For {title}:\n\n```sh\n{command}\n```\n" for title, command in sorted(found)]
    return "\n".join(parts) or "None.\n"


def examples(scenarios: Iterable[Scenario], beside: str) -> str:
    """A table of a module's scenarios, each with the way to it."""
    rows = [(f"[{scenario.name}]({beside}/{scenario.name})", scenario.shows) for scenario in scenarios]
    return _table(("Scenario", "What it shows"), rows)


def inputs(declaration: type[Declaration]) -> str:
    """A table of a module's variables, and one for each class of nested settings."""
    parts = [_settings(declaration)]
    if any(not field.required for nested in _nested(declaration) for field in nested.fields()):
        parts.append(_DROPPED)
    for nested in _nested(declaration):
        parts.append(f"### Type {nested.__name__}\n\n{_sentence(nested.sentence())}\n\n{_settings(nested)}")
    return "\n".join(parts)


def outputs(declaration: type[Declaration], *, known: Iterable[type[Declaration]] = ()) -> str:
    """A table of what a module tells, and one for each class of nested values that is not among the `known` ones."""
    parts = [_told(declaration)]
    for nested in _nested(declaration):
        if nested not in known:
            parts.append(f"### Type {nested.__name__}\n\n{_sentence(nested.sentence())}\n\n{_told(nested)}")
    return "\n".join(parts)


def requirements(document: Mapping[str, Any]) -> str:
    """A table of the versions that a module needs."""
    terraform = document["terraform"]
    rows = [("Terraform", _code(terraform["required_version"]))]
    for _name, entry in sorted(terraform.get("required_providers", {}).items()):
        rows.append((f"Provider {_code(entry['source'])}", _code(entry["version"])))
    return _table(("Needs", "Version"), rows)


def resources(document: Mapping[str, Any]) -> str:
    """A table of what a module makes and reads."""
    rows = [
        (_code(f"{prefix}{type_name}.{name}"), _times(block))
        for word, prefix in (("resource", ""), ("data", "data."))
        for type_name, named in sorted(document.get(word, {}).items())
        for name, block in sorted(named.items())
    ]
    return _table(("Address", "How often"), rows)


def _times(block: Mapping[str, Any]) -> str:
    """How often a resource is there, with the inputs that decide it where they are named."""
    repeated = block.get("for_each", block.get("count"))
    if repeated is None:
        return "once"
    inputs = ", ".join(_code(name) for name in dict.fromkeys(_INPUT.findall(str(repeated))))
    if "for_each" in block:
        return f"by name, from {inputs}" if inputs else "by name"
    return f"none or one, by {inputs}" if inputs else "none or one"


def _told(declaration: type[Declaration]) -> str:
    rows = [
        (
            _code(field.name),
            _type(field) + (", sensitive" if field.sensitive else ""),
            _sentence(field.sentence) + (" May be null." if field.shape.nullable else ""),
        )
        for field in declaration.fields()
    ]
    return _table(("Name", "Type", "What it is"), rows)


def _nested(declaration: type[Declaration]) -> list[type[Declaration]]:
    """The classes of nested settings, as a reader meets them."""
    found: dict[type[Declaration], None] = {}
    for field in declaration.fields():
        for shape in walk(field.shape):
            if isinstance(shape, ObjectOf):
                found.setdefault(shape.declaration)
    return list(found)


def _settings(declaration: type[Declaration]) -> str:
    rows = [
        (_code(field.name), _type(field), _default(field), _sentence(field.sentence), "; ".join(_rules(field)))
        for field in declaration.fields()
    ]
    table = _table(("Name", "Type", "Default", "What it is for", "Rule"), rows)
    told = [f"- {_subject(rule)} {_prose(rule.message)}." for rule in declaration.rules]
    return table + ("\n" + "\n".join(told) + "\n" if told else "")


def _subject(rule: Rule) -> str:
    """What a rule is about; of a rule of each entry, the setting inside the entry."""
    if not isinstance(rule, EachRule):
        return _code(rule.setting)
    return f"each of {_code(rule.setting)}" + (f", its {_code(rule.inside)}," if rule.inside else "")


def _type(field: Field) -> str:
    if passes_through(field):
        return "any"
    return _words(field.shape)


def _words(shape: Shape) -> str:
    if isinstance(shape, ObjectOf):
        name = shape.declaration.__name__
        return f"[{name}](#type-{name.lower()})"
    if isinstance(shape, ListOf):
        return f"list of {_words(shape.item)}"
    if isinstance(shape, MapOf):
        return f"map of {_words(shape.item)}"
    if isinstance(shape, Number):
        return "whole number" if shape.whole else "number"
    return {Flag: "bool", Text: "string"}.get(type(shape), "any")


def _default(field: Field) -> str:
    if field.required:
        return "**required**"
    if field.sensitive and field.default is not None:
        return "set"
    return _code(as_json(plain(field.default)))


def _rules(field: Field) -> Iterator[str]:
    if not passes_through(field):
        yield from _shape_rules(field.shape, "")
    if field.sensitive:
        yield "never shown"


def _shape_rules(shape: Shape, subject: str) -> Iterator[str]:
    """The rules of a value; those of nested settings are told where they are."""
    for rule in shape.constraints:
        if isinstance(rule, OneOf):
            yield subject + "one of " + ", ".join(_code(as_json(value)) for value in rule.allowed)
        elif not isinstance(rule, Whole):
            yield _prose(subject + _brief(rule.rule))
    if isinstance(shape, MapOf):
        yield from (_prose(f"each name {_brief(rule.rule)}") for rule in shape.key.constraints)
    if isinstance(shape, (ListOf, MapOf)) and not isinstance(shape.item, ObjectOf):
        yield from _shape_rules(shape.item, "each ")


def _brief(rule: str) -> str:
    """`must be 1 to 35` as it stands under a heading that says that it is a rule."""
    return rule.removeprefix("must be ").removeprefix("must have ")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{'|'.join(' --- ' for _ in columns)}|"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') or ' ' for cell in row)} |" for row in rows]
    if len(lines) == 2:
        return "None.\n"
    return "\n".join(lines) + "\n"


def _sentence(text: str) -> str:
    """A field's sentence as one: `when, in UTC` becomes `When, in UTC.`"""
    ended = text if text.endswith((".", "!", "?")) else f"{text}."
    return _prose(f"{ended[:1].upper()}{ended[1:]}")


_PLAIN = re.compile(r"(`[^`]*`)")
_NAMES = re.compile(r"(?<![\w@/.-])(@[\w./-]*\w|[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+(?:\.\w+)*)")


def _prose(text: str) -> str:
    """Text that Markdown shows as it is, names as code: GitLab then finds nobody to mention in it."""
    text = _NAMES.sub(lambda found: _code(found[0]), text) if "`" not in text else text
    parts = _PLAIN.split(text)
    for index in range(0, len(parts), 2):
        parts[index] = re.sub(r"([\\*_\[\]])", r"\\\1", parts[index]).replace("<", "&lt;")
    return "".join(parts)


def _code(text: str) -> str:
    ticks = "``" if "`" in text else "`"
    pad = " " if ticks == "``" else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"
