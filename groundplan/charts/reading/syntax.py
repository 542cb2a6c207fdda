"""The templates of Go, taken apart: text, actions, branches, loops and definitions.

Grammar: https://pkg.go.dev/text/template. Only what a template says is kept; what it would print is Helm's business.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .errors import CannotRead

__all__ = [
    "WRITTEN",
    "Action",
    "Block",
    "Branch",
    "Call",
    "Chain",
    "Define",
    "Literal",
    "Loop",
    "Name",
    "Operand",
    "Pipeline",
    "Templates",
    "Text",
    "Use",
    "parse",
    "without_actions",
]


@dataclass(frozen=True)
class Literal:
    """A constant: text, a number, true, false or nil (None)."""

    value: str | float | bool | None


@dataclass(frozen=True)
class Name:
    """Where a chain begins: `.` (an empty name), `$` or `$x` (a variable), or the name of a function."""

    name: str


@dataclass(frozen=True)
class Chain:
    """Fields below something: `.Values.a.b`, `$x.a`, `(index .Values "a").b`."""

    start: Operand
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """A function or a value with its arguments, as they stand before the value of the pipe is added."""

    what: Operand
    arguments: tuple[Operand, ...] = ()


@dataclass(frozen=True)
class Pipeline:
    """Calls of which each gets the value of the one before, and the variables that take the last one's."""

    calls: tuple[Call, ...]
    variables: tuple[str, ...] = ()
    declares: bool = False


Operand = Literal | Name | Chain | Pipeline


@dataclass(frozen=True)
class Text:
    """What stands between actions."""

    text: str


@dataclass(frozen=True)
class Action:
    """A pipeline whose value is printed, unless it goes into a variable."""

    pipeline: Pipeline
    line: int


@dataclass(frozen=True)
class Branch:
    """`if` and `with`: of `with`, the dot of the body is the pipeline's value."""

    pipeline: Pipeline
    moves_dot: bool
    body: Block
    otherwise: Block
    line: int


@dataclass(frozen=True)
class Loop:
    """`range`."""

    pipeline: Pipeline
    body: Block
    otherwise: Block
    line: int


@dataclass(frozen=True)
class Use:
    """`template "name" pipeline`."""

    name: str
    pipeline: Pipeline | None
    line: int


Step = Text | Action | Branch | Loop | Use
Block = tuple[Step, ...]


@dataclass(frozen=True)
class Define:
    """A template with a name, and the file that it stands in."""

    name: str
    body: Block
    file: str


@dataclass
class Templates:
    """A file: what it prints by itself, and what it defines."""

    file: str
    body: Block = ()
    defines: list[Define] = field(default_factory=list)


