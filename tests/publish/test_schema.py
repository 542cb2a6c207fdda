"""schema.json says of a module's inputs what the check in Python says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from groundplan.framework.checking import problems_of
from groundplan.framework.constraints import Constraint, OneOf, Pattern, Range, Whole
from groundplan.framework.inputs import Declaration, Inputs
from groundplan.framework.shapes import Anything, Flag, ListOf, MapOf, Number, ObjectOf, Shape, Text
from tests.publish.project.modules.storage.archive_store.inputs import Archive, ArchiveStoreInputs


def _ecma_pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    """JSON Schema's patterns are ECMAScript's, where $ is the end alone; Python's also matches before a newline."""
    if isinstance(instance, str) and not re.search(pattern.removesuffix("$") + r"\Z", instance, re.ASCII):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


Validator = extend(Draft202012Validator, {"pattern": _ecma_pattern})
SCHEMA = Validator(ArchiveStoreInputs.json_schema())

TEXTS = st.one_of(
    st.sampled_from(["claims", "prod-archives", "0 2 * * *", "@daily", "a" * 70, "A", "", "x\n", "0 2 * * *\n"]),
    st.sampled_from(["arn:aws:kms:us-east-1:111122223333:key/1", "arn:aws:s3:::b", "61 2 * * *", "open sesame"]),
    st.text(max_size=9),
)
NUMBERS = st.one_of(st.integers(-3, 4000), st.floats(-2, 9, allow_nan=False), st.sampled_from([1.0, 7.0, 0.5, 90]))
SCALARS = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none())


@cache
def fitting(shape: Shape) -> st.SearchStrategy[Any]:
    """Values that keep every rule of a shape."""
    found: st.SearchStrategy[Any]
    if isinstance(shape, ObjectOf):
        found = documents(shape.declaration, wrong=st.just(""))
    elif isinstance(shape, ListOf):
        found = st.lists(fitting(shape.item), max_size=3)
    elif isinstance(shape, MapOf):
        found = st.dictionaries(_ruled(TEXTS, shape.key.constraints), fitting(shape.item), max_size=4)
    elif isinstance(shape, Flag):
        found = st.booleans()
    elif isinstance(shape, Number):
        found = _ruled(NUMBERS, shape.constraints)
    elif isinstance(shape, Anything):
        found = SCALARS
    else:
        found = _ruled(TEXTS, shape.constraints)
    kept = found.filter(lambda value: all(rule.accepts(value) for rule in shape.constraints))
    return st.one_of(kept, st.none()) if shape.nullable else kept


def _ruled(plain: st.SearchStrategy[Any], rules: tuple[Constraint, ...]) -> st.SearchStrategy[Any]:
    """Values that keep each of some rules, drawn where the narrowest of them looks."""
    for rule in rules:
        if isinstance(rule, OneOf):
            plain = st.sampled_from(rule.allowed)
        elif isinstance(rule, Pattern):
            plain = st.from_regex(re.compile(rule.expression, re.ASCII), fullmatch=True)
        elif isinstance(rule, Range):
            whole = any(isinstance(other, Whole) for other in rules)
            low, high = int(rule.low or 0), int(rule.high or 4000)
            plain = st.integers(low, high) if whole else st.floats(low, high)
    return plain.filter(lambda value: all(rule.accepts(value) for rule in rules))


@cache
def astray(shape: Shape) -> st.SearchStrategy[Any]:
    """Values of a shape that may break any of its rules, or be of another shape."""
    found = SCALARS
    if isinstance(shape, ObjectOf):
        found = documents(shape.declaration)
    elif isinstance(shape, ListOf):
        found = st.lists(st.one_of(fitting(shape.item), astray(shape.item)), max_size=5)
    elif isinstance(shape, MapOf):
        found = st.dictionaries(TEXTS, st.one_of(fitting(shape.item), astray(shape.item)), max_size=6)
    elif isinstance(shape, Number):
        found = NUMBERS
    elif isinstance(shape, Text):
        found = TEXTS
    return st.one_of(found, found, SCALARS, st.lists(TEXTS, max_size=1))


