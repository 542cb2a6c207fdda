"""Terraform variables of a declaration: type, default, and validation with the rules and messages that Python has.

https://developer.hashicorp.com/terraform/language/block/variable
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .hcl import hcl
from .inputs import Declaration, passes_through, plain
from .rules import EachRule, Rule
from .shapes import Anything, Field, Flag, ListOf, MapOf, ObjectOf, Shape
from .terms import Term, constant, declaration_term

__all__ = ["variables"]

# where Python's words would mean nothing to who writes HCL
_WORDS: dict[type[Shape], str] = {Flag: "true or false", MapOf: "a map", ObjectOf: "an object"}


def variables(declaration: type[Declaration]) -> dict[str, dict[str, Any]]:
    """The `variable` blocks of a declaration in Terraform JSON, in its order."""
    return {field.name: _variable(declaration, field) for field in declaration.fields()}


def _variable(declaration: type[Declaration], field: Field) -> dict[str, Any]:
    block: dict[str, Any] = {"description": f"{field.sentence[:1].upper()}{field.sentence[1:]}."}
    block["type"] = "any" if passes_through(field) else field.shape.terraform_type()
    if not field.required:
        block["default"] = plain(field.default)
    block["nullable"] = field.shape.nullable
    if field.sensitive:
        block["sensitive"] = True
    validations = list(_validations(declaration, field))
    if validations:
        block["validation"] = validations
    return block


def _validations(declaration: type[Declaration], field: Field) -> Iterator[dict[str, str]]:
    expression = f"var.{field.name}"
    for constraint in field.shape.constraints:
        condition = constraint.condition(expression)
        if field.shape.nullable:
            condition = f"{expression} == null ? true : {condition}"
        got = "" if field.sensitive else f", got ${{{constraint.shown_expression(expression)}}}"
        yield {"condition": f"${{{condition}}}", "error_message": f"{field.name}: {constraint.rule}{got}"}
    inner = list(_inner(field.shape, expression, _text(field.name), 0))
    if inner:
        found = f"flatten([{', '.join(inner)}])"
        yield {"condition": f"${{length({found}) == 0}}", "error_message": f'${{join("\\n", {found})}}'}
    for rule in declaration.rules:
        if rule.setting != field.name:
            continue
        if isinstance(rule, EachRule):
            found = _each_message(rule, declaration_term("var", None), _text(field.name))
            yield {"condition": f"${{length({found}) == 0}}", "error_message": f'${{join("\\n", {found})}}'}
        else:
            shown = _rule_shown("var", rule)
            condition = rule.term(declaration_term("var", None)).__expression__
            yield {
                "condition": f"${{{condition}}}",
                "error_message": f"{field.name}: {rule.message}{', got ' + shown if shown else ''}",
            }


def _inner(shape: Shape, expression: str, path: str, depth: int, *, open_to_null: bool = False) -> Iterator[str]:
    """Expressions that give the messages of everything inside a value; `path` is the inside of a quoted template."""
    key, value = f"k{depth}", f"v{depth}"
    if isinstance(shape, ListOf):
        parts = list(_messages(shape.item, value, f"{path}[${{{key}}}]", depth + 1, open_to_null=True))
        items = f"({expression} == null ? [] : {expression})" if shape.nullable or open_to_null else expression
        if parts:
            yield f"[for {key}, {value} in {items} : [{', '.join(parts)}]]"
    elif isinstance(shape, MapOf):
        entry = f"{path}[${{jsonencode({key})}}]"
        parts = list(_messages(shape.item, value, entry, depth + 1, open_to_null=True))
        for constraint in shape.key.constraints:
            message = f"{entry}: its name {_text(constraint.rule)}, got ${{jsonencode({key})}}"
            parts.append(f'[for _ in [{key}] : "{message}" if !({constraint.condition(key)})]')
        entries = f"({expression} == null ? {{}} : {expression})" if shape.nullable or open_to_null else expression
        if parts:
            yield f"[for {key}, {value} in {entries} : [{', '.join(parts)}]]"
    elif isinstance(shape, ObjectOf):
        looped = shape.nullable or open_to_null
        target = value if looped else expression
        parts = []
        for field in shape.declaration.fields():
            parts += _messages(
                field.shape,
                f"{target}.{field.name}",
                f"{path}.{field.name}",
                depth + looped,
                open_to_null=field.required,
            )
        for rule in shape.declaration.rules:
            if isinstance(rule, EachRule):
                parts.append(_each_message(rule, declaration_term(target, None), f"{path}.{rule.setting}"))
                continue
            condition = _once_complete(rule.term(declaration_term(target, None)).__expression__, shape, target)
            shown = _rule_shown(target, rule)
            message = f"{path}.{rule.setting}: {_text(rule.message)}{', got ' + shown if shown else ''}"
            parts.append(f'[for _ in [0] : "{message}" if !({condition})]')
        if looped and parts:
            yield f"[for {value} in {expression}[*] : [{', '.join(parts)}]]"
        elif not looped:
            yield from parts


def _once_complete(condition: str, shape: ObjectOf, target: str) -> str:
    """A rule's condition, which counts as held while a required setting is null: that is told by itself."""
    required = [field for field in shape.declaration.fields() if field.required and not field.shape.nullable]
    if not required:
        return condition
    return f"try({condition}, anytrue([{', '.join(f'{target}.{field.name} == null' for field in required)}]))"