_ACTION = re.compile(r"\{\{(-(?=[ \t\r\n]))?(.*?)((?<=[ \t\r\n])-)?\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
  | (?P<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+')
  | (?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
               |(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.]))
  | (?P<assign>:=|=)
  | (?P<variable>\$\w*)
  | (?P<field>\.\w+)
  | (?P<dot>\.)
  | (?P<word>\w+)
  | (?P<sign>[|(),])
    """,
    re.VERBOSE,
)
_COMMENT = re.compile(r"\s*/\*.*\*/\s*", re.DOTALL)
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "nil": None}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


@dataclass
class _Piece:
    """A text, or the tokens of an action."""

    line: int
    text: str = ""
    tokens: list[_Token] | None = None


def parse(file: str, source: str) -> Templates:
    """The templates of a file. Raises CannotRead, with the line, where the source is no template."""
    found = Templates(file)
    reader = _Reader(file, list(_pieces(file, source)), found.defines)
    found.body, _ = reader.block(ends=())
    return found


WRITTEN = "written-by-the-template"
"""What `without_actions` puts where an action prints into a line."""
_HERE = "\N{SYMBOL FOR NULL}"
_ALONE = re.compile(rf"^[ \t{_HERE}]+$", re.MULTILINE)
_PRINTS_NOTHING = re.compile(
    r"\s*(?:/\*|(?:if|else|end|with|range|define|block|break|continue)\b|\$\w*(?:\s*,\s*\$\w*)?\s*:?=)"
)


def without_actions(file: str, source: str) -> str:
    """What a template prints by itself, for whoever wants to read that as YAML; every line stays in its place.

    Nothing stands where actions had a line of their own, or take away the space before them as what prints whole lines
    does; of branches all are there. Raises CannotRead, with the line, where the source is no template.
    """
    found: list[str] = []
    position, line = 0, 1
    while (start := source.find("{{", position)) >= 0:
        found.append(source[position:start])
        line += source.count("\n", position, start)
        inside, position, trims_before, _ = _action(file, source, start, line)
        lines = source.count("\n", start, position)
        line += lines
        found.append(("" if trims_before or _PRINTS_NOTHING.match(inside) else _HERE) + "\n" * lines)
    text = "".join(found) + source[position:]
    return _ALONE.sub("", text).replace(_HERE, WRITTEN)


def _pieces(file: str, source: str) -> Iterator[_Piece]:
    position, line, trims = 0, 1, False
    while True:
        start = source.find("{{", position)
        text = source[position:] if start < 0 else source[position:start]
        here = line
        line += text.count("\n")
        if start < 0:
            yield _Piece(here, text.lstrip() if trims else text)
            return
        inside, end, trims_before, trims_after = _action(file, source, start, line)
        text = text.lstrip() if trims else text
        yield _Piece(here, text.rstrip() if trims_before else text)
        if not _COMMENT.fullmatch(inside):
            yield _Piece(line, tokens=list(_tokens(file, inside, line)))
        line += source.count("\n", start, end)
        position, trims = end, trims_after


def _action(file: str, source: str, start: int, line: int) -> tuple[str, int, bool, bool]:
    """What stands between the braces, where the action ends, and which sides it trims."""
    begin = start + 2
    trims_before = source.startswith("-", begin) and source[begin + 1 : begin + 2].isspace()
    begin += trims_before
    position = begin
    if comment := re.compile(r"\s*/\*").match(source, begin):
        closed = source.find("*/", comment.end())
        if closed < 0:
            raise CannotRead(file, line, "a comment is never closed")
        position = closed + 2
    while True:
        close = source.find("}}", position)
        if close < 0:
            raise CannotRead(file, line, "an action is never closed")
        quote = re.compile(r'["`\']').search(source, position, close)
        if quote is None:
            break
        text = _TOKEN.match(source, quote.start())
        if text is None or text.lastgroup != "text":
            raise CannotRead(file, line, "a text is never closed")
        position = text.end()
    inside = source[begin:close]
    trims_after = len(inside) > 1 and inside[-1] == "-" and inside[-2].isspace()
    return inside[:-1] if trims_after else inside, close + 2, trims_before, trims_after


def _tokens(file: str, inside: str, line: int) -> Iterator[_Token]:
    position, after_space = 0, True
    while position < len(inside):
        match = _TOKEN.match(inside, position)
        if match is None:
            raise CannotRead(file, line, f"unexpected {inside[position]!r}")
        kind = str(match.lastgroup)
        if kind == "space":
            after_space = True
        else:
            # a field right behind something belongs to it: `$x.a`, `(f).a`, `.a.b`
            joined = kind == "field" and not after_space
            yield _Token("below" if joined else kind, match[0])
            after_space = False
        if (kind == "sign" and match[0] in "|(,") or (kind == "word" and match[0] in _KEYWORDS):
            after_space = True
        position = match.end()


class _Reader:
    def __init__(self, file: str, pieces: Sequence[_Piece], defines: list[Define]) -> None:
        self.file = file
        self.pieces = pieces
        self.defines = defines
        self.position = 0

    def block(self, ends: tuple[str, ...]) -> tuple[Block, _Piece | None]:
        """Everything up to one of the words in `ends`, and the piece that the word stands in."""
        steps: list[Step] = []
        opened = self.position
        while self.position < len(self.pieces):
            piece = self.pieces[self.position]
            self.position += 1
            if piece.tokens is None:
                if piece.text:
                    steps.append(Text(piece.text))
                continue
            word = piece.tokens[0].text if piece.tokens and piece.tokens[0].kind == "word" else ""
            if word in ends:
                return tuple(steps), piece
            if word in {"end", "else"}:
                raise CannotRead(self.file, piece.line, f"{word} without a beginning")
            steps.extend(self._step(word, piece))
        if ends:
            line = self.pieces[max(opened - 1, 0)].line
            raise CannotRead(self.file, line, "what begins here never ends")
        return tuple(steps), None

    def _step(self, word: str, piece: _Piece) -> Iterator[Step]:
        tokens = _Tokens(self.file, piece.line, (piece.tokens or [])[1 if word in _WORDS else 0 :])
        if word in {"if", "with", "range"}:
            yield self._branch(word, tokens, piece.line)
        elif word in {"define", "block"}:
            name = tokens.name()
            dot = None if word == "define" else tokens.pipeline()
            body, _ = self.block(ends=("end",))
            self.defines.append(Define(name, body, self.file))
            if dot is not None:
                yield Use(name, dot, piece.line)
        elif word == "template":
            name = tokens.name()
            yield Use(name, None if tokens.done else tokens.pipeline(), piece.line)
        elif word not in {"break", "continue"}:
            yield Action(tokens.pipeline(), piece.line)
        tokens.must_be_done()

    def _branch(self, word: str, tokens: _Tokens, line: int) -> Branch | Loop:
        pipeline = tokens.pipeline()
        tokens.must_be_done()
        body, ended = self.block(ends=("end", "else"))
        otherwise: Block = ()
        ending = (ended.tokens or []) if ended is not None else []
        last = ended.line if ended is not None else line
        if len(ending) > 1:
            # `else if` and `else with`: one `end` closes all
            otherwise = (self._branch(ending[1].text, _Tokens(self.file, last, ending[2:]), last),)
        elif ending and ending[0].text == "else":
            otherwise, _ = self.block(ends=("end",))
        if word == "range":
            return Loop(pipeline, body, otherwise, line)
        return Branch(pipeline, word == "with", body, otherwise, line)


_KEYWORDS = frozenset({"if", "else", "with", "range"})
_WORDS = frozenset({"if", "with", "range", "define", "block", "template", "break", "continue"})


class _Tokens:
    """The tokens of one action, read from left to right."""

    def __init__(self, file: str, line: int, tokens: Sequence[_Token]) -> None:
        self.file, self.line, self.tokens, self.position = file, line, tokens, 0

    @property
    def done(self) -> bool:
        return self.position >= len(self.tokens)

    def _is(self, kind: str, text: str | None = None, ahead: int = 0) -> bool:
        place = self.position + ahead
        if place >= len(self.tokens):
            return False
        token = self.tokens[place]
        return token.kind == kind and (text is None or token.text == text)

    def _next(self) -> _Token:
        if self.done:
            raise CannotRead(self.file, self.line, "an action ends too early")
        self.position += 1
        return self.tokens[self.position - 1]

    def must_be_done(self) -> None:
        if not self.done:
            raise CannotRead(self.file, self.line, f"unexpected {self.tokens[self.position].text!r}")

    def name(self) -> str:
        literal = self._literal(self._next())
        if not isinstance(literal.value, str):
            raise CannotRead(self.file, self.line, "the name of a template must be a text")
        return literal.value

    def pipeline(self) -> Pipeline:
        variables: list[str] = []
        declares = False
        if self._is("variable") and (self._is("assign", None, 1) or self._is("sign", ",", 1)):
            variables.append(self._next().text)
            if self._is("sign", ","):
                self._next()
                variables.append(self._next().text)
            declares = self._next().text == ":="
        calls = [self._call()]
        while self._is("sign", "|"):
            self._next()
            calls.append(self._call())
        return Pipeline(tuple(calls), tuple(variables), declares)

    def _call(self) -> Call:
        what = self._operand()
        arguments: list[Operand] = []
        while not self.done and not self._is("sign", "|") and not self._is("sign", ")"):
            arguments.append(self._operand())
        return Call(what, tuple(arguments))

    def _operand(self) -> Operand:
        token = self._next()
        start: Operand
        fields: list[str] = []
        if token.kind in {"text", "number"} or (token.kind == "word" and token.text in _CONSTANTS):
            start = self._literal(token)
        elif token.kind in {"variable", "word"}:
            start = Name(token.text)
        elif token.kind == "dot":
            start = Name("")
        elif token.kind == "field":
            start, fields = Name(""), [token.text[1:]]
        elif token.kind == "sign" and token.text == "(":
            start = self.pipeline()
            if not self._is("sign", ")"):
                raise CannotRead(self.file, self.line, "a parenthesis is never closed")
            self._next()
        else:
            raise CannotRead(self.file, self.line, f"unexpected {token.text!r}")
        while self._is("below"):
            fields.append(self._next().text[1:])
        return Chain(start, tuple(fields)) if fields else start

    def _literal(self, token: _Token) -> Literal:
        if token.kind == "number":
            return Literal(_number(token.text))
        if token.kind == "word":
            return Literal(_CONSTANTS[token.text])
        if token.text.startswith("`"):
            return Literal(token.text[1:-1])
        try:
            return Literal(ast.literal_eval(token.text))
        except (SyntaxError, ValueError):
            return Literal(token.text[1:-1])


def _number(text: str) -> float:
    plain = text.replace("_", "")
    try:
        return int(plain, 0)
    except ValueError:
        return float(plain) if not plain.lstrip("+-").isdigit() else int(plain)
