"""Fills in templates as SendGrid does, for mail that goes another way: the part of Handlebars that templates may use.

    {{name}}, {{policy.number}}         a value, with what HTML would read as its own escaped in HTML
    {{#if name}} ... {{else}} ... {{/if}}
    {{#each claims}} {{this.number}} {{/each}}      `this` is the entry

https://www.twilio.com/docs/sendgrid/for-developers/sending-email/using-handlebars
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")


class BadTemplate(ValueError):
    """A template that is written otherwise; says where and how."""


class Missing(KeyError):
    """A value that a template asks for and the data does not have."""


@dataclass(frozen=True)
class Block:
    """`if` or `each` over a path, with what is inside and what `else` has."""

    kind: str
    path: str
    inside: tuple[Part, ...]
    otherwise: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Value:
    """A value to fill in."""

    path: str


Part = str | Value | Block


def parse(text: str) -> tuple[Part, ...]:
    """A template's parts. Raises BadTemplate."""
    pieces = TAG.split(text)
    parts, rest = _parts(list(enumerate(pieces)), text, None)
    if rest:
        raise BadTemplate(f"{{{{{pieces[rest[0][0]]}}}}} closes nothing")
    return parts


def _parts(
    pieces: list[tuple[int, str]], text: str, opened: str | None
) -> tuple[tuple[Part, ...], list[tuple[int, str]]]:
    """What stands before the end of a block, and the rest from that end on."""
    made: list[Part] = []
    while pieces:
        number, piece = pieces[0]
        if number % 2 == 0:
            if piece:
                made.append(piece)
            pieces = pieces[1:]
            continue
        word = piece.strip()
        if word == "else" or word.startswith("/"):
            return tuple(made), pieces
        pieces = pieces[1:]
        if word.startswith("#"):
            kind, _, path = word[1:].partition(" ")
            path = path.strip()
            if kind not in ("if", "each"):
                raise BadTemplate(f"{{{{#{kind}}}}} is not known here: only #if and #each are")
            _checked(path, piece)
            inside, pieces = _parts(pieces, text, kind)
            otherwise: tuple[Part, ...] = ()
            if pieces and pieces[0][1].strip() == "else":
                otherwise, pieces = _parts(pieces[1:], text, kind)
            if not pieces or pieces[0][1].strip() != f"/{kind}":
                raise BadTemplate(f"{{{{#{kind} {path}}}}} is not closed by {{{{/{kind}}}}}")
            pieces = pieces[1:]
            made.append(Block(kind, path, inside, otherwise))
        else:
            _checked(word, piece)
            made.append(Value(word))
    if opened:
        raise BadTemplate(f"{{{{#{opened}}}}} is not closed by {{{{/{opened}}}}}")
    return tuple(made), pieces


def _checked(path: str, piece: str) -> None:
    if not PATH.fullmatch(path):
        raise BadTemplate(f"{{{{{piece}}}}} is no name: letters, digits, _ and dots between them")


def render(text: str, data: Mapping[str, Any], *, escaped: bool) -> str:
    """The template with the data filled in, `escaped` for HTML. Raises BadTemplate and Missing."""
    return _rendered(parse(text), data, escaped)


def _rendered(parts: tuple[Part, ...], data: Mapping[str, Any], escaped: bool) -> str:
    told = []
    for part in parts:
        if isinstance(part, str):
            told.append(part)
        elif isinstance(part, Value):
            value = _found(part.path, data)
            if value is None:
                raise Missing(part.path)
            text = str(value).lower() if isinstance(value, bool) else str(value)
            told.append(html.escape(text) if escaped else text)
        elif part.kind == "if":
            chosen = part.inside if _found(part.path, data) else part.otherwise
            told.append(_rendered(chosen, data, escaped))
        else:
            items = _found(part.path, data) or []
            told += [
                _rendered(part.inside, {**data, **(item if isinstance(item, Mapping) else {}), "this": item}, escaped)
                for item in items
            ] or [_rendered(part.otherwise, data, escaped)]
    return "".join(told)


def _found(path: str, data: Mapping[str, Any]) -> Any:
    value: Any = data
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
