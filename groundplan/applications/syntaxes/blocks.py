"""Configurations of attributes and blocks: HCL as Vault reads it, and Alloy's syntax.

    name = value
    block "label" { ... }

HCL of version 1, which Vault reads, has values alone, keys in quotes and `#` comments; Alloy has expressions, raw texts
in backquotes, and one label. What is common is read here once; which of the two it is, `Dialect` says.

https://github.com/hashicorp/hcl/blob/v1.0.0/hcl/parser/parser.go and
https://grafana.com/docs/alloy/latest/get-started/configuration-syntax/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundplan.charts.paths import Way

from ..written import Block, Expression, Reference

__all__ = ["ALLOY", "HCL", "Dialect", "NotReadable", "Text", "read", "references_in"]


class NotReadable(ValueError):
    """Why a text cannot be read, and in which line, from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Dialect:
    """What one of the languages takes that the other does not."""

    comments: tuple[str, ...]
    is_quoted: bool
    """Whether keys may stand in quotes, a block have several labels, and an entry go without its comma."""
    has_expressions: bool


HCL = Dialect(comments=("#", "//"), is_quoted=True, has_expressions=False)
ALLOY = Dialect(comments=("//",), is_quoted=False, has_expressions=True)


@dataclass
class Text:
    """A text as it was read: `content` as maps and lists, and the line of every attribute and block."""

    content: Block = field(default_factory=Block)
    lines: dict[Way, int] = field(default_factory=dict)

    def place(self, way: Way) -> str:
        """Where what is at a way stands: `line 3: prometheus.scrape.pods.forward_to[0]`.

        Of several blocks of a name it says which one, from 0.
        """
        path, value = "", self.content
        for step in way:
            is_single = isinstance(value, list) and len(value) == 1 and isinstance(value[0], Block)
            if isinstance(step, int):
                path += "" if is_single else f"[{step}]"
            else:
                path += f".{step}" if path else str(step)
            value = _inner(value, step)
        line = self._line(way)
        return f"line {line}: {path}" if line and path else path

    def _line(self, way: Way) -> int | None:
        """The line of what is at a way; else of what is first in it, or of the nearest above it."""
        while way and way not in self.lines:
            inside = [line for at, line in self.lines.items() if at[: len(way)] == way]
            if inside:
                return min(inside)
            way = way[:-1]
        return self.lines.get(way)


def _inner(value: Any, step: Any) -> Any:
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return value.get(step) if isinstance(value, Mapping) else None


def read(text: str, dialect: Dialect) -> Text:
    """Raises NotReadable."""
    reader = _Reader(text, dialect)
    reader.body(reader.read.content, (), "")
    return reader.read


