"""Python values as the text of a Terraform expression.

Terraform JSON takes an expression anywhere as a string `${...}`. Documents with references inside (IAM policies,
Helm values, container definitions) are rendered here as `${jsonencode({...})}`, so that Terraform itself fills in
the references and escapes what they hold. Source of the syntax:
https://developer.hashicorp.com/terraform/language/expressions/strings
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import errors
from .watching import unwatched

__all__ = [
    "Expression",
    "Literal",
    "OnlyWhen",
    "expression_of",
    "hcl",
    "jsonencode",
    "literal",
    "quoted",
    "regions",
    "unbraced",
    "yamlencode",
]

_CDKTF_TOKEN = re.compile(r"\$\{TfToken\[[^\]]+\]\}")
_BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
list_tokens: dict[str, str] = {}
"""The expressions of list references by their token: all that is left of one that was spread into another list."""
# cdktf hides a reference to a number in a float of this size: no real number of a configuration comes near it.
_NUMBER_TOKEN_LIMIT = -1e290


class Expression:
    """Anything that stands for a Terraform expression: a reference, an attribute of a resource, a part of a rule.

    Its own names begin with an underscore, as no setting's name can: all others are those of settings and attributes.
    """

    __slots__ = ()

    @property
    def __expression__(self) -> str:
        """The expression, without `${}`; others ask `expression_of` for it."""
        raise NotImplementedError


class OnlyWhen(dict[str, Any]):
    """Entries of an object in a document that are there when `condition` holds; those named in `but` always are.

    Whoever walks through a document sees all of them.
    """

    def __init__(self, condition: Any, entries: Mapping[str, Any], but: Sequence[str] = ()) -> None:
        super().__init__(entries)
        self.condition = condition
        self.but = tuple(but)

    def of(self, entries: Mapping[str, Any]) -> OnlyWhen:
        """Some of these entries, under the same condition."""
        return OnlyWhen(self.condition, entries, [key for key in self.but if key in entries])

    def around(self, written: str) -> str:
        """The expression, where `written` is that of all entries."""
        kept = f" || contains({hcl(list(self.but))}, key)" if self.but else ""
        return f"{{for key, entry in {written} : key => entry if ({hcl(self.condition)}){kept}}}"


class Literal(str):
    """Text in which `${` means itself, such as the IAM policy variable `${aws:username}`."""

    __slots__ = ()


def literal(text: str) -> Literal:
    """Marks `text` as holding no Terraform reference, whatever it looks like."""
    return Literal(text)


def regions(text: str) -> Iterator[tuple[bool, str]]:
    """Splits a template into (is_reference, text): `a-${var.x}` gives (False, "a-") and (True, "${var.x}").

    Braces and quotes inside a reference are balanced, so that `${jsonencode({a = "}"})}` is one region.
    Raises BadInput when a `${` is never closed.
    """
    start = position = 0
    while (opening := text.find("${", position)) != -1:
        if opening > 0 and text[opening - 1] == "$":  # `$${` is Terraform's own escape for a literal `${`
            position = opening + 2
            continue
        end = _closing(text, opening)
        if opening > start:
            yield False, text[start:opening]
        yield True, text[opening:end]
        start = position = end
    if start < len(text):
        yield False, text[start:]


# what can end or begin a mode, inside of a quoted text and outside of one
_IN_QUOTES = re.compile(r'\\|"|[$%]\{')
_IN_BRACES = re.compile(r'["{}]')


def _closing(text: str, opening: int) -> int:
    """The index after the brace that closes the `${` at `opening`, string literals inside respected."""
    modes = ["{"]
    index = opening + 2
    while found := (_IN_QUOTES if modes[-1] == '"' else _IN_BRACES).search(text, index):
        index = found.end()
        match found[0]:
            case "\\":
                index += 1
            case '"' if modes[-1] == '"':
                modes.pop()
            case '"':
                modes.append('"')
            case "}":
                modes.pop()
                if not modes:
                    return index
            case _:
                modes.append("{")
    raise errors.reference_never_closed(text)


# the same in what cdktf wrote, where `$${` and `%%{` mean themselves
_OUTSIDE = re.compile(r"\$\$\{|%%\{|[$%]\{")
_IN_TEXT = re.compile(r"\\|\"|\$\$\{|%%\{|[$%]\{")
_IN_EXPRESSION = re.compile(r"\$\{|[\"{}]")


def unbraced(text: str) -> str:
    """`text` as cdktf wrote it, without the `${}` around what stands inside an expression already.

    cdktf fills in its tokens with braces or without, by what it takes the text before them for; inside an expression,
    outside of its quoted texts, braces are never right.
    """
    if "${" not in text:
        return text
    modes: list[str] = []
    ways = {"": _OUTSIDE, '"': _IN_TEXT, "{": _IN_EXPRESSION}
    # one before the first, which may be the dollar that makes it mean itself
    index = max(0, text.find("${") - 1)
    while found := ways[modes[-1] if modes else ""].search(text, index):
        index = found.end()
        match found[0]:
            case "${" if modes and modes[-1] == "{":
                opening = found.start()
                end = _closing(text, opening)
                inner = text[opening + 2 : end - 1].strip()
                text = text[:opening] + (inner if _ONE_WORD.fullmatch(inner) else f"({inner})") + text[end:]
                # what was inside is looked at too
                index = opening
            case "$${" | "%%{":
                pass
            case "\\":
                index += 1
            case "}":
                modes.pop()
            case '"' if modes[-1] == '"':
                modes.pop()
            case '"':
                modes.append('"')
            case _:
                modes.append("{")
    return text


_ONE_WORD = re.compile(r"[\w.\[\]\"*-]+")
_JSON_ONLY = {"\\b": "\\u0008", "\\f": "\\u000c"}  # escapes that Terraform does not know


def _escaped(text: str) -> str:
    """JSON's quoting, in the escapes that Terraform knows; `${` is left as it is."""
    return re.sub(r"\\.", lambda found: _JSON_ONLY.get(found[0], found[0]), json.dumps(text, ensure_ascii=False))