def _settings(owner: str, names: Iterable[str]) -> list[str]:
    """Settings that a rule's message prints, as templates; one of an optional one that is not there is null."""
    return [
        f'{name} = ${{try(jsonencode({owner}.{name}), "null")}}'
        if "." in name
        else f"{name} = ${{jsonencode({owner}.{name})}}"
        for name in names
    ]


def _rule_shown(owner: str, rule: Rule) -> str:
    finds = constant(rule.finds(declaration_term(owner, None))).__expression__ if rule.finds else ""
    return _shown(_settings(owner, rule.shows), finds)


def _shown(settings: list[str], finds: str) -> str:
    """What a rule's message prints, as a template, with what the expression `finds` gives."""
    # Terraform evaluates it while the rule holds, too, when there may be nothing to look into
    return ", ".join([*settings, f'${{try(jsonencode({finds}), "[]")}}'] if finds else settings)


def _each_message(rule: EachRule, root: Term, path: str) -> str:
    """An expression that gives the message of every entry that breaks the rule."""
    key, entry, condition = rule.loop(root)
    shown = _shown([*_settings(entry, rule.shows), *_settings(root.__expression__, rule.beside)], rule.found_loop(root))
    where = f"{path}[${{jsonencode({key})}}]{f'.{rule.inside}' if rule.inside else ''}"
    message = f"{where}: {_text(rule.message)}{', got ' + shown if shown else ''}"
    found = f'[for {key}, {entry} in {getattr(root, rule.setting).__expression__} : "{message}" if !({condition})]'
    return f"flatten([for shared in [{rule.shared(root).__expression__}] : {found}])" if rule.shared else found


def _messages(shape: Shape, expression: str, path: str, depth: int, *, open_to_null: bool) -> Iterator[str]:
    """`open_to_null`: Terraform lets null stand there, as item, entry or required setting, whatever the type says."""
    open_to_null = open_to_null and not shape.nullable and not isinstance(shape, Anything)
    if open_to_null:
        words = _WORDS.get(type(shape), shape.words())
        yield f'[for _ in [0] : "{path}: must be {words}, got null" if {expression} == null]'
    for rule in shape.constraints:
        condition = rule.condition(expression)
        if shape.nullable or open_to_null:
            condition = f"{expression} == null ? true : {condition}"
        message = f"{path}: {_text(rule.rule)}, got ${{{rule.shown_expression(expression)}}}"
        yield f'[for _ in [0] : "{message}" if !({condition})]'
    yield from _inner(shape, expression, path, depth, open_to_null=open_to_null)


def _text(text: str) -> str:
    """`text` as it stands inside a quoted template."""
    return hcl(text)[1:-1]