_TOKEN = re.compile(
    r"""
    (?P<blank>[^\S\n]+|/\*.*?\*/)
    | (?P<line>\n)
    | (?P<comment>(?:\#|//)[^\n]*)
    | (?P<heredoc><<-?(?P<mark>\w+)\n(?P<inside>.*?)^[^\S\n]*(?P=mark)(?=\s|\Z))
    | (?P<string>"(?>[^"\\\n$]+|\\.|\$\{[^}\n]*\}|\$)*+")
    | (?P<raw>`[^`]*`)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w]))
    | (?P<name>[^\W\d][\w]*(?:-[\w]+)*)
    | (?P<sign>==|!=|<=|>=|&&|\|\||[-+*/%^!<>={}\[\](),.])
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_OPERATORS = frozenset(["==", "!=", "<=", ">=", "&&", "||", *"-+*/%^<>"])
_WORDS = {"true": True, "false": False, "null": None}
_MOST_NESTED = 100


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


class _Reader:
    def __init__(self, text: str, dialect: Dialect) -> None:
        self._dialect = dialect
        self._tokens = list(self._cut(text))
        self._at = 0
        self._depth = 0
        self.read = Text()

    def _cut(self, text: str) -> Iterator[_Token]:
        at, line = 0, 1
        while at < len(text):
            match = _TOKEN.match(text, at)
            kind = match.lastgroup if match else None
            if match is not None and match["heredoc"] is not None:
                kind = "heredoc"
            if match is None or not self._takes(kind, match[0]):
                raise NotReadable(line, f"{text[at : at + 20].splitlines()[0]!r} is not understood here")
            if kind not in ("blank", "comment"):
                yield _Token(str(kind), match["inside"] if kind == "heredoc" else match[0], line)
            line += match[0].count("\n")
            at = match.end()
        yield _Token("end", "the end of the text", line)

    def _takes(self, kind: str | None, text: str) -> bool:
        if kind == "comment":
            return text.startswith(self._dialect.comments)
        return kind not in ("raw", "heredoc") or (kind == "raw") == self._dialect.has_expressions

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _skip_lines(self) -> None:
        while self._next.kind == "line":
            self._at += 1

    def _is(self, sign: str) -> bool:
        return self._next.kind == "sign" and self._next.text == sign

    def _expect(self, sign: str) -> None:
        token = self._take()
        if token.kind != "sign" or token.text != sign:
            raise NotReadable(token.line, f"{sign} is expected, and there is {_shown(token)}")

    def body(self, into: Block, way: Way, closing: str) -> None:
        """Attributes and blocks up to the closing brace, or to the end of the text."""
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise NotReadable(self._next.line, "blocks are nested too deeply")
        while True:
            self._skip_lines()
            if self._is(closing) if closing else self._next.kind == "end":
                self._take()
                self._depth -= 1
                return
            self._statement(into, way)
            if self._dialect.is_quoted and self._is(","):
                self._take()
            if not (self._next.kind in ("line", "end") or (closing and self._is(closing)) or self._dialect.is_quoted):
                raise NotReadable(self._next.line, f"a new line is expected, and there is {_shown(self._next)}")

    def _statement(self, into: Block, way: Way) -> None:
        line = self._next.line
        name = self._name()
        while self._dialect.has_expressions and self._is("."):
            self._take()
            name += f".{self._name()}"
        if self._is("="):
            self._take()
            if name in into and self._dialect.has_expressions:
                raise NotReadable(line, f"{name} is set twice")
            self.read.lines[(*way, name)] = line
            into[name] = self._value((*way, name))
            return
        labels = []
        while self._next.kind == "string" or (self._dialect.is_quoted and self._next.kind == "name"):
            labels.append(_string(self._take()) if self._next.kind == "string" else self._take().text)
        if not self._is("{"):
            raise NotReadable(line, f"after {name} there must be = or a block, and there is {_shown(self._next)}")
        if len(labels) > 1:
            raise NotReadable(line, f"the block {name} has more than one label")
        self._take()
        holder: Any = into
        below = (*way, name)
        if labels or isinstance(into.get(name), Block):
            found = into.get(name, Block())
            # those without a label go by an empty one, when there are both
            holder = into[name] = found if isinstance(found, Block) else Block({"": found})
            name = labels[0] if labels else ""
            below = (*below, name)
        several = holder.setdefault(name, [])
        if not isinstance(several, list) or (several and not isinstance(several[-1], Block)):
            raise NotReadable(line, f"{name} stands twice, as a block and as something else")
        inner = Block()
        below = (*below, len(several))
        several.append(inner)
        self.read.lines[below] = line
        self.body(inner, below, "}")

    def _name(self) -> str:
        token = self._take()
        if token.kind == "string" and self._dialect.is_quoted:
            return _string(token)
        if token.kind != "name":
            raise NotReadable(token.line, f"a name is expected, and there is {_shown(token)}")
        return token.text

    def _value(self, way: Way) -> Any:
        """An expression: what is written out as it is, all else as an `Expression`."""
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise NotReadable(self._next.line, "values are nested too deeply")
        first = self._operand(way)
        references = references_in(first)
        is_alone = True
        while self._next.kind == "sign" and self._next.text in _OPERATORS:
            if not self._dialect.has_expressions:
                raise NotReadable(self._next.line, f"{self._next.text} is not understood here")
            is_alone = False
            self._take()
            self._skip_lines()
            references += references_in(self._operand(way))
        self._depth -= 1
        return first if is_alone else Expression.of(*references)

    def _operand(self, way: Way) -> Any:
        token = self._take()
        if token.kind in ("string", "raw"):
            value: Any = _string(token) if token.kind == "string" else token.text[1:-1]
        elif token.kind == "heredoc":
            value = token.text
        elif token.kind == "number":
            value = float(token.text) if set(token.text) & set(".eE") else int(token.text)
        elif token.kind == "name" and token.text in _WORDS:
            value = _WORDS[token.text]
        elif token.kind == "name" and self._dialect.has_expressions:
            return self._reference(token, way)
        elif token.kind == "sign" and token.text == "[":
            value = self._list(way)
        elif token.kind == "sign" and token.text == "{":
            value = self._object(way)
        elif token.kind == "sign" and token.text == "-":
            inner = self._operand(way)
            is_number = isinstance(inner, (int, float)) and not isinstance(inner, bool)
            return -inner if is_number else Expression.of(*references_in(inner))
        elif token.kind == "sign" and token.text in ("!", "(") and self._dialect.has_expressions:
            self._skip_lines()
            inner = self._operand(way) if token.text == "!" else self._value(way)
            if token.text == "(":
                self._skip_lines()
                self._expect(")")
            value = Expression.of(*references_in(inner))
        else:
            raise NotReadable(token.line, f"a value is expected, and there is {_shown(token)}")
        return self._accessed(value, way)

    def _accessed(self, value: Any, way: Way) -> Any:
        """What stands behind a value: an index, a field."""
        while self._dialect.has_expressions and (self._is("[") or self._is(".")):
            references = references_in(value)
            if self._take().text == ".":
                self._name()
            else:
                references += references_in(self._value(way))
                self._expect("]")
            value = Expression.of(*references)
        return value

    def _reference(self, first: _Token, way: Way) -> Any:
        names = [first.text]
        while self._is("."):
            self._take()
            names.append(self._name())
        inside: tuple[Reference, ...] = ()
        is_called = is_indexed = False
        while self._is("[") or self._is("(") or self._is("."):
            sign = self._take().text
            is_called, is_indexed = is_called or sign == "(", is_indexed or sign == "["
            if sign == ".":
                self._name()
                continue
            closing = "]" if sign == "[" else ")"
            self._skip_lines()
            while not self._is(closing):
                inside += references_in(self._value(way))
                self._skip_lines()
                if not self._is(closing):
                    self._expect(",")
                    self._skip_lines()
            self._take()
        is_alone = not is_called and not is_indexed
        return Expression.of(Reference(tuple(names), first.line, is_called), *inside, is_alone=is_alone)

    def _list(self, way: Way) -> list[Any]:
        items: list[Any] = []
        self._skip_lines()
        while not self._is("]"):
            self.read.lines[*way, len(items)] = self._next.line
            items.append(self._value((*way, len(items))))
            self._skip_lines()
            if not self._is("]"):
                self._expect(",")
                self._skip_lines()
        self._take()
        return items

    def _object(self, way: Way) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        self._skip_lines()
        while not self._is("}"):
            token = self._take()
            if token.kind not in ("name", "string"):
                raise NotReadable(token.line, f"a key is expected, and there is {_shown(token)}")
            key = _string(token) if token.kind == "string" else token.text
            self._expect("=")
            self.read.lines[(*way, key)] = token.line
            entries[key] = self._value((*way, key))
            before = self._at
            self._skip_lines()
            if not self._is("}"):
                if self._is(",") or not (self._dialect.is_quoted and self._at > before):
                    self._expect(",")
                self._skip_lines()
        self._take()
        return entries


def references_in(value: Any) -> tuple[Reference, ...]:
    """All that the expressions in a value refer to."""
    if isinstance(value, Expression):
        return value.references
    if isinstance(value, Mapping):
        return tuple(each for item in value.values() for each in references_in(item))
    if isinstance(value, list):
        return tuple(each for item in value for each in references_in(item))
    return ()


def _string(token: _Token) -> str:
    try:
        found = json.loads(token.text)
    except ValueError:
        # escapes that JSON has not: nothing compares such a text with anything
        return token.text[1:-1]
    return found if isinstance(found, str) else token.text[1:-1]


def _shown(token: _Token) -> str:
    if token.kind == "line":
        return "the end of the line"
    return token.text if token.kind == "end" else repr(token.text if len(token.text) < 30 else f"{token.text[:27]}...")