@st.composite
def documents(
    draw: st.DrawFn, declaration: type[Declaration], wrong: st.SearchStrategy[str] | None = None
) -> dict[str, Any]:
    """Settings of a class as plain JSON: right, or with one of them astray, missing or unknown."""
    fields = {field.name: field for field in declaration.fields()}
    choice = draw(wrong if wrong is not None else st.sampled_from(["", "", *fields, "unknown"]))
    document = {}
    for name, field in fields.items():
        if name == choice:
            if draw(st.integers(0, 3)):
                document[name] = draw(astray(field.shape))
        elif field.required or draw(st.booleans()):
            document[name] = draw(fitting(field.shape))
    if choice == "unknown":
        document["unknown"] = draw(SCALARS)
    return document


def declared(shape: Shape, value: Any) -> Any:
    """Plain JSON as the classes that a composition would write; what does not fit stays as it is."""
    if isinstance(shape, ObjectOf) and isinstance(value, dict):
        return declaration_of(shape.declaration, value)
    if isinstance(shape, ListOf) and isinstance(value, list):
        return [declared(shape.item, item) for item in value]
    if isinstance(shape, MapOf) and isinstance(value, dict):
        return {key: declared(shape.item, item) for key, item in value.items()}
    return value


def declaration_of(kind: type[Declaration], document: dict[str, Any]) -> Declaration:
    shapes = {field.name: field.shape for field in kind.fields()}
    return kind(**{name: declared(shapes[name], item) if name in shapes else item for name, item in document.items()})


def complaints(kind: type[Inputs], document: dict[str, Any]) -> list[str]:
    """What Python finds, without rules between settings: JSON Schema has no words for those."""
    rules = {rule.message for nested in (kind, *_nested(kind)) for rule in nested.rules}
    found = [str(problem) for problem in problems_of(declaration_of(kind, document))]
    return [problem for problem in found if not any(rule in problem for rule in rules)]


def _nested(kind: type[Declaration]) -> Iterator[type[Declaration]]:
    for field in kind.fields():
        shape = field.shape
        while isinstance(shape, (ListOf, MapOf)):
            shape = shape.item
        if isinstance(shape, ObjectOf):
            yield shape.declaration
            yield from _nested(shape.declaration)


@given(documents(ArchiveStoreInputs))
def test_the_schema_takes_exactly_what_the_check_in_python_takes(document: dict[str, Any]) -> None:
    found, wrong = complaints(ArchiveStoreInputs, document), [error.message for error in SCHEMA.iter_errors(document)]
    assert bool(found) == bool(wrong), (found, wrong)


@given(documents(Archive))
def test_a_nested_class_has_a_schema_of_its_own(document: dict[str, Any]) -> None:
    wrong = list(Validator(Archive.json_schema()).iter_errors(document))
    assert bool(complaints(Archive, document)) == bool(wrong)


def test_a_full_document_is_taken() -> None:
    archive = {"kind": "daily", "readers": ["claims"], "labels": {"a": "b"}, "expiry": {"after_days": 400}}
    SCHEMA.validate(
        {"name": "prod-archives", "archives": {"claims": archive}, "extra_values": {"any": [1, {"x": None}]}}
    )


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "'name' is a required property"),
        ({"name": "prod", "nmae": 1}, "Additional properties are not allowed"),
        ({"name": "prod", "voters": 8}, "8 is greater than the maximum of 7"),
        ({"name": "prod", "voters": 4}, "should not be valid under"),
        ({"name": "prod", "archives": {"x": {"kind": "hourly"}}}, "'hourly' is not one of"),
        ({"name": "prod", "archives": {"X": {"kind": "daily"}}}, "'X' does not match"),
    ],
)
def test_a_wrong_document_is_refused_with_its_place(document: dict[str, Any], message: str) -> None:
    assert any(message in error.message for error in SCHEMA.iter_errors(document))


def test_the_schema_itself_is_valid() -> None:
    Draft202012Validator.check_schema(ArchiveStoreInputs.json_schema())