def quoted(text: str) -> str:
    """A quoted Terraform string that means exactly `text`."""
    return _escaped(text).replace("${", "$${").replace("%{", "%%{")


@unwatched
def hcl(value: Any) -> str:
    """`value` as a Terraform expression, without the surrounding `${}`.

    Strings may hold references (`arn:${var.partition}:s3:::x`); a string that is one reference keeps the type of
    what it refers to. Mappings keep their order. Raises BadInput for what Terraform cannot say (a set, an object).
    """
    return _written(value)


def _written(value: Any) -> str:
    if isinstance(value, Literal):
        return quoted(str.__str__(value))
    if isinstance(value, Expression):
        return value.__expression__
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return _template(value)
    if _is_token(value):
        return _token(value)
    if isinstance(value, Mapping):
        pairs = (f"{_key(key)} = {_written(item)}" for key, item in value.items())
        written = "{" + ", ".join(pairs) + "}"
        return value.around(written) if isinstance(value, OnlyWhen) else written
    if isinstance(value, (list, tuple)):
        return _list(value)
    raise errors.no_terraform_value(value)


def _is_token(value: Any) -> bool:
    """Whether it is an attribute of a resource of the bindings that is no text: a map, or what cdktf resolves."""
    if isinstance(value, Mapping):
        return len(value) == 1 and str(next(iter(value))).startswith("&{TfToken[")
    return hasattr(value, "__jsii_ref__")


def _token(value: Any) -> str:
    from cdktf import Token, Tokenization

    known = Tokenization.reverse(value) if isinstance(value, (Mapping, list)) else value
    return Token.as_string(known)


def _list(items: Sequence[Any]) -> str:
    """A list; references to whole lists among its items are joined to it, not put into it."""
    parts: list[str] = []
    single: list[str] = []
    for item in items:
        if isinstance(item, str) and not isinstance(item, Expression) and item.startswith("#{TfToken["):
            parts += [f"[{', '.join(single)}]"] if single else []
            parts.append(list_tokens[item] if item in list_tokens else _token([item]))
            single = []
        else:
            single.append(_written(item))
    if not parts:
        return f"[{', '.join(single)}]"
    parts += [f"[{', '.join(single)}]"] if single else []
    return parts[0] if len(parts) == 1 else f"concat({', '.join(parts)})"


def _number(value: float) -> str:
    if value < _NUMBER_TOKEN_LIMIT:
        from cdktf import Token

        return Token.as_string(value)
    return repr(int(value)) if value.is_integer() else repr(value)


def _key(key: str) -> str:
    if isinstance(key, Expression):
        return f"({key.__expression__})"
    if _BARE_KEY.fullmatch(key):
        return key
    if isinstance(key, Literal):
        return quoted(str.__str__(key))
    return _template(key) if not (key.startswith("${") and len(list(regions(key))) == 1) else f"({expression_of(key)})"


def _template(text: str) -> str:
    parts = list(regions(text))
    if len(parts) == 1 and parts[0][0]:
        return expression_of(text)
    out = []
    for is_reference, part in parts:
        if not is_reference:
            out.append(_escaped(part)[1:-1].replace("%{", "%%{"))
        elif _CDKTF_TOKEN.fullmatch(part):
            # cdktf writes its token without braces after these
            out.append("${" + part + "}")
        else:
            out.append(part)
    return '"' + "".join(out) + '"'


@unwatched
def expression_of(value: Any) -> str:
    """The expression inside a string that is one reference: `var.x` of `${var.x}`.

    A cdktf token (`${TfToken[...]}`) stays as it is: what cdktf fills in is `unbraced` where a module is written.
    Other values are rendered by `hcl`.
    """
    if isinstance(value, Expression):
        return value.__expression__
    if isinstance(value, str) and value.startswith("${"):
        if _CDKTF_TOKEN.fullmatch(value):
            return value
        parts = list(regions(value))
        if len(parts) == 1:
            return value[2:-1].strip()
    return hcl(value)


def jsonencode(value: Any) -> str:
    """A JSON document with references inside, as a string attribute's value.

    Use it for every IAM policy and every JSON argument: a document without references is rendered the same way, so
    that a plan's diff reads alike everywhere.
    """
    return "${jsonencode(" + hcl(value) + ")}"


def yamlencode(value: Any) -> str:
    """A YAML document with references inside: Helm values."""
    return "${yamlencode(" + hcl(value) + ")}"
