"""Alloy's configuration: components, what they take, and what they give to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from groundplan.charts.paths import Way
from groundplan.problems import nearest

from ..facts import Application
from ..places import Place
from ..walking import Finding, walk, within
from ..written import Block, Expression, Reference
from .blocks import ALLOY, NotReadable, Text, read
from .hcl import unreadable

__all__ = ["alloy_blocks", "alloy_expression", "alloy_text"]

# https://grafana.com/docs/alloy/latest/reference/config-blocks/
_DECLARE, _FOREACH, _IMPORT = "declare", "foreach", "import."
_KINDS = {"LogsReceiver": "logs", "MetricsReceiver": "metrics", "ProfilesReceiver": "profiles"}


def alloy_text(application: Application, place: Place, text: str, way: Way) -> Iterator[Finding]:
    """A whole configuration."""
    if "{{" in text and not place.kind:
        # the chart reads it as a template first
        yield Finding("unchecked", way, text)
        return
    try:
        written = read(text, ALLOY)
    except NotReadable as error:
        yield unreadable(error, text, way, "Alloy's syntax")
        return
    reading = _Reading(application, written)
    for found in reading.scope(written.content, (), frozenset()):
        yield within(found, way, written.place(found.way))


def alloy_blocks(application: Application, content: Block) -> Iterator[Finding]:
    """Blocks that are no text yet, as `read` gives them: their expressions are those that `alloy_expression` gives."""
    written = Text(content)
    for found in _Reading(application, written).scope(content, (), frozenset()):
        yield within(found, (), written.place(found.way))


def alloy_expression(text: str) -> Any:
    """What an expression is: a value where it is written out, else all that it refers to. Raises NotReadable."""
    return read(f"it = {text}", ALLOY).content["it"]


class _Reading:
    def __init__(self, application: Application, written: Text) -> None:
        self._application = application
        self._written = written

    def scope(self, content: Mapping[str, Any], way: Way, names: frozenset[str]) -> Iterator[Finding]:
        """The components of a file, or of a block that has some of its own; `names` are known besides."""
        own = set(names)
        for kind, labels in content.items():
            if (kind == _DECLARE or kind.startswith(_IMPORT)) and isinstance(labels, Mapping):
                own |= set(labels)
        known = frozenset(own)
        for kind, value in content.items():
            if kind.split(".")[0] in known:
                yield from self._named(value, content, (*way, kind), known)
            elif kind in (_DECLARE, _FOREACH) and isinstance(value, Mapping):
                yield from self._inner(kind, value, content, (*way, kind), known)
            else:
                one = Block({kind: value})
                for found in walk(self._application, self._application.part("") or "any", one, way, is_whole=True):
                    yield from self._judged(found, known)
                yield from self._named(value, content, (*way, kind), known)

    def _inner(
        self, kind: str, labels: Mapping[str, Any], outer: Mapping[str, Any], way: Way, names: frozenset[str]
    ) -> Iterator[Finding]:
        for label, bodies in labels.items():
            for index, body in enumerate(bodies if isinstance(bodies, list) else ()):
                at = (*way, label, index)
                if not isinstance(body, Mapping):
                    continue
                if kind == _DECLARE:
                    # it sees nothing of the file around it but other declarations
                    yield from self.scope(body, at, names | {"argument"})
                    continue
                for number, template in enumerate(body.get("template") or ()):
                    inside = {**outer, **template} if isinstance(template, Mapping) else {}
                    variable = body.get("var")
                    more = names | ({variable} if isinstance(variable, str) else set())
                    del inside[_FOREACH]
                    yield from self._template(template, inside, (*at, "template", number), more)

    def _template(
        self, body: Mapping[str, Any], visible: Mapping[str, Any], way: Way, names: frozenset[str]
    ) -> Iterator[Finding]:
        facts = self._application.part("") or "any"
        for kind, value in body.items():
            if kind.split(".")[0] not in names:
                for found in walk(self._application, facts, Block({kind: value}), way, is_whole=True):
                    yield from self._judged(found, names)
            yield from self._named(value, visible, (*way, kind), names)

    def _judged(self, found: Finding, names: frozenset[str]) -> Iterator[Finding]:
        """A finding; of an expression, whether it gives what is taken there."""
        if found.what != "expression":
            yield found
            return
        takes = found.said[0]
        value = found.value
        if not takes or not isinstance(value, Expression) or not value.is_alone:
            return
        target = self._target(value.references[0], names)
        if target is not None:
            gives = self._application.exports.get(target[0], {}).get(target[2], "")
            if gives and gives != takes:
                said = (_said(takes), ".".join(value.references[0].names), _said(gives))
                yield Finding("other kind", found.way, value, said, is_plain=True)

    def _target(self, reference: Reference, names: frozenset[str]) -> tuple[str, str, str] | None:
        """The component, the label and the export that a reference means; None for anything else."""
        parts = reference.names
        if not parts or parts[0] in names:
            return None
        components = self._application.of(self._application.parts[""])["keys"]
        for length in range(len(parts), 0, -1):
            kind = ".".join(parts[:length])
            if kind in components:
                rest = (*parts[length:], "", "")
                return kind, rest[0], rest[1]
        return None

    def _named(self, value: Any, content: Mapping[str, Any], way: Way, names: frozenset[str]) -> Iterator[Finding]:
        """References to what is not there, anywhere in a value."""
        if isinstance(value, Expression):
            for reference in value.references:
                yield from self._reference(reference, content, way, names)
        elif isinstance(value, Mapping):
            for key, item in value.items():
                yield from self._named(item, content, (*way, key), names)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._named(item, content, (*way, index), names)

    def _reference(
        self, reference: Reference, content: Mapping[str, Any], way: Way, names: frozenset[str]
    ) -> Iterator[Finding]:
        if not reference.names or reference.names[0] in names:
            return
        whole = ".".join(reference.names)
        functions = self._application.functions
        if any(whole == each or whole.startswith(f"{each}.") for each in functions):
            return
        target = self._target(reference, names)
        if target is None:
            near = nearest(whole, [*functions, *_defined(content)]) or ""
            yield Finding("no such component", way, whole, (), near, is_plain=True)
            return
        kind, label, export = target
        labels = content.get(kind)
        if not isinstance(labels, Mapping) or label not in labels:
            written = f"{kind}.{label}" if label else kind
            yield Finding(
                "no such component", way, written, (), nearest(written, _defined(content)) or "", is_plain=True
            )
            return
        exports = self._application.exports.get(kind, {})
        if export and export not in exports:
            near = nearest(export, exports) or ""
            yield Finding("no such export", way, export, (f"{kind}.{label}", tuple(sorted(exports))), near)


def _defined(content: Mapping[str, Any]) -> list[str]:
    return [f"{kind}.{label}" for kind, labels in content.items() if isinstance(labels, Mapping) for label in labels]


def _said(kind: str) -> str:
    if kind in _KINDS:
        return f"a receiver of {_KINDS[kind]}"
    return f"a {kind}" if "(" not in kind else kind
